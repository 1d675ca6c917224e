//! The software of mail clients. By itself it does nothing: profiles open what connections they need.

use std::any::Any;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::wire::Service;
use crate::client::{Acting, Context, Memory, Outcome, Software, Timer, Trigger};
use crate::event::Who;
use crate::label::Label;
use crate::population::Account;

/// What the profiles of a population find at one server.
#[derive(Default)]
pub struct Grounds {
    /// Its services by name: `smtp`, `submission`, `imap`, `pop3`.
    pub services: BTreeMap<String, Rc<Service>>,
}

/// A mail client on one server, for all clients of a population there.
pub struct MailSoftware {
    pub grounds: Rc<Grounds>,
}

/// What a mail client remembers.
pub struct MailMemory {
    pub grounds: Rc<Grounds>,
}

impl Memory for MailMemory {
    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }

    fn is_started(&self) -> bool {
        true
    }

    fn forget_news(&mut self) {}
}

impl MailMemory {
    /// The memory of a mail client; None: it is another's.
    pub fn of(memory: &mut dyn Memory) -> Option<&mut MailMemory> {
        memory.as_any_mut().downcast_mut()
    }
}

impl Software for MailSoftware {
    fn memory(&self, _: &Rc<Who>, _: &Rc<Account>) -> Box<dyn Memory> {
        Box::new(MailMemory { grounds: self.grounds.clone() })
    }

    fn act<'a>(&'a self, _: &'a Context, _: &'a mut dyn Memory, _: &'a Trigger) -> Acting<'a> {
        Box::pin(async { Ok(Outcome::Done) })
    }

    fn timer(&self) -> Option<Timer> {
        None
    }

    fn timer_label(&self) -> Label {
        Label::of("start")
    }

    fn operations(&self) -> Vec<Label> {
        Vec::new()
    }

    fn leave(&self, _: &Rc<Who>, _: &mut dyn Memory) -> Option<String> {
        None
    }
}
