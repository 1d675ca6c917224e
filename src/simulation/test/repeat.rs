//! The same seed is the same run.

use std::rc::Rc;
use std::time::Duration;

use super::toy::{Habit, Plan, drawn};
use crate::client::{Outcome, Pacing, Timer};
use crate::event::Event;
use crate::http::testing::{Server, text, unauthorized, virtual_time};
use crate::http::{Call, Session, Settings};
use crate::label::Label;
use crate::population::Password;
use crate::random::unit;
use crate::simulation::Trace;
use crate::transport::{Target, Trust};

/// Forty clients with requests, challenges and probes against a server of changing speed; the hash of all events.
fn trace(seed: u64) -> String {
    virtual_time(async move {
        let server = Server::new(|seen| match seen.header("authorization") {
            None => unauthorized(&["Digest realm=\"x\", nonce=\"y\", qop=\"auth\""]),
            Some(_) => text(200, "ok"),
        });
        server.delay.set(Duration::from_millis(1700));
        let pipes = server.pipes();
        let timer = || Some(Timer { pace: drawn(), pacing: Pacing::Open });
        let habit = Habit::new("habit", timer, move |cx, _| {
            let target = Target { tls: false, host: "server".to_owned(), port: 80 };
            let mut settings = Settings::new(pipes.clone(), target, Trust::Verify);
            settings.unauthenticated_percent = 50.0;
            let think = Duration::from_secs_f64(unit(&mut cx.draws("think").at(0)));
            Box::pin(async move {
                let work = async {
                    let name = cx.account.uid.clone();
                    let mut session = Session::new(Rc::new(settings), name, Password::new("secret"));
                    for _ in 0..3 {
                        let call = Call::new(Label::of("GET{x}"), "GET", "/", &[200]);
                        session.send(call, &cx.journal).await?;
                        tokio::time::sleep(think).await;
                    }
                    Ok(())
                };
                cx.operation(Label::of("habit"), work).await?;
                Ok(Outcome::Done)
            })
        });
        let mut plan = Plan::new(40, 100, vec![habit]);
        plan.seed = seed;
        let (world, _) = plan.run().await;
        assert!(world.events.labels().len() > 500);
        let mut trace = Trace::default();
        for (phase, what) in world.events.events.take() {
            trace.take(&Event { at: Duration::ZERO, phase, what });
        }
        trace.hash()
    })
}

#[test]
fn the_same_seed_gives_the_same_events_and_another_does_not() {
    let first = trace(1);
    assert_eq!(first, trace(1));
    assert_ne!(first, trace(2));
}
