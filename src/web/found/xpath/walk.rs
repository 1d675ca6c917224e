//! What a path leads to in a document.

use super::expression::{Axis, Expression, Path, Start, Step, Test};
use super::functions::Function;
use crate::web::found::markup::{Markup, ROOT};
use crate::web::found::path::{How, Looks};

/// A node, or one of its attributes; their order is that of the document.
type Spot = (usize, Option<usize>);

/// How much a step may find until what several lead to is kept only once.
const ROOM: usize = 100_000;

/// The values of all that it finds, at most so many.
pub fn found(expression: &Expression, markup: &Markup<'_>, most: usize) -> Vec<String> {
    let walk = Walk { markup, looks: Looks::new() };
    let value = walk.value(expression, &Around { spot: (ROOT, None), position: 1, size: 1 });
    let found = match value {
        Value::Spots(spots) => spots.into_iter().take(most).map(|spot| walk.text(spot)).collect(),
        Value::Text(text) if text.is_empty() => Vec::new(),
        Value::Number(number) if number.is_nan() => Vec::new(),
        other => vec![walk.as_text(&other)],
    };
    if walk.looks.are_used_up() { Vec::new() } else { found }
}

struct Walk<'m, 't> {
    markup: &'m Markup<'t>,
    looks: Looks,
}

/// What an expression is looked at from.
struct Around {
    spot: Spot,
    /// Where it is among those that were found with it, from 1, and how many these are.
    position: usize,
    size: usize,
}

enum Value {
    Spots(Vec<Spot>),
    Text(String),
    Number(f64),
    Truth(bool),
}

impl Walk<'_, '_> {
    fn value(&self, expression: &Expression, around: &Around) -> Value {
        match expression {
            Expression::Path(path) => Value::Spots(self.path(path, around)),
            Expression::Union(all) => {
                let mut spots: Vec<Spot> = all.iter().flat_map(|one| self.spots(one, around)).collect();
                in_order(&mut spots);
                Value::Spots(spots)
            }
            Expression::Text(text) => Value::Text(text.to_string()),
            Expression::Number(number) => Value::Number(*number),
            Expression::All(all) => Value::Truth(all.iter().all(|one| truth(&self.value(one, around)))),
            Expression::Any(all) => Value::Truth(all.iter().any(|one| truth(&self.value(one, around)))),
            Expression::Compared(how, a, b) => {
                Value::Truth(self.compare(*how, &self.value(a, around), &self.value(b, around)))
            }
            Expression::Sum(all) => {
                let number =
                    |(sign, one): &(f64, Expression)| sign * self.as_number(&self.value(one, around));
                Value::Number(all.iter().map(number).sum())
            }
            Expression::Call(function, values) => self.call(*function, values, around),
        }
    }

    fn spots(&self, expression: &Expression, around: &Around) -> Vec<Spot> {
        match self.value(expression, around) {
            Value::Spots(spots) => spots,
            _ => Vec::new(),
        }
    }

    fn path(&self, path: &Path, around: &Around) -> Vec<Spot> {
        let start = match &path.start {
            Start::Root => vec![(ROOT, None)],
            Start::Here => vec![around.spot],
            Start::Of(inner, conditions) => self.fulfilling(conditions, self.spots(inner, around)),
        };
        path.steps.iter().fold(start, |spots, step| self.step(step, &spots))
    }

    fn step(&self, step: &Step, from: &[Spot]) -> Vec<Spot> {
        let (mut found, mut room) = (Vec::new(), ROOM);
        for spot in from {
            if !self.looks.take(1) {
                return Vec::new();
            }
            let mut there = self.along(step.axis, *spot);
            self.looks.take(there.len());
            there.retain(|spot| self.fits(&step.test, *spot));
            found.extend(self.fulfilling(&step.conditions, there));
            if found.len() > room {
                in_order(&mut found);
                room = ROOM.max(2 * found.len());
            }
        }
        in_order(&mut found);
        found
    }

