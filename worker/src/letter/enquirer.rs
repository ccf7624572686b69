//! What the letters to people who only asked say alike, read from the facts: the course in short, and what it
//! costs.
//!
//! Nobody has shown that the address is theirs, so nothing of what was typed goes out in our name unseen: no
//! name, and no question before a member of staff has read and answered it.

use entity::mailing::{self, Letter, PlannedLetter};
use entity::money::Money;
use entity::{calendar, price, reminder_rule};
use serde::Serialize;

use super::matter::EnquiryMatter;
use super::plain::{NAME_LENGTH, PublicUrl, line, paragraphs, without_links};
use super::view::{self, Course, Day};
use super::wording::{Clocks, Told};

/// What people of a profession pay.
#[derive(Clone, Debug, Serialize)]
pub struct PriceRow {
    /// Who.
    pub label: String,
    /// The early price, while it is to be had.
    pub early: Option<String>,
    /// The regular price.
    pub regular: String,
}

/// What the course costs, and until when.
#[derive(Clone, Debug, Serialize)]
pub struct Prices {
    /// A row for the profession of whoever asked; for each profession where that is not known. Empty where
    /// the course has no prices.
    pub rows: Vec<PriceRow>,
    /// The last minute of the early price, while it is to be had.
    pub early_until: Option<Told>,
    /// What is added to each price above zero and never paid back.
    pub fee: Option<String>,
    /// Whether some of these people pay nothing, and so no fee.
    pub some_free: bool,
}

/// The facts of an enquiry, with the clocks to tell its times by.
#[derive(Debug)]
pub struct EnquirerView<'a> {
    /// The facts.
    pub matter: &'a EnquiryMatter,
    /// Where the pages are.
    pub public_url: &'a PublicUrl,
    /// The course's clock; nobody knows the reader's.
    pub clocks: Clocks,
}

impl<'a> EnquirerView<'a> {
    /// Looks at `matter` with our addresses at hand.
    pub fn new(matter: &'a EnquiryMatter, public_url: &'a PublicUrl) -> Self {
        let clocks = Clocks::new(matter.course.course.time_zone.clone(), None, matter.now);
        Self { matter, public_url, clocks }
    }

    /// The course.
    pub fn course(&self) -> Course {
        view::course_of(&self.matter.course.course, &self.matter.offered_by, self.public_url)
    }

    /// The rule that called for the letter; none where none does.
    pub fn rule(&self) -> Option<&'a reminder_rule::Model> {
        self.matter.course.rules.iter().find(|rule| rule.slug == self.matter.planned.rule)
    }

    /// The course days.
    pub fn days(&self) -> Vec<Day> {
        let day = |(date, from, to)| Day {
            date: self.clocks.date(date),
            time: self.clocks.span_on(date, from, to),
        };
        calendar::days(&self.matter.course, None).into_iter().map(day).collect()
    }

    /// What one can earn, in one line.
    pub fn credit(&self) -> Option<String> {
        view::credit_of(&self.matter.course.course)
    }

    /// What was asked, paragraph by paragraph, as text in which nothing becomes a link.
    pub fn question(&self) -> Vec<String> {
        let rows = self.matter.enquiry.enquiry.question.as_deref().map(paragraphs).unwrap_or_default();
        rows.iter().map(|row| without_links(row)).collect()
    }

    /// When registration opens, where it has not yet.
    pub fn opens(&self) -> Option<Told> {
        self.matter
            .course
            .course
            .registration_opens_at
            .filter(|opens| self.matter.now < *opens)
            .map(|opens| self.clocks.moment(opens))
    }

    /// The last minute of registration, where it is not over.
    pub fn open_until(&self) -> Option<Told> {
        let closes_at = self.matter.course.course.registration_closes_at();
        (self.matter.now < closes_at).then(|| self.clocks.until(closes_at))
    }

    /// What the course costs.
    pub fn prices(&self) -> Prices {
        let (matter, course) = (self.matter, &self.matter.course.course);
        let early_ends_at = course.early_ends_at().filter(|ends| matter.now < *ends);
        let money = |minor: i64| Money::new(minor, course.currency.as_str()).to_string();
        let own = matter
            .enquiry
            .enquiry
            .profession
            .and_then(|profession| price::for_profession(&matter.prices, profession));
        let mut rows: Vec<&price::Model> =
            own.map_or_else(|| matter.prices.iter().collect(), |own| vec![own]);
        rows.sort_by_key(|row| row.position);
        // As in a quote: who pays nothing pays no fee.
        let is_paid_for = rows.iter().any(|row| row.regular_minor > 0);
        let some_free = rows.iter().any(|row| row.regular_minor == 0);
        let row = |price: &price::Model| PriceRow {
            label: line(&price.label, NAME_LENGTH),
            early: price.early_minor.filter(|_| early_ends_at.is_some()).map(money),
            regular: money(price.regular_minor),
        };
        let rows: Vec<PriceRow> = rows.into_iter().map(row).collect();
        Prices {
            early_until: early_ends_at
                .filter(|_| rows.iter().any(|row| row.early.is_some()))
                .map(|ends| self.clocks.until(ends)),
            fee: course.processing_fee_minor.filter(|minor| *minor > 0 && is_paid_for).map(money),
            some_free,
            rows,
        }
    }

    /// Of each of these letters, whether one is still to come to whoever asked.
    pub fn will_send<const N: usize>(&self, letters: [Letter; N]) -> [bool; N] {
        let EnquiryMatter { course, enquiry, now, .. } = self.matter;
        let plan = mailing::of_enquiry(course, enquiry, *now);
        let comes = |planned: &PlannedLetter| planned.verdict.is_ok() && planned.due_at > *now;
        letters.map(|letter| plan.iter().any(|planned| planned.letter == letter && comes(planned)))
    }
}
