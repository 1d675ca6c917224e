//! Answers of a server, as one client gets them request after request: they mean the same in whatever pieces they come,
//! none has anything of another, and those whose form is beyond doubt mean what RFC 9112 says.
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use populace::clock::Clock;
use populace::event::{ErrorKind, Phase, Sink, What, Who};
use populace::http::{Call, SendError, Session, Settings};
use populace::journal::Journal;
use populace::label::Label;
use populace::population::Password;
use populace::random::Seed;
use populace::transport::{Connector, Pipe, Target, Trust};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::runtime::{Builder, Runtime};
use tokio::task::{LocalSet, spawn_local, yield_now};
use tokio::time::sleep;

#[path = "answer/reading.rs"]
mod reading;

const METHODS: [&str; 8] = ["GET", "HEAD", "PUT", "POST", "PROPFIND", "REPORT", "DELETE", "OPTIONS"];
/// The largest body, bytes.
const LIMIT: usize = 256;
/// How long the client waits for an answer, in a time that is none.
const PATIENCE: Duration = Duration::from_secs(1);
/// The most answers of an input.
const ANSWERS: usize = 4;
/// What the server says at the end.
const LAST: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlast";

/// The status and the body, or what went wrong.
type Outcome = Result<(u16, Vec<u8>), ErrorKind>;

/// What a client is answered.
struct Script {
    method: &'static str,
    /// What is said to each request, and whether the server closes the connection then.
    answers: Vec<(Vec<u8>, bool)>,
    /// Whether each request says that it is the last one of its connection.
    is_last: bool,
}

/// How the client fared.
#[derive(Debug)]
struct Fared {
    outcomes: Vec<Outcome>,
    connections: usize,
    requests: usize,
}

/// The first byte says how the requests are, and after which answers the server closes; the second, in which pieces the
/// answers come; 0xff lies between two of them.
pub fn check(data: &[u8]) {
    let [how, piece, wire @ ..] = data else { return };
    let closes = |n: usize| how >> (3 + n) & 1 == 1;
    let answers = wire.split(|byte| *byte == 0xff).take(ANSWERS).enumerate();
    let script = Script {
        method: METHODS[usize::from(how & 7)],
        answers: answers.map(|(n, answer)| (answer.to_vec(), closes(n))).collect(),
        is_last: closes(ANSWERS),
    };
    let whole = fare(&script, usize::MAX);
    let cut = fare(&script, usize::from(*piece).max(1));
    assert_eq!(whole.outcomes.len(), script.answers.len() + 1);
    for (n, (answer, closes)) in script.answers.iter().enumerate() {
        let outcome = &whole.outcomes[n];
        sound(outcome, script.method);
        // A head that breaks off and is none: who still waits for the rest may not have noticed.
        let late = |one: &Outcome| !closes && *one == Err(ErrorKind::Timeout);
        let same =
            *outcome == cut.outcomes[n] || *outcome == Err(ErrorKind::Protocol) && late(&cut.outcomes[n]);
        assert!(same, "{outcome:?} at once, {:?} in pieces of {piece}", cut.outcomes[n]);
        if let Some(expected) = reading::read(answer, script.method, *closes, LIMIT) {
            assert_eq!(*outcome, expected, "answer {n}");
        }
    }
    let last = if script.method == "HEAD" { Vec::new() } else { b"last".to_vec() };
    for fared in [&whole, &cut] {
        assert_eq!(fared.outcomes.last(), Some(&Ok((200, last.clone()))), "an answer goes on in the next");
        if script.is_last {
            assert_eq!(fared.connections, fared.requests, "a connection outlived its last request");
        }
    }
    assert_eq!((whole.connections, whole.requests), (cut.connections, cut.requests));
    if script.answers.len() > 1 {
        let (answer, outcome) = (script.answers.len() - 1, &whole.outcomes[script.answers.len() - 1]);
        let alone = Script { answers: vec![script.answers[answer].clone()], ..script };
        assert_eq!(fare(&alone, usize::MAX).outcomes[0], *outcome, "what came before makes a difference");
    }
}

fn sound(outcome: &Outcome, method: &str) {
    match outcome {
        Ok((status, body)) => {
            assert!(*status == 101 || (200..1000).contains(status), "{status}");
            assert!(body.len() <= LIMIT, "{} bytes", body.len());
            assert!(body.is_empty() || method != "HEAD" && ![101, 204, 304].contains(status));
        }
        Err(kind) => {
            use ErrorKind::{Closed, Content, Protocol, Timeout, TooLarge};
            assert!([Closed, Content, Protocol, Timeout, TooLarge].contains(kind), "{kind:?}");
        }
    }
}

