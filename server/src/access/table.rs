//! The table.

use super::Denial::{Forbidden, InvalidInput, NotFound};
use super::Else::{Empty, Nothing, Null, Refused, RefusedStaff};
use super::Who::{
    Administrators, Announced, Anybody, Confirmed, Learner, Office, Represents, Runs, SignedIn, Staff,
};
use super::{Else, Kind, Route, Rule, Who};

/// Fields that whoever has the object sees.
const fn open(names: &'static str) -> Rule {
    Rule { who: &[Anybody], otherwise: Nothing, names }
}

/// Fields for staff who run the course.
const fn run(otherwise: Else, names: &'static str) -> Rule {
    Rule { who: &[Runs], otherwise, names }
}

/// Fields about the viewer's own.
const fn own(otherwise: Else, names: &'static str) -> Rule {
    Rule { who: &[Learner], otherwise, names }
}

const fn may(who: &'static [Who], otherwise: Else, names: &'static str) -> Rule {
    Rule { who, otherwise, names }
}

const fn kind(name: &'static str, exists: &'static [Who], fields: &'static [Rule]) -> Kind {
    Kind { name, exists, fields }
}

const fn route(path: &'static str, who: &'static str, otherwise: &'static str) -> Route {
    Route { path, who, otherwise }
}

/// Types whose objects are not everybody's. For everybody else such an object does not exist.
pub const TYPES: &[Kind] = &[
    kind(
        "Course",
        &[Announced, Runs],
        &[
            open(
                "accreditedBy audienceGroups audiences calendarUrl cancellationNote cancelledAt centre competencies contactEmail creditHeadline credits currency days directors
                 domains endsAt endsOn enquiryConsent evaluationDeadline faculty format id kind learningObjectives lengthLabel objectives
                 offeredBy overview paymentDays prices processingFee registrationSite registrationWindow rooms seats series sessions slug startsAt startsOn
                 statements status summary timeZone title topics tracks venueAddress venueDirections venueMapUrl venueName version",
            ),
            own(Null, "viewerRegistration"),
            run(Null, "announcements audit enquiries notices plan registrations rehearsal reminderRules warnings"),
        ],
    ),
    kind(
        "Session",
        &[Announced, Runs],
        &[
            open("course date description endTime endsAt endsOn faculty id kind language level room slug startTime startsAt startsOn themes title tracks"),
            may(&[Confirmed, Runs], Null, "joinUrl"),
        ],
    ),
    kind("Track", &[Announced, Runs], &[open("id name slug")]),
    kind("FacultyMember", &[Announced, Staff], &[open("affiliation bio courses credentials id name sessions slug title version")]),
    kind("Organization", &[Announced, Staff], &[open("id name slug url version")]),
    kind("Series", &[Announced, Staff], &[open("courses id legacyTitle length parts slug summary title version")]),
    kind(
        "Registration",
        &[Learner, Runs],
        &[
            open(
                "acceptedStatements agenda cancelledAt code confirmedAt course due evaluation holdUntil id learner missing notices paid profession quote
                 startedAt status track upcomingLetters",
            ),
            run(Null, "enteredBy externalId suppression"),
        ],
    ),
    kind(
        "Notice",
        &[Learner, Runs],
        &[
            open("attempts dueAt id letter reason reasonInWords resendRequestedAt resentAs rule sentAt state stopRequestedAt"),
            run(Null, "smtpReply tries"),
        ],
    ),
    kind(
        "Enquiry",
        &[Runs],
        &[open(
            "answer answeredAt answeredBy consent course createdAt email hasRegistered id name notices profession question suppression unsubscribedAt
             upcomingLetters",
        )],
    ),
    kind(
        "Announcement",
        &[Runs],
        &[open(
            "author body confirmedAt course createdAt dueAt id notices professions recipientCount sampleRecipients state statuses stoppedAt
             subject track",
        )],
    ),
    // Acts that are about no course exist for the office alone.
    kind("AuditEntry", &[Runs], &[open("act actor after at before course id subjectId subjectType")]),
    // Of addresses with which people have registered for the course, or asked about it.
    kind("Suppression", &[Runs], &[open("diagnostic email expiresAt id inForce liftedAt note reason scope source suppressedAt")]),
    kind("StaffRole", &[Learner, Administrators], &[open("grantedAt id learner organization role")]),
    kind("Viewer", &[Learner], &[open("calendarUrl learner registrations roles staffRoles unsubscribedFrom upcomingSessions")]),
    // Reached through registrations and the like alone; there is no question that finds people.
    kind("Learner", &[Anybody], &[open("credentials email id name profession timeZone")]),
    kind(
        "PlannedLetter",
        &[Anybody],
        &[open("audience day dueAt dueOn dueTime learnerKind letter occurrence pointlessAt reason reasonInWords rule"), run(Empty, "sampleRecipients")],
    ),
];

