//! Lines of a text, whatever ends them.

/// The text behind the end of a line at its beginning.
pub fn after_end(text: &str) -> &str {
    text.strip_prefix("\r\n").or_else(|| text.strip_prefix(['\r', '\n'])).unwrap_or(text)
}

/// Counts lines at offsets that grow. The library, which takes the CR of a line's end for all of it, is one
/// line behind in files that end their lines with CRLF.
#[derive(Debug)]
pub struct Count<'a> {
    text: &'a [u8],
    at: usize,
    line: u64,
}

impl<'a> Count<'a> {
    /// At the beginning of a text.
    pub fn of(text: &'a str) -> Self {
        Self { text: text.as_bytes(), at: 0, line: 1 }
    }

    /// The line of the first cell at or behind this offset.
    pub fn line_at(&mut self, offset: u64) -> u64 {
        let offset = usize::try_from(offset).unwrap_or(usize::MAX);
        while let Some(byte) =
            self.text.get(self.at).filter(|byte| self.at < offset || matches!(byte, b'\r' | b'\n'))
        {
            let ends = match byte {
                b'\n' => true,
                b'\r' => self.text.get(self.at + 1) != Some(&b'\n'),
                _ => false,
            };
            self.line += u64::from(ends);
            self.at += 1;
        }
        self.line
    }
}
