//! Challenges, probes, and that secrets stay secret.

use std::cell::{Cell, RefCell};

use super::super::testing::{Bench, PASSWORD, Seen, Server, text, unauthorized, virtual_time};
use super::super::{Call, Session};
use crate::event::ErrorKind;
use crate::label::Label;
use crate::population::Password;

const BASIC: &str = "Basic realm=\"x\"";

fn nonce(seen: &Seen) -> Option<String> {
    let header = seen.header("authorization")?;
    let after = header.split_once("nonce=\"")?.1;
    Some(after.split('"').next()?.to_owned())
}

fn digest(nonce: &str, more: &str) -> String {
    format!("Digest realm=\"x\", nonce=\"{nonce}\", qop=\"auth\"{more}")
}

#[test]
fn basic_is_asked_for_once() {
    virtual_time(async {
        let server = Server::new(|seen| match seen.header("authorization") {
            None => unauthorized(&[BASIC]),
            Some(_) => text(200, "ok"),
        });
        let mut bench = Bench::new(server.pipes(), |_| ());
        bench.must("GET").await;
        bench.must("GET").await;
        assert_eq!(bench.events.labels(), ["CHALLENGE{basic}", "GET{test}", "GET{test}"]);
        let challenge = &bench.events.responses()[0];
        assert_eq!((challenge.success, challenge.status, challenge.error), (true, Some(401), None));
        assert_eq!(server.connections.get(), 1, "the connection is kept through the challenge");
        bench.events.assert_paired();
    });
}

#[test]
fn digest_counts_the_uses_of_a_nonce_and_takes_a_new_one_when_it_is_stale() {
    virtual_time(async {
        let current = std::rc::Rc::new(RefCell::new("n1".to_owned()));
        let valid = current.clone();
        let server = Server::new(move |seen| match nonce(seen) {
            Some(given) if given == *valid.borrow() => text(200, "ok"),
            Some(_) => unauthorized(&[&digest(&valid.borrow(), ", stale=true")]),
            None => unauthorized(&[BASIC, &digest(&valid.borrow(), "")]),
        });
        let mut bench = Bench::new(server.pipes(), |_| ());
        bench.must("GET").await;
        bench.must("PUT").await;
        *current.borrow_mut() = "n2".to_owned();
        bench.must("GET").await;
        let expected = ["CHALLENGE{digest}", "GET{test}", "PUT{test}", "CHALLENGE{digest}", "GET{test}"];
        assert_eq!(bench.events.labels(), expected);
        assert!(bench.events.responses().iter().all(|response| response.success));
        let uses: Vec<_> = server
            .seen
            .borrow()
            .iter()
            .filter_map(|seen| {
                let header = seen.header("authorization")?;
                Some((nonce(seen)?, header.split_once("nc=")?.1[..8].to_owned()))
            })
            .collect();
        let uses: Vec<_> = uses.iter().map(|(nonce, count)| (nonce.as_str(), count.as_str())).collect();
        assert_eq!(uses, [("n1", "00000001"), ("n1", "00000002"), ("n1", "00000003"), ("n2", "00000001")]);
        bench.events.assert_paired();
    });
}

/// Both with a nonce that stays and with one that is new in every answer.
#[test]
fn a_wrong_password_is_tried_a_bounded_number_of_times() {
    for changing in [false, true] {
        virtual_time(async {
            let count = Cell::new(0);
            let server = Server::new(move |_| {
                count.set(count.get() + u32::from(changing));
                unauthorized(&[&digest(&format!("n{}", count.get()), "")])
            });
            let mut bench = Bench::new(server.pipes(), |_| ());
            for _ in 0..3 {
                let failure = bench.fails("GET").await;
                assert_eq!(failure.kind, ErrorKind::Auth, "{failure}");
                assert_eq!(failure.answer.map(|answer| answer.status), Some(401));
            }
            let rounds = server.seen.borrow().len();
            assert!(rounds <= if changing { 9 } else { 4 }, "{rounds}");
            let failed = bench.events.responses().iter().filter(|response| !response.success).count();
            assert_eq!(failed, 3, "one failure a request, the rest are challenges");
            bench.events.assert_paired();
        });
    }
}

