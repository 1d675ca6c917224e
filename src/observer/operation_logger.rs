//! The log of operations, their table and their judgement (spec 7.4).

use std::time::Duration;

use super::kind::{Kind, Kinds, Needs};
use super::statistics::{LEGEND, cells, columns, too_many};
use super::thresholds::{Exceeded, Part, Thresholds};
use super::{Finished, Observer, Output, Stage, said};
use crate::config::{Param, Seconds, Table};
use crate::event::{Event, OperationEnd, OperationStart, What};
use crate::label::Label;
use crate::report::{Failure, Outcome, Summary, general};
use crate::stats::{Limits, Period, Statistics, Tally, one_line};

/// Prints operations as they begin and end, and judges them by thresholds, lag and failures.
pub struct OperationLogger {
    thresholds: Thresholds,
    lag_cutoff: Seconds,
    /// Percent of the operations of one label that may fail.
    fail_cutoff: f64,
    fail_if_no_push: bool,
    output: Option<Output>,
}

/// The parameters.
pub const PARAMS: &[Param] = &[
    Param { name: "thresholdsPath", default: "none", help: "JSON file of thresholds" },
    Param { name: "thresholds", default: "none", help: "the same as a dict in its place" },
    Param {
        name: "lagCutoff",
        default: "1.0",
        help: "time by which half of the operations of one label may be late",
    },
    Param {
        name: "failCutoff",
        default: "1.0",
        help: "percent of the operations of one label that may fail",
    },
    Param { name: "failIfNoPush", default: "false", help: "whether a run without any push has failed" },
];

/// Decodes the parameters.
pub fn build(params: Table) -> Option<Box<dyn Observer>> {
    let thresholds = Thresholds::from_params(&params, Part::Operations);
    let lag_cutoff = super::decoded(&params, "lagCutoff", Seconds(std::time::Duration::from_secs(1)));
    let fail_cutoff = super::percent(&params, "failCutoff", 1.0);
    let fail_if_no_push = super::decoded(&params, "failIfNoPush", false);
    params.finish();
    Some(Box::new(OperationLogger {
        thresholds: thresholds?,
        lag_cutoff: lag_cutoff?,
        fail_cutoff: fail_cutoff?,
        fail_if_no_push: fail_if_no_push?,
        output: None,
    }))
}

impl Observer for OperationLogger {
    fn name(&self) -> &'static str {
        "OperationLogger"
    }

    fn needs(&self) -> Needs {
        Needs { events: Kinds::NONE.with(Kind::Operation), bodies: false }
    }

    fn limits(&self, limits: &mut Limits) {
        self.thresholds.add_limits(Part::Operations, limits);
    }

    fn begin(&mut self, stage: &Stage) -> Result<(), String> {
        self.output = Some(stage.output.clone());
        Ok(())
    }

    fn observe(&mut self, event: &Event) {
        let line = match &event.what {
            What::OperationStart(start) => begun(start),
            What::OperationEnd(end) => ended(end),
            _ => return,
        };
        if let Some(output) = &self.output {
            output.line(line);
        }
    }

    fn finish<'a>(&'a mut self, summary: &'a Summary<'a>) -> Finished<'a> {
        let stats = summary.stats;
        said(Outcome { text: self.report(stats), failures: self.failures(stats), ..Outcome::default() })
    }
}

fn begun(start: &OperationStart) -> String {
    let lag = start.begun.saturating_sub(start.due).as_secs_f64() * 1000.0;
    let lag = if start.scheduled { format!("{{lag {lag:5.2} ms}}") } else { String::new() };
    format!("{} - - - - - - - - - - - {:>8} BEGIN {lag}", start.who.uid, start.label)
}

fn ended(end: &OperationEnd) -> String {
    let took = end.end.saturating_sub(end.begun).as_secs_f64();
    let (user, label) = (&end.who.uid, end.label);
    match &end.reason {
        _ if end.unfinished => format!("{user} - - - - - - - - - - - {label:>8} UNFINISHED [{took:5.2} s]"),
        _ if end.success => format!("{user} - - - - - - - - - - - {label:>8} END [{took:5.2} s]"),
        reason => {
            let reason = one_line(reason.as_deref().unwrap_or("no reason given"));
            format!("{user} x x x x x x x x x x x {label:>8} FAILED {reason}")
        }
    }
}

impl OperationLogger {
    fn report(&self, stats: &Statistics) -> String {
        let nothing = Period::default();
        let period = stats.measured().unwrap_or(&nothing);
        let mut table =
            columns("operation", self.thresholds.limits()).column("avglag (ms)", 12).column("STATUS", 8);
        let all = period.operations.values().map(Tally::count).sum();
        for (label, tally) in &period.operations {
            let over = self.thresholds.over(tally, Part::Operations, stats.limits());
            let mut row = cells(*label, tally, all, &over);
            row.push(format!("{:.4}", tally.lag.mean().unwrap_or(0.0) * 1000.0));
            row.push(if self.fails(*label, tally, &over) { "FAIL" } else { "" }.to_owned());
            table.row(row);
        }
        format!("\n{}({LEGEND}: successes)\n", table.render())
    }

    fn fails(&self, label: Label, tally: &Tally, over: &[u64]) -> bool {
        self.lags(tally).is_some()
            || too_many(tally.failures(), tally.count(), self.fail_cutoff)
            || !self.thresholds.exceeded(label, tally.count(), over).is_empty()
    }

