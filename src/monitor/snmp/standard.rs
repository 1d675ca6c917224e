//! What most agents know of their machine: the tree of UCD-SNMP and the table of interfaces (IF-MIB, RFC 2863).

use super::asking::Asking;
use super::ber::Oid;
use super::message::{Bound, Version};
use crate::event::Unit;
use crate::monitor::{MonitorError, Value};

/// The tree of UCD-SNMP.
const UCD: &str = "1.3.6.1.4.1.2021";

/// Ticks that were spent: user, nice, system (with interrupts), stolen by other guests; waiting for disks, idle.
const BUSY: [&str; 4] = ["11.50.0", "11.51.0", "11.52.0", "11.64.0"];
const IDLE: [&str; 2] = ["11.54.0", "11.53.0"];

/// KiB in all; and of these free, in buffers, in the cache of files.
const MEMORY: [&str; 4] = ["4.5.0", "4.6.0", "4.14.0", "4.15.0"];

/// The load over the last minute, as text.
const LOAD: &str = "10.1.3.1";

/// Columns of interfaces: type; bytes in and out, of 64 bits and, as only v1 has to do with, of 32.
const TYPE: &str = "1.3.6.1.2.1.2.2.1.3";
const WIDE: [&str; 2] = ["1.3.6.1.2.1.31.1.1.1.6", "1.3.6.1.2.1.31.1.1.1.10"];
const NARROW: [&str; 2] = ["1.3.6.1.2.1.2.2.1.10", "1.3.6.1.2.1.2.2.1.16"];

/// The type of an interface that leads nowhere (IANAifType).
const LOOPBACK: f64 = 24.0;

/// What there is of it.
pub async fn values(asking: &Asking<'_>, version: Version) -> Result<Vec<Value>, MonitorError> {
    let names =
        BUSY.iter().chain(&IDLE).chain(&MEMORY).chain([&LOAD]).map(|name| oid(&format!("{UCD}.{name}")));
    let names: Vec<Oid> = names.collect();
    let found = asking.get(&names.iter().collect::<Vec<_>>()).await?;
    let numbers: Vec<Option<f64>> = found.iter().map(Bound::number).collect();
    let (busy, rest) = numbers.split_at(BUSY.len());
    let (idle, rest) = rest.split_at(IDLE.len());
    let mut values = Vec::new();
    // An agent that has just begun has counted nothing yet.
    let (busy, idle) = (sum(busy), sum(idle));
    values.extend((idle > 0.0).then(|| Value::share("cpu", busy, busy + idle)));
    if let [Some(all), Some(free), buffers, cache, ..] = *rest {
        let used = all - free - buffers.unwrap_or(0.0) - cache.unwrap_or(0.0);
        values.push(Value::now("memory", Unit::Bytes, used.max(0.0) * 1024.0));
    }
    values.extend(rest.last().copied().flatten().map(|load| Value::now("load", Unit::Number, load)));
    values.extend(network(asking, version).await?);
    Ok(values)
}

/// All interfaces but the loopback together.
async fn network(asking: &Asking<'_>, version: Version) -> Result<Vec<Value>, MonitorError> {
    let [received, sent] = if version == Version::V1 { NARROW } else { WIDE }.map(oid);
    let rows = asking.walk(&[&oid(TYPE), &received, &sent]).await?;
    let outside =
        rows.iter().filter(|row| row.first().and_then(Bound::number).is_some_and(|kind| kind != LOOPBACK));
    let outside: Vec<&Vec<Bound>> = outside.collect();
    let column = |place: usize| -> Option<f64> {
        let numbers = outside.iter().filter_map(|row| row.get(place)?.number());
        numbers.reduce(|sum, number| sum + number)
    };
    let total = |name, sum: Option<f64>| sum.map(|sum| Value::total(name, Unit::BytesPerSecond, sum));
    Ok([total("network in", column(1)), total("network out", column(2))].into_iter().flatten().collect())
}

fn sum(numbers: &[Option<f64>]) -> f64 {
    numbers.iter().flatten().sum()
}

/// One of the names above.
fn oid(text: &str) -> Oid {
    // That they are names is a test's to know.
    text.parse().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_names_are_names() {
        let below =
            BUSY.iter().chain(&IDLE).chain(&MEMORY).chain([&LOAD]).map(|name| format!("{UCD}.{name}"));
        let whole = WIDE.iter().chain(&NARROW).chain([&TYPE]).map(|name| (*name).to_owned());
        for name in below.chain(whole) {
            assert_eq!(oid(&name).to_string(), name);
        }
    }
}
