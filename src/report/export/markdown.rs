//! A summary in Markdown, as a pull request or a wiki shows it.

use std::fmt::Write;

use crate::report::markup::{code, escaped, sentence};
use crate::report::threshold::row;
use crate::report::verdict::EARLY;
use crate::report::{Figures, ProtocolFigures, Results, Sums, Verdict, measure, window};

/// The verdict, what was run, what the users felt, and what failed. A few kilobytes.
pub fn markdown(results: &Results) -> String {
    let part = results.ended_early() && results.verdict != Some(Verdict::Incomplete);
    let early = if part { EARLY } else { "" };
    let mut text = format!("## populace: {}{early}\n\n{}\n", verdict(results), what(results));
    if !results.failures.is_empty() {
        text.push_str("\n**Why it did not pass**\n\n");
        for failure in results.failures.iter().take(MOST) {
            let _ = writeln!(text, "* {}", sentence(failure));
        }
        if let Some(more) = results.failures.len().checked_sub(MOST).filter(|more| *more > 0) {
            let _ = writeln!(text, "* and {more} more");
        }
    }
    text.push_str(&thresholds(results));
    text.push_str(&table("What users did", &results.operations));
    text.push_str(&protocols(results));
    text.push_str(&monitors(results));
    text.push_str(&table("What their programs asked", &results.requests));
    if !results.notes.is_empty() {
        text.push('\n');
        for note in &results.notes {
            let _ = writeln!(text, "> {}", sentence(note));
        }
    }
    text
}

/// The most failures that are listed.
const MOST: usize = 20;

fn verdict(results: &Results) -> &'static str {
    match results.verdict {
        Some(Verdict::Pass) => "PASS",
        Some(Verdict::Fail) => "FAIL",
        Some(Verdict::Incomplete) => "INCOMPLETE",
        Some(Verdict::Error) => "FAIL (nothing worked)",
        None => "no verdict",
    }
}

fn what(results: &Results) -> String {
    let run = &results.run;
    let how = if run.rehearsed { "rehearsed" } else { "run" };
    let failed: u64 = results.requests.values().map(|figures| figures.failed).sum();
    let requests: u64 = results.requests.values().map(|figures| figures.count).sum();
    format!(
        "{users} users with {clients} clients on {servers}, {how} for {time}: {requests} requests, {failed} failed. Seed \
         {seed}, plan `{plan}`, populace {version}.",
        users = results.users,
        clients = results.clients,
        servers = escaped(&run.servers.join(", ")),
        time = window(results.measured_time_s),
        seed = results.seed,
        plan = results.plan_hash.as_deref().unwrap_or("none"),
        version = run.version,
    )
}

fn thresholds(results: &Results) -> String {
    if results.thresholds.is_empty() {
        return String::new();
    }
    let mut text =
        "\n| threshold | result | figure | limit | margin | |\n|---|---|---:|---:|---:|---|\n".to_owned();
    for judged in &results.thresholds {
        let [expression, rest @ ..] = row(judged);
        let rest = rest.map(|cell| sentence(&cell)).join(" | ");
        let _ = writeln!(text, "| {} | {rest} |", code(&expression));
    }
    text
}

fn table<'a>(title: &str, rows: impl IntoIterator<Item = (&'a crate::label::Label, &'a Figures)>) -> String {
    let mut text =
        format!("\n**{title}** (response times in milliseconds)\n\n| | count | failed | p50 | p95 | p99 |\n");
    text.push_str("|---|---:|---:|---:|---:|---:|\n");
    let head = text.len();
    for (label, figures) in rows {
        let times = &figures.response;
        let [p50, p95, p99] = [times.p50, times.p95, times.p99].map(milliseconds);
        let (count, failed) = (figures.count, figures.failed);
        let _ = writeln!(text, "| {} | {count} | {failed} | {p50} | {p95} | {p99} |", code(label.as_str()));
    }
    if text.len() == head { String::new() } else { text }
}

/// The protocols beside HTTP, and the steps of their sessions.
fn protocols(results: &Results) -> String {
    let all = &results.protocols;
    if all.is_empty() {
        return String::new();
    }
    let mut text = "\n**By protocol** (a second of the measured time)\n\n| | connections | failed | a second | messages | a second \
                    | a connection | bytes sent | a second | bytes received | a second |\n"
        .to_owned();
    text.push_str("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n");
    let total = Sums::total(all, results.measured_time_s);
    let rows =
        all.iter().map(|one| (&*one.name, &one.sums)).chain(total.iter().map(|sums| ("together", sums)));
    for (name, sums) in rows {
        let each = sums.messages_per_connection.map_or(String::new(), |each| format!("{each:.2}"));
        let _ = writeln!(
            text,
            "| {} | {} | {} | {:.2} | {} | {:.2} | {each} | {} | {:.0} | {} | {:.0} |",
            escaped(name),
            sums.connections,
            sums.connections_failed,
            sums.connections_per_s,
            sums.messages,
            sums.messages_per_s,
            sums.bytes_sent,
            sums.bytes_sent_per_s,
            sums.bytes_received,
            sums.bytes_received_per_s,
        );
    }
    text + &steps(all)
}

