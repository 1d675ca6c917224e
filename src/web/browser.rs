//! The browser of a visitor: what is kept from step to step, and from visit to visit.

use std::rc::Rc;
use std::time::Duration;

use super::cookies::Jar;
use super::hidden::Hidden;
use super::known::Known;
use super::place::Place;
use super::software::Grounds;
use super::variables::Own;
use crate::client::{Actor, Context};
use crate::http::Session;
use crate::transport::Target;

/// At rest it is data, and connections only while some are open.
#[derive(Default)]
pub struct Browser {
    /// Whose it is: the index of the account.
    account: Option<usize>,
    pub agent: Option<Rc<str>>,
    /// That which was used last comes last.
    lines: Vec<Line>,
    pub jar: Jar,
    pub known: Known,
    pub own: Own,
    /// How often each step that sets a variable was done, by profile and place.
    counts: Vec<(Actor, usize, u64)>,
    /// Where it is.
    pub place: Option<Place>,
    /// What nobody may see of that.
    pub hidden: Hidden,
}

/// To how many servers a visitor has connections. Which there are the answers say: one more takes the place of that which was
/// used least recently.
const SERVERS: usize = 32;

/// The connections to one server.
struct Line {
    target: Rc<Target>,
    sessions: Vec<Session>,
}

impl Browser {
    /// Makes sure that it is the browser of whoever acts; another person has another.
    pub fn belong_to(&mut self, cx: &Context) {
        if self.account != Some(cx.account_index) {
            *self = Browser { account: Some(cx.account_index), ..Browser::default() };
        }
    }

    /// A visit begins: at the server's own address, with the program that was drawn once.
    pub fn begin(&mut self, agent: impl FnOnce() -> Rc<str>) {
        self.agent.get_or_insert_with(agent);
        (self.place, self.hidden) = (None, Hidden::default());
    }

    /// So many connections to a server, the first of them being that for pages.
    pub fn sessions(
        &mut self,
        cx: &Context,
        grounds: &Grounds,
        (target, idle_close): (&Rc<Target>, Duration),
        count: usize,
    ) -> &mut [Session] {
        match self.lines.iter().position(|line| line.target == *target) {
            Some(place) => self.lines[place..].rotate_left(1),
            None => {
                if self.lines.len() == SERVERS {
                    self.lines.remove(0);
                }
                self.lines.reserve_exact(1);
                self.lines.push(Line { target: target.clone(), sessions: Vec::new() });
            }
        }
        let last = self.lines.len() - 1;
        let sessions = &mut self.lines[last].sessions;
        if sessions.len() < count {
            let settings = grounds.settings(target, idle_close);
            sessions.reserve_exact(count - sessions.len());
            let new = || Session::new(settings.clone(), cx.account.uid.clone(), cx.account.password.clone());
            sessions.resize_with(count, new);
        }
        &mut sessions[..count]
    }

    /// To how many servers it has connections.
    #[cfg(test)]
    pub fn servers(&self) -> usize {
        self.lines.len()
    }

    /// How often a step was done before; once more from now on.
    pub fn count(&mut self, actor: Actor, step: usize) -> u64 {
        match self.counts.iter_mut().find(|(whose, place, _)| (*whose, *place) == (actor, step)) {
            Some((_, _, count)) => {
                *count += 1;
                *count - 1
            }
            None => {
                self.counts.reserve_exact(1);
                self.counts.push((actor, step, 1));
                0
            }
        }
    }
}
