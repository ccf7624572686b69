//! What one client may ask in a minute.

use lectern::limits::client::{Limits, Rates};
use serde_json::{Value, json};

use crate::support::request::{ask, by, from, post};
use crate::support::time::at;
use crate::support::{Answer, SAMPLE_SLUG, TestApp, stories};

/// A course page as a learner's app reads it.
const PAGE: &str = include_str!("course_page.graphql");

async fn asks(app: &TestApp, client: &str, token: Option<&str>, query: &str) -> Answer {
    app.answered(by(token, from(client, ask(query, &Value::Null)))).await
}

/// So many fields, each of which costs what it uses: 1.
fn names(count: usize) -> String {
    (0..count).map(|place| format!(" a{place}: __typename")).collect()
}

fn limited(address: u64, person: u64) -> Limits {
    Limits { rates: Rates { address, person, loopback: false }, ..Limits::default() }
}

stories! {
    async fn a_budget_is_spent_told_and_comes_back(app at "2026-04-01T12:00-04:00") {
        let mut app = app;
        app.limits_clients(limited(600, 60_000));
        // Nothing of it is in a list, so all that it costs is used; how much that is, `rateLimit` says.
        let question = &format!("{{ rateLimit {{ cost limit remaining resetAt }} {} }}", names(60));
        let answer = asks(&app, "198.51.100.1", None, question).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let told = &answer.json()["data"]["rateLimit"];
        let cost = told["cost"].as_i64().expect("a cost");
        assert!((50..300).contains(&cost), "{told}");
        assert_eq!((&told["limit"], told["remaining"].as_i64()), (&json!(600), Some(600 - cost)), "{told}");
        assert!(told["resetAt"].as_str().expect("a moment") > "2026-04-01T16:00:00Z", "{told}");
        assert_eq!(answer.header("ratelimit-policy"), "\"address\";q=600;qu=\"lectern-cost\";w=60");
        assert_eq!(answer.parameter("ratelimit", "r"), 600 - cost);
        assert!(answer.parameter("ratelimit", "t") <= 60);

        // Until nothing is left, which is told with when to come back; then another address still has its
        // own.
        let mut left = 600 - cost;
        while left >= cost {
            assert_eq!(asks(&app, "198.51.100.1", None, question).await.status, 200);
            left -= cost;
        }
        let refused = asks(&app, "198.51.100.1", None, question).await;
        assert_eq!((refused.status.as_u16(), refused.code().as_str()), (429, "RATE_LIMITED"), "{refused:?}");
        assert!(refused.json().get("data").is_none(), "{refused:?}");
        let wait: i64 = refused.header("retry-after").parse().expect("seconds");
        assert_eq!(
            (wait, refused.parameter("ratelimit", "t"), refused.parameter("ratelimit", "r")),
            ((cost - left + 9) / 10, wait, left)
        );
        assert_eq!(asks(&app, "198.51.100.2", None, question).await.status, 200);

        app.nature.move_to(entity::Instant::from_micros(
            at("2026-04-01T12:00-04:00").as_micros() + wait * 1_000_000,
        ));
        assert_eq!(asks(&app, "198.51.100.1", None, question).await.status, 200, "as was said");
    }

    async fn ipv6_clients_share_the_budget_of_their_network_and_people_have_their_own(app at "2026-04-01T12:00-04:00") {
        let mut app = app;
        let ada = app.signs_in("ada@example.org").await;
        app.limits_clients(limited(100, 1_000));
        // More than half of what an address has.
        let question = &format!("{{{}}}", names(60));
        assert_eq!(asks(&app, "2001:db8:1:2::1", None, question).await.status, 200);
        assert_eq!(asks(&app, "2001:db8:1:2:ffff::2", None, question).await.status, 429);
        assert_eq!(asks(&app, "2001:db8:1:3::1", None, question).await.status, 200);
        let hers = asks(&app, "2001:db8:1:2::1", Some(&ada.token), question).await;
        assert_eq!((hers.status.as_u16(), hers.parameter("ratelimit-policy", "q")), (200, 1_000), "{hers:?}");
    }

    async fn what_cannot_be_run_costs_its_reading(app at "2026-04-01T12:00-04:00") {
        let mut app = app;
        app.limits_clients(limited(1_000, 1_000));
        for number in 0..10 {
            let refused = asks(&app, "198.51.100.1", None, &format!("{{ nothing{number} }}")).await;
            assert_eq!(
                (refused.status.as_u16(), refused.parameter("ratelimit", "r")),
                (422, 1_000 - 100 * (number + 1))
            );
        }
        assert_eq!(asks(&app, "198.51.100.1", None, "{ nothing }").await.status, 429);
        assert_eq!(asks(&app, "198.51.100.2", Some("lct_forged"), "{ __typename }").await.status, 401);
        let answer = asks(&app, "198.51.100.2", None, "{ __typename }").await;
        assert_eq!(answer.parameter("ratelimit", "r"), 1_000 - 100 - 1, "a look at a token is work, too");
    }

    async fn reading_is_paid_by_the_byte_and_before_it_is_done(app at "2026-04-01T12:00-04:00") {
        let mut app = app;
        let ada = app.signs_in("ada@example.org").await;
        app.limits_clients(limited(600, 600));
        let large = || {
            from(
                "198.51.100.1",
                ask("{ __typename }", &json!({ "nobody declared it": "x".repeat(64 * 1024) })),
            )
        };
        let answer = app.answered(large()).await;
        assert_eq!(
            (answer.status.as_u16(), answer.parameter("ratelimit", "r")),
            (200, 600 - 240 - 1),
            "{answer:?}"
        );
        // What is left pays for one more, and then there is nothing.
        assert_eq!([app.answered(large()).await.status, app.answered(large()).await.status], [200, 429]);
        let nonsense = || from("198.51.100.1", post("/graphql", "NONSENSE"));
        assert_eq!(app.answered(nonsense()).await.status, 429, "nobody has looked at what it says");
        let before = app.statements();
        let made_up = format!("lct_{}", "A".repeat(43));
        let refused = asks(&app, "198.51.100.1", Some(&made_up), "{ __typename }").await;
        assert_eq!((refused.status.as_u16(), app.statements()), (429, before), "{refused:?}");
        let hers = asks(&app, "198.51.100.1", Some(&ada.token), "{ __typename }").await;
        assert_eq!(
            (hers.status.as_u16(), hers.parameter("ratelimit-policy", "q")),
            (200, 600),
            "who is known has a budget of her own: {hers:?}"
        );
    }

    async fn this_machine_has_no_budget_where_nothing_is_said(app at "2026-04-01T12:00-04:00") {
        let mut app = app;
        app.limits_clients(limited(100, 100));
        let question =
            "{ rateLimit { cost limit remaining resetAt } courses(first: 100) { nodes { slug } } }";
        let answer = asks(&app, "127.0.0.1", None, question).await;
        assert_eq!((answer.status.as_u16(), answer.header("ratelimit")), (200, ""), "{answer:?}");
        let told = &answer.json()["data"]["rateLimit"];
        assert!(
            told["cost"].as_i64() > Some(100)
                && told["limit"].is_null()
                && told["remaining"].is_null()
                && told["resetAt"].is_null(),
            "{told}"
        );
    }

    /// A hospital is one address.
    async fn five_hundred_people_behind_one_address_read_a_course_page_in_a_minute(app at "2026-04-01T12:00-04:00") {
        let mut app = app;
        app.has_the_course().await;
        app.limits_clients(Limits::default());
        let page = json!({ "slug": SAMPLE_SLUG });
        let mut left = 0;
        for person in 0..500 {
            let answer = app.answered(from("198.51.100.1", ask(PAGE, &page))).await;
            assert_eq!(answer.status, 200, "person {person}: {}", answer.text());
            left = answer.parameter("ratelimit", "r");
        }
        assert!(left > 0, "{left}");
    }

    /// A hospital is one address, and its people sign in from there before they have budgets of their own.
    async fn five_hundred_people_behind_one_address_sign_in_read_and_register_within_three_minutes(app at "2026-04-01T12:00-04:00") {
        let mut app = app;
        app.has_the_course().await;
        let rates = Rates { loopback: false, ..Limits::default().rates };
        app.limits_clients(Limits { rates, ..Limits::default() });
        let mut left = i64::try_from(rates.address).expect("a number");
        let mut taken = |answer: &Answer| {
            assert_eq!(answer.status, 200, "{}", answer.text());
            let before = std::mem::replace(&mut left, answer.parameter("ratelimit", "r"));
            before - left
        };
        let act =
            "mutation { requestSignInCode(input: { email: \"ada@example.org\" }) { signInRequest { id } } }";
        let requested = asks(&app, "198.51.100.1", None, act).await;
        app.works().await;
        let code = app.letters_to("ada@example.org").pop().expect("a letter").code();
        let request = requested.json()["data"]["requestSignInCode"]["signInRequest"]["id"].clone();
        let act = "mutation($request: ID!, $code: String!) { signIn(input: { requestId: $request, code: $code }) { signedIn { token } } }";
        let signed =
            app.answered(from("198.51.100.1", ask(act, &json!({ "request": request, "code": code })))).await;
        let page = json!({ "slug": SAMPLE_SLUG });
        let read = app.answered(from("198.51.100.1", ask(PAGE, &page))).await;
        let costs = [taken(&requested), taken(&signed), taken(&read)];
        assert!(
            costs[..2].iter().all(|cost| (1_000..1_100).contains(cost)),
            "a transaction is paid for: {costs:?}"
        );
        let minutes = 500 * costs.iter().sum::<i64>() / i64::try_from(rates.address).expect("a number");
        assert!(minutes < 3, "{costs:?}");

        let token =
            signed.json()["data"]["signIn"]["signedIn"]["token"].as_str().expect("a token").to_owned();
        let course = app
            .asks(None, "query($slug: String!) { course(slug: $slug) { id tracks { id } } }", page)
            .await["course"]
            .clone();
        let input = json!({ "courseId": course["id"], "trackId": course["tracks"][0]["id"], "professionCode": "nurse" });
        let act = "mutation($input: RegisterInput!) { register(input: $input) { registration { id } } }";
        let registered =
            app.answered(by(Some(&token), from("198.51.100.1", ask(act, &json!({ "input": input }))))).await;
        assert!(registered.json()["data"]["register"]["registration"].is_object(), "{}", registered.text());
        assert_eq!(
            registered.parameter("ratelimit-policy", "q"),
            i64::try_from(rates.person).expect("a number"),
            "people have their own"
        );
    }
}
