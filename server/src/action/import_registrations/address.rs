//! New addresses of people who are known by the id that another system gave to their registration. Which
//! these are is looked up before there is a transaction, so that nobody signs in with an old or a new one
//! meanwhile.

use std::collections::HashMap;

use entity::registration::{self, Column};
use entity::{Refusal, learner};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::read::{Line, Said};
use crate::error::{Error, Result};
use crate::store::Database;
use crate::viewer::Viewer;
use crate::write::may_correct::may_change_address;

/// The most addresses that one file changes: each change ends sign-ins and is told at both.
pub const MOST: usize = 100;

/// Changes that a list asks for.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// Of whom, and the keys of the old address and the new.
    asked: HashMap<Uuid, (String, String)>,
}

impl Changes {
    /// What the list asks for, in the order of the file, the first [`MOST`].
    pub async fn of(db: &Database, course_id: Uuid, lines: &[Line]) -> Result<Self, DbErr> {
        let said = || lines.iter().filter_map(|line| line.said.as_ref().ok());
        let named: Vec<(&str, &Said)> =
            said().filter_map(|said| said.external_id.as_deref().map(|id| (id, said))).collect();
        let rows = registration::Entity::find()
            .filter(Column::CourseId.eq(course_id))
            .filter(Column::ExternalId.is_in(named.iter().map(|(id, _)| *id)))
            .all(db)
            .await?;
        let owners = learner::Entity::find()
            .filter(learner::Column::Id.is_in(rows.iter().map(|row| row.learner_id)))
            .all(db)
            .await?;
        let owners: HashMap<Uuid, learner::Model> = owners.into_iter().map(|row| (row.id, row)).collect();
        let whose: HashMap<&str, &learner::Model> = rows
            .iter()
            .filter_map(|row| Some((row.external_id.as_deref()?, owners.get(&row.learner_id)?)))
            .collect();
        let asked = named.into_iter().filter_map(|(id, said)| {
            let (owner, key) = (whose.get(id)?, said.email.key());
            (owner.email_key != key).then(|| (owner.id, (owner.email_key.clone(), key)))
        });
        Ok(Self { asked: asked.take(MOST).collect() })
    }

    /// Whose addresses they are.
    pub fn learners(&self) -> Vec<Uuid> {
        self.asked.keys().copied().collect()
    }

    /// The keys of all addresses, old and new, in one order.
    pub fn keys(&self) -> Vec<&str> {
        let mut keys: Vec<&str> =
            self.asked.values().flat_map(|(old, new)| [old.as_str(), new.as_str()]).collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    /// Whose address the viewer may change so, of those who still have the old one; with what is said of the
    /// others.
    pub async fn judged(&self, db: &impl ConnectionTrait, viewer: &Viewer) -> Result<HashMap<Uuid, Judged>> {
        let mut judged = HashMap::new();
        for (id, (old, new)) in &self.asked {
            let may = match may_change_address(db, viewer, *id).await {
                Ok(()) => true,
                Err(Error::Refused(Refusal::OfAdministrators)) => false,
                Err(error) => return Err(error),
            };
            judged.insert(*id, Judged { old: old.clone(), new: new.clone(), may });
        }
        Ok(judged)
    }
}

/// A change of an address that was looked at.
#[derive(Clone, Debug)]
pub struct Judged {
    old: String,
    new: String,
    may: bool,
}

impl Judged {
    /// Why `learner` does not get the address of this key, where that is so.
    ///
    /// # Errors
    /// It is not the viewer's to change, or something came between.
    pub fn allows(&self, learner: &learner::Model, key: &str) -> Result<(), String> {
        if self.old != learner.email_key || self.new != key {
            return Err("This address was changed at the same moment; please send the row again.".to_owned());
        }
        if !self.may {
            let theirs = &learner.email;
            return Err(format!(
                "This external id belongs to the registration of another address, {theirs}, of somebody who works here, is registered elsewhere, or has signed in; \
                 an administrator can change it."
            ));
        }
        Ok(())
    }
}
