//! What staff do with courses. Every act answers with the course as it then stands, or with the refusal.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};
use entity::Refusal as Refused;
use uuid::Uuid;

use super::change::{CreateCourseInput, UpdateCourseInput};
use super::import::{ImportCourseInput, ImportedCourse};
use super::life::{ArchiveCourseInput, CancelCourseInput, CopyCourseInput, MoveCourseInput, PublishCourseInput};
use crate::action::course::archive::archive;
use crate::action::course::cancel::cancel;
use crate::action::course::copy::{self, copy};
use crate::action::course::distance::Distance;
use crate::action::course::move_to::{MoveTo, move_to};
use crate::action::course::publish::publish;
use crate::app::AppState;
use crate::catalogue::draft::text::Prose;
use crate::catalogue::draft::{Edit, Field, Mistakes, Open, Saved, at, import_by};
use crate::course_file::{self, Mistake};
use crate::error::{self, Fault};
use crate::graphql::course::Course;
use crate::graphql::directive::{cost, list_size, of_act};
use crate::graphql::global_id::{self, Kind};
use crate::graphql::input::Reader;
use crate::graphql::payload::{answer, payload};
use crate::graphql::scalar::Markdown;
use crate::viewer::Viewer;

payload! {
    /// What came of creating a course.
    CreateCoursePayload {
        /// The course, a draft. Null where refused.
        course: Course,
    }
}

payload! {
    /// What came of changing a course.
    UpdateCoursePayload {
        /// The course as it stands now. Null where refused.
        course: Course,
    }
}

payload! {
    /// What came of publishing a course.
    PublishCoursePayload {
        /// The course as it stands now. Null where refused.
        course: Course,
    }
}

payload! {
    /// What came of cancelling a course.
    CancelCoursePayload {
        /// The course as it stands now. Null where refused.
        course: Course,
    }
}

payload! {
    /// What came of archiving a course.
    ArchiveCoursePayload {
        /// The course as it stands now. Null where refused.
        course: Course,
    }
}

payload! {
    /// What came of moving a course.
    MoveCoursePayload {
        /// The course as it stands now. Null where refused.
        course: Course,
    }
}

payload! {
    /// What came of copying a course.
    CopyCoursePayload {
        /// The new course, a draft. Null where refused.
        course: Course,
    }
}

payload! {
    /// What came of importing a course file.
    ImportCoursePayload {
        /// What changed, or would change. Null where refused; then `details` of the refusal has every mistake with its line.
        imported_course: ImportedCourse,
        /// Sessions that there were and the file has no more; none for a check. Null where refused.
        #[graphql(directive = list_size::apply(40))]
        removed_session_ids: Vec<ID>,
        /// Tracks that there were and the file has no more; none for a check. Null where refused.
        #[graphql(directive = list_size::apply(4))]
        removed_track_ids: Vec<ID>,
    }
}

/// The app's state and the viewer of a request.
fn asked<'a>(ctx: &'a Context<'_>) -> Result<(&'a AppState, &'a Viewer)> {
    Ok((ctx.data::<AppState>()?, ctx.data::<Viewer>()?))
}

/// The course that an id names; who is not signed in is told that first.
fn course_id(viewer: &Viewer, id: &ID) -> Result<Uuid, Refused> {
    viewer.signed_in()?;
    global_id::of(Kind::Course, id).ok_or_else(|| Refused::not_found("course"))
}

/// The course that an act has written, as it stands now.
pub async fn written(app: &AppState, done: error::Result<Saved>) -> error::Result<Course> {
    let done = done?;
    let page = app.catalogue.page(&app.db, done.course_id).await?;
    Ok(page.map(Course::new).ok_or_else(|| Fault::Stored(format!("course {} has gone", done.course_id)))?)
}

/// What staff do with courses.
#[derive(Clone, Copy, Debug, Default)]
pub struct CourseMutation;

#[Object]
impl CourseMutation {
    /// Creates a course: a draft, which only the staff who run it see. Sessions, tracks and people are added to it afterwards.
    #[graphql(directive = cost::apply(of_act()))]
    async fn create_course(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What the course is.")] input: CreateCourseInput,
    ) -> Result<CreateCoursePayload> {
        let (app, viewer) = asked(ctx)?;
        answer(written(app, create(app, viewer, input).await).await)
    }

    /// Changes a course that the viewer runs: what the input leaves out stays. A change of what everybody sees shows at once.
    #[graphql(directive = cost::apply(of_act()))]
    async fn update_course(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which course, and what is to be different.")] input: UpdateCourseInput,
    ) -> Result<UpdateCoursePayload> {
        let (app, viewer) = asked(ctx)?;
        answer(written(app, update(app, viewer, input).await).await)
    }

    /// Announces a draft. Refused with `NOT_READY` and a list while something is missing: a summary, objectives, an organization that offers
    /// it, a contact, sessions, a director, a price, an open registration; where it offers credit, who accredits it, and the statements of
    /// accreditation and disclosure.
    #[graphql(directive = cost::apply(of_act()))]
    async fn publish_course(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which course.")] input: PublishCourseInput,
    ) -> Result<PublishCoursePayload> {
        let (app, viewer) = asked(ctx)?;
        let done = match course_id(viewer, &input.course_id) {
            Ok(course_id) => publish(app, viewer, course_id, input.version).await,
            Err(no) => Err(no.into()),
        };
        answer(written(app, done).await)
    }

