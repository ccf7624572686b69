//! Where the database lives. One that was restored from a backup knows nothing of the e-mails that were sent
//! since, so they are held until somebody has said what becomes of those that fell due meanwhile.

use sea_orm::Condition;
use sea_orm::entity::prelude::*;

use crate::Instant;

/// The one row's key.
pub const ID: i16 = 1;

/// Why e-mails are held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum HeldFor {
    /// The database is in another place than it was: in another system, on another timeline, or under another
    /// name of the server's own.
    Moved,
    /// It is a copy that `lectern backup` has made.
    Backup,
    /// `lectern restored` has said so.
    Command,
}

/// The row. All of the place is unknown on SQLite, and what a role may not ask on PostgreSQL.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "home")]
pub struct Model {
    /// Always 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i16,
    /// PostgreSQL's name for the cluster.
    pub system_identifier: Option<String>,
    /// The timeline, which is another one after a recovery to a point in time and after a promotion.
    pub timeline: Option<i64>,
    /// PostgreSQL's number for the database.
    pub database_oid: Option<i64>,
    /// Since when e-mails are held; none where they are not.
    pub held_at: Option<Instant>,
    /// Why they are.
    pub held_for: Option<HeldFor>,
    /// When the backup was made, where the database is one that knows.
    pub backed_up_at: Option<Instant>,
    /// When the row last changed.
    pub updated_at: Instant,
}

/// No relation is walked from here by the database layer; what belongs together is fetched by its scope.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The row, where e-mails are held.
pub fn held() -> Condition {
    Condition::all().add(Column::HeldAt.is_not_null())
}

/// A place, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// PostgreSQL's name for the cluster.
    pub system_identifier: Option<String>,
    /// The timeline.
    pub timeline: Option<i64>,
    /// PostgreSQL's number for the database.
    pub database_oid: Option<i64>,
}

impl Model {
    /// Where it was when last looked at.
    pub fn place(&self) -> Place {
        Place {
            system_identifier: self.system_identifier.clone(),
            timeline: self.timeline,
            database_oid: self.database_oid,
        }
    }
}

impl Place {
    /// Whether `now` is another place. What was not known then or is not now tells nothing.
    pub fn is_left_for(&self, now: &Self) -> bool {
        fn differs<T: PartialEq>(one: Option<&T>, other: Option<&T>) -> bool {
            one.zip(other).is_some_and(|(one, other)| one != other)
        }
        differs(self.system_identifier.as_ref(), now.system_identifier.as_ref())
            || differs(self.timeline.as_ref(), now.timeline.as_ref())
            || differs(self.database_oid.as_ref(), now.database_oid.as_ref())
    }

    /// What is known of either, and of `self` where both are.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            system_identifier: self.system_identifier.or(other.system_identifier),
            timeline: self.timeline.or(other.timeline),
            database_oid: self.database_oid.or(other.database_oid),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_left_where_something_known_is_another() {
        let place = |system: Option<&str>, timeline: Option<i64>, database_oid: Option<i64>| Place {
            system_identifier: system.map(str::to_owned),
            timeline,
            database_oid,
        };
        let home = place(Some("7"), Some(1), Some(16_384));
        for (now, is_left) in [
            (home.clone(), false),
            (place(Some("8"), Some(1), Some(16_384)), true),
            (place(Some("7"), Some(2), Some(16_384)), true),
            (place(Some("7"), Some(1), Some(16_385)), true),
            (place(None, None, Some(16_384)), false),
            (place(None, None, None), false),
        ] {
            assert_eq!(home.is_left_for(&now), is_left, "{now:?}");
            assert_eq!(now.is_left_for(&home), is_left, "{now:?}");
        }
        assert_eq!(place(None, Some(2), None).or(home), place(Some("7"), Some(2), Some(16_384)));
    }
}
