//! The tables of the text report.

use super::{ProtocolFigures, Sums};
use crate::report::{Summary, Table};
use crate::stats::Period;

/// A table of the protocols and one of their steps; empty where there are no protocols.
pub fn tables(summary: &Summary) -> String {
    let nothing = Period::default();
    let period = summary.stats.measured().unwrap_or(&nothing);
    let seconds = summary.measured_time.as_secs_f64();
    let counted = |of: &&super::Protocol| ProtocolFigures::outline(of).counted(period, seconds);
    let all: Vec<ProtocolFigures> = summary.protocols.iter().map(counted).collect();
    if all.is_empty() {
        return String::new();
    }
    let mut text =
        format!("\n* Protocols, of what was due in the measured phase\n{}", protocols(&all, seconds));
    let steps = steps(&all);
    if !steps.is_empty() {
        text.push_str(&format!(
            "\n* Steps of their sessions, seconds, of those that succeeded\n{}",
            steps.render()
        ));
    }
    text
}

fn protocols(all: &[ProtocolFigures], seconds: f64) -> String {
    let mut table = Table::new("protocol", 10)
        .column("tried", 8)
        .column("failed", 8)
        .column("/s", 9)
        .group("connections", 3)
        .column("count", 8)
        .column("/s", 9)
        .column("/connection", 11)
        .group("messages", 3)
        .column("sent", 12)
        .column("/s", 11)
        .column("received", 12)
        .column("/s", 11)
        .group("bytes", 4);
    for one in all {
        table.row(row(&one.name, &one.sums));
    }
    if let Some(total) = Sums::total(all, seconds) {
        table.row(row("total", &total));
    }
    table.render()
}

fn row(name: &str, sums: &Sums) -> Vec<String> {
    let rate = |rate: f64| format!("{rate:.2}");
    let bytes = |rate: f64| format!("{rate:.0}");
    vec![
        name.to_owned(),
        sums.connections.to_string(),
        sums.connections_failed.to_string(),
        rate(sums.connections_per_s),
        sums.messages.to_string(),
        rate(sums.messages_per_s),
        sums.messages_per_connection.map_or("-".to_owned(), rate),
        sums.bytes_sent.to_string(),
        bytes(sums.bytes_sent_per_s),
        sums.bytes_received.to_string(),
        bytes(sums.bytes_received_per_s),
    ]
}

fn steps(all: &[ProtocolFigures]) -> Table {
    let mut table = Table::new("step", 20).column("tried", 8).column("failed", 8);
    for bytes in ["bytes sent", "received"] {
        table = table.column(bytes, 12);
    }
    for time in ["mean", "min", "max", "stddev"] {
        table = table.column(time, 8);
    }
    for step in all.iter().flat_map(|one| &one.steps).filter(|step| step.any()) {
        let counts = [step.count, step.failed, step.bytes_sent, step.bytes_received];
        let times = [step.mean, step.min, step.max, step.stddev];
        let times = times.map(|time| time.map_or("-".to_owned(), |seconds| format!("{seconds:.4}")));
        let cells = counts.iter().map(u64::to_string).chain(times);
        table.row(std::iter::once(step.label.to_string()).chain(cells).collect());
    }
    table
}

#[cfg(test)]
mod tests {
    use super::super::tests::{TALK, WAVE, talked};
    use super::*;
    use crate::report::{conclude, summary_of};

    #[test]
    fn the_report_has_them_where_there_are_any() {
        let stats = talked();
        let mut summary = summary_of(&stats);
        let without = conclude(&summary, Vec::new()).0;
        assert_eq!(tables(&summary), "");
        summary.protocols = vec![&TALK, &WAVE];
        let with = conclude(&summary, Vec::new()).0;
        let text = tables(&summary);
        assert_eq!(with, format!("{text}{without}"));
        let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let row = |name: &str| {
            words(text.lines().find(|line| words(line).first().is_some_and(|w| w == name)).unwrap())
        };
        // Within 400 s.
        assert_eq!(
            row("TALK")[1..],
            ["3", "1", "0.01", "4", "0.01", "2.00", "800", "2", "8000", "20"],
            "{text}"
        );
        assert_eq!(row("WAVE")[4..7], ["0", "0.00", "0.00"], "{text}");
        assert_eq!(row("total")[1..5], ["4", "1", "0.01", "4"], "{text}");
        assert_eq!(row("TALK{dial}")[1..6], ["3", "1", "300", "3000", "0.2000"], "{text}");
        assert!(!text.contains("TALK{hear}"), "{text}");
    }
}
