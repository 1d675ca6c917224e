//! Over real sockets of the loopback interface.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::spawn_local;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use super::super::testing::{Bench, Server, real_time};
use crate::event::ErrorKind;
use crate::http::Call;
use crate::label::Label;
use crate::transport::{Connector, Target, Trust};

fn bench(target: Target, trust: Trust) -> Bench {
    Bench::new(Rc::new(Connector::network(Duration::from_secs(10))), |settings| {
        settings.target = target;
        settings.trust = trust;
    })
}

/// A server on TLS with a certificate that nobody but itself has signed.
async fn listen_tls(server: &Rc<Server>) -> Target {
    listen_tls_as(server, rcgen::CertificateParams::new(["127.0.0.1".to_owned()]).unwrap()).await
}

/// The same with another certificate.
async fn listen_tls_as(server: &Rc<Server>, params: rcgen::CertificateParams) -> Target {
    let signing_key = rcgen::KeyPair::generate().unwrap();
    let cert = params.self_signed(&signing_key).unwrap();
    let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = server.clone();
    spawn_local(async move {
        while let Ok((tcp, _)) = listener.accept().await {
            tcp.set_nodelay(true).unwrap();
            let (acceptor, server) = (acceptor.clone(), server.clone());
            spawn_local(async move {
                if let Ok(tls) = acceptor.accept(tcp).await {
                    server.serve(tls).await;
                }
            });
        }
    });
    Target { tls: true, host: "127.0.0.1".to_owned(), port }
}

#[test]
fn a_socket_serves_request_after_request() {
    real_time(async {
        let server = Server::ok();
        let mut bench = bench(server.listen().await, Trust::Verify);
        for _ in 0..5 {
            bench.must("GET").await;
        }
        assert_eq!(server.connections.get(), 1);
        let wire = bench.events.responses()[0].wire;
        assert!(wire.name.is_some() && wire.connect.is_some() && wire.tls.is_none());
        bench.events.assert_paired();
    });
}

#[test]
fn nobody_listens() {
    real_time(async {
        let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
        let mut bench = bench(Target { tls: false, host: "127.0.0.1".to_owned(), port }, Trust::Verify);
        let failure = bench.fails("GET").await;
        assert_eq!(failure.kind, ErrorKind::Connect);
        assert!(failure.detail.contains(&format!("127.0.0.1:{port}")), "{failure}");
        bench.events.assert_paired();
    });
}

#[test]
fn an_unknown_name_is_told_as_such() {
    real_time(async {
        // Longer than a name can be, so that no resolver has to be asked.
        let target = Target { tls: false, host: "x".repeat(300), port: 80 };
        let failure = bench(target, Trust::Verify).fails("GET").await;
        assert_eq!(failure.kind, ErrorKind::Name, "{failure}");
    });
}

#[test]
fn a_certificate_of_ones_own_is_refused_with_the_way_out() {
    real_time(async {
        let server = Server::ok();
        let failure = bench(listen_tls(&server).await, Trust::Verify).fails("GET").await;
        assert_eq!(failure.kind, ErrorKind::Tls);
        assert!(failure.detail.contains("`verify`") && failure.detail.contains("--insecure"), "{failure}");
        assert!(server.seen.borrow().is_empty());
    });
}

#[test]
fn the_certificate_of_an_authority_is_told_as_such() {
    real_time(async {
        let mut params = rcgen::CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let target = listen_tls_as(&Server::ok(), params).await;
        let failure = bench(target, Trust::Verify).fails("GET").await;
        assert_eq!(failure.kind, ErrorKind::Tls);
        assert!(failure.detail.contains("CA:FALSE") && failure.detail.contains("--insecure"), "{failure}");
    });
}

#[test]
fn tls_on_a_port_without_it_is_not_blamed_on_the_certificate() {
    real_time(async {
        let target = Target { tls: true, ..Server::ok().listen().await };
        let failure = bench(target, Trust::Verify).fails("GET").await;
        assert_eq!(failure.kind, ErrorKind::Tls);
        assert!(!failure.detail.contains("--insecure"), "{failure}");
        assert!(failure.detail.contains("does the server speak TLS"), "{failure}");
    });
}

/// With Nagle's algorithm and delayed acknowledgements, every answer would take 40 ms.
#[test]
fn a_certificate_of_ones_own_is_taken_when_anything_is_trusted_and_answers_come_at_once() {
    real_time(async {
        let server = Server::ok();
        let mut bench = bench(listen_tls(&server).await, Trust::Anything);
        for _ in 0..9 {
            let call = Call::new(Label::of("PUT{x}"), "PUT", "/x", &[200]);
            let call = call.body("text/plain", vec![b'x'; 40_000]);
            bench.session.send(call, &bench.journal).await.unwrap();
        }
        assert_eq!(server.connections.get(), 1);
        let responses = bench.events.responses();
        assert!(responses[0].wire.tls.is_some());
        let mut waits: Vec<_> = responses[1..].iter().filter_map(|r| r.wire.first_byte).collect();
        waits.sort();
        assert!(waits[waits.len() / 2] < Duration::from_millis(30), "{waits:?}");
    });
}
