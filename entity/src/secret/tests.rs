use super::*;

#[test]
fn a_code_is_forgiving_about_how_it_is_typed_and_about_nothing_else() {
    let key = SecretKey::new(*b"a key for tests, of 32 bytes.....");
    let id = Uuid::from_u128(7);
    let code = key.sign_in_code(id);
    assert_eq!(code.len(), 8);
    let stored = key.sign_in_code_hash(id, &code);
    let typed = format!(" {}-{} ", code[..4].to_lowercase().replace('0', "o").replace('1', "l"), &code[4..]);
    assert!(same(&stored, &key.sign_in_code_hash(id, &typed)));
    assert!(!same(&stored, &key.sign_in_code_hash(Uuid::from_u128(8), &code)));
    assert_ne!(code, key.sign_in_code(Uuid::from_u128(8)));
    assert_ne!(code, SecretKey::new(*b"another").sign_in_code(id));
}

#[test]
fn a_request_is_known_to_whoever_made_it_and_to_nobody_else() {
    let key = SecretKey::new(*b"a key for tests, of 32 bytes.....");
    let id = Uuid::from_u128(7);
    let name = key.sign_in_request(id);
    assert_eq!(key.read_sign_in_request(&name), Some(id));
    assert_eq!(SecretKey::new(*b"another").read_sign_in_request(&name), None);
    let other = format!("{}{}", Uuid::from_u128(8).simple(), &name[32..]);
    for forged in [
        other,
        id.to_string(),
        name[..63].to_owned(),
        format!("{name}0"),
        name.to_uppercase(),
        "é".repeat(32),
        String::new(),
    ] {
        assert!(forged == name || key.read_sign_in_request(&forged).is_none(), "{forged}");
    }
}

#[test]
fn what_the_key_before_has_signed_is_believed_and_what_is_new_is_not_its_work() {
    let old = SecretKey::new(*b"the key before, of 32 bytes.....");
    let new = SecretKey::new(*b"a key for tests, of 32 bytes.....");
    let key = new.clone().in_place_of(old.clone());
    let id = Uuid::from_u128(7);
    let link = Unsubscribe { who: Addressee::Learner(id), topic: Topic::Reminders };
    for signer in [&old, &new] {
        assert_eq!(key.read_sign_in_request(&signer.sign_in_request(id)), Some(id));
        assert_eq!(key.read_unsubscribe_token(&signer.unsubscribe_token(link)), Some(link));
        assert!(key.has_made_token(&signer.token([7; 24])));
        assert!(key.is_calendar_token(&signer.calendar_token(id, 2), id, 2));
        assert!(key.human_check_keys().contains(&signer.human_check_key()));
        let (code, hash) = (signer.sign_in_code(id), signer.sign_in_code_hash(id, &signer.sign_in_code(id)));
        assert!(key.is_sign_in_code(id, &code, &hash));
        assert_eq!(key.stored_sign_in_code(id, &hash), code, "the letter says the code that is stored");
    }
    assert!(!key.is_calendar_token(&old.calendar_token(id, 1), id, 2), "moved is moved");
    assert_eq!(key.unsubscribe_token(link), new.unsubscribe_token(link));
    assert_eq!(
        (key.calendar_token(id, 0), key.token([1; 24])),
        (new.calendar_token(id, 0), new.token([1; 24]))
    );
    assert!(
        !new.has_made_token(&old.token([7; 24]))
            && new.read_unsubscribe_token(&old.unsubscribe_token(link)).is_none()
    );
}

#[test]
fn a_client_is_its_network() {
    let key = SecretKey::new(*b"a key for tests, of 32 bytes.....");
    let of = |address: &str| key.client_key(address.parse::<std::net::IpAddr>().expect("an address").into());
    assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:1"));
    assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
    assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
    assert_ne!(of("192.0.2.2"), of("192.0.2.1"));
}

#[test]
fn a_link_to_unsubscribe_says_who_and_what_and_cannot_be_made_up() {
    let key = SecretKey::new(*b"a key for tests, of 32 bytes.....");
    let id = Uuid::from_u128(7);
    for who in [Addressee::Learner(id), Addressee::Enquiry(id)] {
        for topic in [Topic::Deadlines, Topic::Reminders, Topic::Evaluations] {
            let link = Unsubscribe { who, topic };
            let token = key.unsubscribe_token(link);
            assert_eq!(key.read_unsubscribe_token(&token), Some(link));
            assert_eq!(SecretKey::new(*b"another").read_unsubscribe_token(&token), None);
            for forged in [
                token.replacen("6c", "65", 1),
                token.to_uppercase(),
                token[..67].to_owned(),
                format!("{token}00"),
                "é".repeat(34),
            ] {
                assert!(forged == token || key.read_unsubscribe_token(&forged).is_none(), "{forged}");
            }
        }
    }
}

#[test]
fn a_bearer_token_says_whose_it_is() {
    let key = SecretKey::new(*b"0123456789abcdef0123456789abcdef");
    let token = key.token([7; 24]);
    assert_eq!((token.len(), token.starts_with(TOKEN_PREFIX)), (47, true));
    assert!(key.has_made_token(&token));
    assert!(!SecretKey::new(*b"another").has_made_token(&token));
    let made_up = format!("{TOKEN_PREFIX}{}", "A".repeat(43));
    for text in
        ["", TOKEN_PREFIX, &token[1..], &token.to_uppercase(), &format!("{token}A"), &made_up, "lct_é"]
    {
        assert!(!key.has_made_token(text), "{text}");
    }
}

#[test]
fn a_calendar_has_an_address_of_its_own() {
    let key = SecretKey::new(*b"a key for tests, of 32 bytes.....");
    let id = Uuid::from_u128(7);
    let token = key.calendar_token(id, 0);
    assert_eq!(calendar_owner(&token), Some(id));
    for other in [
        key.calendar_token(id, 1),
        key.calendar_token(Uuid::from_u128(8), 0),
        SecretKey::new(*b"another").calendar_token(id, 0),
    ] {
        assert_ne!(token, other);
    }
    for broken in ["", &token[1..], &token.to_uppercase(), &format!("{token}0"), &token.replace('0', "é")] {
        assert_eq!(calendar_owner(broken), None, "{broken}");
    }
}
