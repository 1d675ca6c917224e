//! Figures by SNMP, as every server and every network device can give them (v1 and v2c).
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | this one | [`Snmp`], the monitor, and its parameters |
//! | `standard.rs` | CPU, memory, load and network of a machine |
//! | `asking.rs` | questions to an agent, over UDP |
//! | `message.rs` | requests and responses |
//! | `ber.rs` | how these are written |

mod asking;
mod ber;
mod message;
mod standard;

use std::rc::Rc;
use std::time::Duration;

use tokio::time::timeout;

use self::asking::Asking;
use self::ber::Oid;
use self::message::Version;
use super::chosen::{self, STANDARD};
use super::registry::{Answer, Asked, Monitor, MonitorError, Value};
use crate::clock::Clock;
use crate::config::{Param, Table};
use crate::event::Unit;

/// The parameters.
pub const PARAMS: &[Param] = &[
    Param { name: "host", default: "the server's", help: "the host of the SNMP agent" },
    Param { name: "port", default: "161", help: "its UDP port" },
    Param {
        name: "version",
        default: "2c",
        help: "1 or 2c; only the latter has counters that do not overflow",
    },
    Param { name: "community", default: "public", help: "the community, which is its password" },
    STANDARD,
    Param {
        name: "oids",
        default: "none",
        help: "further figures: dicts of name, oid, unit, total (it only grows), table (the sum of a column)",
    },
];

/// The monitor of one SNMP agent.
pub struct Snmp {
    host: String,
    port: u16,
    version: Version,
    community: String,
    standard: bool,
    chosen: Vec<Chosen>,
}

/// A figure that somebody has chosen.
struct Chosen {
    name: String,
    oid: Oid,
    unit: Unit,
    total: bool,
    /// The figure is the sum of all that is below the OID.
    table: bool,
}

/// Reads the parameters; see [`PARAMS`].
pub fn build(params: &Table, host: &str) -> Option<Rc<dyn Monitor>> {
    let host = params.or("host", host.to_owned());
    let port = params.or("port", 161);
    let version = match params.value("version") {
        Some(value) => value.word("version", &Version::WORDS, params.diags()),
        None => Some(Version::V2c),
    };
    let community = params.or("community", "public".to_owned());
    let standard = params.or(STANDARD.name, true);
    let chosen = chosen::list(params, "oids", "an OID", one);
    Some(Rc::new(Snmp { host, port, version: version?, community, standard, chosen: chosen? }))
}

fn one(table: &Table) -> Option<Chosen> {
    let name = table.required::<String>("name");
    let oid = table.required::<String>("oid");
    let oid = oid.and_then(|text| text.parse().map_err(|why: String| table.error_at_key("oid", why)).ok());
    let (unit, total) = (chosen::unit(table), table.or("total", false));
    let unit = unit.map(|unit| if total { unit.per_second() } else { unit });
    let rows = table.or("table", false);
    Some(Chosen { name: name?, oid: oid?, unit: unit?, total, table: rows })
}

impl Snmp {
    fn who(&self) -> String {
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        format!("the SNMP agent {host}:{}", self.port)
    }

    async fn read(&self) -> Result<Answer, MonitorError> {
        let asking = Asking::open(self).await?;
        let mut values =
            if self.standard { standard::values(&asking, self.version).await? } else { Vec::new() };
        let single: Vec<&Chosen> = self.chosen.iter().filter(|chosen| !chosen.table).collect();
        let found = asking.get(&single.iter().map(|chosen| &chosen.oid).collect::<Vec<_>>()).await?;
        let mut lacking = Vec::new();
        for (chosen, found) in single.iter().zip(&found) {
            match found.number() {
                Some(number) => values.push(chosen.value(number)),
                None => lacking.push(*chosen),
            }
        }
        for chosen in self.chosen.iter().filter(|chosen| chosen.table) {
            let rows = asking.walk(&[&chosen.oid]).await?;
            let numbers: Vec<f64> = rows.iter().flatten().filter_map(message::Bound::number).collect();
            match numbers.is_empty() {
                false => values.push(chosen.value(numbers.iter().sum())),
                true => lacking.push(chosen),
            }
        }
        let lacks = |chosen: &&Chosen| self.nonsense(format!("there is no number at {}", chosen.oid));
        match lacking.first().map(lacks) {
            Some(why) => Ok(Answer::Partly(values, why)),
            None if values.is_empty() => Err(self.nonsense("it knows nothing of its machine".to_owned())),
            None => Ok(Answer::Values(values)),
        }
    }

    fn nonsense(&self, reason: String) -> MonitorError {
        MonitorError::Nonsense { who: self.who(), reason }
    }
}

impl Chosen {
    fn value(&self, number: f64) -> Value {
        match self.total {
            true => Value::total(&self.name, self.unit, number),
            false => Value::now(&self.name, self.unit, number),
        }
    }
}

impl Monitor for Snmp {
    fn ask(&self, _: Clock, patience: Duration) -> Asked<'_> {
        Box::pin(async move {
            let late = |_| MonitorError::Timeout { who: self.who(), limit: patience };
            timeout(patience, self.read()).await.map_err(late)?
        })
    }
}

#[cfg(test)]
mod tests;
