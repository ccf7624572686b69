//! Messages in the shapes in which mail servers send them; the words are ours.

pub const ADA: &str = "ada@example.org";
pub const RETURN_PATH: &str = "bounces+0123456789abcdef@example.org";
pub const MESSAGE_ID: &str = "0123456789abcdef0123456789abcdef@example.org";

/// The head of the letter that comes back.
fn head() -> String {
    format!(
        "Return-Path: <{RETURN_PATH}>\nFrom: Course Office <office@example.org>\nTo: Ada <{ADA}>\nSubject: The course starts in a\n week\n\
         Message-ID: <{MESSAGE_ID}>\nAuto-Submitted: auto-generated\n"
    )
}

/// A report of these parts, each with its kind and its encoding.
fn report(head: &str, kind: &str, parts: &[(&str, &str, &str)]) -> String {
    let mut text = format!(
        "{head}Auto-Submitted: auto-replied\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type={kind};\n\tboundary=\"=_a b.c\"\n\n\
         This is a message in several parts.\n\n"
    );
    for (kind, encoding, body) in parts {
        text.push_str(&format!(
            "--=_a b.c\nContent-Type: {kind}\nContent-Transfer-Encoding: {encoding}\n\n{body}\n"
        ));
    }
    text.push_str("--=_a b.c--\n");
    text.replace('\n', "\r\n")
}

pub fn postfix(action: &str, status: &str, diagnostic: &str) -> String {
    let status = format!(
        "Reporting-MTA: dns; mx.example.com\nX-Postfix-Queue-ID: 4bQ\nX-Postfix-Sender: rfc822; {RETURN_PATH}\nArrival-Date: Wed, 6 May 2026 13:00:00 +0000\n\n\
         Final-Recipient: rfc822; {ADA}\nOriginal-Recipient: rfc822;{ADA}\nAction: {action}\nStatus: {status}\nRemote-MTA: dns; mail.example.com\nDiagnostic-Code: {diagnostic}\n"
    );
    report(
        &format!(
            "Return-Path: <>\nDelivered-To: {RETURN_PATH}\nFrom: MAILER-DAEMON@mx.example.com (Mail Delivery System)\nSubject: It came back\n"
        ),
        "delivery-status",
        &[
            (
                "text/plain; charset=us-ascii",
                "7bit",
                "The mail system at mx.example.com could not deliver your message.",
            ),
            ("message/delivery-status", "7bit", &status),
            ("message/rfc822", "7bit", &format!("{}\nThe letter itself.", head())),
        ],
    )
}

/// Exim says 5.0.0 of everything, and what it was told in the diagnostic.
pub fn exim() -> String {
    let status = format!(
        "Reporting-MTA: dns; mx.example.com\n\nAction: failed\nFinal-Recipient: rfc822;{ADA}\nStatus: 5.0.0\nRemote-MTA: dns; mail.example.com\n\
         Diagnostic-Code: smtp; 550-5.1.1 The account does not exist.\n 550 5.1.1 Check the spelling\n"
    );
    report(
        &format!(
            "X-Failed-Recipients: {ADA}\nFrom: Mail Delivery System <Mailer-Daemon@mx.example.com>\nTo: {RETURN_PATH}\nSubject: Failed\n"
        ),
        "delivery-status",
        &[
            (
                "text/plain",
                "8bit",
                "A message that you sent could not be delivered to one of its recipients.",
            ),
            ("message/delivery-status", "7bit", &status),
            ("text/rfc822-headers", "7bit", &head()),
        ],
    )
}

/// Exchange encodes what others leave as it is.
pub fn exchange() -> String {
    let status = "Reporting-MTA: dns;EXAMPLE0001.prod.example.com\nReceived-From-MTA: dns;mx.example.com\n\n\
         Final-Recipient: rfc822;Ada@Example.org\nAction: failed\nStatus: 5.1.10\nDiagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient =\n ada@example.org not found\nX-Display-Name: Ada\n";
    report(
        &format!(
            "From: <postmaster@example.com>\nTo: <{RETURN_PATH}>\nContent-Language: en-US\nX-MS-Exchange-Message-Is-Ndr:\nSubject: Undeliverable\n"
        ),
        "delivery-status",
        &[
            (
                "multipart/alternative; boundary=\"inner\"",
                "7bit",
                "--inner\nContent-Type: text/plain\n\nNot found.\n--inner--",
            ),
            ("message/delivery-status", "quoted-printable", &status.replace('=', "=3D")),
            ("message/rfc822", "7bit", &format!("{}\nThe letter.", head())),
        ],
    )
}

