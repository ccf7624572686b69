//! Shapes that were made to kill, on the stack of a worker of the runtime, in whatever way this is compiled.

use super::*;

/// What a thread of the runtime has.
const STACK: usize = 2 * 1024 * 1024;

fn on_a_worker<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    std::thread::Builder::new().stack_size(STACK).spawn(work).expect("a thread").join().expect("it lives")
}

fn refused(text: String) -> String {
    on_a_worker(move || refusal(&text, json!({})))
}

#[test]
fn brackets_within_brackets_are_refused_before_anything_descends() {
    for inner in ["[".repeat(2_000), "{y:".repeat(2_000), "[{y:".repeat(1_500)] {
        for text in [
            format!("{{a(x:\"\"\" \"\"\",y:{inner})}}"),
            format!("{{a(x:\"\"\"\\\"\"\" \"\"\",y:{inner})}}"),
            format!("#\r{{a(y:{inner}"),
            format!("\u{feff}{{a(y:{inner}"),
            format!("{{a(x:\"\\\\\",y:{inner}"),
            format!("query($a: Int = {inner}) {{ a }}"),
            format!("query @d(x: {inner}) {{ a }}"),
            format!("{{ ...f }} fragment f on Query @d(x: {inner}) {{ a }}"),
        ] {
            assert!(refused(text).starts_with("The document nests brackets"));
        }
    }
    assert!(refused(format!("query($a: {}", "[".repeat(9_000))).starts_with("The document nests brackets"));
    assert!(refused("{a".repeat(7_000)).starts_with("The document nests brackets"));
    assert!(refused("{...".repeat(3_000)).starts_with("The document nests brackets"));
}

#[test]
fn brackets_that_do_not_match_lead_nobody_deeper() {
    // Every closing bracket here is one that the parser steps over while it stays where it is.
    for text in [
        "{a(x:[}".to_owned() + &"[}".repeat(6_000),
        format!("{{a(x:{}", "[$]".repeat(4_000)),
        format!("{{a(x:{}", "[)".repeat(6_000)),
    ] {
        let message = refused(text);
        assert!(
            message.starts_with("Syntax error") || message.starts_with("The document nests"),
            "{message}"
        );
    }
}

#[test]
fn chains_and_trees_of_fragments_are_refused() {
    let chain: String =
        (0..5_000).map(|link| format!("fragment f{link} on Query{{...f{}}}", link + 1)).collect();
    assert!(refused(format!("{{...f0}}{chain}")).starts_with("The document has"));
    let chain: String =
        (0..99).map(|link| format!("fragment f{link} on Query{{...f{}}}", link + 1)).collect();
    assert_eq!(
        refused(format!("{{...f0}}{chain}fragment f99 on Query{{a}}")),
        "The document nests fields and fragments 101 deep; at most 60 are allowed."
    );
    let deep: String = (0..90)
        .map(|link| {
            format!("fragment f{link} on Query{{{}...f{}{}}}", "a{".repeat(20), link + 1, "}".repeat(20))
        })
        .collect();
    assert!(refused(format!("{{...f0}}{deep}fragment f90 on Query{{a}}")).starts_with("The document goes"));
}

/// At the limits, and beyond the defaults as far as settings go, everything must fit on the stack of a
/// worker.
#[test]
fn what_is_as_deep_as_allowed_is_taken() {
    for depth in [24, 60] {
        let taken = on_a_worker(move || {
            let documents = Documents::over(
                Types::served().expect("the schema stands"),
                Limits { depth, cost: u64::MAX, ..Limits::default() },
            );
            // Fields with a fragment around each.
            let times = (depth - 2) / 2;
            let inner = "... on Course { viewerRegistration { ... on Registration { course { ";
            let text = format!(
                "{{ course(slug: \"x\") {{ {} id {} }} }}",
                inner.repeat(times),
                "} } } }".repeat(times)
            );
            documents.read(&text).map(|document| document.operations[0].fields)
        });
        let fields = taken.unwrap_or_else(|no| panic!("{depth}: {no:?}"));
        assert_eq!(fields, 2 + 2 * ((depth - 2) / 2));
    }
}

#[test]
fn every_error_is_short_and_there_are_few() {
    let unused: String = (0..1_300).map(|place| format!("$v{place}:Int ")).collect();
    let errors = errors(&format!("query({unused}){{viewer{{roles}}}}"), json!({}));
    assert_eq!(errors.len(), 10);
    let long = format!("{{ {} }}", "x".repeat(14_000));
    let errors = self::errors(&long, json!({}));
    assert!(errors.iter().all(|error| error.message.chars().count() <= 401), "{errors:?}");
}

#[test]
fn a_text_that_is_too_long_is_refused() {
    let at = |characters: usize| format!("{{ viewer {{ roles }} }} #{}", "é".repeat(characters - 22));
    assert_eq!(at(15_000).chars().count(), 15_000);
    assert!(prepared(&at(15_000), json!({})).is_ok());
    assert_eq!(refused(at(15_001)), "The document has 15001 characters; at most 15000 are allowed.");
}
