//! One step that asks a server for something: redirects, checks, variables.

use std::rc::Rc;
use std::time::Duration;

use super::found::soap_fault;
use super::labels;
use super::params::{OnFailure, Params};
use super::place::Place;
use super::script::Request;
use super::script::check::Check;
use super::script::text::as_url;
use super::sending::{Filled, keep};
use super::walking::{Walker, reason};
use crate::client::Trouble;
use crate::event::{Checked, ErrorKind, What};
use crate::http::{Answer, SendError};
use crate::label::Label;

/// How much of a fault is told, bytes.
const FAULT: usize = 4096;

/// What follows a step.
#[derive(Debug)]
pub enum Asked {
    /// The next.
    Done,
    /// The same once more, after this time.
    Again(Duration),
}

/// How one exchange ended.
enum Step {
    Arrived(Answer),
    /// What was wanted is here.
    Sent(u16, Place),
}

impl Walker<'_> {
    /// Does a step.
    ///
    /// # Errors
    /// Why the visit ends early.
    pub async fn ask(&mut self, step: &Request) -> Result<Asked, Trouble> {
        let trouble = match self.follow(step).await {
            Ok(()) => {
                self.visit.failures = 0;
                return Ok(Asked::Done);
            }
            Err(Trouble::Stopped) => return Err(Trouble::Stopped),
            Err(trouble) => trouble,
        };
        match step.params.on_failure {
            OnFailure::Retry if is_of_a_request(&trouble) && self.visit.failures < step.params.retries => {
                self.visit.failures += 1;
                Ok(Asked::Again(step.params.retry_delay))
            }
            OnFailure::Continue if was_answered(&trouble) => {
                self.visit.failures = 0;
                self.visit.fail(&reason(&trouble));
                Ok(Asked::Done)
            }
            OnFailure::AbortRun => {
                let reason = reason(&trouble);
                self.cx.journal.emit(What::SimFailure { label: Label::ABORT, reason });
                Err(trouble)
            }
            _ => Err(trouble),
        }
    }

    /// Asks, and follows where the server sends it.
    async fn follow(&mut self, step: &Request) -> Result<(), Trouble> {
        let start = self.browser.place.clone().unwrap_or_else(|| Place::root(self.grounds.target.clone()));
        let agent = self.browser.agent.clone().unwrap_or_default();
        let from = (&start, &self.browser.hidden, agent);
        let mut filled = Filled::of(step, &self.variables(), from, self.cx)?;
        let mut hops = 0;
        loop {
            match self.exchange(step, &filled, hops).await? {
                Step::Sent(status, place) => {
                    hops += 1;
                    filled = filled.redirected(status, place, labels::REDIRECT);
                }
                Step::Arrived(answer) => {
                    if step.params.embedded {
                        // What is done rarely has memory of its own, and only then.
                        Box::pin(self.embed(step, &filled, &answer)).await?;
                    }
                    return Ok(());
                }
            }
        }
    }

    /// One request and its answer, which is judged when it is where it wants to be.
    async fn exchange(&mut self, step: &Request, filled: &Filled, hops: u32) -> Result<Step, Trouble> {
        let (params, now) = (&*step.params, self.cx.run.clock.utc());
        let call = filled.call(params, self.browser, now);
        let to = (&filled.place.target, params.idle_close);
        let session = &mut self.browser.sessions(self.cx, self.grounds, to, 1)[0];
        filled.log_in(session);
        let unread = match session.ask(&call, &self.cx.journal).await {
            Ok(unread) => unread,
            Err(failed) => {
                if let SendError::Failed(failure) = &failed
                    && let Some(answer) = &failure.answer
                {
                    keep(self.browser, &filled.place, answer, (false, now));
                }
                return Err(failed.into());
            }
        };
        keep(self.browser, &filled.place, unread.answer(), (params.conditional, now));
        (self.browser.place, self.browser.hidden) = (Some(filled.place.clone()), filled.hidden.clone());
        // A server may say back what it got.
        let told = |why: String| filled.hidden.masked(&why).unwrap_or(why);
        match redirect(params, unread.answer(), filled) {
            Ok(Some(_)) if hops >= params.redirects => {
                let most = params.redirects;
                Err(unread.reject(format!("there are more than {most} redirects one after the other")).into())
            }
            Ok(Some(place)) => Ok(Step::Sent(unread.accept().status, place)),
            Err(why) => Err(unread.reject(told(why)).into()),
            Ok(None) => match self.judge(step, unread.answer()) {
                Ok(()) => Ok(Step::Arrived(unread.accept())),
                Err(why) => Err(unread.reject(told(why)).into()),
            },
        }
    }

    /// Looks an answer through, and counts what is in it. Err: what should be there or should not.
    fn check(&self, step: &Request, answer: &Answer) -> Result<(), String> {
        let params = &step.params;
        let (matches, nomatch) = (params.matches.as_ref(), params.nomatch.as_ref());
        if matches.is_none() && nomatch.is_none() && params.counted.is_empty() {
            return Ok(());
        }
        let text = answer.text();
        let found = |check: &Check| {
            let found = check.pattern.is_in(&text);
            let journal = &self.cx.journal;
            let (who, profile) = (journal.who.clone(), journal.profile.clone());
            let checked = Checked { who, profile, label: step.label, check: check.name.clone(), found };
            journal.emit(What::Checked(checked));
            found
        };
        for check in &*params.counted {
            found(check);
        }
        // Both are counted, whatever is said of the first.
        let (lacking, unwanted) =
            (matches.filter(|check| !found(check)), nomatch.filter(|check| found(check)));
        match (lacking, unwanted) {
            (Some(check), _) => Err(format!("`match` is not found: {}", check.pattern.as_str())),
            (None, Some(check)) => Err(format!("`nomatch` is found: {}", check.pattern.as_str())),
            (None, None) => Ok(()),
        }
    }

    /// Checks an answer and takes variables from it. Err: what is wrong with it.
    fn judge(&mut self, step: &Request, answer: &Answer) -> Result<(), String> {
        let params = &step.params;
        if params.soap.is_some() {
            if let Some(fault) = soap_fault(&answer.text()) {
                let fault = &fault[..fault.floor_char_boundary(FAULT)];
                return Err(format!("status {}, and a fault: {fault}", answer.status));
            }
            if answer.status >= 400 && params.expect.is_none() {
                return Err(format!("status {} without a fault of SOAP", answer.status));
            }
        }
        // What has not changed is not sent again: what was found in it still holds.
        let unchanged = answer.status == 304 && params.conditional;
        if !unchanged {
            self.check(step, answer)?;
        }
        let mut missing = Vec::new();
        for extract in &step.extracts {
            if unchanged && self.browser.own.has(&extract.name) {
                continue;
            }
            let variables = self.variables();
            let all: Option<Rc<[_]>> = extract.all.then(|| extract.find_all(answer).into());
            let first = match &all {
                Some(all) => all.first().cloned(),
                None => extract.find(answer),
            };
            let value = match (first, &extract.default) {
                (Some(value), _) => Some((value, false)),
                (None, Some(text)) => {
                    let value = text.fill(&variables).map_err(|why| why.to_string())?;
                    Some((value, text.is_secret(&variables)))
                }
                (None, None) => None,
            };
            if value.is_none() {
                missing.push(format!("`{}` by {}", extract.name, extract.told()));
            }
            let own = &mut self.browser.own;
            let taken = match (value, all) {
                (value, Some(all)) => own.set_all(&extract.name, value, all),
                (Some((value, secret)), None) => own.set(&extract.name, value, secret),
                (None, None) => {
                    // What it was before must not be taken for what it is.
                    own.forget(&extract.name);
                    Ok(())
                }
            };
            taken.map_err(|why| format!("`{}` by {}: {why}", extract.name, extract.told()))?;
        }
        if missing.is_empty() { Ok(()) } else { Err(format!("not found: {}", missing.join(", "))) }
    }
}

/// Where an answer sends the client, if it does and is followed. Err: it cannot be followed, or must not be.
fn redirect(params: &Params, answer: &Answer, asked: &Filled) -> Result<Option<Place>, String> {
    let follows = params.expect.is_none() && params.redirects > 0;
    if !follows || !matches!(answer.status, 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let Some(location) = answer.header("location") else { return Ok(None) };
    let place = asked.place.resolve(&as_url(location));
    let place = place.map_err(|why| format!("a redirect to nowhere: {why}"))?;
    asked.may_follow(answer.status, &place)?;
    Ok(Some(place))
}

/// Whether a server answered, however badly.
fn was_answered(trouble: &Trouble) -> bool {
    let kinds = [ErrorKind::Status, ErrorKind::Content, ErrorKind::Auth, ErrorKind::TooLarge];
    matches!(trouble, Trouble::Request(SendError::Failed(failure)) if kinds.contains(&failure.kind))
}

fn is_of_a_request(trouble: &Trouble) -> bool {
    matches!(trouble, Trouble::Request(_))
}
