//! Records, good and bad. No test asks the DNS.

use super::bulk::judged;
use super::file::Known;
use super::*;

const SAMPLE: &str = include_str!("sample.txt");

fn office() -> SetUp {
    SetUp {
        from: "example.org".to_owned(),
        envelope: "example.org".to_owned(),
        keys: vec![("s1".to_owned(), "example.org".to_owned())],
        addresses: vec!["192.0.2.7".parse().expect("an address")],
        is_https: true,
        is_private: true,
    }
}

/// The sentences of what is to be mended, and of what is worth knowing.
async fn found(records: &str, set_up: &SetUp) -> (Vec<String>, Vec<String>) {
    let known = Known::read(records).expect("records");
    let (mut findings, standing) = look(&known, set_up).await;
    findings.extend(judged(standing, set_up));
    let of = |weight: Weight| {
        findings.iter().filter(|one| one.weight == weight).map(|one| one.sentence.clone()).collect()
    };
    (of(Weight::Mend), of(Weight::Note))
}

/// The sample with one line more, in the place of those that begin like it.
fn with(begins: &str, line: &str) -> String {
    let kept = SAMPLE.lines().filter(|known| !known.starts_with(begins)).map(|line| format!("{line}\n"));
    kept.collect::<String>() + line
}

fn none() -> Vec<String> {
    Vec::new()
}

#[tokio::test]
async fn a_sound_set_up_has_nothing_to_mend() {
    assert_eq!(found(SAMPLE, &office()).await, (none(), none()));
    let v6 = SetUp { addresses: vec!["2001:db8:25:1::9".parse().expect("an address")], ..office() };
    let (mend, _) = found(SAMPLE, &v6).await;
    assert!(mend.iter().all(|line| line.contains("PTR")), "it may send, and has no name: {mend:?}");
    assert_eq!(mend.len(), 3, "said of the address, by Gmail and by Yahoo");
}

#[tokio::test]
async fn spf_keeps_to_its_limits() {
    let deep: String =
        (0..11).map(|n| format!("x{n}.example.org TXT \"v=spf1 ip4:192.0.2.7 -all\"\n")).collect();
    let includes =
        |count: usize| (0..count).map(|n| format!(" include:x{n}.example.org")).collect::<String>();
    let record =
        |terms: &str| with("example.org", &format!("example.org TXT \"v=spf1{terms} -all\"\n{deep}"));
    let (mend, _) = found(&record(&includes(10)), &office()).await;
    assert_eq!(mend, none(), "ten are allowed");
    let (mend, _) = found(&record(&includes(11)), &office()).await;
    assert_eq!(
        mend[0],
        "The record of example.org takes 11 lookups, and with more than 10 it counts for nothing."
    );
    assert_eq!(mend[1], "192.0.2.7 may not send for example.org.");
    let (mend, _) =
        found(&record(" ip4:192.0.2.7 a:no1.example.org a:no2.example.org mx:no3.example.org"), &office())
            .await;
    assert!(mend[0].contains("asks 3 times for what is not there"), "{mend:?}");
    let hosts: String = (0..11).map(|n| format!("example.org MX {n} h{n}.example.org\n")).collect();
    let (mend, _) = found(&(record(" mx ip4:192.0.2.7") + &hosts), &office()).await;
    assert!(mend[0].contains("more than 10 hosts"), "{mend:?}");
}

