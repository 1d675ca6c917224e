//! The timeline as comma-separated values (RFC 4180).

use crate::report::{Results, TimelineRow};

/// The columns: when the row begins and how long it is, seconds; users and clients that had arrived by its end; requests
/// that came to an end in it, and those of them that failed; percentiles of their response times (within 6 %), mean and
/// most lag, seconds. What is not known is empty.
const COLUMNS: &str =
    "at_s,length_s,users,clients,requests,failed,p50_s,p95_s,p99_s,lag_mean_s,lag_max_s\r\n";

/// A line for every row of the timeline, also for those in which nothing happened. Rows are a second long in runs of up
/// to 34 minutes; in longer ones they are longer, as there are 2,048 at most (design, decision 7).
pub fn csv(results: &Results) -> String {
    let length = results.timeline_interval_s;
    let mut text = COLUMNS.to_owned();
    let (mut number, mut users, mut clients) = (0.0, 0, 0);
    let last = results.timeline.len().saturating_sub(1);
    for (place, row) in results.timeline.iter().enumerate() {
        // A last row in which only a server spoke has nothing to say here: no request could be answered in it any more.
        if place == last && results.is_over(row) && (users, clients) == (row.users, row.clients) {
            break;
        }
        // A row that is out of place or not where its number says is a file that was tampered with; it ends somewhere.
        while length > 0.0 && number * length < row.at_s - length / 2.0 && number < ROWS {
            text.push_str(&line(number * length, length, users, clients, None));
            number += 1.0;
        }
        (users, clients) = (row.users, row.clients);
        text.push_str(&line(row.at_s, length, users, clients, Some(row)));
        number += 1.0;
    }
    text
}

/// More rows than any timeline has.
const ROWS: f64 = 4096.0;

fn line(at: f64, length: f64, users: u32, clients: u32, row: Option<&TimelineRow>) -> String {
    let known = |value: Option<f64>| value.map_or(String::new(), |value| value.to_string());
    let (requests, failed) = row.map_or((0, 0), |row| (row.requests, row.failed));
    let times = row.map_or([None; 5], |row| [row.p50, row.p95, row.p99, row.lag_mean, Some(row.lag_max)]);
    let times = times.map(known).join(",");
    format!("{at},{length},{users},{clients},{requests},{failed},{times}\r\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::summary_of;
    use crate::stats::Limits;
    use crate::stats::test::{response, statistics};

    #[test]
    fn every_second_is_a_line() {
        // They begin at 0 and end when their time is over.
        let events = [response(0, "GET{event}", 0.5, true), response(0, "GET{event}", 3.5, false)];
        let stats = statistics(Limits::default(), &events);
        let text = csv(&Results::of(&summary_of(&stats)));
        let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split(',').collect()).collect();
        assert!(lines.iter().all(|line| line.len() == 11), "{text}");
        let column = |n: usize| lines[1..].iter().map(|line| line[n]).collect::<Vec<_>>();
        let times: Vec<f64> = column(0).iter().map(|at| at.parse().unwrap()).collect();
        assert!(times.windows(2).all(|pair| pair[1] - pair[0] == 1.0), "{text}");
        assert_eq!(column(4).iter().map(|n| n.parse::<u32>().unwrap()).sum::<u32>(), 2, "{text}");
        assert_eq!(column(5).last(), Some(&"1"), "{text}");
    }

    #[test]
    fn a_row_that_begins_at_the_end_is_none() {
        let stats = statistics(Limits::default(), &[response(0, "GET{event}", 0.5, true)]);
        let mut results = Results::of(&summary_of(&stats));
        let lines = csv(&results).lines().count();
        results.measured_time_s = results.timeline[0].at_s + 1.0;
        let end = TimelineRow { at_s: results.measured_time_s, requests: 0, ..results.timeline[0].clone() };
        results.timeline.push(end);
        assert_eq!(csv(&results).lines().count(), lines);
        results.timeline[1].requests = 1;
        assert_eq!(csv(&results).lines().count(), lines + 1);
    }

    #[test]
    fn a_timeline_that_makes_no_sense_ends() {
        let stats = statistics(Limits::default(), &[response(0, "GET{event}", 0.5, true)]);
        let mut results = Results::of(&summary_of(&stats));
        results.timeline[0].at_s = 1e300;
        assert!(csv(&results).lines().count() < 5000);
    }
}
