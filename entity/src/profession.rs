//! Professions as which people register, and so the prices they pay.

use sea_orm::entity::prelude::*;

/// A profession, as a course office tells them apart.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, serde::Serialize, serde::Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
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

impl Profession {
    /// The profession in words.
    pub fn label(self) -> &'static str {
        match self {
            Self::Physician => "Physician (MD/DO)",
            Self::Nurse => "Nurse (RN/APRN)",
            Self::PhysicianAssistant => "PA",
            Self::Psychologist => "Psychologist",
            Self::ResidentFellow => "Resident/Fellow",
            Self::SocialWorker => "Social Worker",
            Self::Pharmacist => "Pharmacist",
            Self::Chaplain => "Chaplain",
            Self::AlliedHealthOther => "Allied Health Professional / Other",
        }
    }
}
