//! What staff write in Markdown (CommonMark), as HTML and as plain text that say the same.
//!
//! The HTML is made here tag by tag from a short list of our own, so nothing that was typed can become a tag,
//! an attribute or a style: HTML in the Markdown is shown as the text that it is, links lead to http, https
//! and mail addresses alone, and of a picture only its description stays, because a letter loads nothing from
//! anywhere.

use entity::email::Address;
use pulldown_cmark::{Event, LinkType, Options, Parser, Tag, TagEnd};

use super::plain::{is_link, visible};

const PARAGRAPH: &str = "<p style=\"margin: 0 0 12px;\">";
const HEADING: &str = "<p style=\"margin: 16px 0 8px; font-weight: 600;\">";
const QUOTE: &str =
    "<blockquote style=\"margin: 0 0 12px; padding: 0 0 0 14px; border-left: 3px solid #b9c6cb;\">";
const CODE: &str = "<pre style=\"margin: 0 0 12px; white-space: pre-wrap;\">";

/// `source` as HTML.
pub fn to_html(source: &str) -> String {
    let source = visible(source);
    let mut html = String::with_capacity(source.len() * 2);
    // For each link that is open: whether its tag was written.
    let mut links: Vec<bool> = Vec::new();
    for event in Parser::new_ext(&source, Options::empty()) {
        match event {
            Event::Start(Tag::Link { link_type, dest_url, .. }) => {
                let url = address(link_type, &dest_url);
                links.push(may_be_linked(&url));
                if may_be_linked(&url) {
                    html.push_str(&format!("<a href=\"{}\" style=\"color: #0f5c6e;\">", escaped(&url)));
                }
            }
            Event::End(TagEnd::Link) => html.push_str(if links.pop() == Some(true) { "</a>" } else { "" }),
            Event::Start(Tag::List(Some(first))) if first != 1 => {
                html.push_str(&format!("<ol start=\"{first}\" style=\"margin: 0 0 12px;\">"))
            }
            Event::Start(tag) => html.push_str(opening(&tag)),
            Event::End(tag) => html.push_str(closing(&tag)),
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => html.push_str(&escaped(&text)),
            Event::Code(text) => html.push_str(&format!("<code>{}</code>", escaped(&text))),
            Event::SoftBreak => html.push('\n'),
            Event::HardBreak => html.push_str("<br>"),
            Event::Rule => html.push_str("<hr style=\"border: 0; border-top: 1px solid #d9e1e4;\">"),
            // These come with extensions only, and none is switched on.
            Event::InlineMath(_)
            | Event::DisplayMath(_)
            | Event::FootnoteReference(_)
            | Event::TaskListMarker(_) => {}
        }
    }
    html
}

fn opening(tag: &Tag<'_>) -> &'static str {
    match tag {
        Tag::Paragraph | Tag::HtmlBlock => PARAGRAPH,
        Tag::Heading { .. } => HEADING,
        Tag::BlockQuote(_) => QUOTE,
        Tag::CodeBlock(_) => CODE,
        Tag::List(Some(_)) => "<ol style=\"margin: 0 0 12px;\">",
        Tag::List(None) => "<ul style=\"margin: 0 0 12px;\">",
        Tag::Item => "<li>",
        Tag::Emphasis => "<em>",
        Tag::Strong => "<strong>",
        _ => "",
    }
}

fn closing(tag: &TagEnd) -> &'static str {
    match tag {
        TagEnd::Paragraph | TagEnd::HtmlBlock | TagEnd::Heading(_) => "</p>",
        TagEnd::BlockQuote(_) => "</blockquote>",
        TagEnd::CodeBlock => "</pre>",
        TagEnd::List(true) => "</ol>",
        TagEnd::List(false) => "</ul>",
        TagEnd::Item => "</li>",
        TagEnd::Emphasis => "</em>",
        TagEnd::Strong => "</strong>",
        _ => "",
    }
}

