//! What mail servers send back of a letter.

/// The head of a letter, as far as it is sent back.
fn head(letter: &str) -> &str {
    letter.split("\r\n\r\n").next().unwrap_or_default()
}

fn report(to: &str, kind: &str, (name, told): (&str, &str), letter: &str) -> String {
    let head = head(letter);
    format!(
        "From: MAILER-DAEMON@mx.example.com\r\nTo: {to}\r\nSubject: It came back\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type={kind}; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nIt came back.\r\n\
         --b\r\nContent-Type: {name}\r\n\r\n{told}\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\n{head}\r\n\r\n--b--\r\n"
    )
}

/// A delivery status notification (RFC 3464) to `to` about a letter to `reader`: what was done, and the status.
pub fn status(to: &str, letter: &str, reader: &str, (action, status): (&str, &str)) -> String {
    let told = format!(
        "Reporting-MTA: dns; mx.example.com\r\n\r\nFinal-Recipient: rfc822; {reader}\r\nAction: {action}\r\nStatus: {status}\r\nDiagnostic-Code: smtp; 550 {status} told so\r\n"
    );
    report(to, "delivery-status", ("message/delivery-status", &told), letter)
}

/// A report of abuse (RFC 5965) to `to` about a letter.
pub fn complaint(to: &str, letter: &str) -> String {
    let told = "Feedback-Type: abuse\r\nUser-Agent: SomeGenerator/1.0\r\nVersion: 1\r\n";
    report(to, "feedback-report", ("message/feedback-report", told), letter)
}

/// Somebody is away.
pub fn away(to: &str) -> String {
    format!(
        "From: ada@example.org\r\nTo: {to}\r\nAuto-Submitted: auto-replied\r\nSubject: Away\r\n\r\nI am back on Monday.\r\n"
    )
}
