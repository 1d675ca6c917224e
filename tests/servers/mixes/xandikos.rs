//! Xandikos: scheduling; no attachments, no sharing, no push.

use super::judge::{Expected, judge};
use crate::xandikos::Xandikos;

#[test]
fn a_mix_runs_on_xandikos() {
    let Some(server) = Xandikos::start() else { return };
    judge(
        &server,
        &Expected {
            mix: "xandikos",
            runtime: "25s",
            more: &[],
            schedules: true,
            off: &["APNSSubscriber", "Attacher", "CalendarSharer"],
            notices: &[
                "the server refuses REPORT{cpsearch} (status 403): invitees are not looked up",
                "the server takes no attachments (status 405): events are created without files",
            ],
        },
    );
}