#[tokio::test]
async fn spf_says_who_may_send() {
    let verdicts = [
        ("ip4:192.0.2.0/29 -all", true),
        ("ip4:192.0.2.0/30 -all", false),
        ("ip4:0.0.0.0/0 -all", true),
        ("-ip4:192.0.2.7 ip4:192.0.2.0/28 -all", false),
        ("a:mx7.relay.example.com -all", true),
        ("a:mx7.relay.example.com/24 -all", true),
        ("mx:mail.example.org -all", true),
        ("exists:mx7.relay.example.com -all", true),
        ("redirect=_spf.relay.example.com", true),
        ("-all ip4:192.0.2.7", false),
        ("~all", false),
        ("exp=why.example.org ip4:192.0.2.7 -all", true),
    ];
    for (terms, may) in verdicts {
        let line = format!("example.org TXT \"v=spf1 {terms}\"\nmail.example.org MX 5 mx7.relay.example.com");
        let (mend, _) = found(&with("example.org", &line), &office()).await;
        let refused = mend.iter().any(|line| line == "192.0.2.7 may not send for example.org.");
        assert_eq!(refused, !may, "{terms}: {mend:?}");
    }
    for (line, why) in [
        ("", "example.org has no record."),
        (
            "example.org TXT \"v=spf1 -all\"\nexample.org TXT \"v=spf1 ~all\"",
            "example.org has several records, so none of them counts.",
        ),
        ("example.org TXT \"v=spf1 +all\"", "The record of example.org lets everybody send (+all)."),
        ("example.org TXT \"v=spf1 ip4:192.0.2.7/33 -all\"", "This is no block of addresses: 192.0.2.7/33."),
        (
            "example.org TXT \"v=spf1 ipv4:192.0.2.7 -all\"",
            "The record of example.org has a term that nobody knows: ipv4:192.0.2.7.",
        ),
        ("example.org TXT \"v=spf1 include:gone.example.org -all\"", "gone.example.org has no record."),
        ("example.org TXT \"v=spf1 include:example.org -all\"", "counts for nothing"),
    ] {
        let (mend, _) = found(&with("example.org", line), &office()).await;
        assert!(mend.iter().any(|said| said.contains(why)), "{line}: {mend:?}");
    }
}

#[tokio::test]
async fn keys_are_looked_at() {
    let (short, small) = (
        "MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAOB+ksUO7r7kV9S33/kB2p6FiE+0w9SqJo6LH2rV5maMfqpjmm3n2XGa6dzH6k+Us3HFbRLHw5N5zejMC9wP+/8CAwEAAQ==",
        "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDdmHm049exr2pdKbPtx5l8b6ZljxGPFHSakM3UfKX/ebQCpn/RMFbC3qI/vXpypX1jd6LYd/n7rTYZaeS8XWycVIiAaiDsKh7KK08OuUpwXtcuvcs56ejvQZkF2xwYbPF85bXANdQ9wwAx2YxloR08BLUJfOgkOuoMSlS3Euli2wIDAQAB",
    );
    let key = |record: &str| with("s1._domainkey", &format!("s1._domainkey.example.org TXT \"{record}\""));
    for (record, why) in [
        (format!("v=DKIM1; p={short}"), "has 512 bits, and no key below 1024 is believed"),
        ("v=DKIM1; p=".to_owned(), "was revoked: its p is empty"),
        ("v=DKIM1; k=rsa".to_owned(), "has no key (p)"),
        ("v=DKIM1; p=AAAA".to_owned(), "is damaged: its p is no RSA key"),
        ("v=DKIM1; p=!".to_owned(), "is damaged: its p is no base64"),
        ("v=DKIM2; p=AAAA".to_owned(), "is no DKIM key"),
        ("v=DKIM1; k=dsa; p=AAAA".to_owned(), "is of a kind that nobody knows: dsa"),
    ] {
        let (mend, _) = found(&key(&record), &office()).await;
        assert!(
            mend[0].starts_with("s1._domainkey.example.org ") && mend[0].contains(why),
            "{record}: {mend:?}"
        );
        assert!(mend.iter().any(|line| line.starts_with("Microsoft refuses")), "{mend:?}");
    }
    let (mend, notes) = found(&key(&format!("k=rsa; t=y; p={small}")), &office()).await;
    assert_eq!(mend, none());
    assert!(notes[0].contains("1024 bits") && notes[0].contains("for tests"), "{notes:?}");
    let (mend, _) = found(&with("s1._domainkey", ""), &office()).await;
    assert_eq!(mend[0], "s1._domainkey.example.org has no record.");
    let (mend, notes) = found(SAMPLE, &SetUp { keys: Vec::new(), addresses: Vec::new(), ..office() }).await;
    assert_eq!(mend, none(), "nobody knows");
    assert!(
        notes.iter().any(|note| note.contains("--selector"))
            && notes.iter().any(|note| note.contains("--ip")),
        "{notes:?}"
    );
    assert_eq!(notes.iter().filter(|note| note.contains("was not looked at")).count(), 3, "{notes:?}");
}

