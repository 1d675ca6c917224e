//! What tests of mail need: a client, and a small IMAP server over pipes.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::sync::Notify;

use super::params::Params;
use super::profiles;
use super::software::{Grounds, MailSoftware};
use super::wire::Service;
use crate::client::{Actor, Context, Memory, Profile, Reaction, Run, Software, Trigger, Trouble, Wake};
use crate::clock::Clock;
use crate::config::{At, Diagnostics, Files, read_bytes, render};
use crate::event::What;
use crate::http::testing::{Recorder, raw, who};
use crate::label::Label;
use crate::population::{Account, Password};
use crate::random::Seed;
use crate::transport::{Connector, Endpoint, Pipe, Target, Trust};

/// A message on the server.
#[derive(Clone)]
pub struct Stored {
    pub uid: u32,
    pub text: String,
}

/// A server with one mailbox, which notes what it is told.
#[derive(Default)]
pub struct Server {
    pub capabilities: Cell<&'static str>,
    pub messages: RefCell<Vec<Stored>>,
    pub heard: RefCell<Vec<String>>,
    next: Cell<u32>,
    stirred: Notify,
    /// Every connection is to end.
    pub hangs_up: Cell<bool>,
}

impl Server {
    pub fn new(capabilities: &'static str) -> Rc<Server> {
        let server = Server::default();
        server.capabilities.set(capabilities);
        Rc::new(server)
    }

    /// A message arrives.
    pub fn deliver(&self, text: &str) {
        self.next.set(self.next.get() + 1);
        self.messages.borrow_mut().push(Stored { uid: self.next.get(), text: text.to_owned() });
        self.stirred.notify_waiters();
    }

    /// Ends every connection.
    pub fn hang_up(&self) {
        self.hangs_up.set(true);
        self.stirred.notify_waiters();
    }

    /// What it was told since the last time, without tags, and without the beginning of sessions.
    pub fn take_heard(&self) -> Vec<String> {
        let all = self.heard.take();
        all.into_iter().filter(|line| !line.starts_with("LOGIN") && line != "CAPABILITY").collect()
    }

    pub async fn serve(self: Rc<Self>, pipe: Pipe) {
        let (reader, mut writer) = tokio::io::split(pipe);
        let mut lines = BufReader::new(reader).lines();
        let greeting = format!("* OK [CAPABILITY IMAP4rev1 {}] hello\r\n", self.capabilities.get());
        writer.write_all(greeting.as_bytes()).await.unwrap();
        let mut idle: Option<String> = None;
        loop {
            let line = tokio::select! {
                biased;
                line = lines.next_line() => line.unwrap_or_default(),
                () = self.stirred.notified(), if idle.is_some() => {
                    if self.hangs_up.get() {
                        return;
                    }
                    let told = format!("* {} EXISTS\r\n", self.messages.borrow().len());
                    writer.write_all(told.as_bytes()).await.unwrap();
                    continue;
                }
            };
            let Some(line) = line else { return };
            let (tag, command) = line.split_once(' ').unwrap_or((&line, "DONE"));
            self.heard.borrow_mut().push(command.to_owned());
            if let Some((at_once, count)) = appended(command) {
                if !at_once {
                    writer.write_all(b"+ go on\r\n").await.unwrap();
                }
                let mut message = vec![0; count + 2];
                lines.get_mut().read_exact(&mut message).await.unwrap();
                message.truncate(count);
                self.deliver(&String::from_utf8(message).unwrap());
            }
            let answer = match (command, idle.take()) {
                ("DONE", Some(tag)) => format!("{tag} OK\r\n"),
                ("IDLE", _) => {
                    idle = Some(tag.to_owned());
                    "+ idling\r\n".to_owned()
                }
                _ => format!("{}{tag} OK done\r\n", self.answer(command)),
            };
            writer.write_all(answer.as_bytes()).await.unwrap();
        }
    }

    fn answer(&self, command: &str) -> String {
        let words: Vec<&str> = command.split(' ').collect();
        match words[..] {
            ["SELECT", ..] => {
                let (count, change) = (self.messages.borrow().len(), self.next.get() * 10 + 1);
                format!("* {count} EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [HIGHESTMODSEQ {change}] x\r\n")
            }
            ["CAPABILITY"] => format!("* CAPABILITY IMAP4rev1 {}\r\n", self.capabilities.get()),
            ["NOOP"] => format!("* {} EXISTS\r\n", self.messages.borrow().len()),
            ["FETCH", ..] => self.fetched(0),
            ["UID", "FETCH", set, ..] => self.fetched(set.trim_end_matches(":*").parse().unwrap_or(0)),
            ["UID", "MOVE" | "EXPUNGE", uid, ..] => {
                self.messages.borrow_mut().retain(|message| message.uid.to_string() != uid);
                String::new()
            }
            ["LOGOUT"] => "* BYE\r\n".to_owned(),
            _ => String::new(),
        }
    }

    fn fetched(&self, from: u32) -> String {
        let messages = self.messages.borrow();
        let one = |(n, message): (usize, &Stored)| {
            let Stored { uid, text } = message;
            let length = text.len();
            format!("* {} FETCH (UID {uid} FLAGS () BODY[] {{{length}}}\r\n{text})\r\n", n + 1)
        };
        messages.iter().enumerate().filter(|(_, message)| message.uid >= from).map(one).collect()
    }
}

