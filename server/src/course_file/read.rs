//! From the document's tree to a draft. Nothing stops at a mistake: it is noted, something harmless is put in
//! its place, and what was replaced so is never judged again.

pub(super) mod table;

use std::cell::RefCell;

use entity::course::Format;
use entity::mailing::{Letter, Offset};
use entity::profession::Profession;
use entity::{LocalDate, WallTime, credit_offer, credit_requirement, session, session_faculty, statement};
use sea_orm::ActiveEnum;
use toml::de::DeTable;

use self::table::{Notes, Table};
use super::course;
use super::lines::Lines;
use super::value::{self, text, whole};
use crate::catalogue::draft::text::{Currency, Title};
use crate::catalogue::draft::{
    CompetencyGroup, Credit, CreditPart, Day, Draft, FacultyMember, Fees, Field, Mistakes, Organization,
    PAYMENT_DAYS, Part, Price, Registration, Requirement, Room, Rule, Run, Series, Session, Speaker,
    Standing, Statement, Track, number,
};

/// Reads the whole document; what is wrong with single values comes along.
pub fn draft(lines: Lines, document: &DeTable<'_>) -> (Draft, Mistakes, Lines) {
    let notes = Notes { lines: RefCell::new(lines), mistakes: RefCell::default() };
    let draft = whole_draft(&Table::root(&notes, document));
    (draft, notes.mistakes.into_inner(), notes.lines.into_inner())
}

fn whole_draft(root: &Table<'_, '_>) -> Draft {
    let draft = Draft {
        course: root.table(Field::Course, course::read),
        registration: root.table(Field::Registration, registration),
        fees: root.table(Field::Fees, fees),
        series: root.has(Field::Series).then(|| root.table(Field::Series, series)),
        organizations: root.tables(Field::Organizations, organization),
        faculty: root.tables(Field::Faculty, faculty_member),
        tracks: root.tables(Field::Tracks, track),
        rooms: root.tables(Field::Rooms, room),
        days: root.tables(Field::Days, day),
        credits: root.tables(Field::Credits, credit),
        competencies: root.tables(Field::Competencies, |group| CompetencyGroup {
            group: group.need(Field::Group, text),
            names: group.list(Field::Names, text),
        }),
        statements: root.tables(Field::Statements, |statement| Statement {
            kind: statement.need_or(Field::Kind, value::known, statement::Kind::Accreditation),
            text: statement.need(Field::Text, text),
        }),
        reminder_rules: root.has(Field::ReminderRules).then(|| root.tables(Field::ReminderRules, rule)),
    };
    root.close();
    draft
}

/// What stands in the place of a day that could not be read.
pub fn nowhen() -> LocalDate {
    LocalDate(jiff::civil::Date::ZERO)
}

fn registration(registration: &Table<'_, '_>) -> Registration {
    Registration {
        opens: registration.may(Field::Opens, value::date_time),
        early_deadline: registration.may(Field::EarlyDeadline, value::date),
        deadline: registration.may(Field::Deadline, value::date),
        payment_days: registration
            .may(Field::PaymentDays, whole(number::PAYMENT_DAYS))
            .unwrap_or(PAYMENT_DAYS),
        capacity: registration.may(Field::Capacity, whole(number::CAPACITY)),
        site: registration.may(Field::Site, text),
    }
}

fn fees(fees: &Table<'_, '_>) -> Fees {
    let currency: Currency = fees.need(Field::Currency, text);
    let money = value::money(&currency);
    Fees {
        processing_fee: fees.may(Field::ProcessingFee, &money),
        prices: fees.tables(Field::Prices, |price| {
            let profession = price.need_or(Field::Profession, value::known, Profession::AlliedHealthOther);
            Price {
                profession,
                label: price.may(Field::Label, text).unwrap_or_else(|| Title::stored(profession.label())),
                regular: price.need(Field::Regular, &money),
                early: price.may(Field::Early, &money),
            }
        }),
        currency: currency.clone(),
    }
}

fn series(series: &Table<'_, '_>) -> Series {
    Series {
        slug: series.need(Field::Slug, text),
        title: series.need(Field::Title, text),
        summary: series.may(Field::Summary, text),
        legacy: series.may(Field::Legacy, text),
        length: series.need_or(Field::Length, whole(number::PARTS), 1),
        position: series.need_or(Field::Position, whole(number::PARTS), 1),
        parts: series.tables(Field::Parts, |part| Part {
            position: part.need_or(Field::Position, whole(number::PARTS), 1),
            title: part.need(Field::Title, text),
            runs: part.tables(Field::Runs, |run| Run {
                month: run.need(Field::Month, text),
                format: run.need_or(Field::Format, value::known, Format::LiveOnline),
            }),
        }),
    }
}

fn organization(organization: &Table<'_, '_>) -> Organization {
    Organization {
        slug: organization.need(Field::Slug, text),
        name: organization.need(Field::Name, text),
        url: organization.may(Field::Url, text),
    }
}

