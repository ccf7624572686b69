//! Staff keep letters back from an address.

use entity::suppression::{LONGEST_TEXT, Model, Reason, Scope, Source};
use entity::{Instant, Refusal, enquiry, learner};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use crate::app::AppState;
use crate::error::{Fault, Result};
use crate::store::Transaction;
use crate::viewer::{Reach, Viewer};
use crate::write::audit::{self, Act, Actor};
use crate::write::give_address::read_address;
use crate::write::mistakes::Mistakes;
use crate::write::suppressing::on_record;
use crate::write::turn::{self, Over};
use crate::write::{free_text, suppressing};

/// Which letters are kept back from which address.
#[derive(Clone, Debug)]
pub struct SuppressAddress {
    /// The address, as somebody typed it.
    pub email: String,
    /// Which letters.
    pub scope: Scope,
    /// Why.
    pub note: String,
    /// Until when; none: until it is lifted.
    pub expires_at: Option<Instant>,
}

/// Keeps letters back from an address. What staff had said of it before is said anew; what mail servers have
/// told of it stands beside it.
///
/// # Errors
/// Refused to whoever runs no course for which somebody has registered, or asked, with the address, as though
/// there were no such address; and where the input has mistakes, all of which are told.
pub async fn suppress_address(app: &AppState, viewer: &Viewer, wanted: &SuppressAddress) -> Result<Model> {
    let actor = viewer.signed_in()?;
    let unknown = || Refusal::not_found("address");
    if !viewer.is_staff() {
        return Err(unknown().into());
    }
    let now = app.nature.now();
    let mut mistakes = Mistakes::default();
    let address = mistakes.note(read_address(&wanted.email));
    let note = mistakes.note(free_text::one_line(&wanted.note, LONGEST_TEXT, "note"));
    if wanted.expires_at.is_some_and(|until| until <= now) {
        let past = Refusal::invalid("Please give a time that has not passed.", &["expiresAt"]);
        mistakes.note(Err::<(), _>(past));
    }
    mistakes.none()?;
    let (Some(address), Some(note)) = (address, note) else { return Err(unknown().into()) };
    let (email, email_key) = (address.as_sent(), address.key());
    let txn = turn::begin(app, &[Over::Address(&email_key)]).await?;
    if !is_theirs(&txn, viewer, &email_key).await? {
        return Err(unknown().into());
    }
    let before = suppressing::standing(&txn, &email_key, Reason::Staff).await?;
    let row = Model {
        id: app.nature.id(),
        email,
        email_key: email_key.clone(),
        scope: wanted.scope,
        reason: Reason::Staff,
        source: Source::Staff,
        diagnostic: None,
        note: Some(note),
        notice_id: None,
        suppressed_at: now,
        expires_at: wanted.expires_at,
        lifted_at: None,
    };
    row.entered().exec_without_returning(&txn).await?;
    let after = suppressing::standing(&txn, &email_key, Reason::Staff).await?;
    let after = after.ok_or_else(|| Fault::Stored("a suppression has gone".to_owned()))?;
    let act = Act {
        name: "suppressAddress",
        subject_type: "suppression",
        subject_id: after.id,
        course_id: None,
        before: before.as_ref().map(on_record),
        after: Some(on_record(&after)),
    };
    audit::record(&txn, app, Actor::Person(actor), act).await?;
    txn.commit().await?;
    Ok(after)
}

/// Whether somebody has registered for, or asked about, a course that the viewer runs, with the address.
async fn is_theirs(txn: &Transaction, viewer: &Viewer, email_key: &str) -> Result<bool> {
    if viewer.reach() == Reach::Everything {
        return Ok(true);
    }
    let (Some(learners), Some(enquiries)) = (viewer.run_learners(), viewer.run_enquiries()) else {
        return Ok(false);
    };
    let registered = learner::Entity::find().filter(learner::Column::EmailKey.eq(email_key)).filter(learners);
    let asked = enquiry::Entity::find().filter(enquiry::Column::EmailKey.eq(email_key)).filter(enquiries);
    Ok(registered.count(txn).await? > 0 || asked.count(txn).await? > 0)
}
