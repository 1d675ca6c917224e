//! Tells whoever runs this, soon after the start, that nothing works.

use std::rc::Rc;
use std::time::Duration;

use tokio::time::sleep;

use crate::client::Run;
use crate::report::first_error;
use crate::simulation::Bus;

/// How long after the first failure it is told, if nothing has worked until then.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long after the first arrival it is told that no answer came at all.
const SILENCE: Duration = Duration::from_secs(15);
/// How often it is looked at.
const GLANCE: Duration = Duration::from_secs(1);

/// Logs one line if requests fail, or are not answered, and none succeeds: the report would say so
/// only at the end, which may be hours away. Ends when that is settled.
pub async fn tell(run: Rc<Run>, bus: Rc<Bus>) {
    let mut arrived = None;
    loop {
        sleep(GLANCE).await;
        let now = run.clock.elapsed();
        let (first, clients, succeeded) =
            bus.with_statistics(|stats| (first_error(stats), stats.clients(), stats.successes() > 0));
        if succeeded || run.stopped.get() {
            return;
        }
        if clients > 0 && arrived.is_none() {
            arrived = Some(now);
        }
        let why = match first {
            Some((at, example)) if now >= at + PATIENCE => example,
            None if arrived.is_some_and(|at| now >= at + SILENCE) => "no answer has come".into(),
            _ => continue,
        };
        tracing::warn!(target: "run", "nothing has worked so far ({why}); the run goes on, Ctrl-C ends it");
        return;
    }
}
