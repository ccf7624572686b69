//! Rosters as spreadsheets save them.

use encoding_rs::WINDOWS_1252;
use entity::{audit, learner};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use crate::support::{Person, TestApp, stories};

const IMPORT: &str = "registrationImport { __typename applied created updated unchanged refused
    rows { line verdict message registration { code status learner { email name } paid { amount } } } }";

/// Three people in one table, as a person sees it.
const PEOPLE: [[&str; 6]; 4] = [
    ["ID", "E-Mail Address", "Name", "Profession", "Track", "Paid"],
    ["A1", "jurgen@example.org", "Jürgen Müller", "Nurse (RN/APRN)", "Adult", "1.000,50"],
    ["A2", "zoe@example.org", "Zoë Núñez; RN, \"Zo\"", "physician assistant", "pediatric", ""],
    ["A3", "ada@example.org", "Ada\nLee", "CHAPLAIN", "adult", "5"],
];

/// The table as text, with what stands between cells and at the ends of lines.
fn table(separator: char, end: &str) -> String {
    let cell = |text: &str| {
        let quoted = text.contains([separator, '"', '\n']);
        if quoted { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
    };
    let row = |cells: &[&str; 6]| {
        cells.iter().map(|text| cell(text)).collect::<Vec<_>>().join(&separator.to_string()) + end
    };
    PEOPLE.iter().map(row).collect::<String>().replace("ID", "External ID")
}

fn utf16(text: &str, big: bool) -> Vec<u8> {
    text.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
}

fn western(text: &str) -> Vec<u8> {
    let (bytes, _, lost) = WINDOWS_1252.encode(text);
    assert!(!lost, "{text}");
    bytes.into_owned()
}

async fn sends(app: &TestApp, staff: &Person, bytes: impl Into<Vec<u8>>, more: Value) -> Value {
    let mut input =
        json!({ "courseId": app.course_and_track().await.0, "fileId": app.has_file(staff, bytes).await });
    input.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    staff.does(app, "importRegistrations", input, IMPORT).await
}

fn counts(answer: &Value) -> (bool, [i64; 4]) {
    let number = |name: &str| answer[name].as_i64().unwrap_or_else(|| panic!("{answer:#}"));
    (answer["applied"].as_bool().expect("a flag"), ["created", "updated", "unchanged", "refused"].map(number))
}

fn messages(refusal: &Value) -> Vec<&str> {
    let details = refusal["details"].as_array().unwrap_or_else(|| panic!("{refusal:#}"));
    details.iter().map(|detail| detail["message"].as_str().expect("words")).collect()
}

stories! {
    async fn whatever_a_spreadsheet_saves_is_recognized(app with the course at "2026-04-01T12:00-04:00") {
        let staff = app.staff("office@example.org").await;
        let mut files: Vec<(String, Vec<u8>)> = Vec::new();
        for (separator, end) in [(',', "\r\n"), (';', "\r\n"), ('\t', "\n"), ('|', "\r")] {
            let text = table(separator, end);
            files.push((format!("UTF-8 {separator:?}"), text.clone().into_bytes()));
            files.push((format!("UTF-8 with a mark {separator:?}"), format!("\u{feff}{text}").into_bytes()));
            files.push((format!("Windows-1252 {separator:?}"), western(&text)));
            for big in [false, true] {
                files.push((format!("UTF-16 {separator:?} {big}"), utf16(&text, big)));
                files.push((
                    format!("UTF-16 with a mark {separator:?} {big}"),
                    utf16(&format!("\u{feff}{text}"), big),
                ));
            }
        }
        files.push(("sep=".to_owned(), format!("sep=;\r\n{}", table(';', "\r\n")).into_bytes()));
        files.push(("an empty last column".to_owned(), table(';', ";\r\n").into_bytes()));
        for (what, bytes) in files {
            let answer = sends(&app, &staff, bytes, json!({})).await;
            assert_eq!(counts(&answer), (false, [3, 0, 0, 0]), "{what}: {answer:#}");
        }
        let done = sends(&app, &staff, western(&table(';', "\r\n")), json!({ "check": false })).await;
        assert_eq!(counts(&done), (true, [3, 0, 0, 0]), "{done:#}");
        let seen: Vec<(&Value, &Value)> = done["rows"]
            .as_array()
            .expect("rows")
            .iter()
            .map(|row| (&row["registration"]["learner"]["name"], &row["registration"]["paid"]["amount"]))
            .collect();
        assert_eq!(
            seen,
            [
                (&json!("Jürgen Müller"), &json!("1000.50")),
                (&json!("Zoë Núñez; RN, \"Zo\""), &json!("0.00")),
                (&json!("Ada Lee"), &json!("5.00"))
            ]
        );
    }

    async fn our_own_list_comes_back_from_a_german_excel(app with the course at "2026-04-01T12:00-04:00") {
        let staff = app.staff("office@example.org").await;
        let people = table(',', "\n");
        assert_eq!(
            counts(&sends(&app, &staff, people, json!({ "check": false })).await),
            (true, [3, 0, 0, 0])
        );
        let input = json!({ "courseId": app.course_and_track().await.0, "purpose": "to be looked at" });
        let ticket = staff.does(&app, "exportRegistrations", input, "registrationExport { url }").await;
        let (_, _, file) = app.gets(ticket["url"].as_str().expect("a url")).await;
        // Saved as CSV: the country's separator, its decimal sign, no mark, and the encoding of Windows.
        let rows: Vec<Vec<String>> = csv(&file);
        assert_eq!(rows.len(), 4);
        let german = |cell: &String| {
            let amount = cell.parse::<f64>().is_ok() && cell.contains('.');
            let cell = if amount { cell.replace('.', ",") } else { cell.clone() };
            if cell.contains([';', '"']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell }
        };
        let saved: String =
            rows.iter().map(|row| row.iter().map(german).collect::<Vec<_>>().join(";") + "\r\n").collect();
        assert!(saved.contains("1000,50") && saved.contains("Zoë Núñez; RN"), "{saved}");
        let back = sends(&app, &staff, western(&saved), json!({ "check": false })).await;
        assert_eq!(counts(&back), (true, [0, 0, 3, 0]), "{back:#}");
    }

    async fn what_cannot_be_understood_is_told_all_at_once_with_its_place(app with the course at "2026-04-01T12:00-04:00") {
        let staff = app.staff("office@example.org").await;
        for (bytes, told) in [
            (
                b"Fee;Mail;E-Mail;Notes\r\n1;a@example.org;;x\r\n".to_vec(),
                vec![
                    "Line 1, column 1: there is no column \"Fee\"",
                    "Line 1, column 3: this names email, as column 2 does",
                    "Line 1, column 4: there is no column \"Notes\"",
                ],
            ),
            (b"Name;Track\r\nAda;adult\r\n".to_vec(), vec!["Line 1: there is no column for the address"]),
            (
                b"email;name\r\na@example.org;\"Ada\r\nb@example.org;Bob\r\n".to_vec(),
                vec!["Line 2, column 2: the cell begins with a quotation mark"],
            ),
            (b"PK\x03\x04\x14\x00".to_vec(), vec!["Line 1: this is a workbook"]),
            (
                b"email;name\r\n\"a@example.org\";J\xc3\xbcrgen M\xc3\xbcller\r\nb@example.org;B\xff\r\n"
                    .to_vec(),
                vec!["Line 3, column 16: the text is UTF-8, but for what stands here"],
            ),
        ] {
            let no = sends(&app, &staff, bytes, json!({})).await;
            assert_eq!((&no["code"], &no["path"]), (&json!("INVALID_INPUT"), &json!(["fileId"])), "{no:#}");
            let messages = messages(&no);
            assert_eq!(messages.len(), told.len(), "{messages:#?}");
            assert!(
                messages.iter().zip(&told).all(|(message, told)| message.starts_with(told)),
                "{messages:#?}"
            );
        }
        let rows =
            sends(&app, &staff, "email,status,paid,profession\nnobody,GONE,lots,WIZARD,more\n", json!({}))
                .await;
        let message = rows["rows"][0]["message"].as_str().expect("words");
        assert!(
            ["nobody", "GONE", "lots", "WIZARD", "column 5"].iter().all(|part| message.contains(part)),
            "{message}"
        );
        let course = app.course_and_track().await.0;
        for (input, path) in [
            (json!({ "courseId": course }), "fileId"),
            (json!({ "courseId": course, "csv": "email\n", "fileId": "x" }), "csv"),
        ] {
            let no = staff.does(&app, "importRegistrations", input, IMPORT).await;
            assert_eq!((&no["code"], &no["path"]), (&json!("INVALID_INPUT"), &json!([path])), "{no:#}");
        }
        let long = format!("email\n{}", "x".repeat(10_240_000));
        let no = sends(&app, &staff, long, json!({})).await;
        assert!(no["message"].as_str().is_some_and(|message| message.contains("at most 10240000")), "{no:#}");
    }

    async fn rows_that_can_be_done_count_where_that_is_said(app with the course at "2026-04-01T12:00-04:00") {
        let staff = app.staff("office@example.org").await;
        let list = "email,external_id,profession,track\nada@example.org,A1,NURSE,adult\nnobody,A2,NURSE,adult\nben@example.org,A3,,adult\n";
        let none = sends(&app, &staff, list, json!({ "check": false })).await;
        assert_eq!(counts(&none), (false, [1, 0, 0, 2]), "{none:#}");
        let tried = sends(&app, &staff, list, json!({ "skipRefused": true })).await;
        assert_eq!(counts(&tried), (false, [1, 0, 0, 2]));
        let done = sends(&app, &staff, list, json!({ "check": false, "skipRefused": true })).await;
        assert_eq!(counts(&done), (true, [1, 0, 0, 2]));
        assert_eq!(done["rows"][0]["registration"]["status"], "STARTED");
        let people: Vec<String> = learner::Entity::find()
            .all(app.db())
            .await
            .expect("people")
            .into_iter()
            .map(|row| row.email)
            .collect();
        assert!(
            people.contains(&"ada@example.org".to_owned()) && !people.contains(&"ben@example.org".to_owned()),
            "nobody is entered for a row that is refused: {people:?}"
        );
    }

    async fn a_known_registration_gets_the_address_that_its_row_gives(app with the course at "2026-04-01T12:00-04:00") {
        let ours = app.staff("ours@example.org").await;
        let list = "email,external_id,name,profession,track\nada@example.org,A1,Ada Lee,NURSE,adult\nours@example.org,A2,,NURSE,adult\n";
        assert_eq!(counts(&sends(&app, &ours, list, json!({ "check": false })).await), (true, [2, 0, 0, 0]));
        app.works().await;
        let ada = app.signs_in("ada@example.org").await;
        let ben = app.signs_in("ben@example.org").await;
        let moved = "email,external_id,name\nada.new@example.org,A1,Ada B. Lee\n";
        let tried = sends(&app, &ours, moved, json!({})).await;
        assert_eq!(counts(&tried), (false, [0, 1, 0, 0]), "{tried:#}");
        let message = tried["rows"][0]["message"].as_str().expect("words");
        assert!(message.contains("from ada@example.org to ada.new@example.org"), "{message}");
        let profile = "{ viewer { learner { email name } registrations { nodes { code } } } }";
        assert_eq!(
            ada.asks(&app, profile, json!({})).await["viewer"]["learner"]["email"],
            "ada@example.org",
            "nothing is left of a trial"
        );

        // Whoever cannot have it is told by itself, and the others count.
        let more = format!("{moved}ben@example.org,A1,\nours.new@example.org,A2,\ncyd@example.org,A4,Cyd\n")
            .replace("ben@example.org,A1,", "ben@example.org,A2,")
            .replace("ours.new@example.org,A2", "ours.new@example.org,A3");
        assert!(more.contains("ben@example.org,A2"));
        let done = sends(&app, &ours, more, json!({ "check": false, "skipRefused": true })).await;
        assert_eq!(counts(&done), (true, [0, 1, 0, 3]), "{done:#}");
        assert_eq!(
            done["rows"][0]["registration"]["learner"],
            json!({ "email": "ada.new@example.org", "name": "Ada B. Lee" })
        );
        assert!(
            done["rows"][1]["message"]
                .as_str()
                .is_some_and(|message| message.contains("ben@example.org is somebody else's")),
            "{done:#}"
        );
        let works_here = sends(&app, &ours, "email,external_id\nours.new@example.org,A2\n", json!({})).await;
        assert_eq!(counts(&works_here), (false, [0, 0, 0, 1]), "{works_here:#}");
        assert!(
            works_here["rows"][0]["message"].as_str().is_some_and(|message| message.contains("works here")),
            "{works_here:#}"
        );

        app.works().await;
        for address in ["ada@example.org", "ada.new@example.org"] {
            assert!(
                app.letters_to(address).iter().any(|letter| letter.text.contains("ada.new@example.org")
                    || letter.subject.contains("address")),
                "{address} is told: {:?}",
                app.subjects_to(address)
            );
        }
        assert_eq!(
            app.answers(Some(&ada.token), profile, json!({})).await["errors"][0]["extensions"]["code"],
            "TOKEN_EXPIRED",
            "who had the old address signs in anew"
        );
        let anew = app.signs_in("ada.new@example.org").await;
        assert_eq!(
            anew.asks(&app, profile, json!({})).await["viewer"]["registrations"]["nodes"]
                .as_array()
                .map(Vec::len),
            Some(1)
        );
        assert!(
            ben.asks(&app, profile, json!({})).await["viewer"]["registrations"]["nodes"]
                .as_array()
                .is_some_and(Vec::is_empty)
        );
        let again = sends(&app, &ours, moved, json!({ "check": false })).await;
        assert_eq!(counts(&again), (true, [0, 0, 1, 0]), "{again:#}");
        let changes = entity::email_change::Entity::find().all(app.db()).await.expect("changes");
        assert_eq!(changes.len(), 1, "the old one is on record");
        assert_eq!(
            (changes[0].old_email.as_str(), changes[0].new_email.as_str()),
            ("ada@example.org", "ada.new@example.org")
        );
    }

    async fn a_roster_corrects_the_names_of_those_in_the_course_and_of_nobody_else(app with the course at "2026-04-01T12:00-04:00") {
        let staff = app.staff("office@example.org").await;
        let ada = app.signs_in("ada@example.org").await;
        ada.does(&app, "updateProfile", json!({ "name": "Ada Le" }), "learner { name }").await;
        let new = sends(
            &app,
            &staff,
            "email,name,profession,track\nada@example.org,Ada Lee,NURSE,adult\n",
            json!({ "check": false }),
        )
        .await;
        assert_eq!(
            (counts(&new), &new["rows"][0]["registration"]["learner"]["name"]),
            ((true, [1, 0, 0, 0]), &json!("Ada Le")),
            "{new:#}"
        );
        assert_eq!(new["rows"][0]["message"], Value::Null, "it would tell who has an account: {new:#}");
        let known =
            sends(&app, &staff, "email,name\nada@example.org,Ada Lee\n", json!({ "check": false })).await;
        assert_eq!(
            (counts(&known), &known["rows"][0]["registration"]["learner"]["name"]),
            ((true, [0, 1, 0, 0]), &json!("Ada Lee")),
            "{known:#}"
        );
        let again =
            sends(&app, &staff, "email,name\nada@example.org,Ada Lee\n", json!({ "check": false })).await;
        assert_eq!(counts(&again), (true, [0, 0, 1, 0]));
        let found = staff
            .asks(
                &app,
                "{ registrations(filter: { text: \"lee\" }) { nodes { learner { name } } } }",
                json!({}),
            )
            .await;
        assert_eq!(
            found["registrations"]["nodes"],
            json!([{ "learner": { "name": "Ada Lee" } }]),
            "and it is found by it"
        );
        let acts = audit::Entity::find()
            .filter(audit::Column::Act.eq("importRegistrations"))
            .all(app.db())
            .await
            .expect("acts");
        let written = acts.iter().map(|act| format!("{:?} {:?}", act.before, act.after)).collect::<String>();
        assert!(
            written.contains("Ada Le\"") && written.contains("Ada Lee\""),
            "both are on record: {written}"
        );
    }

    async fn a_list_that_is_sent_twice_under_one_key_counts_once_though_the_file_has_gone(app with the course at "2026-04-01T12:00-04:00") {
        let staff = app.staff("office@example.org").await;
        let id = app.has_file(&staff, "email,profession,track\nada@example.org,NURSE,adult\n").await;
        let input = json!({ "courseId": app.course_and_track().await.0, "fileId": id, "check": false, "idempotencyKey": "k1" });
        let first = staff.does(&app, "importRegistrations", input.clone(), IMPORT).await;
        assert_eq!(counts(&first), (true, [1, 0, 0, 0]));
        app.travels_to("2026-04-12T12:00-04:00").await;
        lectern::steward::purge::bite(&app.state).await.expect("a bite");
        assert_eq!(staff.does(&app, "importRegistrations", input.clone(), IMPORT).await, first);
        let mut other = input;
        other["skipRefused"] = json!(true);
        assert_eq!(
            staff.does(&app, "importRegistrations", other, IMPORT).await["code"],
            "IDEMPOTENCY_KEY_REUSED"
        );
    }

    async fn no_file_takes_more_than_it_is_worth(app with the course at "2026-04-01T12:00-04:00") {
        let staff = app.staff("office@example.org").await;
        let commas = format!("email{}", ",".repeat(2_000_000));
        let words: String = (0..300_000).map(|number| format!("w{number},")).collect();
        let word = "x".repeat(2_000_000);
        for (text, told) in [
            (commas, "a row can have at most 256 cells"),
            (words, "a row can have at most 256 cells"),
            (word, "there is no column \"xxx"),
        ] {
            let no = sends(&app, &staff, text, json!({})).await;
            let messages = messages(&no);
            assert!(messages[0].contains(told), "{messages:?}");
            assert!(no.to_string().len() < 10_000, "{}", no.to_string().len());
        }
    }

    async fn a_trial_holds_nobody_up(app with the course at "2026-04-01T12:00-04:00") {
        let staff = app.staff("office@example.org").await;
        let csv = "email,profession,track\nada@example.org,nurse,adult\nbob@example.org,nurse,adult\n";
        // Others write meanwhile: the one place at which one can write on SQLite is taken.
        let writer = app.state.begin().await.expect("a transaction");
        let input = json!({ "courseId": app.course_and_track().await.0, "csv": csv });
        let tried = staff.does(&app, "importRegistrations", input, IMPORT).await;
        assert_eq!(counts(&tried), (false, [2, 0, 0, 0]));
        writer.rollback().await.expect("nothing was done");
    }
}

/// Rows of a list with commas that Lectern has written.
fn csv(text: &str) -> Vec<Vec<String>> {
    let sheet = lectern::sheet::read(text.as_bytes(), 100, |cell| cell == "email").expect("a list");
    std::iter::once(sheet.header).chain(sheet.rows).map(|row| row.cells).collect()
}
