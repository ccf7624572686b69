//! Who looks, and at what.

use std::collections::HashSet;

use lectern::access::Who;

use crate::support::Person;

/// Somebody who looks.
pub struct Persona {
    /// As what.
    pub name: &'static str,
    /// Who, where somebody is signed in.
    pub person: Option<Person>,
    pub(super) staff: bool,
    pub(super) office: bool,
    pub(super) administrator: bool,
    pub(super) organization: Option<String>,
    pub(super) runs: HashSet<String>,
    pub(super) confirmed: HashSet<String>,
}

/// Something with an id, and what access to it depends on.
#[derive(Clone, Debug, Default)]
pub struct Thing {
    /// Its type.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// The course that it belongs to.
    pub course: Option<String>,
    /// The address of the learner whom it is about.
    pub learner: Option<String>,
    /// Whether an announced course shows it.
    pub shown: bool,
}

impl Persona {
    /// The token, where somebody is signed in.
    pub fn token(&self) -> Option<&str> {
        self.person.as_ref().map(|person| person.token.as_str())
    }

    /// Whether it could be for this persona at all, whatever the thing.
    pub fn could(&self, who: &[Who]) -> bool {
        who.iter().any(|who| match who {
            Who::Anybody | Who::Announced => true,
            Who::SignedIn | Who::Learner | Who::Confirmed => self.person.is_some(),
            Who::Runs | Who::Represents | Who::Staff => self.staff,
            Who::Office => self.office,
            Who::Administrators => self.administrator,
        })
    }

    /// Whether this persona may, with this thing.
    pub fn may(&self, who: &[Who], thing: &Thing) -> bool {
        let of = |set: &HashSet<String>| thing.course.as_ref().is_some_and(|course| set.contains(course));
        who.iter().any(|who| match who {
            Who::Anybody => true,
            Who::Announced => thing.shown,
            Who::SignedIn => self.person.is_some(),
            Who::Learner => {
                self.person.as_ref().is_some_and(|person| thing.learner.as_deref() == Some(&person.email))
            }
            Who::Confirmed => of(&self.confirmed),
            Who::Runs => self.office || of(&self.runs),
            Who::Represents => self.office || self.organization.as_deref() == Some(&thing.id),
            Who::Staff => self.staff,
            Who::Office => self.office,
            Who::Administrators => self.administrator,
        })
    }
}
