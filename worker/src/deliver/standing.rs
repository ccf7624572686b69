//! Is it still true? The facts read again, and whether they still call for the letter.

use entity::email::Address;
use entity::mailing::{self, NotSentReason, PlannedLetter};
use entity::notice::{self, About};
use entity::{Instant, sign_in_code};
use sea_orm::{DbErr, EntityTrait};

use crate::facts::{self, Dossier};
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

/// Reads the facts behind `notice` again, in one snapshot, and judges it at `now`.
pub(super) async fn of(worker: &Worker<impl Store>, notice: &notice::Model, now: Instant) -> Result<Standing, DbErr> {
    let gone = Standing::NotOwed(NotSentReason::Moved);
    let dossier = match notice.about() {
        None => return Ok(gone),
        Some(About::SignInCode(id)) => {
            let code = sign_in_code::Entity::find_by_id(id).one(&worker.db).await?;
            return Ok(code.map_or(gone, |code| about_code(worker, &code, now)));
        }
        Some(about) => facts::of_notice(&worker.db.at_one_moment(), about).await?,
    };
    Ok(dossier.map_or(gone, |dossier| about_person(notice, dossier, now)))
}

fn about_person(notice: &notice::Model, dossier: Dossier, now: Instant) -> Standing {
    let same = |planned: &PlannedLetter| planned.is(&notice.rule, &notice.occurrence);
    let Some(planned) = dossier.plan(now).into_iter().find(same) else {
        return Standing::NotOwed(NotSentReason::Moved);
    };
    let (name, address) = (dossier.name().map(str::to_owned), dossier.address().to_owned());
    judged(planned, name, &address, now, |planned| dossier.matter(planned, now))
}

fn about_code<D>(worker: &Worker<D>, code: &sign_in_code::Model, now: Instant) -> Standing {
    let matter = |_| Matter::SignInCode { code: worker.key.stored_sign_in_code(code.id, &code.code_hash), expires_at: code.expires_at };
    judged(mailing::of_sign_in_code(code, now), None, &code.email, now, matter)
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
        Ok(()) if planned.due_at > now => Standing::NotYet { due_at: planned.due_at, pointless_at: planned.pointless_at },
        Ok(()) => match Address::parse(address) {
            Ok(address) => Standing::Owed(Box::new(Owed { matter: matter(planned), name, address })),
            Err(_) => Standing::NoAddress,
        },
    }
}
