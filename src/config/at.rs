//! Where a value stands.

use std::fmt;
use std::ops::Range;
use std::rc::Rc;

use super::Source;
use super::plain::one_line;

/// The keys and indexes that lead to a value, as `clients[0].weight`. The empty path is the top.
#[derive(Clone, Debug, Default)]
pub struct KeyPath(Option<Rc<Step>>);

/// One step of a path; children share their parents' steps.
#[derive(Debug)]
enum Step {
    Key(KeyPath, String),
    Index(KeyPath, usize),
}

impl KeyPath {
    /// The path of a value under `key` of this dict.
    pub fn key(&self, key: &str) -> KeyPath {
        KeyPath(Some(Rc::new(Step::Key(self.clone(), key.to_owned()))))
    }

    /// The path of an element of this array, counted from 0.
    pub fn index(&self, index: usize) -> KeyPath {
        KeyPath(Some(Rc::new(Step::Index(self.clone(), index))))
    }

    /// True at the top of a file.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }
}

impl fmt::Display for KeyPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_deref() {
            None => Ok(()),
            Some(Step::Key(parent, key)) if parent.is_empty() => write!(f, "{}", one_line(key)),
            Some(Step::Key(parent, key)) => write!(f, "{parent}.{}", one_line(key)),
            Some(Step::Index(parent, index)) => write!(f, "{parent}[{index}]"),
        }
    }
}

/// Where a value stands: its file, its bytes there and the keys that lead to it.
///
/// `Display` is `file:line:column` (from 1, columns in characters); without a text it is the file and
/// the key path, or the file alone.
#[derive(Clone, Debug)]
pub struct At {
    source: Rc<Source>,
    range: Option<Range<usize>>,
    path: KeyPath,
}

impl At {
    /// A place of no file: an option of the command line, or a file that cannot be read.
    pub fn named(name: impl Into<String>) -> At {
        At { source: Source::opaque(name), range: None, path: KeyPath::default() }
    }

    /// A range of bytes of a text.
    pub fn span(source: &Rc<Source>, range: Range<usize>, path: KeyPath) -> At {
        At { source: source.clone(), range: Some(range), path }
    }

    /// A value of a file without lines.
    pub fn path_only(source: &Rc<Source>, path: KeyPath) -> At {
        At { source: source.clone(), range: None, path }
    }

    /// Where a part of a string stands, given the text of the whole string, which stands here. The whole, where that
    /// cannot be told: of a binary property list, or around comments.
    pub fn part(&self, text: &str, part: Range<usize>) -> At {
        let place = || {
            let range = self.range.clone()?;
            let raw = self.source.contents()?.get(range.clone())?;
            let found = raw_part(raw, text, &part)?;
            Some(range.start + found.start..range.start + found.end)
        };
        At { range: place().or(self.range.clone()), ..self.clone() }
    }

    /// The file.
    pub fn source(&self) -> &Rc<Source> {
        &self.source
    }

    /// The bytes in the file, if it is a text.
    pub fn range(&self) -> Option<Range<usize>> {
        self.range.clone()
    }

    /// The keys that lead here.
    pub fn path(&self) -> &KeyPath {
        &self.path
    }

    /// Line and column, from 1.
    pub fn position(&self) -> Option<(usize, usize)> {
        self.source.position(self.range.as_ref()?.start)
    }
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.source.name();
        match self.position() {
            Some((line, column)) => write!(f, "{name}:{line}:{column}"),
            None if self.path.is_empty() => write!(f, "{name}"),
            None => write!(f, "{name}: {}", self.path),
        }
    }
}

/// The bytes of an XML element that stand for a part of its text, which are more where there are entities.
fn raw_part(raw: &str, text: &str, part: &Range<usize>) -> Option<Range<usize>> {
    const CDATA: &str = "<![CDATA[";
    let mut at = raw.starts_with('<').then(|| raw.find('>'))?? + 1;
    let literal = raw[at..].starts_with(CDATA);
    if literal {
        at += CDATA.len();
    }
    let (mut start, mut end) = (None, None);
    for (index, letter) in text.char_indices() {
        if index == part.start {
            start = Some(at);
        }
        if index == part.end {
            end = Some(at);
        }
        let rest = &raw[at..];
        at += match rest.chars().next()? {
            '&' if !literal => rest.find(';')? + 1,
            same if same == letter => same.len_utf8(),
            _ => return None,
        };
    }
    let last = if part.start >= text.len() { at } else { start? };
    Some(last..end.unwrap_or(at).max(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_keys_and_indexes() {
        let path = KeyPath::default().key("clients").index(0).key("weight");
        assert_eq!(path.to_string(), "clients[0].weight");
        let binary = At::path_only(&Source::opaque("c.plist"), path);
        assert_eq!(binary.to_string(), "c.plist: clients[0].weight");
    }

    #[test]
    fn a_part_of_a_string_is_found() {
        let part = |raw: &str, text: &str, word: &str| {
            let source = Source::text("c", raw);
            let from = text.find(word).unwrap();
            let whole = At::span(&source, 0..raw.len(), KeyPath::default());
            whole.part(text, from..from + word.len()).range().map(|range| raw[range].to_owned()).unwrap()
        };
        assert_eq!(part("<string>ä &lt; 2s</string>", "ä < 2s", "2s"), "2s");
        assert_eq!(part("<string>ä &lt; 2s</string>", "ä < 2s", "<"), "&lt;");
        assert_eq!(part("<string><![CDATA[a & < 2s]]></string>", "a & < 2s", "2s"), "2s");
        assert_eq!(part("<string>a</string>", "a", ""), "");
        let commented = "<string>a <!-- x --> b</string>";
        assert_eq!(part(commented, "a  b", "b"), commented);
        let source = Source::text("c", "<string>ab</string>");
        let end = At::span(&source, 0..19, KeyPath::default()).part("ab", 2..2);
        assert_eq!(end.to_string(), "c:1:11");
    }

    #[test]
    fn a_place_in_a_text_is_line_and_column() {
        let source = Source::text("c.plist", "one\ntwo");
        assert_eq!(At::span(&source, 5..6, KeyPath::default()).to_string(), "c.plist:2:2");
        assert_eq!(At::named("--users").to_string(), "--users");
    }
}