fn faculty_member(member: &Table<'_, '_>) -> FacultyMember {
    FacultyMember {
        slug: member.need(Field::Slug, text),
        name: member.need(Field::Name, text),
        role: member.may(Field::Role, value::standing).unwrap_or(Standing::Faculty),
        credentials: member.may(Field::Credentials, text),
        title: member.may(Field::Title, text),
        affiliation: member.may(Field::Affiliation, text),
        bio: member.may(Field::Bio, text),
    }
}

fn track(track: &Table<'_, '_>) -> Track {
    Track { slug: track.need(Field::Slug, text), name: track.need(Field::Name, text) }
}

fn room(room: &Table<'_, '_>) -> Room {
    Room {
        slug: room.need(Field::Slug, text),
        name: room.need(Field::Name, text),
        capacity: room.may(Field::Capacity, whole(number::ROOM)),
    }
}

fn day(day: &Table<'_, '_>) -> Day {
    Day {
        date: day.need_or(Field::Date, value::date, nowhen()),
        sessions: day.tables(Field::Sessions, session),
    }
}

fn session(session: &Table<'_, '_>) -> Session {
    let midnight = WallTime::from(jiff::civil::Time::midnight());
    Session {
        key: session.need(Field::Key, text),
        start: session.need_or(Field::Start, value::wall_time, midnight),
        end: session.need_or(Field::End, value::wall_time, midnight),
        starts_on: session.may(Field::StartsOn, value::date),
        ends_on: session.may(Field::EndsOn, value::date),
        kind: session.need_or(Field::Kind, value::known, session::Kind::Talk),
        title: session.need(Field::Title, text),
        tracks: session.list(Field::SessionTracks, text),
        faculty: session.mixed(
            Field::Faculty,
            |value| text(value).map(|member| Speaker { member, role: session_faculty::Role::Speaker }),
            |speaker| Speaker {
                member: speaker.need(Field::Member, text),
                role: speaker.may(Field::Role, value::known).unwrap_or(session_faculty::Role::Speaker),
            },
        ),
        join_url: session.may(Field::JoinUrl, text),
        room: session.may(Field::Room, text),
        description: session.may(Field::Description, text),
        level: session.may(Field::Level, text),
        language: session.may(Field::Language, text),
        themes: session.list(Field::Themes, text),
    }
}

fn credit(credit: &Table<'_, '_>) -> Credit {
    Credit {
        kind: credit.need_or(Field::CreditKind, value::known, credit_offer::Kind::AmaPraCategory1),
        label: credit.need(Field::Label, text),
        amount: credit.may(Field::Amount, value::credit),
        statement: credit.may(Field::Statement, text),
        parts: credit.tables(Field::Parts, |part| CreditPart {
            label: part.need(Field::Label, text),
            amount: part.need_or(Field::Amount, value::credit, entity::credit_amount::CreditAmount(1)),
        }),
        requirements: credit.mixed(
            Field::Requirements,
            |value| value::known(value).map(|kind| Requirement { kind, text: None }),
            |requirement| Requirement {
                kind: requirement.need_or(Field::Kind, value::known, credit_requirement::Kind::Participation),
                text: requirement.may(Field::Text, text),
            },
        ),
    }
}

fn rule(rule: &Table<'_, '_>) -> Rule {
    let letter = |value: &toml::de::DeValue<'_>| match value::known::<Letter>(value)? {
        other if other.without_rule().is_some() => {
            Err(format!("{} goes out by itself and cannot have a rule", other.to_value()))
        }
        other => Ok(other),
    };
    let days = rule.may(Field::RuleDays, whole(number::RULE_DAYS));
    let at = rule.may(Field::At, value::wall_time);
    let minutes = rule.may(Field::Minutes, whole(number::RULE_MINUTES));
    let offset = match (days, at, minutes) {
        (Some(days), at, None) => Offset::Days { days, at: at.unwrap_or(WallTime::NINE) },
        (None, None, Some(minutes)) => Offset::Exact { minutes },
        (days, at, minutes) => {
            if [Field::RuleDays, Field::At, Field::Minutes].into_iter().all(|field| rule.sound(field)) {
                let named =
                    [days.map(|_| Field::RuleDays), at.map(|_| Field::At), minutes.map(|_| Field::Minutes)];
                let field = named.into_iter().flatten().last().unwrap_or(Field::RuleDays);
                rule.wrong(field, "a rule speaks either `days` from its date, `at` a time of day, or `minutes` from its moment");
            }
            Offset::Exact { minutes: 0 }
        }
    };
    Rule {
        slug: rule.need(Field::Slug, text),
        letter: rule.need_or(Field::Letter, letter, Letter::CourseStarting),
        offset,
        enabled: rule.may(Field::Enabled, value::boolean).unwrap_or(true),
        subject: rule.may(Field::Subject, text),
        opening: rule.may(Field::Opening, text),
        professions: rule.list_of(Field::Professions, value::known),
        track: rule.may(Field::RuleTrack, text),
    }
}
