//! Clients, the server at the other end of the pipe, and a log of all requests.

use std::cell::{Cell, RefCell};
use std::convert::Infallible;
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use populace::calendar::CalendarSoftware;
use populace::calendar::memory::CalendarMemory;
use populace::calendar::model::Library;
use populace::calendar::program::{Pod, Program};
use populace::calendar::state::Keeper;
use populace::client::{Context, Memory, Pacing, Run, Software, Trigger, Trouble};
use populace::clock::Clock;
use populace::config::{At, Diagnostics};
use populace::embedded::{Config, Server, User};
use populace::event::{Phase, Sink, What, Who};
use populace::http::Settings;
use populace::population::{Account, Password};
use populace::random::Seed;
use populace::transport::{Connector, Pipe, Target, Trust};

/// A request as the server got it, and how it was counted.
#[derive(Clone, Debug, Default)]
pub struct Sent {
    pub method: String,
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
    pub status: u16,
    pub label: String,
    pub success: bool,
}

impl Sent {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// An answer that a test gives instead of the embedded server.
pub struct Reply(pub u16, pub Vec<(&'static str, String)>, pub String);

impl Reply {
    pub fn status(status: u16) -> Option<Reply> {
        Some(Reply(status, Vec::new(), String::new()))
    }

    pub fn xml(status: u16, body: &str) -> Option<Reply> {
        Some(Reply(status, vec![("content-type", "text/xml".to_owned())], body.to_owned()))
    }
}

type Script = Box<dyn Fn(&Sent) -> Option<Reply>>;

/// All that a test plays with.
pub struct Stage {
    pub run: Rc<Run>,
    pub server: Rc<Server>,
    log: Rc<Log>,
    script: Rc<RefCell<Option<Script>>>,
}

/// What was sent and what was counted, in order.
#[derive(Default)]
struct Log {
    sent: RefCell<Vec<Sent>>,
    counted: RefCell<Vec<(String, bool)>>,
    operations: RefCell<Vec<(String, bool)>>,
    notices: RefCell<Vec<String>>,
}

impl Sink for Log {
    fn emit(&self, _: Phase, what: What) {
        match what {
            What::Response(response) => {
                self.counted.borrow_mut().push((response.label.to_string(), response.success));
            }
            What::OperationEnd(end) => {
                self.operations.borrow_mut().push((end.label.to_string(), end.success));
            }
            What::Notice { text } => self.notices.borrow_mut().push(text.to_string()),
            _ => {}
        }
    }

    fn wants_bodies(&self) -> bool {
        false
    }
}

/// A client of the stage.
pub struct Client {
    pub software: CalendarSoftware,
    pub memory: Box<dyn Memory>,
    pub who: Rc<Who>,
    account: usize,
    acts: Cell<u64>,
}

impl Client {
    pub fn known(&mut self) -> &mut CalendarMemory {
        CalendarMemory::of(&mut *self.memory).unwrap()
    }

    /// Leaves at the end of a run.
    pub fn leave(mut self) {
        self.software.leave(&self.who, &mut *self.memory);
    }
}

impl Stage {
    /// A server like CalendarServer with users user01 to user09, as in the recordings with ETags in the answers to PUT.
    pub fn new() -> Stage {
        let clock = Clock::starting_at("2026-11-21T19:41:00Z".parse().unwrap());
        let users = (1..10).map(User::numbered).collect();
        let server = Server::new(Config { put_etag: true, ..Config::new(users, clock) });
        let log = Rc::new(Log::default());
        let run = Rc::new(Run {
            seed: Seed(7),
            clock,
            sink: log.clone(),
            accounts: (1..10).map(|n| Rc::new(account(n))).collect(),
            stopped: Rc::new(Cell::new(false)),
            waker: RefCell::new(None),
            measured: (Duration::ZERO, None),
        });
        Stage { run, server, log, script: Rc::default() }
    }

    /// Has `script` answer what it wants to, in place of the embedded server.
    pub fn script(&self, script: impl Fn(&Sent) -> Option<Reply> + 'static) {
        *self.script.borrow_mut() = Some(Box::new(script));
    }

    /// Leaves all answers to the embedded server again.
    pub fn unscript(&self) {
        *self.script.borrow_mut() = None;
    }

    /// A client of user number `user` (from 1) with this program.
    pub fn client(&self, model: &str, user: usize) -> Client {
        self.client_with(model, user, |program| program)
    }

    pub fn client_with(&self, model: &str, user: usize, change: impl Fn(Program) -> Program) -> Client {
        let diags = Diagnostics::new();
        let model = Library::embedded().load(model, &At::named("test"), &diags).unwrap();
        let (log, server, script) = (self.log.clone(), self.server.clone(), self.script.clone());
        let headers = model.headers.clone();
        let make_settings = move |_| {
            let (log, server, script) = (log.clone(), server.clone(), script.clone());
            let accept = move |pipe| {
                tokio::task::spawn_local(serve(pipe, log.clone(), server.clone(), script.clone()));
            };
            let (target, _) = Target::parse("http://localhost:8008").unwrap();
            let connector = Rc::new(Connector::pipes(Rc::new(accept)));
            Settings { headers: headers.clone(), ..Settings::new(connector, target, Trust::default()) }
        };
        let program = Program {
            title: model.title.as_ref().into(),
            pod: Rc::new(Pod {
                name: "PodA".into(),
                principal_path: Some("/principals/users/%s/".into()),
                amp: Vec::new(),
            }),
            poll_interval: model.poll_interval,
            pacing: Pacing::Open,
            keep_bodies: true,
            subscribe: None,
            state: None,
            make_settings: Box::new(make_settings),
            made: RefCell::default(),
            model,
        };
        let software = CalendarSoftware::new(Rc::new(change(program)));
        let account = &self.run.accounts[user - 1];
        let who = Rc::new(Who {
            uid: account.uid.clone(),
            user: user as u32 - 1,
            client: user as u32 - 1,
            instance: 0,
            title: software.program.title.clone(),
            software: software.program.model.name.as_ref().into(),
        });
        let memory = software.memory(&who, account);
        Client { software, memory, who, account: user - 1, acts: Cell::new(0) }
    }

    /// Has a client act on a trigger.
    pub async fn act(&self, client: &mut Client, trigger: Trigger) -> Result<(), Trouble> {
        let cx = self.context(client);
        client.software.act(&cx, &mut *client.memory, &trigger).await.map(|_| ())
    }

    /// Has a client arrive, which must succeed.
    pub async fn arrive(&self, client: &mut Client) {
        self.act(client, Trigger::Arrival).await.unwrap();
        client.memory.forget_news();
    }

    /// Has a client poll, which must succeed.
    pub async fn poll(&self, client: &mut Client) {
        self.act(client, Trigger::Timer).await.unwrap();
    }

    /// The next act of a client.
    pub fn context(&self, client: &Client) -> Context {
        let run = &self.run;
        let journal = run.journal(client.who.clone(), Phase::Measured);
        let n = client.acts.replace(client.acts.get() + 1);
        let account = run.accounts[client.account].clone();
        Context::new(run.clone(), account, client.account, journal, n, true)
    }

    /// All requests since this was last asked, with their labels. Challenges are left out.
    pub fn take(&self) -> Vec<Sent> {
        let sent = self.log.sent.take();
        let counted = self.log.counted.take();
        assert_eq!(sent.len(), counted.len(), "{sent:?} {counted:?}");
        let labelled = sent.into_iter().zip(counted);
        labelled
            .map(|(sent, (label, success))| Sent { label, success, ..sent })
            .filter(|sent| !sent.label.starts_with("CHALLENGE"))
            .collect()
    }

    /// The labels of all requests since this was last asked.
    pub fn labels(&self) -> Vec<String> {
        self.take().into_iter().map(|sent| sent.label).collect()
    }

    /// The operations that ended since this was last asked, and whether well.
    pub fn operations(&self) -> Vec<(String, bool)> {
        self.log.operations.take()
    }

    pub fn notices(&self) -> Vec<String> {
        self.log.notices.take()
    }
}

/// Answers the requests of one pipe, and writes them down.
async fn serve(pipe: Pipe, log: Rc<Log>, server: Rc<Server>, script: Rc<RefCell<Option<Script>>>) {
    let service = service_fn(move |request: Request<Incoming>| {
        let (log, server, script) = (log.clone(), server.clone(), script.clone());
        async move {
            let (head, body) = request.into_parts();
            let body = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
            let headers = head.headers.iter();
            let mut sent = Sent {
                method: head.method.to_string(),
                path: head.uri.path_and_query().map(ToString::to_string).unwrap_or_default(),
                headers: headers
                    .map(|(name, value)| (name.to_string(), value.to_str().unwrap_or("").to_owned()))
                    .collect(),
                body: String::from_utf8_lossy(&body).into_owned(),
                ..Sent::default()
            };
            let scripted = script.borrow().as_ref().and_then(|script| script(&sent));
            let response = match scripted {
                Some(Reply(status, headers, body)) => {
                    let mut response = Response::builder().status(status);
                    for (name, value) in headers {
                        response = response.header(name, value);
                    }
                    response.body(Full::new(Bytes::from(body))).unwrap()
                }
                None => server.handle(Request::from_parts(head, Full::new(body)), false).await,
            };
            sent.status = response.status().as_u16();
            log.sent.borrow_mut().push(sent);
            Ok::<_, Infallible>(response)
        }
    });
    // How a connection ends is seen by the client.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(pipe), service).await;
}

pub fn account(n: u32) -> Account {
    let user = User::numbered(n);
    Account {
        uid: user.uid.as_str().into(),
        password: Password::new(user.password),
        common_name: user.common_name.into(),
        email: user.email.into(),
        guid: user.guid.into(),
        pod: "PodA".into(),
    }
}

/// A keeper of what clients know, in `folder`.
pub fn keeper(folder: &std::path::Path, server: &str, use_old: bool) -> Option<Keeper> {
    Some(Keeper::new(folder, server, use_old).unwrap())
}

/// The home of user number `n`.
pub fn home(n: u32) -> String {
    format!("/calendars/__uids__/{}/", User::numbered(n).guid)
}

/// Runs a test on paused time, with a place for local tasks.
pub fn play(test: impl Future<Output = ()>) {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    tokio::task::LocalSet::new().block_on(&runtime, test);
}
