//! What is counted, and what decides how a visit goes on.

use std::time::Duration;

use super::{Stage, page, with};
use crate::client::{Outcome, Software, Trigger, Trouble};
use crate::event::What;
use crate::http::testing::{Seen, text, virtual_time, who};
use crate::label::Label;

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

#[test]
fn what_is_looked_for_is_counted_found_or_not() {
    virtual_time(async {
        let steps =
            "do=GET, url=/, match=k$, nomatch=x, count=<dict><key>vowel</key><string>[aeiou]</string></dict>
            do=GET, url=/x, name=other, count=<dict><key>digit</key><string>\\d</string></dict>";
        let mut stage = Stage::new("nomatch=no", steps, |_| text(200, "ok"));
        stage.visit().await.unwrap();
        let checks = stage.events.each(|_, what| match what {
            What::Checked(one) => Some(format!("{} {}: {}", one.label, one.check, one.found)),
            _ => None,
        });
        let expected = ["GET{/} vowel: true", "GET{/} match k$: true", "GET{/} nomatch x: false"];
        assert_eq!(checks[..3], expected);
        // What only counts makes nothing fail.
        assert_eq!(checks[3..], ["GET{other} digit: false", "GET{other} nomatch no: false"]);
        assert!(stage.failures().is_empty());
    });
}

#[test]
fn what_has_not_changed_is_not_looked_through_again() {
    virtual_time(async {
        let respond = |seen: &Seen| match seen.header("if-none-match") {
            Some(_) => text(304, ""),
            None => with(page("<img src=a.png><input name=t value=7>"), &[("etag", "\"1\"")]),
        };
        let steps = "do=repeat, times=2, steps=<array><dict><key>do</key><string>GET</string><key>url</key><string>/</string>\
            <key>match</key><string>input</string><key>set</key><dict><key>name</key><string>t</string><key>form</key><string>t</string></dict>\
            </dict></array>
            do=POST, url=/%%t%%, match=img, conditional=false";
        let mut stage = Stage::new("conditional=true, onFailure=abort", steps, respond);
        stage.visit().await.unwrap();
        assert_eq!(stage.asked(), ["GET /", "GET /", "POST /7"]);
        let statuses: Vec<_> = stage.events.responses().iter().map(|one| one.status.unwrap()).collect();
        assert_eq!((statuses, stage.failures()), (vec![200, 304, 200], Vec::new()));
    });
}

#[test]
fn a_failure_may_end_the_run() {
    virtual_time(async {
        let mut stage =
            Stage::new("onFailure=abortRun", "do=GET, url=/\ndo=GET, url=/never", |_| text(503, ""));
        assert!(stage.visit().await.is_err());
        let aborts = stage.events.each(|_, what| match what {
            What::SimFailure { label, reason } if *label == Label::ABORT => Some(reason.to_string()),
            _ => None,
        });
        assert!(aborts.len() == 1 && aborts[0].contains("503"), "{aborts:?}");
        assert_eq!(stage.asked(), ["GET /"]);
    });
}
