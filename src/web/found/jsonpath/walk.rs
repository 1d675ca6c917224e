//! What a path leads to in a body.

use std::cmp::Ordering;

use serde_json::{Number, Value as Json};

use super::{Condition, How, Operand, Step, What};
use crate::web::found::path::Looks;

/// All that it finds.
pub fn found<'j>(steps: &[Step], json: &'j Json) -> Vec<&'j Json> {
    let walk = Walk { root: json, looks: Looks::new() };
    let found = walk.from(json, steps);
    if walk.looks.are_used_up() { Vec::new() } else { found }
}

struct Walk<'j> {
    root: &'j Json,
    looks: Looks,
}

impl<'j> Walk<'j> {
    fn from(&self, value: &'j Json, steps: &[Step]) -> Vec<&'j Json> {
        steps.iter().fold(vec![value], |found, step| {
            let starts = match step.deep {
                true => found.into_iter().flat_map(|value| self.all_below(value)).collect(),
                false => found,
            };
            let there = |value| step.whats.iter().flat_map(move |what| self.of(what, value));
            starts.into_iter().take_while(|_| self.looks.take(1)).flat_map(there).collect()
        })
    }

    fn of(&self, what: &What, value: &'j Json) -> Vec<&'j Json> {
        match (what, value) {
            (What::Member(name), Json::Object(members)) => members.get(name).into_iter().collect(),
            (What::Element(number), Json::Array(list)) => {
                let index = counted(*number, list.len());
                usize::try_from(index).ok().and_then(|index| list.get(index)).into_iter().collect()
            }
            (What::Slice(from, to, by), Json::Array(list)) => self.seen(slice(list, *from, *to, *by)),
            (What::All, _) => self.seen(children(value)),
            (What::Where(condition), _) => {
                let good = |child: &&'j Json| self.looks.take(1) && self.holds(condition, child);
                children(value).into_iter().filter(good).collect()
            }
            _ => Vec::new(),
        }
    }

    /// These values, which are looked at.
    fn seen(&self, values: Vec<&'j Json>) -> Vec<&'j Json> {
        self.looks.take(values.len());
        values
    }

    /// A value and all that is in it.
    fn all_below(&self, value: &'j Json) -> Vec<&'j Json> {
        let (mut all, mut rest) = (Vec::new(), vec![value]);
        while let Some(value) = rest.pop().filter(|_| self.looks.take(1)) {
            all.push(value);
            rest.extend(children(value).into_iter().rev());
        }
        all
    }

    fn holds(&self, condition: &Condition, value: &'j Json) -> bool {
        match condition {
            Condition::All(all) => all.iter().all(|one| self.holds(one, value)),
            Condition::Any(all) => all.iter().any(|one| self.holds(one, value)),
            Condition::Not(inner) => !self.holds(inner, value),
            Condition::There(operand) => self.operand(operand, value, |found| found.is_some()),
            Condition::Compared(a, how, b) => {
                self.operand(a, value, |a| self.operand(b, value, |b| compare(*how, a, b)))
            }
        }
    }

    /// Looks at what an operand is; None: it leads nowhere.
    fn operand<T>(&self, operand: &Operand, value: &'j Json, look: impl FnOnce(Option<&Json>) -> T) -> T {
        match operand {
            Operand::Value(value) => look(Some(value)),
            Operand::Path { of_root, steps } => {
                look(self.from(if *of_root { self.root } else { value }, steps).first().copied())
            }
        }
    }
}

/// Where the element of this number is; below 0 it is counted from the end.
fn counted(number: i64, length: usize) -> i64 {
    if number < 0 { number.saturating_add_unsigned(length as u64) } else { number }
}

/// RFC 9535, 2.3.4.2.2.
fn slice(list: &[Json], from: Option<i64>, to: Option<i64>, by: i64) -> Vec<&Json> {
    let length = list.len() as i64;
    let (least, most) = if by < 0 { (-1, length - 1) } else { (0, length) };
    let bound = |number: i64| counted(number, list.len()).clamp(least, most);
    let (first, last) = if by < 0 { (most, least) } else { (least, most) };
    let (mut at, end) = (from.map_or(first, bound), to.map_or(last, bound));
    let mut found = Vec::new();
    while by != 0 && (if by < 0 { at > end } else { at < end }) {
        found.extend(usize::try_from(at).ok().and_then(|at| list.get(at)));
        at = at.saturating_add(by);
    }
    found
}

fn children(value: &Json) -> Vec<&Json> {
    match value {
        Json::Array(list) => list.iter().collect(),
        Json::Object(members) => members.values().collect(),
        _ => Vec::new(),
    }
}

/// RFC 9535, 2.3.5.2.2; numbers are compared as such, however they are written.
fn compare(how: How, a: Option<&Json>, b: Option<&Json>) -> bool {
    let order = match (a, b) {
        (Some(Json::String(a)), Some(Json::String(b))) => Some(a.cmp(b)),
        (Some(Json::Number(a)), Some(Json::Number(b))) => match (whole(a), whole(b)) {
            // Long ones, as ids are, are told apart to the last digit.
            (Some(a), Some(b)) => Some(a.cmp(&b)),
            _ => a.as_f64().zip(b.as_f64()).and_then(|(a, b)| a.partial_cmp(&b)),
        },
        _ => (a == b).then_some(Ordering::Equal),
    };
    how.holds(order)
}

fn whole(number: &Number) -> Option<i128> {
    number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from))
}
