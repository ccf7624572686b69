//! Values for the arguments that a walk needs. What has none here fails the test with its name.

use serde_json::{Value, json};

use super::schema::text;
use super::world::{World, course};

/// Values for a field of a filter, as a document has them; none where there is no sample.
pub fn of_filter(world: &World, filter: &str, field: &str) -> Vec<Value> {
    let name = |name: &str| json!(world.name(name));
    match (filter, field) {
        ("AuditFilter", "act") => vec![json!(["importCourse"]), json!(["recordPayment", "announce"])],
        ("AuditFilter", "actor") => vec![json!("ours"), json!("office")],
        ("AuditFilter", "actorId") => vec![name("our staff's id")],
        ("AuditFilter" | "RegistrationFilter" | "SessionFilter", "courseId") => {
            vec![name("course"), name("draft")]
        }
        ("AuditFilter", "from" | "before") => vec![json!("2026-04-01T00:00:00Z")],
        ("CourseFilter", "format") => vec![json!("LIVE_ONLINE")],
        ("CourseFilter", "openForRegistration") => vec![json!(true), json!(false)],
        ("CourseFilter", "series") => vec![json!("palliative-care"), json!("ours-draft-series")],
        ("CourseFilter", "startsFrom" | "startsTo") => vec![json!("2026-05-13")],
        ("CourseFilter", "status") => vec![json!("DRAFT"), json!("PUBLISHED")],
        ("CourseFilter", "text") => vec![json!("draft"), json!("ours")],
        ("EnquiryFilter", "answered") => vec![json!(true), json!(false)],
        ("EnquiryFilter", "text") => vec![json!("eve-ours@example.org"), json!("reader")],
        ("FacultyFilter" | "OrganizationFilter", "text") => {
            vec![json!("draft"), json!("hidden"), json!("ours")]
        }
        ("NoticeFilter", "letter") => vec![json!("REGISTRATION_CONFIRMED"), json!("ANNOUNCEMENT")],
        ("NoticeFilter", "reason") => vec![json!("STOPPED_BY_STAFF"), json!("CANCELLED")],
        ("NoticeFilter", "state") => vec![json!(["SENT"]), json!(["LAPSED"])],
        ("RegistrationFilter", "professionCode") => vec![json!(["nurse"])],
        ("RegistrationFilter", "status") => vec![json!(["CONFIRMED"]), json!(["CANCELLED", "STARTED"])],
        ("RegistrationFilter", "text") => {
            vec![name("code"), json!("ada@example.org"), json!("Cyd"), json!("X1")]
        }
        ("RegistrationFilter" | "SessionFilter", "trackId") => vec![name("track"), name("draft's track")],
        ("RegistrationFilter", "startedFrom" | "startedBefore" | "confirmedFrom" | "confirmedBefore") => {
            vec![json!("2026-04-01T00:00:00Z")]
        }
        ("StaffRoleFilter", "organizationId") => vec![name("organization")],
        ("StaffRoleFilter", "role") => vec![json!("STAFF"), json!("ADMIN")],
        ("StaffRoleFilter", "text") => vec![json!("ours"), json!("example")],
        ("SuppressionFilter", "email") => vec![json!("Cyd@example.org"), json!("nobody@example.org")],
        ("SuppressionFilter", "inForce") => vec![json!(true), json!(false)],
        ("SessionFilter", "attendedFromTrackId") => vec![name("track"), name("draft's track")],
        ("SessionFilter", "date") => vec![json!("2026-05-13")],
        ("SessionFilter", "kind") => vec![json!("PLENARY")],
        ("SessionFilter", "startsFrom" | "startsTo") => vec![json!("2026-05-14T00:00:00Z")],
        ("SessionFilter", "teachingOnly") => vec![json!(true)],
        (_, _) => Vec::new(),
    }
}

