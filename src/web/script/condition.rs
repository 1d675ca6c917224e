//! What `if` and `repeat` look at.

use std::rc::Rc;

use super::decode::Scribe;
use super::pattern::Pattern;
use super::text::{NoValue, Text};
use crate::client::habit::percent;
use crate::config::{Diagnostics, Table, Value};
use crate::random::{Stream, unit};
use crate::web::variables::Variables;

/// Something that holds or does not.
#[derive(Clone, Debug)]
pub enum Condition {
    /// By chance, in so many of a hundred cases.
    Chance(f64),
    /// A variable, compared.
    Variable {
        name: Rc<str>,
        how: How,
    },
    Not(Box<Condition>),
}

/// How a variable is compared.
#[derive(Clone, Debug)]
pub enum How {
    HasValue,
    Equals(Text),
    Matches(Pattern),
}

impl Condition {
    /// Reads the keys of a condition, which may stand beside others: `chance`, or `variable` with `equals`, `differs`,
    /// `match` or `nomatch`; with none of them it must have a value that is not empty.
    pub fn decode(table: &Table<'_>, scribe: &Scribe<'_>) -> Option<Condition> {
        if table.has("chance") {
            return percent(table, "chance", 0.0).map(Condition::Chance);
        }
        let name: String = table.required("variable")?;
        scribe.uses(&name, &table.value_at("variable"));
        let name = Rc::from(name);
        let keys = ["equals", "differs", "match", "nomatch"];
        let given: Vec<&str> = keys.into_iter().filter(|key| table.has(key)).collect();
        if let [_, second, ..] = given[..] {
            table.error_at_key(
                second,
                format!("one condition compares once, but there is `{}` too", given[0]),
            );
        }
        let text = |key| {
            let text = table.optional::<Text>(key)?;
            scribe.uses_of(&text);
            Some(How::Equals(text))
        };
        let pattern = |key| table.optional(key).map(How::Matches);
        let (how, negated) = match given.first() {
            None => (How::HasValue, false),
            Some(&"equals") => (text("equals")?, false),
            Some(&"differs") => (text("differs")?, true),
            Some(&"match") => (pattern("match")?, false),
            Some(_) => (pattern("nomatch")?, true),
        };
        let condition = Condition::Variable { name, how };
        Some(if negated { Condition::Not(Box::new(condition)) } else { condition })
    }

    /// Reads a dict that is a condition.
    pub fn of(value: &Value, diags: &Diagnostics, scribe: &Scribe<'_>) -> Option<Condition> {
        let table = Table::new(value, diags, "a condition")?;
        let condition = Condition::decode(&table, scribe);
        table.finish();
        condition
    }

    /// Whether it holds now; `chance` is where the one draw comes from.
    pub fn holds(&self, variables: &Variables<'_>, chance: Stream) -> Result<bool, NoValue> {
        Ok(match self {
            Condition::Chance(percent) => unit(&mut chance.at(0)) * 100.0 < *percent,
            Condition::Not(condition) => !condition.holds(variables, chance)?,
            Condition::Variable { name, how } => {
                let value = variables.get(name).unwrap_or_default();
                match how {
                    How::HasValue => !value.is_empty(),
                    How::Equals(text) => *value == *text.fill(variables)?,
                    How::Matches(pattern) => pattern.is_in(&value),
                }
            }
        })
    }
}
