//! How many bytes of answers a process holds while they are read.

use std::cell::Cell;
use std::rc::Rc;

/// The bytes that answers under way may have together, of whatever protocol: one budget a process, so it belongs to the
/// connector.
pub struct Budget {
    left: Cell<usize>,
}

impl Budget {
    /// Bytes in all.
    pub const WHOLE: usize = 512 << 20;

    /// The share of one answer, which has nothing yet.
    pub fn share(self: &Rc<Budget>) -> Share {
        Share { budget: self.clone(), taken: 0 }
    }

    /// A budget of another size, for tests.
    #[cfg(test)]
    pub fn of(bytes: usize) -> Budget {
        Budget { left: Cell::new(bytes) }
    }

    /// What is left of it.
    #[cfg(test)]
    pub fn left(&self) -> usize {
        self.left.get()
    }
}

impl Default for Budget {
    fn default() -> Budget {
        Budget { left: Cell::new(Budget::WHOLE) }
    }
}

/// What one answer has taken of the budget; gives it back at its end.
pub struct Share {
    budget: Rc<Budget>,
    taken: usize,
}

impl Share {
    /// Takes so many bytes more; false if there are not so many.
    pub fn take(&mut self, bytes: usize) -> bool {
        let left = self.budget.left.get();
        let enough = bytes <= left;
        if enough {
            self.budget.left.set(left - bytes);
            self.taken += bytes;
        }
        enough
    }

    /// Gives back all that was taken.
    pub fn release(&mut self) {
        let taken = std::mem::take(&mut self.taken);
        self.budget.left.set(self.budget.left.get() + taken);
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.release();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_budget_is_given_back() {
        let budget = Rc::new(Budget::of(10));
        let mut share = budget.share();
        assert!(share.take(8));
        assert!(!share.take(3) && !budget.share().take(3));
        share.release();
        assert_eq!(budget.left(), 10);
        assert!(share.take(8));
        drop(share);
        assert_eq!(budget.left(), 10);
    }
}
