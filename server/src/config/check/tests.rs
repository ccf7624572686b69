//! Settings, checked.

use clap::{CommandFactory, Parser};

use super::*;
use crate::config::Cli;

fn settings(pairs: &[(&str, &str)]) -> Settings {
    let mut arguments = vec!["lectern".to_owned()];
    for (flag, value) in pairs {
        arguments.push(format!("--{flag}={value}"));
    }
    Cli::try_parse_from(arguments).expect("arguments").settings
}

fn mistakes(pairs: &[(&str, &str)]) -> Vec<&'static str> {
    settings(pairs).check().err().unwrap_or_default().into_iter().map(|mistake| mistake.name).collect()
}

#[test]
fn nothing_needs_to_be_said_at_home() {
    let config = settings(&[]).check().expect("the default stands");
    assert!(config.embedded);
    assert_eq!(config.mail, Mail::Mailbox("lectern-data/mailbox".into()));
    assert_eq!(config.mail_domain(), "lectern.example.org");
}

#[test]
fn what_comes_back_has_an_address_with_room_for_a_tag_and_a_key_that_nobody_guesses() {
    let key = "0123456789abcdef0123456789abcdef";
    let config = settings(&[("bounce-address", "Bounces@example.org"), ("bounce-key", key)]).check();
    let bounces = config.expect("it stands").bounces;
    assert!(bounces.return_path.is_some());
    assert_eq!(bounces.key_hash, Some(entity::secret::token_hash(key)), "and no key is kept");
    for address in ["bounces", "twelve-chars@example.org", "a+b@example.org"] {
        assert_eq!(mistakes(&[("bounce-address", address)]), ["BOUNCE_ADDRESS"], "{address}");
    }
    for key in ["short", "a key with spaces, though of 32 characters"] {
        assert_eq!(mistakes(&[("bounce-key", key)]), ["BOUNCE_KEY"], "{key}");
    }
}

#[test]
fn whoever_opens_the_door_must_say_where_mail_goes_and_bring_a_key() {
    assert_eq!(mistakes(&[("listen", "0.0.0.0:80")]), ["MAIL_URL", "SECRET_KEY"]);
    assert_eq!(mistakes(&[("public-url", "https://courses.example.org")]), ["MAIL_URL", "SECRET_KEY"]);
    assert_eq!(mistakes(&[("public-url", "http://localhost:8000")]), Vec::<&str>::new());
    let key = "0123456789abcdef0123456789abcdef";
    let open = [
        ("listen", "0.0.0.0:80"),
        ("secret-key", key),
        ("mail-url", "smtp://127.0.0.1:25"),
        ("mail-from", "Office <o@example.org>"),
    ];
    assert_eq!(mistakes(&open), Vec::<&str>::new());
}

#[test]
fn graphiql_is_for_this_machine_unless_it_is_asked_for() {
    let key = "0123456789abcdef0123456789abcdef";
    let open =
        [("secret-key", key), ("mail-url", "smtp://127.0.0.1:25"), ("mail-from", "Office <o@example.org>")];
    for (more, served) in [
        (&[][..], true),
        (&[("graphiql", "false")], false),
        (&[("listen", "0.0.0.0:80")], false),
        (&[("public-url", "https://courses.example.org")], false),
        (&[("public-url", "https://courses.example.org"), ("graphiql", "true")], true),
    ] {
        let config = settings(&[&open[..], more].concat()).check().expect("sound");
        assert_eq!(config.graphiql, served, "{more:?}");
    }
}

#[test]
fn letters_to_people_who_have_not_registered_may_have_a_sender_of_their_own() {
    let config = settings(&[("mail-from", "Office <o@example.org>")]).check().expect("sound");
    assert_eq!(config.mail_from_news, "Office <o@example.org>");
    assert_eq!(config.warnings().iter().map(|warning| warning.name).collect::<Vec<_>>(), ["POSTAL_ADDRESS"]);
    let own = [
        ("mail-from", "Office <o@example.org>"),
        ("mail-from-news", "News <n@example.org>"),
        ("postal-address", "1 Example Street"),
    ];
    let config = settings(&own).check().expect("sound");
    assert_eq!(config.mail_from_news, "News <n@example.org>");
    assert_eq!(config.warnings(), []);
    assert_eq!(mistakes(&[("mail-from-news", "nobody")]), ["MAIL_FROM_NEWS"]);
    let plain = [
        ("mail-url", "smtp://127.0.0.1:25"),
        ("mail-from", "o@example.org"),
        ("postal-address", "1 Example Street"),
    ];
    assert_eq!(settings(&plain).check().expect("sound").warnings().len(), 1);
}

