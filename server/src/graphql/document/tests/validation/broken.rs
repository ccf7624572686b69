//! Documents that break the rules of the specification, each with what is said of it.

/// Documents that break a rule, and what is said.
pub const BROKEN: [(&str, &str); 64] = [
    // 5.1 Documents
    ("type X { a: Int }", "The \"X\" definition is not executable."),
    ("{ viewer { roles } } extend type Query { a: Int }", "The \"Query\" definition is not executable."),
    // 5.2 Operations
    (
        "query A { viewer { roles } } query A { viewer { roles } }",
        "There can be only one operation named \"A\".",
    ),
    (
        "{ viewer { roles } } query A { viewer { roles } }",
        "This anonymous operation must be the only defined operation.",
    ),
    ("subscription { a }", "Cannot query field \"a\" on type \"Subscription\"."),
    // 5.3 Fields
    ("{ nothing }", "Cannot query field \"nothing\" on type \"Query\"."),
    ("{ viewer { nothing } }", "Cannot query field \"nothing\" on type \"Viewer\"."),
    ("{ node(id: \"x\") { title } }", "Cannot query field \"title\" on type \"Node\"."),
    ("{ courses { nodes { colour } } }", "Cannot query field \"colour\" on type \"Course\"."),
    (
        "{ courses { nodes { ... on Course { colour shape } } } }",
        "Cannot query field \"colour\" on type \"Course\".",
    ),
    (
        "{ viewer }",
        "Field \"viewer\" of type \"Query\" must have a selection of subfields. Did you mean \"viewer { ... }\"?",
    ),
    (
        "{ viewer { roles { a } } }",
        "Field \"roles\" must not have a selection since type \"Role\" has no subfields",
    ),
    ("{ node(id: \"x\") { ... on Course { a: title } ... on Session { a: startsAt } } }", "a"),
    ("{ a: viewer { roles } a: courses { totalCount } }", "a"),
    // 5.4 Arguments
    ("{ viewer(x: 1) { roles } }", "Unknown argument \"x\" on field \"Query.viewer\"."),
    ("{ course(slug: \"a\", slug: \"b\") { id } }", "There can be only one argument named \"slug\"."),
    (
        "{ course { id } }",
        "Field \"course\" argument \"slug\" of type \"String!\" is required, but it was not provided.",
    ),
    ("{ course(slug: null) { id } }", "null"),
    (
        "{ viewer { roles @include } }",
        "Directive \"@include\" argument \"if\" of type \"Boolean!\" is required, but it was not provided.",
    ),
    // 5.5 Fragments
    ("{ viewer { roles } } fragment f on Viewer { roles }", "Fragment \"f\" is never used."),
    (
        "{ ...f ...f } fragment f on Query { viewer { roles } } fragment f on Query { viewer { roles } }",
        "There can be only one fragment named \"f\".",
    ),
    ("{ ...f }", "Unknown fragment \"f\"."),
    ("{ ...f } fragment f on Nothing { id }", "Unknown type \"Nothing\"."),
    ("{ viewer { ... on Nothing { id } } }", "Unknown type \"Nothing\"."),
    (
        "{ ...f } fragment f on String { id }",
        "Fragment \"f\" cannot condition on non composite type \"String\".",
    ),
    (
        "{ viewer { ... on Course { id } } }",
        "Fragment cannot be spread here as objects of type \"Viewer\" can never be of type \"Course\".",
    ),
    (
        "{ viewer { ...f } } fragment f on Course { id }",
        "Fragment \"f\" cannot be spread here as objects of type \"Viewer\" can never be of type \"Course\".",
    ),
    (
        "{ ...f } fragment f on Query { ...g } fragment g on Query { ...f }",
        "The fragment `f` contains itself.",
    ),
    // 5.6 Values
    (
        "{ courses(first: \"x\") { totalCount } }",
        "The argument `first` of `courses` expects an Int, a whole number of 32 bits; `\"x\"` is none.",
    ),
    (
        "{ courses(first: 3000000000) { totalCount } }",
        "The argument `first` of `courses` expects an Int, a whole number of 32 bits; `3000000000` is none.",
    ),
    (
        "{ courses(first: 1.5) { totalCount } }",
        "The argument `first` of `courses` expects an Int, a whole number of 32 bits; `1.5` is none.",
    ),
    ("{ course(slug: 1) { id } }", "The argument `slug` of `course` expects a String; `1` is none."),
    ("{ courses(filter: { format: \"LIVE_ONLINE\" }) { totalCount } }", "expects one of"),
    ("{ courses(filter: { format: NOTHING }) { totalCount } }", "expects one of"),
    (
        "{ courses(filter: { colour: 1 }) { totalCount } }",
        "The argument `filter` of `courses` has a field `colour` that the type CourseFilter does not have.",
    ),
    (
        "{ courses(filter: { text: \"a\", text: \"b\" }) { totalCount } }",
        "The argument `filter` of `courses` gives the field `text` twice.",
    ),
    (
        "{ courses(filter: { startsFrom: \"2026-02-30\" }) { totalCount } }",
        "The argument `filter` of `courses`, at `startsFrom`, expects Date, a calendar day such as 2026-05-13; `\"2026-02-30\"` is none.",
    ),
    ("{ courses(filter: [1]) { totalCount } }", "expects an object of the type CourseFilter"),
    (
        "{ registrations(filter: { professionCode: [\"nurse\", \"dentist\"] }) { totalCount } }",
        "The argument `filter` of `registrations`, at `professionCode`, expects one of physician, nurse, ",
    ),
    ("{ registrations(filter: { professionCode: \"NURSE\" }) { totalCount } }", "`NURSE` is none."),
    (
        "{ courses(filter: { text: \"a b c d e f g h i j k\" }) { totalCount } }",
        "The argument `filter` of `courses`, at `text`, may have 10 words and 200 characters at most.",
    ),
    (
        "mutation { rotateCalendarUrl(input: {}) { viewer { registrations(filter: { professionCode: [\"x\"] }) { totalCount } } } }",
        "expects one of physician, nurse, ",
    ),
    (
        "mutation { requestSignInCode(input: {}) { __typename } }",
        "The argument `input` of `requestSignInCode` lacks the required field `email`.",
    ),
    (
        "mutation { requestSignInCode(input: { email: null }) { __typename } }",
        "The argument `input` of `requestSignInCode`, at `email`, must not be null.",
    ),
    ("{ nodes(ids: [\"a\", null]) { id } }", "The argument `ids` of `nodes`, at `1`, must not be null."),
    (
        "{ courses(first: 1000) { totalCount } }",
        "The argument `first` of `courses` must be between 1 and 100.",
    ),
    ("{ courses(first: 0) { totalCount } }", "The argument `first` of `courses` must be between 1 and 100."),
    ("{ courses(first: 1, last: 1) { totalCount } }", "Give `courses` either `first` or `last`, not both."),
    (
        "{ courses(before: \"nonsense\") { totalCount } }",
        "The argument `before` of `courses` is not a cursor of this connection.",
    ),
    (
        "mutation { signOut(input: {}) { refusal { current { ... on Course { sessions(first: 1000) { totalCount } } } } } }",
        "The argument `first` of `sessions` must be between 1 and 100.",
    ),
    // 5.7 Directives
    ("{ viewer { roles @nothing } }", "Unknown directive \"@nothing\"."),
    ("query @include(if: true) { viewer { roles } }", "Directive \"@include\" may not be used on QUERY."),
    (
        "{ viewer { roles @include(if: true) @include(if: true) } }",
        "The directive \"@include\" can only be used once at this location.",
    ),
    (
        "{ viewer { roles @include(if: \"yes\") } }",
        "The argument `if` of `@include` expects a Boolean; `\"yes\"` is none.",
    ),
    // 5.8 Variables
    (
        "query($a: Int, $a: Int) { courses(first: $a) { totalCount } }",
        "There can be only one variable named \"$a\".",
    ),
    (
        "query($a: Course) { courses(first: $a) { totalCount } }",
        "Variable \"$a\" cannot be non-input type \"Course\".",
    ),
    ("query($a: Nothing) { courses(first: $a) { totalCount } }", "Unknown type \"Nothing\"."),
    ("{ courses(first: $a) { totalCount } }", "Variable \"$a\" is not defined."),
    ("query($a: Int) { viewer { roles } }", "Variable \"$a\" is never used."),
    (
        "query($a: Int = \"x\") { courses(first: $a) { totalCount } }",
        "The default of the variable `$a` expects an Int, a whole number of 32 bits; `\"x\"` is none.",
    ),
    (
        "query($a: String) { courses(first: $a) { totalCount } }",
        "The argument `first` of `courses` expects `Int`; the variable `$a` is of the type `String`.",
    ),
    (
        "query($a: String) { course(slug: $a) { id } }",
        "The argument `slug` of `course` expects `String!`; the variable `$a` is of the type `String`.",
    ),
    (
        "query($a: [String]) { courses(filter: { text: $a }) { totalCount } }",
        "The argument `filter` of `courses`, at `text`, expects `String`; the variable `$a` is of the type `[String]`.",
    ),
    (
        "query($a: ID) { nodes(ids: [$a]) { id } }",
        "The argument `ids` of `nodes`, at `0`, expects `ID!`; the variable `$a` is of the type `ID`.",
    ),
];
