//! A connection at rest: nothing runs for it but one small task, which waits for what comes and wakes the client.

use std::cell::RefCell;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;

use tokio::task::{AbortHandle, spawn_local};

use super::wire::imap::Imap;
use crate::client::Context;

/// The topic of the reaction when something was heard.
pub const HEARD: &str = "heard";

/// An open session between two acts of its client.
pub struct Resting {
    place: Rc<RefCell<Option<Imap>>>,
    watcher: AbortHandle,
}

impl Resting {
    /// Lays a session to rest. When the server tells of something, or hangs up, the actor of this act is woken.
    pub fn lay(cx: &Context, mut imap: Imap) -> Resting {
        imap.link().rest();
        let place = Rc::new(RefCell::new(Some(imap)));
        let (watched, run) = (place.clone(), cx.run.clone());
        let (client, actor) = (cx.journal.who.client, cx.actor);
        let watcher = spawn_local(async move {
            let heard = |task: &mut std::task::Context<'_>| match &mut *watched.borrow_mut() {
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
        self.place.borrow().as_ref().map(look)
    }

    /// Ends the rest.
    pub fn wake(self) -> Option<Imap> {
        self.place.take()
    }
}

impl Drop for Resting {
    fn drop(&mut self) {
        self.watcher.abort();
    }
}
