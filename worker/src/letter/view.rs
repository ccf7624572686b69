//! What several letters say alike, read from the facts: the course, its days and sessions for one learner,
//! the bill.

use entity::mailing::{self, Letter, PlannedLetter, SessionFacts};
use entity::money::Money;
use entity::{LocalDate, course, organization, quote_line, reminder_rule, session};
use serde::Serialize;

use super::matter::RegistrationMatter;
use super::plain::{NAME_LENGTH, PublicUrl, https, line};
use super::wording::{Clocks, Told};

/// The course, as every letter about it names it.
#[derive(Clone, Debug, Serialize)]
pub struct Course {
    /// Name.
    pub title: String,
    /// Its page.
    pub url: String,
    /// Who offers it, in words; none where nobody is named.
    pub offered_by: Option<String>,
}

/// A course day of one learner.
#[derive(Clone, Debug, Serialize)]
pub struct Day {
    /// Such as `Wednesday, May 13`.
    pub date: String,
    /// From the start of the first to the end of the last session.
    pub time: Told,
}

/// A session of one learner.
#[derive(Clone, Debug, Serialize)]
pub struct Session {
    /// Name.
    pub title: String,
    /// From when to when.
    pub time: Told,
    /// The room in which it is held, where people come to the course.
    pub room: Option<String>,
    /// Its tracks in words, where the learner has chosen none and it is not for everyone.
    pub tracks: Option<String>,
    /// Where to join, https.
    pub join_url: Option<String>,
}

/// Where people come to.
#[derive(Clone, Debug, Serialize)]
pub struct Place {
    /// The venue.
    pub name: Option<String>,
    /// Its address, line by line.
    pub address: Vec<String>,
    /// Where it is on a map, https.
    pub map_url: Option<String>,
    /// How to get there. Markdown.
    pub directions: Option<String>,
}

/// A line of the bill.
#[derive(Clone, Debug, Serialize)]
pub struct BillLine {
    /// What for.
    pub label: String,
    /// How much.
    pub amount: String,
}

/// What the registration costs and what was paid.
#[derive(Clone, Debug, Serialize)]
pub struct Bill {
    /// Its lines, in order.
    pub lines: Vec<BillLine>,
    /// Their sum.
    pub total: String,
    /// What was paid; none where nothing was.
    pub paid: Option<String>,
    /// What is still to pay; none where nothing is.
    pub open: Option<String>,
    /// What was paid above the price; none where nothing was.
    pub over: Option<String>,
}

/// The facts of a matter, with the clocks to tell its times by.
#[derive(Debug)]
pub struct View<'a> {
    /// The facts.
    pub matter: &'a RegistrationMatter,
    /// Where the pages are.
    pub public_url: &'a PublicUrl,
    /// The course's clock and the learner's.
    pub clocks: Clocks,
}

impl<'a> View<'a> {
    /// Looks at `matter` with our addresses at hand.
    pub fn new(matter: &'a RegistrationMatter, public_url: &'a PublicUrl) -> Self {
        let clocks = Clocks::of(&matter.course.course, &matter.learner, matter.now);
        Self { matter, public_url, clocks }
    }

    /// The course.
    pub fn course(&self) -> Course {
        course_of(&self.matter.course.course, &self.matter.offered_by, self.public_url)
    }

    /// The page of the registration.
    pub fn registration_url(&self) -> String {
        self.public_url.registration(&self.matter.registration.registration.code)
    }

    /// The form of the evaluation.
    pub fn evaluation_url(&self) -> String {
        self.public_url.evaluation(&self.matter.registration.registration.code)
    }

    /// What the learner can earn, in one line.
    pub fn credit(&self) -> Option<String> {
        credit_of(&self.matter.course.course)
    }

    /// The learner's track.
    pub fn track(&self) -> Option<String> {
        let chosen = self.matter.registration.registration.track_id?;
        self.matter.tracks.iter().find(|track| track.id == chosen).map(|track| line(&track.name, NAME_LENGTH))
    }

