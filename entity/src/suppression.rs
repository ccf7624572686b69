//! Addresses to which nothing, or less, is sent for a while: letters to them came back, their owner reported
//! one as spam, or staff said so. An address, not a person: it holds whoever registers with it, and ends for a
//! person whose address is another.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait, OnConflict};
use sea_orm::{Condition, Insert, IntoActiveModel, JoinType, QueryOrder, QuerySelect, SelectTwo};

use crate::letter::{Letter, Topic, Urgency};
use crate::{Instant, learner};

/// For how long an address is believed to be dead after a mail server said so, in days. People leave a
/// hospital for good, and mail servers say that nobody is there while they are being moved; after half a year
/// one letter asks again.
pub const HARD_DAYS: i64 = 180;
/// The longest diagnostic and the longest note, in characters.
pub const LONGEST_TEXT: usize = 500;

/// Which letters are kept back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum Scope {
    /// Those that invite people to register.
    Commercial,
    /// All from which one can unsubscribe: the same, reminders, and those about evaluations.
    Optional,
    /// All but codes, which somebody asks for who sits in front of a screen and says that the address is good.
    All,
}

/// Why letters are kept back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum Reason {
    /// A mail server says that there is no such address, or that it takes no mail.
    HardBounce,
    /// Several letters came back for reasons that may pass, such as a full mailbox.
    SoftBounces,
    /// Somebody who reads mail at the address reported a letter as spam.
    Complaint,
    /// Staff said so.
    Staff,
}

/// From where it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum Source {
    /// From a delivery status notification (RFC 3464).
    Dsn,
    /// From a report of abuse (RFC 5965).
    Arf,
    /// From the mail server's answer to the letter itself.
    Smtp,
    /// From staff.
    Staff,
}

/// One reason for which less is sent to one address.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "suppression")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The address, as letters went to it.
    pub email: String,
    /// The same in lower case.
    pub email_key: String,
    /// Which letters are kept back.
    pub scope: Scope,
    /// Why; of each reason an address has one at a time.
    pub reason: Reason,
    /// From where it is known.
    pub source: Source,
    /// What a mail server said.
    pub diagnostic: Option<String>,
    /// What staff said, when they made it or lifted it.
    pub note: Option<String>,
    /// The letter that told, where one did.
    pub notice_id: Option<Uuid>,
    /// Since when; where it was told again, since the last time.
    pub suppressed_at: Instant,
    /// Until when; none: until somebody lifts it.
    pub expires_at: Option<Instant>,
    /// When it was lifted.
    pub lifted_at: Option<Instant>,
}

/// No relation is walked from here by the database layer; what belongs together is fetched by its scope.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Scope {
    /// Whether the letter is kept back.
    pub fn stops(self, letter: Letter) -> bool {
        let spec = letter.spec();
        match self {
            Self::Commercial => spec.topic == Some(Topic::Deadlines),
            Self::Optional => spec.topic.is_some(),
            Self::All => spec.urgency != Urgency::Awaited,
        }
    }
}

impl Model {
    /// Whether it keeps anything back at that moment.
    pub fn is_in_force(&self, at: Instant) -> bool {
        self.lifted_at.is_none() && self.expires_at.is_none_or(|until| at < until)
    }

    /// Whether it keeps back a letter that is to be sent at that moment.
    pub fn stops(&self, letter: Letter, at: Instant) -> bool {
        self.is_in_force(at) && self.scope.stops(letter)
    }

    /// One of nobody in particular that keeps back so much and does not end.
    pub(crate) fn for_good(scope: Scope) -> Self {
        Self {
            id: Uuid::nil(),
            email: String::new(),
            email_key: String::new(),
            scope,
            reason: Reason::Staff,
            source: Source::Staff,
            diagnostic: None,
            note: None,
            notice_id: None,
            suppressed_at: Instant::from_micros(0),
            expires_at: None,
            lifted_at: None,
        }
    }

    /// A mail server's word that there is nobody at the address, for the letter `notice_id`.
    pub fn of_refusal(
        id: Uuid,
        (email, email_key): (String, String),
        notice_id: Uuid,
        said: &str,
        now: Instant,
    ) -> Self {
        Self {
            id,
            email,
            email_key,
            scope: Scope::All,
            reason: Reason::HardBounce,
            source: Source::Smtp,
            diagnostic: text(said),
            note: None,
            notice_id: Some(notice_id),
            suppressed_at: now,
            expires_at: Some(now.plus_seconds(HARD_DAYS * 86_400)),
            lifted_at: None,
        }
    }

    /// The statement that enters it, or renews the one that the address has for this reason.
    pub fn entered(self) -> Insert<ActiveModel> {
        let renewed = OnConflict::columns([Column::EmailKey, Column::Reason])
            .target_and_where(Expr::col(Column::LiftedAt).is_null())
            .update_columns([
                Column::Email,
                Column::Scope,
                Column::Source,
                Column::Diagnostic,
                Column::Note,
                Column::NoticeId,
                Column::SuppressedAt,
                Column::ExpiresAt,
            ])
            .to_owned();
        Entity::insert(self.into_active_model()).on_conflict(renewed)
    }
}

