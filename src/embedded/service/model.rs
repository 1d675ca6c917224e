//! The key `embedded` of the config.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::config::{Diagnostics, FromValue, Kind, Seconds, Table, Value, did_you_mean};
use crate::distribution::Numbers;
use crate::embedded::pages::Pages;

/// The key of the time of labels that have none of their own.
const DEFAULT: &str = "default";

/// What requests without credentials are looked up under: the rounds that end in a 401.
pub(super) const CHALLENGE: &str = "CHALLENGE";

/// More than any server has.
const MOST_SLOTS: usize = u32::MAX as usize;

/// What may be meant by a label that nothing is like.
const LABELS: &str =
    "labels are those of the report, as PUT{event}; beside them there are `default` and `CHALLENGE`";

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
    /// The pages that visitors get; None: there are none.
    pub pages: Option<Pages>,
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

impl ServiceModel {
    /// Decodes the value of the key. Requests are counted under the labels of `known`; there can be a time for each.
    pub fn decode(value: &Value, known: &[&str], diags: &Diagnostics) -> Option<ServiceModel> {
        let table = Table::new(value, diags, "embedded")?;
        let slots = table.optional::<i64>("slots").and_then(|slots| {
            let fitting = usize::try_from(slots).ok().filter(|slots| (1..=MOST_SLOTS).contains(slots));
            if fitting.is_none() {
                table
                    .error_at_key("slots", format!("{slots} slots: expected 1 to {MOST_SLOTS}"))
                    .help("without `slots`, as many requests are served at once as come");
            }
            fitting
        });
        let pages = table.optional("pages");
        let mut model = ServiceModel { slots, pages, ..ServiceModel::default() };
        if let Some(service) = table.value("service") {
            model.service(service, known, diags);
        }
        model.stalls = table.or("stalls", Vec::new());
        model.stalls.sort_by_key(|stall| stall.at);
        table.finish();
        Some(model)
    }
}

impl ServiceModel {
    /// A dict of labels, or one time for all.
    fn service(&mut self, value: &Value, known: &[&str], diags: &Diagnostics) {
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
            let all = || known.iter().copied().chain([DEFAULT, CHALLENGE]);
            // What requests for pages are called is said in scripts.
            let of_page = self.pages.is_some() && pair.key.contains('{') && pair.key.ends_with('}');
            if !of_page && !all().any(|label| label == pair.key) {
                let near = did_you_mean(&pair.key, all());
                let help = if near.is_empty() { LABELS.to_owned() } else { near };
                let message = format!("`{}` is no label of a request", pair.key);
                diags.error(&pair.key_at, message).help(help);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{read_bytes, render};

    #[test]
    fn a_server_has_at_least_one_slot() {
        for (slots, right) in [("-3", false), ("0", false), ("1", true), ("4294967296", false)] {
            let diags = Diagnostics::new();
            let text = format!("<plist><dict><key>slots</key><integer>{slots}</integer></dict></plist>");
            let value = read_bytes("model", text.as_bytes(), &diags).unwrap();
            ServiceModel::decode(&value, &[], &diags);
            assert_eq!(diags.has_errors(), !right, "{slots}");
            assert_eq!(render(&diags).contains("expected 1 to 4294967295"), !right, "{slots}");
        }
    }

    #[test]
    fn a_time_for_a_label_that_does_not_exist_is_an_error() {
        let said = |label: &str| {
            let diags = Diagnostics::new();
            let text = format!(
                "<plist><dict><key>service</key><dict><key>{label}</key><real>1</real></dict></dict></plist>"
            );
            let value = read_bytes("model", text.as_bytes(), &diags).unwrap();
            ServiceModel::decode(&value, &["PUT{event}", "GET{event}"], &diags);
            render(&diags)
        };
        for right in ["PUT{event}", "default", "CHALLENGE"] {
            assert_eq!(said(right), "");
        }
        let slip = said("PUT{evnet}");
        assert!(
            slip.contains("`PUT{evnet}` is no label") && slip.contains("did you mean `PUT{event}`?"),
            "{slip}"
        );
        assert!(said("POST{nothing-like-it}").contains("known are PUT{event}"));
    }
}
