//! From the document's tree to the typed file. Nothing stops at a mistake: it is noted, something harmless is put in its place, and what
//! was replaced so is never judged again.

mod table;

use entity::course::{Format, Status};
use entity::mailing::{Letter, Offset};
use entity::profession::Profession;
use entity::{LocalDate, WallTime, credit_offer, credit_requirement, session, session_faculty, statement};
use toml::de::DeTable;

use self::table::Table;
use sea_orm::ActiveEnum;

use super::format::{
    Audience, CompetencyGroup, Course, CourseFile, Credit, CreditPart, Day, FacultyMember, Fees, KIND, Organization, PAYMENT_DAYS, Part,
    Price, Registration, Requirement, Rule, Run, Series, Session, Speaker, Standing, Statement, Track,
};
use super::notes::Notes;
use super::value;

/// Reads the whole document.
pub fn course_file(notes: &Notes, document: &DeTable<'_>) -> CourseFile {
    let root = Table::root(notes, document);
    let file = CourseFile {
        course: root.table("course", course),
        registration: root.table("registration", registration),
        fees: root.table("fees", fees),
        series: root.has("series").then(|| root.table("series", series)),
        organizations: root.tables("organizations", organization),
        faculty: root.tables("faculty", faculty_member),
        tracks: root.tables("tracks", track),
        days: root.tables("days", day),
        credits: root.tables("credits", credit),
        competencies: root.tables("competencies", |group| CompetencyGroup {
            group: group.need("group", value::name),
            names: group.list("names", value::name),
        }),
        statements: root.tables("statements", |statement| Statement {
            kind: statement.need_or("kind", value::known, statement::Kind::Accreditation),
            text: statement.need("text", value::prose),
        }),
        reminder_rules: root.has("reminder_rules").then(|| root.tables("reminder_rules", rule)),
    };
    root.close();
    file
}

fn nowhen() -> LocalDate {
    LocalDate(jiff::civil::Date::ZERO)
}

fn course(course: &Table<'_, '_>) -> Course {
    Course {
        slug: course.need("slug", value::slug),
        title: course.need("title", value::name),
        kind: course.may("kind", value::name).unwrap_or_else(|| KIND.to_owned()),
        status: course.need_or("status", value::known, Status::Draft),
        cancellation_note: course.may("cancellation_note", value::prose),
        format: course.need_or("format", value::known, Format::LiveOnline),
        length: course.may("length", value::name),
        time_zone: course.need_or("time_zone", value::zone, entity::Zone::utc()),
        starts_on: course.need_or("starts_on", value::date, nowhen()),
        ends_on: course.need_or("ends_on", value::date, nowhen()),
        evaluation_deadline: course.may("evaluation_deadline", value::date),
        summary: course.may("summary", value::text(2000)),
        overview: course.may("overview", value::prose),
        centre: course.may("centre", value::name),
        contact_email: course.may("contact_email", value::email),
        credit_headline: course.may("credit_headline", value::name),
        offered_by: course.list("offered_by", value::slug),
        accredited_by: course.list("accredited_by", value::slug),
        objectives: course.list("objectives", value::text(2000)),
        domains: course.list("domains", value::name),
        topics: course.list("topics", value::name),
        audiences: course.tables("audiences", |audience| Audience {
            name: audience.need("name", value::name),
            profession: audience.need_or("profession", value::known, Profession::AlliedHealthOther),
        }),
    }
}

fn registration(registration: &Table<'_, '_>) -> Registration {
    Registration {
        opens: registration.may("opens", value::date_time),
        early_deadline: registration.may("early_deadline", value::date),
        deadline: registration.may("deadline", value::date),
        payment_days: registration.may("payment_days", value::number(1..=365)).unwrap_or(PAYMENT_DAYS),
        capacity: registration.may("capacity", value::number(0..=1_000_000)),
        site: registration.may("site", value::host),
    }
}

fn fees(fees: &Table<'_, '_>) -> Fees {
    Fees {
        currency: fees.need("currency", value::currency),
        processing_fee: fees.may("processing_fee", value::money),
        prices: fees.tables("prices", |price| {
            let profession = price.need_or("profession", value::known, Profession::AlliedHealthOther);
            Price {
                profession,
                label: price.may("label", value::name).unwrap_or_else(|| profession.label().to_owned()),
                regular: price.need("regular", value::money),
                early: price.may("early", value::money),
            }
        }),
    }
}

fn series(series: &Table<'_, '_>) -> Series {
    Series {
        slug: series.need("slug", value::slug),
        title: series.need("title", value::name),
        summary: series.may("summary", value::prose),
        legacy: series.may("legacy", value::name),
        length: series.need_or("length", value::number(1..=50), 1),
        position: series.need_or("position", value::number(1..=50), 1),
        parts: series.tables("parts", |part| Part {
            position: part.need_or("position", value::number(1..=50), 1),
            title: part.need("title", value::name),
            runs: part.tables("runs", |run| Run {
                month: run.need("month", value::month),
                format: run.need_or("format", value::known, Format::LiveOnline),
            }),
        }),
    }
}

