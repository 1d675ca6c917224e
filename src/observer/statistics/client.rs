//! The blocks `* Client`, `* Server` and `* Monitor`.

use std::rc::Rc;
use std::time::Duration;

use crate::report::{Summary, clock_time, measure, title_case, window};
use crate::stats::{Gauge, Reading, Statistics};

/// What the simulated clients were. `quality` is the overall quality of service.
pub fn block(summary: &Summary, quality: Option<f64>) -> String {
    let stats = summary.stats;
    let host = &summary.host;
    let total = clock_time(Duration::from_secs_f64(host.cpu_s.max(0.0)));
    let cpu = format!("user {:<5.2} sys {:<5.2} total {total}", host.cpu_user_s, host.cpu_system_s);
    let mut items =
        vec![("CPU Time".to_owned(), cpu), ("Clients".to_owned(), stats.clients_seen().to_string())];
    let failures = stats.client_failures();
    if !failures.is_empty() {
        items.push(("Failed clients".to_owned(), failures.total().to_string()));
    }
    for (reason, count) in stats.sim_failures().iter() {
        items.push(("Failed operation".to_owned(), format!("{reason} : {count} times")));
    }
    items.extend(others("Failed operation", stats.sim_failures().others()));
    for (place, sort) in failures.sorts().into_iter().enumerate() {
        let more = if sort.count > 1 { format!(" : {} times", sort.count) } else { String::new() };
        items.push((format!("Failure #{}", place + 1), format!("{}{more}", sort.text())));
    }
    items.extend(others("Failures", failures.others()));
    let quality = quality.map_or("None".to_owned(), |quality| format!("{quality:<8.4}"));
    items.push(("QoS".to_owned(), quality));
    items.push(("Run time".to_owned(), clock_time(summary.run_time)));
    items.push(("Seed".to_owned(), summary.seed.to_string()));
    items.push(("Start time".to_owned(), summary.started.format("%m/%d %H:%M:%S").to_string()));
    items.push(("Users".to_owned(), stats.users_seen().to_string()));
    lines("* Client", &items)
}

/// One block for each pod or monitor that said something of itself, or one line about why it did not. `monitors` are those
/// that are no statistics socket of a server.
pub fn servers(stats: &Statistics, monitors: &[Rc<str>]) -> String {
    let mut text = String::new();
    for (pod, server) in stats.servers() {
        let name = if pod.is_empty() { String::new() } else { format!(" {pod}") };
        if let Some(Reading { figures, .. }) = &server.figures {
            let items = [
                ("CPU".to_owned(), format!("{:.1}%", figures.cpu_percent)),
                ("Req/sec".to_owned(), format!("{:.1}", figures.requests_per_s)),
                ("Response".to_owned(), format!("{:.1} (ms)", figures.response_ms)),
                ("Slots".to_owned(), format!("{:.2}", figures.slots)),
            ];
            text.push_str(&lines(&format!("* Server{name} (Last {})", window(figures.window_s)), &items));
        }
        if !server.gauges.is_empty() {
            let items: Vec<_> =
                server.gauges.iter().map(|(name, gauge)| (name.to_string(), gauge_line(gauge))).collect();
            text.push_str(&lines(&format!("* Monitor{name} (means of the measured phase)"), &items));
        }
        for (reason, count) in server.failures.iter() {
            let times = if count == 1 { "time" } else { "times" };
            let who = if monitors.contains(pod) { "Monitor" } else { "Server" };
            text.push_str(&format!("* {who}{name}: no figures: {reason} ({count} {times})\n\n"));
        }
    }
    text
}

/// The mean of a figure over the measured phase, with its least and greatest.
fn gauge_line(gauge: &Gauge) -> String {
    let written = |value| measure(gauge.unit, value, ' ');
    match gauge.mean() {
        None => "not read in the measured phase".to_owned(),
        Some(mean) => format!("{} ({} to {})", written(mean), written(gauge.least), written(gauge.greatest)),
    }
}

/// A block: its title, the items with their keys aligned to the right, an empty line.
fn lines(title: &str, items: &[(String, String)]) -> String {
    let width = items.iter().map(|(key, _)| key.chars().count()).max().unwrap_or(0);
    let mut text = format!("{title}\n");
    for (key, value) in items {
        text.push_str(&format!("{:>width$} : {value}\n", title_case(key)));
    }
    text.push('\n');
    text
}

/// An item about the texts that were not kept.
fn others(key: &str, others: u64) -> Option<(String, String)> {
    (others > 0).then(|| (key.to_owned(), format!("other reasons : {others} times")))
}
