//! From bytes to text. A mark at the beginning says the encoding (the Encoding Standard's BOM); without one
//! it is UTF-16 where every other byte of plain text is zero, UTF-8 where the bytes are that, and else
//! Windows-1252, which is what Excel writes in Western Europe and America.

use std::str;

use encoding_rs::{DecoderResult, Encoding, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::Problem;

/// How many characters are looked at to tell UTF-16 without a mark.
const LOOKED_AT: usize = 1_000;

/// Files that are no text, by how they begin, and what would be right.
const OTHERS: [(&[u8], &str); 3] = [
    (b"PK\x03\x04", "this is a workbook (such as .xlsx or .ods); save the sheet as CSV and send that."),
    (b"\xd0\xcf\x11\xe0", "this is a workbook (.xls); save the sheet as CSV and send that."),
    (b"%PDF", "this is a PDF; send the list as CSV."),
];

/// The text of a file.
///
/// # Errors
/// It is no text, or is broken where the problem says.
pub fn decode(bytes: &[u8]) -> Result<String, Problem> {
    if let Some((_, message)) = OTHERS.iter().find(|(beginning, _)| bytes.starts_with(beginning)) {
        return Err(Problem::of_line(1, *message));
    }
    let text = match Encoding::for_bom(bytes) {
        Some((encoding, mark)) => whole(encoding, bytes.get(mark..).unwrap_or_default())?,
        None => match (unmarked_utf16(bytes), str::from_utf8(bytes)) {
            (Some(encoding), _) => whole(encoding, bytes)?,
            (None, Ok(text)) => text.to_owned(),
            (None, Err(_)) if is_broken_utf8(bytes) => whole(encoding_rs::UTF_8, bytes)?,
            (None, Err(_)) => whole(WINDOWS_1252, bytes)?,
        },
    };
    match text.find('\0') {
        Some(at) => {
            let (line, column) = place(text.get(..at).unwrap_or_default());
            Err(Problem::at(
                line,
                column,
                "there is a zero byte here, which no text has; save the list as CSV in UTF-8.",
            ))
        }
        None => Ok(text),
    }
}

/// All of it in this encoding.
fn whole(encoding: &'static Encoding, bytes: &[u8]) -> Result<String, Problem> {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let room = decoder.max_utf8_buffer_length_without_replacement(bytes.len()).unwrap_or(bytes.len());
    let mut text = String::with_capacity(room);
    match decoder.decode_to_string_without_replacement(bytes, &mut text, true).0 {
        DecoderResult::InputEmpty => Ok(text),
        DecoderResult::Malformed(..) | DecoderResult::OutputFull => {
            let (line, column) = place(&text);
            let message = format!(
                "the text is {}, but for what stands here; save the list as CSV in UTF-8.",
                encoding.name()
            );
            Err(Problem::at(line, column, message))
        }
    }
}

/// UTF-16 without a mark: most characters of a list are letters, digits and signs that have a zero byte
/// there.
fn unmarked_utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    let units = || bytes.chunks_exact(2).take(LOOKED_AT);
    let plain = |byte: u8| byte.is_ascii_graphic() || byte.is_ascii_whitespace();
    let little = units().filter(|unit| unit[1] == 0 && plain(unit[0])).count();
    let big = units().filter(|unit| unit[0] == 0 && plain(unit[1])).count();
    let most = units().count() / 2;
    if little > most {
        Some(UTF_16LE)
    } else if big > most {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// Whether bytes that are no UTF-8 were meant to be: more of what is not ASCII is right than wrong. In
/// Windows-1252 hardly anything is, because no word has the signs in it that UTF-8 would be there.
fn is_broken_utf8(bytes: &[u8]) -> bool {
    let (mut right, mut wrong) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        right += chunk.valid().chars().filter(|letter| !letter.is_ascii()).count();
        wrong += usize::from(!chunk.invalid().is_empty());
    }
    right > wrong
}

/// Line and column of what follows this text, both from 1.
fn place(before: &str) -> (u64, u64) {
    let line = before.matches("\r\n").count() + before.replace("\r\n", "").matches(['\r', '\n']).count();
    let column = before.rsplit(['\r', '\n']).next().unwrap_or_default().chars().count();
    let from_one = |number: usize| u64::try_from(number).unwrap_or(u64::MAX).saturating_add(1);
    (from_one(line), from_one(column))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, big: bool) -> Vec<u8> {
        text.encode_utf16()
            .flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() })
            .collect()
    }

    #[test]
    fn every_encoding_is_recognized_with_and_without_a_mark() {
        let text = "email;name\r\nmuller@example.org;Jürgen Müller, Zoë €\r\n";
        for big in [false, true] {
            assert_eq!(decode(&utf16(text, big)).as_deref(), Ok(text));
            assert_eq!(decode(&utf16(&format!("\u{feff}{text}"), big)).as_deref(), Ok(text));
        }
        assert_eq!(decode(text.as_bytes()).as_deref(), Ok(text));
        assert_eq!(decode(format!("\u{feff}{text}").as_bytes()).as_deref(), Ok(text));
        let (western, _, lost) = WINDOWS_1252.encode(text);
        assert!(!lost);
        assert_eq!(decode(&western).as_deref(), Ok(text));
    }

    #[test]
    fn what_is_broken_is_told_with_its_place() {
        let at = |bytes: &[u8]| decode(bytes).map_err(|problem| (problem.line, problem.column));
        assert_eq!(
            at("äö\r\nü".as_bytes().iter().copied().chain([0xff]).collect::<Vec<_>>().as_slice()),
            Err((2, Some(2)))
        );
        assert_eq!(at(b"\xef\xbb\xbfa\nb\xff"), Err((2, Some(2))), "a mark is believed");
        let half: Vec<u8> =
            utf16("\u{feff}a\nb", false).into_iter().chain([0x00, 0xd8, 0x41, 0x00]).collect();
        assert_eq!(at(&half), Err((2, Some(2))), "half a pair of surrogates");
        assert_eq!(at(b"a\0b and so on, in plain letters"), Err((1, Some(2))));
    }
}
