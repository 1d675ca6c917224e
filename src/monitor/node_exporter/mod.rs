//! Figures that a server tells Prometheus: those of its node exporter, or of anything else that speaks its text format.
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | this one | [`NodeExporter`], the monitor, and its parameters |
//! | `exposition.rs` | the text format |
//! | `fetch.rs` | one GET, which no report knows of |

mod exposition;
mod fetch;

use std::rc::Rc;
use std::time::Duration;

use tokio::time::timeout;

use self::exposition::Exposition;
use self::fetch::Place;
use super::chosen::{self, STANDARD};
use super::registry::{Answer, Asked, Monitor, MonitorError, Value};
use crate::clock::Clock;
use crate::config::{FromValue, Pair, Param, Table};
use crate::event::Unit;
use crate::transport::Trust;

/// The parameters.
pub const PARAMS: &[Param] = &[
    Param { name: "url", default: "http://HOST:9100/metrics", help: "where the metrics are" },
    Param { name: "verify", default: "true", help: "whether the certificate of https must be good" },
    STANDARD,
    Param {
        name: "metrics",
        default: "none",
        help: "further figures: dicts of name, metric, labels (a dict: all must be so), unit, total (it only grows)",
    },
];

/// The monitor of one place of metrics.
pub struct NodeExporter {
    place: Place,
    standard: bool,
    metrics: Vec<Metric>,
}

/// A figure that somebody has chosen: the sum of all series of a metric that have these labels.
struct Metric {
    name: String,
    metric: String,
    labels: Vec<(String, String)>,
    unit: Unit,
    total: bool,
}

/// Reads the parameters; see [`PARAMS`].
pub fn build(params: &Table, host: &str) -> Option<Rc<dyn Monitor>> {
    let host = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
    let url = params.or("url", format!("http://{host}:9100/metrics"));
    let trust = if params.or("verify", true) { Trust::Verify } else { Trust::Anything };
    let place = Place::parse(&url, trust).map_err(|why| params.error_at_key("url", why)).ok();
    let standard = params.or(STANDARD.name, true);
    let metrics = chosen::list(params, "metrics", "a metric", metric)?;
    Some(Rc::new(NodeExporter { place: place?, standard, metrics }))
}

fn metric(table: &Table) -> Option<Metric> {
    let metric = table.required::<String>("metric");
    let labels = table.table("labels", "the labels of a metric").map(|labels| {
        let text = |pair: &Pair| Some((pair.key.clone(), String::from_value(&pair.value, table.diags())?));
        labels.pairs().iter().filter_map(text).collect()
    });
    let name = table.optional::<String>("name");
    let unit = chosen::unit(table);
    // As Prometheus names its counters.
    let by_name = metric.as_ref().is_some_and(|metric| metric.ends_with("_total"));
    let total = table.or("total", by_name);
    let metric = metric?;
    let unit = unit?;
    let unit = if total { unit.per_second() } else { unit };
    Some(Metric { name: name.unwrap_or_else(|| metric.clone()), metric, labels: labels?, unit, total })
}

impl NodeExporter {
    fn values(&self, text: &str) -> Result<Answer, MonitorError> {
        let nonsense = |reason: String| MonitorError::Nonsense { who: self.place.who(), reason };
        let read = Exposition::parse(text).map_err(nonsense)?;
        let mut values = if self.standard { standard(&read) } else { Vec::new() };
        let mut lacking = None;
        for metric in &self.metrics {
            let wanted =
                |labels: &[(String, String)]| metric.labels.iter().all(|label| labels.contains(label));
            match (read.sum(&metric.metric, wanted), metric.total) {
                (Some(sum), true) => values.push(Value::total(&metric.name, metric.unit, sum)),
                (Some(sum), false) => values.push(Value::now(&metric.name, metric.unit, sum)),
                (None, _) => {
                    lacking = Some(nonsense(format!("there is no `{}` with these labels", metric.metric)))
                }
            }
        }
        match lacking {
            Some(why) => Ok(Answer::Partly(values, why)),
            None if values.is_empty() => Err(nonsense("there are no metrics of a node exporter".to_owned())),
            None => Ok(Answer::Values(values)),
        }
    }
}

/// What a node exporter says of its machine.
fn standard(read: &Exposition) -> Vec<Value> {
    let is = |labels: &[(String, String)], label: &str, values: &[&str]| {
        labels.iter().any(|(name, value)| name == label && values.contains(&value.as_str()))
    };
    let cpu = |busy_only: bool| {
        read.sum("node_cpu_seconds_total", |labels| !(busy_only && is(labels, "mode", &["idle", "iowait"])))
    };
    let cpu = cpu(true).zip(cpu(false)).map(|(busy, all)| Value::share("cpu", busy, all));
    let all = |metric| read.sum(metric, |_| true);
    let memory = all("node_memory_MemTotal_bytes").zip(all("node_memory_MemAvailable_bytes"));
    let memory = memory.map(|(total, free)| Value::now("memory", Unit::Bytes, total - free));
    let load = all("node_load1").map(|load| Value::now("load", Unit::Number, load));
    let network = [("network in", "receive"), ("network out", "transmit")].map(|(name, way)| {
        let sum =
            read.sum(&format!("node_network_{way}_bytes_total"), |labels| !is(labels, "device", &["lo"]));
        sum.map(|sum| Value::total(name, Unit::BytesPerSecond, sum))
    });
    [cpu, memory, load].into_iter().chain(network).flatten().collect()
}

impl Monitor for NodeExporter {
    fn ask(&self, clock: Clock, patience: Duration) -> Asked<'_> {
        Box::pin(async move {
            let late = |_| MonitorError::Timeout { who: self.place.who(), limit: patience };
            let text = timeout(patience, self.place.get(clock, patience)).await.map_err(late)??;
            self.values(&text)
        })
    }
}

#[cfg(test)]
mod tests;
