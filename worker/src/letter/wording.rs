//! Times and deadlines as a person reads them.
//!
//! No time is told without its zone: the course's first, and the learner's own second where its clock shows
//! something else. A deadline is told by the last minute that counts ("11:59 p.m. Eastern Time on Wednesday,
//! May 6"), because nobody reads "midnight" twice the same way.

use entity::civil::words::{time_of_day as time, zone_name};
use entity::deadline::start_of_day;
use entity::{Instant, LocalDate, Zone, course, learner};
use serde::Serialize;

/// A time, or a stretch of time, told in one zone or in two.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Told {
    /// On the course's clock, with its zone.
    pub here: String,
    /// On the learner's own clock, with its zone; none where it shows the same.
    pub own: Option<String>,
    /// Both in one line, the second in brackets.
    pub text: String,
}

impl Told {
    fn new(here: String, own: Option<String>) -> Self {
        let text = match &own {
            Some(own) => format!("{here} ({own})"),
            None => here.clone(),
        };
        Self { here, own, text }
    }
}

/// The clocks that a letter goes by.
#[derive(Clone, Debug)]
pub struct Clocks {
    here: Zone,
    own: Option<Zone>,
    /// The year in which the letter is read; other years are written out.
    year: i16,
}

impl Clocks {
    /// The clocks of a letter about `course` to `learner`, read at about `now`.
    pub fn of(course: &course::Model, learner: &learner::Model, now: Instant) -> Self {
        Self::new(course.time_zone.clone(), learner.time_zone.clone(), now)
    }

    /// A clock in the zone `here`, and one in `own` where it is known, read at about `now`.
    pub fn new(here: Zone, own: Option<Zone>, now: Instant) -> Self {
        let year = now.in_zone(&here).year();
        Self { here, own, year }
    }

    /// The local date on the course's clock at `at`.
    pub fn date_of(&self, at: Instant) -> LocalDate {
        at.date_in(&self.here)
    }

    /// A day, such as `Wednesday, May 13`.
    pub fn date(&self, day: LocalDate) -> String {
        self.day(&day.0)
    }

    /// A moment: `10:00 a.m. Eastern Time on Wednesday, May 13`.
    pub fn moment(&self, at: Instant) -> Told {
        let here = at.in_zone(&self.here);
        let own = self.own_at(&[at]).map(|zone| {
            let there = at.in_zone(zone);
            let time = format!("{} {}", time(&there), zone_name(zone, at));
            if there.date() == here.date() { time } else { format!("{time} on {}", self.day(&there.date())) }
        });
        Told::new(format!("{} {} on {}", time(&here), zone_name(&self.here, at), self.day(&here.date())), own)
    }

    /// The last minute before `end`: what is open until the first instant of a day on the course's clock
    /// closes at 11:59 p.m. of the day before; any other end is told as it is.
    pub fn until(&self, end: Instant) -> Told {
        let midnight = start_of_day(end.date_in(&self.here), &self.here) == end;
        self.moment(if midnight { end.plus_minutes(-1) } else { end })
    }

    /// The day of [`Self::until`], for a subject line.
    pub fn last_day(&self, end: Instant) -> String {
        self.date(self.date_of(end.plus_seconds(-1)))
    }

    /// From when to when on one day: `10:00 a.m. to 5:00 p.m. Eastern Time`. The day is said only where it is
    /// not the course's.
    pub fn span(&self, from: Instant, to: Instant) -> Told {
        self.span_on(self.date_of(from), from, to)
    }

    /// The same under the heading of the course day `day`: a session after midnight belongs to the evening
    /// before, and tells its own date.
    pub fn span_on(&self, day: LocalDate, from: Instant, to: Instant) -> Told {
        Told::new(
            self.stretch(&self.here, from, to, day.0),
            self.own_at(&[from, to]).map(|own| self.stretch(own, from, to, day.0)),
        )
    }

    /// The same with the day: `10:00 a.m. to 11:30 a.m. Eastern Time on Friday, May 15`.
    pub fn dated_span(&self, from: Instant, to: Instant) -> Told {
        let Told { here, own, text } = self.span(from, to);
        // A stretch over midnight has told its days already.
        if self.date_of(from) == self.date_of(to) {
            return Told::new(format!("{here} on {}", self.date(self.date_of(from))), own);
        }
        Told { here, own, text }
    }

