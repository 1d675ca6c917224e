//! A dict being decoded.

use std::cell::RefCell;

use super::{At, Diagnostics, FromValue, Kind, Note, Pair, Value, did_you_mean};

/// A dict being decoded. It remembers which keys were asked for: [`Table::finish`] reports all others.
pub struct Table<'a> {
    pairs: &'a [Pair],
    at: At,
    diags: &'a Diagnostics,
    what: String,
    asked: RefCell<Vec<String>>,
}

impl<'a> Table<'a> {
    /// A table over `value`; `what` names it in messages, as in "`weight` is missing in the client".
    pub fn new(value: &'a Value, diags: &'a Diagnostics, what: &str) -> Option<Table<'a>> {
        match &value.kind {
            Kind::Dict(pairs) => Some(Table::over(pairs, &value.at, diags, what)),
            _ => value.mismatch(&format!("a dict for {what}"), diags),
        }
    }

    /// A table without keys, for a dict that may be left out; `at` is where it would stand.
    pub fn empty(at: &At, diags: &'a Diagnostics, what: &str) -> Table<'a> {
        Table::over(&[], at, diags, what)
    }

    fn over(pairs: &'a [Pair], at: &At, diags: &'a Diagnostics, what: &str) -> Table<'a> {
        Table { pairs, at: at.clone(), diags, what: what.to_owned(), asked: RefCell::default() }
    }

    /// The value of a key that must be there.
    pub fn required<T: FromValue>(&self, name: &str) -> Option<T> {
        self.required_any(&[name])
    }

    /// The value of a key, or `None` when it is absent or bad (a bad one is reported).
    pub fn optional<T: FromValue>(&self, name: &str) -> Option<T> {
        self.optional_any(&[name])
    }

    /// The value of a key, or `default` when it is absent or bad (a bad one is reported).
    pub fn or<T: FromValue>(&self, name: &str, default: T) -> T {
        self.optional(name).unwrap_or(default)
    }

    /// The value of a key as it stands.
    pub fn value(&self, name: &str) -> Option<&'a Value> {
        self.value_any(&[name])
    }

    /// As [`Table::required`], for a key with several spellings.
    pub fn required_any<T: FromValue>(&self, names: &[&str]) -> Option<T> {
        match self.value_any(names) {
            Some(value) => T::from_value(value, self.diags),
            None => {
                self.missing(names);
                None
            }
        }
    }

    /// As [`Table::optional`], for a key with several spellings.
    pub fn optional_any<T: FromValue>(&self, names: &[&str]) -> Option<T> {
        self.value_any(names).and_then(|value| T::from_value(value, self.diags))
    }

    /// As [`Table::or`], for a key with several spellings.
    pub fn or_any<T: FromValue>(&self, names: &[&str], default: T) -> T {
        self.optional_any(names).unwrap_or(default)
    }

    /// As [`Table::value`], for a key with several spellings; two of them at once are an error.
    pub fn value_any(&self, names: &[&str]) -> Option<&'a Value> {
        let mut asked = self.asked.borrow_mut();
        for name in names {
            if !asked.iter().any(|known| known == name) {
                asked.push((*name).to_owned());
            }
        }
        let mut found = names.iter().filter_map(|name| self.pair(name));
        let first = found.next()?;
        if let Some(second) = found.next() {
            self.diags
                .error(&second.key_at, format!("`{}` says the same as `{}`", second.key, first.key))
                .also(&first.key_at, "which stands here");
        }
        Some(&first.value)
    }

    /// The value of a key that must be there, as it stands.
    pub fn required_value(&self, name: &str) -> Option<&'a Value> {
        let value = self.value(name);
        if value.is_none() {
            self.missing(&[name]);
        }
        value
    }

    /// The dict under a key; a table without keys when it is absent, `None` when it is no dict.
    pub fn table(&self, name: &str, what: &str) -> Option<Table<'a>> {
        match self.value(name) {
            Some(value) => Table::new(value, self.diags, what),
            None => Some(Table::empty(&self.at, self.diags, what)),
        }
    }

    /// All keys and values, for a dict whose keys are free; all count as taken.
    pub fn pairs(&self) -> &'a [Pair] {
        self.asked.borrow_mut().extend(self.pairs.iter().map(|pair| pair.key.clone()));
        self.pairs
    }

    /// True when the key is there, whatever its value. This does not take the key.
    pub fn has(&self, name: &str) -> bool {
        self.pair(name).is_some()
    }

    /// Where the dict stands.
    pub fn at(&self) -> &At {
        &self.at
    }

    /// Where a key stands.
    pub fn key_at(&self, name: &str) -> Option<At> {
        self.pair(name).map(|pair| pair.key_at.clone())
    }

    /// Where the value of a key stands, or the dict when the key is absent.
    pub fn value_at(&self, name: &str) -> At {
        self.pair(name).map_or(&self.at, |pair| &pair.value.at).clone()
    }

    /// Where faults go.
    pub fn diags(&self) -> &'a Diagnostics {
        self.diags
    }

    /// What the dict is, as given to [`Table::new`].
    pub fn what(&self) -> &str {
        &self.what
    }

    /// Reports an error at the value of a key, or at the dict when the key is absent.
    pub fn error_at_key(&self, name: &str, message: impl Into<String>) -> Note<'a> {
        self.diags.error(&self.value_at(name), message)
    }

    /// Reports every key that nobody asked for.
    pub fn finish(self) {
        let asked = self.asked.borrow();
        for pair in self.pairs.iter().filter(|pair| !asked.contains(&pair.key)) {
            self.diags
                .error(&pair.key_at, format!("unknown key `{}` in {}", pair.key, self.what))
                .help(did_you_mean(&pair.key, asked.iter().map(String::as_str)));
        }
    }

    fn pair(&self, name: &str) -> Option<&'a Pair> {
        self.pairs.iter().find(|pair| pair.key == name)
    }

    /// Reports that a key is not there, which is known by the first of these names.
    pub fn missing(&self, names: &[&str]) -> Note<'a> {
        let name = names.first().copied().unwrap_or_default();
        self.diags.error(&self.at, format!("`{name}` is missing in {}", self.what))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Seconds, read_bytes};

    fn decode(body: &str, decode: impl Fn(&Table)) -> Vec<String> {
        let diags = Diagnostics::new();
        let value = read_bytes("t", format!("<plist><dict>{body}</dict></plist>").as_bytes(), &diags);
        let table = Table::new(value.as_ref().unwrap(), &diags, "the client").unwrap();
        decode(&table);
        table.finish();
        diags.all().iter().map(|one| format!("{one}; {}", one.help.join(" "))).collect()
    }

    #[test]
    fn keys_are_found_missing_and_unknown() {
        let body = "<key>wieght</key><integer>1</integer><key>poll</key><string>10m</string>";
        let found = decode(body, |table| {
            assert_eq!(table.required::<u32>("weight"), None);
            assert_eq!(table.optional::<Seconds>("poll").map(|poll| poll.0.as_secs()), Some(600));
            assert_eq!(table.or("title", "x".to_owned()), "x");
        });
        assert_eq!(
            found,
            [
                "t:1:8: error: `weight` is missing in the client; ",
                "t:1:14: error: unknown key `wieght` in the client; did you mean `weight`?"
            ]
        );
    }

    #[test]
    fn spellings() {
        let both = "<key>Enabled</key><true/><key>enabled</key><false/>";
        let found = decode(both, |table| {
            assert_eq!(table.required_any::<bool>(&["enabled", "Enabled"]), Some(false));
        });
        assert_eq!(found, ["t:1:14: error: `Enabled` says the same as `enabled`; "]);
    }

    #[test]
    fn a_broken_value_is_not_missing() {
        let found = decode("<key>weight</key><integer>3x</integer>", |table| {
            assert_eq!(table.required::<u32>("weight"), None);
        });
        assert_eq!(found, ["t:1:31: error: \"3x\" is not an integer; "]);
    }
}
