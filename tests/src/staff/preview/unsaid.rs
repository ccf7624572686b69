//! What staff are about to say, seen before it is said; and letters to people who only asked.

use serde_json::{Value, json};

use super::{draft, previews, same_lines, text};
use crate::staff::enquiry::enquires;
use crate::support::{Person, SAMPLE, SAMPLE_SLUG, TestApp, said, stories};

/// The course with an early price until April 22.
fn with_an_early_deadline() -> String {
    SAMPLE.replace("deadline = 2026-05-06", "early_deadline = 2026-04-22\ndeadline = 2026-05-06")
}

/// The newest enquiry.
async fn newest(app: &TestApp, staff: &Person) -> Value {
    staff.asks(app, "{ enquiries(first: 1) { nodes { id } } }", json!({})).await["enquiries"]["nodes"][0]["id"].clone()
}

/// A draft of an announcement to the confirmed.
async fn drafts(app: &TestApp, staff: &Person, more: Value) -> Value {
    let (course, _) = app.course_and_track().await;
    let mut input =
        json!({ "courseId": course, "subject": "Parking", "body": "Please park **behind** the house." });
    input.as_object_mut().expect("fields").extend(more.as_object().expect("fields").clone());
    staff.does(app, "announce", input, "announcement { id recipientCount }").await
}

/// Asserts that a letter was sent to the address just as it was shown.
fn was_sent(app: &TestApp, email: &str, shown: &Value) {
    let sent = app.letters_to(email);
    let found = sent
        .iter()
        .find(|sent| sent.subject == text(&shown["subject"]))
        .unwrap_or_else(|| panic!("{shown:#}"));
    assert_eq!(same_lines(&found.text), same_lines(text(&shown["text"])));
    assert_eq!(same_lines(&found.html), same_lines(text(&shown["html"])));
}

fn refused(no: &Value) -> (&str, &Value) {
    assert_eq!(no["__typename"], "Refusal", "{no:#}");
    (text(&no["code"]), &no["path"])
}

