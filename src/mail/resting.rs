//! A connection at rest: nothing runs for it but one small task, which waits for what comes and wakes the client.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;

use tokio::task::{AbortHandle, spawn_local};

use super::wire::imap::Imap;
use crate::client::Context;
use crate::transport;

/// The topic of the reaction when something was heard.
pub const HEARD: &str = "heard";

/// An open session between two acts of its client.
pub struct Resting {
    place: Rc<Place>,
    watcher: AbortHandle,
}

impl Resting {
    /// Lays a session to rest. When the server tells of something, or hangs up, the actor of this act is woken.
    pub fn lay(cx: &Context, mut imap: Imap) -> Resting {
        imap.link().rest();
        let slot = imap.link().slot();
        let place = Rc::new(Place { session: RefCell::new(Some(imap)), rest: Cell::new(0) });
        if let Some(slot) = slot {
            slot.rests(place.clone());
        }
        let (watched, run) = (place.clone(), cx.run.clone());
        let (client, actor) = (cx.journal.who.client, cx.actor);
        let watcher = spawn_local(async move {
            let heard = |task: &mut std::task::Context<'_>| match &mut *watched.session.borrow_mut() {
                Some(imap) => imap.poll_heard(task),
                None => Poll::Ready(()),
            };
            poll_fn(heard).await;
            run.wake(client, actor, &HEARD.into());
        });
        Resting { place, watcher: watcher.abort_handle() }
    }

    /// Looks at the session without waking it.
    pub fn look<T>(&self, look: impl FnOnce(&Imap) -> T) -> Option<T> {
        self.place.session.borrow().as_ref().map(look)
    }

    /// Ends the rest.
    pub fn wake(self) -> Option<Imap> {
        self.place.rest.set(0);
        self.place.session.take()
    }
}

/// Where it rests.
struct Place {
    session: RefCell<Option<Imap>>,
    /// The number of its rest, kept by the slots.
    rest: Cell<u64>,
}

/// It is closed for the sake of somebody who could not connect at all otherwise; its client opens another one later.
impl transport::Resting for Place {
    fn rest(&self) -> &Cell<u64> {
        &self.rest
    }

    fn give_way(&self) -> bool {
        self.rest.set(0);
        self.session.take().is_some()
    }
}

impl Drop for Resting {
    fn drop(&mut self) {
        self.watcher.abort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::reading::Reading;

    /// What a connected client at rest takes beside its socket; a session of TLS comes on top.
    #[test]
    fn a_session_at_rest_is_small() {
        let bytes = size_of::<Place>() + size_of::<Reading>();
        assert!(bytes <= 512, "{bytes}");
    }
}
