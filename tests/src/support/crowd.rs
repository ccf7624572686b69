//! A crowd: courses and people by the thousand, made by the database itself, because no story could wait for
//! them to register one by one.
//!
//! Rows get ids that can be computed from a kind and a number, so that one statement can refer to the rows of
//! another.

use sea_orm::{ConnectionTrait, DbBackend};

use super::{SAMPLE_SLUG, TestApp};

/// When everybody registered and was confirmed, long before the stories begin.
const LONG_AGO: &str = "2026-03-01T12:00:00+00:00";
const COURSE: u32 = 0xc0;
const FACULTY: u32 = 0xfa;
const SESSION: u32 = 0x5e;
const RULE: u32 = 0x40;
const LEARNER: u32 = 0x1e;
const REGISTRATION: u32 = 0x4e;
const NOTICE: u32 = 0x07;

/// The words on which the two databases differ.
#[derive(Clone, Copy, Debug)]
struct Dialect {
    sqlite: bool,
}

impl Dialect {
    /// The id of a row, written out.
    fn text(self, kind: u32, number: &str) -> String {
        if self.sqlite {
            format!("printf('{kind:08x}-0000-0000-0000-%012x', {number})")
        } else {
            format!("('{kind:08x}-0000-0000-0000-' || lpad(to_hex({number}), 12, '0'))")
        }
    }

    /// The id of a row.
    fn id(self, kind: u32, number: &str) -> String {
        let text = self.text(kind, number);
        if self.sqlite { format!("unhex(replace({text}, '-', ''))") } else { format!("{text}::uuid") }
    }

    /// A moment so many days later.
    fn later(self, column: &str, days: &str) -> String {
        if self.sqlite {
            format!("strftime('%Y-%m-%dT%H:%M:%S+00:00', {column}, ({days}) || ' days')")
        } else {
            format!("{column} + make_interval(days => {days})")
        }
    }

    /// A local date so many days later.
    fn day_later(self, column: &str, days: &str) -> String {
        if self.sqlite {
            format!("date({column}, ({days}) || ' days')")
        } else {
            format!("{column} + {days}")
        }
    }

    /// The moment when everything happened.
    fn long_ago(self) -> String {
        if self.sqlite { format!("'{LONG_AGO}'") } else { format!("timestamptz '{LONG_AGO}'") }
    }
}

fn dialect(app: &TestApp) -> Dialect {
    Dialect { sqlite: app.db().get_database_backend() == DbBackend::Sqlite }
}

/// The numbers from 1 on, as the beginning of a statement.
fn numbers(up_to: u32) -> String {
    format!("with recursive number (n) as (select 1 union all select n + 1 from number where n < {up_to})")
}

/// Runs the statements in one transaction, and lets the planner look at the outcome.
async fn run(app: &TestApp, statements: &[String]) {
    let transaction = app.db().begin().await.expect("a transaction");
    for statement in statements {
        transaction
            .execute_unprepared(statement)
            .await
            .unwrap_or_else(|error| panic!("{error}\n{statement}"));
    }
    transaction.commit().await.expect("the commit");
    app.db().execute_unprepared("analyze").await.expect("the planner's statistics");
}

/// Makes so many published courses after the reference course, which must be there: three sessions each, the
/// same rules, spread over the two hundred days from the reference course's own on.
pub async fn of_courses(app: &TestApp, courses: u32) {
    let d = dialect(app);
    let numbers = numbers(courses);
    let shift = "n % 200";
    let day = |column: &str| d.day_later(column, shift);
    let moment = |column: &str| d.later(column, shift);
    let course = d.id(COURSE, "n");
    let the_reference = format!("(select id from course where slug = '{SAMPLE_SLUG}')");
    let copies = format!(
        "insert into course (id, slug, version, status, title, kind, length_label, summary, overview, format, time_zone, starts_on, ends_on,
            starts_at, ends_at, registration_opens_at, early_deadline_on, registration_deadline_on, evaluation_deadline_on, payment_days,
            currency, processing_fee_minor, capacity, series_id, series_position, centre, contact_email, registration_site, credit_headline,
            created_at, updated_at, published_at, cancelled_at, title_key)
        {numbers} select {course}, 'course-' || n, version, status, 'Course ' || n, kind, length_label, summary, overview, format, time_zone,
            {}, {}, {}, {}, registration_opens_at, {}, {}, {}, payment_days,
            currency, processing_fee_minor, capacity, series_id, series_position, centre, contact_email, registration_site, credit_headline,
            created_at, updated_at, published_at, cancelled_at, 'course ' || n
        from course cross join number where slug = '{SAMPLE_SLUG}'",
        day("starts_on"),
        day("ends_on"),
        moment("starts_at"),
        moment("ends_at"),
        day("early_deadline_on"),
        day("registration_deadline_on"),
        day("evaluation_deadline_on"),
    );
    let sessions = format!(
        "insert into session (id, course_id, slug, title, kind, starts_at, ends_at, position, join_url)
        {numbers} select {}, {course}, slug, title, kind, {}, {}, position, join_url
        from number cross join (
            select session.*, row_number() over (order by starts_at, position) as place from session where course_id = {the_reference} and id in (
                select id from (
                    select id, row_number() over (partition by date(starts_at) order by starts_at, position) as turn
                    from session where course_id = {the_reference} and kind in ('talk', 'practice', 'small_group', 'plenary')
                ) as taught where turn = 1
            )
        ) as first_of_the_day",
        d.id(SESSION, "(n * 100 + place)"),
        moment("starts_at"),
        moment("ends_at"),
    );
    let rules = format!(
        "insert into reminder_rule
            (id, course_id, slug, position, letter, offset_days, wall_time, offset_minutes, enabled, applies_from, subject, opening)
        {numbers} select {}, {course}, slug, position, letter, offset_days, wall_time, offset_minutes, enabled, applies_from, subject, opening
        from reminder_rule cross join number where course_id = {the_reference}",
        d.id(RULE, "(n * 100 + position)"),
    );
    // Found by their number, by «Course», and by what the reference course is found by.
    let words = format!(
        "insert into course_word (course_id, word)
        {numbers} select {course}, word from number cross join (
            select word from course_word where course_id = {the_reference} union select 'course'
        ) as said union select {course}, cast(n as text) from number",
    );
    run(app, &[copies, sessions, rules, words]).await;
}

