//! What is repeated, or done on a condition: Tsung's `for`, `foreach`, `repeat` and `if`.

use std::collections::BTreeSet;

use super::element::Element;
use super::steps::{Writer, step};
use super::texts::expression;
use crate::cli::import::plist::{Filling, Item, Node};
use crate::web::script::text::is_name;

/// The most rounds.
const MOST: f64 = 1e9;
/// How often is repeated where nobody says.
const ROUNDS: f64 = 20.0;

/// The variables over whose values the loops within an element go.
pub fn lists(parent: &Element<'_>) -> BTreeSet<String> {
    let (mut found, mut rest) = (BTreeSet::new(), parent.children().collect::<Vec<_>>());
    while let Some(child) = rest.pop() {
        found.extend(child.attribute("in").filter(|_| child.name() == "foreach").map(|word| word.text));
        rest.extend(child.children());
    }
    found
}

impl Writer<'_> {
    /// `for` with `from`, `to` and `incr`: so many rounds, counted in a variable.
    pub fn counted(&self, element: &Element<'_>) -> Vec<Node> {
        let number = |name: &str| element.number(name, -1e9);
        let (from, to, by) = (number("from"), number("to"), number("incr").unwrap_or(1.0));
        let variable = element.required("var");
        let (Some(from), Some(to), Some(variable)) = (from, to, variable) else {
            element.not_carried_over().help("`from` and `to` must be numbers");
            return Vec::new();
        };
        let rounds = if by > 0.0 { ((to - from) / by).floor() + 1.0 } else { 0.0 };
        let uses = self.uses.borrow().len();
        let mut steps = self.within(element);
        let counts = self.uses.borrow()[uses..].iter().any(|(name, _)| *name == variable.text);
        if counts && is_name(&variable.text) {
            if by != 1.0 || self.loops.get() > 0 {
                let message =
                    format!("`{}` counts on by 1, and through the rounds of an outer loop", variable.text);
                self.diags.warning(&variable.at, message);
            }
            self.sets.borrow_mut().insert(variable.text.clone());
            let counter =
                step("set").with("name", Node::text(variable.text)).with("counter", Node::Number(from));
            steps.insert(0, Item { comment: None, value: counter.dict() });
        }
        let times = Node::Number(rounds.clamp(0.0, MOST));
        vec![step("repeat").with("times", times).with("steps", Node::Array(steps)).dict()]
    }

    /// `repeat` until its last element says that it is enough, but no more than `max_repeat` times.
    pub fn repeated(&self, element: &Element<'_>) -> Vec<Node> {
        let name = element.attribute("name").map_or("repeat".to_owned(), |word| word.text);
        let most = element.number("max_repeat", 0.0).unwrap_or(ROUNDS).floor();
        let end = element.children().find(|child| matches!(child.name(), "while" | "until"));
        let Some(end) = end else {
            self.diags
                .warning(&element.at(), "<repeat> is not carried over: it has neither <while> nor <until>");
            return Vec::new();
        };
        let steps = self.within(element);
        // It goes on while the one holds, and ends when the other does.
        let Some(condition) = self.condition(&end, end.name() == "while") else { return Vec::new() };
        end.finish();
        let enough =
            format!("{}-ended", name.chars().filter(|letter| letter.is_alphanumeric()).collect::<String>());
        self.sets.borrow_mut().insert(enough.clone());
        let set = |value: &str| {
            let set = step("set").with("name", Node::text(enough.clone()));
            Item { comment: None, value: set.with("value", Node::text(value)).dict() }
        };
        let ends = condition.with("steps", Node::Array(vec![set("yes")])).dict();
        let mut round = steps;
        round.push(Item { comment: None, value: ends });
        let again = step("if")
            .with("variable", Node::text(enough.clone()))
            .with("differs", Node::text("yes"))
            .with("steps", Node::Array(round));
        let repeat =
            step("repeat").with("times", Node::Number(most)).with("steps", Node::array([again.dict()]));
        vec![set("no").value, repeat.dict()]
    }

    /// `foreach` over the values of a variable.
    pub fn each(&self, element: &Element<'_>) -> Option<Node> {
        let (name, of) = (element.required("name")?, element.required("in")?);
        if !is_name(&name.text) || !is_name(&of.text) {
            element.not_carried_over().help("these are no names of variables here");
            return None;
        }
        if !self.several.borrow().contains(&of.text) {
            let way = "a loop goes over what a `dyn_variable` before it finds by `re`, `regexp`, `xpath`, `jsonpath` or `header`";
            element.not_carried_over().help(way);
            return None;
        }
        self.sets.borrow_mut().insert(name.text.clone());
        let pattern = |key: &str| {
            element
                .attribute(key)
                .and_then(|word| expression(word.text, &word.at, self.diags))
                .map(Node::Text)
        };
        let (include, exclude) = (pattern("include"), pattern("exclude"));
        let dict = step("foreach")
            .with("name", Node::text(name.text))
            .with("in", Node::text(of.text))
            .maybe("match", include)
            .maybe("nomatch", exclude);
        Some(dict.with("steps", Node::Array(self.within(element))).dict())
    }

    /// `if`.
    pub fn decided(&self, element: &Element<'_>) -> Option<Node> {
        let condition = self.condition(element, false)?;
        Some(condition.with("steps", Node::Array(self.steps(element))).dict())
    }

    /// A step that is done if a variable is equal to something or not; `negated`: if it is not so.
    fn condition(&self, element: &Element<'_>, negated: bool) -> Option<Filling> {
        let variable = element.required("var")?;
        let (equal, other) = (element.attribute("eq"), element.attribute("neq"));
        let found = match (&equal, &other) {
            (Some(value), None) => Some((value, !negated)),
            (None, Some(value)) => Some((value, negated)),
            _ => None,
        };
        let Some((value, equals)) = found.filter(|_| is_name(&variable.text)) else {
            let way = "a variable is compared by `eq` or `neq`; what is within is not done";
            element.not_carried_over().help(way);
            return None;
        };
        self.uses.borrow_mut().push((variable.text.clone(), variable.at.clone()));
        let compared = Node::Text(self.text(value, true));
        let dict = step("if").with("variable", Node::text(variable.text));
        Some(dict.with(if equals { "equals" } else { "differs" }, compared))
    }

    /// The steps of a loop.
    fn within(&self, element: &Element<'_>) -> Vec<Item> {
        self.loops.set(self.loops.get() + 1);
        let steps = self.steps(element);
        self.loops.set(self.loops.get() - 1);
        steps
    }
}
