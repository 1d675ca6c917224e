//! Lines, and pieces of lines that know where they stand.

use std::rc::Rc;

use crate::config::{At, Diagnostics, KeyPath, Source, nearest};

/// A piece of a line.
#[derive(Clone, Debug)]
pub struct Word {
    pub text: String,
    pub at: At,
    /// Where it begins in its line.
    from: usize,
}

/// A line that says something: without the space around it, and where it begins.
pub struct Line<'s> {
    pub text: &'s str,
    source: &'s Rc<Source>,
    begin: usize,
}

/// The file as it is shown in messages: without what stands after a word about passwords, however it is spelt. Every
/// character has its place as before.
pub fn shown(source: &Source) -> Rc<Source> {
    let hidden = |line: &str| {
        let first = line.trim_start();
        let indent = line.len() - first.len();
        let end = indent + first.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(first.len());
        let (word, rest) = line.split_at(end);
        let word_only = word[indent..].to_ascii_lowercase();
        let private = word_only.contains("pass") || nearest(&word_only, [PASSWORD]).is_some();
        let rest: String = if private { rest.chars().map(mask).collect() } else { rest.to_owned() };
        format!("{word}{rest}")
    };
    let text = source.contents().unwrap_or_default();
    Source::text(source.name(), text.split_inclusive('\n').map(hidden).collect::<String>())
}

/// The directive that nobody is to read, in small letters.
const PASSWORD: &str = "passwdformat";

/// A character of as many bytes that says nothing.
pub fn mask(c: char) -> char {
    match c.len_utf8() {
        _ if c.is_whitespace() || c.is_control() => c,
        1 => '*',
        2 => '\u{b7}',
        3 => '\u{2022}',
        _ => '\u{1f784}',
    }
}

/// The lines that say something: no blank ones, no comments. One with a control character in it is an error. Messages point
/// into the file as it is `shown`.
pub fn lines<'s>(source: &'s Source, shown: &'s Rc<Source>, diags: &Diagnostics) -> Vec<Line<'s>> {
    let mut begin = 0;
    let mut found = Vec::new();
    for whole in source.contents().unwrap_or_default().split_inclusive('\n') {
        let text = whole.trim();
        let line = Line { text, source: shown, begin: begin + (whole.len() - whole.trim_start().len()) };
        begin += whole.len();
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        match text.find(|c: char| c.is_control() && c != '\t') {
            Some(place) => {
                let at = line.part(place, place + 1).at;
                diags.error(&at, "a control character stands here").help("this is a file of plain text");
            }
            None => found.push(line),
        }
    }
    found
}

impl Line<'_> {
    /// The bytes from `from` to `to` of the line.
    pub fn part(&self, from: usize, to: usize) -> Word {
        let range = self.begin + from..self.begin + to;
        let text = self.text.get(from..to).unwrap_or_default().to_owned();
        Word { text, at: At::span(self.source, range, KeyPath::default()), from }
    }

    pub fn whole(&self) -> Word {
        self.part(0, self.text.len())
    }

    /// From where a word begins to the end of the line.
    pub fn to_end(&self, word: &Word) -> Word {
        self.part(word.from, self.text.len())
    }

    /// The bytes from `from` to `to` of a word of it.
    pub fn sub(&self, word: &Word, from: usize, to: usize) -> Word {
        self.part(word.from + from, word.from + to)
    }

    /// The words of it, which are parted by space.
    pub fn words(&self) -> Vec<Word> {
        self.pieces(&self.whole(), char::is_whitespace)
    }

    /// The pieces of a word between separators, without the space around them; empty ones are left out.
    pub fn pieces(&self, word: &Word, separates: impl Fn(char) -> bool) -> Vec<Word> {
        let (mut found, mut begin) = (Vec::new(), word.from);
        for piece in word.text.split(separates) {
            let inside = piece.trim();
            let first = begin + (piece.len() - piece.trim_start().len());
            if !inside.is_empty() {
                found.push(self.part(first, first + inside.len()));
            }
            // Then there is a separator, or the end.
            begin += piece.len();
            begin += self.text.get(begin..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        }
        found
    }

    /// Parts a word at its first `=`: key and value, the latter without quotes around it. None: there is none.
    pub fn setting(&self, word: &Word) -> Option<(Word, Word)> {
        let (key, value) = word.text.split_once('=')?;
        let (key, value) = (key.trim_end(), value.trim());
        let from = word.from + word.text.len() - value.len();
        let value = match value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
            Some(bare) => self.part(from + 1, from + 1 + bare.len()),
            None => self.part(from, from + value.len()),
        };
        Some((self.part(word.from, word.from + key.len()), value))
    }
}

impl Word {
    /// A text that stands here by itself.
    pub fn standing(text: &str, at: At) -> Word {
        Word { text: text.to_owned(), at, from: 0 }
    }

    /// As a number of this kind, or an error that says what is wanted.
    pub fn number<T: std::str::FromStr>(
        &self,
        wanted: &str,
        fits: impl Fn(&T) -> bool,
        diags: &Diagnostics,
    ) -> Option<T> {
        let number = self.text.trim().parse().ok().filter(|number| fits(number));
        if number.is_none() {
            diags.error(&self.at, format!("{:?} is not {wanted}", self.text)).help(format!("write {wanted}"));
        }
        number
    }
}
