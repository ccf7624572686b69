//! Texts that check themselves: there is no value of these types that could not be stored. Reading one says
//! what would be right.

use std::borrow::Borrow;
use std::fmt;
use std::ops::Deref;
use std::str::FromStr;

use entity::LocalDate;
use entity::plain::{self, NAME_LENGTH};
use serde::Serialize;

/// The most characters of a paragraph.
const PARAGRAPH: usize = 2_000;
/// The most characters of prose.
const PROSE: usize = 20_000;

/// Declares texts, each with the rule that reads it.
macro_rules! texts {
    ($($(#[doc = $doc:literal])+ $name:ident: $read:expr;)+) => {$(
        $(#[doc = $doc])+
        ///
        /// The default stands in the place of one that could not be read, and is never stored.
        #[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        pub struct $name(String);

        impl $name {
            /// A text that was read when it was stored.
            pub(crate) fn stored(text: impl Into<String>) -> Self {
                Self(text.into())
            }
        }

        impl FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                let read: fn(&str) -> Result<String, String> = $read;
                read(text).map(Self)
            }
        }

        impl Deref for $name {
            type Target = str;

            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.0 == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.0 == *other
            }
        }

        impl PartialEq<String> for $name {
            fn eq(&self, other: &String) -> bool {
                self.0 == *other
            }
        }
    )+};
}

texts! {
    /// A stable name for files and addresses: 1 to 100 small letters, digits, `-` and `_`.
    Slug: slug;
    /// A name or title: one line of at most [`NAME_LENGTH`] characters.
    Title: |text| line(text, NAME_LENGTH);
    /// A few sentences, at most 2,000 characters.
    Paragraph: |text| written(text, PARAGRAPH);
    /// Text of any number of lines, at most 20,000 characters. Markdown.
    Prose: |text| written(text, PROSE);
    /// An address that begins with `https://`.
    Url: url;
    /// The name of a site, without anything before or after it.
    Host: host;
    /// An e-mail address.
    Email: email;
    /// An ISO 4217 code.
    Currency: currency;
    /// A month, `YYYY-MM`.
    Month: month;
    /// A language as BCP 47 names it, such as `fr` or `pt-BR`.
    Language: language;
}

/// Text as it is stored: without the spaces around it, and with one kind of line end.
pub fn tidy(text: &str) -> String {
    text.replace("\r\n", "\n").trim().to_owned()
}

fn written(text: &str, longest: usize) -> Result<String, String> {
    let tidy = tidy(text);
    if tidy.is_empty() {
        Err("is empty; leave the field out where there is nothing to say".to_owned())
    } else if let Err(flaw) = plain::is_paragraphs(&tidy) {
        Err(flaw.to_string())
    } else if tidy.chars().count() > longest {
        Err(format!("is longer than {longest} characters"))
    } else {
        Ok(tidy)
    }
}

fn line(text: &str, longest: usize) -> Result<String, String> {
    let text = written(text, longest)?;
    plain::is_line(&text).map_err(|flaw| flaw.to_string())?;
    Ok(text)
}

fn slug(text: &str) -> Result<String, String> {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_';
    if (1..=100).contains(&text.len()) && text.bytes().all(fits) {
        Ok(text.to_owned())
    } else {
        Err(format!("{text:?} must be 1 to 100 small letters, digits, - or _"))
    }
}

fn url(text: &str) -> Result<String, String> {
    let text = line(text, 2000)?;
    let host = text.strip_prefix("https://").unwrap_or_default();
    let clean = |char: char| !char.is_whitespace() && !char.is_control() && !"<>\"\\".contains(char);
    if !host.is_empty() && !host.starts_with('/') && text.chars().all(clean) {
        Ok(text)
    } else {
        Err("must be an address that begins with https://".to_owned())
    }
}

fn host(text: &str) -> Result<String, String> {
    let text = line(text, 253)?;
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.';
    if text.contains('.') && text.bytes().all(fits) {
        Ok(text)
    } else {
        Err("must be the name of a site, such as registration.example.org, without https:// and without a path".to_owned())
    }
}

fn email(text: &str) -> Result<String, String> {
    let text = line(text, 320)?;
    match entity::email::Address::parse(&text) {
        Ok(_) => Ok(text),
        Err(_) => Err(format!("{text:?} is not an e-mail address")),
    }
}

fn currency(text: &str) -> Result<String, String> {
    if entity::money::is_currency(text) {
        Ok(text.to_owned())
    } else {
        Err(format!(
            "{text:?} is not the ISO 4217 code of a currency in which something can be paid, such as USD"
        ))
    }
}

fn month(text: &str) -> Result<String, String> {
    match format!("{text}-01").parse::<LocalDate>() {
        Ok(_) if text.len() == 7 => Ok(text.to_owned()),
        Ok(_) | Err(_) => Err(format!("{text:?} is not a month such as 2026-05")),
    }
}

/// Its form alone (RFC 5646, 2.1): which languages there are is not for us to say.
fn language(text: &str) -> Result<String, String> {
    let (first, rest) = text.split_once('-').unwrap_or((text, ""));
    let is_language = (2..=3).contains(&first.len()) && first.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_part =
        |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_language && text.len() <= 35 && (!text.contains('-') || rest.split('-').all(is_part)) {
        Ok(text.to_owned())
    } else {
        Err(format!("{text:?} is not the code of a language such as fr or pt-BR"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_tidied_on_its_way_in_and_what_is_wrong_with_it_is_said() {
        assert_eq!(" Anna ".parse::<Title>().as_deref(), Ok("Anna"));
        assert_eq!("One\r\nTwo\n".parse::<Prose>().as_deref(), Ok("One\nTwo"));
        assert_eq!("zh-Hant".parse::<Language>().as_deref(), Ok("zh-Hant"));
        for (no, words) in [
            ("".parse::<Title>().err(), "empty"),
            ("One\nTwo".parse::<Title>().err(), "a single line"),
            ("x".repeat(NAME_LENGTH + 1).parse::<Title>().err(), "longer than 300"),
            ("A\u{7}".parse::<Prose>().err(), "cannot be displayed"),
            ("A\u{202e}B".parse::<Title>().err(), "direction"),
            ("An Na".parse::<Slug>().map(drop).err(), "small letters"),
            ("http://example.org".parse::<Url>().map(drop).err(), "https"),
            ("https://x/".parse::<Host>().map(drop).err(), "name of a site"),
            ("nobody".parse::<Email>().map(drop).err(), "e-mail"),
            ("dollar".parse::<Currency>().map(drop).err(), "ISO 4217"),
            ("ZZZ".parse::<Currency>().map(drop).err(), "ISO 4217"),
            ("May".parse::<Month>().map(drop).err(), "2026-05"),
            ("French".parse::<Language>().map(drop).err(), "pt-BR"),
            ("fr-".parse::<Language>().map(drop).err(), "pt-BR"),
        ] {
            assert!(no.as_ref().is_some_and(|no| no.contains(words)), "{words}: {no:?}");
        }
    }
}
