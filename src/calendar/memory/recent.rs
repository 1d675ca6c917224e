//! The newest of many names.

use std::collections::VecDeque;

/// Names in the order in which they came: only the newest [`Recent::MOST`] are remembered, so that a client that runs for
/// weeks stays small.
#[derive(Clone, Debug, Default)]
pub struct Recent {
    names: VecDeque<Box<str>>,
}

impl Recent {
    pub const MOST: usize = 1000;
    /// Longer names are known by so many bytes at their beginning.
    const LONGEST: usize = 256;

    pub fn contains(&self, name: &str) -> bool {
        let name = clip(name);
        self.names.iter().any(|known| **known == *name)
    }

    pub fn insert(&mut self, name: &str) {
        if self.contains(name) {
            return;
        }
        if self.names.len() >= Recent::MOST {
            self.names.pop_front();
        }
        self.names.push_back(clip(name).into());
    }

    /// The oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(|name| &**name)
    }
}

impl<S: AsRef<str>> FromIterator<S> for Recent {
    fn from_iter<I: IntoIterator<Item = S>>(names: I) -> Recent {
        let mut recent = Recent::default();
        names.into_iter().for_each(|name| recent.insert(name.as_ref()));
        recent
    }
}

fn clip(name: &str) -> &str {
    &name[..name.floor_char_boundary(Recent::LONGEST)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_newest_are_remembered() {
        let mut recent: Recent = (0..Recent::MOST + 5).map(|n| n.to_string()).collect();
        recent.insert("7");
        assert_eq!((recent.iter().count(), recent.iter().next()), (Recent::MOST, Some("5")));
        assert!(recent.contains("7") && recent.contains("1004") && !recent.contains("4"));
        let long = "é".repeat(1 << 20);
        recent.insert(&long);
        assert!(recent.contains(&long) && recent.iter().all(|name| name.len() <= 256));
    }
}
