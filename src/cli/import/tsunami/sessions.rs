//! Sessions become populations, by their popularity (rows 26 and 27).

use std::cell::{Cell, RefCell};

use super::element::Element;
use super::loops::lists;
use super::options::Options;
use super::parts::Parts;
use super::request::is_web;
use super::steps::{Writer, step};
use crate::cli::import::plist::{Filling, Item, Node};
use crate::config::Diagnostics;

/// How far from 100 the popularities may add up to.
const TOLERANCE: f64 = 0.01;

/// The populations. None: something is wrong, and told.
pub fn populations(parts: &Parts<'_>, options: &Options, diags: &Diagnostics) -> Option<Vec<Item>> {
    let Some(first) = parts.sessions.first() else {
        diags.error(&parts.root.at(), "there is no <session>: nobody does anything");
        return None;
    };
    let (mut sum, mut weighted) = (0.0, false);
    let mut populations = Vec::new();
    for element in &parts.sessions {
        let by_weight = element.attribute("weight").is_some();
        weighted |= by_weight;
        let popularity =
            ["popularity", "probability", "weight"].into_iter().find_map(|name| element.number(name, 0.0));
        let Some(popularity) = popularity else {
            let note = diags.error(&element.at(), "the session has no `popularity`");
            note.help("it says how many of a hundred users do this");
            continue;
        };
        sum += popularity;
        let writer = Writer {
            options,
            dialect: parts.dialect,
            diags,
            sets: RefCell::default(),
            uses: RefCell::default(),
            lists: lists(element),
            several: RefCell::default(),
            depth: Cell::new(0),
            loops: Cell::new(0),
        };
        // Fractions are interleaved, where whole weights of 70 and 30 would be as many one after the other.
        populations.extend(population(
            element,
            if by_weight { popularity } else { popularity / 100.0 },
            &writer,
        ));
    }
    if !weighted && (sum - 100.0).abs() > TOLERANCE {
        let note = diags
            .error(&first.at(), format!("the popularities of the sessions add up to {sum}, and not to 100"));
        note.help("each is how many of a hundred users do this; fractions are welcome");
    }
    if populations.is_empty() && !diags.has_errors() {
        let note = diags.error(&first.at(), "no session is one of HTTP: nothing is left to do");
        note.help("other protocols are not carried over yet");
    }
    (!diags.has_errors()).then_some(populations)
}

fn population(element: &Element<'_>, weight: f64, writer: &Writer<'_>) -> Option<Item> {
    let name = element.required("name")?.text;
    let kind = element.attribute("type").map_or("ts_http".to_owned(), |kind| kind.text);
    if !is_web(&kind, writer.dialect) {
        let message = format!("the session `{name}` of type {kind} is not carried over");
        writer.diags.warning(&element.at(), message).help("sessions of ts_http are");
        return None;
    }
    if element.attribute("persistent").is_some_and(|word| word.text == "false") {
        let message =
            "`persistent` = false is not carried over: a connection that the server closed is opened again";
        writer.diags.warning(&element.at(), message);
    }
    let mut steps = writer.steps(element);
    writer.unset(&mut steps);
    if !steps.iter().any(|step| asks(&step.value)) {
        let message = format!("the session `{name}` asks the server for nothing: it is left out");
        writer.diags.warning(&element.at(), message);
        return None;
    }
    let params = Filling::default().with("steps", Node::Array(steps)).dict();
    let profile = Filling::default().with("class", Node::text("Script")).with("params", params).dict();
    let dict = writer_params(writer, &name)
        .with("weight", Node::Number(weight))
        .with("profiles", Node::array([profile]));
    let line = element.line().map(|line| format!("line {line}"));
    Some(Item { comment: line, value: dict.dict() })
}

fn writer_params(writer: &Writer<'_>, name: &str) -> Filling {
    let title = Filling::default().with("title", Node::text(name)).and(writer.options.params());
    Filling::default()
        .with("software", Node::text("Web"))
        .with("mix", Node::text("once"))
        .with("params", title.dict())
}

/// Whether a step, or one in it, is a request.
fn asks(step: &Node) -> bool {
    let Node::Dict(entries) = step else { return false };
    let value = |key: &str| entries.iter().find(|entry| entry.key == key).map(|entry| &entry.value);
    match (value("do"), value("steps")) {
        (_, Some(Node::Array(steps))) => steps.iter().any(|step| asks(&step.value)),
        (Some(Node::Text(word)), _) => word.bytes().all(|byte| byte.is_ascii_uppercase()),
        _ => false,
    }
}

impl Writer<'_> {
    /// Sets what is used and nobody sets, as the ancestor would take it (row 49), before the first step.
    fn unset(&self, steps: &mut Vec<Item>) {
        let mut sets = self.sets.borrow_mut();
        for (name, at) in self.uses.borrow().iter() {
            if !sets.insert(name.clone()) {
                continue;
            }
            let what = if name.contains(':') { "no function can be called here" } else { "nothing sets it" };
            let note = self.diags.warning(at, format!("`{name}` is \"undefined\": {what}"));
            note.help("the first steps of the session set it: say there what it shall be");
            let set =
                step("set").with("name", Node::text(name.clone())).with("value", Node::text("undefined"));
            steps.insert(
                0,
                Item { comment: Some(format!("{what}: say what it shall be.")), value: set.dict() },
            );
        }
    }
}