/// A text of strangers as it is kept: one line, without what does not print, no longer than a column takes;
/// none where nothing is left.
pub fn text(said: &str) -> Option<String> {
    let printed = said.chars().map(|letter| if letter.is_control() { ' ' } else { letter });
    let line: String = printed.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ");
    let cut: String = line.chars().take(LONGEST_TEXT).collect();
    (!cut.is_empty()).then(|| cut.trim_end().to_owned())
}

/// What keeps something back at that moment.
pub fn in_force(now: Instant) -> Condition {
    let lasts = Condition::any().add(Column::ExpiresAt.is_null()).add(Column::ExpiresAt.gt(now));
    Condition::all().add(Column::LiftedAt.is_null()).add(lasts)
}

/// What keeps letters from these addresses, in lower case, and has not been lifted.
pub fn of_addresses<'a>(keys: impl IntoIterator<Item = &'a str>) -> Select<Entity> {
    Entity::find()
        .filter(Column::EmailKey.is_in(keys))
        .filter(Column::LiftedAt.is_null())
        .order_by_asc(Column::Id)
}

/// What keeps letters from these learners, each with the learner.
pub fn of_learners(ids: impl IntoIterator<Item = Uuid>) -> SelectTwo<Entity, learner::Entity> {
    let whose = Entity::belongs_to(learner::Entity).from(Column::EmailKey).to(learner::Column::EmailKey);
    Entity::find()
        .join(JoinType::InnerJoin, whose.into())
        .filter(learner::Column::Id.is_in(ids))
        .filter(Column::LiftedAt.is_null())
        .order_by_asc(Column::Id)
        .select_also(learner::Entity)
}

/// Of several, the one that keeps back most at that moment, and of those the one that lasts longest.
pub fn widest(rows: &[Model], at: Instant) -> Option<&Model> {
    let in_force = rows.iter().filter(|row| row.is_in_force(at));
    in_force.max_by_key(|row| (row.scope, row.expires_at.is_none(), row.expires_at))
}

#[cfg(test)]
mod tests {
    use sea_orm::Iterable;

    use super::*;
    use crate::course::sample::at;

    fn row(scope: Scope, expires_at: Option<&str>) -> Model {
        let address = ("ada@example.org".to_owned(), "ada@example.org".to_owned());
        let made = Model::of_refusal(
            Uuid::nil(),
            address,
            Uuid::nil(),
            "550 5.1.1\r\nnobody",
            at("2026-04-01T12:00Z"),
        );
        Model { scope, expires_at: expires_at.map(at), ..made }
    }

    #[test]
    fn a_code_always_goes_and_what_was_bought_stops_for_dead_addresses_alone() {
        for letter in Letter::iter() {
            let asked = matches!(letter, Letter::SignInCode | Letter::EmailChangeCode);
            assert_eq!(Scope::All.stops(letter), !asked, "{letter:?}");
            assert_eq!(Scope::Optional.stops(letter), letter.topic().is_some(), "{letter:?}");
            assert!(!Scope::Commercial.stops(letter) || Scope::Optional.stops(letter), "{letter:?}");
        }
        assert!(Scope::Commercial.stops(Letter::EarlyFeeEnding));
        assert!(!Scope::Commercial.stops(Letter::CourseStarting));
        assert!(!Scope::Optional.stops(Letter::ScheduleChanged), "a complaint stops no change of time");
    }

    #[test]
    fn it_holds_until_it_expires_or_is_lifted() {
        let until = row(Scope::All, Some("2026-05-01T12:00Z"));
        let stops = |row: &Model, moment| row.stops(Letter::CourseStarting, at(moment));
        assert!(stops(&until, "2026-05-01T11:59Z") && !stops(&until, "2026-05-01T12:00Z"));
        assert!(stops(&row(Scope::All, None), "2036-05-01T12:00Z"));
        let lifted = Model { lifted_at: Some(at("2026-04-02T12:00Z")), ..until };
        assert!(!stops(&lifted, "2026-04-02T12:01Z"));
    }

    #[test]
    fn the_widest_counts() {
        let rows = [
            row(Scope::Optional, None),
            row(Scope::All, Some("2026-05-01T12:00Z")),
            row(Scope::All, Some("2026-06-01T12:00Z")),
        ];
        assert_eq!(widest(&rows, at("2026-04-02T12:00Z")), Some(&rows[2]));
        assert_eq!(widest(&rows, at("2026-07-02T12:00Z")), Some(&rows[0]));
        assert_eq!(widest(&rows[1..], at("2026-07-02T12:00Z")), None);
    }

    #[test]
    fn what_strangers_say_is_one_line_of_bounded_length() {
        assert_eq!(text("550 5.1.1\r\n\tno\u{0} such  user ").as_deref(), Some("550 5.1.1 no such user"));
        assert_eq!(text(" \r\n"), None);
        assert_eq!(text(&"é".repeat(9000)).map(|text| text.chars().count()), Some(LONGEST_TEXT));
    }
}
