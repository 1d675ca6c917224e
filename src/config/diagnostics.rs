//! Errors, warnings and notices, each at its place.

use std::cell::{Cell, RefCell};
use std::fmt;

use super::At;
use super::plain::one_line;

/// How much a diagnostic matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Nothing can be run.
    Error,
    /// It runs, but probably not as meant.
    Warning,
    /// Worth knowing.
    Notice,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Notice => "notice",
        })
    }
}

/// One finding. `Display` is the short form `file:line:column: error: message`.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// How much it matters.
    pub level: Level,
    /// Where.
    pub at: At,
    /// What, in one line without a full stop.
    pub message: String,
    /// Ways out, one line each.
    pub help: Vec<String>,
    /// Other places that belong to it, and why.
    pub also: Vec<(At, String)>,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.at, self.level, self.message)
    }
}

/// More than this many diagnostics are not kept, only counted: a hostile file could hold a million faults.
const KEPT: usize = 10_000;

/// Collects all diagnostics. It is shared by reference: readers and decoders only need `&Diagnostics`.
#[derive(Debug, Default)]
pub struct Diagnostics {
    found: RefCell<Vec<Diagnostic>>,
    beyond: Cell<usize>,
}

impl Diagnostics {
    /// An empty collection.
    pub fn new() -> Diagnostics {
        Diagnostics::default()
    }

    /// Adds an error.
    pub fn error(&self, at: &At, message: impl Into<String>) -> Note<'_> {
        self.add(Level::Error, at, message.into())
    }

    /// Adds a warning.
    pub fn warning(&self, at: &At, message: impl Into<String>) -> Note<'_> {
        self.add(Level::Warning, at, message.into())
    }

    /// Adds a notice.
    pub fn notice(&self, at: &At, message: impl Into<String>) -> Note<'_> {
        self.add(Level::Notice, at, message.into())
    }

    /// True when there is at least one error; warnings and notices do not count.
    pub fn has_errors(&self) -> bool {
        // What was not kept may have been an error: it is taken for one.
        self.beyond.get() > 0 || self.found.borrow().iter().any(|one| one.level == Level::Error)
    }

    /// How many there are of a level, among those that were kept.
    pub fn count(&self, level: Level) -> usize {
        self.found.borrow().iter().filter(|one| one.level == level).count()
    }

    /// True when nothing at all was found.
    pub fn is_empty(&self) -> bool {
        self.found.borrow().is_empty()
    }

    /// How many more there were than are kept.
    pub fn beyond(&self) -> usize {
        self.beyond.get()
    }

    /// All that were kept, in the order in which they were found.
    pub fn all(&self) -> Vec<Diagnostic> {
        self.found.borrow().clone()
    }

    fn add(&self, level: Level, at: &At, message: String) -> Note<'_> {
        let mut found = self.found.borrow_mut();
        let index = found.len();
        if index < KEPT {
            let message = one_line(&message).into_owned();
            found.push(Diagnostic { level, at: at.clone(), message, help: Vec::new(), also: Vec::new() });
        } else {
            self.beyond.set(self.beyond.get() + 1);
        }
        // The note of one that was not kept points past the end, where it changes nothing.
        Note { diags: self, index }
    }

    fn amend(&self, index: usize, change: impl FnOnce(&mut Diagnostic)) {
        if let Some(one) = self.found.borrow_mut().get_mut(index) {
            change(one);
        }
    }
}

/// The diagnostic that was just added, to say more about it.
#[derive(Clone, Copy, Debug)]
pub struct Note<'a> {
    diags: &'a Diagnostics,
    index: usize,
}

impl Note<'_> {
    /// Adds the way out; an empty text adds nothing.
    pub fn help(self, text: impl Into<String>) -> Self {
        let text = text.into();
        if !text.is_empty() {
            self.diags.amend(self.index, |one| one.help.push(one_line(&text).into_owned()));
        }
        self
    }

    /// Adds another place that belongs to it.
    pub fn also(self, at: &At, label: impl Into<String>) -> Self {
        self.diags.amend(self.index, |one| one.also.push((at.clone(), label.into())));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warnings_are_no_errors() {
        let diags = Diagnostics::new();
        diags.warning(&At::named("a.plist"), "odd").help("").help("do this");
        assert!(!diags.has_errors());
        assert_eq!(diags.all()[0].help, ["do this"]);
        diags.error(&At::named("--users"), "too many");
        assert!(diags.has_errors());
        assert_eq!(diags.all()[1].to_string(), "--users: error: too many");
    }

    #[test]
    fn a_flood_is_counted() {
        let diags = Diagnostics::new();
        for _ in 0..KEPT + 2 {
            diags.warning(&At::named("a"), "odd").help("no");
        }
        assert_eq!((diags.all().len(), diags.beyond(), diags.has_errors()), (KEPT, 2, true));
    }
}
