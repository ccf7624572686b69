//! Asking what a letter will look like.

use async_graphql::{Context, Object, Result};
use entity::registration;
use sea_orm::{ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter};

use super::input::PreviewLetterInput;
use super::letter::{LetterPreview, PreviewLetterPayload};
use crate::app::AppState;
use crate::census;
use crate::error;
use crate::graphql::payload::answer;
use crate::preview::Preview;
use crate::preview::letter::Reader;
use crate::viewer::Viewer;

/// The questions about letters that are not sent yet.
#[derive(Clone, Copy, Debug, Default)]
pub struct PreviewQuery;

#[Object]
impl PreviewQuery {
    /// A letter of a course that the viewer runs, as it would be sent. Also what will not be sent is shown,
    /// together with the reason.
    async fn preview_letter(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which letter, and to whom.")] input: PreviewLetterInput,
    ) -> Result<PreviewLetterPayload> {
        answer(shown(ctx.data()?, ctx.data()?, ctx.data()?, input).await)
    }
}

async fn shown(
    app: &AppState,
    viewer: &Viewer,
    preview: &Preview,
    input: PreviewLetterInput,
) -> error::Result<LetterPreview> {
    viewer.signed_in()?;
    let wanted = input.read()?;
    let previewed = preview.letter(app, viewer, &wanted).await?;
    let people = match wanted.reader {
        Reader::Kind(kind) => match kind.status() {
            Some(status) => {
                let now = app.nature.now();
                let meant = previewed.announcement.as_ref().map(|row| row.audience(now));
                registration::Entity::find()
                    .filter(registration::Column::CourseId.eq(wanted.course_id))
                    .filter(registration::seated(now))
                    .filter(registration::Column::Status.eq(status))
                    .filter(Condition::all().add_option(meant))
                    .count(&app.db)
                    .await?
            }
            None => census::interested(&app.db, wanted.course_id, app.nature.now())
                .await?
                .iter()
                .map(|crowd| crowd.people)
                .sum(),
        },
        Reader::Registration(_) | Reader::Enquiry(_) => 1,
    };
    Ok(LetterPreview::new(previewed, i32::try_from(people).unwrap_or(i32::MAX)))
}
