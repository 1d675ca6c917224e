//! What became of the workers, as the report shows it.

use super::{Summary, Table, WorkerState};

/// Each worker with its requests and what it cost, and the manager beside them; empty without workers.
pub fn table(summary: &Summary) -> String {
    if summary.workers.is_empty() {
        return String::new();
    }
    let mut table = Table::new("worker", 10)
        .column("requests", 9)
        .column("CPU s", 9)
        .column("MB", 7)
        .text_column(" state", 6);
    let megabytes = |bytes: u64| format!("{:.1}", bytes as f64 / 1e6);
    for (id, worker) in &summary.workers {
        let cost = summary.host.workers.get(id);
        // The verdict says the rest of one that was lost.
        let state = if worker.state == WorkerState::DONE { " done" } else { " lost" };
        table.row(vec![
            id.clone(),
            worker.requests.to_string(),
            cost.map(|cost| format!("{:.2}", cost.cpu_s)).unwrap_or_default(),
            cost.map(|cost| megabytes(cost.peak_rss_bytes)).unwrap_or_default(),
            state.to_owned(),
        ]);
    }
    let host = &summary.host;
    table.row(vec![
        "(manager)".to_owned(),
        String::new(),
        format!("{:.2}", host.cpu_s),
        megabytes(host.peak_rss_bytes),
        String::new(),
    ]);
    format!("\n* Workers\n{}", table.render())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Cost, summary_of};
    use crate::stats::Statistics;

    #[test]
    fn workers_and_manager_stand_together() {
        let stats = Statistics::default();
        let mut summary = summary_of(&stats);
        assert_eq!(table(&summary), "");
        for (id, state) in [("a", "done"), ("b", "no word for 10 s")] {
            summary.workers.insert(id.into(), WorkerState { requests: 7, state: state.into() });
        }
        summary.host.workers.insert("a".into(), Cost { cpu_s: 1.5, peak_rss_bytes: 2_500_000 });
        let text = table(&summary);
        let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let rows: Vec<Vec<String>> = text.lines().skip(4).map(words).collect();
        assert_eq!(rows[0], ["a", "7", "1.50", "2.5", "done"], "{text}");
        assert_eq!(rows[1], ["b", "7", "lost"], "{text}");
        assert_eq!(rows[2], ["(manager)", "33.65", "10.0"], "{text}");
    }
}
