//! Who is there.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

/// The users who have come to this process, and those who are still there.
#[derive(Debug, Default)]
pub(super) struct Presence {
    /// Whether it is kept who is there; else only who has come.
    kept: bool,
    /// The most users who are there at one time; None: as many as come.
    most: Option<u32>,
    /// Since when there is room that users have left and nobody has taken, where room is scarce.
    freed: VecDeque<Duration>,
    /// How long those waited for room who are in these places.
    waits: BTreeMap<u32, Duration>,
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
    /// Nobody has come, and `most` may be there at one time. Where `kept` is false nobody leaves, and it is not kept who is
    /// there.
    pub fn new(kept: bool, most: Option<u32>) -> Presence {
        Presence { kept, most, ..Presence::default() }
    }

    /// Whether one more user may come.
    pub fn has_room(&self) -> bool {
        self.most.is_none_or(|most| self.there.len() < most as usize)
    }

    pub fn is_empty(&self) -> bool {
        self.there.is_empty()
    }

    /// A user comes with so many clients. Gives since when there has been room for it.
    pub fn come(&mut self, user: u32, clients: u32) -> Duration {
        self.users += 1;
        if !self.kept || clients == 0 {
            return Duration::ZERO;
        }
        // Room that nobody ever took was there from the start.
        let taken = self.there.len() + self.freed.len();
        let fresh = self.most.is_none_or(|most| taken < most as usize);
        self.there.insert(user, clients);
        if fresh { Duration::ZERO } else { self.freed.pop_front().unwrap_or_default() }
    }

    /// Whoever is at this place came so much later than was due, as there was no room before.
    pub fn has_waited(&mut self, place: u32, waited: Duration) {
        if !waited.is_zero() {
            self.waits.insert(place, waited);
        }
    }

    /// How long whoever is at this place waited for room.
    pub fn waited(&self, place: u32) -> Duration {
        self.waits.get(&place).copied().unwrap_or_default()
    }

    /// The longest of these times, of those who are still there.
    pub fn longest_wait(&self) -> Duration {
        self.waits.values().max().copied().unwrap_or_default()
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

    /// A client cannot be let in, or a defect has ended it: it is there no more, and has not left.
    pub fn lose(&mut self, user: u32, now: Duration) {
        self.less(user, now);
    }

    /// A client leaves. True: it was the last one of its user.
    pub fn leave(&mut self, user: u32, started: bool, now: Duration) -> bool {
        self.left += 1;
        self.started += u32::from(started);
        self.less(user, now)
    }

    /// Nothing more is due for whoever had this place.
    pub fn vacate(&mut self, place: u32) {
        self.vacant.push(place);
        self.waits.remove(&place);
    }

    /// Clients that have left, and how many of them had started.
    pub fn left(&self) -> (u32, u32) {
        (self.left, self.started)
    }

    fn less(&mut self, user: u32, now: Duration) -> bool {
        let Some(clients) = self.there.get_mut(&user) else { return false };
        *clients -= 1;
        let last = *clients == 0;
        if last {
            self.there.remove(&user);
            if self.most.is_some() {
                self.freed.push_back(now);
            }
        }
        last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn a_user_has_left_with_the_last_client() {
        let mut presence = Presence::new(true, Some(2));
        presence.come(7, 2);
        presence.come(8, 1);
        assert!(!presence.has_room());
        assert!(!presence.leave(7, true, at(1)));
        assert!(!presence.has_room());
        assert!(presence.leave(7, false, at(2)) && presence.has_room());
        assert_eq!((presence.left(), presence.is_empty()), ((2, 1), false));
        presence.lose(8, at(3));
        assert!(presence.is_empty());
    }

    #[test]
    fn there_is_room_since_somebody_left() {
        let mut presence = Presence::new(true, Some(3));
        assert_eq!((presence.come(0, 1), presence.come(1, 1)), (at(0), at(0)));
        presence.leave(0, true, at(4));
        presence.lose(1, at(5));
        // A third place was free all the time.
        let since: Vec<_> = (2..5).map(|user| presence.come(user, 1)).collect();
        assert_eq!((since, presence.has_room()), (vec![at(0), at(4), at(5)], false));
        assert_eq!(presence.come(5, 0), at(0), "whoever has no client takes no room");
        presence.has_waited(1, at(4));
        presence.has_waited(2, at(0));
        assert_eq!((presence.waited(1), presence.waited(2), presence.longest_wait()), (at(4), at(0), at(4)));
        presence.vacate(1);
        assert_eq!(presence.waited(1), at(0));
        let mut many = Presence::new(true, None);
        assert!((0..9).all(|user| many.come(user, 1).is_zero()));
        assert!(many.has_room() && !many.leave(9, true, at(1)) && many.leave(8, true, at(1)));
        assert!(many.freed.is_empty());
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