/// The address of a link; a bare mail address in angle brackets comes without its scheme.
fn address(link_type: LinkType, url: &str) -> String {
    if link_type == LinkType::Email { format!("mailto:{url}") } else { url.to_owned() }
}

/// Whether a link may lead there: to an http or https address, or to a mail address.
fn may_be_linked(url: &str) -> bool {
    let mail =
        |address: &str| Address::parse(address).is_ok() && !address.contains(['"', '\'', '<', '>', '&']);
    is_link(url) || url.strip_prefix("mailto:").is_some_and(mail)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// `source` as plain text: a paragraph is a line, lists have their marks, links are written out behind their
/// words.
pub fn to_text(source: &str) -> String {
    let source = visible(source);
    let mut page = Page::default();
    let mut lists: Vec<Option<u64>> = Vec::new();
    let mut links: Vec<(String, usize)> = Vec::new();
    for event in Parser::new_ext(&source, Options::empty()) {
        match event {
            Event::Start(Tag::Link { link_type, dest_url, .. }) => {
                links.push((address(link_type, &dest_url), page.line.len()))
            }
            Event::End(TagEnd::Link) => {
                let Some((url, from)) = links.pop() else { continue };
                let shown = url.strip_prefix("mailto:").unwrap_or(&url);
                if may_be_linked(&url) && page.line.get(from..) != Some(shown) {
                    page.line.push_str(&format!(" ({shown})"));
                }
            }
            Event::Start(Tag::List(first)) => {
                page.ends(Piece::Item);
                lists.push(first);
            }
            Event::End(TagEnd::List(_)) => {
                lists.pop();
                if lists.is_empty() {
                    page.last = page.last.map(|_| Piece::Block);
                }
            }
            Event::Start(Tag::Item) => {
                let mark = match lists.last_mut() {
                    Some(Some(number)) => {
                        *number += 1;
                        format!("{}. ", *number - 1)
                    }
                    Some(None) | None => "- ".to_owned(),
                };
                page.margins.push(Margin { rest: " ".repeat(mark.len()), first: Some(mark) });
            }
            Event::End(TagEnd::Item) => {
                page.ends(Piece::Item);
                page.margins.pop();
            }
            Event::Start(Tag::BlockQuote(_)) => {
                page.margins.push(Margin { first: None, rest: "> ".to_owned() })
            }
            Event::End(TagEnd::BlockQuote(_)) => {
                page.margins.pop();
            }
            Event::End(TagEnd::HtmlBlock) => {
                page.ends(if lists.is_empty() { Piece::Block } else { Piece::Item })
            }
            Event::End(TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::CodeBlock) => page.ends(Piece::Block),
            Event::Rule => {
                page.line.push_str("----");
                page.ends(Piece::Block);
            }
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) | Event::Code(text) => {
                page.line.push_str(&text)
            }
            Event::SoftBreak => page.line.push(' '),
            Event::HardBreak => page.line.push('\n'),
            Event::Start(_)
            | Event::End(_)
            | Event::InlineMath(_)
            | Event::DisplayMath(_)
            | Event::FootnoteReference(_)
            | Event::TaskListMarker(_) => {}
        }
    }
    page.ends(Piece::Block);
    page.text
}

/// What stands before the lines of a quotation or of an item of a list.
#[derive(Debug)]
struct Margin {
    /// Before its first line, until that is written.
    first: Option<String>,
    /// Before all others.
    rest: String,
}

/// What was written last: it decides how much room is left before the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece {
    Block,
    Item,
}

/// A page of plain text that is being written.
#[derive(Debug, Default)]
struct Page {
    text: String,
    line: String,
    margins: Vec<Margin>,
    last: Option<Piece>,
}

