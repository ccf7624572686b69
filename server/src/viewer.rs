//! Who is asking, and what they may see and do. All rules of access stand here.
//!
//! Which rule guards what stands in one table, [`crate::access`], against which a test walks the whole
//! schema.
//!
//! Every rule that looks at who asks, and not only at what everybody sees, notes that the answer is personal
//! ([`crate::provenance`]).
//!
//! What is not yours looks exactly like what does not exist: [`Viewer::must_run`] answers «no such thing»,
//! never «forbidden».

mod catalogue;

use entity::network::Network;
use entity::secret::SecretKey;
use entity::{Refusal, learner, staff_role};
use sea_orm::sea_query::{Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition};
use uuid::Uuid;

use crate::catalogue::CoursePage;
use crate::provenance::Provenance;

/// Somebody who asks; perhaps nobody in particular.
#[derive(Clone, Debug, Default)]
pub struct Viewer {
    /// The person, where one is signed in.
    pub learner: Option<learner::Model>,
    /// The person's roles.
    pub roles: Vec<staff_role::Model>,
    /// The token by which the viewer is known.
    pub token_id: Option<Uuid>,
    /// From where it is asked; none in a rehearsal.
    pub client: Option<Network>,
    /// Where it is noted that an answer depends on who asks.
    pub provenance: Provenance,
}

/// Whose courses a viewer runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// None: not staff.
    Nothing,
    /// Courses offered by one of these organizations.
    Organizations(Vec<Uuid>),
    /// All.
    Everything,
}

impl Viewer {
    /// What stands for the client's network in rate limits.
    pub fn client_key(&self, key: &SecretKey) -> String {
        self.client.map(|client| key.client_key(client)).unwrap_or_default()
    }

    /// The person, or a request to sign in.
    pub fn signed_in(&self) -> Result<&learner::Model, Refusal> {
        self.provenance.is_personal();
        self.learner.as_ref().ok_or(Refusal::Unauthenticated)
    }

    /// Whose courses the viewer runs.
    pub fn reach(&self) -> Reach {
        let mut organizations = Vec::new();
        for role in &self.roles {
            match (role.role, role.organization_id) {
                (staff_role::Role::Admin, _) | (staff_role::Role::Staff, None) => return Reach::Everything,
                (staff_role::Role::Staff, Some(organization)) => organizations.push(organization),
            }
        }
        if organizations.is_empty() { Reach::Nothing } else { Reach::Organizations(organizations) }
    }

    /// Whether the viewer runs courses that these organizations offer.
    pub fn runs(&self, offered_by: &[Uuid]) -> bool {
        self.provenance.is_personal();
        match self.reach() {
            Reach::Nothing => false,
            Reach::Organizations(mine) => offered_by.iter().any(|organization| mine.contains(organization)),
            Reach::Everything => true,
        }
    }

    /// Whether the viewer runs this course.
    pub fn runs_course(&self, page: &CoursePage) -> bool {
        self.runs(&page.organization_ids())
    }

    /// Whether the viewer may see this course.
    pub fn sees_course(&self, page: &CoursePage) -> bool {
        page.is_public() || self.runs_course(page)
    }

    /// Refuses who is not signed in, and who is not staff of any kind.
    pub fn must_be_staff(&self) -> Result<(), Refusal> {
        self.signed_in()?;
        if self.is_staff() { Ok(()) } else { Err(Refusal::Forbidden) }
    }

    /// Whether the viewer decides about people's roles and sign-ins.
    pub fn is_administrator(&self) -> bool {
        self.provenance.is_personal();
        self.roles.iter().any(|role| role.role == staff_role::Role::Admin)
    }

    /// Refuses who is not signed in, and who is no administrator.
    pub fn must_administer(&self) -> Result<(), Refusal> {
        self.signed_in()?;
        if self.is_administrator() { Ok(()) } else { Err(Refusal::Forbidden) }
    }

    /// Refuses whoever does not run this course, as though `what` did not exist.
    pub fn must_run(&self, page: &CoursePage, what: &'static str) -> Result<(), Refusal> {
        if self.runs_course(page) { Ok(()) } else { Err(Refusal::not_found(what)) }
    }

    /// Whether the viewer works here.
    pub fn is_staff(&self) -> bool {
        match self.reach() {
            Reach::Nothing => false,
            Reach::Organizations(_) | Reach::Everything => true,
        }
    }

    /// The courses that the viewer runs, for a query over courses; none for who is not staff.
    pub fn run_courses(&self) -> Option<Condition> {
        match self.reach() {
            Reach::Nothing => None,
            Reach::Organizations(mine) => {
                Some(Condition::all().add(entity::course::Column::Id.in_subquery(offered_by(mine))))
            }
            Reach::Everything => Some(Condition::all()),
        }
    }

    /// The registrations of the courses that the viewer runs, for a query over registrations; none for who is
    /// not staff.
    pub fn run_registrations(&self) -> Option<Condition> {
        self.provenance.is_personal();
        let courses = match self.reach() {
            Reach::Nothing => return None,
            Reach::Everything => return Some(Condition::all()),
            Reach::Organizations(mine) => offered_by(mine),
        };
        Some(Condition::all().add(entity::registration::Column::CourseId.in_subquery(courses)))
    }

