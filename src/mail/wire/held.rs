//! What a step holds: what it has read, unpacked, and what is made of it.

use super::Fault;
use crate::event::ErrorKind;
use crate::transport::{Budget, Share};

/// The bytes of one connection, of the budget that all answers of the process share.
pub struct Held {
    share: Share,
    /// How many were taken since the step began, held or not.
    taken: u64,
    most: u64,
}

impl Held {
    pub fn new(share: Share) -> Held {
        Held { share, taken: 0, most: 0 }
    }

    /// A step begins that may take so many bytes. What was read before it and is still to be taken stays held.
    pub fn begin(&mut self, most: u64) {
        (self.taken, self.most) = (0, most);
    }

    /// Takes so many bytes more.
    ///
    /// # Errors
    /// It would be more than a step may take, or than the process holds.
    pub fn take(&mut self, bytes: usize) -> Result<(), Fault> {
        self.taken = self.taken.saturating_add(bytes as u64);
        if self.taken > self.most {
            let what = format!("the answer takes more than {} bytes", self.most);
            return Err(Fault::new(ErrorKind::TooLarge, what));
        }
        if !self.share.take(bytes) {
            let what = format!("the answers under way take more than {} bytes together", Budget::WHOLE);
            return Err(Fault::new(ErrorKind::TooLarge, what));
        }
        Ok(())
    }

    /// Nothing is held any more.
    pub fn release(&mut self) {
        self.share.release();
    }
}