/// The input of a mutation about our things, and the thing that it is about; none where there is no sample.
pub fn of_act(world: &World, act: &str) -> Option<(Value, String)> {
    let name = |name: &str| json!(world.name(name));
    let number = |name: &str| serde_json::from_str::<Value>(world.name(name)).expect("a number");
    let (course_id, version) = (name("course"), number("version"));
    let of_course = |more: Value| {
        let mut input = json!({ "courseId": course_id, "version": version });
        more.as_object().expect("fields").iter().for_each(|(name, value)| input[name] = value.clone());
        (input, "course")
    };
    let times = json!({ "title": "Mine", "kind": "TALK", "date": "2026-05-13", "startTime": "08:00", "endTime": "08:30" });
    let rules = json!([{ "slug": "mine", "letter": "COURSE_STARTING", "days": -3, "time": "09:00" }]);
    let file = || lectern::course_file::print(&course("ours", "ours-org", entity::course::Status::Published));
    let csv = "email,profession,track,status\nnew@example.org,nurse,adult,STARTED\n";
    let (input, about) = match act {
        "addSession" => of_course(times),
        "announce" => (json!({ "courseId": course_id, "subject": "Mine", "body": "Mine" }), "course"),
        "answerEnquiry" => (json!({ "enquiryId": name("enquiry"), "answer": "Mine" }), "enquiry"),
        "archiveCourse" | "cancelCourse" => of_course(json!({})),
        "publishCourse" => {
            (json!({ "courseId": name("draft"), "version": number("draft's version") }), "draft")
        }
        "cancelNotice" | "resendNotice" => (json!({ "noticeId": name("notice") }), "course"),
        "cancelRegistration" => (json!({ "registrationId": name("registration") }), "registration"),
        "correctLearner" => (
            json!({ "learnerId": name("ada's id"), "name": "Mine", "email": "mine@example.org" }),
            "registration",
        ),
        "correctRegistration" => {
            (json!({ "registrationId": name("registration"), "professionCode": "chaplain" }), "registration")
        }
        "registerLearner" => {
            let input = json!({ "courseId": course_id, "email": "new@example.org", "professionCode": "nurse", "trackId": name("track") });
            (input, "course")
        }
        "confirmAnnouncement" => {
            (json!({ "announcementId": name("announcement"), "recipientCount": 1 }), "announcement")
        }
        "stopAnnouncement" => (json!({ "announcementId": name("announcement") }), "announcement"),
        "moveCourse" => of_course(json!({ "moveByDays": 7 })),
        "copyCourse" => (json!({ "courseId": course_id, "slug": "mine", "moveByDays": 7 }), "course"),
        "createCourse" => {
            let input = json!({ "slug": "mine", "title": "Mine", "format": "LIVE_ONLINE", "timeZone": "America/New_York", "startsOn": "2026-09-01",
                "endsOn": "2026-09-02", "currency": "USD", "offeredBy": [name("organization")] });
            (input, "course")
        }
        "endSignIns" => (json!({ "learnerId": name("our staff's id") }), "course"),
        "grantRole" => (json!({ "email": "new@example.org", "role": "STAFF" }), "course"),
        "revokeRole" => (json!({ "staffRoleId": name("role") }), "course"),
        "exportRegistrations" => (json!({ "courseId": course_id, "purpose": "badges" }), "course"),
        "importCourse" => (json!({ "file": file(), "check": true }), "course"),
        "importRegistrations" => (json!({ "courseId": course_id, "csv": csv, "check": true }), "course"),
        "mergeFacultyMembers" => {
            let input = json!({ "keepId": name("director"), "keepVersion": number("director's version"), "mergeId": name("member"), "mergeVersion": number("member's version") });
            (input, "course")
        }
        "mergeLearners" => (json!({ "keepId": name("bob's id"), "mergeId": name("dan's id") }), "course"),
        "recordPayment" => {
            (json!({ "registrationId": name("registration"), "amount": "1.00", "method": "CASH" }), "course")
        }
        "register" => (
            json!({ "courseId": name("draft"), "trackId": name("draft's track"), "professionCode": "nurse" }),
            "draft",
        ),
        "removeSession" => (json!({ "sessionId": name("session"), "version": version }), "course"),
        "updateSession" => {
            (json!({ "sessionId": name("session"), "version": version, "title": "Mine" }), "course")
        }
        "reorderSessions" => of_course(json!({ "sessionIds": [name("session")] })),
        "changeEmail" => (json!({ "requestId": "nothing", "code": "00000000" }), "course"),
        "requestEmailChange" => (json!({ "email": "mine@example.org" }), "course"),
        "requestInformation" | "requestSignInCode" | "signIn" => (json!({}), "course"),
        "rotateCalendarUrl" | "signOut" => (json!({}), "course"),
        "setSubscription" => (json!({ "topic": "REMINDERS", "wanted": false }), "course"),
        "liftSuppression" => (json!({ "suppressionId": name("suppression"), "note": "Mine" }), "suppression"),
        "suppressAddress" => {
            (json!({ "email": "cyd@example.org", "scope": "ALL", "note": "Mine" }), "suppression")
        }
        "updateProfile" => (json!({ "name": "Mine" }), "course"),
        "setCourseFaculty" => {
            of_course(json!({ "faculty": [{ "memberId": name("director"), "role": "DIRECTOR" }] }))
        }
        "setReminderRules" => of_course(json!({ "rules": rules, "check": true })),
        "setTracks" => of_course(json!({ "tracks": [] })),
        "submitEvaluation" => (
            json!({ "registrationId": name("evaluated"), "objectiveRatings": [], "biasPerceived": false }),
            "evaluated",
        ),
        "updateCourse" => of_course(json!({ "title": "Mine" })),
        "upsertFacultyMember" => {
            (json!({ "id": name("member"), "version": number("member's version"), "name": "Mine" }), "member")
        }
        "upsertOrganization" => (
            json!({ "id": name("organization"), "version": number("organization's version"), "name": "Mine" }),
            "organization",
        ),
        "upsertSeries" => {
            (json!({ "id": name("series"), "version": number("series' version"), "title": "Mine" }), "series")
        }
        _ => return None,
    };
    Some((input, text(&name(about)).to_owned()))
}

/// The acts of which a sample asks only what would be.
pub const DRY: [&str; 3] = ["importCourse", "importRegistrations", "setReminderRules"];
