//! Over real connections: plain, TLS, and in-memory pipes.
use super::*;
use crate::embedded::tls;
use crate::transport::{Alpn, Trust, tls::client_config};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::LocalSet;
use tokio::time::Instant;
use tokio_rustls::TlsConnector;

/// Sends a request and reads an answer that has a Content-Length.
async fn exchange<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S, request: &str) -> String {
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&answer).to_lowercase();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.split("content-length: ").nth(1).and_then(|l| l.lines().next());
            if body.len() >= length.map_or(0, |l| l.parse().unwrap()) {
                return String::from_utf8(answer).unwrap();
            }
        }
        let read = stream.read(&mut buffer).await.unwrap();
        assert!(read > 0, "closed after {text}");
        answer.extend_from_slice(&buffer[..read]);
    }
}

const REQUEST: &str = "PROPFIND /principals/ HTTP/1.1\r\nHost: h\r\nDepth: 0\r\n\
    Authorization: Basic dXNlcjAxOnVzZXIwMQ==\r\nContent-Length: 0\r\n\r\n";

#[tokio::test]
async fn a_plain_connection_takes_many_requests() {
    LocalSet::new()
        .run_until(async {
            let server = server();
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            let serving = tokio::task::spawn_local(Rc::clone(&server).serve_tcp(listener));
            let mut stream = TcpStream::connect(address).await.unwrap();
            for _ in 0..3 {
                assert!(exchange(&mut stream, REQUEST).await.starts_with("HTTP/1.1 207"));
            }
            let chunked = "REPORT /principals/ HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\
                Authorization: Basic dXNlcjAxOnVzZXIwMQ==\r\n\r\n\
                2c\r\n<A:principal-search-property-set xmlns:A='DA\r\n5\r\nV:'/>\r\n0\r\n\r\n";
            assert!(exchange(&mut stream, chunked).await.starts_with("HTTP/1.1 200"));
            let mut other = TcpStream::connect(address).await.unwrap();
            assert!(exchange(&mut other, "nonsense\r\n\r\n").await.starts_with("HTTP/1.1 400"));
            let counters = server.counters();
            assert_eq!((counters.requests, counters.connections), (4, 2));
            serving.abort();
        })
        .await;
}

#[tokio::test]
async fn tls_answers_at_once_also_on_a_fresh_connection() {
    LocalSet::new()
        .run_until(async {
            let server = server();
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            tokio::task::spawn_local(
                Rc::clone(&server).serve_tls(listener, tls::acceptor("localhost").unwrap()),
            );
            let connector = TlsConnector::from(client_config(Trust::Anything, Alpn::Unsaid));
            let mut times = Vec::new();
            for _ in 0..5 {
                let plain = TcpStream::connect(address).await.unwrap();
                plain.set_nodelay(true).unwrap();
                let mut stream = connector.connect("localhost".try_into().unwrap(), plain).await.unwrap();
                let begun = Instant::now();
                assert!(exchange(&mut stream, REQUEST).await.starts_with("HTTP/1.1 207"));
                times.push(begun.elapsed());
            }
            // Without TCP_NODELAY each of them would take 40 ms; a busy machine may delay some.
            times.sort();
            assert!(times[1] < Duration::from_millis(20), "{times:?}");
        })
        .await;
}

#[tokio::test(start_paused = true)]
async fn a_pipe_is_served_in_virtual_time() {
    LocalSet::new()
        .run_until(async {
            let server = server();
            let (mut ours, theirs) = tokio::io::duplex(64 * 1024);
            let serving = tokio::task::spawn_local(Rc::clone(&server).serve_stream(theirs));
            let answer = exchange(&mut ours, REQUEST).await;
            assert!(answer.contains("date: Mon, 05 Jan 2026 09:00:00 GMT"), "{answer}");
            drop(ours);
            serving.await.unwrap();
        })
        .await;
}

#[tokio::test(start_paused = true)]
async fn a_connection_may_be_idle_for_five_minutes_after_each_answer() {
    LocalSet::new()
        .run_until(async {
            let server = server();
            let (mut ours, theirs) = tokio::io::duplex(64 * 1024);
            let serving = tokio::task::spawn_local(Rc::clone(&server).serve_stream(theirs));
            for seconds in [299, 200, 299] {
                tokio::time::sleep(Duration::from_secs(seconds)).await;
                assert!(exchange(&mut ours, REQUEST).await.starts_with("HTTP/1.1 207"), "{seconds}");
            }
            let idle = Instant::now();
            // The head of a request that never ends does not count.
            ours.write_all(b"PROPFIND / HTTP/1.1\r\n").await.unwrap();
            serving.await.unwrap();
            assert_eq!(idle.elapsed().as_secs(), 300);
        })
        .await;
}
