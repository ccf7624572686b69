//! The invariants, each with the question that finds whatever breaks it. Plain SQL that both databases read
//! alike.
//!
//! `{now}` is the moment asked about, `{soon}` five minutes later, because clocks of two machines differ,
//! `{hour_ago}` an hour before.

use super::Severity;

/// One invariant.
#[derive(Clone, Copy, Debug)]
pub(super) struct Invariant {
    /// Short, stable name.
    pub(super) name: &'static str,
    /// What should be so.
    pub(super) sentence: &'static str,
    /// How bad it is where it is not.
    pub(super) severity: Severity,
    /// Selects a row for each case in which it is not.
    pub(super) offenders: &'static str,
}

const fn broken(name: &'static str, sentence: &'static str, offenders: &'static str) -> Invariant {
    Invariant { name, sentence, severity: Severity::Broken, offenders }
}

/// SQLite does not enforce references on every connection, so each row is looked at.
pub(super) const REFERENCES_SQLITE: Invariant =
    broken("orphan_reference", "Every reference leads to a row.", "select 1 from pragma_foreign_key_check");

/// PostgreSQL enforces references always, unless a constraint was dropped, or added without a look at the
/// rows.
pub(super) const REFERENCES_POSTGRES: Invariant = broken(
    "orphan_reference",
    "Every reference leads to a row.",
    "select 1 from pg_constraint where contype = 'f' and not convalidated and connamespace = current_schema()::regnamespace",
);

