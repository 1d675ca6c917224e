//! Steps in the form in which they are done.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::assign::Assign;
use super::condition::Condition;
use super::pattern::Pattern;
use super::request::Request;
use crate::config::At;
use crate::distribution::Numbers;
use crate::label::Label;
use crate::web::agents::Agents;
use crate::web::params::Pause;

/// One thing that is done; a place is the number of one.
#[derive(Debug)]
pub enum Op {
    Request(Box<Request>),
    /// The user thinks: the end of a page.
    Think(Pause),
    Begin(Label),
    End(Label),
    Assign(Box<Assign>),
    /// Goes on at this place unless the condition holds.
    Unless(Condition, usize),
    Jump(usize),
    /// Begins a loop of so many rounds; goes on at this place if there are none.
    Rounds(Numbers, usize),
    /// Begins a loop over the values of a variable.
    Each(Box<Each>),
    /// Gives the variable of this name its next value, or goes on at this place if there is none.
    Next(Rc<str>, usize),
    /// The end of a round: goes on at this place if there are more.
    Round(usize),
}

/// What a loop goes over.
#[derive(Debug)]
pub struct Each {
    /// The variable with several values.
    pub of: Rc<str>,
    /// What a value must, and must not, have in it.
    pub matches: Option<Pattern>,
    pub nomatch: Option<Pattern>,
}

/// All that a visitor does, from the first to the last.
pub type Program = Rc<[Op]>;

/// A program, and what is known of it.
#[derive(Debug)]
pub struct Script {
    pub program: Program,
    /// The browsers with which visitors come.
    pub agents: Rc<Agents>,
    /// The labels of its operations and requests.
    pub operations: Vec<Label>,
    pub requests: BTreeSet<Label>,
    /// The operations in which its user thinks.
    pub thoughtful: BTreeSet<Label>,
    pub names: Names,
}

/// The variables that a script names.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// Those that it sets.
    pub sets: BTreeSet<Rc<str>>,
    /// Those of them that have several values.
    pub lists: BTreeSet<Rc<str>>,
    /// Those that it uses, and where.
    pub uses: Vec<(Rc<str>, At)>,
    /// Those of them over whose values it goes.
    pub loops: Vec<(Rc<str>, At)>,
}

/// The operations of a program in which its user thinks, each named by what begins and ends it.
pub fn thoughtful(ops: &[Op]) -> BTreeSet<Label> {
    let (mut open, mut found) = (vec![Label::SESSION], BTreeSet::new());
    for op in ops {
        match op {
            Op::Begin(label) => open.push(*label),
            Op::End(label) => {
                if let Some(place) = open.iter().rposition(|one| one == label) {
                    open.remove(place);
                }
            }
            Op::Think(_) => found.extend(&open),
            _ => {}
        }
    }
    found
}
