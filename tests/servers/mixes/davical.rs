//! DAViCal: scheduling; no attachments, no sharing, no push.

use super::judge::{Expected, judge};
use super::meetings::assert_answers_arrived;
use crate::davical::Davical;

#[test]
fn a_mix_runs_on_davical_and_answers_arrive() {
    let Some(server) = Davical::start() else { return };
    let ran = judge(
        &server,
        &Expected {
            mix: "davical",
            runtime: "35s",
            more: &["--users", "6"],
            schedules: true,
            off: &["APNSSubscriber", "Attacher", "CalendarSharer"],
            notices: &["the server takes no attachments (status 400): events are created without files"],
        },
    );
    assert_answers_arrived(&server, &ran);
}
