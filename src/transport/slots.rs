//! How many streams of a process are open at once.

use std::rc::Rc;
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The right to have one stream open; it is given back when the last of its clones is dropped.
pub type Slot = Rc<OwnedSemaphorePermit>;

/// Gives out the slots of a process, first come, first served.
#[derive(Default)]
pub struct Slots {
    /// None: as many as anybody wants.
    free: Option<Arc<Semaphore>>,
    /// How many there are.
    most: Option<usize>,
}

impl Slots {
    /// At most `most` at once; 0 is taken for 1, as nobody could do anything with none.
    pub fn limited(most: usize) -> Slots {
        let most = most.clamp(1, Semaphore::MAX_PERMITS);
        Slots { free: Some(Arc::new(Semaphore::new(most))), most: Some(most) }
    }

    /// How many there are at once; None: there is no limit.
    pub fn most(&self) -> Option<usize> {
        self.most
    }

    /// Waits for a slot. None: there is no limit.
    pub async fn take(&self) -> Option<Slot> {
        let free = self.free.clone()?;
        // The semaphore is never closed.
        free.acquire_owned().await.ok().map(Rc::new)
    }
}
