//! Whether a listing of the home can say anything new: to read tens of kilobytes at every poll, only to find that no
//! change token in them is new, would be most of what such a client costs.

use std::hash::{BuildHasher, Hash, Hasher};

use ahash::RandomState;

use super::CalendarMemory;

/// The bytes of a listing of the home, as one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listing(u64);

impl Listing {
    pub fn of(body: &[u8]) -> Listing {
        Listing(hash().hash_one(body))
    }
}

/// The listing after which nothing was left to do, and how far each collection was known then. While no more and no less
/// is known, the same listing says nothing new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settled {
    listing: Listing,
    known: u64,
}

impl Settled {
    /// All that this listing shows has been dealt with.
    pub fn by(listing: Listing, memory: &CalendarMemory) -> Settled {
        Settled { listing, known: known(memory) }
    }

    /// The listing that would say nothing new.
    pub fn listing(memory: &CalendarMemory) -> Option<Listing> {
        memory.home.settled.filter(|settled| settled.known == known(memory)).map(|settled| settled.listing)
    }
}

/// How far the collections are known, as one number.
fn known(memory: &CalendarMemory) -> u64 {
    let mut hasher = hash().build_hasher();
    for calendar in memory.calendars() {
        (&calendar.href, &calendar.change, &calendar.token, calendar.sync).hash(&mut hasher);
    }
    (&memory.home.notification_change, &memory.home.notification_token).hash(&mut hasher);
    hasher.finish()
}

/// Always the same hash, so that two rehearsals are the same.
fn hash() -> RandomState {
    RandomState::with_seeds(0, 0, 0, 0)
}
