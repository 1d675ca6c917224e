//! The labels that an expression means.

use std::fmt;
use std::rc::Rc;

use crate::label::Label;
use crate::stats::{is_auxiliary, names_auxiliary};

/// Which labels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Labels {
    /// All of them, counted together as if they were one.
    Together,
    One(Label),
    /// Every label that the pattern matches, each judged for itself: `*` stands for any text, `?` for one letter.
    Each(Rc<str>),
}

impl Labels {
    /// From a name as written: of a pattern if there is a `*` or a `?` in it. An old name is the new one.
    pub fn named(name: &str) -> Labels {
        let canonical = Label::canonical(name);
        if canonical.as_str() == name && name.contains(['*', '?']) {
            return Labels::Each(name.into());
        }
        Labels::One(canonical)
    }

    /// Whether this label is one of them. Auxiliary labels must be named outright, at least up to their brace.
    pub fn matches(&self, label: Label) -> bool {
        match self {
            Labels::Together => !is_auxiliary(label),
            Labels::One(one) => *one == label,
            Labels::Each(pattern) => {
                (!is_auxiliary(label) || names_auxiliary(pattern)) && matches(pattern, label.as_str())
            }
        }
    }
}

impl fmt::Display for Labels {
    /// As it is written in an expression, without quotes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Labels::Together => Ok(()),
            Labels::One(label) => f.write_str(label.as_str()),
            Labels::Each(pattern) => f.write_str(pattern),
        }
    }
}

/// Whether a pattern matches the whole of a text.
fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    // Where the last `*` stands, and up to where of the text it reaches.
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(c) if *c == '?' || *c == text[t] => (p, t) = (p + 1, t + 1),
            _ => match star {
                // It takes one letter more.
                Some((at, reached)) => {
                    star = Some((at, reached + 1));
                    (p, t) = (at + 1, reached + 1);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(name: &str) -> Vec<&'static str> {
        let all =
            ["PUT{event}", "PUT{update}", "REPORT{sync-coll}", "startup", "CHALLENGE{basic}", "PROBE{PUT}"];
        let labels = Labels::named(name);
        all.into_iter().filter(|label| labels.matches(Label::of(label))).collect()
    }

    #[test]
    fn patterns_match_whole_labels() {
        assert_eq!(chosen("PUT{*}"), ["PUT{event}", "PUT{update}"]);
        assert_eq!(chosen("*{*e?t}"), ["PUT{event}"]);
        assert_eq!(chosen("*"), ["PUT{event}", "PUT{update}", "REPORT{sync-coll}", "startup"]);
        assert_eq!(chosen("PUT*t"), [""; 0]);
        assert_eq!(chosen("????????"), [""; 0]);
        assert_eq!(chosen("st*r*t*p"), ["startup"]);
    }

    #[test]
    fn old_names_are_the_new_labels() {
        assert_eq!(chosen("REPORT{sync}"), ["REPORT{sync-coll}"]);
        assert_eq!(chosen("startup: OS_X_10.6"), ["startup"]);
        assert_eq!(chosen("startup:*"), ["startup"]);
    }

    #[test]
    fn auxiliary_labels_are_only_named_outright() {
        assert_eq!(chosen("CHALLENGE{basic}"), ["CHALLENGE{basic}"]);
        assert_eq!(chosen("PROBE{*}"), ["PROBE{PUT}"]);
        assert_eq!(chosen("*{basic}"), [""; 0]);
        assert!(Labels::Together.matches(Label::of("startup")));
        assert!(!Labels::Together.matches(Label::of("CHALLENGE{basic}")));
    }
}
