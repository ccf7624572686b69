//! What a line says of a person: somebody new, and what it corrects of somebody known.

use entity::{learner, registration};

use super::super::read::Said;
use super::Judge;

impl Judge<'_> {
    /// Somebody who is new here.
    pub(super) fn new_learner(&self, email_key: String, said: &Said) -> learner::Model {
        learner::Model {
            id: self.app.nature.id(),
            email: said.email.as_sent(),
            email_key,
            name: said.name.clone(),
            credentials: None,
            profession: said.profession,
            time_zone: None,
            calendar_rotation: 0,
            merged_into: None,
            created_at: self.now,
            updated_at: self.now,
        }
    }

    /// Corrects the name of a learner, where the row says another; whether it does.
    pub(super) fn rename(&mut self, learner: &learner::Model, said: &Said) -> bool {
        let Some(name) = said.name.clone().filter(|name| learner.name.as_ref() != Some(name)) else { return false };
        self.writes.renamed.push((learner.clone(), name));
        true
    }

    /// What is said of a row with the external id of a registration and the address of somebody else.
    pub(super) fn another_address(&self, row: &registration::Model, said: &Said) -> String {
        let theirs = self.owners.get(&row.learner_id).map(|learner| learner.email.as_str()).unwrap_or_default();
        format!(
            "This external id belongs to the registration of another address, {theirs}. Correct the address there first, or leave the id out to register {} anew.",
            said.email.as_sent()
        )
    }
}
