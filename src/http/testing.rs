//! What tests need of a server and of a sink; used by the tests of the layers above too.

use std::cell::{Cell, RefCell};
use std::convert::Infallible;
use std::future::Future;
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{HeaderMap, Request, Response};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::{LocalSet, spawn_local};

use super::multiplexed::Here;
use super::{Answer, Call, SendError, Session, Settings};
use crate::clock::Clock;
use crate::event::{Phase, Response as Answered, Sink, What, Who};
use crate::journal::Journal;
use crate::label::Label;
use crate::population::Password;
use crate::random::Seed;
use crate::transport::{Connector, Pipe, Target, Trust};

/// Runs a test with virtual time: for everything but sockets.
pub fn virtual_time<T>(test: impl Future<Output = T>) -> T {
    on_runtime(tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true), test)
}

/// Runs a test in real time.
pub fn real_time<T>(test: impl Future<Output = T>) -> T {
    on_runtime(tokio::runtime::Builder::new_current_thread().enable_all(), test)
}

fn on_runtime<T>(builder: &mut tokio::runtime::Builder, test: impl Future<Output = T>) -> T {
    LocalSet::new().block_on(&builder.build().unwrap(), test)
}

/// Keeps all events.
#[derive(Default)]
pub struct Recorder {
    pub events: RefCell<Vec<(Phase, What)>>,
    pub bodies: Cell<bool>,
    /// What was planned and has begun.
    pub begun: RefCell<Vec<(Phase, Label)>>,
}

impl Sink for Recorder {
    fn emit(&self, phase: Phase, what: What) {
        self.events.borrow_mut().push((phase, what));
    }

    fn begun(&self, phase: Phase, label: Label) {
        self.begun.borrow_mut().push((phase, label));
    }

    fn wants_bodies(&self) -> bool {
        self.bodies.get()
    }
}

impl Recorder {
    /// What `pick` makes of each event, where it makes anything.
    pub fn each<T>(&self, pick: impl Fn(&Phase, &What) -> Option<T>) -> Vec<T> {
        self.events.borrow().iter().filter_map(|(phase, what)| pick(phase, what)).collect()
    }

    pub fn responses(&self) -> Vec<Answered> {
        self.each(|_, what| match what {
            What::Response(response) => Some(response.clone()),
            _ => None,
        })
    }

    /// The labels of the responses.
    pub fn labels(&self) -> Vec<&'static str> {
        self.responses().iter().map(|response| response.label.as_str()).collect()
    }

    /// The invariant of the protocol log: every request that began has exactly one end, in order.
    pub fn assert_paired(&self) {
        let mut open = 0;
        for (_, what) in &*self.events.borrow() {
            match what {
                What::Request(_) => open += 1,
                What::Response(_) => open -= 1,
                _ => {}
            }
            assert!((0..=1).contains(&open), "a request without its one end");
        }
        assert_eq!(open, 0, "a request without an end");
    }
}

/// A request as the server saw it.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The number of the connection it came on, from 0.
    pub connection: usize,
    pub method: String,
    pub path: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Seen {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

type Respond = Box<dyn Fn(&Seen) -> Response<Full<Bytes>>>;

/// A real HTTP server, over pipes or sockets, whose answers a test makes.
pub struct Server {
    pub connections: Cell<usize>,
    pub seen: RefCell<Vec<Seen>>,
    /// Whether it speaks HTTP/2.
    pub multiplexed: Cell<bool>,
    /// How long it takes to answer.
    pub delay: Cell<Duration>,
    respond: Respond,
}

impl Server {
    pub fn new(respond: impl Fn(&Seen) -> Response<Full<Bytes>> + 'static) -> Rc<Server> {
        Rc::new(Server {
            connections: Cell::new(0),
            seen: RefCell::default(),
            multiplexed: Cell::default(),
            delay: Cell::default(),
            respond: Box::new(respond),
        })
    }

    /// Answers 200 with the text `ok`.
    pub fn ok() -> Rc<Server> {
        Server::new(|_| text(200, "ok"))
    }

    /// A connector whose streams lead here, in memory.
    pub fn pipes(self: &Rc<Self>) -> Rc<Connector> {
        let server = self.clone();
        Rc::new(Connector::pipes(Rc::new(move |pipe| {
            spawn_local(server.clone().serve(pipe));
        })))
    }

    /// Listens on a loopback port.
    pub async fn listen(self: &Rc<Self>) -> Target {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = self.clone();
        spawn_local(async move {
            while let Ok((tcp, _)) = listener.accept().await {
                tcp.set_nodelay(true).unwrap();
                spawn_local(server.clone().serve(tcp));
            }
        });
        Target { tls: false, host: "127.0.0.1".to_owned(), port }
    }

    /// Serves one connection.
    pub async fn serve(self: Rc<Self>, io: impl AsyncRead + AsyncWrite + Unpin + 'static) {
        let connection = self.connections.replace(self.connections.get() + 1);
        let service = service_fn(|request: Request<Incoming>| {
            let server = self.clone();
            async move { Ok::<_, Infallible>(server.answer(connection, request).await) }
        });
        // The client's hanging up is no failure of the test.
        if self.multiplexed.get() {
            let builder = hyper::server::conn::http2::Builder::new(Here);
            let _ = builder.serve_connection(TokioIo::new(io), service).await;
            return;
        }
        let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(io), service).await;
    }

    async fn answer(&self, connection: usize, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let (parts, body) = request.into_parts();
        let body = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
        let (method, path) = (
            parts.method.to_string(),
            parts.uri.path_and_query().map_or("", |path| path.as_str()).to_owned(),
        );
        let seen = Seen { connection, method, path, headers: parts.headers, body };
        self.seen.borrow_mut().push(seen.clone());
        tokio::time::sleep(self.delay.get()).await;
        (self.respond)(&seen)
    }
}

