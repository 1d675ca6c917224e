//! What is done in a session, one after the other (rows 28 to 30).

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

use super::Dialect;
use super::element::Element;
use super::options::Options;
use crate::cli::import::plist::{Filling, Item, Node};
use crate::config::{At, Diagnostics};

/// A session that is being written, with what its steps know of each other.
pub struct Writer<'a> {
    pub options: &'a Options,
    pub dialect: Dialect,
    pub diags: &'a Diagnostics,
    /// The variables that are set, and those that are used, with the place.
    pub sets: RefCell<BTreeSet<String>>,
    pub uses: RefCell<Vec<(String, At)>>,
    /// The variables over whose values there are loops, and those of them that so far were found with all their values.
    pub lists: BTreeSet<String>,
    pub several: RefCell<BTreeSet<String>>,
    /// How deep steps stand in one another, and how many loops there are around.
    pub depth: Cell<usize>,
    pub loops: Cell<usize>,
}

/// How deep steps may stand in one another.
const DEPTH: usize = 24;

impl Writer<'_> {
    /// The steps within an element.
    pub fn steps(&self, parent: &Element<'_>) -> Vec<Item> {
        if self.depth.get() == DEPTH {
            self.diags.error(&parent.at(), format!("steps stand in one another more than {DEPTH} deep"));
            return Vec::new();
        }
        self.depth.set(self.depth.get() + 1);
        let steps = parent.children().flat_map(|child| self.step(child)).collect();
        self.depth.set(self.depth.get() - 1);
        steps
    }

    fn step(&self, element: Element<'_>) -> Vec<Item> {
        let steps = match element.name() {
            "request" => self.request(&element),
            "thinktime" => self.think(&element).into_iter().collect(),
            "transaction" => self.transaction(&element).into_iter().collect(),
            "for" => self.counted(&element),
            "repeat" => self.repeated(&element),
            "foreach" => self.each(&element).into_iter().collect(),
            "if" => self.decided(&element).into_iter().collect(),
            "setdynvars" => self.assigned(&element),
            // What ends a repeat is read with it.
            "while" | "until" => return Vec::new(),
            _ => {
                element.not_carried_over();
                return Vec::new();
            }
        };
        element.finish();
        steps.into_iter().map(|value| Item { comment: None, value }).collect()
    }

    fn think(&self, element: &Element<'_>) -> Option<Node> {
        let usual = self.options.think.as_ref();
        let own = Think::read(element, usual.map(|(think, _)| think));
        let think = match usual {
            // Row 24: it overrides what sessions say.
            Some((think, true)) => think.clone(),
            _ => own?,
        };
        Some(step("think").with("time", think.node()).dict())
    }

    fn transaction(&self, element: &Element<'_>) -> Option<Node> {
        /// The operations that every visitor has.
        const TAKEN: [&str; 3] = ["session", "page", "connect"];
        let name = element.required("name")?.text;
        // As the ancestor's statistics call it (row 29).
        let name = if TAKEN.contains(&name.as_str()) { format!("tr_{name}") } else { name };
        let steps = Node::Array(self.steps(element));
        Some(step("transaction").with("name", Node::text(name)).with("steps", steps).dict())
    }
}

/// A step that does this.
pub fn step(what: &str) -> Filling {
    Filling::default().with("do", Node::text(what))
}

/// How long somebody thinks.
#[derive(Clone, Debug)]
pub enum Think {
    /// Always so many seconds.
    Always(f64),
    /// By chance, with this mean (row 28).
    Exponential(f64),
    /// By chance between the two.
    Between(f64, f64),
}

/// How long it is in Tsung where nobody says, seconds.
const USUAL: f64 = 5.0;

impl Think {
    /// Reads `value`, `random`, `min` and `max`. Without a value it is as long as `usual`.
    pub fn read(element: &Element<'_>, usual: Option<&Think>) -> Option<Think> {
        let value = element.attribute("value");
        if let Some(word) =
            value.as_ref().filter(|word| word.text.contains("%%") || word.text.starts_with("wait_"))
        {
            let message = format!("a think time of {:?} is not carried over", word.text);
            element.diags().warning(&word.at, message).help("write a number of seconds, or a distribution");
            return None;
        }
        if let (Some(least), Some(most)) = (element.number("min", 0.0), element.number("max", 0.0))
            && least < most
        {
            return Some(Think::Between(least, most));
        }
        let seconds = match (&value, usual) {
            (Some(_), _) => element.number("value", 0.0)?,
            (None, Some(usual)) => usual.mean(),
            (None, None) => USUAL,
        };
        let random = match (element.attribute("random"), usual) {
            (Some(word), _) => word.text == "true",
            (None, Some(usual)) => matches!(usual, Think::Exponential(_)),
            (None, None) => false,
        };
        Some(if random && seconds > 0.0 { Think::Exponential(seconds) } else { Think::Always(seconds) })
    }

    fn mean(&self) -> f64 {
        match self {
            Think::Always(seconds) | Think::Exponential(seconds) => *seconds,
            Think::Between(least, most) => (least + most) / 2.0,
        }
    }

    fn node(&self) -> Node {
        let number = Node::Number;
        match self {
            Think::Always(seconds) => number(*seconds),
            Think::Exponential(mean) => {
                distribution("Exponential", Filling::default().with("mean", number(*mean)))
            }
            Think::Between(least, most) => {
                let params = Filling::default().with("min", number(*least)).with("max", number(*most));
                distribution("Uniform", params)
            }
        }
    }
}

/// A distribution.
pub fn distribution(name: &str, params: Filling) -> Node {
    Filling::default().with("type", Node::text(name)).with("params", params.dict()).dict()
}
