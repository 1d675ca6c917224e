//! What is looked for in answers.

use std::rc::Rc;

use super::pattern::Pattern;
use crate::config::{FromValue, Table};
use crate::stats::one_line;

/// What is looked for in answers, and the name under which it is counted.
#[derive(Clone, Debug)]
pub struct Check {
    pub name: Rc<str>,
    pub pattern: Pattern,
}

impl Check {
    /// The regular expression under this key, as `match`, if the table has one: it is named by both.
    pub fn unnamed(table: &Table<'_>, key: &str) -> Option<Check> {
        let pattern = table.optional::<Pattern>(key)?;
        Some(Check { name: one_line(&format!("{key} {}", pattern.as_str())).into(), pattern })
    }

    /// Whether one without a name of its own may be called so, and share its count with another of this name.
    pub fn is_of_unnamed(name: &str) -> bool {
        name.split_whitespace().next().is_some_and(|word| ["match", "nomatch"].contains(&word))
    }

    /// Those of the dict of names and regular expressions under this key, after `before`, of which they replace those of the
    /// same name; None: the table has no such dict.
    pub fn named(table: &Table<'_>, key: &str, before: &[Check]) -> Option<Rc<[Check]>> {
        let (value, diags) = (table.value(key)?, table.diags());
        let named = Table::new(value, diags, key)?;
        let mut all = before.to_vec();
        for pair in named.pairs() {
            if pair.key.is_empty() || one_line(&pair.key) != pair.key {
                diags.error(&pair.key_at, format!("{:?} cannot be the name of a check", pair.key));
            }
            if Check::is_of_unnamed(&pair.key) {
                let message = format!("{:?} cannot be the name of a check of one's own", pair.key);
                let note = diags.error(&pair.key_at, message);
                note.help("those of `match` and `nomatch` are called so, with what they look for");
            }
            let Some(pattern) = Pattern::from_value(&pair.value, diags) else { continue };
            all.retain(|check| *check.name != *pair.key);
            all.push(Check { name: pair.key.as_str().into(), pattern });
        }
        Some(all.into())
    }
}
