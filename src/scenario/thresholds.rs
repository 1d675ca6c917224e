//! The key `thresholds`: conditions that the run shall fulfil.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::countable::Countable;
use super::habits::Habits;
use crate::config::{At, Diagnostics, FromValue, Kind, Seconds, Table, Value, did_you_mean};
use crate::label::Label;
use crate::report::{Expression, Labels, Measure, Relation, Subject, Threshold};

/// Decodes the array. An expression whose labels these clients never bring is an error.
pub fn decode(config: &Table<'_>, habits: Option<&Habits>) -> Rc<[Threshold]> {
    let diags = config.diags();
    let Some(value) = config.value("thresholds") else { return Rc::new([]) };
    let Some(list) = value.as_array() else {
        let _: Option<()> = value.mismatch("an array of thresholds", diags);
        return Rc::new([]);
    };
    // What the clients are, nobody knows when they are wrong themselves.
    let possible = habits.map(Countable::of);
    list.iter().filter_map(|value| one(value, possible.as_ref(), diags)).collect()
}

/// A text, or a dict with a text.
fn one(value: &Value, possible: Option<&Countable>, diags: &Diagnostics) -> Option<Threshold> {
    let (threshold, value) = match &value.kind {
        Kind::Dict(_) => {
            let table = Table::new(value, diags, "a threshold")?;
            let text = table.required_value("expression");
            let required = table.or("required", false);
            let abort = table.optional::<Seconds>("abort").map(|time| time.0);
            let (abort_at, expression) =
                (table.value_at("abort"), text.and_then(|text| expression(text, diags)));
            table.finish();
            let threshold = Threshold { expression: expression?, required, abort };
            check_abort(&threshold, &abort_at, diags);
            (threshold, text?)
        }
        Kind::String(_) => {
            (Threshold { expression: expression(value, diags)?, required: false, abort: None }, value)
        }
        _ => return value.mismatch("an expression, or a dict with the key `expression`", diags),
    };
    if let Some(possible) = possible {
        check_labels(&threshold.expression.subject, possible, value, diags);
    }
    Some(threshold)
}

fn expression(value: &Value, diags: &Diagnostics) -> Option<Expression> {
    let text = String::from_value(value, diags)?;
    match text.parse() {
        Ok(expression) => Some(expression),
        Err(fault) => {
            let fault: crate::report::Fault = fault;
            diags.error(&value.at.part(&text, fault.place), fault.message).help(fault.help);
            None
        }
    }
}

/// A number that only grows is too low at the beginning of every run.
fn check_abort(threshold: &Threshold, at: &At, diags: &Diagnostics) {
    let Expression { measure, relation, .. } = &threshold.expression;
    let grows = matches!(measure, Measure::Count | Measure::FailedCount);
    if threshold.abort.is_some() && grows && matches!(relation, Relation::Above | Relation::AtLeast) {
        diags
            .error(at, "a number that must be reached is too low at the beginning: this would end every run")
            .help("leave `abort` out, or ask for a `rate`");
    }
}

/// Says so when no label that can be counted is meant.
fn check_labels(subject: &Subject, possible: &Countable, value: &Value, diags: &Diagnostics) {
    let everything = Countable::everything();
    let (noun, labels, possible, others) = match subject {
        Subject::Everything => return,
        Subject::Operations(labels) => ("operation", labels, &possible.operations, &everything.requests),
        Subject::Requests(labels) => ("request", labels, &possible.requests, &everything.operations),
    };
    if *labels == Labels::Together || possible.iter().any(|label| labels.matches(*label)) {
        return;
    }
    let known = if noun == "operation" { &everything.operations } else { &everything.requests };
    let any = |set: &BTreeSet<Label>| set.iter().any(|label| labels.matches(*label));
    let (other, an_other) =
        if noun == "operation" { ("request", "a request") } else { ("operation", "an operation") };
    let (message, help) = match labels {
        _ if any(known) => {
            (format!("no client of this scenario brings the {noun} `{labels}`"), list(noun, possible))
        }
        _ if any(others) => {
            (format!("`{labels}` is no {noun}, but {an_other}"), format!("write `{other} {labels} ...`"))
        }
        Labels::Each(pattern) => (format!("no {noun} matches `{pattern}`"), list(noun, possible)),
        _ => {
            let near = did_you_mean(&labels.to_string(), possible.iter().map(|label| label.as_str()));
            let help = if near.starts_with("did you mean") { near } else { list(noun, possible) };
            (format!("there is no {noun} `{labels}`"), help)
        }
    };
    diags.error(&place(value, labels), message).help(help);
}

/// Where the label stands in the expression.
fn place(value: &Value, labels: &Labels) -> At {
    let text = value.as_str().unwrap_or_default();
    let label = labels.to_string();
    match text.find(&label) {
        Some(from) => value.at.part(text, from..from + label.len()),
        None => value.at.clone(),
    }
}

/// Those that there are, if they are few.
fn list(noun: &str, possible: &BTreeSet<Label>) -> String {
    const FEW: usize = 16;
    let names: Vec<&str> = possible.iter().map(|label| label.as_str()).collect();
    match names.len() {
        0..=FEW => format!("there are {}; `populace labels` with these files lists all", names.join(", ")),
        _ => format!("`populace labels` with these files lists every {noun} that can be counted"),
    }
}
