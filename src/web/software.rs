//! The software of visitors. By itself it does nothing: profiles do.

use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use super::browser::Browser;
use super::visit::Visit;
use crate::client::{Actor, Memory, Software};
use crate::event::Who;
use crate::http::{ConnectionRule, Settings};
use crate::label::Label;
use crate::population::Account;
use crate::transport::{Connector, Target, Trust};

/// What all visitors of a population have in common.
pub struct Grounds {
    connector: Rc<Connector>,
    /// The server at which they begin.
    pub target: Rc<Target>,
    trust: Trust,
    /// How servers are spoken to, made at the first request to each.
    settings: RefCell<Vec<Rc<Settings>>>,
}

/// How many servers are remembered; beyond that settings are made anew each time.
const SERVERS: usize = 64;

impl Grounds {
    pub fn new(connector: Rc<Connector>, target: Target, trust: Trust) -> Grounds {
        Grounds { connector, target: target.into(), trust, settings: RefCell::default() }
    }

    /// How a server is spoken to, where connections may be idle for so long.
    pub fn settings(&self, target: &Target, idle_close: Duration) -> Rc<Settings> {
        let idle_close = Some(idle_close);
        let mut known = self.settings.borrow_mut();
        let same = |settings: &&Rc<Settings>| {
            settings.target == *target && settings.connections.idle_close == idle_close
        };
        if let Some(settings) = known.iter().find(same) {
            return settings.clone();
        }
        let mut settings = Settings::new(self.connector.clone(), target.clone(), self.trust);
        settings.connections = ConnectionRule { reuse: true, idle_close };
        settings.connects = Some(Label::CONNECT);
        let settings = Rc::new(settings);
        if known.len() < SERVERS {
            known.push(settings.clone());
        }
        settings
    }
}

/// A browser on one server, for all clients of a population there.
pub struct WebSoftware {
    grounds: Rc<Grounds>,
}

impl WebSoftware {
    pub fn new(grounds: Grounds) -> WebSoftware {
        WebSoftware { grounds: Rc::new(grounds) }
    }
}

/// What a visitor remembers.
pub struct WebMemory {
    pub grounds: Rc<Grounds>,
    pub browser: Box<Browser>,
    /// What is under way: a visit for each profile that has begun and not ended.
    pub visits: Vec<(Actor, Box<Visit>)>,
}

impl Memory for WebMemory {
    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }

    fn is_started(&self) -> bool {
        true
    }

    fn forget_news(&mut self) {}
}

impl WebMemory {
    /// The memory of a visitor; None: it is another's.
    pub fn of(memory: &mut dyn Memory) -> Option<&mut WebMemory> {
        memory.as_any_mut().downcast_mut()
    }
}

impl Software for WebSoftware {
    fn memory(&self, _: &Rc<Who>, _: &Rc<Account>) -> Box<dyn Memory> {
        Box::new(WebMemory { grounds: self.grounds.clone(), browser: Box::default(), visits: Vec::new() })
    }

    fn leave(&self, who: &Rc<Who>, memory: &mut dyn Memory) -> Option<String> {
        let memory = WebMemory::of(memory)?;
        for (_, visit) in memory.visits.drain(..) {
            visit.cut(who);
        }
        // With it its connections.
        *memory.browser = Default::default();
        None
    }
}
