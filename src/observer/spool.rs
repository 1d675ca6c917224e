//! A bounded queue to a thread that does the slow part of watching.

use std::collections::VecDeque;
use std::io::{self, BufWriter, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Lines that may wait for a slow disk or terminal.
const LINES: usize = 65_536;

/// Items on their way to a thread that writes them. Whoever puts one in never waits longer than the
/// patience that was agreed on; what finds no room is dropped and counted. The clients' thread and the
/// writing thread share nothing else.
pub struct Spool<T> {
    shared: Arc<Shared<T>>,
    patience: Duration,
    dropped: u64,
}

struct Shared<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
    room: usize,
}

struct State<T> {
    items: VecDeque<T>,
    /// Nothing more will come.
    closed: bool,
    /// The thread is through, or has given up.
    done: bool,
    /// Why it has given up.
    fault: Option<String>,
}

impl<T: Send + 'static> Spool<T> {
    /// Starts the thread. `write` gets each item, and None whenever there is nothing more to do for
    /// the moment; after its first error nothing more is written. At most `room` items wait.
    pub fn new(
        room: usize,
        patience: Duration,
        mut write: impl FnMut(Option<T>) -> io::Result<()> + Send + 'static,
    ) -> Spool<T> {
        let state = State { items: VecDeque::new(), closed: false, done: false, fault: None };
        let shared = Arc::new(Shared { state: Mutex::new(state), changed: Condvar::new(), room });
        let theirs = shared.clone();
        let thread = move || {
            let mut rested = false;
            while let Some(next) = theirs.next(&mut rested) {
                if let Err(why) = write(next) {
                    theirs.lock().fault = Some(why.to_string());
                    break;
                }
            }
            // What the closure holds, as a pipe, shall be closed before anybody hears that it is done.
            drop(write);
            theirs.finish();
        };
        if std::thread::Builder::new().name("spool".to_owned()).spawn(thread).is_err() {
            shared.finish();
        }
        Spool { shared, patience, dropped: 0 }
    }

    /// Puts one item in; false if it was dropped.
    pub fn push(&mut self, item: T) -> bool {
        let mut state = self.shared.lock();
        if state.items.len() >= self.shared.room && !state.done && !self.patience.is_zero() {
            state = self
                .shared
                .wait(state, self.patience, |state| state.items.len() < self.shared.room || state.done);
            if state.items.len() >= self.shared.room {
                // Patience is lost once: a thread that hangs shall not slow the whole run.
                self.patience = Duration::ZERO;
            }
        }
        if state.done || state.items.len() >= self.shared.room {
            drop(state);
            self.dropped += 1;
            return false;
        }
        state.items.push_back(item);
        drop(state);
        self.shared.changed.notify_all();
        true
    }

    /// How many items were dropped.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Finishes; then why not everything was written, if it was not.
    pub fn complete(&mut self, patience: Duration) -> Option<String> {
        let done = self.finish(patience);
        let fault = self.shared.lock().fault.clone();
        let too_slow = || (!done || self.dropped > 0).then(|| "what it is written to is too slow".to_owned());
        fault.or_else(too_slow)
    }

    /// Says that nothing more will come.
    pub fn close(&self) {
        self.shared.lock().closed = true;
        self.shared.changed.notify_all();
    }

    /// Closes and waits until the thread is through, but not longer than `patience`; whether it is. It
    /// may have given up before the end: then the rest counts as dropped.
    pub fn finish(&mut self, patience: Duration) -> bool {
        self.close();
        let state = self.shared.lock();
        let state = self.shared.wait(state, patience, |state| state.done);
        let left = state.items.len() as u64;
        let done = state.done;
        drop(state);
        self.dropped += left;
        done
    }
}

impl Spool<String> {
    /// Lines, each with its end, on their way to a writer, which is flushed whenever there is nothing more to do.
    pub fn lines(writer: impl Write + Send + 'static, patience: Duration) -> Spool<String> {
        let mut writer = BufWriter::new(writer);
        Spool::new(LINES, patience, move |line: Option<String>| match line {
            Some(line) => writer.write_all(line.as_bytes()),
            None => writer.flush(),
        })
    }
}

impl<T> Drop for Spool<T> {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.changed.notify_all();
    }
}

impl<T> Shared<T> {
    /// The next item; Some(None) once when there is none for the moment, None when there never will be.
    fn next(&self, rested: &mut bool) -> Option<Option<T>> {
        let mut state = self.lock();
        loop {
            if let Some(item) = state.items.pop_front() {
                drop(state);
                *rested = false;
                self.changed.notify_all();
                return Some(Some(item));
            }
            if !std::mem::replace(rested, true) {
                return Some(None);
            }
            if state.closed {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn finish(&self) {
        self.lock().done = true;
        self.changed.notify_all();
    }

    fn wait<'a>(
        &self,
        state: MutexGuard<'a, State<T>>,
        patience: Duration,
        enough: impl Fn(&State<T>) -> bool,
    ) -> MutexGuard<'a, State<T>> {
        let waited = self.changed.wait_timeout_while(state, patience, |state| !enough(state));
        waited.unwrap_or_else(PoisonError::into_inner).0
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn everything_is_written_in_order_and_then_it_rests() {
        let (sender, receiver) = mpsc::channel();
        let write = move |item: Option<u32>| sender.send(item).map_err(io::Error::other);
        let mut spool = Spool::new(1000, Duration::ZERO, write);
        (0..100).for_each(|number| assert!(spool.push(number)));
        assert!(spool.finish(Duration::from_secs(10)));
        let all: Vec<_> = receiver.iter().collect();
        assert_eq!(all.last(), Some(&None));
        assert_eq!(all.into_iter().flatten().collect::<Vec<_>>(), (0..100).collect::<Vec<_>>());
    }

    #[test]
    fn a_thread_that_hangs_costs_patience_once_and_then_items() {
        let (hold, held) = mpsc::channel::<()>();
        let write = move |item: Option<u32>| item.map_or(Ok(()), |_| held.recv().map_err(io::Error::other));
        let mut spool = Spool::new(2, Duration::from_millis(50), write);
        let taken = (0..1000).filter(|number| spool.push(*number)).count();
        assert!(taken <= 3, "{taken}");
        assert!(!spool.finish(Duration::from_millis(10)));
        assert!(spool.dropped() >= 999);
        drop(hold);
    }

    #[test]
    fn after_it_gave_up_nothing_is_taken() {
        let mut spool = Spool::new(10, Duration::from_secs(10), |_: Option<u32>| Err(io::Error::other("no")));
        assert_eq!(spool.complete(Duration::from_secs(10)).as_deref(), Some("no"));
        assert!(!spool.push(1));
        assert_eq!(spool.dropped(), 1);
    }
}
