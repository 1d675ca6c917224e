//! What is fetched with a page, over several connections.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use super::found::objects;
use super::labels;
use super::params::Params;
use super::script::Request;
use super::script::text::as_url;
use super::sending::{Filled, keep};
use super::walking::Walker;
use crate::client::Trouble;
use crate::http::{Answer, SendError, Session};
use crate::together::together;
use crate::transport::Target;

/// How many objects are on their way at once over one connection of HTTP/2.
const STREAMS: usize = 32;

impl Walker<'_> {
    /// Fetches what a page wants, if this is one. An object that cannot be had is a request that has failed, and the page
    /// with it, but it ends nothing.
    pub async fn embed(&mut self, step: &Request, page: &Filled, answer: &Answer) -> Result<(), Trouble> {
        if !answer.header("content-type").is_some_and(|kind| kind.contains("html")) {
            return Ok(());
        }
        let wanted = objects(&answer.text());
        let place = |address: &String| page.place.resolve(&as_url(address)).ok();
        let mut all: Vec<Filled> =
            wanted.iter().filter_map(place).map(|place| page.object(place, labels::EMBEDDED)).collect();
        let mut targets: Vec<Rc<Target>> = Vec::new();
        for one in &all {
            if !targets.contains(&one.place.target) {
                targets.push(one.place.target.clone());
            }
        }
        for target in targets {
            let (here, elsewhere) = all.into_iter().partition(|one| one.place.target == target);
            all = elsewhere;
            self.fetch(step, &target, here).await?;
        }
        Ok(())
    }

    /// Fetches objects of one server, each over whichever connection is free.
    async fn fetch(
        &mut self,
        step: &Request,
        target: &Rc<Target>,
        objects: Vec<Filled>,
    ) -> Result<(), Trouble> {
        // An object is no page: what is checked of that does not hold for it.
        let plain = Params { soap: None, expect: None, ..(*step.params).clone() };
        let now = self.cx.run.clock.utc();
        let calls: Vec<_> = objects.iter().map(|one| (one, one.call(&plain, self.browser, now))).collect();
        let waiting: RefCell<VecDeque<_>> = RefCell::new(calls.iter().collect());
        let got: RefCell<Vec<(&Filled, Answer)>> = RefCell::default();
        let failed: RefCell<Option<SendError>> = RefCell::default();
        let to = (target, plain.idle_close);
        let joined = self.browser.sessions(self.cx, self.grounds, to, 1)[0].is_multiplexed();
        let most = if joined { STREAMS } else { plain.connections };
        let sessions = self.browser.sessions(self.cx, self.grounds, to, most.min(objects.len()).max(1));
        if let Some((first, others)) = sessions.split_first_mut() {
            others.iter_mut().filter(|_| joined).for_each(|other| other.share(first));
        }
        let lanes = sessions.iter_mut().map(|session| {
            let (waiting, got, failed, journal) = (&waiting, &got, &failed, self.cx.journal.beside());
            async move {
                loop {
                    let next = waiting.borrow_mut().pop_front();
                    let Some((object, call)) = next else { break };
                    object.log_in(session);
                    match session.send(call.clone(), &journal).await {
                        Ok(answer) => got.borrow_mut().push((*object, answer)),
                        Err(why) => {
                            let stopped = matches!(why, SendError::Stopped);
                            failed.borrow_mut().get_or_insert(why);
                            if stopped {
                                break;
                            }
                        }
                    }
                }
            }
        });
        together(lanes).await;
        if joined {
            let sessions = self.browser.sessions(self.cx, self.grounds, to, most.min(objects.len()).max(1));
            sessions.iter_mut().skip(1).for_each(Session::close);
        }
        for (object, answer) in got.take() {
            keep(self.browser, &object.place, &answer, (plain.conditional, now));
        }
        // What follows is due when the last of them has ended.
        self.cx.journal.due.set(self.cx.run.clock.elapsed());
        match failed.take() {
            Some(SendError::Stopped) => Err(Trouble::Stopped),
            Some(why) => {
                self.visit.fail(&why.to_string().into());
                Ok(())
            }
            None => Ok(()),
        }
    }
}
