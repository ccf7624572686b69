//! What a session may say of itself and need not, when it is added and when it is changed.

use async_graphql::{InputObject, MaybeUndefined};

use crate::catalogue::draft::{Field, SessionChange};
use crate::graphql::input::Reader;
use crate::graphql::scalar::{Date, Markdown, Url};

/// What may be missing of a session.
#[derive(Clone, Debug, InputObject)]
pub struct SessionDetailsInput {
    /// The day of the start, for a session that begins after midnight and belongs to the evening before: the
    /// day after `date`. Null: `date` itself.
    starts_on: MaybeUndefined<Date>,
    /// The day of the end, for a session that goes over midnight: the day after the start. Null: the day of
    /// the start.
    ends_on: MaybeUndefined<Date>,
    /// Where the confirmed join: an address that begins with `https://`. Null: nowhere yet.
    join_url: MaybeUndefined<Url>,
    /// Its room: the slug of one of `Course.rooms`. Null: none.
    room: MaybeUndefined<String>,
    /// What it is about; up to 20,000 characters.
    description: MaybeUndefined<Markdown>,
    /// For whom it is, by what they know already, such as `Introductory`; up to 300 characters.
    level: MaybeUndefined<String>,
    /// The language in which it is held: a code of BCP 47, such as `fr`.
    language: MaybeUndefined<String>,
}

impl SessionDetailsInput {
    /// What is to be different; `read` stands at the session.
    pub fn read(self, read: &mut Reader<'_>) -> SessionChange {
        let Self { starts_on, ends_on, join_url, room, description, level, language } = self;
        SessionChange {
            starts_on: read.patch(Field::StartsOn, starts_on, |day| Ok(day.0)),
            ends_on: read.patch(Field::EndsOn, ends_on, |day| Ok(day.0)),
            join_url: read.patch_text(Field::JoinUrl, join_url.map_value(|url| url.0)),
            room: read.patch_text(Field::Room, room),
            description: read.patch_text(Field::Description, description.map_value(|text| text.0)),
            level: read.patch_text(Field::Level, level),
            language: read.patch_text(Field::Language, language),
            ..SessionChange::default()
        }
    }
}