    fn fulfilling(&self, conditions: &[Expression], spots: Vec<Spot>) -> Vec<Spot> {
        conditions.iter().fold(spots, |spots, condition| {
            let (size, all) = (spots.len(), spots.into_iter().zip(1..));
            let good = |(spot, position): &(Spot, usize)| {
                let around = Around { spot: *spot, position: *position, size };
                if !self.looks.take(1) {
                    return false;
                }
                match self.value(condition, &around) {
                    Value::Number(number) => number == *position as f64,
                    other => truth(&other),
                }
            };
            all.filter(good).map(|(spot, _)| spot).collect()
        })
    }

    /// What lies on an axis, the nearest first.
    fn along(&self, axis: Axis, (number, attribute): Spot) -> Vec<Spot> {
        let here = (number, attribute);
        let nodes = |numbers: Vec<usize>| numbers.into_iter().map(|number| (number, None)).collect();
        let above = || match attribute {
            Some(_) => Some(number),
            None => self.markup.node(number).filter(|_| number != ROOT).map(|node| node.parent),
        };
        let ancestors = || {
            let up =
                |one: &usize| (*one != ROOT).then(|| self.markup.node(*one).map_or(ROOT, |node| node.parent));
            std::iter::successors(above(), up).collect::<Vec<_>>()
        };
        match axis {
            Axis::Itself => vec![here],
            Axis::Parent => nodes(above().into_iter().collect()),
            Axis::Ancestor => nodes(ancestors()),
            Axis::AncestorOrSelf => [here].into_iter().chain(nodes(ancestors())).collect(),
            Axis::DescendantOrSelf if attribute.is_some() => vec![here],
            _ if attribute.is_some() => Vec::new(),
            Axis::Child => nodes(self.markup.children(number).to_vec()),
            Axis::Descendant => nodes((number + 1..self.behind(number)).collect()),
            Axis::DescendantOrSelf => nodes((number..self.behind(number)).collect()),
            Axis::Following => nodes((self.behind(number)..self.behind(ROOT)).collect()),
            Axis::Preceding => {
                // The nearest first, and what is further up began earlier.
                let above = ancestors();
                let is_above = |one: &usize| above.binary_search_by(|other| one.cmp(other)).is_ok();
                nodes((ROOT..number).rev().filter(|one| !is_above(one)).collect())
            }
            Axis::FollowingSibling | Axis::PrecedingSibling => {
                let all = above().map_or(&[][..], |parent| self.markup.children(parent));
                let place = all.binary_search(&number).unwrap_or(all.len());
                match axis {
                    Axis::PrecedingSibling => nodes(all[..place].iter().rev().copied().collect()),
                    _ => nodes(all.get(place + 1..).unwrap_or_default().to_vec()),
                }
            }
            Axis::Attribute => {
                let count = self.markup.node(number).map_or(0, |node| node.attributes.len());
                (0..count).map(|attribute| (number, Some(attribute))).collect()
            }
        }
    }

    /// The number behind the last of all nodes in a node: nodes are numbered as they begin.
    fn behind(&self, number: usize) -> usize {
        let mut last = number;
        while let Some(child) = self.markup.children(last).last() {
            last = *child;
        }
        last + 1
    }

    fn fits(&self, test: &Test, (number, attribute): Spot) -> bool {
        let Some(node) = self.markup.node(number) else { return false };
        let attribute = attribute.and_then(|attribute| node.attributes.get(attribute));
        match (test, attribute) {
            (Test::Anything, _) | (Test::AnyName, Some(_)) => true,
            (Test::Name(name), Some((known, _))) => known.eq_ignore_ascii_case(name),
            (Test::Name(name), None) => node.is(name),
            (Test::AnyName, None) => !node.name.is_empty(),
            (Test::Text, _) => attribute.is_none() && node.name.is_empty() && number != ROOT,
        }
    }

    fn text(&self, (number, attribute): Spot) -> String {
        let attribute = attribute.and_then(|index| self.markup.node(number)?.attributes.get(index));
        if let Some((_, value)) = attribute {
            return if self.looks.take(1 + value.len() / 64) { value.to_string() } else { String::new() };
        }
        // All that is in it is looked at.
        if !self.looks.take(self.behind(number) - number) {
            return String::new();
        }
        let text = self.markup.text(number);
        self.looks.take(text.len() / 64);
        text.trim().to_owned()
    }

