//! Who is there.

use std::collections::BTreeMap;

/// The users who have come to this process, and those who are still there.
#[derive(Debug, Default)]
pub(super) struct Presence {
    /// Whether it is kept who is there; else only who has come.
    kept: bool,
    /// How many clients of each user are there.
    there: BTreeMap<u32, u32>,
    users: u32,
    clients: u32,
    /// Clients that have left, and how many of them had started.
    left: u32,
    started: u32,
    /// Places that nothing more is due for.
    vacant: Vec<u32>,
}

impl Presence {
    /// Nobody has come. Where `kept` is false nobody leaves, and it is not kept who is there.
    pub fn new(kept: bool) -> Presence {
        Presence { kept, ..Presence::default() }
    }

    /// Whether one more user may come where `most` may be there at one time.
    pub fn has_room(&self, most: Option<u32>) -> bool {
        most.is_none_or(|most| self.there.len() < most as usize)
    }

    pub fn is_empty(&self) -> bool {
        self.there.is_empty()
    }

    /// A user comes with so many clients.
    pub fn come(&mut self, user: u32, clients: u32) {
        self.users += 1;
        if self.kept && clients > 0 {
            self.there.insert(user, clients);
        }
    }

    /// The users and clients that have come so far.
    pub fn came(&self) -> (u32, u32) {
        (self.users, self.clients)
    }

    /// The place for a client that comes now; None: one more.
    pub fn place(&mut self) -> Option<u32> {
        self.clients += 1;
        self.vacant.pop()
    }

    /// A client cannot be let in, or is lost.
    pub fn refuse(&mut self, user: u32) {
        self.less(user);
    }

    /// A client leaves. True: it was the last one of its user.
    pub fn leave(&mut self, user: u32, started: bool) -> bool {
        self.left += 1;
        self.started += u32::from(started);
        self.less(user)
    }

    /// Nothing more is due for whoever had this place.
    pub fn vacate(&mut self, place: u32) {
        self.vacant.push(place);
    }

    /// Clients that have left, and how many of them had started.
    pub fn left(&self) -> (u32, u32) {
        (self.left, self.started)
    }

    fn less(&mut self, user: u32) -> bool {
        let Some(clients) = self.there.get_mut(&user) else { return false };
        *clients -= 1;
        let last = *clients == 0;
        if last {
            self.there.remove(&user);
        }
        last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_has_left_with_the_last_client() {
        let mut presence = Presence::new(true);
        presence.come(7, 2);
        presence.come(8, 1);
        assert!(!presence.has_room(Some(2)) && presence.has_room(Some(3)) && presence.has_room(None));
        assert!(!presence.leave(7, true));
        assert!(!presence.has_room(Some(2)));
        assert!(presence.leave(7, false) && presence.has_room(Some(2)));
        assert_eq!((presence.left(), presence.is_empty()), ((2, 1), false));
        presence.refuse(8);
        assert!(presence.is_empty());
    }

    #[test]
    fn a_place_is_taken_once_it_is_vacant() {
        let mut presence = Presence::default();
        assert_eq!((presence.place(), presence.place()), (None, None));
        presence.vacate(1);
        assert_eq!((presence.place(), presence.place()), (Some(1), None));
        assert_eq!(presence.came(), (0, 4));
    }
}
