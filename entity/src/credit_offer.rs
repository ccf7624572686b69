//! Credit that a course offers, a row a kind.

use sea_orm::entity::prelude::*;

/// The kinds of credit. A recognition has no amount of its own: it says who accepts another kind.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, serde::Serialize, serde::Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// AMA PRA Category 1 Credit, for physicians.
    #[sea_orm(string_value = "ama_pra_category_1")]
    #[serde(rename = "ama_pra_category_1")]
    AmaPraCategory1,
    /// Contact hours for nurses (ANCC).
    #[sea_orm(string_value = "nursing_contact_hours")]
    NursingContactHours,
    /// The NCCPA's acceptance of AMA PRA Category 1 for the recertification of PAs.
    #[sea_orm(string_value = "nccpa_recognition")]
    NccpaRecognition,
    /// Maintenance of Certification points of the American Board of Internal Medicine.
    #[sea_orm(string_value = "abim_moc")]
    AbimMoc,
    /// Maintenance of Certification points of the American Board of Pediatrics.
    #[sea_orm(string_value = "abp_moc")]
    AbpMoc,
    /// Risk management study as the Massachusetts Board of Registration in Medicine defines it.
    #[sea_orm(string_value = "massachusetts_risk_management")]
    MassachusettsRiskManagement,
    /// Mutual recognition between the UEMS (European Union of Medical Specialists) and the AMA.
    #[sea_orm(string_value = "uems_recognition")]
    UemsRecognition,
    /// Recognition by the Royal College of Physicians and Surgeons of Canada.
    #[sea_orm(string_value = "rcpsc_recognition")]
    RcpscRecognition,
}

/// In what an amount of credit is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Hours of taking part; accreditors take sixty minutes for one.
    Hour,
    /// Points of a board.
    Point,
}

impl Kind {
    /// The kind in words.
    pub const fn label(self) -> &'static str {
        match self {
            Self::AmaPraCategory1 => "AMA PRA Category 1 Credit",
            Self::NursingContactHours => "Contact hours (nursing)",
            Self::NccpaRecognition => "NCCPA recognition of AMA PRA Category 1 Credit",
            Self::AbimMoc => "ABIM MOC points",
            Self::AbpMoc => "ABP MOC points",
            Self::MassachusettsRiskManagement => "Massachusetts Risk Management Study",
            Self::UemsRecognition => "UEMS recognition of AMA PRA Category 1 Credit",
            Self::RcpscRecognition => "Recognition by the Royal College of Physicians and Surgeons of Canada",
        }
    }

    /// In what it is counted; none for a recognition, which has no amount of its own.
    pub const fn unit(self) -> Option<Unit> {
        match self {
            Self::AmaPraCategory1 | Self::NursingContactHours | Self::MassachusettsRiskManagement => {
                Some(Unit::Hour)
            }
            Self::AbimMoc | Self::AbpMoc => Some(Unit::Point),
            Self::NccpaRecognition | Self::UemsRecognition | Self::RcpscRecognition => None,
        }
    }
}

/// One kind of credit offered by one course.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "credit_offer")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The course.
    pub course_id: Uuid,
    /// Place in the list, from 1.
    pub position: i16,
    /// The kind.
    pub kind: Kind,
    /// The kind as the course page names it.
    pub label: String,
    /// The most a learner can claim, in hundredths; none for a recognition. Never derived from the agenda.
    pub amount_hundredths: Option<crate::credit_amount::CreditAmount>,
    /// What else a learner should know. Plain text.
    pub statement: Option<String>,
}

/// No relation is walked from here by the database layer; what belongs together is fetched by its scope.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
