//! Where a mistake is, in the words of the input: a course file and the inputs of the API name the same things a little differently.

use entity::Refusal;

use crate::error::{self, Error};

/// The path in an input that belongs to the path in a course file; a path that is in the words of the input already stays as it is.
pub fn input_path(path: Vec<String>) -> Vec<String> {
    let words: Vec<&str> = path.iter().map(String::as_str).collect();
    let renamed: Vec<&str> = match words.as_slice() {
        ["course", "length"] => vec!["lengthLabel"],
        ["registration", "opens"] => vec!["registrationOpensAt"],
        ["registration", "deadline"] => vec!["registrationDeadline"],
        ["registration", "site"] => vec!["registrationSite"],
        ["fees", "prices", index, "profession"] => vec!["prices", index, "professionCode"],
        ["course", "audiences", index, "profession"] => vec!["audiences", index, "professionCode"],
        ["credits", index, "kind"] => vec!["credits", index, "typeCode"],
        ["competencies", index, "group"] => vec!["competencies", index, "name"],
        ["competencies", index, "names", rest @ ..] => [&["competencies", index, "competencies"], rest].concat(),
        ["course" | "registration" | "fees", rest @ ..] if !rest.is_empty() => rest.to_vec(),
        other => other.to_vec(),
    };
    renamed.into_iter().map(camel).collect()
}

fn camel(word: &str) -> String {
    let mut parts = word.split('_');
    let mut name = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let mut letters = part.chars();
        name.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        name.push_str(letters.as_str());
    }
    name
}

/// The end of an edit, with the paths of mistakes in the words of the input.
pub fn in_input<T>(ended: error::Result<T>) -> error::Result<T> {
    ended.map_err(|no| match no {
        Error::Refused(refusal) => Error::Refused(refusal.told_at(input_path)),
        Error::Fault(fault) => Error::Fault(fault),
    })
}

/// That there is no such thing, at a place in a list of the input.
pub fn none_such(what: &str, path: &[&str]) -> Refusal {
    Refusal::invalid(format!("There is no such {what}."), path)
}

#[cfg(test)]
mod tests {
    use super::input_path;

    #[test]
    fn paths_are_told_in_the_words_of_the_input() {
        for (file, input) in [
            ("course ends_on", "endsOn"),
            ("course length", "lengthLabel"),
            ("course audiences 2 name", "audiences 2 name"),
            ("registration early_deadline", "earlyDeadline"),
            ("registration deadline", "registrationDeadline"),
            ("fees prices 0 regular", "prices 0 regular"),
            ("fees prices 1 profession", "prices 1 professionCode"),
            ("course audiences 1 profession", "audiences 1 professionCode"),
            ("credits 2 kind", "credits 2 typeCode"),
            ("competencies 1 names 0", "competencies 1 competencies 0"),
            ("days 0 sessions 3 join_url", "days 0 sessions 3 joinUrl"),
            ("offeredBy 0", "offeredBy 0"),
        ] {
            let path = file.split(' ').map(str::to_owned).collect();
            assert_eq!(input_path(path).join(" "), input);
        }
    }
}