    /// The learners whom the viewer may correct, for a query over learners: those with a registration for a
    /// course that the viewer runs, and, for who runs everything, all; none for who is not staff. An account
    /// that was merged into another is nobody's any more.
    pub fn run_learners(&self) -> Option<Condition> {
        use entity::registration::{Column, Entity};
        self.provenance.is_personal();
        match self.reach() {
            Reach::Nothing => None,
            Reach::Everything => Some(Condition::all().add(learner::Column::MergedInto.is_null())),
            Reach::Organizations(_) => {
                let theirs = Query::select()
                    .column(Column::LearnerId)
                    .from(Entity)
                    .cond_where(self.run_registrations()?)
                    .take();
                Some(
                    Condition::all()
                        .add(learner::Column::MergedInto.is_null())
                        .add(learner::Column::Id.in_subquery(theirs)),
                )
            }
        }
    }

    /// The acts of the audit trail that the viewer may see, for a query over it: those about courses that the
    /// viewer runs, and, for who runs everything, all; none for who is not staff.
    pub fn run_audit(&self) -> Option<Condition> {
        self.provenance.is_personal();
        match self.reach() {
            Reach::Nothing => None,
            Reach::Everything => Some(Condition::all()),
            Reach::Organizations(mine) => {
                Some(Condition::all().add(entity::audit::Column::CourseId.in_subquery(offered_by(mine))))
            }
        }
    }

    /// The enquiries about courses that the viewer runs, for a query over enquiries; none for who is not
    /// staff.
    pub fn run_enquiries(&self) -> Option<Condition> {
        self.provenance.is_personal();
        let courses = match self.reach() {
            Reach::Nothing => return None,
            Reach::Everything => return Some(Condition::all()),
            Reach::Organizations(mine) => offered_by(mine),
        };
        Some(Condition::all().add(entity::enquiry::Column::CourseId.in_subquery(courses)))
    }

    /// The suppressions of addresses with which people have registered for courses that the viewer runs, or asked
    /// about them, for a query over suppressions; for who runs everything, all; none for who is not staff.
    pub fn run_suppressions(&self) -> Option<Condition> {
        use entity::{enquiry, suppression};
        self.provenance.is_personal();
        match self.reach() {
            Reach::Nothing => None,
            Reach::Everything => Some(Condition::all()),
            Reach::Organizations(_) => {
                let registered = Query::select()
                    .column(learner::Column::EmailKey)
                    .from(learner::Entity)
                    .cond_where(self.run_learners()?)
                    .take();
                let asked = Query::select()
                    .column(enquiry::Column::EmailKey)
                    .from(enquiry::Entity)
                    .cond_where(self.run_enquiries()?)
                    .take();
                let either = Condition::any().add(suppression::Column::EmailKey.in_subquery(registered));
                Some(either.add(suppression::Column::EmailKey.in_subquery(asked)))
            }
        }
    }

    /// The letters about registrations and enquiries of courses that the viewer runs, for a query over
    /// notices; none for who is not staff.
    pub fn run_notices(&self) -> Option<Condition> {
        use entity::{enquiry, notice, registration};
        let registered = Query::select()
            .column(registration::Column::Id)
            .from(registration::Entity)
            .cond_where(self.run_registrations()?)
            .take();
        let asked = Query::select()
            .column(enquiry::Column::Id)
            .from(enquiry::Entity)
            .cond_where(self.run_enquiries()?)
            .take();
        let about_both = Condition::any().add(notice::Column::RegistrationId.in_subquery(registered));
        Some(about_both.add(notice::Column::EnquiryId.in_subquery(asked)))
    }

    /// The roles that the viewer may see, for a query over them: the viewer's own; administrators see
    /// everybody's.
    pub fn visible_staff_roles(&self) -> Condition {
        if self.is_administrator() {
            return Condition::all();
        }
        Condition::all()
            .add(staff_role::Column::LearnerId.is_in(self.learner.iter().map(|learner| learner.id)))
    }

    /// The registrations that the viewer may see, for a query over registrations: the viewer's own, and those
    /// of courses that the viewer runs.
    pub fn visible_registrations(&self) -> Condition {
        // Nobody's registrations: an empty list of owners matches no row.
        let own =
            entity::registration::Column::LearnerId.is_in(self.learner.iter().map(|learner| learner.id));
        match self.run_registrations() {
            Some(mine) => Condition::any().add(own).add(mine),
            None => Condition::all().add(own),
        }
    }
}

/// The ids of the courses that one of these organizations offers.
fn offered_by(organizations: Vec<Uuid>) -> SelectStatement {
    use entity::course_organization::{Column, Entity, Role};
    Query::select()
        .column(Column::CourseId)
        .from(Entity)
        .and_where(Column::OrganizationId.is_in(organizations))
        .and_where(Column::Role.eq(Role::OfferedBy))
        .take()
}