    /// Calls a published course off, until it is over. Everyone with a live registration is written to; nothing else is sent any more.
    #[graphql(directive = cost::apply(of_act()))]
    async fn cancel_course(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which course, and why.")] input: CancelCourseInput,
    ) -> Result<CancelCoursePayload> {
        let (app, viewer) = asked(ctx)?;
        let CancelCourseInput { course_id: id, version, note } = input;
        let done = match course_id(viewer, &id) {
            Ok(course_id) => cancel(app, viewer, (course_id, version), noted(note)).await,
            Err(no) => Err(no.into()),
        };
        answer(written(app, done).await)
    }

    /// Puts a course away, so that it never changes again: a draft that nobody registered for, a cancelled course, or one whose evaluation is
    /// closed.
    #[graphql(directive = cost::apply(of_act()))]
    async fn archive_course(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which course.")] input: ArchiveCourseInput,
    ) -> Result<ArchiveCoursePayload> {
        let (app, viewer) = asked(ctx)?;
        let done = match course_id(viewer, &input.course_id) {
            Ok(course_id) => archive(app, viewer, course_id, input.version).await,
            Err(no) => Err(no.into()),
        };
        answer(written(app, done).await)
    }

    /// Moves a course that the viewer runs to another time: every date, while sessions keep their times on the clock. Whoever is confirmed is told,
    /// and reminders go by the new dates.
    #[graphql(directive = cost::apply(of_act()))]
    async fn move_course(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which course, and how far.")] input: MoveCourseInput,
    ) -> Result<MoveCoursePayload> {
        let (app, viewer) = asked(ctx)?;
        let MoveCourseInput { course_id: id, version, move_by_days, starts_on, with_deadlines } = input;
        let done = match course_id(viewer, &id) {
            Ok(course_id) => {
                let distance = Distance { move_by_days, starts_on: starts_on.map(|day| day.0) };
                move_to(app, viewer, MoveTo { course_id, version, distance, with_deadlines }).await
            }
            Err(no) => Err(no.into()),
        };
        answer(written(app, done).await)
    }

    /// Makes a draft that is like a course that the viewer runs, at another time: sessions keep their times on the clock. Statements begin
    /// with version 1, reminder rules look forward from now. Links to join, registrations and letters stay behind.
    #[graphql(directive = cost::apply(of_act()))]
    async fn copy_course(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which course, and when it is taught again.")] input: CopyCourseInput,
    ) -> Result<CopyCoursePayload> {
        let (app, viewer) = asked(ctx)?;
        let CopyCourseInput { course_id: id, slug, title, move_by_days, starts_on } = input;
        let done = match course_id(viewer, &id) {
            Ok(course_id) => {
                let distance = Distance { move_by_days, starts_on: starts_on.map(|day| day.0) };
                let mut mistakes = Mistakes::default();
                let mut read = Reader::at(at![Course], &mut mistakes);
                let (slug, title) = (read.text(Field::Slug, &slug), read.some_text(Field::Title, title));
                copy(app, viewer, (copy::Copy { course_id, slug, title, distance }, mistakes)).await
            }
            Err(no) => Err(no.into()),
        };
        answer(written(app, done).await)
    }

    /// Makes a course say what a course file says, all of it or nothing; a course that is not there yet is created. With `check`, only tells
    /// what would change.
    #[graphql(directive = cost::apply(of_act()))]
    async fn import_course(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The file, and whether it is only checked.")] input: ImportCourseInput,
    ) -> Result<ImportCoursePayload> {
        let (app, viewer) = asked(ctx)?;
        answer(import(app, viewer, &input).await)
    }
}

/// Why a course is called off, as far as it can be read.
fn noted(note: Option<Markdown>) -> (Option<Prose>, Mistakes) {
    let mut mistakes = Mistakes::default();
    let note = Reader::at(at![Course], &mut mistakes).some_text(Field::CancellationNote, note.map(|note| note.0));
    (note, mistakes)
}

async fn create(app: &AppState, viewer: &Viewer, input: CreateCourseInput) -> error::Result<Saved> {
    let (draft, mistakes) = input.begin();
    let mut open = Open::new_course(app, viewer, "createCourse", &input.needs(), draft).await?;
    open.mistakes = mistakes;
    input.write(&mut open);
    open.save().await
}

async fn update(app: &AppState, viewer: &Viewer, input: UpdateCourseInput) -> error::Result<Saved> {
    let course_id = course_id(viewer, &input.course_id)?;
    let edit = Edit { course_id, version: input.version, act: "updateCourse", needs: input.needs() };
    let mut open = Open::stored(app, viewer, edit).await?;
    input.write(&mut open);
    open.save().await
}

async fn import(app: &AppState, viewer: &Viewer, input: &ImportCourseInput) -> error::Result<(ImportedCourse, Vec<ID>, Vec<ID>)> {
    viewer.must_be_staff()?;
    let draft = course_file::parse(&input.file).map_err(|mistakes| Refused::mistakes(mistakes.iter().map(Mistake::detail).collect()))?;
    let done = import_by(app, viewer, &draft, input.version, input.check).await?;
    // A check speaks of the course as it is; the id of one that is not there yet is nobody's.
    let page = app.catalogue.page(&app.db, done.course_id).await?;
    let gone =
        |kind: Kind, ids: &[Uuid]| if input.check { Vec::new() } else { ids.iter().map(|id| global_id::global(kind, *id)).collect() };
    let (sessions, tracks) = (gone(Kind::Session, &done.removed.sessions), gone(Kind::Track, &done.removed.tracks));
    let imported = ImportedCourse {
        course: page.map(|page| Course::new(Arc::clone(&page))),
        changes: done.changes.0.iter().map(Into::into).collect(),
        warnings: done.warnings.iter().map(Into::into).collect(),
        applied: !input.check && !done.changes.is_empty(),
    };
    Ok((imported, sessions, tracks))
}
