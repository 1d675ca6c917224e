//! Figures that somebody has chosen in the configuration.

use crate::config::{Diagnostics, Param, Table, Value};
use crate::event::Unit;

/// The parameter of all monitors that know figures of every machine.
pub const STANDARD: Param = Param {
    name: "standard",
    default: "true",
    help: "whether cpu, memory, load, network in and network out (without the loopback) are read",
};

/// The dicts of an array, each as `one` decodes it; None after it was said what is wrong.
pub fn list<T>(params: &Table, key: &str, what: &str, one: fn(&Table) -> Option<T>) -> Option<Vec<T>> {
    let Some(value) = params.value(key) else { return Some(Vec::new()) };
    let Some(items) = value.as_array() else { return value.mismatch("an array", params.diags()) };
    let all: Vec<Option<T>> = items
        .iter()
        .map(|item| {
            let table = Table::new(item, params.diags(), what)?;
            let found = one(&table);
            table.finish();
            found
        })
        .collect();
    all.into_iter().collect()
}

/// The unit that a dict names under `unit`; without one a figure is a number.
pub fn unit(table: &Table) -> Option<Unit> {
    let Some(value) = table.value("unit") else { return Some(Unit::Number) };
    unit_named(value, table.diags())
}

/// The unit of this name.
pub fn unit_named(value: &Value, diags: &Diagnostics) -> Option<Unit> {
    value.word("unit", &Unit::ALL.map(|unit| (unit.as_str(), unit)), diags)
}
