//! Money in currencies that are not parted into hundredths, and in none that there is not.

use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};

use crate::support::{Person, SAMPLE, TestApp, stories};

const COURSE: &str = "course { id version }";
const PAID: &str =
    "registration { status paid { amount formatted } due { amount } quote { total { amount formatted } } }";

/// The reference course, paid for in this currency by nurses and all others.
fn paid_in(currency: &str, regular: &str, fee: &str) -> String {
    let start = SAMPLE.find("[fees]").expect("fees");
    let end = start + SAMPLE[start..].find("]\n\n").expect("their end") + 2;
    let fees = format!(
        "[fees]\ncurrency = \"{currency}\"\nprocessing_fee = \"{fee}\"\nprices = [{{ profession = \"nurse\", regular = \"{regular}\" }}]\n"
    );
    let text = format!("{}{fees}{}", &SAMPLE[..start], &SAMPLE[end..]);
    text.lines().filter(|line| !line.starts_with("early_deadline")).map(|line| format!("{line}\n")).collect()
}

async fn drafts(app: &TestApp, staff: &Person, slug: &str, more: Value) -> Value {
    let mut input = json!({ "slug": slug, "title": "Grief", "format": "LIVE_ONLINE", "timeZone": "America/New_York", "startsOn": "2026-09-01",
        "endsOn": "2026-09-02", "offeredBy": ["beth-israel-deaconess"] });
    input.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    staff.does(app, "createCourse", input, COURSE).await
}

async fn prices(app: &TestApp, staff: &Person, slug: &str) -> Value {
    let query = "query($slug: String!) { course(slug: $slug) { currency processingFee { formatted } prices { regular { amount } early { amount } } } }";
    staff.asks(app, query, json!({ "slug": slug })).await["course"].clone()
}

/// Somebody registers and pays, and somebody comes by a roster; everything is told in units of the currency.
async fn is_paid_in(
    app: &TestApp,
    currency: &str,
    (regular, fee): (&str, &str),
    (total, formatted): (&str, &str),
) {
    let text = paid_in(currency, regular, fee);
    app.imports(&text).await;
    assert_eq!(app.imports(&text).await, Vec::<String>::new(), "it is stored as it was read");
    let ada = app.signs_in("ada@example.org").await;
    let started = ada.registers(app, "nurse").await;
    assert_eq!(started["quote"]["total"], json!({ "amount": total, "formatted": formatted }), "{currency}");
    app.works().await;
    let letter = app.letters_to("ada@example.org").pop().expect("a letter");
    assert!(letter.text.contains(&format!("Total: {formatted}")), "{}", letter.text);

    let staff = app.staff("office@example.org").await;
    let pays = |amount: &str| json!({ "registrationId": started["id"], "amount": amount, "method": "CHECK" });
    let no = staff.does(app, "recordPayment", pays("0.0001"), PAID).await;
    assert_eq!((&no["code"], &no["path"]), (&json!("INVALID_INPUT"), &json!(["amount"])), "{no:#}");
    let paid = staff.does(app, "recordPayment", pays(total), PAID).await;
    assert_eq!((&paid["status"], &paid["paid"]["amount"]), (&json!("CONFIRMED"), &json!(total)), "{paid:#}");
    let course = app.course_and_track().await.0;
    let ticket = staff
        .does(
            app,
            "exportRegistrations",
            json!({ "courseId": course, "purpose": "books" }),
            "registrationExport { url }",
        )
        .await;
    let (_, _, file) = app.gets(ticket["url"].as_str().expect("a url")).await;
    assert!(file.contains(&format!(",{total},{total},")), "{file}");
    let list = format!("email,profession,track,paid\nben@example.org,NURSE,adult,\"{}\"\n", &formatted[4..]);
    let input = json!({ "courseId": course, "csv": list, "check": false });
    let imported = staff
        .does(
            app,
            "importRegistrations",
            input,
            "registrationImport { rows { message registration { status } } }",
        )
        .await;
    assert_eq!(imported["rows"][0]["registration"]["status"], "CONFIRMED", "{imported:#}");
}

