//! Cyrus: scheduling, attachments, sharing; no push.

use super::judge::{Expected, judge};
use super::meetings::assert_answers_arrived;
use crate::cyrus::Cyrus;

#[test]
fn a_mix_runs_on_cyrus_and_answers_arrive() {
    let Some(server) = Cyrus::start() else { return };
    let ran = judge(
        &server,
        &Expected {
            mix: "everything",
            runtime: "25s",
            more: &[],
            schedules: true,
            off: &["APNSSubscriber"],
            notices: &["the server refuses REPORT{psearch} (status 400): invitees are not looked up"],
        },
    );
    assert_answers_arrived(&server, &ran);
}
