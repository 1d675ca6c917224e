//! The name under which a request or an operation is counted, as `PUT{event}` or `invite`.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An interned name: as cheap to copy and keep as a reference, ordered and compared by its text.
///
/// A run knows few labels (some dozens), so their texts are kept for the life of the process.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label(&'static str);

thread_local! {
    static KNOWN: RefCell<BTreeSet<&'static str>> = const { RefCell::new(BTreeSet::new()) };
}

impl Label {
    /// The label of this text.
    pub fn new(text: &str) -> Label {
        KNOWN.with_borrow_mut(|known| match known.get(text) {
            Some(found) => Label(found),
            None => {
                let kept: &'static str = Box::leak(text.to_owned().into_boxed_str());
                known.insert(kept);
                Label(kept)
            }
        })
    }

    /// A label whose text is a constant of the program.
    pub const fn of(text: &'static str) -> Label {
        Label(text)
    }

    /// Of the failure for which a client ends the run.
    pub const ABORT: Label = Label::of("abort");

    /// What visitors of web sites do: all that one profile does from its first step to its last.
    pub const SESSION: Label = Label::of("session");
    /// The requests between two times of thinking (mail-web-chat-network, A2 row 30).
    pub const PAGE: Label = Label::of("page");
    /// A connection is opened, with TLS.
    pub const CONNECT: Label = Label::of("connect");

    /// The label that is meant by a name of today or of an older state of the ancestor.
    pub fn canonical(name: &str) -> Label {
        match name {
            "REPORT{sync}" => Label::of("REPORT{sync-coll}"),
            "REPORT{sync-init}" => Label::of("REPORT{sync-coll-init}"),
            _ if name.starts_with("startup:") => Label::of("startup"),
            _ => Label::new(name),
        }
    }

    /// `METHOD{what}`, the form of every request label.
    pub fn request(method: &str, what: &str) -> Label {
        Label::new(&format!("{method}{{{what}}}"))
    }

    /// The text.
    pub fn as_str(self) -> &'static str {
        self.0
    }
}

/// The size class of a count in a label: `small` to 5, `medium` to 20, `large` to 75, `huge` beyond (spec 5.4).
pub fn size_class(count: usize) -> &'static str {
    match count {
        0..=5 => "small",
        6..=20 => "medium",
        21..=75 => "large",
        _ => "huge",
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}

impl fmt::Debug for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

impl Serialize for Label {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0)
    }
}

impl<'de> Deserialize<'de> for Label {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Label, D::Error> {
        Ok(Label::new(&String::deserialize(deserializer)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_are_one_label() {
        let a = Label::new("PUT{event}");
        assert_eq!(a, Label::request("PUT", "event"));
        assert!(std::ptr::eq(a.as_str(), Label::new("PUT{event}").as_str()));
        assert_ne!(a, Label::new("GET{event}"));
    }

    #[test]
    fn old_names_are_aliases() {
        for (old, new) in [
            ("REPORT{sync}", "REPORT{sync-coll}"),
            ("REPORT{sync-init}", "REPORT{sync-coll-init}"),
            ("startup: OS_X_10.6", "startup"),
            ("GET{event}", "GET{event}"),
        ] {
            assert_eq!(Label::canonical(old).as_str(), new);
        }
    }

    #[test]
    fn size_classes_change_where_the_spec_says() {
        let classes: Vec<_> = [5, 6, 20, 21, 75, 76].into_iter().map(size_class).collect();
        assert_eq!(classes, ["small", "medium", "medium", "large", "large", "huge"]);
    }
}