pub fn gmail() -> String {
    let status = format!(
        "Reporting-MTA: dns; mail.example.com\nArrival-Date: Wed, 06 May 2026 06:00:00 -0700 (PDT)\nX-Original-Message-ID: <{MESSAGE_ID}>\n\n\
         Final-Recipient: rfc822; {ADA}\nAction: failed\nStatus: 5.1.1\nRemote-MTA: dns; mx.example.net. (192.0.2.7, the server for the domain example.org.)\n\
         Diagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach does not exist.\n 550-5.1.1 Please try again.\n 550 5.1.1 for ada@example.org\nLast-Attempt-Date: Wed, 06 May 2026 06:00:01 -0700 (PDT)\n"
    );
    report(
        &format!(
            "Received: by 2002:a05 with SMTP id z1; Wed, 06 May 2026 06:00:01 -0700 (PDT)\nFrom: Mail Delivery Subsystem <mailer-daemon@example.net>\nTo: {RETURN_PATH}\nReferences: <{MESSAGE_ID}>\nSubject: Delivery Status Notification (Failure)\n"
        ),
        "delivery-status",
        &[
            (
                "multipart/related; boundary=\"related\"",
                "7bit",
                "--related\nContent-Type: text/plain\n\n** Address not found **\n--related--",
            ),
            ("message/delivery-status", "7bit", &status),
            ("message/rfc822", "7bit", &format!("{}\nThe letter.", head())),
        ],
    )
}

pub fn ses() -> String {
    let status = format!(
        "Reporting-MTA: dsn; a1-1.smtp-out.example.com\n\nAction: failed\nFinal-Recipient: rfc822; {ADA}\nDiagnostic-Code: smtp; 550 5.1.1 user unknown\nStatus: 5.1.1\n"
    );
    report(
        &format!(
            "From: MAILER-DAEMON@example.com\nTo: {RETURN_PATH}\nSubject: Delivery Status Notification (Failure)\nMessage-ID: <0100@example.com>\n"
        ),
        "delivery-status",
        &[
            ("text/plain; charset=us-ascii", "7bit", "An error occurred while trying to deliver the mail."),
            ("message/delivery-status", "base64", &base64(&status)),
            ("message/rfc822", "7bit", &format!("{}\nThe letter.", head())),
        ],
    )
}

/// In the alphabet of MIME, in lines.
fn base64(text: &str) -> String {
    use base64::Engine;
    let encoded = base64::engine::general_purpose::STANDARD.encode(text);
    let rows = encoded.as_bytes().chunks(76).map(String::from_utf8_lossy);
    rows.collect::<Vec<_>>().join("\n")
}

pub fn abuse(kind: &str) -> String {
    let said = format!(
        "Feedback-Type: {kind}\nUser-Agent: SomeGenerator/1.0\nVersion: 1\nOriginal-Mail-From: <{RETURN_PATH}>\nArrival-Date: Wed, 6 May 2026 13:00:00 +0000\nReported-Domain: example.org\n"
    );
    report(
        "From: <feedback@example.com>\nTo: <abuse@example.org>\nSubject: FW: The course starts in a week\n",
        "feedback-report",
        &[
            (
                "text/plain; charset=\"US-ASCII\"",
                "7bit",
                "This is an abuse report for a message from example.org.",
            ),
            ("message/feedback-report", "7bit", &said),
            ("message/rfc822", "7bit", &format!("{}\nThe letter.", head())),
        ],
    )
}

/// A failure of each of these.
pub fn of_recipients(recipients: &[&str]) -> String {
    let blocks: Vec<String> = recipients
        .iter()
        .map(|to| format!("Final-Recipient: rfc822; {to}\nAction: failed\nStatus: 5.1.1\n"))
        .collect();
    let status = format!("Reporting-MTA: dns; mx.example.com\n\n{}", blocks.join("\n"));
    report(
        &format!("To: {RETURN_PATH}\n"),
        "delivery-status",
        &[("message/delivery-status", "7bit", &status), ("text/rfc822-headers", "7bit", &head())],
    )
}

/// Somebody is away, and quotes a status for good measure.
pub fn away() -> String {
    format!(
        "From: Ada <{ADA}>\r\nTo: {RETURN_PATH}\r\nAuto-Submitted: auto-replied (vacation)\r\nSubject: Out of office: The course starts in a week\r\n\
         In-Reply-To: <{MESSAGE_ID}>\r\nContent-Type: text/plain\r\n\r\nI am back on Monday.\r\n\r\nFinal-Recipient: rfc822; {ADA}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
    )
}

/// A receipt (RFC 8098) is a report, too.
pub fn was_read() -> String {
    let said = format!(
        "Final-Recipient: rfc822;{ADA}\nOriginal-Message-ID: <{MESSAGE_ID}>\nDisposition: automatic-action/MDN-sent-automatically; displayed\nAction: failed\nStatus: 5.1.1\n"
    );
    report(
        &format!("From: {ADA}\nTo: {RETURN_PATH}\n"),
        "disposition-notification",
        &[("text/plain", "7bit", "It was read."), ("message/disposition-notification", "7bit", &said)],
    )
}

/// A letter of ours, which somebody sends back.
pub fn letter() -> String {
    format!(
        "{}Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\nFinal-Recipient: rfc822; {ADA}\nAction: failed\nStatus: 5.1.1\n--b--\n",
        head()
    )
}
