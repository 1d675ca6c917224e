//! The key `embedded` of the config.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::config::{Diagnostics, FromValue, Kind, Seconds, Table, Value};
use crate::distribution::Numbers;

/// The key of the time of labels that have none of their own.
const DEFAULT: &str = "default";

/// What requests without credentials are looked up under: the rounds that end in a 401.
pub(super) const CHALLENGE: &str = "CHALLENGE";

/// How fast the embedded server is.
#[derive(Clone, Debug, Default)]
pub struct ServiceModel {
    /// How many requests are served at once; None: all.
    pub slots: Option<usize>,
    /// Label to the time that a request takes once it has a slot, seconds.
    times: BTreeMap<String, Numbers>,
    /// The same for all others; None: no time.
    default: Option<Numbers>,
    /// When no answer leaves, in order of time.
    pub stalls: Vec<Stall>,
}

/// A time in which all answers are held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stall {
    /// Since the start of the server.
    pub at: Duration,
    /// How long.
    pub lasts: Duration,
}

impl ServiceModel {
    /// The time that requests of this label take.
    pub(super) fn time(&self, label: &str) -> Option<&Numbers> {
        self.times.get(label).or(self.default.as_ref())
    }

    /// The time that requests without credentials take: `CHALLENGE`, or else that of their label.
    pub(super) fn challenge(&self, label: &str) -> Option<&Numbers> {
        self.times.get(CHALLENGE).or_else(|| self.time(label))
    }
}

impl FromValue for ServiceModel {
    fn from_value(value: &Value, diags: &Diagnostics) -> Option<ServiceModel> {
        let table = Table::new(value, diags, "embedded")?;
        let slots = table.optional::<u32>("slots");
        if slots == Some(0) {
            table.error_at_key("slots", "a server without a slot answers nothing").help("give 1 or more");
        }
        let mut model = ServiceModel { slots: slots.map(|slots| slots as usize), ..ServiceModel::default() };
        if let Some(service) = table.value("service") {
            model.service(service, diags);
        }
        model.stalls = table.or("stalls", Vec::new());
        model.stalls.sort_by_key(|stall| stall.at);
        table.finish();
        Some(model)
    }
}

impl ServiceModel {
    /// A dict of labels, or one time for all.
    fn service(&mut self, value: &Value, diags: &Diagnostics) {
        let Kind::Dict(pairs) = &value.kind else {
            self.default = time(value, diags);
            return;
        };
        // A distribution by itself is the one for all.
        if pairs.iter().any(|pair| pair.key == "type") {
            self.default = time(value, diags);
            return;
        }
        for pair in pairs {
            let braced = pair.key.ends_with('}') && pair.key.contains('{');
            if pair.key != DEFAULT && pair.key != CHALLENGE && !braced {
                diags
                    .error(&pair.key_at, format!("`{}` is no label of a request", pair.key))
                    .help("labels are those of the report, as PUT{event}; beside them there are `default` and `CHALLENGE`");
            }
            let Some(time) = time(&pair.value, diags) else { continue };
            match pair.key.as_str() {
                DEFAULT => self.default = Some(time),
                label => drop(self.times.insert(label.to_owned(), time)),
            }
        }
    }
}

/// A time: seconds, "5ms" or a distribution of seconds.
fn time(value: &Value, diags: &Diagnostics) -> Option<Numbers> {
    match value.kind {
        Kind::Dict(_) => Numbers::from_value(value, diags),
        _ => Seconds::from_value(value, diags).map(|time| Numbers::fixed(time.0.as_secs_f64())),
    }
}

impl FromValue for Stall {
    fn from_value(value: &Value, diags: &Diagnostics) -> Option<Stall> {
        let table = Table::new(value, diags, "a stall")?;
        let (at, lasts) = (table.required::<Seconds>("at"), table.required::<Seconds>("for"));
        table.finish();
        Some(Stall { at: at?.0, lasts: lasts?.0 })
    }
}