/// All that can be asked in SQL, the same on both databases.
pub(super) const INVARIANTS: &[Invariant] = &[
    broken(
        "course_oversold",
        "A course has no more seats taken than it has.",
        "select c.id from course c join registration r on r.course_id = c.id
         where r.status = 'confirmed' or (r.status = 'started' and r.hold_until > {now})
         group by c.id, c.capacity having count(*) > c.capacity",
    ),
    broken(
        "two_live_registrations",
        "A learner has at most one live registration for a course.",
        "select course_id from registration where status in ('started', 'confirmed', 'waitlisted')
         group by course_id, learner_id having count(*) > 1",
    ),
    broken(
        "registration_without_quote",
        "A registration that is or was to be paid has a quote.",
        "select r.id from registration r left join quote q on q.registration_id = r.id
         where q.id is null and r.status in ('started', 'confirmed')",
    ),
    broken(
        "quote_total_differs",
        "The total of a quote is the sum of its lines.",
        "select q.id from quote q left join quote_line l on l.quote_id = q.id
         group by q.id, q.total_minor having q.total_minor <> coalesce(sum(l.amount_minor), 0)",
    ),
    broken(
        "confirmed_without_payment",
        "A confirmed registration is paid in full.",
        "select r.id from registration r join quote q on q.registration_id = r.id
         left join payment p on p.registration_id = r.id and p.currency = q.currency
         where r.status = 'confirmed'
         group by r.id, q.total_minor having q.total_minor > coalesce(sum(p.amount_minor), 0)",
    ),
    broken(
        "payment_in_another_currency",
        "Payments are in the currency of the quote.",
        "select p.id from payment p join quote q on q.registration_id = p.registration_id where p.currency <> q.currency",
    ),
    broken(
        "paid_but_not_confirmed",
        "A registration that is paid in full is not waiting for payment, unless its course will not take place.",
        "select r.id from registration r join quote q on q.registration_id = r.id
         join payment p on p.registration_id = r.id and p.currency = q.currency
         join course c on c.id = r.course_id
         where r.status = 'started' and c.cancelled_at is null
         group by r.id, q.total_minor having q.total_minor <= sum(p.amount_minor)",
    ),
    broken(
        "course_bounds_differ",
        "A course starts with its first session and ends with its last.",
        "select c.id from course c left join session s on s.course_id = c.id
         group by c.id, c.starts_at, c.ends_at
         having (c.starts_at is null) <> (min(s.starts_at) is null) or c.starts_at <> min(s.starts_at) or c.ends_at <> max(s.ends_at)",
    ),
    broken(
        "track_of_another_course",
        "A track that a session or a registration names belongs to the same course.",
        "select r.id from registration r join track t on t.id = r.track_id where t.course_id <> r.course_id
         union all
         select s.id from session_track st join track t on t.id = st.track_id join session s on s.id = st.session_id
         where t.course_id <> s.course_id",
    ),
    broken(
        "two_current_statements",
        "A course has at most one current statement of a kind.",
        "select course_id from statement where retired_at is null group by course_id, kind having count(*) > 1",
    ),
    broken(
        "evaluation_before_end",
        "An evaluation is handed in when the course is over.",
        "select e.id from evaluation e join registration r on r.id = e.registration_id join course c on c.id = r.course_id
         where e.submitted_at < c.ends_at",
    ),
    broken(
        "rating_of_another_course",
        "What is rated belongs to the course that was taken.",
        "select g.id from evaluation_rating g join evaluation e on e.id = g.evaluation_id
         join registration r on r.id = e.registration_id
         left join objective o on o.id = g.objective_id left join session s on s.id = g.session_id
         where o.course_id <> r.course_id or s.course_id <> r.course_id",
    ),
    broken(
        "sent_without_proof",
        "An e-mail that was sent tells when, where to, and what the mail server answered.",
        "select id from notice where status = 'sent' and (sent_at is null or sent_to is null or smtp_reply is null)",
    ),
    broken(
        "sent_before_due",
        "An e-mail is not sent before its moment.",
        "select id from notice where status = 'sent' and sent_at < due_at",
    ),
    broken(
        "notice_overdue",
        "An e-mail that is ready is taken by a worker within an hour; otherwise no worker runs, or one hangs.",
        "select id from notice where ready_at is not null and ready_at < {hour_ago}",
    ),
    broken(
        "notice_of_another_course",
        "An e-mail about a registration, or an enquiry, names the course of it.",
        "select n.id from notice n join registration r on r.id = n.registration_id where n.course_id <> r.course_id
         union all
         select n.id from notice n join enquiry e on e.id = n.enquiry_id where n.course_id <> e.course_id",
    ),
    broken(
        "consent_twice",
        "An address agrees to e-mails about the deadlines of a course in one enquiry, so that none comes twice.",
        "select course_id from enquiry where consented_at is not null group by course_id, email_key having count(*) > 1",
    ),
    broken(
        "announcement_without_wait",
        "An announcement goes out after it was confirmed, and after a time in which it can be stopped.",
        "select id from announcement where confirmed_at < created_at or due_at <= confirmed_at",
    ),
    broken(
        "accepted_statement_of_another_course",
        "The statements that a registration accepted are those of its course.",
        "select r.id from registration_statement a join registration r on r.id = a.registration_id
         join statement s on s.id = a.statement_id where s.course_id <> r.course_id",
    ),
    broken(
        "token_with_impossible_times",
        "A token is made, used and ended in that order, and not in the future.",
        "select id from access_token where expires_at <= created_at or created_at > {soon}
         or last_used_at < created_at or last_used_at > {soon} or revoked_at < created_at or revoked_at > {soon}",
    ),
    broken(
        "code_with_impossible_times",
        "A sign-in code is asked for, and used before it dies, in that order, and not in the future.",
        "select id from sign_in_code where expires_at <= created_at or created_at > {soon}
         or used_at < created_at or used_at >= expires_at or used_at > {soon}",
    ),
    broken(
        "merged_account_in_use",
        "An account that was merged into another has no registrations, roles or sign-ins of its own, and the other was not merged itself.",
        "select r.id from registration r join learner l on l.id = r.learner_id where l.merged_into is not null
         union all
         select s.id from staff_role s join learner l on l.id = s.learner_id where l.merged_into is not null
         union all
         select t.id from access_token t join learner l on l.id = t.learner_id
         where l.merged_into is not null and t.revoked_at is null and t.expires_at > {now}
         union all
         select l.id from learner l join learner k on k.id = l.merged_into where k.merged_into is not null",
    ),
    broken(
        "administrator_of_one_organization",
        "An administrator acts everywhere.",
        "select id from staff_role where role = 'admin' and organization_id is not null",
    ),
];
