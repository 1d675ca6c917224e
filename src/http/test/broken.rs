//! Answers that are not as they should be.

use std::io::Read;
use std::time::Duration;

use bytes::Bytes;
use flate2::Compression;
use flate2::read::GzEncoder;
use http_body_util::Full;
use hyper::Response;
use tokio::time::sleep;

use super::super::Call;
use super::super::testing::{Bench, Server, raw, read_head, say, text, virtual_time};
use crate::event::ErrorKind;
use crate::label::Label;

/// A session whose server answers every request with these bytes and then hangs up.
fn answering(bytes: &'static str) -> Bench {
    let connector = raw(move |_, mut pipe| async move {
        read_head(&mut pipe).await;
        say(&mut pipe, bytes).await;
    });
    Bench::new(connector, |_| ())
}

#[test]
fn a_status_that_was_not_expected_is_a_failure_with_its_answer() {
    virtual_time(async {
        let mut bench = Bench::new(Server::new(|_| text(503, "busy")).pipes(), |_| ());
        let failure = bench.fails("GET").await;
        assert_eq!((failure.kind, failure.detail.as_str()), (ErrorKind::Status, "status 503 instead of 200"));
        let answer = failure.answer.unwrap();
        assert_eq!((answer.status, &*answer.text()), (503, "busy"));
        let response = &bench.events.responses()[0];
        assert_eq!((response.status, response.success), (Some(503), false));
    });
}

#[test]
fn a_status_that_was_expected_is_none() {
    virtual_time(async {
        let mut bench = Bench::new(Server::new(|_| text(404, "")).pipes(), |_| ());
        let call = Call::new(Label::of("GET{x}"), "GET", "/x", &[200, 404]);
        assert_eq!(bench.session.send(call, &bench.journal).await.unwrap().status, 404);
    });
}

#[test]
fn a_body_over_the_limit_is_not_kept() {
    virtual_time(async {
        let server = Server::new(|_| text(200, "12345678901"));
        let mut bench = Bench::new(server.pipes(), |settings| settings.body_limit = 10);
        assert_eq!(bench.fails("GET").await.kind, ErrorKind::TooLarge);
        assert_eq!(bench.fails("GET").await.kind, ErrorKind::TooLarge);
        assert_eq!(server.connections.get(), 2, "the rest is not read");
        assert_eq!(bench.events.responses()[0].status, Some(200));
        bench.events.assert_paired();
    });
}

fn gzipped(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    GzEncoder::new(text, Compression::fast()).read_to_end(&mut out).unwrap();
    out
}

fn encoded(body: Vec<u8>) -> Response<Full<Bytes>> {
    Response::builder().header("content-encoding", "gzip").body(Full::new(body.into())).unwrap()
}

#[test]
fn gzip_is_undone() {
    virtual_time(async {
        let mut bench = Bench::new(Server::new(|_| encoded(gzipped(b"hello"))).pipes(), |_| ());
        assert_eq!(bench.must("GET").await.text(), "hello");
    });
}

#[test]
fn broken_gzip_is_bad_content_and_the_connection_is_good() {
    virtual_time(async {
        let server = Server::new(|_| {
            let mut body = gzipped(b"hello, this will be cut");
            body.truncate(20);
            encoded(body)
        });
        let mut bench = Bench::new(server.pipes(), |_| ());
        assert_eq!(bench.fails("GET").await.kind, ErrorKind::Content);
        assert_eq!(bench.fails("GET").await.kind, ErrorKind::Content);
        assert_eq!(server.connections.get(), 1);
    });
}

#[test]
fn a_body_that_breaks_off() {
    virtual_time(async {
        let mut bench = answering("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
        let failure = bench.fails("GET").await;
        assert_eq!(failure.kind, ErrorKind::Closed, "{failure}");
        let response = &bench.events.responses()[0];
        assert_eq!((response.status, response.success), (Some(200), false));
        assert!(response.wire.first_byte.is_some() && response.bytes_received > 40);
        bench.events.assert_paired();
    });
}

#[test]
fn what_is_not_http_is_a_breach_of_protocol() {
    for bytes in [
        "SSH-2.0-OpenSSH_9.9\r\n",
        "HTTP/1.1 abc OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnot a size\r\n",
    ] {
        virtual_time(async {
            let mut bench = answering(bytes);
            let failure = bench.fails("GET").await;
            assert_eq!(failure.kind, ErrorKind::Protocol, "{bytes:?}: {failure}");
            bench.events.assert_paired();
        });
    }
}

#[test]
fn an_endless_header_is_bounded() {
    virtual_time(async {
        let connector = raw(|_, mut pipe| async move {
            read_head(&mut pipe).await;
            say(&mut pipe, "HTTP/1.1 200 OK\r\nX: ").await;
            use tokio::io::AsyncWriteExt;
            while pipe.write_all(&[b'x'; 4096]).await.is_ok() {}
        });
        let mut bench = Bench::new(connector, |_| ());
        assert_eq!(bench.fails("GET").await.kind, ErrorKind::Protocol);
    });
}

#[test]
fn silence_ends_after_the_time_allowed() {
    virtual_time(async {
        let connector = raw(|_, mut pipe| async move {
            read_head(&mut pipe).await;
            sleep(Duration::from_secs(1000)).await;
        });
        let mut bench = Bench::new(connector, |settings| settings.timeout = Duration::from_secs(30));
        let failure = bench.fails("GET").await;
        assert_eq!(
            (failure.kind, failure.detail.as_str()),
            (ErrorKind::Timeout, "no complete answer within 30 s")
        );
        let response = &bench.events.responses()[0];
        assert_eq!((response.service(), response.status), (Duration::from_secs(30), None));
        assert!(response.bytes_sent > 0, "what was sent is counted");
    });
}

/// The limit is on the whole answer, not on its first byte.
#[test]
fn a_trickle_ends_too() {
    virtual_time(async {
        let connector = raw(|_, mut pipe| async move {
            read_head(&mut pipe).await;
            say(&mut pipe, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n").await;
            use tokio::io::AsyncWriteExt;
            while pipe.write_all(b".").await.is_ok() {
                sleep(Duration::from_secs(1)).await;
            }
        });
        let mut bench = Bench::new(connector, |settings| settings.timeout = Duration::from_secs(30));
        assert_eq!(bench.fails("GET").await.kind, ErrorKind::Timeout);
        assert_eq!(bench.events.responses()[0].status, Some(200));
    });
}

#[test]
fn what_cannot_be_written_in_a_header_is_not_sent() {
    virtual_time(async {
        let server = Server::ok();
        let mut bench = Bench::new(server.pipes(), |_| ());
        let call = Call::new(Label::of("GET{x}"), "GET", "/x", &[200]).header("x", "a\r\nb: c");
        assert!(bench.session.send(call, &bench.journal).await.is_err());
        assert_eq!(server.seen.borrow().len(), 0);
        bench.events.assert_paired();
    });
}