#[test]
fn what_clients_may_take_has_bounds_of_its_own() {
    let clients = settings(&[]).check().expect("the default stands").clients;
    assert_eq!(
        clients,
        crate::limits::client::Limits::default(),
        "flags and code agree on what is where nothing is said"
    );
    for (flag, wrong, name) in [
        ("max-connections", "0", "MAX_CONNECTIONS"),
        ("max-connections-per-address", "0", "MAX_CONNECTIONS_PER_ADDRESS"),
        ("header-seconds", "0", "HEADER_SECONDS"),
        ("body-seconds", "3601", "BODY_SECONDS"),
        ("idle-seconds", "0", "IDLE_SECONDS"),
        ("answer-seconds", "0", "ANSWER_SECONDS"),
        ("drain-seconds", "0", "DRAIN_SECONDS"),
        ("wait-seconds", "0", "WAIT_SECONDS"),
        ("max-body-bytes", "1023", "MAX_BODY_BYTES"),
        ("max-header-bytes", "24577", "MAX_HEADER_BYTES"),
        ("max-uri-bytes", "1023", "MAX_URI_BYTES"),
        ("max-held-bytes", "1310719", "MAX_HELD_BYTES"),
        ("max-streams", "0", "MAX_STREAMS"),
        ("max-running-cost", "999", "MAX_RUNNING_COST"),
        ("max-answer-values", "999", "MAX_ANSWER_VALUES"),
        ("max-answer-bytes", "65535", "MAX_ANSWER_BYTES"),
        ("max-answer-bytes", "10066330", "MAX_ANSWER_BYTES"),
        ("query-seconds", "0", "QUERY_SECONDS"),
        ("max-live-connections", "0", "MAX_LIVE_CONNECTIONS"),
        ("max-live-connections-each", "0", "MAX_LIVE_CONNECTIONS_EACH"),
        ("max-subscriptions", "0", "MAX_SUBSCRIPTIONS"),
        ("init-seconds", "0", "INIT_SECONDS"),
        ("max-frame-bytes", "1023", "MAX_FRAME_BYTES"),
        ("address-rate", "99", "ADDRESS_RATE"),
        ("person-rate", "99", "PERSON_RATE"),
        ("allowed-origins", "www.example.org", "ALLOWED_ORIGINS"),
        ("tls-key", "key.pem", "TLS_CERTIFICATE"),
        ("tls-certificate", "cert.pem", "TLS_KEY"),
    ] {
        assert_eq!(mistakes(&[(flag, wrong)]), [name]);
    }
}

#[test]
fn the_key_before_is_another_key() {
    let (new, old) = ("n".repeat(32), "o".repeat(32));
    let config = settings(&[("secret-key", &new), ("secret-key-old", &old)]).check().expect("sound");
    let key = config.secret_key.expect("a key").in_place_of(config.secret_key_old.expect("the one before"));
    let before = SecretKey::new(old.as_bytes()).token([7; 24]);
    assert!(key.has_made_token(&before));
    assert_eq!(mistakes(&[("secret-key", &new), ("secret-key-old", "short")]), ["SECRET_KEY_OLD"]);
    assert_eq!(mistakes(&[("secret-key", &new), ("secret-key-old", &new)]), ["SECRET_KEY_OLD"]);
}

#[test]
fn who_speaks_tls_is_reached_by_it() {
    let config = settings(&[("tls-certificate", "cert.pem"), ("tls-key", "key.pem")]).check().expect("sound");
    assert_eq!(config.public_url, "https://127.0.0.1:8000");
    assert_eq!(config.tls, Some(("cert.pem".into(), "key.pem".into())));
}