#[test]
fn a_wrong_password_for_basic_is_tried_once() {
    virtual_time(async {
        let server = Server::new(|_| unauthorized(&[BASIC]));
        let mut bench = Bench::new(server.pipes(), |_| ());
        let failure = bench.fails("GET").await;
        assert_eq!(failure.detail, "the server refuses the credentials of user01");
        assert_eq!(server.seen.borrow().len(), 2);
    });
}

#[test]
fn a_401_without_a_challenge_is_a_failure_that_says_so() {
    virtual_time(async {
        let mut bench = Bench::new(Server::new(|_| unauthorized(&[])).pipes(), |_| ());
        let failure = bench.fails("GET").await;
        assert_eq!(failure.kind, ErrorKind::Auth);
        assert!(failure.detail.contains("without WWW-Authenticate"), "{failure}");
        assert_eq!(bench.events.labels(), ["GET{test}"]);
    });
}

#[test]
fn a_401_that_is_expected_is_an_answer() {
    virtual_time(async {
        let mut bench = Bench::new(Server::new(|_| unauthorized(&[BASIC])).pipes(), |_| ());
        let call = Call::new(Label::of("GET{x}"), "GET", "/", &[401]);
        assert_eq!(bench.session.send(call, &bench.journal).await.unwrap().status, 401);
        assert_eq!(bench.events.labels(), ["GET{x}"]);
    });
}

#[test]
fn probes_without_credentials_are_as_many_as_asked_for_and_never_failures() {
    virtual_time(async {
        let server = Server::new(|seen| match seen.header("authorization") {
            None => unauthorized(&[BASIC]),
            Some(_) => text(200, "ok"),
        });
        let mut bench = Bench::new(server.pipes(), |settings| settings.unauthenticated_percent = 40.0);
        let n = 2000;
        for _ in 0..n {
            bench.must("GET").await;
        }
        let labels = bench.events.labels();
        let count = |label| labels.iter().filter(|found| **found == label).count();
        assert_eq!((count("GET{test}"), count("CHALLENGE{basic}")), (n, 1));
        // Four standard deviations around 40 %.
        assert!((712..=888).contains(&count("PROBE{GET}")), "{}", count("PROBE{GET}"));
        assert!(bench.events.responses().iter().all(|response| response.success));
        let bare = server.seen.borrow().iter().filter(|seen| seen.header("authorization").is_none()).count();
        assert_eq!(bare, count("PROBE{GET}") + 1);
        bench.events.assert_paired();
    });
}

#[test]
fn none_or_all_requests_are_probed_at_the_ends_of_the_scale() {
    for (percent, probes) in [(0.0, 0), (100.0, 50)] {
        virtual_time(async {
            let mut bench =
                Bench::new(Server::ok().pipes(), |settings| settings.unauthenticated_percent = percent);
            for _ in 0..50 {
                bench.must("GET").await;
            }
            let found = bench.events.labels().iter().filter(|label| **label == "PROBE{GET}").count();
            assert_eq!(found, probes);
        });
    }
}

/// A name that HTTP cannot carry as it is: the failure must not quote the header that was to carry it.
#[test]
fn secrets_are_in_no_event_and_no_error() {
    virtual_time(async {
        let server = Server::new(|_| unauthorized(&[&digest("n", "")]));
        let mut bench = Bench::new(server.pipes(), |_| ());
        bench.events.bodies.set(true);
        for name in ["user01", "us\u{e9}r", "us\ner"] {
            bench.session =
                Session::new(bench.session.settings().clone(), name.into(), Password::new(PASSWORD));
            let failure = bench.fails("GET").await;
            let shown = format!("{failure} {failure:?} {:?}", bench.events.events.borrow());
            for secret in [PASSWORD, "response=", "cnonce", "uthorization"] {
                assert!(!shown.contains(secret), "{secret} in {shown}");
            }
        }
        let seen = server.seen.borrow();
        assert!(seen.iter().any(|seen| seen.headers.contains_key("authorization")));
        let told = seen.iter().filter_map(|seen| seen.headers.get("authorization"));
        assert!(told.clone().any(|header| header.as_bytes().windows(2).any(|two| two == [0xc3, 0xa9])));
        bench.events.assert_paired();
    });
}