/// What monitors read of the servers.
fn monitors(results: &Results) -> String {
    let mut text = "\n**What monitors read** (in the measured time)\n\n| | | mean | least | most |\n|---|---|---:|---:|---:|\n"
        .to_owned();
    let head = text.len();
    for (monitor, read) in &results.monitors {
        for (figure, gauge) in read.figures.iter().take(MOST) {
            let written =
                |value: Option<f64>| value.map_or(String::new(), |value| measure(gauge.unit, value, ' '));
            let [mean, min, max] = [gauge.mean, gauge.min, gauge.max].map(written);
            let _ = writeln!(text, "| {} | {} | {mean} | {min} | {max} |", escaped(monitor), escaped(figure));
        }
    }
    if text.len() == head { String::new() } else { text }
}

fn steps(all: &[ProtocolFigures]) -> String {
    let mut text = "\n**Steps of their sessions** (service times in milliseconds)\n\n| | count | failed | bytes sent \
                    | bytes received | mean | min | max | stddev |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|\n"
        .to_owned();
    let head = text.len();
    for step in all.iter().flat_map(|one| &one.steps).filter(|step| step.any()) {
        let counts =
            [step.count, step.failed, step.bytes_sent, step.bytes_received].map(|count| count.to_string());
        let times = [step.mean, step.min, step.max, step.stddev].map(milliseconds);
        let _ = writeln!(
            text,
            "| {} | {} | {} |",
            code(step.label.as_str()),
            counts.join(" | "),
            times.join(" | ")
        );
    }
    if text.len() == head { String::new() } else { text }
}

fn milliseconds(seconds: Option<f64>) -> String {
    seconds.map_or(String::new(), |seconds| format!("{:.1}", seconds * 1_000.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::protocol::tests::{TALK, WAVE, talked};
    use crate::report::{GaugeFigures, MonitorFigures, summary_of};
    use crate::stats::Limits;
    use crate::stats::test::{end, response, statistics};

    #[test]
    fn monitors_stand_in_it_where_there_are_any() {
        let mut results = Results::of(&summary_of(&statistics(Limits::default(), &[])));
        assert!(!markdown(&results).contains("monitors"));
        let gauge =
            GaugeFigures { unit: crate::event::Unit::Percent, mean: Some(34.5), ..GaugeFigures::default() };
        let figures = std::collections::BTreeMap::from([("cpu".into(), gauge)]);
        results.monitors.insert("web|1".into(), MonitorFigures { figures, ..MonitorFigures::default() });
        let text = markdown(&results);
        assert!(text.contains("\n| web\\|1 | cpu | 34.5 % |  |  |\n"), "{text}");
    }

    #[test]
    fn protocols_stand_in_it_where_there_are_any() {
        let stats = talked();
        let mut summary = summary_of(&stats);
        assert!(!markdown(&Results::of(&summary)).contains("By protocol"));
        summary.protocols = vec![&TALK, &WAVE];
        let text = markdown(&Results::of(&summary));
        for row in [
            "\n| TALK | 3 | 1 | 0.01 | 4 | 0.01 | 2.00 | 800 | 2 | 8000 | 20 |\n",
            "\n| together | 4 | 1 | 0.01 | 4 |",
            "\n| `TALK{dial}` | 3 | 1 | 300 | 3000 | 200.0 |",
        ] {
            assert!(text.contains(row), "{row} in {text}");
        }
    }

    #[test]
    fn it_says_what_was_run_and_what_was_felt() {
        let events = [
            response(0, "GET{event}", 0.5, true),
            end(0, "create", 1.25, None),
            response(1, "GET{event}", 2.0, false),
        ];
        let stats = statistics(Limits::default(), &events);
        let failures = vec!["*** <b>bad</b> | `x`\n[link](y)".to_owned()];
        let text = markdown(&Results::of(&summary_of(&stats)).concluded(Verdict::Fail, failures, Vec::new()));
        assert!(text.starts_with("## populace: FAIL\n"), "{text}");
        let ended = Results { interrupted: true, ..Results::of(&summary_of(&stats)) };
        let ended = markdown(&ended.concluded(Verdict::Pass, Vec::new(), Vec::new()));
        assert!(ended.starts_with("## populace: PASS, ended early\n"), "{ended}");
        assert!(
            text.contains("\n| `create` | 1 | 0 | 1250.0 |") || text.contains("\n| `create` | 1 | 0 | 125"),
            "{text}"
        );
        assert!(text.contains("\n| `GET{event}` | 2 | 1 | 50"), "{text}");
        assert!(text.contains("* \\*\\*\\* &lt;b>bad&lt;/b> \\| `x` \\[link\\](y)\n"), "{text}");
    }
}
