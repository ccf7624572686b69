//! Is it still true? The facts read again, and whether they still call for the letter.

use entity::email::Address;
use entity::email_change::{self, Side};
use entity::mailing::{self, NotSentReason, PlannedLetter};
use entity::notice::{self, About};
use entity::{Instant, learner, sign_in_code, suppression};
use sea_orm::{ConnectionTrait, DbErr, EntityTrait};
use uuid::Uuid;

use crate::facts::{self, Dossier, Read};
use crate::letter::Matter;
use crate::{Store, Worker};

/// Where a notice stands, by the facts of this moment.
#[derive(Debug)]
pub(super) enum Standing {
    /// It is owed now.
    Owed(Box<Owed>),
    /// It is owed, but its moment has moved, together with the moment from which it is pointless.
    NotYet { due_at: Instant, pointless_at: Option<Instant> },
    /// It is not owed, and why.
    NotOwed(NotSentReason),
    /// It is owed to an address that cannot be written to.
    NoAddress,
}

/// What is owed.
#[derive(Debug)]
pub(super) struct Owed {
    /// What the letter says.
    pub matter: Matter,
    /// The reader's name, where it is the reader's own word or that of staff.
    pub name: Option<String>,
    /// The reader's address.
    pub address: Address,
}

/// Judges `notice` at `now` by what was `read` about it together with others, if anything was. A letter is only
/// ever sent by that, and never dropped: what speaks against it is looked for again.
pub(super) async fn by(
    read: Option<&Read>,
    worker: &Worker<impl Store>,
    notice: &notice::Model,
    now: Instant,
) -> Result<Standing, DbErr> {
    if let Some(read) = read {
        let dossier = Dossier::Registrant(Box::new((*read.dossier).clone()));
        if let owed @ Standing::Owed(_) = about_person(notice, dossier, now) {
            return Ok(owed);
        }
    }
    of(worker, notice, now).await
}

/// Judges `notice` at `now` again, some time after `read`: by it, if nothing of it has changed since.
pub(super) async fn again(
    read: Option<&Read>,
    worker: &Worker<impl Store>,
    notice: &notice::Model,
    now: Instant,
) -> Result<Standing, DbErr> {
    let holds = match read {
        Some(read) => read.holds(&worker.db).await?,
        None => false,
    };
    by(read.filter(|_| holds), worker, notice, now).await
}

/// Reads the facts behind `notice` again, in one snapshot, and judges it at `now`.
pub(super) async fn of(
    worker: &Worker<impl Store>,
    notice: &notice::Model,
    now: Instant,
) -> Result<Standing, DbErr> {
    let gone = Standing::NotOwed(NotSentReason::Moved);
    let dossier = match notice.about() {
        None => return Ok(gone),
        Some(About::SignInCode(id)) => {
            let code = sign_in_code::Entity::find_by_id(id).one(&worker.db).await?;
            return Ok(code.map_or(gone, |code| about_code(worker, &code, now)));
        }
        Some(About::EmailChange(id)) => return about_change(&worker.db, notice, id, now).await,
        Some(about) => facts::of_notice(&worker.db.at_one_moment(), about).await?,
    };
    Ok(dossier.map_or(gone, |dossier| about_person(notice, dossier, now)))
}

fn about_person(notice: &notice::Model, dossier: Dossier, now: Instant) -> Standing {
    let same = |planned: &PlannedLetter| planned.is(&notice.rule, &notice.occurrence);
    let Some(planned) = dossier.plan(now).into_iter().find(same).map(PlannedLetter::in_ledger) else {
        return Standing::NotOwed(NotSentReason::Moved);
    };
    let (name, address) = (dossier.name().map(str::to_owned), dossier.address().to_owned());
    judged(planned, name, &address, now, |planned| dossier.matter(planned, now))
}

fn about_code<D>(worker: &Worker<D>, code: &sign_in_code::Model, now: Instant) -> Standing {
    let matter = |planned: PlannedLetter| Matter::SignInCode {
        letter: planned.letter,
        code: worker.key.stored_sign_in_code(code.id, &code.code_hash),
    };
    judged(mailing::of_sign_in_code(code, now), None, &code.email, now, matter)
}

/// Both addresses are told of a change; by name at the new one alone, because nobody can say who reads the
/// old one.
async fn about_change(
    db: &impl ConnectionTrait,
    notice: &notice::Model,
    id: Uuid,
    now: Instant,
) -> Result<Standing, DbErr> {
    let change = email_change::Entity::find_by_id(id).one(db).await?;
    let Some((change, side)) = change.zip(Side::of(&notice.occurrence)) else {
        return Ok(Standing::NotOwed(NotSentReason::Moved));
    };
    let name = match side {
        Side::Old => None,
        Side::New => {
            learner::Entity::find_by_id(change.learner_id).one(db).await?.and_then(|learner| learner.name)
        }
    };
    let matter = |_| Matter::EmailChange { side, cause: change.cause, name: name.clone() };
    let mut planned = mailing::of_email_change(&change, side, now);
    let suppressions = suppression::of_addresses([change.email_key(side)]).all(db).await?;
    mailing::suppressed::apply(std::slice::from_mut(&mut planned), &suppressions, now);
    Ok(judged(planned, name.clone(), change.email(side), now, matter))
}

fn judged(
    planned: PlannedLetter,
    name: Option<String>,
    address: &str,
    now: Instant,
    matter: impl FnOnce(PlannedLetter) -> Matter,
) -> Standing {
    match planned.verdict {
        Err(reason) => Standing::NotOwed(reason),
        Ok(()) if planned.due_at > now => {
            Standing::NotYet { due_at: planned.due_at, pointless_at: planned.pointless_at }
        }
        Ok(()) => match Address::parse(address) {
            Ok(address) => Standing::Owed(Box::new(Owed { matter: matter(planned), name, address })),
            Err(_) => Standing::NoAddress,
        },
    }
}
