//! One client and the front, over pipes, sockets and TLS, in real time.

use std::cell::Cell;
use std::future::Future;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use populace::clock::Clock;
use populace::event::{ErrorKind, Phase, Who};
use populace::http::{Call, SendError, Session, Settings};
use populace::journal::Journal;
use populace::label::Label;
use populace::population::Password;
use populace::random::Seed;
use populace::transport::{Connector, Target, Trust};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::task::{LocalSet, spawn_local};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use crate::book::Book;
use crate::clients::{BODY_LIMIT, people};

/// What carries the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carrier {
    Pipe,
    Tcp,
    Tls,
}

pub const CARRIERS: [Carrier; 3] = [Carrier::Pipe, Carrier::Tcp, Carrier::Tls];

/// How long the client waits: what is expected to come takes no time on a loopback interface.
const PATIENCE: Duration = Duration::from_secs(2);

/// Whatever lies beneath a connection of a server.
pub trait Io: AsyncRead + AsyncWrite + Unpin {}

impl<T: AsyncRead + AsyncWrite + Unpin> Io for T {}

/// Runs a test in real time.
pub fn real_time<T>(test: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    LocalSet::new().block_on(&runtime, test)
}

/// Lets `serve` have every connection of a server, and gives the way to it.
async fn listen<F>(carrier: Carrier, serve: impl Fn(Box<dyn Io>) -> F + 'static) -> (Connector, Target)
where
    F: Future<Output = ()> + 'static,
{
    if carrier == Carrier::Pipe {
        let accept = Rc::new(move |pipe| drop(spawn_local(serve(Box::new(pipe)))));
        return (Connector::pipes(accept), crate::clients::target());
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let acceptor = (carrier == Carrier::Tls).then(acceptor);
    spawn_local(async move {
        while let Ok((tcp, _)) = listener.accept().await {
            tcp.set_nodelay(true).unwrap();
            match &acceptor {
                None => drop(spawn_local(serve(Box::new(tcp)))),
                Some(acceptor) => {
                    if let Ok(tls) = acceptor.accept(tcp).await {
                        spawn_local(serve(Box::new(tls)));
                    }
                }
            }
        }
    });
    let target = Target { tls: carrier == Carrier::Tls, host: "127.0.0.1".to_owned(), port };
    (Connector::network(PATIENCE), target)
}

/// TLS with a certificate that nobody but itself has signed.
fn acceptor() -> TlsAcceptor {
    let own = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(own.signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![own.cert.der().clone()], key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

/// One client.
pub struct Client {
    session: Session,
    journal: Journal,
    pub book: Rc<Book>,
    pub connections: Rc<Cell<usize>>,
}

impl Client {
    /// A client of a server that `serve` plays.
    pub async fn of<F>(
        carrier: Carrier,
        clock: Clock,
        serve: impl Fn(Box<dyn Io>) -> F + 'static,
        headers: &[(&str, &str)],
    ) -> Client
    where
        F: Future<Output = ()> + 'static,
    {
        let connections = Rc::new(Cell::new(0));
        let count = connections.clone();
        let counted = move |io| {
            count.set(count.get() + 1);
            serve(io)
        };
        let (connector, target) = listen(carrier, counted).await;
        let headers = headers.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        let settings = Settings {
            headers,
            timeout: PATIENCE,
            body_limit: BODY_LIMIT,
            ..Settings::new(Rc::new(connector), target, Trust::Anything)
        };
        let user = &people()[0];
        let password = Password::new(user.password.as_str());
        let session = Session::new(Rc::new(settings), user.uid.as_str().into(), password);
        let book = Rc::new(Book::new(clock));
        let who = Who {
            uid: user.uid.as_str().into(),
            user: 0,
            client: 0,
            instance: 0,
            title: "test".into(),
            software: "Test".into(),
        };
        let journal = Journal::new(Rc::new(who), Seed(1), clock, Phase::Measured, book.clone());
        Client { session, journal, book, connections }
    }

    /// Sends a request with this header; the body of the answer, or why there is none.
    pub async fn ask(
        &mut self,
        method: &str,
        header: (&str, &str),
        body: Bytes,
        expect: &[u16],
    ) -> Result<Bytes, ErrorKind> {
        let label = Label::request(method, "test");
        let mut call =
            Call::new(label, method, "/principals/users/user01/", expect).header(header.0, header.1);
        call.body = body;
        match self.session.send(call, &self.journal).await {
            Ok(answer) => Ok(answer.body),
            Err(SendError::Failed(failure)) => Err(failure.kind),
            Err(SendError::Stopped) => panic!("nobody has ended the run"),
        }
    }
}
