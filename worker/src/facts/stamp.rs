//! Stamps: by what one statement tells whether anything that a letter to a registrant says, or is judged by,
//! has changed since it was read.

use std::collections::HashMap;

use entity::{Instant, course};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Statement};
use uuid::Uuid;

/// Each table that the facts about a registration are read from has its part in it ([`super::of_registrations`],
/// [`super::dossier`]); what belongs to the course counts its version up, or carries its moment.
const STAMPS: &str = "
select r.id, r.updated_at as changed_at, l.email, l.name, l.time_zone,
    c.id as course_id, c.version as course_version, c.updated_at as course_changed_at,
    (select cast(coalesce(sum(o.version), 0) as bigint) from course_organization p
        join organization o on o.id = p.organization_id where p.course_id = c.id) as organizations,
    (select max(q.created_at) from quote q where q.registration_id = r.id) as quoted_at,
    (select cast(coalesce(sum(p.amount_minor), 0) as bigint) from payment p where p.registration_id = r.id) as paid,
    (select max(e.submitted_at) from evaluation e where e.registration_id = r.id) as evaluated_at,
    (select count(*) from unsubscription u where u.email_key = l.email_key) as unsubscriptions,
    (select max(u.at) from unsubscription u where u.email_key = l.email_key) as unsubscribed_at,
    (select count(*) from suppression s where s.email_key = l.email_key) as suppressions,
    (select max(s.suppressed_at) from suppression s where s.email_key = l.email_key) as suppressed_at,
    (select max(s.lifted_at) from suppression s where s.email_key = l.email_key) as lifted_at,
    (select count(*) from letter_instruction i where i.subject_id = r.id) as instructions,
    (select count(*) from notice n where n.registration_id = r.id and n.status = 'sent') as sent,
    (select count(*) from registration a where a.course_id = r.course_id and a.learner_id = r.learner_id) as registered
from registration r
join learner l on l.id = r.learner_id
join course c on c.id = r.course_id
where r.id in ({ids})";

/// What has to be as it was for the facts about a registration to hold.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Stamp {
    id: Uuid,
    changed_at: Instant,
    email: String,
    name: Option<String>,
    time_zone: Option<String>,
    course_id: Uuid,
    course_version: i32,
    course_changed_at: Instant,
    organizations: i64,
    quoted_at: Option<Instant>,
    paid: i64,
    evaluated_at: Option<Instant>,
    unsubscriptions: i64,
    unsubscribed_at: Option<Instant>,
    suppressions: i64,
    suppressed_at: Option<Instant>,
    lifted_at: Option<Instant>,
    instructions: i64,
    sent: i64,
    registered: i64,
}

/// What has to be as it was for the facts about a course to hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CourseStamp {
    pub(super) id: Uuid,
    version: i32,
    changed_at: Instant,
    organizations: i64,
}

impl Stamp {
    /// Of the course.
    pub(super) fn course(&self) -> CourseStamp {
        CourseStamp {
            id: self.course_id,
            version: self.course_version,
            changed_at: self.course_changed_at,
            organizations: self.organizations,
        }
    }
}

impl CourseStamp {
    /// Whether the stamp is one of the course as this row has it.
    pub(super) fn is_of(&self, row: &course::Model) -> bool {
        (self.id, self.version, self.changed_at) == (row.id, row.version, row.updated_at)
    }
}

/// The stamps of these registrations, by id; one statement. What is gone is missing.
pub(super) async fn of_registrations(
    db: &impl ConnectionTrait,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Stamp>, DbErr> {
    let places: Vec<String> = (1..=ids.len()).map(|place| format!("${place}")).collect();
    let statement = Statement::from_sql_and_values(
        db.get_database_backend(),
        STAMPS.replace("{ids}", &places.join(", ")),
        ids.iter().map(|id| (*id).into()),
    );
    let rows = Stamp::find_by_statement(statement).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}
