//! How many streams of a process are open at once.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::{Rc, Weak};
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many connections are kept in the list of those that rest before the first look for some that do not.
const FIRST_LOOK: usize = 64;

/// The right to have one stream open; it is given back when the last of its clones is dropped.
pub type Slot = Rc<Taken>;

/// What a slot keeps.
pub struct Taken {
    _permit: OwnedSemaphorePermit,
    pool: Rc<Pool>,
}

/// A connection that may rest, and then be closed for the sake of somebody who waits for a slot.
pub trait Resting {
    /// The number of its present rest, kept by the slots; 0 while something is under way.
    fn rest(&self) -> &Cell<u64>;

    /// Closes it, by which its slot is free; whether it was open.
    fn give_way(&self) -> bool;
}

/// Gives out the slots of a process, first come, first served. Whoever finds none has the connection closed that has
/// rested the longest.
#[derive(Default)]
pub struct Slots {
    /// None: as many as anybody wants.
    pool: Option<Rc<Pool>>,
}

/// The slots there are, and the connections that hold one while nothing is under way on them.
struct Pool {
    free: Arc<Semaphore>,
    most: usize,
    /// How many wait for a slot that nobody has given back yet.
    waiting: Cell<usize>,
    resting: RefCell<VecDeque<Rest>>,
    rests: Cell<u64>,
    /// From so many on, those that rest no longer are taken from the list.
    look: Cell<usize>,
    /// How many have given way.
    gave_way: Cell<u64>,
}

/// One rest of a connection; it may be over.
struct Rest {
    who: Weak<dyn Resting>,
    number: u64,
}

impl Rest {
    fn still(&self) -> Option<Rc<dyn Resting>> {
        self.who.upgrade().filter(|who| who.rest().get() == self.number)
    }
}

impl Slots {
    /// At most `most` at once; 0 is taken for 1, as nobody could do anything with none.
    pub fn limited(most: usize) -> Slots {
        let most = most.clamp(1, Semaphore::MAX_PERMITS);
        let pool = Pool {
            free: Arc::new(Semaphore::new(most)),
            most,
            waiting: Cell::new(0),
            resting: RefCell::default(),
            rests: Cell::new(0),
            look: Cell::new(FIRST_LOOK),
            gave_way: Cell::new(0),
        };
        Slots { pool: Some(Rc::new(pool)) }
    }

    /// How many there are at once; None: there is no limit.
    pub fn most(&self) -> Option<usize> {
        self.pool.as_ref().map(|pool| pool.most)
    }

    /// How many connections were closed because somebody waited for a slot.
    pub fn gave_way(&self) -> u64 {
        self.pool.as_ref().map_or(0, |pool| pool.gave_way.get())
    }

    /// Waits for a slot. None: there is no limit.
    pub async fn take(&self) -> Option<Slot> {
        let pool = self.pool.clone()?;
        let permit = match pool.free.clone().try_acquire_owned() {
            Ok(permit) => permit,
            Err(_) => {
                let waits = Waits::begin(&pool);
                pool.make_room();
                // The semaphore is never closed.
                let permit = pool.free.clone().acquire_owned().await.ok()?;
                waits.end();
                permit
            }
        };
        Some(Rc::new(Taken { _permit: permit, pool }))
    }
}

impl Taken {
    /// Notes that the connection of this slot, which is `who`, rests from now on. If somebody waits for a slot, the one
    /// that has rested the longest is told to give way: it may be `who`.
    pub fn rests(&self, who: Rc<dyn Resting>) {
        let pool = &self.pool;
        pool.forget_the_past();
        pool.rests.set(pool.rests.get() + 1);
        who.rest().set(pool.rests.get());
        pool.resting.borrow_mut().push_back(Rest { who: Rc::downgrade(&who), number: pool.rests.get() });
        if pool.waiting.get() > 0 {
            pool.make_room();
        }
    }
}

impl Pool {
    fn serve_one(&self) {
        self.waiting.set(self.waiting.get().saturating_sub(1));
    }

    /// Takes the rests that are over from the list, when there may be many.
    fn forget_the_past(&self) {
        let mut resting = self.resting.borrow_mut();
        if resting.len() >= self.look.get() {
            resting.retain(|rest| rest.still().is_some());
            let look = FIRST_LOOK.max(2 * resting.len());
            resting.shrink_to(look);
            self.look.set(look);
        }
    }

    /// Closes the connection that has rested the longest.
    fn make_room(&self) {
        loop {
            // Closing it may bring it here again.
            let Some(rest) = self.resting.borrow_mut().pop_front() else { return };
            if rest.still().is_some_and(|who| who.give_way()) {
                self.gave_way.set(self.gave_way.get() + 1);
                return;
            }
        }
    }
}

/// Each slot that is given back serves one of those who wait.
impl Drop for Taken {
    fn drop(&mut self) {
        self.pool.serve_one();
    }
}

/// One who waits for a slot.
struct Waits<'a>(&'a Pool);

impl<'a> Waits<'a> {
    fn begin(pool: &'a Pool) -> Waits<'a> {
        pool.waiting.set(pool.waiting.get() + 1);
        Waits(pool)
    }

    /// It has its slot: whoever gave that back has counted so.
    fn end(self) {
        std::mem::forget(self);
    }
}

/// It does not want one any more; one that was on its way goes to the next.
impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.0.serve_one();
    }
}