thread_local! {
    static RUNTIME: Runtime =
        Builder::new_current_thread().enable_time().start_paused(true).build().expect("a runtime");
}

/// Sends the requests one after the other; the answers come in pieces of this size.
fn fare(script: &Script, piece: usize) -> Fared {
    RUNTIME.with(|runtime| LocalSet::new().block_on(runtime, live(script, piece)))
}

async fn live(script: &Script, piece: usize) -> Fared {
    let server = Rc::new(Server {
        answers: script.answers.clone(),
        piece,
        connections: Cell::new(0),
        requests: Cell::new(0),
    });
    let accepts = server.clone();
    let connector = Connector::pipes(Rc::new(move |pipe| drop(spawn_local(accepts.clone().serve(pipe)))));
    let target = Target { tls: false, host: "server".to_owned(), port: 80 };
    let mut settings = Settings::new(Rc::new(connector), target, Trust::Verify);
    settings.body_limit = LIMIT;
    settings.timeout = PATIENCE;
    if script.is_last {
        settings.headers.push(("Connection".to_owned(), "close".to_owned()));
    }
    let mut session = Session::new(Rc::new(settings), "user01".into(), Password::new("secret"));
    let balance = Rc::new(Balance::default());
    let journal = journal(balance.clone());
    let statuses: Vec<u16> = (100..1000).collect();
    let mut outcomes = Vec::new();
    for n in 0..=script.answers.len() {
        let path = format!("/{n}");
        let call = Call::new(Label::of("test"), script.method, &path, &statuses);
        outcomes.push(match session.send(call, &journal).await {
            Ok(answer) => Ok((answer.status, answer.body.to_vec())),
            Err(SendError::Failed(failure)) => Err(failure.kind),
            Err(SendError::Stopped) => panic!("nobody has ended the run"),
        });
        assert_eq!(balance.open.get(), 0, "a request without its one end");
        // What is still under way comes before the next request.
        sleep(Duration::from_millis(1)).await;
    }
    Fared { outcomes, connections: server.connections.get(), requests: server.requests.get() }
}

fn journal(sink: Rc<dyn Sink>) -> Journal {
    let who = Who {
        uid: "user01".into(),
        user: 0,
        client: 0,
        instance: 0,
        title: "test".into(),
        software: "test".into(),
    };
    Journal {
        who: Rc::new(who),
        seed: Seed(1),
        clock: Clock::starting_at("2026-01-05T09:00:00Z".parse().expect("a date")),
        phase: Phase::Measured,
        sink,
        due: Cell::default(),
        profile: None,
        unsaid: RefCell::default(),
        stopped: Rc::default(),
    }
}

/// Counts the requests that have no end yet.
#[derive(Default)]
struct Balance {
    open: Cell<i32>,
}

impl Sink for Balance {
    fn emit(&self, _: Phase, what: What) {
        let step = match what {
            What::Request(_) => 1,
            What::Response(_) => -1,
            _ => 0,
        };
        self.open.set(self.open.get() + step);
    }

    fn wants_bodies(&self) -> bool {
        false
    }
}

/// The other end: what it answers depends on nothing but the path.
struct Server {
    answers: Vec<(Vec<u8>, bool)>,
    piece: usize,
    connections: Cell<usize>,
    requests: Cell<usize>,
}

impl Server {
    async fn serve(self: Rc<Self>, mut pipe: Pipe) {
        self.connections.set(self.connections.get() + 1);
        while let Some(n) = request(&mut pipe).await {
            self.requests.set(self.requests.get() + 1);
            let (answer, closes) =
                self.answers.get(n).map_or((LAST, false), |(text, closes)| (text, *closes));
            for piece in answer.chunks(self.piece) {
                // A client that has heard enough has hung up.
                if pipe.write_all(piece).await.is_err() {
                    return;
                }
                yield_now().await;
            }
            if closes {
                return;
            }
        }
    }
}

/// The number in the path of the next request.
async fn request(pipe: &mut Pipe) -> Option<usize> {
    let mut text = Vec::new();
    let mut buffer = [0; 256];
    while !text.ends_with(b"\r\n\r\n") {
        match pipe.read(&mut buffer).await {
            Ok(0) | Err(_) => {
                assert!(text.is_empty(), "half a request");
                return None;
            }
            Ok(count) => text.extend_from_slice(&buffer[..count]),
        }
    }
    let text = String::from_utf8(text).expect("a request is text");
    let mut words = text.split(' ');
    let method = words.next().unwrap_or_default();
    let says_length = text.contains("\r\ncontent-length: 0\r\n");
    assert_eq!(says_length, ["PUT", "POST"].contains(&method), "{text}");
    words.next().and_then(|path| path.strip_prefix('/')).and_then(|number| number.parse().ok())
}
