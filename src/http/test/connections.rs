//! How connections are used, kept, closed and replaced.

use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::time::sleep;

use super::super::testing::{Bench, Server, raw, read_head, say, text, virtual_time};
use super::super::{Call, ConnectionRule};
use crate::event::ErrorKind;
use crate::label::Label;

#[test]
fn a_connection_serves_request_after_request() {
    virtual_time(async {
        let server = Server::ok();
        let mut bench = Bench::new(server.pipes(), |_| ());
        for method in ["GET", "PROPFIND", "POST", "PUT"] {
            assert_eq!(bench.must(method).await.text(), "ok");
        }
        assert_eq!(server.connections.get(), 1);
        let seen = server.seen.borrow();
        assert_eq!(seen.len(), 4);
        assert!(seen.iter().all(|seen| seen.header("connection").is_none()));
        let opened: Vec<_> = bench.events.responses().iter().map(|r| r.wire.connect.is_some()).collect();
        assert_eq!(opened, [true, false, false, false]);
        bench.events.assert_paired();
    });
}

#[test]
fn a_request_is_sent_as_it_was_described() {
    virtual_time(async {
        let server = Server::ok();
        let agent = ("User-Agent".to_owned(), "Test/1".to_owned());
        let mut bench = Bench::new(server.pipes(), |settings| settings.headers.push(agent));
        let call = Call::new(Label::of("PUT{x}"), "PUT", "http://elsewhere/a%20b?c#d", &[200]);
        let call = call.header("If-None-Match", "*").body("text/plain", "hello");
        bench.session.send(call, &bench.journal).await.unwrap();
        let seen = server.seen.borrow();
        let sent = (seen[0].method.as_str(), seen[0].path.as_str(), &seen[0].body[..]);
        assert_eq!(sent, ("PUT", "/a%20b?c", &b"hello"[..]));
        let headers = ["host", "user-agent", "if-none-match", "content-type", "content-length"];
        let values = headers.map(|name| seen[0].header(name).unwrap_or(""));
        assert_eq!(values, ["server", "Test/1", "*", "text/plain", "5"]);
        assert_eq!(&*bench.events.responses()[0].url, "http://server/a%20b?c");
    });
}

#[test]
fn without_reuse_every_request_has_a_connection_and_says_so() {
    virtual_time(async {
        let server = Server::ok();
        let mut bench = Bench::new(server.pipes(), |settings| settings.connections.reuse = false);
        bench.must("GET").await;
        bench.must("GET").await;
        let seen = server.seen.borrow();
        assert_eq!(seen.iter().map(|seen| seen.connection).collect::<Vec<_>>(), [0, 1]);
        assert!(seen.iter().all(|seen| seen.header("connection") == Some("close")));
    });
}

#[test]
fn an_idle_connection_is_closed_after_exactly_the_time_allowed() {
    virtual_time(async {
        let idle_close = Some(Duration::from_secs(10));
        let server = Server::ok();
        server.delay.set(Duration::from_secs(7));
        let rule = ConnectionRule { reuse: true, idle_close };
        let mut bench = Bench::new(server.pipes(), |settings| settings.connections = rule);
        // Three requests of 7 s: being in use for longer than the limit is not being idle.
        for _ in 0..3 {
            bench.must("GET").await;
            sleep(Duration::from_millis(9_999)).await;
        }
        assert_eq!(server.connections.get(), 1);
        sleep(Duration::from_millis(2)).await;
        bench.must("GET").await;
        assert_eq!(server.connections.get(), 2);
    });
}

#[test]
fn no_time_to_be_idle_is_allowed_too() {
    virtual_time(async {
        let server = Server::ok();
        server.delay.set(Duration::from_secs(7));
        let rule = ConnectionRule { reuse: true, idle_close: Some(Duration::ZERO) };
        let mut bench = Bench::new(server.pipes(), |settings| settings.connections = rule);
        bench.must("GET").await;
        sleep(Duration::from_millis(5)).await;
        bench.must("GET").await;
        assert_eq!(server.connections.get(), 2);
    });
}

