//! What is counted, and what decides how a visit goes on.

use std::time::Duration;

use super::Stage;
use crate::client::{Outcome, Software, Trigger, Trouble};
use crate::http::testing::{text, virtual_time, who};

#[test]
fn pages_transactions_and_sessions_are_timed() {
    virtual_time(async {
        let steps = "do=GET, url=/a?x=1, transaction=t
            do=GET, url=/b/17, transaction=t, think=2
            do=POST, url=/c, name=form, body=x=1";
        let mut stage = Stage::new("", steps, |_| text(200, "ok"));
        stage.server.delay.set(Duration::from_millis(10));
        stage.visit().await.unwrap();
        assert_eq!(stage.asked(), ["GET /a?x=1", "GET /b/17", "POST /c x=1"]);
        assert_eq!(stage.events.labels(), ["GET{/a}", "GET{/b/*}", "POST{form}"]);
        assert_eq!(stage.operations(), ["connect 0", "t 20", "page 20", "page 10", "session 2030"]);
        assert_eq!(stage.server.connections.get(), 1);
        stage.events.assert_paired();
    });
}

#[test]
fn what_the_run_cuts_short_is_unfinished() {
    virtual_time(async {
        let mut stage =
            Stage::new("", "do=GET, url=/, transaction=t\ndo=think, time=9\ndo=GET, url=/", |_| {
                text(200, "ok")
            });
        assert!(matches!(stage.act(Trigger::Timer).await, Ok(Outcome::Pause(_))));
        stage.run.stopped.set(true);
        assert!(matches!(stage.act(Trigger::Resumed).await, Err(Trouble::Stopped)));
        stage.software.leave(&who(0), &mut *stage.memory);
        assert_eq!(stage.operations()[3..], ["page... 0", "session... 0"]);
    });
}

#[test]
fn checks_decide_what_follows() {
    virtual_time(async {
        for (params, asked, fails) in [
            ("", 2, false),
            ("match=o.", 2, false),
            ("match=x", 2, false),
            ("nomatch=k, onFailure=abort", 1, true),
            ("match=x, onFailure=retry, retries=2, retryDelay=5", 3, true),
            ("expect=404", 2, false),
            ("expect=404, onFailure=abort", 1, true),
        ] {
            let mut stage = Stage::new(params, "do=GET, url=/\ndo=GET, url=/", |_| text(200, "ok"));
            assert_eq!((stage.visit().await.is_err(), stage.asked().len()), (fails, asked), "{params}");
        }
        let mut stage = Stage::new("onFailure=retry", "do=GET, url=/", |seen| {
            text(if seen.connection > 0 { 200 } else { 503 }, "ok")
        });
        assert!(stage.visit().await.is_err(), "one connection serves all");
        assert_eq!(stage.run.clock.elapsed(), Duration::from_secs(3));
        assert!(stage.failures()[0].contains("status 503 instead of 200 to 399"), "{:?}", stage.failures());
    });
}

#[test]
fn faults_of_soap_are_failures() {
    virtual_time(async {
        let fault =
            "<e:Envelope><e:Body><e:Fault><faultstring>boom</faultstring></e:Fault></e:Body></e:Envelope>";
        for (version, kind, action) in [
            ("1.1", "text/xml; charset=utf-8", Some("\"do it\"")),
            ("1.2", "application/soap+xml; charset=utf-8; action=\"do it\"", None),
        ] {
            let step =
                format!("do=POST, url=/s, soap={version}, action=do it, body=<string>&lt;x/&gt;</string>");
            let mut stage = Stage::new("", &step, move |_| text(500, fault));
            stage.visit().await.unwrap();
            assert_eq!(stage.failures(), ["POST{/s} status 500, and a fault: boom"]);
            assert_eq!(stage.headers("content-type")[0].as_deref(), Some(kind));
            assert_eq!(stage.headers("soapaction")[0].as_deref(), action);
        }
    });
}
