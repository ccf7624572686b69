//! From places in a text, in bytes, to lines and columns.

use apollo_compiler::parser::SourceSpan;

use super::fault::Location;

/// How many bytes lie between two counts of characters.
const STRIDE: usize = 64;

/// The lines of a text, and enough counts of its characters that a column is found in the same time wherever
/// it stands: a document may be one line of 15,000 characters with thousands of fields.
#[derive(Debug)]
pub struct Lines<'t> {
    bytes: &'t [u8],
    /// Where each line begins.
    starts: Vec<usize>,
    /// How many characters begin before each [`STRIDE`]th byte.
    counts: Vec<usize>,
}

impl<'t> Lines<'t> {
    /// The lines of `text`. A line ends at LF, CR, or both (specification section 2.1.3).
    pub fn of(text: &'t str) -> Self {
        let bytes = text.as_bytes();
        let ends = bytes.iter().enumerate().filter(|(at, byte)| match byte {
            b'\n' => true,
            b'\r' => bytes.get(at + 1) != Some(&b'\n'),
            _ => false,
        });
        let starts = std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect();
        let mut counts = Vec::with_capacity(bytes.len() / STRIDE + 1);
        let mut before = 0;
        for block in bytes.chunks(STRIDE) {
            counts.push(before);
            before += characters(block);
        }
        counts.push(before);
        Self { bytes, starts, counts }
    }

    /// The line and column of a byte of the text.
    pub fn locate(&self, offset: usize) -> Location {
        let offset = offset.min(self.bytes.len());
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = self.starts.get(line.saturating_sub(1)).copied().unwrap_or_default();
        Location { line, column: self.before(offset) - self.before(start) + 1 }
    }

    /// Where something of the document begins.
    pub fn begin(&self, span: Option<SourceSpan>) -> Option<Location> {
        span.map(|span| self.locate(span.offset()))
    }

    /// How many characters begin before a byte.
    fn before(&self, offset: usize) -> usize {
        let block = offset / STRIDE;
        let counted = self.counts.get(block).copied().unwrap_or_default();
        counted + self.bytes.get(block * STRIDE..offset).map_or(0, characters)
    }
}

/// How many characters begin in some bytes of UTF-8: all bytes but those that continue one.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0b1100_0000 != 0b1000_0000).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, offset: usize) -> (usize, usize) {
        let Location { line, column } = Lines::of(text).locate(offset);
        (line, column)
    }

    #[test]
    fn a_line_ends_at_lf_cr_or_both() {
        let text = "a\nb\rc\r\nd";
        assert_eq!([0, 2, 4, 7].map(|offset| at(text, offset)), [(1, 1), (2, 1), (3, 1), (4, 1)]);
        assert_eq!(at(text, 100), (4, 2), "the end");
        assert_eq!(at("", 0), (1, 1));
    }

    #[test]
    fn columns_count_characters() {
        let text = format!("{}\n{{ é x }}", "é".repeat(100));
        assert_eq!(at(&text, 200), (1, 101));
        assert_eq!(at(&text, text.find('x').expect("x")), (2, 5));
        for (offset, _) in text.char_indices() {
            let line = text[..offset].matches('\n').count() + 1;
            let column = text[..offset].rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
            assert_eq!(at(&text, offset), (line, column));
        }
    }
}
