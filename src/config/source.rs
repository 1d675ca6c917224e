//! The text of one file and its lines.

use std::rc::Rc;

/// A file that values and diagnostics point into. One `Rc` is shared by all values of a file.
#[derive(Debug)]
pub struct Source {
    name: String,
    text: Option<String>,
    /// The byte offset at which each line begins.
    lines: Vec<usize>,
}

impl Source {
    /// A file whose text is known: positions in it are lines and columns.
    pub fn text(name: impl Into<String>, text: impl Into<String>) -> Rc<Source> {
        let text = text.into();
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Rc::new(Source { name: name.into(), text: Some(text), lines })
    }

    /// Something without lines: a binary property list, an unreadable file, a command line option.
    pub fn opaque(name: impl Into<String>) -> Rc<Source> {
        Rc::new(Source { name: name.into(), text: None, lines: Vec::new() })
    }

    /// The name as the user gave it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text, if there is one.
    pub fn contents(&self) -> Option<&str> {
        self.text.as_deref()
    }

    /// Line and column of a byte offset, both from 1, columns in characters.
    pub fn position(&self, offset: usize) -> Option<(usize, usize)> {
        let text = self.text.as_deref()?;
        let line = self.lines.partition_point(|&start| start <= offset);
        let start = self.lines.get(line.checked_sub(1)?)?;
        let end = text.floor_char_boundary(offset);
        Some((line, text.get(*start..end.max(*start))?.chars().count() + 1))
    }

    /// The byte offset of a line and a column (both from 1, columns in characters), clamped to the text.
    pub fn offset(&self, line: usize, column: usize) -> usize {
        let Some(text) = self.text.as_deref() else { return 0 };
        let Some(&start) = self.lines.get(line.saturating_sub(1)) else { return text.len() };
        let rest = &text[start..];
        start + rest.char_indices().nth(column.saturating_sub(1)).map_or(rest.len(), |(at, _)| at)
    }

    /// The line (from 1) that holds a byte offset, without its line end, and where it begins.
    pub fn line_at(&self, offset: usize) -> Option<(usize, usize, &str)> {
        let (line, _) = self.position(offset)?;
        let start = *self.lines.get(line - 1)?;
        let rest = self.text.as_deref()?.get(start..)?;
        let end = rest.find('\n').unwrap_or(rest.len());
        Some((line, start, rest[..end].trim_end_matches('\r')))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_characters() {
        let source = Source::text("a.plist", "ä1\nöü2\n");
        assert_eq!(source.position(0), Some((1, 1)));
        assert_eq!(source.position(2), Some((1, 2)));
        assert_eq!(source.position(8), Some((2, 3)));
        assert_eq!(source.offset(2, 3), 8);
        assert_eq!(source.line_at(8), Some((2, 4, "öü2")));
    }

    #[test]
    fn an_offset_beyond_the_text_is_its_end() {
        let source = Source::text("a.plist", "ab");
        assert_eq!(source.position(99), Some((1, 3)));
        assert_eq!(source.offset(7, 7), 2);
    }
}