    fn stretch(&self, zone: &Zone, from: Instant, to: Instant, day: jiff::civil::Date) -> String {
        let (start, end) = (from.in_zone(zone), to.in_zone(zone));
        let (first, last) = (zone_name(zone, from), zone_name(zone, to));
        let zone_of_start = if first == last { String::new() } else { format!(" {first}") };
        if start.date() == day && end.date() == day {
            return format!("{}{zone_of_start} to {} {last}", time(&start), time(&end));
        }
        // The date goes with each time where they lie on two days, and with the last where both lie on
        // another day than the course's.
        let date_of_start = if start.date() == end.date() {
            String::new()
        } else {
            format!(" on {}", self.day(&start.date()))
        };
        format!(
            "{}{zone_of_start}{date_of_start} to {} {last} on {}",
            time(&start),
            time(&end),
            self.day(&end.date())
        )
    }

    /// The learner's zone, unless its clock shows the same as the course's at all these moments.
    fn own_at(&self, moments: &[Instant]) -> Option<&Zone> {
        self.own.as_ref().filter(|own| {
            moments.iter().any(|at| at.in_zone(own).offset() != at.in_zone(&self.here).offset())
        })
    }

    fn day(&self, date: &jiff::civil::Date) -> String {
        date.strftime(if date.year() == self.year { "%A, %B %-d" } else { "%A, %B %-d, %Y" }).to_string()
    }
}

#[cfg(test)]
mod tests {
    use entity::deadline::end_of_day;

    use super::*;

    fn clocks(here: &str, own: Option<&str>) -> Clocks {
        let now = "2026-04-01T12:00Z".parse().expect("instant");
        Clocks::new(here.parse().expect("zone"), own.map(|own| own.parse().expect("zone")), now)
    }

    #[test]
    fn deadlines_are_told_by_their_last_minute() {
        for (day, here, own, text) in [
            ("2026-05-06", "America/New_York", None, "11:59 p.m. Eastern Time on Wednesday, May 6"),
            (
                "2026-05-06",
                "America/New_York",
                Some("Asia/Tokyo"),
                "11:59 p.m. Eastern Time on Wednesday, May 6 (12:59 p.m. Japan Time on Thursday, May 7)",
            ),
            // The same rules under another name, so nothing to add.
            (
                "2026-05-06",
                "America/New_York",
                Some("America/Toronto"),
                "11:59 p.m. Eastern Time on Wednesday, May 6",
            ),
            (
                "2026-05-06",
                "America/New_York",
                Some("America/Chicago"),
                "11:59 p.m. Eastern Time on Wednesday, May 6 (10:59 p.m. Central Time)",
            ),
            // The days on which the clocks change.
            (
                "2026-03-08",
                "America/New_York",
                Some("Asia/Tokyo"),
                "11:59 p.m. Eastern Time on Sunday, March 8 (12:59 p.m. Japan Time on Monday, March 9)",
            ),
            (
                "2026-11-01",
                "America/New_York",
                Some("Asia/Tokyo"),
                "11:59 p.m. Eastern Time on Sunday, November 1 (1:59 p.m. Japan Time on Monday, November 2)",
            ),
            ("2026-03-29", "Europe/Berlin", None, "11:59 p.m. Central European Time on Sunday, March 29"),
            (
                "2026-10-25",
                "Europe/Berlin",
                Some("Asia/Kolkata"),
                "11:59 p.m. Central European Time on Sunday, October 25 (4:29 a.m. India Time on Monday, October 26)",
            ),
            // Two weeks in which America has changed and Europe has not.
            (
                "2026-03-20",
                "Europe/Berlin",
                Some("America/New_York"),
                "11:59 p.m. Central European Time on Friday, March 20 (6:59 p.m. Eastern Time)",
            ),
            (
                "2026-10-03",
                "Australia/Lord_Howe",
                None,
                "11:59 p.m. Lord Howe Time (UTC+10:30) on Saturday, October 3",
            ),
            (
                "2026-10-04",
                "Australia/Lord_Howe",
                None,
                "11:59 p.m. Lord Howe Time (UTC+11) on Sunday, October 4",
            ),
            (
                "2026-05-06",
                "Asia/Kolkata",
                Some("Asia/Tokyo"),
                "11:59 p.m. India Time on Wednesday, May 6 (3:29 a.m. Japan Time on Thursday, May 7)",
            ),
            // The clocks of Cairo jump over the midnight after this day.
            ("2026-04-23", "Africa/Cairo", None, "11:59 p.m. Cairo Time (UTC+2) on Thursday, April 23"),
            // Another year is written out, and a leap day is a day.
            ("2028-02-29", "America/New_York", None, "11:59 p.m. Eastern Time on Tuesday, February 29, 2028"),
        ] {
            let clocks = clocks(here, own);
            let end = end_of_day(day.parse().expect("date"), &clocks.here);
            assert_eq!(clocks.until(end).text, text, "{day} {here} {own:?}");
        }
    }

