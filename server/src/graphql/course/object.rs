//! A course as the API shows it, in parts that the library puts together: [`Identity`] here, [`Agenda`] and
//! [`Offer`] in their own files.

use std::sync::Arc;

use async_graphql::{Context, ID, MergedObject, Object};
use entity::course_tag;

use super::about::{AudienceGroup, CompetencyGroup, CourseFormat, CourseStatus, LearningObjective};
use super::warning::CourseWarning;
use super::{Agenda, Offer};
use crate::app::AppState;
use crate::catalogue::CoursePage;
use crate::catalogue::draft::{Draft, warnings};
use crate::graphql::announcement::AnnouncementsOfCourse;
use crate::graphql::aside::Aside;
use crate::graphql::audit::AuditOfCourse;
use crate::graphql::calendar::CalendarOfCourse;
use crate::graphql::directive::list_size;
use crate::graphql::enquiry::EnquiriesOfCourse;
use crate::graphql::fault::{Nullable, nullable};
use crate::graphql::global_id::{Kind, global};
use crate::graphql::notice::LettersOfCourse;
use crate::graphql::organization::Organization;
use crate::graphql::preview::RehearsalOfCourse;
use crate::graphql::registration::RegistrationsOfCourse;
use crate::graphql::scalar::{Date, DateTime, Markdown, TimeZone, Url};
use crate::viewer::Viewer;

/// A continuing-education course. All its dates and times on the clock are in its own time zone.
#[derive(Clone, Debug, MergedObject)]
pub struct Course(pub Aside<Business>, pub Offer, pub Agenda, pub Identity);

/// What goes on around a course: for staff, and for those who take part or ask.
#[derive(Clone, Debug, MergedObject)]
#[graphql(name = "CourseBusiness")]
pub struct Business(
    pub RegistrationsOfCourse,
    pub LettersOfCourse,
    pub RehearsalOfCourse,
    pub AuditOfCourse,
    pub CalendarOfCourse,
    pub EnquiriesOfCourse,
    pub AnnouncementsOfCourse,
);

/// What a course is.
#[derive(Clone, Debug)]
pub struct Identity(Arc<CoursePage>);

impl Course {
    /// The course of this page; whether the viewer may see it has been decided before.
    pub fn new(page: Arc<CoursePage>) -> Self {
        let business = Business(
            RegistrationsOfCourse(Arc::clone(&page)),
            LettersOfCourse(Arc::clone(&page)),
            RehearsalOfCourse(Arc::clone(&page)),
            AuditOfCourse(Arc::clone(&page)),
            CalendarOfCourse(Arc::clone(&page)),
            EnquiriesOfCourse(Arc::clone(&page)),
            AnnouncementsOfCourse(Arc::clone(&page)),
        );
        Self(Aside(business), Offer(Arc::clone(&page)), Agenda(Arc::clone(&page)), Identity(page))
    }

    /// The page it is answered from.
    pub fn page(&self) -> &Arc<CoursePage> {
        &self.3.0
    }

    /// The global id, for the interface `Node`.
    ///
    /// # Errors
    /// None; the interface wants a result.
    pub async fn id(&self, _ctx: &Context<'_>) -> async_graphql::Result<ID> {
        Ok(global(Kind::Course, self.page().course.id))
    }
}

impl Identity {
    fn tags(&self, kind: course_tag::Kind) -> Vec<&String> {
        self.0.tags.iter().filter(|tag| tag.kind == kind).map(|tag| &tag.name).collect()
    }
}

#[Object]
impl Identity {
    /// Opaque id, unique across types.
    async fn id(&self) -> ID {
        global(Kind::Course, self.0.course.id)
    }

    /// Unique, stable name for addresses and files.
    async fn slug(&self) -> &str {
        &self.0.course.slug
    }

    /// Name as people read it. Plain text.
    async fn title(&self) -> &str {
        &self.0.course.title
    }

    /// Counted up with every change to the course or anything on its page. An edit names the version it saw.
    async fn version(&self) -> i32 {
        self.0.course.version
    }

    /// What sort of offer it is, such as `Continuing Education`.
    async fn kind(&self) -> &str {
        &self.0.course.kind
    }

    /// One or two sentences; null where there are none. Plain text.
    async fn summary(&self) -> Option<&str> {
        self.0.course.summary.as_deref()
    }

    /// What the course is about, at length; null where nothing is said.
    async fn overview(&self) -> Option<Markdown> {
        self.0.course.overview.clone().map(Markdown)
    }

    /// Where the course is in its life.
    async fn status(&self) -> CourseStatus {
        self.0.course.status.into()
    }

    /// When the course was cancelled; null: it was not. It stays when the course is archived, so that one
    /// which never took place is told from one that did.
    async fn cancelled_at(&self) -> Option<DateTime> {
        self.0.course.cancelled_at.map(DateTime)
    }

    /// Why the course will not take place, where staff have said so; null unless it is cancelled.
    async fn cancellation_note(&self) -> Option<Markdown> {
        self.0.course.cancellation_note.clone().map(Markdown)
    }

    /// How the course is taught.
    async fn format(&self) -> CourseFormat {
        self.0.course.format.into()
    }

    /// Length in words, such as `Three Days`; null where it is not said.
    async fn length_label(&self) -> Option<&str> {
        self.0.course.length_label.as_deref()
    }

    /// The zone in which all dates and times on the clock of this course are meant.
    async fn time_zone(&self) -> TimeZone {
        TimeZone(self.0.course.time_zone.clone())
    }

    /// First day, in the course's zone.
    async fn starts_on(&self) -> Date {
        Date(self.0.course.starts_on)
    }

