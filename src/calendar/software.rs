//! The software of calendar clients: starts, polls, answers pushes.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use super::labels;
use super::memory::CalendarMemory;
use super::operations;
use super::program::Program;
use super::state::Keeper;
use super::sync;
use crate::client::{
    Acting, Actor, Context, Memory, Outcome, Pace, Software, StartWith, Timer, Trigger, Trouble,
};
use crate::event::Who;
use crate::label::Label;
use crate::population::Account;

/// A calendar program on one pod, for all clients of a population there.
pub struct CalendarSoftware {
    pub program: Rc<Program>,
    /// What clients have learnt before the run, by their numbers.
    learnt: RefCell<BTreeMap<u32, CalendarMemory>>,
}

/// How soon a start that failed is tried again, and the topic of that reaction.
const START_AGAIN: Duration = Duration::from_secs(30);
const START_TOPIC: &str = "start";

/// The topic of the reaction to a push.
pub const PUSH_TOPIC: &str = "push";

impl CalendarSoftware {
    pub fn new(program: Rc<Program>) -> CalendarSoftware {
        CalendarSoftware { program, learnt: RefCell::default() }
    }

    /// The memory of a client that was installed just now, or whose state was kept.
    fn installed(&self, who: &Rc<Who>, account: &Rc<Account>) -> CalendarMemory {
        let mut memory = CalendarMemory::new(self.program.clone(), who, account);
        if let Some(keeper) = &self.program.state {
            keeper.restore(who, &mut memory);
        }
        memory
    }

    async fn run(
        &self,
        cx: &Context,
        memory: &mut CalendarMemory,
        trigger: &Trigger,
    ) -> Result<Outcome, Trouble> {
        if let Some(text) = self.program.state.as_ref().and_then(Keeper::take_notice) {
            cx.run.notice(text);
        }
        // Starts and polls are in boxes, as every act would be as large as both together.
        let poll = match trigger {
            _ if !memory.is_started() => {
                if matches!(trigger, Trigger::Reaction(topic) if **topic == *START_TOPIC) {
                    memory.pending.remove(START_TOPIC);
                }
                let started = Box::pin(sync::start(cx, memory)).await;
                // A person would try again soon, and not at the next poll in a quarter of an hour; but one at a time,
                // since polls that fail meanwhile ask for the same.
                let soon = START_AGAIN < self.program.poll_interval;
                if started.is_err() && soon && memory.pending.insert(START_TOPIC.into()) {
                    cx.react(Actor::SOFTWARE, START_AGAIN, START_TOPIC);
                }
                started?;
                None
            }
            Trigger::Arrival | Trigger::Timer | Trigger::Resumed => Some(operations::POLL),
            Trigger::Reaction(topic) if **topic == *PUSH_TOPIC => Some(operations::PUSH),
            Trigger::Reaction(_) => None,
        };
        if let Some(label) = poll {
            cx.operation(label, Box::pin(sync::poll(cx, memory))).await?;
        }
        self.listen(cx, memory);
        Ok(Outcome::Done)
    }

    /// Asks to be told of changes, by every key that the server shows. Saying it again costs nothing.
    fn listen(&self, cx: &Context, memory: &CalendarMemory) {
        let Some(subscribe) = &self.program.subscribe else { return };
        let keys: Vec<Rc<str>> = memory.pushkeys().cloned().collect();
        subscribe(&cx.run, cx.journal.who.client, &keys);
    }
}

impl Software for CalendarSoftware {
    fn memory(&self, who: &Rc<Who>, account: &Rc<Account>) -> Box<dyn Memory> {
        let learnt = self.learnt.borrow_mut().remove(&who.client);
        Box::new(learnt.unwrap_or_else(|| self.installed(who, account)))
    }

    /// A start, as of yesterday; what was kept from then is brought up to date.
    fn learn<'a>(&'a self, cx: &'a Context, start: StartWith) -> Acting<'a> {
        Box::pin(async move {
            let who = &cx.journal.who;
            let mut memory = self.installed(who, &cx.account);
            sync::start(cx, &mut memory).await?;
            // The first look sets calendars up, which another one sees.
            sync::poll(cx, &mut memory).await?;
            memory.forget_news();
            let mut memory = memory.ended(who, &cx.account);
            if start == StartWith::StaleToken {
                memory.lose_tokens();
            }
            self.learnt.borrow_mut().insert(who.client, memory);
            Ok(Outcome::Done)
        })
    }

    fn act<'a>(&'a self, cx: &'a Context, memory: &'a mut dyn Memory, trigger: &'a Trigger) -> Acting<'a> {
        Box::pin(async move {
            match CalendarMemory::of(memory) {
                Some(memory) => self.run(cx, memory, trigger).await,
                None => Err(Trouble::Content("the memory of a calendar client is none".to_owned())),
            }
        })
    }

    fn timer(&self) -> Option<Timer> {
        let pace = Pace::Every { interval: self.program.poll_interval };
        Some(Timer { pace, pacing: self.program.pacing })
    }

    fn timer_label(&self) -> Label {
        operations::POLL
    }

    fn operations(&self) -> Vec<Label> {
        labels::OF_PROGRAMS.to_vec()
    }

    fn leave(&self, who: &Rc<Who>, memory: &mut dyn Memory) -> Option<String> {
        let memory = CalendarMemory::of(memory)?;
        memory.session.close();
        let keeper = self.program.state.as_ref()?;
        keeper.save(who, memory);
        keeper.take_notice()
    }
}
