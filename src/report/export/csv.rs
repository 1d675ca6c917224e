//! The course of a run as comma-separated values (RFC 4180).

use std::collections::BTreeSet;
use std::rc::Rc;

use crate::report::{Come, Results, TimelineRow};

/// The course of a run as a table: a line for every row of its timeline, also for those in which nothing happened, up to
/// the end of what is judged. Rows are a second long in runs of up to 34 minutes; in longer ones they are longer, as there
/// are 2,048 at most (design, decision 7). `--csv` of a run has every second.
pub fn csv(results: &Results) -> String {
    let (length, end) = (results.timeline_interval_s, results.end_s());
    let mut lines = CsvLines::of(length, ROWS);
    let mut text = lines.head(&results.timeline);
    let mut put = |line: String| text.push_str(&line);
    let last = results.timeline.len().saturating_sub(1);
    for (place, row) in results.timeline.iter().enumerate() {
        // A last row in which only a server spoke has nothing to say here.
        if place < last || !row.is_idle_end(end, length, lines.come) {
            lines.row(row, &mut put);
        }
    }
    lines.end(end, &mut put);
    text
}

/// More rows than any timeline has.
const ROWS: u64 = 4096;

/// Writes rows of equal length as lines, in their order, and a line for each in which nothing happened.
pub struct CsvLines {
    length: f64,
    /// How many lines there are.
    number: u64,
    /// How many more lines there may be in which nothing happened: times may make no sense.
    spare: u64,
    /// Who has come and left so far.
    come: Come,
    /// Monitors with one of their figures each: the columns after the others.
    figures: Vec<(Rc<str>, Rc<str>)>,
}

impl CsvLines {
    /// The columns of every table: when the row begins and how long it is, seconds; users and clients that had arrived by
    /// its end; requests that came to an end in it, and those of them that failed; percentiles of their response times,
    /// mean and most lag, seconds; users who had left by its end. What is not known is empty.
    const HEAD: &str =
        "at_s,length_s,users,clients,requests,failed,p50_s,p95_s,p99_s,lag_mean_s,lag_max_s,left";

    /// For rows of so many seconds, with at most `spare` lines in which nothing happened.
    pub fn of(length: f64, spare: u64) -> CsvLines {
        CsvLines { length, number: 0, spare, come: Come::default(), figures: Vec::new() }
    }

    /// The first line, with a column for each figure that a monitor read in one of these rows: the last value that came in the
    /// row.
    pub fn head(&mut self, rows: &[TimelineRow]) -> String {
        let read = rows.iter().flat_map(|row| &row.monitors);
        let all: BTreeSet<_> = read
            .flat_map(|(monitor, figures)| figures.keys().map(|name| (monitor.clone(), name.clone())))
            .collect();
        self.figures = all.into_iter().collect();
        let names =
            self.figures.iter().map(|(monitor, figure)| format!(",{}", cell(&format!("{monitor} {figure}"))));
        [Self::HEAD.to_owned()].into_iter().chain(names).chain(["\r\n".to_owned()]).collect()
    }

    /// The line of a row, after those of the time before it.
    pub fn row(&mut self, row: &TimelineRow, put: &mut impl FnMut(String)) {
        self.until(row.at_s, put);
        self.come = row.come();
        self.put(row.at_s, Some(row), put);
    }

    /// The lines up to the end, seconds since the start. A row of which less than a quarter lies before it is none.
    pub fn end(&mut self, end: f64, put: &mut impl FnMut(String)) {
        self.until(end + self.length / 4.0, put);
    }

    fn until(&mut self, at: f64, put: &mut impl FnMut(String)) {
        while self.length > 0.0 && self.next() < at - self.length / 2.0 && self.spare > 0 {
            self.spare -= 1;
            self.put(self.next(), None, put);
        }
    }

    /// When the next row begins.
    fn next(&self) -> f64 {
        self.number as f64 * self.length
    }

    fn put(&mut self, at: f64, row: Option<&TimelineRow>, put: &mut impl FnMut(String)) {
        let known = |value: Option<f64>| value.map_or(String::new(), |value| value.to_string());
        let (requests, failed) = row.map_or((0, 0), |row| (row.requests, row.failed));
        let times = row.map_or([None; 5], |row| {
            [row.p50, row.p95, row.p99, row.lag_mean, row.lag_mean.map(|_| row.lag_max)]
        });
        let (length, times) = (self.length, times.map(known).join(","));
        let Come { users, clients, left } = self.come;
        self.number += 1;
        let mut line = format!("{at},{length},{users},{clients},{requests},{failed},{times},{left}");
        for (monitor, figure) in &self.figures {
            let value = row.and_then(|row| row.monitors.get(monitor)?.get(figure)).copied();
            line.extend([",", &known(value)]);
        }
        put(line + "\r\n");
    }
}

/// A text as a field, in quotes where it must be.
pub fn cell(text: &str) -> String {
    match text.contains(['"', ',', '\r', '\n']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::summary_of;
    use crate::stats::Limits;
    use crate::stats::test::{response, statistics};

    #[test]
    fn every_second_is_a_line_up_to_the_end() {
        // They begin at 0 and end when their time is over.
        let events = [response(0, "GET{event}", 0.5, true), response(0, "GET{event}", 3.5, false)];
        let stats = statistics(Limits::default(), &events);
        let text = csv(&Results::of(&summary_of(&stats)));
        let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split(',').collect()).collect();
        assert!(lines.iter().all(|line| line.len() == 12), "{text}");
        let column = |n: usize| lines[1..].iter().map(|line| line[n]).collect::<Vec<_>>();
        let times: Vec<f64> = column(0).iter().map(|at| at.parse().unwrap()).collect();
        assert!(times.iter().enumerate().all(|(second, at)| second as f64 == *at), "{text}");
        assert_eq!(times.len(), 400, "{text}");
        assert_eq!(column(4).iter().map(|n| n.parse::<u32>().unwrap()).sum::<u32>(), 2, "{text}");
        assert_eq!(column(5).iter().filter(|failed| **failed == "1").count(), 1, "{text}");
    }

    #[test]
    fn what_monitors_read_has_columns() {
        let stats = statistics(Limits::default(), &[response(0, "GET{event}", 0.5, true)]);
        let mut results = Results::of(&summary_of(&stats));
        let figures = [("cpu".into(), 12.5), ("a, b".into(), 3.0)].into();
        results.timeline[0].monitors.insert("web1".into(), figures);
        let text = csv(&results);
        let at = results.timeline[0].at_s as usize;
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].ends_with(",left,\"web1 a, b\",web1 cpu"), "{}", lines[0]);
        assert!(lines[at + 1].ends_with(",0,3,12.5") && lines[at + 2].ends_with(",0,,"), "{text}");
    }

    #[test]
    fn a_row_that_begins_at_the_end_is_none() {
        let stats = statistics(Limits::default(), &[response(0, "GET{event}", 0.5, true)]);
        let mut results = Results::of(&summary_of(&stats));
        results.measured_time_s = results.timeline[0].at_s + 1.0;
        let lines = csv(&results).lines().count();
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
        results.run_time_s = f64::INFINITY;
        assert!(csv(&results).lines().count() < 5000);
    }
}
