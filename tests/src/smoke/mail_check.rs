//! `lectern mail check` over records from a file: what it says, and what its exit code says.

use std::path::Path;
use std::process::Stdio;

use crate::support::process::ends;

const CHECK: [&str; 4] = ["mail", "check", "--selector", "s1"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_set_up_is_judged_by_its_records() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data").display().to_string();
    let settings = [
        ("DATA_DIR", data.as_str()),
        ("MAIL_URL", "smtps://relay.example.com"),
        ("MAIL_FROM", "Course Office <office@example.org>"),
        ("PUBLIC_URL", "https://courses.example.org"),
        ("SECRET_KEY", super::KEY),
    ];
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("../server/src/mail_check/sample.txt");
    let check = |records: &Path, settings: &[(&str, &str)]| {
        let records = records.display().to_string();
        let arguments = [&CHECK[..], &["--ip", "192.0.2.7", "--records", &records]].concat();
        let ended = ends(settings, &arguments, Stdio::piped(), Stdio::piped());
        (ended.status.code(), String::from_utf8_lossy(&ended.stdout).into_owned())
    };
    let (code, said) = check(&sample, &settings);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.starts_with("example.org\n  ok    SPF"), "{said}");
    assert!(said.contains("  ok    bulk mail  Gmail takes much mail of this set-up.\n"), "{said}");

    let text = std::fs::read_to_string(&sample).expect("the sample");
    let records = folder.path().join("records");
    std::fs::write(&records, text.replace("p=quarantine", "p=monitor")).expect("a file");
    let (code, said) = check(&records, &settings);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("  MEND  DMARC      The policy at example.org is monitor"), "{said}");

    // What is not in the DNS: the way to the relay, and the address of the pages.
    let open = settings
        .map(|(name, value)| (name, value.replace("smtps://", "smtp://").replace("https://", "http://")));
    let open = open.each_ref().map(|(name, value)| (*name, value.as_str()));
    let (code, said) = check(&sample, &open);
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains("Gmail puts off or refuses them") && said.contains("Microsoft takes much mail"),
        "{said}"
    );
    assert!(!folder.path().join("data").exists(), "it looks, and makes nothing");
}