#[tokio::test]
async fn a_policy_is_there_and_of_today() {
    let policy = |record: &str| with("_dmarc", &format!("_dmarc.example.org TXT \"{record}\""));
    for (record, note) in [
        ("v=DMARC1; p=none; rua=mailto:a@example.org", "is none"),
        (
            "v=DMARC1; p=reject; pct=50; rua=mailto:a@example.org",
            "The tag pct at example.org is no longer one",
        ),
        ("v=DMARC1; p=reject; t=y; rua=mailto:a@example.org", "is tested (t=y)"),
        ("v=DMARC1; p=reject", "Nobody is told what fails"),
        ("v=DMARC1; rua=mailto:a@example.org", "is none"),
    ] {
        let (mend, notes) = found(&policy(record), &office()).await;
        assert_eq!((mend, notes.len()), (none(), 1), "{record}: {notes:?}");
        assert!(notes[0].contains(note), "{record}: {notes:?}");
    }
    for (records, why) in [
        (with("_dmarc", ""), "example.org has no policy"),
        (policy("v=DMARC1; p=monitor; rua=mailto:a@example.org"), "which nobody knows"),
        (format!("{SAMPLE}_dmarc.example.org TXT \"v=DMARC1; p=none\""), "has several records"),
    ] {
        let (mend, _) = found(&records, &office()).await;
        assert!(mend[0].contains(why), "{mend:?}");
    }
    let (mend, _) = found(&with("_dmarc", ""), &office()).await;
    for name in ["Gmail", "Yahoo", "Microsoft"] {
        assert!(
            mend.iter().any(|line| line.starts_with(name) && line.ends_with("for want of: a DMARC policy.")),
            "{mend:?}"
        );
    }
    // A sender below the organization's domain has its policy.
    let news = SetUp { from: "news.example.org".to_owned(), ..office() };
    assert_eq!(found(SAMPLE, &news).await, (none(), none()));
}

#[tokio::test]
async fn somebody_must_speak_for_the_sender() {
    let relays = format!("{SAMPLE}bounce.relay.example.com TXT \"v=spf1 ip4:192.0.2.7 -all\"\n");
    let envelope = SetUp { envelope: "bounce.relay.example.com".to_owned(), ..office() };
    let (mend, notes) = found(&relays, &envelope).await;
    assert_eq!(mend, none(), "DKIM speaks for it");
    assert!(notes[0].contains("SPF says nothing for DMARC"), "{notes:?}");
    let strict = relays
        .replace("p=quarantine;", "p=quarantine; adkim=s;")
        .replace("s1._domainkey.example.org", "s1._domainkey.mail.example.org");
    let signs = SetUp { keys: vec![("s1".to_owned(), "mail.example.org".to_owned())], ..envelope };
    let (mend, _) = found(&strict, &signs).await;
    assert_eq!(mend[0], "Neither SPF nor DKIM speaks for example.org: every e-mail fails DMARC.");
}

#[tokio::test]
async fn what_is_not_in_records_counts_too() {
    let (mend, _) = found(SAMPLE, &SetUp { is_https: false, is_private: false, ..office() }).await;
    assert_eq!(mend.len(), 2, "Microsoft asks for neither: {mend:?}");
    assert!(mend[0].contains("one click to unsubscribe (an https PUBLIC_URL), TLS on the way"), "{mend:?}");
    let (mend, _) = found(&with("mx7.relay", "mx7.relay.example.com A 192.0.2.8"), &office()).await;
    assert_eq!(mend[0], "192.0.2.7 has no name (PTR) that leads back to it.");
}

#[test]
fn a_line_that_is_no_record_is_told() {
    for (text, number) in
        [("example.org TXT", 1), ("# a remark\n\nexample.org CAA 0", 3), ("example.org MX mx.example.org", 1)]
    {
        let wrong = Known::read(text).expect_err("no record");
        assert!(wrong.starts_with(&format!("line {number} is no record")), "{wrong}");
    }
}
