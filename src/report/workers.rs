//! What became of the workers, as the report shows it.

use super::{Figures, Summary, Table};

/// Each worker with its requests, what is judged of them by itself and all together, and what it cost, and the manager
/// beside them; empty without workers.
pub fn table(summary: &Summary) -> String {
    if summary.workers.is_empty() {
        return String::new();
    }
    let mut table = Table::new("worker", 10)
        .column("requests", 9)
        .column("measured", 9)
        .column("failed", 7)
        .column("p50 ms", 9)
        .column("p95 ms", 9)
        .column("p99 ms", 9)
        .column("CPU s", 9)
        .column("MB", 7)
        .text_column(" state", 6);
    let megabytes = |bytes: u64| format!("{:.1}", bytes as f64 / 1e6);
    for (id, worker) in &summary.workers {
        let cost = summary.host.workers.get(id);
        // The verdict says the rest of one that was lost.
        let state = if worker.is_lost() { " lost" } else { " done" };
        let mut row = vec![id.clone(), worker.requests.to_string()];
        row.extend(judged(worker.measured.as_ref().map(|measured| &measured.requests)));
        row.extend([
            cost.map(|cost| format!("{:.2}", cost.cpu_s)).unwrap_or_default(),
            cost.map(|cost| megabytes(cost.peak_rss_bytes)).unwrap_or_default(),
            state.to_owned(),
        ]);
        table.row(row);
    }
    let all = summary.stats.measured().map(|period| Figures::from(&period.all().requests));
    let sent = summary.workers.values().map(|worker| worker.requests).sum::<u64>();
    let mut sum = vec!["(all)".to_owned(), sent.to_string()];
    sum.extend(judged(all.as_ref()));
    sum.resize(10, String::new());
    table.row(sum);
    let host = &summary.host;
    let mut manager = vec!["(manager)".to_owned()];
    manager.resize(7, String::new());
    manager.extend([format!("{:.2}", host.cpu_s), megabytes(host.peak_rss_bytes), String::new()]);
    table.row(manager);
    format!("\n* Workers\n{}", table.render())
}

/// How many requests are judged, how many of them failed, and their response times in milliseconds.
fn judged(requests: Option<&Figures>) -> [String; 5] {
    let Some(requests) = requests else { return Default::default() };
    let times = [requests.response.p50, requests.response.p95, requests.response.p99];
    let [p50, p95, p99] = times.map(|time| time.map(|time| format!("{:.1}", time * 1e3)).unwrap_or_default());
    [requests.count.to_string(), requests.failed.to_string(), p50, p95, p99]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Cost, WorkerState, summary_of};
    use crate::stats::test::{response, statistics};
    use crate::stats::{Limits, Statistics};

    #[test]
    fn workers_and_manager_stand_together() {
        let nothing = Statistics::default();
        assert_eq!(table(&summary_of(&nothing)), "");
        let [one, other] = [1, 2].map(|n| {
            let answers: Vec<_> = (0..n).map(|at| response(at, "GET{event}", 0.25, at < 1)).collect();
            statistics(Limits::default(), &answers)
        });
        let mut all = one.clone();
        all.merge(&other).unwrap();
        let mut summary = summary_of(&all);
        for (id, stats, state) in [("a", &one, "done"), ("b", &other, "no word for 10 s")] {
            let measured = Some((&stats.measured().unwrap().all()).into());
            summary.workers.insert(id.into(), WorkerState { requests: 7, measured, state: state.into() });
        }
        summary.host.workers.insert("a".into(), Cost { cpu_s: 1.5, peak_rss_bytes: 2_500_000 });
        let text = table(&summary);
        let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let rows: Vec<Vec<String>> = text.lines().skip(4).map(words).collect();
        assert_eq!(rows[0], ["a", "7", "1", "0", "250.0", "250.0", "250.0", "1.50", "2.5", "done"], "{text}");
        assert_eq!(rows[1], ["b", "7", "2", "1", "250.0", "250.0", "250.0", "lost"], "{text}");
        assert_eq!(rows[2], ["(all)", "14", "3", "1", "250.0", "250.0", "250.0"], "{text}");
        assert_eq!(rows[3], ["(manager)", "33.65", "10.0"], "{text}");
    }
}
