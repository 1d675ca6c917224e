//! Requests that had no answer when the run ended: their times are unknown, so that no threshold has judged them.

use std::time::Duration;

use super::{Summary, general};

/// A server that is only slow answers somebody within this, at the end of a run that gives the last requests longer.
const SILENCE: Duration = Duration::from_secs(2);

/// That there were some.
pub fn note(summary: &Summary) -> Option<String> {
    match summary.stats.unanswered() {
        0 => None,
        1 => Some("1 request had no answer when the run ended: its user was still waiting".to_owned()),
        n => Some(format!("{n} requests had no answer when the run ended: their users were still waiting")),
    }
}

/// Why there were too many for a pass, if so: the server answered nobody at the end and at least half of the clients
/// that had asked waited for it, or it was silent for at least half of the measured time, or more requests of that time
/// were never answered than were.
pub fn too_many(summary: &Summary) -> Option<String> {
    let stats = summary.stats;
    if stats.unanswered() == 0 {
        return None;
    }
    let silence = silence(summary);
    let (waiting, asked) = stats.clients_waiting();
    if silence >= SILENCE && waiting * 2 >= asked {
        return Some(format!("Still waiting for an answer when the run ended: {waiting} of {asked} clients"));
    }
    if silence * 2 >= summary.measured_time {
        let silent = general(silence.as_secs_f64().floor());
        return Some(format!("No answer came in the last {silent} s, for which requests were waiting"));
    }
    let (without, with) = stats.measured().map_or((0, 0), |period| (period.unanswered(), period.answered()));
    let text = || format!("More requests without an answer than with one: {without} of {}", without + with);
    (without > with).then(text)
}

/// How long before the end the last good answer came, at least: the timeline knows it to a row.
fn silence(summary: &Summary) -> Duration {
    let timeline = summary.stats.timeline();
    let last = timeline.rows().filter(|(_, row)| row.requests > row.failed).last();
    let last = last.map_or(Duration::ZERO, |(at, _)| at + timeline.interval());
    summary.run_time.saturating_sub(last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{ErrorKind, Event, What};
    use crate::report::{Verdict, conclude, summary_of};
    use crate::stats::test::{response, statistics};
    use crate::stats::{Limits, Statistics};

    /// A run in which these clients had an answer in the first second, and these were waiting at the end.
    fn run(answered: u32, waiting: u32) -> Statistics {
        let waits = |client| {
            let mut event: Event = response(client, "GET{event}", 0.1, false);
            if let What::Response(response) = &mut event.what {
                (response.status, response.error) = (None, Some(ErrorKind::Unanswered));
            }
            event
        };
        let events = (0..answered).map(|client| response(client, "GET{event}", 0.1, true));
        statistics(Limits::default(), &events.chain((0..waiting).map(waits)).collect::<Vec<_>>())
    }

    #[test]
    fn most_clients_that_wait_for_a_silent_server_are_no_pass() {
        let judge = |answered, waiting, run_time| {
            let stats = run(answered, waiting);
            let mut summary = summary_of(&stats);
            (summary.run_time, summary.measured_time) =
                (Duration::from_secs(run_time), Duration::from_secs(60));
            conclude(&summary, Vec::new())
        };
        let (text, verdict, failures) = judge(10, 5, 20);
        assert_eq!(verdict, Verdict::Fail, "{text}");
        assert_eq!(failures, ["Still waiting for an answer when the run ended: 5 of 10 clients"]);
        assert!(text.contains("\nnote: 5 requests had no answer when the run ended"), "{text}");
        // A few slow ones, and many of a server that is answering.
        for (waiting, run_time) in [(4, 20), (9, 2)] {
            let (text, verdict, _) = judge(10, waiting, run_time);
            assert_eq!(verdict, Verdict::Pass, "{text}");
            assert!(text.contains(&format!("{waiting} requests had no answer")), "{text}");
        }
        assert!(judge(10, 1, 60).0.contains("No answer came in the last 49 s"));
        assert!(judge(10, 11, 2).0.contains("More requests without an answer than with one: 11 of 21"));
        assert_eq!(judge(10, 0, 60).1, Verdict::Pass);
    }
}