    /// Last day, in the course's zone.
    async fn ends_on(&self) -> Date {
        Date(self.0.course.ends_on)
    }

    /// Start of the first session, in UTC; null while there are no sessions.
    async fn starts_at(&self) -> Option<DateTime> {
        self.0.course.starts_at.map(DateTime)
    }

    /// End of the last session, in UTC; null while there are no sessions.
    async fn ends_at(&self) -> Option<DateTime> {
        self.0.course.ends_at.map(DateTime)
    }

    /// Last day on which evaluations are taken, in the course's zone; the whole day counts.
    async fn evaluation_deadline(&self) -> Date {
        Date(self.0.course.evaluation_deadline())
    }

    /// What learners will be able to do afterwards, in order. Plain text.
    #[graphql(directive = list_size::apply(8))]
    async fn objectives(&self) -> Vec<&String> {
        self.0.objectives.iter().map(|objective| &objective.text).collect()
    }

    /// The same objectives with the ids under which an evaluation rates them, in order.
    #[graphql(directive = list_size::apply(8))]
    async fn learning_objectives(&self) -> Vec<LearningObjective> {
        let objective = |row: &entity::objective::Model| LearningObjective {
            id: global(Kind::Objective, row.id),
            text: row.text.clone(),
        };
        self.0.objectives.iter().map(objective).collect()
    }

    /// Domains of practice that the course teaches, in order.
    #[graphql(directive = list_size::apply(8))]
    async fn domains(&self) -> Vec<&String> {
        self.tags(course_tag::Kind::Domain)
    }

    /// Who should take part, in order; what they pay is told by `prices`, and as what they register by
    /// `audienceGroups`.
    #[graphql(directive = list_size::apply(10))]
    async fn audiences(&self) -> Vec<&String> {
        self.0.audiences.iter().map(|audience| &audience.name).collect()
    }

    /// The same groups with the profession as which their members register, in order.
    #[graphql(directive = list_size::apply(10))]
    async fn audience_groups(&self) -> Vec<AudienceGroup> {
        let group = |row: &entity::audience::Model| AudienceGroup {
            name: row.name.clone(),
            profession: row.profession.into(),
        };
        self.0.audiences.iter().map(group).collect()
    }

    /// Topics of the programme, in order.
    #[graphql(directive = list_size::apply(15))]
    async fn topics(&self) -> Vec<&String> {
        self.tags(course_tag::Kind::Topic)
    }

    /// Competencies that the course addresses, grouped by the body that defines them, in order.
    #[graphql(directive = list_size::apply(2))]
    async fn competencies(&self) -> Vec<CompetencyGroup> {
        let groups = self.0.competencies.chunk_by(|one, other| one.group_position == other.group_position);
        groups
            .filter_map(|group| {
                let name = group.first()?.group_name.clone();
                Some(CompetencyGroup {
                    name,
                    competencies: group.iter().map(|competency| competency.name.clone()).collect(),
                })
            })
            .collect()
    }

    /// Organizations that develop and offer the course, in order; their staff run it.
    #[graphql(directive = list_size::apply(2))]
    async fn offered_by(&self) -> Vec<Organization> {
        self.0.offered_by.iter().cloned().map(Organization).collect()
    }

    /// Organizations that accredit the course, in order.
    #[graphql(directive = list_size::apply(2))]
    async fn accredited_by(&self) -> Vec<Organization> {
        self.0.accredited_by.iter().cloned().map(Organization).collect()
    }

    /// The centre that develops the course; null where none does.
    async fn centre(&self) -> Option<&str> {
        self.0.course.centre.as_deref()
    }

    /// What is allowed and still worth a second look, such as sessions at the same time for the same people,
    /// somebody who would have to speak in two, or, in the week before, sessions without a link to join. For
    /// staff who run the course; null for everybody else.
    #[graphql(directive = list_size::apply(10))]
    async fn warnings(&self, ctx: &Context<'_>) -> Nullable<Vec<CourseWarning>> {
        nullable(async {
            let seen = ctx.data::<Viewer>()?.runs_course(&self.0);
            let now = ctx.data::<AppState>()?.nature.now();
            Ok(seen
                .then(|| warnings(&Draft::of(&self.0), now).iter().map(CourseWarning::of_course).collect()))
        })
        .await
    }

    /// E-mail address for questions; null where none is given.
    async fn contact_email(&self) -> Option<&str> {
        self.0.course.contact_email.as_deref()
    }

    /// Host name of the only site through which registrations count; null where every site does.
    async fn registration_site(&self) -> Option<&str> {
        self.0.course.registration_site.as_deref()
    }

    /// Where the course is taught in person; null where nothing is said.
    async fn venue_name(&self) -> Option<&str> {
        self.0.course.venue_name.as_deref()
    }

    /// The postal address of the venue, line by line; null where nothing is said. Plain text.
    async fn venue_address(&self) -> Option<&str> {
        self.0.course.venue_address.as_deref()
    }

    /// Where the venue is on a map, https; null where nothing is said.
    async fn venue_map_url(&self) -> Option<Url> {
        self.0.course.venue_map_url.clone().map(Url)
    }

    /// How to get to the venue; null where nothing is said.
    async fn venue_directions(&self) -> Option<Markdown> {
        self.0.course.venue_directions.clone().map(Markdown)
    }

    /// The credit of the course in one line, for the head of a page; null where nothing is said. `credits`
    /// has it in full.
    async fn credit_headline(&self) -> Option<&str> {
        self.0.course.credit_headline.as_deref()
    }
}
