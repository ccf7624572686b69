//! What a line says of a person: somebody new, and what it corrects of somebody known.

use entity::{learner, registration};

use super::super::address::MOST;
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
            signed_in_at: None,
            created_at: self.now,
            updated_at: self.now,
        }
    }

    /// Corrects the name of a learner, where the row says another; whether it does.
    ///
    /// # Errors
    /// Why the name stays.
    pub(super) fn rename(&mut self, learner: &learner::Model, said: &Said) -> Result<bool, String> {
        let Some(name) = said.name.clone().filter(|name| learner.name.as_ref() != Some(name)) else {
            return Ok(false);
        };
        if self.known_elsewhere.contains(&learner.id) {
            let so_far = learner.name.as_ref().map_or_else(String::new, |name| format!(" \"{name}\""));
            return Err(format!(
                "The name{so_far} stays, because this person works here or is registered elsewhere, too; an administrator can correct it."
            ));
        }
        self.writes.renamed.push((learner.clone(), name));
        Ok(true)
    }

    /// Whose the registration of a row is that gives another address, where the address may change so.
    ///
    /// # Errors
    /// Why it does not.
    pub(super) fn other_address(
        &self,
        row: &registration::Model,
        known: Option<&learner::Model>,
        key: &str,
    ) -> Result<learner::Model, String> {
        let owner =
            self.owners.get(&row.learner_id).ok_or("The registration with this external id is nobody's.")?;
        let theirs = &owner.email;
        if let Some(other) = known {
            return Err(format!(
                "This external id belongs to the registration of another address, {theirs}, and {} is somebody else's; merge the two, if they are \
                 one person.",
                other.email
            ));
        }
        let Some(change) = self.addresses.get(&owner.id) else {
            return Err(format!(
                "This external id belongs to the registration of another address, {theirs}; a file changes {MOST} addresses at most, so please send \
                 the row in another one."
            ));
        };
        change.allows(owner, key)?;
        Ok(owner.clone())
    }

    /// The learner gets the address of the row; what is said of it, after what else is said.
    pub(super) fn readdress(
        &mut self,
        learner: &learner::Model,
        said: &Said,
        before: Option<String>,
    ) -> String {
        let (old, new) = (&learner.email, said.email.as_sent());
        self.writes.readdressed.push((learner.clone(), said.email.clone()));
        let told = format!("The address changes from {old} to {new}, and both are told.");
        before.into_iter().chain([told]).collect::<Vec<_>>().join(" ")
    }
}