/// An answer with a text.
pub fn text(status: u16, body: &'static str) -> Response<Full<Bytes>> {
    Response::builder().status(status).body(Full::new(Bytes::from_static(body.as_bytes()))).unwrap()
}

/// A 401 with these challenges.
pub fn unauthorized(challenges: &[&str]) -> Response<Full<Bytes>> {
    let mut response = text(401, "who are you?");
    for challenge in challenges {
        response.headers_mut().append("www-authenticate", challenge.parse().unwrap());
    }
    response
}

/// A server that is no HTTP server: `play` gets every connection with its number, from 0.
pub fn raw<F>(play: impl Fn(usize, Pipe) -> F + 'static) -> Rc<Connector>
where
    F: Future<Output = ()> + 'static,
{
    let count = Cell::new(0);
    Rc::new(Connector::pipes(Rc::new(move |pipe| {
        spawn_local(play(count.replace(count.get() + 1), pipe));
    })))
}

/// Reads the head of one request from a raw connection; false when there is none.
pub async fn read_head(pipe: &mut Pipe) -> bool {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match pipe.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return false,
        }
    }
    true
}

/// Writes to a raw connection.
pub async fn say(pipe: &mut Pipe, text: &str) {
    pipe.write_all(text.as_bytes()).await.unwrap();
}

pub const PASSWORD: &str = "pa55-of-a-test";

/// Somebody.
pub fn who(client: u32) -> Rc<Who> {
    let text = |text: &str| Rc::<str>::from(text);
    Rc::new(Who {
        uid: text("user01"),
        user: client,
        client,
        instance: 0,
        title: text("test"),
        software: text("Test"),
    })
}

/// A client's session with what it writes to.
pub struct Bench {
    pub session: Session,
    pub journal: Journal,
    pub events: Rc<Recorder>,
}

impl Bench {
    /// A session over `connector`; `adjust` changes its settings.
    pub fn new(connector: Rc<Connector>, adjust: impl FnOnce(&mut Settings)) -> Bench {
        let target = Target { tls: false, host: "server".to_owned(), port: 80 };
        let mut settings = Settings::new(connector, target, Trust::Verify);
        adjust(&mut settings);
        let events = Rc::new(Recorder::default());
        let clock = Clock::starting_at("2026-01-05T09:00:00Z".parse().unwrap());
        let journal = Journal::new(who(0), Seed(7), clock, Phase::Measured, events.clone());
        let session = Session::new(Rc::new(settings), "user01".into(), Password::new(PASSWORD));
        Bench { session, journal, events }
    }

    /// Sends a request that expects 200.
    pub async fn send(&mut self, method: &str) -> Result<Answer, SendError> {
        let label = Label::request(method, "test");
        self.session.send(Call::new(label, method, "/path", &[200]), &self.journal).await
    }

    /// Sends a request that must succeed.
    pub async fn must(&mut self, method: &str) -> Answer {
        self.send(method).await.unwrap()
    }

    /// Sends a request that must fail.
    pub async fn fails(&mut self, method: &str) -> super::Failure {
        match self.send(method).await {
            Err(SendError::Failed(failure)) => *failure,
            other => panic!("{other:?}"),
        }
    }
}
