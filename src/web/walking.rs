//! Does the steps of a script until the visitor pauses or is done.

use std::rc::Rc;
use std::time::Duration;

use super::asking::Asked;
use super::browser::Browser;
use super::script::{Assign, Each, Op, Program, Setting};
use super::software::Grounds;
use super::variables::Variables;
use super::visit::Visit;
use crate::client::habit::Habit;
use crate::client::{Context, Trouble};
use crate::distribution::Draw;
use crate::random::Stream;

/// A visitor on the way.
pub struct Walker<'a> {
    pub cx: &'a Context,
    pub habit: &'a Habit,
    pub grounds: &'a Grounds,
    pub browser: &'a mut Browser,
    pub visit: &'a mut Visit,
}

/// Why a walk does not go on now.
pub enum Halt {
    /// It is at its end.
    Done,
    /// It goes on later.
    Pause(Duration),
}

/// How many steps may be done without a request or a pause: more are a circle that never ends.
const MOST: usize = 100_000;

impl Walker<'_> {
    /// Does steps from where the visit is.
    ///
    /// # Errors
    /// Why the visit ends early.
    pub async fn walk(&mut self, program: &Program) -> Result<Halt, Trouble> {
        let mut done = 0;
        while let Some(op) = program.get(self.visit.place) {
            done += 1;
            if done > MOST {
                return Err(Trouble::Content(format!("{MOST} steps were done without a request or a pause")));
            }
            let here = self.visit.place;
            self.visit.place += 1;
            match op {
                Op::Request(request) => {
                    done = 0;
                    self.visit.begin_page(self.cx);
                    if let Asked::Again(after) = self.ask(request).await? {
                        self.visit.place = here;
                        return Ok(Halt::Pause(after));
                    }
                }
                Op::Think(pause) => {
                    self.visit.end_page(self.cx);
                    let draw = self.draw();
                    let time = pause.drawn(&draw).map_err(no_value)?;
                    if !time.is_zero() {
                        return Ok(Halt::Pause(time));
                    }
                }
                Op::Begin(label) => self.visit.begin_transaction(self.cx, *label),
                Op::End(label) => self.visit.end_transaction(self.cx, *label),
                Op::Assign(assign) => self.assign(assign, here)?,
                Op::Unless(condition, place) => {
                    let chance = self.stream();
                    if !condition.holds(&self.variables(), chance).map_err(no_value)? {
                        self.visit.place = *place;
                    }
                }
                Op::Jump(place) => self.visit.place = *place,
                Op::Rounds(numbers, end) => {
                    let draw = self.draw();
                    match numbers.count(&draw).map_err(no_value)? {
                        0 => self.visit.place = *end,
                        rounds => self.visit.rounds.push(rounds - 1),
                    }
                }
                Op::Each(each) => {
                    let values = self.values(each)?;
                    self.visit.values.push(values.into_iter());
                }
                Op::Next(name, end) => match self.visit.values.last_mut().and_then(Iterator::next) {
                    Some(value) => self.browser.own.set(name, value, false).map_err(no_value)?,
                    None => {
                        self.visit.values.pop();
                        self.visit.place = *end;
                    }
                },
                Op::Round(start) => match self.visit.rounds.last_mut() {
                    Some(left) if *left > 0 => {
                        *left -= 1;
                        self.visit.place = *start;
                    }
                    _ => drop(self.visit.rounds.pop()),
                },
            }
        }
        Ok(Halt::Done)
    }

    /// What a loop goes over.
    fn values(&self, each: &Each) -> Result<Vec<Rc<str>>, Trouble> {
        let all = self.browser.own.all(&each.of).ok_or_else(|| {
            no_value(format!(
                "the variable `{}` has no values to go over: no answer has set it so far",
                each.of
            ))
        })?;
        let fits = |value: &&Rc<str>| {
            each.matches.as_ref().is_none_or(|pattern| pattern.is_in(value))
                && each.nomatch.as_ref().is_none_or(|pattern| !pattern.is_in(value))
        };
        Ok(all.iter().filter(fits).cloned().collect())
    }

    fn assign(&mut self, assign: &Assign, step: usize) -> Result<(), Trouble> {
        let stream = self.stream();
        let count = self.browser.count(self.cx.actor, step);
        let (now, epoch) = (self.cx.run.clock.utc(), self.cx.run.clock.epoch().timestamp_micros());
        let setting = Setting {
            variables: self.variables(),
            client: self.cx.journal.who.client,
            count,
            draw: Draw::new(stream, 0, now),
            of_this_run: Draw::new(stream.sub(epoch.cast_unsigned()), 0, now),
        };
        let secret = assign.is_secret(&setting.variables);
        let cannot = |why: String| {
            let names: Vec<&str> = assign.names.iter().map(|(name, _)| &**name).collect();
            Trouble::Content(format!("the variable `{}` cannot be set: {why}", names.join("`, `")))
        };
        let values = assign.values(&setting).map_err(cannot)?;
        for ((name, _), value) in assign.names.iter().zip(values) {
            self.browser.own.set(name, value, secret).map_err(|why| cannot(why.to_string()))?;
        }
        Ok(())
    }

    pub fn variables(&self) -> Variables<'_> {
        Variables { own: &self.browser.own, account: Some(&self.cx.account), masked: false }
    }

    /// The coordinates of the next draw of this visit.
    fn draw(&mut self) -> Draw {
        self.visit.draws += 1;
        Draw::new(self.habit.draws(self.cx, "script"), self.visit.draws, self.cx.run.clock.utc())
    }

    /// The stream of the next draws of this visit.
    fn stream(&mut self) -> Stream {
        self.visit.draws += 1;
        self.habit.draws(self.cx, "script").sub(self.visit.draws)
    }
}

/// What has no value that could be used.
pub fn no_value(why: impl std::fmt::Display) -> Trouble {
    Trouble::Content(why.to_string())
}

/// A reason, for all whom it concerns.
pub fn reason(trouble: &Trouble) -> Rc<str> {
    trouble.to_string().into()
}