    fn as_text(&self, value: &Value) -> String {
        match value {
            Value::Spots(spots) => spots.first().map(|spot| self.text(*spot)).unwrap_or_default(),
            Value::Text(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Truth(truth) => truth.to_string(),
        }
    }

    fn as_number(&self, value: &Value) -> f64 {
        match value {
            Value::Number(number) => *number,
            Value::Truth(truth) => f64::from(u8::from(*truth)),
            other => number_of(&self.as_text(other)),
        }
    }

    /// Of nodes it is enough that one of them compares so (3.4).
    fn compare(&self, how: How, a: &Value, b: &Value) -> bool {
        let each = |spots: &[Spot], compares: &dyn Fn(&Value) -> bool| {
            let mut spots = spots.iter().take_while(|_| self.looks.take(1));
            spots.any(|spot| compares(&Value::Text(self.text(*spot))))
        };
        match (a, b) {
            (Value::Truth(_), _) | (_, Value::Truth(_)) if matches!(how, How::Equal | How::Different) => {
                (truth(a) == truth(b)) == (how == How::Equal)
            }
            (Value::Spots(spots), _) => each(spots, &|one| self.compare(how, one, b)),
            (_, Value::Spots(spots)) => each(spots, &|one| self.compare(how, a, one)),
            (Value::Text(a), Value::Text(b)) if how == How::Equal => a == b,
            (Value::Text(a), Value::Text(b)) if how == How::Different => a != b,
            _ => how.holds(self.as_number(a).partial_cmp(&self.as_number(b))),
        }
    }

    fn call(&self, function: Function, values: &[Expression], around: &Around) -> Value {
        // Without a value it is what it is looked at from.
        let value = |index: usize| match values.get(index) {
            Some(expression) => self.value(expression, around),
            None => Value::Spots(vec![around.spot]),
        };
        let text = |index| self.as_text(&value(index));
        let name = || match value(0) {
            Value::Spots(spots) => spots.first().map(|spot| self.name(*spot)).unwrap_or_default(),
            _ => "",
        };
        match function {
            Function::Position => Value::Number(around.position as f64),
            Function::Last => Value::Number(around.size as f64),
            Function::Count => match value(0) {
                Value::Spots(spots) => Value::Number(spots.len() as f64),
                _ => Value::Number(0.0),
            },
            Function::Not => Value::Truth(!truth(&value(0))),
            Function::True => Value::Truth(true),
            Function::False => Value::Truth(false),
            Function::String => Value::Text(text(0)),
            Function::Number => Value::Number(self.as_number(&value(0))),
            Function::Name => Value::Text(name().to_owned()),
            Function::LocalName => Value::Text(name().rsplit(':').next().unwrap_or_default().to_owned()),
            Function::Concat => Value::Text((0..values.len()).map(text).collect()),
            Function::Contains => Value::Truth(text(0).contains(&text(1))),
            Function::StartsWith => Value::Truth(text(0).starts_with(&text(1))),
            Function::SubstringBefore => Value::Text(
                text(0).split_once(&text(1)).map(|(before, _)| before.to_owned()).unwrap_or_default(),
            ),
            Function::SubstringAfter => Value::Text(
                text(0).split_once(&text(1)).map(|(_, after)| after.to_owned()).unwrap_or_default(),
            ),
            Function::NormalizeSpace => {
                Value::Text(text(0).split_ascii_whitespace().collect::<Vec<_>>().join(" "))
            }
            Function::StringLength => Value::Number(text(0).chars().count() as f64),
        }
    }

    fn name(&self, (number, attribute): Spot) -> &str {
        let Some(node) = self.markup.node(number) else { return "" };
        attribute.and_then(|index| node.attributes.get(index)).map_or(node.name, |(name, _)| name)
    }
}

fn truth(value: &Value) -> bool {
    match value {
        Value::Spots(spots) => !spots.is_empty(),
        Value::Text(text) => !text.is_empty(),
        Value::Number(number) => *number != 0.0 && !number.is_nan(),
        Value::Truth(truth) => *truth,
    }
}

fn number_of(text: &str) -> f64 {
    let text = text.trim();
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || b"-.".contains(&byte));
    text.parse().ok().filter(|_| plain).unwrap_or(f64::NAN)
}

fn in_order(spots: &mut Vec<Spot>) {
    spots.sort_unstable();
    spots.dedup();
}
