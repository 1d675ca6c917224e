//! Radicale: no scheduling, attachments, sharing or push.

use super::judge::{Expected, judge};
use crate::radicale::Radicale;

#[test]
fn a_mix_runs_on_radicale() {
    let Some(server) = Radicale::start() else { return };
    judge(
        &server,
        &Expected {
            mix: "everything",
            runtime: "25s",
            more: &[],
            schedules: false,
            off: &["APNSSubscriber", "Attacher", "CalendarSharer", "Inviter", "RealisticInviter"],
            notices: &["the server takes no attachments (status 405): events are created without files"],
        },
    );
}
