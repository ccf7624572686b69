//! Which registrations, and in which order.

use async_graphql::{Enum, ID, InputObject};
use entity::Refusal;

use super::object::RegistrationStatus;
use crate::graphql::course::OrderDirection;
use crate::graphql::directive::{code, cost, max_length, of_search};
use crate::graphql::global_id::{self, Kind};
use crate::graphql::scalar::DateTime;
use crate::graphql::vocabulary::coded_each;
use crate::listing::search::Words;
use crate::roster::{self, Filter};

/// Which registrations are asked for: those that meet everything that is given.
#[derive(Clone, Debug, Default, InputObject)]
pub struct RegistrationFilter {
    /// In one of these states at this moment.
    status: Option<Vec<RegistrationStatus>>,
    /// For this course.
    course_id: Option<ID>,
    /// In this track; who has chosen none is in none.
    track_id: Option<ID>,
    /// As one of these professions: codes, such as `nurse`.
    #[graphql(directive = code::apply("professions".to_owned()))]
    profession_code: Option<Vec<String>>,
    /// Whose code or external id is this; or words, each of which must be, or begin, a word of the learner's
    /// name or e-mail address; case, accents and signs do not matter. At most ten words and 200 characters.
    #[graphql(directive = max_length::apply(200, Some(10)), directive = cost::apply(of_search()))]
    text: Option<String>,
    /// Begun at this moment or later.
    started_from: Option<DateTime>,
    /// Begun before this moment.
    started_before: Option<DateTime>,
    /// Confirmed at this moment or later.
    confirmed_from: Option<DateTime>,
    /// Confirmed before this moment.
    confirmed_before: Option<DateTime>,
}

impl RegistrationFilter {
    /// The same, without the API's own words.
    ///
    /// # Errors
    /// A text that is too long, and a code that is no profession's.
    pub fn read(self) -> Result<Filter, Refusal> {
        let Self {
            status,
            course_id,
            track_id,
            profession_code,
            text,
            started_from,
            started_before,
            confirmed_from,
            confirmed_before,
        } = self;
        if let Some(Err(no)) = text.as_deref().map(Words::read) {
            return Err(Refusal::invalid(format!("{no}."), &["filter", "text"]));
        }
        Ok(Filter {
            status: status.map(|wanted| wanted.into_iter().map(Into::into).collect()),
            // An id of another kind names no course, and so no registration.
            course: course_id.map(|id| global_id::of(Kind::Course, &id)),
            track: track_id.map(|id| global_id::of(Kind::Track, &id)),
            profession: profession_code
                .map(|codes| coded_each(&codes, &["filter", "professionCode"]))
                .transpose()?,
            text,
            started_from: started_from.map(|at| at.0),
            started_before: started_before.map(|at| at.0),
            confirmed_from: confirmed_from.map(|at| at.0),
            confirmed_before: confirmed_before.map(|at| at.0),
        })
    }
}

/// In which order registrations are listed. Those that are equal in it keep an order of their own.
#[derive(Clone, Debug, InputObject)]
pub struct RegistrationOrder {
    /// By what.
    field: RegistrationOrderField,
    /// Which way.
    #[graphql(default)]
    direction: OrderDirection,
}

/// By what registrations are ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "roster::Field")]
pub enum RegistrationOrderField {
    /// By when they were begun.
    StartedAt,
    /// By the learner's name, whatever its case and accents; by the e-mail address where no name is known.
    LearnerName,
    /// By code.
    Code,
    /// By when they were confirmed; those that are not count as latest.
    ConfirmedAt,
}

impl RegistrationOrder {
    /// The same, without the API's own words.
    pub fn read(&self) -> roster::Order {
        let descending = match self.direction {
            OrderDirection::Asc => false,
            OrderDirection::Desc => true,
        };
        roster::Order { field: self.field.into(), descending }
    }
}