    /// The rule that called for the letter; none where it has been taken away since.
    pub fn rule(&self) -> Option<&'a reminder_rule::Model> {
        self.matter.course.rules.iter().find(|rule| rule.slug == self.matter.planned.rule)
    }

    /// Of each of these letters, whether the plan holds one to this person that is still to come: a rule alone
    /// promises nothing to somebody who comes after its moment, has unsubscribed, or is not among those to
    /// whom it goes.
    pub fn will_send<const N: usize>(&self, letters: [Letter; N]) -> [bool; N] {
        let RegistrationMatter { course, registration, now, .. } = self.matter;
        let plan = mailing::of_registration(course, registration, *now);
        let comes = |planned: &PlannedLetter| planned.verdict.is_ok() && planned.due_at > *now;
        letters.map(|letter| plan.iter().any(|planned| planned.letter == letter && comes(planned)))
    }

    /// The learner's course days.
    pub fn days(&self) -> Vec<Day> {
        let day = |(date, from, to)| Day {
            date: self.clocks.date(date),
            time: self.clocks.span_on(date, from, to),
        };
        self.matter.days().into_iter().map(day).collect()
    }

    /// Those of the learner's course days that are not over.
    pub fn days_to_come(&self) -> Vec<Day> {
        let (days, now) = (self.days(), self.matter.now);
        let over = self.matter.days().iter().filter(|(_, _, to)| *to <= now).count();
        days.into_iter().skip(over).collect()
    }

    /// The learner's sessions on `day`, without breaks and meals.
    pub fn sessions_on(&self, day: LocalDate) -> Vec<Session> {
        let zone = &self.matter.course.course.time_zone;
        self.matter
            .taught()
            .filter(|session| session.session.day(zone) == day)
            .map(|one| self.session(one))
            .collect()
    }

    /// Whether any of the learner's sessions has a link to join.
    pub fn has_links(&self) -> bool {
        self.matter.taught().any(|one| one.session.join_url.as_deref().and_then(https).is_some())
    }

    /// The sessions of which the letter tells where they are joined, because no reminder does.
    pub fn sessions_without_reminder(&self) -> Vec<Session> {
        self.matter.sessions_without_reminder().into_iter().map(|one| self.session(one)).collect()
    }

    /// One session.
    pub fn session(&self, facts: &SessionFacts) -> Session {
        let session = &facts.session;
        let undecided = self.matter.registration.registration.track_id.is_none();
        let tracks: Vec<String> = self
            .matter
            .tracks
            .iter()
            .filter(|track| undecided && facts.track_ids.contains(&track.id))
            .map(|track| line(&track.name, NAME_LENGTH))
            .collect();
        Session {
            title: line(&session.title, NAME_LENGTH),
            time: self.clocks.span_on(
                session.day(&self.matter.course.course.time_zone),
                session.starts_at,
                session.ends_at,
            ),
            room: self.room_of(session),
            tracks: (!tracks.is_empty()).then(|| in_words(&tracks)),
            join_url: session.join_url.as_deref().and_then(https).filter(|_| self.is_online()),
        }
    }

    /// Whether people join the course from where they are.
    pub fn is_online(&self) -> bool {
        self.matter.course.course.format.is_online()
    }

    /// Whether people come to the course.
    pub fn is_in_person(&self) -> bool {
        self.matter.course.course.format.is_in_person()
    }

    /// Where people come to; none where the course is taught online alone, or nothing is said.
    pub fn place(&self) -> Option<Place> {
        place_of(&self.matter.course.course)
    }

    fn room_of(&self, session: &session::Model) -> Option<String> {
        let room = self.matter.rooms.iter().find(|room| session.room_id == Some(room.id));
        room.filter(|_| self.is_in_person()).map(|room| line(&room.name, NAME_LENGTH))
    }

    /// The bill; none where nothing was quoted, or where what was quoted is free and nothing was paid.
    pub fn bill(&self) -> Option<Bill> {
        let paid = self.matter.paid_minor;
        let quote = self.matter.quote.as_ref().filter(|quote| quote.total_minor > 0 || paid > 0)?;
        let money = |minor: i64| Money::new(minor, quote.currency.as_str()).to_string();
        let mut rows: Vec<&quote_line::Model> = self.matter.quote_lines.iter().collect();
        rows.sort_by_key(|row| row.position);
        Some(Bill {
            lines: rows
                .into_iter()
                .map(|row| BillLine { label: line(&row.label, NAME_LENGTH), amount: money(row.amount_minor) })
                .collect(),
            total: money(quote.total_minor),
            paid: (paid > 0).then(|| money(paid)),
            open: (quote.total_minor > paid).then(|| money(quote.total_minor - paid)),
            over: (paid > quote.total_minor).then(|| money(paid - quote.total_minor)),
        })
    }

    /// What was paid and is kept when the registration is given up: the processing fee; none where there is
    /// none or nothing was paid.
    pub fn kept_fee(&self) -> Option<String> {
        let quote = self.matter.quote.as_ref().filter(|_| self.matter.paid_minor > 0)?;
        let fee = |row: &&quote_line::Model| row.kind == quote_line::Kind::ProcessingFee;
        let minor: i64 = self.matter.quote_lines.iter().filter(fee).map(|row| row.amount_minor).sum();
        (minor > 0).then(|| Money::new(minor, quote.currency.as_str()).to_string())
    }

    /// Until when the seat is held, and, where that is earlier, until when the quote can be paid.
    pub fn hold(&self) -> (Option<Told>, Option<Told>) {
        let held = self.matter.registration.registration.hold_until;
        let valid = self.matter.quote.as_ref().and_then(|quote| quote.valid_until);
        let sooner = valid.filter(|valid| held.is_none_or(|held| *valid < held));
        (held.map(|held| self.clocks.until(held)), sooner.map(|valid| self.clocks.until(valid)))
    }
}