/// How many bytes follow an APPEND, and whether they do so at once.
fn appended(command: &str) -> Option<(bool, usize)> {
    let count = command.strip_prefix("APPEND ")?.rsplit_once('{')?.1.strip_suffix('}')?;
    let plain = count.strip_suffix('+').unwrap_or(count);
    Some((plain.len() < count.len(), plain.parse().ok()?))
}

/// A service that these connections lead to.
pub fn service(connector: Rc<Connector>) -> Rc<Service> {
    Rc::new(Service {
        connector,
        endpoint: Endpoint {
            scheme: "imap".into(),
            target: Target { tls: false, host: "server".into(), port: 143 },
            starttls: false,
        },
        trust: Trust::Verify,
        timeout: Duration::from_secs(60),
        url: "imap://server".into(),
        salted: Rc::default(),
    })
}

/// Who is woken from outside.
#[derive(Default)]
struct Woken(RefCell<Vec<(Actor, Rc<str>)>>);

impl Wake for Woken {
    fn wake(&self, _: u32, actor: Actor, topic: Rc<str>) {
        self.0.borrow_mut().push((actor, topic));
    }
}

/// One client with its profiles.
pub struct Stage {
    pub run: Rc<Run>,
    pub events: Rc<Recorder>,
    pub memory: Box<dyn Memory>,
    pub software: MailSoftware,
    profiles: Vec<Rc<dyn Profile>>,
    woken: Rc<Woken>,
    acts: u64,
}

impl Stage {
    /// The first of two accounts, with profiles of these parameters as a plist has them, and a server of IMAP.
    pub fn new(server: &Rc<Server>, profiles: &[(&str, &str)]) -> Stage {
        let server = server.clone();
        let imap = service(raw(move |_, pipe| server.clone().serve(pipe)));
        Stage::on([("imap".to_owned(), imap)].into(), profiles)
    }

    /// The same with these services.
    pub fn on(services: BTreeMap<String, Rc<Service>>, profiles: &[(&str, &str)]) -> Stage {
        let events = Rc::new(Recorder::default());
        let account = |n: u32| {
            Rc::new(Account {
                uid: format!("user{n}").into(),
                password: Password::new("secret"),
                common_name: "".into(),
                email: format!("user{n}@x").into(),
                guid: "".into(),
                pod: "".into(),
            })
        };
        let woken = Rc::new(Woken::default());
        let run = Rc::new(Run {
            seed: Seed(1),
            clock: Clock::starting_at("2026-01-05T09:00:00Z".parse().unwrap()),
            sink: events.clone(),
            accounts: (1..=2).map(account).collect(),
            stopped: Rc::default(),
            waker: RefCell::new(Some(woken.clone())),
            measured: (Duration::ZERO, None),
        });
        let software = MailSoftware { grounds: Rc::new(Grounds { services, post: Rc::default() }) };
        let memory = software.memory(&who(0), &run.accounts[0]);
        let profiles = profiles.iter().map(|(class, params)| profile(class, params)).collect();
        Stage { run, events, memory, software, profiles, woken, acts: 0 }
    }

    /// Lets a profile act, and every profile notice; what it asked for.
    pub async fn act(&mut self, index: usize, trigger: Trigger) -> (Result<(), Trouble>, Vec<Reaction>) {
        let cx = self.context(index);
        let result = self.profiles[index].act(&cx, &mut *self.memory, &trigger).await.map(|_| ());
        for (index, profile) in self.profiles.iter().enumerate() {
            profile.notice(&cx, &mut *self.memory, Actor::profile(index));
        }
        self.memory.forget_news();
        (result, cx.take_reactions())
    }

    /// The context of an act of a profile.
    pub fn context(&mut self, index: usize) -> Context {
        let run = &self.run;
        let journal = run.journal(who(0), run.phase(Duration::ZERO));
        self.acts += 1;
        let account = run.accounts[0].clone();
        Context::new(run.clone(), account, 0, journal, self.acts, true).of(Actor::profile(index))
    }

    /// Who was woken since the last time, once all tasks have had their turn.
    pub async fn woken(&self) -> Vec<(Actor, Rc<str>)> {
        tokio::time::sleep(Duration::from_millis(1)).await;
        self.woken.0.take()
    }

    /// The operations that ended since the beginning, failures with an exclamation mark.
    pub fn operations(&self) -> Vec<String> {
        self.events.each(|_, what| match what {
            What::OperationEnd(end) => Some(mark(end.label, end.success)),
            _ => None,
        })
    }

    /// The same of steps that failed.
    pub fn faults(&self) -> Vec<String> {
        self.events.each(|_, what| match what {
            What::Response(end) if !end.success => Some(mark(end.label, end.success)),
            _ => None,
        })
    }
}

fn mark(label: Label, good: bool) -> String {
    format!("{label}{}", if good { "" } else { "!" })
}

/// A profile with the keys and values of its parameters.
pub fn profile(class: &str, params: &str) -> Rc<dyn Profile> {
    let diags = Diagnostics::new();
    let text = format!("<plist version=\"1.0\"><dict>{params}</dict></plist>");
    let value = read_bytes("test.plist", text.as_bytes(), &diags).unwrap();
    let at = At::named("class");
    let (standard, files) = (Params::standard().unwrap(), Files::default());
    let built = profiles::build(class, &at, Some(&value), &standard, &files, &diags);
    built.unwrap_or_else(|| panic!("{}", render(&diags))).profile
}
