//! What paths in documents and in JSON have in common: how a configuration says them, what is said of those that are not
//! understood, comparisons, and how much may be looked at.

use std::cell::Cell;
use std::cmp::Ordering;

use crate::config::{Diagnostics, FromValue, Value};

/// How deep brackets may stand in one another.
const DEPTH: usize = 32;

/// How much of an answer may be looked at, however often each: what takes more finds nothing.
const LOOKS: usize = 5_000_000;

/// Reads a path of a configuration, by the reader of its kind; `known` says what that understands.
pub fn decode<P>(
    value: &Value,
    diags: &Diagnostics,
    parse: fn(&str) -> Result<P, String>,
    known: &str,
) -> Option<P> {
    let text = String::from_value(value, diags)?;
    let refused = |why| {
        diags.error(&value.at, format!("{text:?} is no path that can be followed: {why}")).help(known);
    };
    parse(&text).map_err(refused).ok()
}

/// What is said of a path that is not understood where this is left of it.
pub fn lost(rest: &str) -> String {
    match rest {
        "" => "something is missing at its end".to_owned(),
        rest => format!("it is not understood from `{rest}` on"),
    }
}

/// The same where only this sign could follow.
pub fn missing(sign: &str, rest: &str) -> String {
    if rest.is_empty() { format!("a `{sign}` is missing") } else { lost(rest) }
}

/// Goes one bracket deeper.
///
/// # Errors
/// It is too deep.
pub fn deeper(depth: &mut usize) -> Result<(), String> {
    *depth += 1;
    match *depth > DEPTH {
        true => Err(format!("brackets stand in one another more than {DEPTH} deep")),
        false => Ok(()),
    }
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    Equal,
    Different,
    Less,
    More,
    AtMost,
    AtLeast,
}

impl How {
    /// Whether it holds of two values in this order; None: they have none.
    pub fn holds(self, order: Option<Ordering>) -> bool {
        match self {
            How::Equal => order == Some(Ordering::Equal),
            How::Different => order != Some(Ordering::Equal),
            How::Less => order == Some(Ordering::Less),
            How::More => order == Some(Ordering::Greater),
            How::AtMost => matches!(order, Some(Ordering::Less | Ordering::Equal)),
            How::AtLeast => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
        }
    }
}

/// How much may still be looked at.
pub struct Looks(Cell<usize>);

impl Looks {
    pub fn new() -> Looks {
        Looks(Cell::new(LOOKS))
    }

    /// Notes that so much is looked at. False: it was too much.
    pub fn take(&self, count: usize) -> bool {
        self.0.set(self.0.get().saturating_sub(count));
        !self.are_used_up()
    }

    pub fn are_used_up(&self) -> bool {
        self.0.get() == 0
    }
}