#[test]
fn what_is_logged_is_read_as_it_is_meant_or_not_at_all() {
    for filter in [
        "info",
        "lectern=debug",
        "info,sqlx=warn,sea_orm_migration=warn,apalis=warn",
        "off",
        "warn,lectern::http=trace",
        "TRACE",
    ] {
        assert_eq!(mistakes(&[("log", filter)]), Vec::<&str>::new(), "{filter}");
    }
    for filter in ["inof", "lectern=debgu", "lectern", "info,sqlx", "lectern=info=debug", "lectern[x=debug"] {
        assert_eq!(mistakes(&[("log", filter)]), ["LOG"], "{filter}");
    }
}

#[test]
fn an_old_name_counts_where_the_new_one_is_not_set_and_is_told() {
    let named = |pairs: &[(&str, &str)]| {
        let config = settings(pairs).check().expect("sound");
        (config.office_name, config.renamed)
    };
    assert_eq!(named(&[]), ("Lectern Course Office".to_owned(), Vec::new()));
    assert_eq!(named(&[("office-name", "Ours")]), ("Ours".to_owned(), Vec::new()));
    let (name, told) = named(&[("house-name", "Old")]);
    assert!(
        name == "Old"
            && told.len() == 1
            && told[0].name == "HOUSE_NAME"
            && told[0].message.contains("OFFICE_NAME"),
        "{told:?}"
    );
    let (name, told) = named(&[("house-name", "Old"), ("office-name", "Ours")]);
    assert_eq!((name.as_str(), told.len()), ("Ours", 1));
    assert_eq!(mistakes(&[("house-name", " ")]), ["OFFICE_NAME"]);
}

#[test]
fn who_writes_to_us_needs_an_address() {
    assert_eq!(mistakes(&[("contact", "the office")]), ["CONTACT"]);
    assert_eq!(
        settings(&[("contact", "help@example.org")]).check().expect("sound").contact,
        "help@example.org"
    );
}

#[test]
fn operators_may_have_addresses_of_their_own() {
    assert_eq!(
        mistakes(&[("operator-listen", "metrics"), ("work-listen", "1")]),
        ["OPERATOR_LISTEN", "WORK_LISTEN"]
    );
    assert_eq!(mistakes(&[("operator-listen", "127.0.0.1:8000")]), ["OPERATOR_LISTEN"], "where LISTEN is");
    let read = |arguments: &[&str]| {
        let cli = Cli::read(arguments.iter().map(Into::into)).expect("arguments");
        let config = cli.settings.check().expect("sound");
        (config.listen.port(), config.work_listen.map(|address| address.port()))
    };
    assert_eq!(read(&["lectern", "work"]), (8000, None));
    assert_eq!(read(&["lectern", "work", "--listen", "127.0.0.1:9"]), (8000, Some(9)));
    assert_eq!(read(&["lectern", "--listen=127.0.0.1:9", "work"]), (8000, Some(9)));
    assert_eq!(read(&["lectern", "serve", "--listen", "127.0.0.1:9"]), (9, None));
    assert_eq!(read(&["lectern", "--listen", "127.0.0.1:9", "--work-listen", "127.0.0.1:10"]), (9, Some(10)));
}

/// What `.env.example` says of a default is what counts where nothing is said.
#[test]
fn the_example_has_every_default() {
    let example = include_str!("../../../../.env.example");
    let said = |name: &str| {
        let line =
            example.lines().find_map(|line| line.strip_prefix('#')?.strip_prefix(name)?.strip_prefix('='));
        line.map(|value| value.trim_matches('"').to_owned())
    };
    for argument in Cli::command().get_arguments().filter(|argument| !argument.is_hide_set()) {
        let Some(name) = argument.get_env().and_then(|name| name.to_str()) else { continue };
        let written = said(name);
        assert!(written.is_some(), ".env.example does not have {name}");
        if let [default] = argument.get_default_values() {
            assert_eq!(written.as_deref(), default.to_str(), "{name}");
        }
    }
    assert_eq!(said("OFFICE_NAME").as_deref(), Some(DEFAULT_OFFICE));
}

#[test]
fn every_mistake_is_told_at_once() {
    let bad = [
        ("listen", "here"),
        ("public-url", "ftp://x"),
        ("database-url", "mysql://x"),
        ("mail-url", "pigeon:"),
        ("secret-key", "short"),
    ];
    assert_eq!(mistakes(&bad), ["LISTEN", "PUBLIC_URL", "DATABASE_URL", "MAIL_URL", "SECRET_KEY"]);
}