/// Types without a rule of their own: whoever sees what holds them sees all of them.
pub const WITHIN: &str = "AudienceGroup CompetencyGroup ConsentWording CorrectedRegistration CourseChange CourseDay CourseMoveReach CourseWarning CreditOffer CreditPart CreditRequirement
    CreditType EmailChangeRequest EnquiryConsent EvaluationStanding Explanation HumanCheckChallenge ImportedCourse InformationRequest LearningObjective
    LetterAccount LetterPreview Money NoticeTry PageInfo Price Profession Quote QuoteLine RateLimit Refusal RefusalDetail RegistrationExport RegistrationImport
    RegistrationImportRow
    RegistrationWindow Rehearsal RehearsedLetter ReminderOffset ReminderReach ReminderRule Room Seats SeriesPart
    SeriesPlacement SeriesRun SessionFaculty SignInRequest SignedIn SignedOut Statement";

/// The questions. Where anybody may ask, the answer holds what exists for the viewer, and nothing else.
pub const QUESTIONS: &[Rule] = &[
    open(
        "course courses facultyMember faculty node nodes organization organizations series seriesList sessions registration
         creditTypes professions rateLimit",
    ),
    may(&[Announced, Runs], Null, "enquiryChallenge"),
    may(&[SignedIn], Null, "viewer"),
    run(Empty, "registrations enquiries suppressions"),
    may(&[Administrators], Empty, "staffRoles"),
    run(Null, "audit explain"),
    run(Refused(NotFound), "previewLetter"),
];

/// The acts.
pub const ACTS: &[Rule] = &[
    // Information is asked for of a course that exists for who asks.
    may(&[Anybody], Nothing, "requestInformation requestSignInCode signIn"),
    may(&[SignedIn], Refused(Forbidden), "changeEmail requestEmailChange rotateCalendarUrl setSubscription signOut updateProfile"),
    // For a course that exists for the viewer.
    may(&[Announced, Runs], Refused(NotFound), "register"),
    may(&[Learner, Runs], Refused(NotFound), "cancelRegistration"),
    own(Refused(NotFound), "submitEvaluation"),
    run(
        Refused(NotFound),
        "addSession announce answerEnquiry archiveCourse cancelCourse cancelNotice confirmAnnouncement copyCourse correctLearner
         correctRegistration exportRegistrations importRegistrations liftSuppression mergeLearners moveCourse publishCourse recordPayment registerLearner removeSession reorderSessions resendNotice setCourseFaculty setReminderRules
         setTracks stopAnnouncement suppressAddress updateCourse updateSession",
    ),
    // Of an own course under a slug that is free; of another's course is told no more than that its slug is
    // taken.
    run(RefusedStaff(Forbidden, InvalidInput), "createCourse importCourse"),
    // Every course that shows one of the two must be one that the viewer runs.
    run(RefusedStaff(Forbidden, InvalidInput), "mergeFacultyMembers"),
    may(&[Staff], Refused(Forbidden), "upsertFacultyMember"),
    may(&[Represents], Refused(Forbidden), "upsertOrganization"),
    may(&[Office], Refused(Forbidden), "upsertSeries"),
    may(&[Administrators], Refused(Forbidden), "endSignIns grantRole revokeRole"),
];

/// What can be followed. For everybody else the stream says null and ends.
pub const STREAMS: &[Rule] = &[
    may(&[Announced, Runs], Null, "seats"),
    may(&[Learner, Runs], Null, "registration"),
    run(Null, "notices"),
];

/// Every other address.
pub const ROUTES: &[Route] = &[
    route("/", "anybody", ""),
    route("/graphql", "anybody, as the token says", ""),
    route("/graphql/d/{id}", "the same, by the id of a document that is trusted", ""),
    route("/graphql/stream", "anybody, as the token says", ""),
    route(
        "/graphql/ws",
        "anybody, as the token says; of pages, our own and those of origins that are let in",
        "403",
    ),
    route("/files", "staff, by POST with their token; a file is for whoever sent it alone", "401, 403"),
    route(
        "/bounces",
        "whoever has the operator's key, by POST, and only where there is one",
        "404 without a key in the settings, 401",
    ),
    route("/graphiql", "anybody, and only where it is switched on", "404"),
    route("/graphiql/{file}", "the same", "404"),
    route("/schema.graphql", "anybody", ""),
    route("/healthz", "anybody; or at an address for the operators alone", "404, where they have one"),
    route("/readyz", "anybody; or at an address for the operators alone", "404, where they have one"),
    route("/metrics", "the same. Counts and times, no names", "404, where they have one"),
    route("/altcha/{course}", "anybody, for a course that takes enquiries", "404, for a draft too"),
    route(
        "/unsubscribe/{token}",
        "whoever has the address from a letter; it says nothing of the person",
        "404",
    ),
    route("/calendar/courses/{file}", "anybody once announced", "404"),
    route("/calendar/{file}", "whoever has the learner's own address, until it is moved", "404"),
    route(
        "/export/registrations/{file}",
        "whoever has the address, for ten minutes, as long as who asked for it runs the course",
        "404",
    ),
    route("/mailbox", "anybody, and only where letters are written to files instead of being sent", "404"),
    route("/mailbox/{name}", "the same", "404"),
    route("/mailbox/{name}/html", "the same", "404"),
];
