//! The fields of a draft, each with the name that a course file knows it by and the one that inputs of the
//! API do.

/// Declares the fields, each with its name in a course file and its name in inputs of the API.
macro_rules! fields {
    ($($(#[doc = $doc:literal])+ $variant:ident = $file:literal, $input:literal;)+) => {
        /// A field of a draft. Fields are declared in the order of a course file, and mistakes are told in
        /// that order.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Field {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Field {
            /// Its name in a course file.
            pub fn in_file(self) -> &'static str {
                match self {
                    $(Self::$variant => $file,)+
                }
            }

            /// Its name in inputs of the API; empty for a table that inputs do not have, whose fields stand
            /// in the input itself.
            pub fn in_input(self) -> &'static str {
                match self {
                    $(Self::$variant => $input,)+
                }
            }
        }
    };
}

fields! {
    /// The table of the course itself.
    Course = "course", "";
    /// The stable name of anything.
    Slug = "slug", "slug";
    /// A title.
    Title = "title", "title";
    /// The name of anything that has no title.
    Name = "name", "name";
    /// The stable name of a session.
    Key = "key", "key";
    /// How far a course is moved; only edits say it.
    MoveByDays = "move_by_days", "moveByDays";
    /// The sort of anything but a credit.
    Kind = "kind", "kind";
    /// Where a course is in its life.
    Status = "status", "status";
    /// Why a course was cancelled.
    CancellationNote = "cancellation_note", "note";
    /// How something is taught.
    Format = "format", "format";
    /// Length in words.
    LengthLabel = "length", "lengthLabel";
    /// The zone of all dates and times.
    TimeZone = "time_zone", "timeZone";
    /// First day.
    StartsOn = "starts_on", "startsOn";
    /// A session's start on the clock.
    Start = "start", "startTime";
    /// A session's end on the clock.
    End = "end", "endTime";
    /// Last day.
    EndsOn = "ends_on", "endsOn";
    /// Last day of the evaluation.
    EvaluationDeadline = "evaluation_deadline", "evaluationDeadline";
    /// The center that develops a course.
    Centre = "centre", "centre";
    /// Where people write with questions.
    ContactEmail = "contact_email", "contactEmail";
    /// Credit in one line.
    CreditHeadline = "credit_headline", "creditHeadline";
    /// Where a course is taught in person.
    Venue = "venue", "venueName";
    /// The postal address of the venue.
    VenueAddress = "venue_address", "venueAddress";
    /// The venue on a map.
    VenueMap = "venue_map", "venueMapUrl";
    /// How to get to the venue.
    VenueDirections = "venue_directions", "venueDirections";
    /// Organizations that offer a course.
    OfferedBy = "offered_by", "offeredBy";
    /// Organizations that accredit a course.
    AccreditedBy = "accredited_by", "accreditedBy";
    /// One or two sentences about a course, or more about a series.
    Summary = "summary", "summary";
    /// What a course is about.
    Overview = "overview", "overview";
    /// Learning objectives.
    Objectives = "objectives", "objectives";
    /// Domains of practice.
    Domains = "domains", "domains";
    /// Topics.
    Topics = "topics", "topics";
    /// Who should take part.
    Audiences = "audiences", "audiences";
    /// The table of registration.
    Registration = "registration", "";
    /// When registration opens.
    Opens = "opens", "registrationOpensAt";
    /// Last day of the early price.
    EarlyDeadline = "early_deadline", "earlyDeadline";
    /// Last day to register.
    Deadline = "deadline", "registrationDeadline";
    /// For how many days a seat is held.
    PaymentDays = "payment_days", "paymentDays";
    /// Seats.
    Capacity = "capacity", "capacity";
    /// The only site whose registrations count.
    Site = "site", "registrationSite";
    /// The table of fees.
    Fees = "fees", "";
    /// The currency of all prices.
    Currency = "currency", "currency";
    /// Added to every paid registration.
    ProcessingFee = "processing_fee", "processingFee";
    /// Prices.
    Prices = "prices", "prices";
    /// Who pays a price, or as what an audience registers.
    Profession = "profession", "professionCode";
    /// Words for people.
    Label = "label", "label";
    /// The regular price.
    Regular = "regular", "regular";
    /// The early price.
    Early = "early", "early";
    /// The series.
    Series = "series", "series";
    /// Which series.
    SeriesSlug = "slug", "series";
    /// The earlier programme that a series takes the place of.
    Legacy = "legacy", "legacyTitle";
    /// How many parts a series has.
    Length = "length", "length";
    /// A place in a series.
    Position = "position", "position";
    /// Parts of a series, or of a credit.
    Parts = "parts", "parts";
    /// Earlier runs of a part.
    Runs = "runs", "runs";
    /// The month of a run.
    Month = "month", "month";
    /// Organizations that a draft speaks of.
    Organizations = "organizations", "organizations";
    /// The home page of an organization.
    Url = "url", "url";
    /// People: those of a course, and those of a session.
    Faculty = "faculty", "faculty";
    /// Somebody in a session.
    Member = "member", "memberId";
    /// What somebody is to a course or a session.
    Role = "role", "role";
    /// Degrees and licenses.
    Credentials = "credentials", "credentials";
    /// Where a position is held.
    Affiliation = "affiliation", "affiliation";
    /// Who somebody is.
    Bio = "bio", "bio";
    /// The tracks of a course.
    Tracks = "tracks", "tracks";
    /// A track as an input names it.
    Id = "id", "id";
    /// The rooms of a course.
    Rooms = "rooms", "rooms";
    /// The days of a course.
    Days = "days", "days";
    /// The date of a day.
    Date = "date", "date";
    /// The sessions of a day.
    Sessions = "sessions", "sessions";
    /// The tracks of a session.
    SessionTracks = "tracks", "trackIds";
    /// The room of a session.
    Room = "room", "room";
    /// What a session is about.
    Description = "description", "description";
    /// For whom a session is, by what they know already.
    Level = "level", "level";
    /// The language of a session.
    Language = "language", "language";
    /// The themes of a session.
    Themes = "themes", "themes";
    /// Where the confirmed join a session.
    JoinUrl = "join_url", "joinUrl";
    /// Kinds of credit.
    Credits = "credits", "credits";
    /// The kind of a credit.
    CreditKind = "kind", "typeCode";
    /// How much credit.
    Amount = "amount", "amount";
    /// What else a learner should know of a credit.
    Statement = "statement", "statement";
    /// What must be done for a credit.
    Requirements = "requirements", "requirements";
    /// Groups of competencies.
    Competencies = "competencies", "competencies";
    /// The body that defines competencies.
    Group = "group", "name";
    /// The competencies of a group.
    Names = "names", "competencies";
    /// Statements.
    Statements = "statements", "statements";
    /// A text.
    Text = "text", "text";
    /// Reminder rules.
    ReminderRules = "reminder_rules", "rules";
    /// Which letter a rule sends.
    Letter = "letter", "letter";
    /// Days from the moment of a rule.
    RuleDays = "days", "days";
    /// Time of day at which a rule speaks.
    At = "at", "time";
    /// Minutes from the moment of a rule.
    Minutes = "minutes", "minutes";
    /// Whether a rule is on.
    Enabled = "enabled", "enabled";
    /// A subject line of the office's own.
    Subject = "subject", "subject";
    /// An opening paragraph of the office's own.
    Opening = "opening", "opening";
    /// For which professions a rule is meant.
    Professions = "professions", "professionCodes";
    /// For which track a rule is meant.
    RuleTrack = "track", "trackId";
}