    /// The median lag, if it is too long.
    fn lags(&self, tally: &Tally) -> Option<Duration> {
        tally.lag.median().filter(|median| *median > self.lag_cutoff.0)
    }

    fn failures(&self, stats: &Statistics) -> Vec<Failure> {
        let mut failures = Vec::new();
        let mut pushes = 0;
        for (label, tally) in stats.measured().iter().flat_map(|period| &period.operations) {
            let name = label.as_str().to_uppercase();
            let (count, failed) = (tally.count(), tally.failures());
            if let Some(median) = self.lags(tally) {
                // The cutoff with a point and a digit even when whole, as the ancestor writes it.
                let cutoff = self.lag_cutoff.as_secs_f64() * 1000.0;
                let sentence = format!("Median {name} scheduling lag greater than {cutoff:?}ms");
                let median = format!("{} ms", general(median.as_secs_f64() * 1000.0));
                failures.push(Failure::measured(sentence, format!("median lag of {name}"), median));
            }
            if too_many(failed, count, self.fail_cutoff) {
                let sentence = format!("Greater than {:.0}% {name} failed", self.fail_cutoff);
                failures.push(Failure::share(sentence, format!("{name} failed"), failed, count));
            }
            let over = self.thresholds.over(tally, Part::Operations, stats.limits());
            for Exceeded { allowed, limit, over } in self.thresholds.exceeded(*label, count, &over) {
                let sentence = format!("Greater than {allowed}% {name} exceeded {limit} second total time");
                failures.push(Failure::share(sentence, format!("{name} over {limit} s"), over, count));
            }
        }
        for (_, period) in stats.periods() {
            pushes += period.operations.get(&Label::of("push")).map_or(0, Tally::count);
        }
        if self.fail_if_no_push && pushes == 0 {
            failures.push("Push was configured but no pushes were received by clients".into());
        }
        failures
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observer::test::{judged, live, report};
    use crate::stats::test::{end, start};

    const TYPE: &str = "contrib.performance.loadtest.profiles.OperationLogger";

    #[test]
    fn twenty_a_good_operation_is_no_failure() {
        let events = [start(0, "testing", 0.5), end(0, "testing", 0.35, None)];
        assert!(judged(TYPE, "", &events).is_empty());
    }

    #[test]
    fn twenty_one_the_median_of_the_lags_counts() {
        let events = [100.0, 1100.0, 1200.0].map(|lag| start(0, "testing", lag));
        let expected = ["Median TESTING scheduling lag greater than 1000.0ms"];
        assert_eq!(judged(TYPE, "", &events), expected);
    }

    #[test]
    fn twenty_two_one_of_ninety_nine_is_too_many() {
        let mut events = vec![end(0, "testing", 0.35, Some("why"))];
        events.extend((0..98).map(|_| end(0, "testing", 0.35, None)));
        assert_eq!(judged(TYPE, "", &events), ["Greater than 1% TESTING failed"]);
    }

    #[test]
    fn twenty_three_pushes_may_be_asked_for() {
        let asked = "<key>failIfNoPush</key><true/>";
        let other = [end(0, "poll", 0.1, None)];
        let expected = ["Push was configured but no pushes were received by clients"];
        assert_eq!(judged(TYPE, asked, &other), expected);
        assert!(judged(TYPE, asked, &[end(0, "push", 0.1, None)]).is_empty());
        assert!(judged(TYPE, "<key>failIfNoPush</key><false/>", &other).is_empty());
        assert!(judged(TYPE, "", &other).is_empty());
    }

    #[test]
    fn thresholds_are_judged_and_not_only_shown() {
        let params = "<key>thresholds</key><dict><key>operations</key><dict>
            <key>limits</key><array><integer>5</integer></array><key>thresholds</key><dict>
            <key>default</key><array><integer>75</integer></array></dict></dict></dict>";
        let events = [end(0, "invite", 6.0, None)];
        assert_eq!(judged(TYPE, params, &events), ["Greater than 75% INVITE exceeded 5 second total time"]);
    }

    #[test]
    fn the_log_is_that_of_the_ancestor() {
        let mut unplanned = start(0, "startup", 0.0);
        if let What::OperationStart(start) = &mut unplanned.what {
            start.scheduled = false;
        }
        let events = [
            unplanned,
            start(0, "create", 0.01013),
            end(0, "poll", 0.54, None),
            end(1, "reply done", 0.2, Some("no inbox")),
        ];
        let expected = "\
user01 - - - - - - - - - - -  startup BEGIN \n\
user01 - - - - - - - - - - -   create BEGIN {lag 10.13 ms}\n\
user01 - - - - - - - - - - -     poll END [ 0.54 s]\n\
user02 x x x x x x x x x x x reply done FAILED no inbox\n";
        assert_eq!(live(TYPE, "", &events), expected);
    }

    #[test]
    fn the_table_is_that_of_the_ancestor() {
        let mut events = vec![start(0, "create", 0.005)];
        events.extend([0.0877, 0.1173].map(|seconds| end(0, "create", seconds, None)));
        let text = report(TYPE, "", &events);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "");
        assert_eq!(
            lines[1],
            "operation                         count      %   failed   >0.1 sec   >0.5 sec     >1 sec     >3 sec     >5 sec    >10 sec    >30 sec     mean   median   stddev  avglag (ms)   STATUS"
        );
        assert_eq!(lines[2].len(), lines[1].len());
        assert_eq!(
            lines[3],
            "create                                2  100.0        0          1          0          0          0          0          0          0   0.1025   0.1173   0.0148       5.0000         "
        );
    }
}
