//! Whole agendas of the size of real ones: they come in, and what is warned of is worth reading.

use entity::session::Kind;
use lectern::catalogue::draft::{Day, Draft, FacultyMember, Room, Session, Speaker, Standing, Track};
use lectern::course_file::{parse, print};
use serde_json::{Value, json};

use super::office::variant;
use crate::support::{said, stories};

/// How the sessions of a block, which begin together, are told apart.
#[derive(Clone, Copy)]
enum Lanes {
    Rooms,
    Themes,
    Tracks,
}

/// An agenda: on each day an opening for everyone, then blocks of sessions side by side, each with a pause
/// after it, and perhaps a closing.
struct Agenda {
    days: i32,
    /// When a day begins, in minutes from midnight.
    from: i32,
    blocks: i32,
    /// Minutes from block to block; the last fifteen are the pause.
    every: i32,
    lanes: &'static [&'static str],
    by: Lanes,
    closing: bool,
}

/// Three days in three rooms: 138 sessions.
const CONFERENCE: Agenda = Agenda {
    days: 3,
    from: 540,
    blocks: 11,
    every: 45,
    lanes: &["hall-a", "hall-b", "studio"],
    by: Lanes::Rooms,
    closing: true,
};
/// Two days with two themes side by side, and not a word of rooms: 88 sessions.
const SUMMIT: Agenda = Agenda {
    days: 2,
    from: 540,
    blocks: 14,
    every: 45,
    lanes: &["Pain", "Ethics"],
    by: Lanes::Themes,
    closing: true,
};
/// Three nights in three tracks, to half past one: 75 sessions.
const NIGHTS: Agenda = Agenda {
    days: 3,
    from: 1140,
    blocks: 6,
    every: 60,
    lanes: &["adult", "pediatric", "family"],
    by: Lanes::Tracks,
    closing: false,
};

/// Fewer people than sessions, and more than are side by side.
const PEOPLE: usize = 7;

impl Agenda {
    fn write(&self, file: &mut Draft) {
        let first = file.course.starts_on;
        file.course.ends_on = first.plus_days(self.days - 1);
        file.tracks.clear();
        match self.by {
            Lanes::Rooms => {
                file.rooms = self
                    .lanes
                    .iter()
                    .map(|slug| Room { slug: said(slug), name: said(slug), capacity: Some(80) })
                    .collect();
            }
            Lanes::Tracks => {
                file.tracks =
                    self.lanes.iter().map(|slug| Track { slug: said(slug), name: said(slug) }).collect()
            }
            Lanes::Themes => {}
        }
        file.faculty.truncate(1);
        file.faculty.extend((0..PEOPLE).map(|number| FacultyMember {
            slug: said(format!("speaker-{number}")),
            name: said(format!("Speaker {number}")),
            role: Standing::Faculty,
            ..FacultyMember::default()
        }));
        let like = file.days[0].sessions[0].clone();
        file.days = (0..self.days).map(|day| self.day(&like, day, first.plus_days(day))).collect();
    }

    fn day(&self, like: &Session, day: i32, date: entity::LocalDate) -> Day {
        let session = |key: String, kind: Kind, (from, to): (i32, i32)| {
            let clock = |minutes: i32| {
                format!("{:02}:{:02}", minutes / 60 % 24, minutes % 60).parse().expect("a time")
            };
            let night = |minutes: i32| (minutes >= 1440).then(|| date.plus_days(1));
            Session {
                key: said(&key),
                title: said(&key),
                kind,
                start: clock(from),
                starts_on: night(from),
                end: clock(to),
                ends_on: night(to).filter(|_| night(from).is_none()),
                tracks: Vec::new(),
                faculty: Vec::new(),
                ..like.clone()
            }
        };
        let begins = self.from + 45;
        let mut sessions = vec![session(format!("d{day}-opening"), Kind::Plenary, (self.from, begins))];
        for block in 0..self.blocks {
            let from = begins + block * self.every;
            let to = from + self.every - 15;
            for (lane, name) in self.lanes.iter().enumerate() {
                let mut talk = session(format!("d{day}-b{block}-{lane}"), Kind::Talk, (from, to));
                let number = (usize::try_from(block).expect("few") * self.lanes.len() + lane) % PEOPLE;
                talk.faculty = vec![Speaker {
                    member: said(format!("speaker-{number}")),
                    role: entity::session_faculty::Role::Speaker,
                }];
                match self.by {
                    Lanes::Rooms => talk.room = Some(said(name)),
                    Lanes::Themes => talk.themes = vec![said(name)],
                    Lanes::Tracks => talk.tracks = vec![said(name)],
                }
                sessions.push(talk);
            }
            sessions.push(session(format!("d{day}-b{block}-pause"), Kind::Break, (to, to + 15)));
        }
        if self.closing {
            let from = begins + self.blocks * self.every;
            sessions.push(session(format!("d{day}-closing"), Kind::Plenary, (from, from + 30)));
        }
        Day { date, sessions }
    }

