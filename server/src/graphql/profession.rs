//! Professions, as the API names them.

use async_graphql::Enum;

/// A profession as which people register; it decides the price they pay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "entity::profession::Profession")]
pub enum Profession {
    /// Physician (MD or DO).
    Physician,
    /// Nurse (RN or APRN).
    Nurse,
    /// Physician assistant or associate (PA).
    PhysicianAssistant,
    /// Psychologist.
    Psychologist,
    /// Resident or fellow in training.
    ResidentFellow,
    /// Social worker.
    SocialWorker,
    /// Pharmacist.
    Pharmacist,
    /// Chaplain.
    Chaplain,
    /// Any other allied health professional, and everyone else.
    AlliedHealthOther,
}
