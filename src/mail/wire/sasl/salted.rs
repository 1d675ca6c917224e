//! Passwords as they are after all iterations, which take milliseconds each time.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::num::NonZeroU32;

use ring::digest;

use super::scram::Hash;

/// How many are kept: some ten megabytes at most.
const MOST: usize = 1 << 16;

/// Those that were needed last. Servers have one salt for a user, so that each login after the first finds its own here.
#[derive(Default)]
pub struct Salted {
    inner: RefCell<Inner>,
}

#[derive(Default)]
struct Inner {
    kept: BTreeMap<Key, Box<[u8]>>,
    /// The oldest first.
    order: VecDeque<Key>,
}

/// What it is made of, hashed: here is no password in clear.
type Key = [u8; digest::SHA256_OUTPUT_LEN];

impl Salted {
    /// The password as it is after so many iterations.
    pub fn of(&self, hash: Hash, password: &str, salt: &[u8], iterations: NonZeroU32) -> Box<[u8]> {
        let key = key(hash, password, salt, iterations);
        if let Some(kept) = self.inner.borrow().kept.get(&key) {
            return kept.clone();
        }
        let salted = hash.salted(password, salt, iterations);
        self.inner.borrow_mut().keep(key, salted.clone(), MOST);
        salted
    }
}

impl Inner {
    fn keep(&mut self, key: Key, salted: Box<[u8]>, most: usize) {
        if self.kept.insert(key, salted).is_none() {
            self.order.push_back(key);
        }
        while self.order.len() > most
            && let Some(oldest) = self.order.pop_front()
        {
            self.kept.remove(&oldest);
        }
    }
}

fn key(hash: Hash, password: &str, salt: &[u8], iterations: NonZeroU32) -> Key {
    let mut context = digest::Context::new(&digest::SHA256);
    for part in [hash.mechanism().as_bytes(), &iterations.get().to_be_bytes(), salt, password.as_bytes()] {
        // With its length before it no part can be taken for the beginning of the next.
        context.update(&part.len().to_be_bytes());
        context.update(part);
    }
    let mut key = Key::default();
    key.copy_from_slice(context.finish().as_ref());
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_made_once() {
        let salted = Salted::default();
        let of = |hash, password, salt: &[u8], count: u32| {
            salted.of(hash, password, salt, NonZeroU32::new(count).unwrap())
        };
        let all = [
            of(Hash::Sha1, "a", b"s", 1),
            of(Hash::Sha256, "a", b"s", 1),
            of(Hash::Sha256, "b", b"s", 1),
            of(Hash::Sha256, "a", b"t", 1),
            of(Hash::Sha256, "a", b"s", 2),
            of(Hash::Sha256, "as", b"", 1),
        ];
        assert!((1..all.len()).all(|n| !all[..n].contains(&all[n])), "{all:?}");
        // 100,000 logins of as many iterations as a server may ask for would take hours.
        for _ in 0..100_000 {
            of(Hash::Sha256, "a", b"s", 200_000);
        }
        assert_eq!(salted.inner.borrow().kept.len(), 7);
    }

    #[test]
    fn what_is_kept_is_bounded_and_the_oldest_goes() {
        let mut inner = Inner::default();
        for n in 0..10 {
            inner.keep([n; 32], Box::default(), 3);
            inner.keep([n; 32], Box::default(), 3);
        }
        assert_eq!((inner.kept.len(), inner.order.len()), (3, 3));
        assert!(inner.kept.contains_key(&[9; 32]) && !inner.kept.contains_key(&[6; 32]));
    }
}