stories! {
    async fn letters_to_who_only_asks_are_shown_for_somebody_made_up(app at "2026-04-10T12:00-04:00") {
        app.imports(&with_an_early_deadline()).await;
        for (email, consent) in
            [("yes@example.org", true), ("also@example.org", true), ("no@example.org", false)]
        {
            enquires(&app, email, consent).await;
        }
        let staff = app.staff_of("ours@example.org", Some("beth-israel-deaconess")).await;
        let (course, _) = app.course_and_track().await;
        let shows = async |rule: &str| {
            previews(&app, &staff, json!({ "courseId": course, "rule": rule, "learnerKind": "ENQUIRER" }))
                .await
        };
        for (rule, due_at) in [
            ("information_requested", "2026-04-10T16:00:00Z"),
            ("early_fee_ending_7d", "2026-04-15T13:00:00Z"),
            ("early_fee_ending_1d", "2026-04-21T13:00:00Z"),
            ("registration_closing_7d", "2026-04-29T13:00:00Z"),
            ("registration_closing_1d", "2026-05-05T13:00:00Z"),
        ] {
            let letter = shows(rule).await;
            assert_eq!(
                (&letter["reason"], &letter["dueAt"], &letter["audience"]),
                (&Value::Null, &json!(due_at), &json!(2)),
                "{letter:#}"
            );
            assert!(
                text(&letter["text"]).starts_with("Hello,"),
                "a stranger's name is not repeated: {letter:#}"
            );
            let told = |part: &str| ["text", "html"].iter().all(|form| text(&letter[form]).contains(part));
            // What was asked for has no such header, but says how to have none of what will come.
            if rule == "information_requested" {
                assert!(letter["listUnsubscribe"].is_null() && told("unsubscribe"), "{letter:#}");
            } else {
                let token = text(&letter["listUnsubscribe"]).rsplit('/').next().expect("a token");
                assert!(told(token), "{letter:#}");
            }
        }
        for rule in ["day_starting_1h", "enquiry_answered", "course_cancelled"] {
            assert_eq!(refused(&shows(rule).await).0, "LETTER_NOT_CALLED_FOR", "{rule}");
        }
        let answered = json!({ "courseId": course, "rule": "enquiry_answered", "learnerKind": "ENQUIRER", "answer": "Yes." });
        assert_eq!(
            refused(&previews(&app, &staff, answered).await),
            ("INVALID_INPUT", &json!(["answer"])),
            "nobody asked that"
        );
        let confirmed = previews(
            &app,
            &staff,
            json!({ "courseId": course, "rule": "registration_confirmed", "learnerKind": "CONFIRMED" }),
        )
        .await;
        assert_eq!(confirmed["listUnsubscribe"], Value::Null, "it belongs to what was bought");
        assert_eq!(app.letters_to("noor.haddad@example.org").len(), 0, "nothing was sent");
    }

    async fn an_answer_is_seen_before_it_is_given(app with the course at "2026-04-20T12:00-04:00") {
        enquires(&app, "ines@example.org", true).await;
        let staff = app.staff_of("ours@example.org", Some("beth-israel-deaconess")).await;
        let (course, _) = app.course_and_track().await;
        let enquiry = newest(&app, &staff).await;
        let asks = async |more: Value| {
            let mut input = json!({ "courseId": course, "enquiryId": enquiry });
            input.as_object_mut().expect("fields").extend(more.as_object().expect("fields").clone());
            previews(&app, &staff, input).await
        };
        let mut shown = Vec::new();
        for more in [
            json!({ "rule": "information_requested" }),
            json!({ "rule": "registration_closing_7d" }),
            json!({ "rule": "enquiry_answered", "answer": "There **is** a reader." }),
        ] {
            let letter = asks(more).await;
            assert_eq!((&letter["reason"], &letter["audience"]), (&Value::Null, &json!(1)), "{letter:#}");
            shown.push(letter);
        }
        assert_eq!(refused(&asks(json!({ "rule": "enquiry_answered" })).await).0, "LETTER_NOT_CALLED_FOR");
        assert_eq!(
            refused(&asks(json!({ "rule": "enquiry_answered", "answer": " " })).await),
            ("INVALID_INPUT", &json!(["answer"]))
        );
        assert_eq!(
            refused(&asks(json!({ "rule": "information_requested", "answer": "Yes." })).await),
            ("INVALID_INPUT", &json!(["answer"]))
        );
        let school = app.staff_of("school@example.org", Some("harvard-medical-school")).await;
        let input = json!({ "courseId": course, "enquiryId": enquiry, "rule": "information_requested" });
        assert_eq!(refused(&previews(&app, &school, input).await).0, "NOT_FOUND");
        let mut other = lectern::course_file::parse(&draft()).expect("the sample parses");
        other.course.slug = said("another-course");
        app.imports(&lectern::course_file::print(&other)).await;
        let found = staff.asks(&app, "{ course(slug: \"another-course\") { id } }", json!({})).await;
        let elsewhere = json!({ "courseId": found["course"]["id"], "enquiryId": enquiry, "rule": "information_requested" });
        assert_eq!(previews(&app, &staff, elsewhere).await["message"], "There is no such enquiry.");

        let answer = json!({ "enquiryId": enquiry, "answer": "There **is** a reader." });
        assert_eq!(
            staff.does(&app, "answerEnquiry", answer, "enquiry { __typename }").await["__typename"],
            "Enquiry"
        );
        assert_eq!(
            refused(&asks(json!({ "rule": "enquiry_answered", "answer": "No." })).await).0,
            "ENQUIRY_ALREADY_ANSWERED"
        );
        app.works().await;
        app.travels_to("2026-04-29T09:00-04:00").await;
        for letter in &shown {
            was_sent(&app, "ines@example.org", letter);
        }
    }

    async fn an_announcement_is_seen_before_it_is_confirmed(app with the course at "2026-04-20T12:00-04:00") {
        let staff = app.staff_of("ours@example.org", Some("beth-israel-deaconess")).await;
        let registration = app.signs_in("ada@example.org").await.takes_part(&app, "nurse").await;
        app.signs_in("bob@example.org").await.takes_part(&app, "physician").await;
        let (course, _) = app.course_and_track().await;
        let draft = drafts(&app, &staff, json!({ "professionCodes": ["nurse"] })).await;
        let shows = async |more: Value| {
            let mut input = json!({ "courseId": course, "announcementId": draft["id"] });
            input.as_object_mut().expect("fields").extend(more.as_object().expect("fields").clone());
            previews(&app, &staff, input).await
        };
        let made_up = shows(json!({ "learnerKind": "CONFIRMED" })).await;
        assert_eq!(
            (&made_up["reason"], &made_up["rule"], &made_up["audience"]),
            (&Value::Null, &json!("announcement"), &draft["recipientCount"]),
            "{made_up:#}"
        );
        assert_eq!(
            (&made_up["subject"], &made_up["dueAt"]),
            (&json!("Parking"), &json!("2026-04-20T16:10:00Z"))
        );
        assert!(text(&made_up["html"]).contains("<strong>behind</strong>"), "{made_up:#}");
        assert_eq!(shows(json!({ "learnerKind": "STARTED" })).await["reason"], "NOT_CONCERNED");
        let hers = shows(json!({ "registrationId": registration["id"] })).await;
        assert_eq!(hers["reason"], Value::Null, "{hers:#}");
        assert_eq!(refused(&shows(json!({ "learnerKind": "ENQUIRER" })).await).0, "LETTER_NOT_CALLED_FOR");
        assert_eq!(
            refused(&shows(json!({ "learnerKind": "CONFIRMED", "rule": "announcement" })).await),
            ("INVALID_INPUT", &json!(["rule"]))
        );
        assert_eq!(
            refused(&previews(&app, &staff, json!({ "courseId": course, "learnerKind": "CONFIRMED" })).await),
            ("INVALID_INPUT", &json!(["rule"]))
        );
        let unknown = previews(
            &app,
            &staff,
            json!({ "courseId": course, "announcementId": registration["id"], "learnerKind": "CONFIRMED" }),
        )
        .await;
        assert_eq!(unknown["message"], "There is no such announcement.");
        let away = drafts(&app, &staff, json!({})).await;
        staff.does(&app, "stopAnnouncement", json!({ "announcementId": away["id"] }), "").await;
        let stopped = previews(
            &app,
            &staff,
            json!({ "courseId": course, "announcementId": away["id"], "learnerKind": "CONFIRMED" }),
        )
        .await;
        assert_eq!(stopped["reason"], "STOPPED_BY_STAFF", "{stopped:#}");
        let confirmed = json!({ "announcementId": draft["id"], "recipientCount": draft["recipientCount"] });
        assert_eq!(
            staff.does(&app, "confirmAnnouncement", confirmed, "announcement { __typename }").await["__typename"],
            "Announcement"
        );
        app.travels_to("2026-04-20T12:10-04:00").await;
        was_sent(&app, "ada@example.org", &hers);
        assert!(!app.subjects_to("bob@example.org").contains(&"Parking".to_owned()));
    }

    async fn a_cancellation_is_seen_before_the_course_is_cancelled(app with the course at "2026-04-20T12:00-04:00") {
        let staff = app.staff_of("ours@example.org", Some("beth-israel-deaconess")).await;
        let registration = app.signs_in("ada@example.org").await.takes_part(&app, "nurse").await;
        let (course, _) = app.course_and_track().await;
        let shows = async |rule: &str, note: Option<&str>| {
            previews(&app, &staff, json!({ "courseId": course, "rule": rule, "registrationId": registration["id"], "cancellationNote": note })).await
        };
        let note = "The **storm** is coming; your fee comes back.";
        let shown = shows("course_cancelled", Some(note)).await;
        assert!(text(&shown["html"]).contains("<strong>storm</strong>"), "{shown:#}");
        assert!(!text(&shows("course_cancelled", None).await["text"]).contains("storm"));
        assert_eq!(
            refused(&shows("course_starting_7d", Some(note)).await),
            ("INVALID_INPUT", &json!(["cancellationNote"]))
        );
        assert_eq!(
            refused(&shows("course_cancelled", Some(&"a".repeat(20_001))).await),
            ("INVALID_INPUT", &json!(["cancellationNote"]))
        );
        let seen = staff
            .asks(
                &app,
                "query($slug: String!) { course(slug: $slug) { version status } }",
                json!({ "slug": SAMPLE_SLUG }),
            )
            .await;
        assert_eq!(seen["course"]["status"], "PUBLISHED", "nothing has happened");
        let input = json!({ "courseId": course, "version": seen["course"]["version"], "note": note });
        assert_eq!(
            staff.does(&app, "cancelCourse", input, "course { __typename }").await["__typename"],
            "Course"
        );
        app.works().await;
        was_sent(&app, "ada@example.org", &shown);
        assert_eq!(
            refused(&shows("course_cancelled", Some(note)).await),
            ("INVALID_INPUT", &json!(["cancellationNote"])),
            "it has been given"
        );
    }

    async fn without_a_postal_address_staff_are_told_what_is_missing(app at "2026-04-20T12:00-04:00") {
        let mut app = app;
        app.has_no_postal_address();
        app.has_the_course().await;
        let staff = app.staff("staff@example.org").await;
        let (course, _) = app.course_and_track().await;
        let no = previews(
            &app,
            &staff,
            json!({ "courseId": course, "rule": "registration_closing_7d", "learnerKind": "ENQUIRER" }),
        )
        .await;
        assert!(text(&no["message"]).contains("POSTAL_ADDRESS"), "{no:#}");
        let asked = previews(
            &app,
            &staff,
            json!({ "courseId": course, "rule": "information_requested", "learnerKind": "ENQUIRER" }),
        )
        .await;
        assert_eq!(asked["__typename"], "LetterPreview", "{asked:#}");
    }
}