fn organization(organization: &Table<'_, '_>) -> Organization {
    Organization {
        slug: organization.need("slug", value::slug),
        name: organization.need("name", value::name),
        url: organization.may("url", value::url),
    }
}

fn faculty_member(member: &Table<'_, '_>) -> FacultyMember {
    let standing = |value: &toml::de::DeValue<'_>| {
        let word = value.as_str().ok_or_else(|| format!("must be a word in quotes, not {}", value.type_str()))?;
        let known = || Standing::ALL.iter().map(|(word, _)| (*word).to_owned());
        Standing::ALL.iter().find(|(name, _)| *name == word).map(|(_, standing)| *standing).ok_or_else(|| value::unknown(word, known()))
    };
    FacultyMember {
        slug: member.need("slug", value::slug),
        name: member.need("name", value::name),
        role: member.may("role", standing).unwrap_or(Standing::Faculty),
        credentials: member.may("credentials", value::name),
        title: member.may("title", value::name),
        affiliation: member.may("affiliation", value::name),
        bio: member.may("bio", value::prose),
    }
}

fn track(track: &Table<'_, '_>) -> Track {
    Track { slug: track.need("slug", value::slug), name: track.need("name", value::name) }
}

fn day(day: &Table<'_, '_>) -> Day {
    Day { date: day.need_or("date", value::date, nowhen()), sessions: day.tables("sessions", session) }
}

fn session(session: &Table<'_, '_>) -> Session {
    let midnight = WallTime::from(jiff::civil::Time::midnight());
    Session {
        key: session.need("key", value::slug),
        start: session.need_or("start", value::wall_time, midnight),
        end: session.need_or("end", value::wall_time, midnight),
        ends_on: session.may("ends_on", value::date),
        kind: session.need_or("kind", value::known, session::Kind::Talk),
        title: session.need("title", value::name),
        tracks: session.list("tracks", value::slug),
        faculty: session.mixed(
            "faculty",
            |value| value::slug(value).map(|member| Speaker { member, role: session_faculty::Role::Speaker }),
            |speaker| Speaker {
                member: speaker.need("member", value::slug),
                role: speaker.may("role", value::known).unwrap_or(session_faculty::Role::Speaker),
            },
        ),
        join_url: session.may("join_url", value::url),
    }
}

fn credit(credit: &Table<'_, '_>) -> Credit {
    Credit {
        kind: credit.need_or("kind", value::known, credit_offer::Kind::AmaPraCategory1),
        label: credit.need("label", value::name),
        amount: credit.may("amount", value::credit),
        statement: credit.may("statement", value::text(2000)),
        parts: credit.tables("parts", |part| CreditPart {
            label: part.need("label", value::name),
            amount: part.need_or("amount", value::credit, entity::credit_amount::CreditAmount(1)),
        }),
        requirements: credit.mixed(
            "requirements",
            |value| value::known(value).map(|kind| Requirement { kind, text: None }),
            |requirement| Requirement {
                kind: requirement.need_or("kind", value::known, credit_requirement::Kind::Participation),
                text: requirement.may("text", value::text(2000)),
            },
        ),
    }
}

fn rule(rule: &Table<'_, '_>) -> Rule {
    let letter = |value: &toml::de::DeValue<'_>| match value::known::<Letter>(value)? {
        other if other.without_rule().is_some() => Err(format!("{} goes out by itself and cannot have a rule", other.to_value())),
        other => Ok(other),
    };
    let days = rule.may("days", value::number(-365..=365));
    let at = rule.may("at", value::wall_time);
    let minutes = rule.may("minutes", value::number(-525_600..=525_600));
    let offset = match (days, at, minutes) {
        (Some(days), at, None) => Offset::Days { days, at: at.unwrap_or(WallTime::NINE) },
        (None, None, Some(minutes)) => Offset::Exact { minutes },
        (days, at, minutes) => {
            let told = ["days", "at", "minutes"].iter().all(|field| rule.sound(field));
            if told {
                let named = [days.map(|_| "days"), at.map(|_| "at"), minutes.map(|_| "minutes")];
                let field = named.into_iter().flatten().last().unwrap_or("days");
                rule.wrong(field, "a rule speaks either `days` from its date, `at` a time of day, or `minutes` from its moment");
            }
            Offset::Exact { minutes: 0 }
        }
    };
    Rule {
        slug: rule.need("slug", value::slug),
        letter: rule.need_or("letter", letter, Letter::CourseStarting),
        offset,
        enabled: rule.may("enabled", value::boolean).unwrap_or(true),
        subject: rule.may("subject", value::name),
        opening: rule.may("opening", value::prose),
        professions: rule.list_of("professions", value::known),
        track: rule.may("track", value::slug),
    }
}
