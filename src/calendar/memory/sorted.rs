//! A small ordered collection: a sorted vector, because a resting client has a handful of calendars and
//! the nodes of a tree would cost it kilobytes.

/// What a [`Sorted`] orders by.
pub trait Keyed {
    fn key(&self) -> &str;
}

/// Items in the order of their keys, each key once.
#[derive(Clone, Debug)]
pub struct Sorted<T> {
    items: Vec<T>,
}

impl<T> Default for Sorted<T> {
    fn default() -> Sorted<T> {
        Sorted { items: Vec::new() }
    }
}

impl<T: Keyed> Sorted<T> {
    fn place(&self, key: &str) -> Result<usize, usize> {
        self.items.binary_search_by(|item| item.key().cmp(key))
    }

    pub fn get(&self, key: &str) -> Option<&T> {
        self.place(key).ok().and_then(|at| self.items.get(at))
    }

    pub fn get_mut(&mut self, key: &str) -> Option<&mut T> {
        self.place(key).ok().and_then(|at| self.items.get_mut(at))
    }

    /// Puts an item in its place; the one that stood there is given back.
    pub fn insert(&mut self, item: T) -> Option<T> {
        match self.place(item.key()) {
            Ok(at) => Some(std::mem::replace(&mut self.items[at], item)),
            Err(at) => {
                self.items.insert(at, item);
                None
            }
        }
    }

    pub fn remove(&mut self, key: &str) -> Option<T> {
        self.place(key).ok().map(|at| self.items.remove(at))
    }

    /// Takes these out, and gives them back in order. All the others move only once, however many are taken out.
    pub fn remove_all<'k>(&mut self, keys: impl IntoIterator<Item = &'k str>) -> Vec<T> {
        let mut places: Vec<usize> = keys.into_iter().filter_map(|key| self.place(key).ok()).collect();
        places.sort_unstable();
        places.dedup();
        let (Some(first), Some(last)) = (places.first(), places.last()) else { return Vec::new() };
        let range = *first..=*last;
        let (mut places, mut at) = (places.iter().peekable(), *first);
        let taken = self.items.extract_if(range, |_| {
            let found = places.next_if_eq(&&at).is_some();
            at += 1;
            found
        });
        taken.collect()
    }

    pub fn retain(&mut self, keep: impl FnMut(&T) -> bool) {
        self.items.retain(keep);
    }

    pub fn clear(&mut self) {
        self.items = Vec::new();
    }

    pub fn as_slice(&self) -> &[T] {
        &self.items
    }

    /// All items, to be changed; their keys must stay.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.items.iter_mut()
    }

    /// Gives back room that is not needed at rest; a little is left, so that one item more or less moves nothing.
    pub fn shrink(&mut self) {
        let len = self.items.len();
        if self.items.capacity() > len + 2 + len / 8 {
            self.items.shrink_to_fit();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    impl Keyed for (String, u8) {
        fn key(&self) -> &str {
            &self.0
        }
    }

    proptest! {
        #[test]
        fn it_behaves_as_a_map(steps in proptest::collection::vec(("[a-c]{0,2}", any::<Option<u8>>()), 0..40)) {
            let (mut sorted, mut map) = (Sorted::default(), BTreeMap::new());
            for (key, value) in steps {
                match value {
                    Some(value) => {
                        let before = sorted.insert((key.clone(), value)).map(|item: (String, u8)| item.1);
                        prop_assert_eq!(before, map.insert(key, value));
                    }
                    None => prop_assert_eq!(sorted.remove(&key).map(|item| item.1), map.remove(&key)),
                }
            }
            prop_assert_eq!(sorted.as_slice().to_vec(), map.into_iter().collect::<Vec<_>>());
        }

        #[test]
        fn many_are_taken_out_as_one_by_one(
            keys in proptest::collection::vec("[a-c]{0,2}", 0..12),
            gone in proptest::collection::vec("[a-d]{0,2}", 0..8),
        ) {
            let mut sorted = Sorted::default();
            keys.into_iter().for_each(|key| drop(sorted.insert((key, 0))));
            let mut other = sorted.clone();
            let mut expected: Vec<_> = gone.iter().filter_map(|key| other.remove(key)).collect();
            expected.sort();
            prop_assert_eq!(sorted.remove_all(gone.iter().map(String::as_str)), expected);
            prop_assert_eq!(sorted.as_slice(), other.as_slice());
        }
    }
}
