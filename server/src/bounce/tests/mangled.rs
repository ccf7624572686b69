//! Whatever is done to a message, reading it ends soon, and says nothing of anybody but her of whom it spoke.

use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::super::{LONGEST, read};
use super::samples;

const EVE: &str = "eve@example.org";

fn all() -> Vec<String> {
    vec![
        samples::postfix("failed", "5.1.1", "smtp; 550 5.1.1 unknown"),
        samples::exim(),
        samples::exchange(),
        samples::gmail(),
        samples::ses(),
        samples::abuse("abuse"),
        samples::away(),
        samples::was_read(),
        samples::letter(),
    ]
}

/// One change of bytes: some are taken, doubled, swapped, or become others; lines are cut and pieces of another
/// message put in.
fn mangle(bytes: &mut Vec<u8>, other: &[u8], chance: &mut StdRng) {
    let length = bytes.len().max(1);
    let (from, to) = (chance.random_range(0..length), chance.random_range(0..length));
    let (from, to) = (from.min(to), from.max(to).min(bytes.len()));
    match chance.random_range(0..8) {
        0 => bytes.truncate(to),
        1 => drop(bytes.drain(from..to)),
        2 => {
            let again = bytes.get(from..to).unwrap_or_default().to_vec();
            bytes.splice(from..from, again);
        }
        3 => bytes.iter_mut().skip(from).take(40).for_each(|byte| *byte = chance.random()),
        4 => {
            let piece = other.get(from.min(other.len())..to.min(other.len())).unwrap_or_default();
            bytes.splice(from..from, piece.iter().copied());
        }
        5 => bytes.iter_mut().filter(|byte| **byte == b'\r').for_each(|byte| *byte = b' '),
        6 => bytes.splice(from..from, [b'\n', b'\n']).for_each(drop),
        _ => {
            if let Some(byte) = bytes.get_mut(from) {
                *byte ^= 1 << chance.random_range(0..8);
            }
        }
    }
}

#[test]
fn no_mangled_message_is_the_end_of_us_or_speaks_of_another() {
    let samples = all();
    let mut chance = StdRng::seed_from_u64(0xb0);
    let (mut reports, mut spoken) = (0, 0);
    for round in 0..6000 {
        let mut bytes = samples[round % samples.len()].clone().into_bytes();
        let other = samples[chance.random_range(0..samples.len())].clone().into_bytes();
        for _ in 0..chance.random_range(1..5) {
            mangle(&mut bytes, &other, &mut chance);
        }
        let Some(report) = read(&bytes).and_then(|arrived| arrived.report) else { continue };
        reports += 1;
        spoken += usize::from(report.of(super::ADA, true).is_some());
        if matches!(report.told, super::Told::Deliveries(_)) {
            assert_eq!(report.of(EVE, false), None, "{}", String::from_utf8_lossy(&bytes));
        }
    }
    assert!(reports > 1000 && spoken > 500, "{reports} reports, {spoken} spoke: the test looks at nothing");
}

#[test]
fn large_and_deep_messages_are_read_at_once() {
    let begun = Instant::now();
    let fill = |piece: &str| piece.repeat(LONGEST / piece.len());
    let head = "Content-Type: multipart/report; boundary=b\r\n\r\n";
    let nested =
        fill("--b\r\nContent-Type: message/rfc822\r\n\r\nContent-Type: multipart/digest; boundary=b\r\n\r\n");
    let comment = format!("Content-Type: multipart/report; {}", fill("("));
    for message in [
        fill("a"),
        fill("\r\n"),
        fill("a: b\r\n"),
        format!("a: {}", fill(" b\r\n")),
        format!("To: {}", fill("a@b, ")),
        comment,
        format!("{head}{}", fill("--b\r\n")),
        format!("{head}{nested}"),
        format!(
            "{head}--b\r\nContent-Type: message/delivery-status\r\n\r\n{}",
            fill("Final-Recipient: rfc822; a@b\r\n\r\n")
        ),
        format!(
            "{head}--b\r\nContent-Type: message/delivery-status\r\nContent-Transfer-Encoding: base64\r\n\r\n{}",
            fill("====")
        ),
        format!("{head}--b\r\nContent-Type: message/rfc822\r\n\r\n{}", fill("Message-ID: <a@b>\r\n")),
    ] {
        let Some(report) = read(message.as_bytes()).and_then(|arrived| arrived.report) else { continue };
        assert_eq!(report.of(super::ADA, false), None);
    }
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
}
