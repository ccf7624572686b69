//! A seat that was let go may be held again, for money that came late, and be let go again: each of these ends
//! is told. So the letter about it is remembered by the end of the hold, and no longer by one name for all.

use sea_orm_migration::prelude::*;

use crate::ground;

/// Gives the letters that were sent the end of the hold that they told of; and takes it away again, where
/// that leaves one letter for a registration.
#[derive(Debug)]
pub struct Expiries;

impl MigrationName for Expiries {
    fn name(&self) -> &str {
        "m0042_expiries"
    }
}

/// What is remembered of letters, and what staff have said of them: the table, by which column it names the
/// registration, and which of its rows are about the end of a hold.
const REMEMBERED: [(&str, &str, &str); 2] = [
    ("notice", "registration_id", "letter = 'registration_expired'"),
    (
        "letter_instruction",
        "subject_id",
        "rule in (select slug from reminder_rule where letter = 'registration_expired')",
    ),
];

#[async_trait::async_trait]
impl MigrationTrait for Expiries {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let end = if ground::is_sqlite(manager) {
            "substr(r.hold_until, 1, 19) || 'Z'"
        } else {
            "to_char(r.hold_until at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
        };
        for (table, registration, which) in REMEMBERED {
            let step = format!(
                "update {table} set occurrence = (select {end} from registration r where r.id = {table}.{registration})
                    || substr(occurrence, 8)
                where {which} and occurrence like 'expired%'
                and {registration} in (select id from registration where hold_until is not null)"
            );
            ground::run(manager, &step).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let ends_alike =
            "substr(other.occurrence, 21) = substr(notice.occurrence, 21) and other.due_at < notice.due_at";
        let earlier = format!(
            "select 1 from notice other where other.letter = notice.letter
                and other.registration_id = notice.registration_id and {ends_alike}"
        );
        for (table, _, which) in REMEMBERED {
            let first = if table == "notice" { format!("and not exists ({earlier})") } else { String::new() };
            let step = format!(
                "update {table} set occurrence = 'expired' || substr(occurrence, 21)
                where {which} and substr(occurrence, 20, 1) = 'Z' {first}"
            );
            ground::run(manager, &step).await?;
        }
        Ok(())
    }
}
