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
    }
}