stories! {
    async fn a_course_is_paid_in_yen(app at "2026-04-01T12:00-04:00") {
        is_paid_in(&app, "JPY", ("50000", "1000"), ("51000", "JPY 51,000")).await;
    }

    async fn a_course_is_paid_in_dong(app at "2026-04-01T12:00-04:00") {
        is_paid_in(&app, "VND", ("48000000", "250000"), ("48250000", "VND 48,250,000")).await;
    }

    async fn a_course_is_paid_in_dinars(app at "2026-04-01T12:00-04:00") {
        is_paid_in(&app, "KWD", ("1600.125", "3.000"), ("1603.125", "KWD 1,603.125")).await;
    }

    async fn a_course_is_paid_in_euros(app at "2026-04-01T12:00-04:00") {
        is_paid_in(&app, "EUR", ("1995.5", "10"), ("2005.50", "EUR 2,005.50")).await;
    }

    async fn what_is_no_currency_and_what_cannot_be_said_in_one_is_refused(app with the course at "2026-04-01T12:00-04:00") {
        let staff = app.staff_of("ours@example.org", Some("beth-israel-deaconess")).await;
        for (currency, amount, part) in [
            ("JPY", "1995.50", "there are no decimal places"),
            ("USD", "1000000000.01", "not between 0 and 1000000000"),
            ("KWD", "0.0005", "3 decimal places"),
            ("USD", "-1", "not between 0 and"),
        ] {
            let no = drafts(
                &app,
                &staff,
                "grief",
                json!({ "currency": currency, "prices": [{ "professionCode": "nurse", "regular": amount }] }),
            )
            .await;
            assert_eq!(no["path"], json!(["prices", "0", "regular"]), "{no:#}");
            assert!(no["message"].as_str().is_some_and(|message| message.contains(part)), "{no:#}");
        }
        for code in ["ZZZ", "XXX", "HRK", "usd"] {
            let query =
                "mutation($input: CreateCourseInput!) { createCourse(input: $input) { course { id } } }";
            let input = json!({ "slug": "grief", "title": "Grief", "format": "LIVE_ONLINE", "timeZone": "America/New_York", "startsOn": "2026-09-01",
                "endsOn": "2026-09-02", "offeredBy": ["beth-israel-deaconess"], "currency": code });
            let answer = app.answers(Some(&staff.token), query, json!({ "input": input })).await;
            assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{code}: {answer:#}");
            let mistakes = lectern::course_file::parse(&paid_in(code, "10", "1")).expect_err("no currency");
            assert!(
                mistakes.iter().any(|mistake| mistake.path.to_string() == "fees.currency"
                    && mistake.message.contains("ISO 4217")),
                "{code}: {mistakes:#?}"
            );
        }
        let mistakes = lectern::course_file::parse(&paid_in("JPY", "50000.50", "10")).expect_err("no amount");
        assert!(
            mistakes
                .iter()
                .any(|mistake| mistake.path.to_string() == "fees.prices[0].regular" && mistake.line > 70),
            "{mistakes:#?}"
        );
    }

    async fn a_draft_that_is_paid_in_another_currency_keeps_its_numbers(app with the course at "2026-04-01T12:00-04:00") {
        let staff = app.staff_of("ours@example.org", Some("beth-israel-deaconess")).await;
        let price = json!([{ "professionCode": "nurse", "regular": "100.00", "early": "90.50" }]);
        let made = drafts(
            &app,
            &staff,
            "grief",
            json!({ "currency": "USD", "processingFee": "10", "prices": price }),
        )
        .await;
        let change = |version: i64, more: Value| {
            let mut input = json!({ "courseId": made["id"], "version": version });
            input.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
            input
        };
        staff.does(&app, "updateCourse", change(1, json!({ "currency": "KWD" })), COURSE).await;
        let told = prices(&app, &staff, "grief").await;
        assert_eq!(
            told,
            json!({ "currency": "KWD", "processingFee": { "formatted": "KWD 10.000" }, "prices": [{ "regular": { "amount": "100.000" }, "early": { "amount": "90.500" } }] })
        );
        let no = staff.does(&app, "updateCourse", change(2, json!({ "currency": "JPY" })), COURSE).await;
        assert_eq!(no["path"], json!(["currency"]), "half a yen: {no:#}");
        let anew = json!([{ "professionCode": "nurse", "regular": "15000" }]);
        staff
            .does(&app, "updateCourse", change(2, json!({ "currency": "JPY", "prices": anew })), COURSE)
            .await;
        let told = prices(&app, &staff, "grief").await;
        assert_eq!(
            told,
            json!({ "currency": "JPY", "processingFee": { "formatted": "JPY 10" }, "prices": [{ "regular": { "amount": "15000" }, "early": null }] })
        );
    }

    /// What releases before kept in hundredths of every currency is counted anew when the schema learns of
    /// smallest units.
    async fn amounts_of_the_release_before_are_counted_anew(app at "2026-04-01T12:00-04:00") {
        use migration::{Migrator, MigratorTrait};
        app.imports(&paid_in("JPY", "50000", "1000")).await;
        let started = app.signs_in("ada@example.org").await.registers(&app, "nurse").await;
        let staff = app.staff("office@example.org").await;
        staff
            .does(
                &app,
                "recordPayment",
                json!({ "registrationId": started["id"], "amount": "20000", "method": "CASH" }),
                PAID,
            )
            .await;
        let amounts = async |unit: &str| {
            let sql = "select (select min(regular_minor) from price) as price, (select min(processing_fee_minor) from course) as fee,
                (select max(total_minor) from quote) as quote, (select max(amount_minor) from quote_line) as line, (select max(amount_minor) from payment) as paid";
            let sql = sql.replace("minor", unit);
            let row = app
                .db()
                .query_one_raw(Statement::from_string(app.db().get_database_backend(), sql))
                .await
                .expect("an answer")
                .expect("a row");
            ["price", "fee", "quote", "line", "paid"]
                .map(|name| row.try_get::<i64>("", name).expect("a number"))
        };
        let yen = [50_000, 1_000, 51_000, 50_000, 20_000];
        assert_eq!(amounts("minor").await, yen);
        let steps = Migrator::migrations();
        let place = steps.iter().position(|step| step.name() == "m0020_minor_units").expect("the step");
        let back = u32::try_from(steps.len() - place).expect("few");
        Migrator::down(&app.db().for_migrations(), Some(back)).await.expect("down");
        assert_eq!(amounts("cents").await, yen.map(|yen| yen * 100), "as the release before had them");
        // Where there were parts of a yen, a total is the sum of its lines, and nobody who paid owes any.
        for sql in [
            "update quote_line set amount_cents = amount_cents + 50",
            "update quote set total_cents = total_cents + 100",
            "update payment set amount_cents = amount_cents + 50",
        ] {
            app.db().execute_unprepared(sql).await.expect("changed");
        }
        Migrator::up(&app.db().for_migrations(), None).await.expect("up");
        assert_eq!(amounts("minor").await, [50_000, 1_000, 51_000, 50_000, 20_001]);
    }

    async fn a_zone_that_is_no_place_is_warned_of(app with the course at "2026-04-01T12:00-04:00") {
        let staff = app.staff_of("ours@example.org", Some("beth-israel-deaconess")).await;
        for (zone, place) in [
            ("EST", "America/New_York"),
            ("MST", "America/Denver"),
            ("HST", "Pacific/Honolulu"),
            ("EST5EDT", "America/New_York"),
            ("Etc/GMT+5", "America/New_York"),
        ] {
            let slug = zone.to_lowercase().replace(['/', '+'], "-");
            let made = drafts(&app, &staff, &slug, json!({ "currency": "USD", "timeZone": zone })).await;
            assert_eq!(made["version"], 1, "{zone} passes: {made:#}");
            let query =
                "query($slug: String!) { course(slug: $slug) { timeZone warnings { path message } } }";
            let told = staff.asks(&app, query, json!({ "slug": slug })).await["course"].clone();
            let warning = told["warnings"]
                .as_array()
                .expect("warnings")
                .iter()
                .find(|warning| warning["path"] == json!(["timeZone"]));
            let message = warning.unwrap_or_else(|| panic!("{told:#}"))["message"].as_str().expect("words");
            assert!(message.contains(zone) && message.contains(place), "{message}");
        }
    }
}