/// Makes so many members of the faculty, who teach nothing.
pub async fn of_faculty(app: &TestApp, people: u32) {
    let d = dialect(app);
    let members = format!(
        "insert into faculty_member (id, slug, name, name_key) {} select {}, 'member-' || n, 'Member ' || n, 'member ' || n from number",
        numbers(people),
        d.id(FACULTY, "n"),
    );
    run(app, &[members]).await;
}

/// Makes so many people.
fn learners(d: Dialect, people: u32) -> String {
    let then = d.long_ago();
    format!(
        "insert into learner (id, email, email_key, name, created_at, updated_at, name_key)
        {} select {}, 'learner' || n || '@example.org', 'learner' || n || '@example.org', 'Learner ' || n, {then}, {then}, 'learner ' || n from number",
        numbers(people),
        d.id(LEARNER, "n"),
    )
}

/// Makes so many confirmed registrations, spread evenly over the courses that [`of_courses`] made, ten to a
/// person; their confirmations were sent long ago.
pub async fn of_registrations(app: &TestApp, registrations: u32, courses: u32) {
    let d = dialect(app);
    let people = registrations / 10;
    // Whoever shares a course differs in the first term, which then never repeats within it.
    let learner = format!(
        "((n - 1) / {courses} * {} + (n - 1) % {courses} % {0} + 1)",
        people * courses / registrations
    );
    let course = format!("((n - 1) % {courses} + 1)");
    run(
        app,
        &[
            learners(d, people),
            confirmed(d, registrations, &d.id(COURSE, &course), &learner),
            confirmations(d),
        ],
    )
    .await;
}

/// Makes so many confirmed registrations for the reference course, each of a person of its own; their
/// confirmations were sent long ago.
pub async fn in_the_course(app: &TestApp, registrations: u32) {
    let d = dialect(app);
    let course = format!("(select id from course where slug = '{SAMPLE_SLUG}')");
    run(app, &[learners(d, registrations), confirmed(d, registrations, &course, "n"), confirmations(d)])
        .await;
}

fn confirmed(d: Dialect, registrations: u32, course: &str, learner: &str) -> String {
    let then = d.long_ago();
    format!(
        "insert into registration (id, code, course_id, learner_id, profession, status, started_at, confirmed_at, updated_at)
        {} select {}, 'R' || (1000000 + n), {course}, {}, 'nurse', 'confirmed', {then}, {then}, {then} from number",
        numbers(registrations),
        d.id(REGISTRATION, "n"),
        d.id(LEARNER, learner),
    )
}

/// The notice of each confirmation, as the worker leaves it behind.
fn confirmations(d: Dialect) -> String {
    let then = d.long_ago();
    let written = |id: &str| {
        if d.sqlite {
            let hex = format!("lower(hex({id}))");
            format!(
                "substr({hex}, 1, 8) || '-' || substr({hex}, 9, 4) || '-' || substr({hex}, 13, 4) || '-' || substr({hex}, 17, 4) || '-' || substr({hex}, 21)"
            )
        } else {
            format!("{id}::text")
        }
    };
    let number = if d.sqlite { "cast(substr(code, 3) as integer)" } else { "substr(code, 3)::integer" };
    format!(
        "insert into notice (id, rule, recipient, subject, occurrence, letter, course_id, registration_id, status, priority, due_at, attempts,
            crashes, fence, claimed_by, message_id, dated_at, created_at, updated_at, sent_at)
        select {}, 'registration_confirmed', {}, {}, 'confirmed', 'registration_confirmed', course_id, id, 'sent', 1, {then}, 1,
            0, 1, 'long ago', code || '@example.org', {then}, {then}, {then}, {then} from registration",
        d.id(NOTICE, number),
        written("learner_id"),
        written("id"),
    )
}
