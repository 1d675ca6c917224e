//! The software of mail clients. By itself it does nothing: profiles open what connections they need.

use std::any::Any;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::post::Post;
use super::reading::{Read, Reading};
use super::wire::Service;
use crate::client::{Actor, Memory, Software};
use crate::event::Who;
use crate::population::Account;

/// What the profiles of a population find at one server.
#[derive(Default)]
pub struct Grounds {
    /// Its services by name: `smtp`, `submission`, `imap`, `pop3`.
    pub services: BTreeMap<String, Rc<Service>>,
    /// The messages on their way.
    pub post: Rc<Post>,
}

/// A mail client on one server, for all clients of a population there.
pub struct MailSoftware {
    pub grounds: Rc<Grounds>,
}

/// What a mail client remembers.
pub struct MailMemory {
    pub grounds: Rc<Grounds>,
    /// The address of its user.
    email: Rc<str>,
    /// The mailbox as each profile has it that reads there.
    readings: Vec<(Actor, Box<Reading>)>,
    /// What was read in this act.
    pub read: Vec<Read>,
}

impl Memory for MailMemory {
    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }

    fn is_started(&self) -> bool {
        true
    }

    fn forget_news(&mut self) {
        self.read = Vec::new();
    }
}

impl MailMemory {
    /// The memory of a mail client; None: it is another's.
    pub fn of(memory: &mut dyn Memory) -> Option<&mut MailMemory> {
        memory.as_any_mut().downcast_mut()
    }

    /// What a profile knows of its mailbox, on loan for an act.
    pub fn take_reading(&mut self, actor: Actor) -> Box<Reading> {
        let place = self.readings.iter().position(|(whose, _)| *whose == actor);
        place.map(|place| self.readings.swap_remove(place).1).unwrap_or_default()
    }

    /// Gives it back.
    pub fn put_reading(&mut self, actor: Actor, reading: Box<Reading>) {
        self.readings.reserve_exact(1);
        self.readings.push((actor, reading));
    }
}

impl Software for MailSoftware {
    fn memory(&self, _: &Rc<Who>, account: &Rc<Account>) -> Box<dyn Memory> {
        let (grounds, email) = (self.grounds.clone(), account.email.clone());
        Box::new(MailMemory { grounds, email, readings: Vec::new(), read: Vec::new() })
    }

    fn leave(&self, who: &Rc<Who>, memory: &mut dyn Memory) -> Option<String> {
        let memory = MailMemory::of(memory)?;
        self.grounds.post.leave(who, &memory.email);
        None
    }
}