#[test]
fn the_server_sees_an_idle_connection_end() {
    virtual_time(async {
        let ended = std::rc::Rc::new(std::cell::Cell::new(None));
        let report = ended.clone();
        let connector = raw(move |_, mut pipe| {
            let report = report.clone();
            async move {
                while read_head(&mut pipe).await {
                    say(&mut pipe, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
                }
                report.set(Some(tokio::time::Instant::now()));
            }
        });
        let rule = ConnectionRule { reuse: true, idle_close: Some(Duration::from_secs(10)) };
        let mut bench = Bench::new(connector, |settings| settings.connections = rule);
        let begun = tokio::time::Instant::now();
        bench.must("GET").await;
        sleep(Duration::from_secs(3)).await;
        bench.must("GET").await;
        sleep(Duration::from_secs(60)).await;
        assert_eq!(ended.get().unwrap() - begun, Duration::from_secs(13));
    });
}

/// Answers `good` requests on the first connection, then closes it at the next; later ones serve on.
fn closes_after(good: usize) -> std::rc::Rc<crate::transport::Connector> {
    raw(move |connection, mut pipe| async move {
        let mut answered = 0;
        while read_head(&mut pipe).await {
            if connection == 0 && answered == good {
                return;
            }
            answered += 1;
            say(&mut pipe, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await;
        }
    })
}

#[test]
fn a_request_that_met_a_closing_connection_is_sent_again() {
    virtual_time(async {
        let mut bench = Bench::new(closes_after(1), |_| ());
        bench.must("PUT").await;
        bench.must("PUT").await;
        let responses = bench.events.responses();
        assert_eq!(bench.events.labels(), ["PUT{test}", "RESENT{PUT}", "PUT{test}"]);
        assert!(responses.iter().all(|response| response.success && response.bytes_sent > 0));
        assert!(responses[1].wire.connect.is_none() && responses[2].wire.connect.is_some());
        assert_eq!(responses[2].due, responses[1].due);
        bench.events.assert_paired();
    });
}

#[test]
fn a_post_that_may_have_been_served_is_not_sent_again() {
    virtual_time(async {
        let mut bench = Bench::new(closes_after(1), |_| ());
        bench.must("GET").await;
        assert_eq!(bench.fails("POST").await.kind, ErrorKind::Closed);
        bench.must("POST").await;
        bench.events.assert_paired();
    });
}

#[test]
fn a_fresh_connection_that_closes_is_a_failure() {
    virtual_time(async {
        let mut bench = Bench::new(closes_after(0), |_| ());
        assert_eq!(bench.fails("GET").await.kind, ErrorKind::Closed);
        bench.must("GET").await;
    });
}

#[test]
fn it_is_sent_again_only_once() {
    virtual_time(async {
        let connector = raw(|connection, mut pipe| async move {
            read_head(&mut pipe).await;
            if connection == 0 {
                say(&mut pipe, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
                read_head(&mut pipe).await;
            }
        });
        let mut bench = Bench::new(connector, |_| ());
        bench.must("GET").await;
        assert_eq!(bench.fails("GET").await.kind, ErrorKind::Closed);
        assert_eq!(bench.events.labels(), ["GET{test}", "RESENT{GET}", "GET{test}"]);
    });
}

/// A server that ends every connection after its answer, as many do, costs no POST.
#[test]
fn an_announced_close_is_no_failure_whatever_the_method() {
    virtual_time(async {
        let server = Server::new(|_| {
            let mut response = text(200, "ok");
            response.headers_mut().insert("connection", "close".parse().unwrap());
            response
        });
        let mut bench = Bench::new(server.pipes(), |_| ());
        for _ in 0..20 {
            bench.must("POST").await;
        }
        assert_eq!((server.connections.get(), server.seen.borrow().len()), (20, 20));
    });
}

/// The server closes without a word, but before the next request: nothing of that was sent.
#[test]
fn a_silent_close_between_requests_is_no_failure_whatever_the_method() {
    virtual_time(async {
        let connector = raw(|_, mut pipe| async move {
            read_head(&mut pipe).await;
            say(&mut pipe, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
        });
        let mut bench = Bench::new(connector, |_| ());
        for _ in 0..10 {
            bench.must("POST").await;
            sleep(Duration::from_secs(1)).await;
        }
    });
}

/// The server need not wait for the next request to be rid of a connection that it has closed.
#[test]
fn a_connection_that_the_server_closes_while_it_is_idle_is_closed_at_once() {
    virtual_time(async {
        let ended = std::rc::Rc::new(std::cell::Cell::new(None));
        let report = ended.clone();
        let connector = raw(move |_, mut pipe| {
            let report = report.clone();
            async move {
                read_head(&mut pipe).await;
                say(&mut pipe, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
                sleep(Duration::from_secs(5)).await;
                pipe.shutdown().await.unwrap();
                assert!(!read_head(&mut pipe).await);
                report.set(Some(tokio::time::Instant::now()));
            }
        });
        let mut bench = Bench::new(connector, |_| ());
        let begun = tokio::time::Instant::now();
        bench.must("GET").await;
        sleep(Duration::from_secs(60)).await;
        assert_eq!(ended.get().unwrap() - begun, Duration::from_secs(5));
    });
}

/// An answer that nobody asked for, in the same packet as the one before or later, is not taken for the next one.
#[test]
fn what_comes_unasked_costs_the_connection() {
    for wait in [0, 1] {
        virtual_time(async move {
            let connector = raw(move |connection, mut pipe| async move {
                let answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
                while read_head(&mut pipe).await {
                    if connection > 0 {
                        say(&mut pipe, answer).await;
                    } else if wait == 0 {
                        say(&mut pipe, &format!("{answer}HTTP/1.1 500 Unasked\r\n\r\n")).await;
                    } else {
                        say(&mut pipe, answer).await;
                        sleep(Duration::from_secs(wait)).await;
                        say(&mut pipe, "HTTP/1.1 500 Unasked\r\n\r\n").await;
                    }
                }
            });
            let mut bench = Bench::new(connector, |_| ());
            for _ in 0..3 {
                bench.must("POST").await;
                sleep(Duration::from_secs(2)).await;
            }
        });
    }
}

/// Somebody gave up waiting: what comes late must not be taken for the next answer.
#[test]
fn an_abandoned_request_costs_its_connection() {
    virtual_time(async {
        let server = Server::new(|seen| text(200, if seen.path == "/slow" { "slow" } else { "ok" }));
        let mut bench = Bench::new(server.pipes(), |_| ());
        bench.must("GET").await;
        server.delay.set(Duration::from_secs(9));
        let slow = Call::new(Label::of("GET{slow}"), "GET", "/slow", &[200]);
        let waited = bench.session.send(slow, &bench.journal);
        assert!(tokio::time::timeout(Duration::from_secs(1), waited).await.is_err());
        assert_eq!(bench.must("GET").await.text(), "ok");
        assert_eq!(server.connections.get(), 2);
        bench.events.assert_paired();
    });
}

#[test]
fn bytes_of_each_request_are_counted() {
    virtual_time(async {
        let connector = raw(|_, mut pipe| async move {
            while read_head(&mut pipe).await {
                say(&mut pipe, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await;
            }
        });
        let mut bench = Bench::new(connector, |_| ());
        bench.must("GET").await;
        bench.must("GET").await;
        for response in bench.events.responses() {
            let sent = "GET /path HTTP/1.1\r\nhost: server\r\n\r\n".len() as u64;
            assert_eq!((response.bytes_sent, response.bytes_received), (sent, 40));
        }
    });
}
