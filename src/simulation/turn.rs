//! A client's turn: what it does next, with its memory on loan.

use super::engine::Engine;
use super::resting::{State, Waiting};
use crate::client::Memory;

/// The next thing a client does. At its end the memory goes back to the client, also when the run drops the
/// act; after a panic nobody knows what state the memory is in, and the client is gone.
pub(super) struct Turn<'a> {
    engine: &'a Engine,
    place: u32,
    pub waiting: Waiting,
    pub memory: Option<Box<dyn Memory>>,
}

impl<'a> Turn<'a> {
    /// Takes what has waited longest; None when nothing waits or the run is over: then the client rests.
    pub fn take(engine: &'a Engine, place: u32) -> Option<Turn<'a>> {
        let mut clients = engine.clients.borrow_mut();
        let client = clients.get_mut(place as usize)?;
        let waiting = if engine.is_over() { None } else { client.unqueue() };
        match (waiting, client.memory.take()) {
            (Some(waiting), Some(memory)) => Some(Turn { engine, place, waiting, memory: Some(memory) }),
            (_, memory) => {
                client.memory = memory;
                client.state = State::Resting;
                None
            }
        }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        // During a panic nothing here may panic again; the borrows of what panicked are over by now.
        let Ok(mut clients) = self.engine.clients.try_borrow_mut() else { return };
        let Some(client) = clients.get_mut(self.place as usize) else { return };
        if std::thread::panicking() {
            client.state = State::Gone;
            if let Ok(mut broken) = self.engine.broken.try_borrow_mut() {
                broken.push(self.place);
            }
        } else {
            client.memory = self.memory.take();
        }
    }
}