    fn file(&self, slug: &str, edit: impl FnOnce(&mut Draft)) -> String {
        variant(slug, |file| {
            self.write(file);
            edit(file);
        })
    }
}

/// What is warned of in the agenda, by the key of the session and the rest of its place.
fn of_agenda(file: &str, warnings: &Value) -> Vec<(String, String)> {
    let draft = parse(file).expect("it can be read");
    let told = |row: &Value| {
        let path: Vec<&str> =
            row["path"].as_array().expect("a path").iter().filter_map(Value::as_str).collect();
        let [days, day, _, session, rest @ ..] = path.as_slice() else { return None };
        let place = |text: &str| text.parse::<usize>().expect("a place");
        (*days == "days")
            .then(|| (draft.days[place(day)].sessions[place(session)].key.to_string(), rest.join(".")))
    };
    warnings.as_array().expect("warnings").iter().filter_map(told).collect()
}

fn find<'a>(file: &'a mut Draft, key: &str) -> &'a mut Session {
    file.days
        .iter_mut()
        .flat_map(|day| &mut day.sessions)
        .find(|session| session.key == key)
        .expect("a session")
}

/// What the stories read of an import.
const IMPORTED: &str =
    "importedCourse { applied warnings { path message } course { days { date sessions { slug } } } }";

stories! {
    async fn real_agendas_come_in_without_a_warning_of_time(app at "2026-04-01T12:00-04:00") {
        let staff = app.staff("office@example.org").await;
        for (slug, agenda, count) in
            [("conference", CONFERENCE, 138), ("summit", SUMMIT, 88), ("nights", NIGHTS, 75)]
        {
            let file = agenda.file(slug, |_| {});
            assert_eq!(print(&parse(&file).expect("it can be read")), file);
            let done = staff.does(&app, "importCourse", json!({ "file": file }), IMPORTED).await;
            assert_eq!(done["applied"], true, "{slug}: {done}");
            let days = done["course"]["days"].as_array().expect("days");
            assert_eq!(
                days.iter().map(|day| day["sessions"].as_array().map_or(0, Vec::len)).sum::<usize>(),
                count,
                "{slug}"
            );
            assert_eq!(i32::try_from(days.len()), Ok(agenda.days), "{slug}: nights make no days");
            assert_eq!(of_agenda(&file, &done["warnings"]), [], "{slug}: {}", done["warnings"]);
        }
    }

    async fn what_is_wrong_with_an_agenda_is_told_once(app at "2026-04-01T12:00-04:00") {
        let staff = app.staff("office@example.org").await;
        let warned = async |file: &str| {
            let done =
                staff.does(&app, "importCourse", json!({ "file": file, "check": true }), IMPORTED).await;
            (of_agenda(file, &done["warnings"]), done["warnings"].clone())
        };
        // Somebody in two sessions at once, and one hall for two.
        let file = CONFERENCE.file("conference", |file| {
            let speaker = find(file, "d0-b2-0").faculty[0].clone();
            find(file, "d0-b2-1").faculty.push(speaker);
            find(file, "d1-b3-2").room = Some(said("hall-a"));
        });
        let (found, told) = warned(&file).await;
        let place = |key: &str, rest: &str| (key.to_owned(), rest.to_owned());
        assert_eq!(found, [place("d0-b2-1", "faculty.1.member"), place("d1-b3-2", "room")], "{told}");
        let words: Vec<&str> =
            told.as_array().expect("warnings").iter().filter_map(|row| row["message"].as_str()).collect();
        assert!(
            words
                .iter()
                .any(|words| words
                    .contains("Speaker 6 also speaks in \"d0-b2-0\" at the same time (11:15 to 11:45)")),
            "{words:?}"
        );
        assert!(
            words
                .iter()
                .any(|words| words.contains("is still in use for \"d1-b3-0\" (12:00 to 12:30) when")),
            "{words:?}"
        );
        // A whole night put an hour too early: each session that is in the way of another, once; and not each
        // pair.
        let file = NIGHTS.file("nights", |file| {
            for block in 3..6 {
                for lane in 0..3 {
                    let session = find(file, &format!("d0-b{block}-{lane}"));
                    session.tracks.clear();
                    session.faculty.clear();
                }
            }
        });
        let (found, told) = warned(&file).await;
        assert_eq!(found.len(), 6, "two of each three, not one for each pair: {told}");
        assert!(found.iter().all(|(_, rest)| rest == "start"), "{told}");
    }
}