    #[test]
    fn an_end_within_the_day_is_told_as_it_is() {
        let clocks = clocks("America/New_York", None);
        assert_eq!(
            clocks.until("2026-05-13T14:00Z".parse().expect("instant")).text,
            "10:00 a.m. Eastern Time on Wednesday, May 13"
        );
    }

    #[test]
    fn a_stretch_with_its_day_says_each_day_once() {
        let instant = |text: &str| text.parse().expect("instant");
        let clocks = clocks("America/New_York", Some("Asia/Tokyo"));
        assert_eq!(
            clocks.dated_span(instant("2026-05-15T14:15Z"), instant("2026-05-15T15:30Z")).text,
            "10:15 a.m. to 11:30 a.m. Eastern Time on Friday, May 15 (11:15 p.m. on Friday, May 15 to 12:30 a.m. Japan Time on Saturday, May 16)"
        );
        assert_eq!(
            clocks.dated_span(instant("2026-05-16T02:00Z"), instant("2026-05-16T05:00Z")).here,
            "10:00 p.m. on Friday, May 15 to 1:00 a.m. Eastern Time on Saturday, May 16"
        );
    }

    #[test]
    fn stretches_are_told_in_both_zones() {
        for (from, to, here, own, text) in [
            (
                "2026-05-13T14:00Z",
                "2026-05-13T21:00Z",
                "America/New_York",
                None,
                "10:00 a.m. to 5:00 p.m. Eastern Time",
            ),
            (
                "2026-05-13T14:00Z",
                "2026-05-13T21:00Z",
                "America/New_York",
                Some("America/Chicago"),
                "10:00 a.m. to 5:00 p.m. Eastern Time (9:00 a.m. to 4:00 p.m. Central Time)",
            ),
            (
                "2026-05-13T14:00Z",
                "2026-05-13T21:00Z",
                "America/New_York",
                Some("Asia/Tokyo"),
                "10:00 a.m. to 5:00 p.m. Eastern Time \
                 (11:00 p.m. on Wednesday, May 13 to 6:00 a.m. Japan Time on Thursday, May 14)",
            ),
            (
                "2026-05-13T16:00Z",
                "2026-05-13T16:30Z",
                "America/New_York",
                Some("Asia/Tokyo"),
                "12:00 noon to 12:30 p.m. Eastern Time (1:00 a.m. to 1:30 a.m. Japan Time on Thursday, May 14)",
            ),
            // Over the hour that comes twice.
            (
                "2026-11-01T05:30Z",
                "2026-11-01T06:30Z",
                "America/New_York",
                None,
                "1:30 a.m. Eastern Time (UTC-4) to 1:30 a.m. Eastern Time (UTC-5)",
            ),
            (
                "2026-10-03T15:00Z",
                "2026-10-03T16:00Z",
                "Australia/Lord_Howe",
                None,
                "1:30 a.m. Lord Howe Time (UTC+10:30) to 3:00 a.m. Lord Howe Time (UTC+11)",
            ),
        ] {
            let instant = |text: &str| text.parse().expect("instant");
            assert_eq!(
                clocks(here, own).span(instant(from), instant(to)).text,
                text,
                "{from} {here} {own:?}"
            );
        }
    }
}