impl Page {
    /// Sets down what has been gathered; items of a list follow each other closely.
    fn ends(&mut self, piece: Piece) {
        let written = std::mem::take(&mut self.line);
        let written = written.trim();
        if written.is_empty() {
            return;
        }
        self.text.push_str(match self.last {
            None => "",
            Some(Piece::Item) if piece == Piece::Item => "\n",
            Some(Piece::Item | Piece::Block) => "\n\n",
        });
        self.last = Some(piece);
        for (place, line) in written.lines().enumerate() {
            if place > 0 {
                self.text.push('\n');
            }
            for margin in &mut self.margins {
                self.text.push_str(margin.first.take().as_deref().unwrap_or(&margin.rest));
            }
            self.text.push_str(line.trim_end());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LETTER: &str = "# Bring\n\nDear *all*,\nplease **bring**:\n\n- a pencil\n- paper, see [the list](https://example.org/a?b=1&c=2)\n  1. white\n  2. lined\n\n> Write\\\n> to <office@example.org>\n\n`a < b`\n\n---\n\nBye.";

    #[test]
    fn html_and_text_say_the_same() {
        assert_eq!(
            to_text(LETTER),
            "Bring\n\nDear all, please bring:\n\n- a pencil\n- paper, see the list (https://example.org/a?b=1&c=2)\n  1. white\n  2. lined\n\n> Write\n> to office@example.org\n\na < b\n\n----\n\nBye."
        );
        let html = to_html(LETTER);
        for part in [
            ">Bring</p>",
            "<em>all</em>",
            "<strong>bring</strong>",
            "<li>a pencil</li>",
            "<a href=\"https://example.org/a?b=1&amp;c=2\"",
            "<ol style",
            "Write<br>to <a href=\"mailto:office@example.org\"",
            "<code>a &lt; b</code>",
            "<hr",
        ] {
            assert!(html.contains(part), "{part} is not in {html}");
        }
    }

    #[test]
    fn paragraphs_in_items_keep_their_margin() {
        assert_eq!(to_text("3. one\n\n   more\n4. two\n\nend"), "3. one\n\n   more\n\n4. two\n\nend");
        assert!(to_html("3. one").contains("<ol start=\"3\""));
    }

    #[test]
    fn nothing_becomes_a_tag_that_was_typed_as_one() {
        for typed in [
            "<script>alert(1)</script>",
            "a <img src=x onerror=alert(1)> b",
            "<a href=\"javascript:alert(1)\">x</a>",
            "[x](javascript:alert(1))",
            "[x](data:text/html;base64,AAAA)",
            "[x](//evil.example/)",
            "[x](/relative)",
            "[x](https://a\"onmouseover=alert)",
            "![a picture](https://evil.example/pixel.gif)",
            "[x](mailto:a@example.org?bcc=b@example.org&body=<b>)",
            "<style>p{}</style>\n\n<p style=\"x\">y</p>",
            "<!-- a\n\ncomment -->",
            "[x]: https://a 'b\" onload=\"c'\n\n[x]",
            "\u{0}\u{202e}x",
        ] {
            let html = to_html(typed);
            for (start, _) in html.match_indices('<') {
                let tag = html[start + 1..].trim_start_matches('/');
                let known = ["p style=\"margin", "p>", "a href=\"https://a\" style=\"color", "a>", "code>"];
                assert!(known.iter().any(|known| tag.starts_with(known)), "{typed:?}: {html}");
            }
            assert!(!html.contains('\u{202e}') && !html.contains('\u{0}'), "{html:?}");
        }
        assert_eq!(
            to_html("![a picture](https://evil.example/pixel.gif)"),
            format!("{PARAGRAPH}a picture</p>")
        );
        assert_eq!(to_text("<b>so</b> it is"), "<b>so</b> it is");
        assert_eq!(to_text("- a\n- <b>b</b>\n- <div>c</div>"), "- a\n- <b>b</b>\n- <div>c</div>");
        assert_eq!(to_text("one\r\nBcc: x@example.org"), "one Bcc: x@example.org");
    }
}