/// The course as letters name it.
pub fn course_of(
    course: &course::Model,
    offered_by: &[organization::Model],
    public_url: &PublicUrl,
) -> Course {
    let names: Vec<String> = offered_by.iter().map(|body| line(&body.name, NAME_LENGTH)).collect();
    let offered_by = (!names.is_empty()).then(|| in_words(&names));
    Course { title: line(&course.title, NAME_LENGTH), url: public_url.course(&course.slug), offered_by }
}

/// Where people come to; none where the course is taught online alone, or nothing is said.
pub fn place_of(course: &course::Model) -> Option<Place> {
    let name = course.venue_name.as_deref().map(|text| line(text, NAME_LENGTH));
    let address = course.venue_address.iter().flat_map(|address| address.lines());
    let directions = course.venue_directions.as_deref().map(str::trim);
    let place = Place {
        name: name.filter(|text| !text.is_empty()),
        address: address.map(|text| line(text, NAME_LENGTH)).filter(|text| !text.is_empty()).collect(),
        map_url: course.venue_map_url.as_deref().and_then(https),
        directions: directions.filter(|text| !text.is_empty()).map(str::to_owned),
    };
    let Place { name, address, map_url, directions } = &place;
    let said = name.is_some() || !address.is_empty() || map_url.is_some() || directions.is_some();
    (course.format.is_in_person() && said).then_some(place)
}

/// How the course is held, in words.
pub fn held(format: course::Format) -> &'static str {
    match format {
        course::Format::LiveOnline => "live online",
        course::Format::InPerson => "in person",
        course::Format::Hybrid => "in person and live online",
    }
}

/// What can be earned in the course, in one line.
pub fn credit_of(course: &course::Model) -> Option<String> {
    course
        .credit_headline
        .as_deref()
        .map(|credit| line(credit, NAME_LENGTH))
        .filter(|credit| !credit.is_empty())
}

/// The one address at which all of these sessions are joined; it is taken off the sessions then, to be said
/// once. None where they have none, or several.
pub fn only_join_url(sessions: &mut [Session]) -> Option<String> {
    let url = sessions.first()?.join_url.clone()?;
    if sessions.iter().any(|session| session.join_url.as_ref() != Some(&url)) {
        return None;
    }
    for session in sessions {
        session.join_url = None;
    }
    Some(url)
}

/// `A`, `A and B`, `A, B, and C`.
fn in_words(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [one, other] => format!("{one} and {other}"),
        [first @ .., last] => format!("{}, and {last}", first.join(", ")),
    }
}
