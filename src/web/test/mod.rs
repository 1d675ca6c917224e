//! Whole visits, over pipes.
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | this one | [`Stage`]: a visitor with one script and a server |
//! | `browser.rs` | what a browser does by itself: redirects, cookies, conditions, credentials |
//! | `connections.rs` | over how many connections a visit goes |
//! | `pages.rs` | what is counted, and what decides how a visit goes on |
//! | `secrets.rs` | what nobody may see |
//! | `scripts.rs` | scripts: variables, loops, conditions, rows of files, and mistakes in them |

mod browser;
mod connections;
mod pages;
mod scripts;
mod secrets;

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::Response;

use super::params::Params;
use super::profiles;
use super::software::{Grounds, WebSoftware};
use crate::client::{Actor, Context, Memory, Outcome, Profile, Run, Software, Trigger, Trouble};
use crate::clock::Clock;
use crate::config::{At, Diagnostics, Files, read_bytes, render};
use crate::event::What;
use crate::http::testing::{Recorder, Seen, Server, who};
use crate::population::{Account, Password};
use crate::random::Seed;
use crate::transport::{Target, Trust};

type Answered = Response<Full<Bytes>>;

/// A visitor with one script.
struct Stage {
    run: Rc<Run>,
    events: Rc<Recorder>,
    memory: Box<dyn Memory>,
    software: WebSoftware,
    profile: Rc<dyn Profile>,
    server: Rc<Server>,
    client: u32,
}

impl Stage {
    fn new(params: &str, steps: &str, respond: impl Fn(&Seen) -> Answered + 'static) -> Stage {
        Stage::of(0, params, steps, respond)
    }

    /// Client `client`, and its script.
    fn of(client: u32, params: &str, steps: &str, respond: impl Fn(&Seen) -> Answered + 'static) -> Stage {
        let (server, events) = (Server::new(respond), Rc::new(Recorder::default()));
        let account = Account {
            uid: "user1".into(),
            password: Password::new("secret"),
            common_name: "User 1".into(),
            email: "user1@x".into(),
            guid: "".into(),
            pod: "".into(),
        };
        let run = Rc::new(Run {
            seed: Seed(1),
            clock: Clock::starting_at("2026-01-05T09:00:00Z".parse().unwrap()),
            sink: events.clone(),
            accounts: Rc::new([Rc::new(account)]),
            stopped: Rc::default(),
            waker: RefCell::default(),
            measured: (Duration::ZERO, None),
        });
        let target = Target { tls: false, host: "server".into(), port: 80 };
        let software = WebSoftware::new(Grounds::new(server.pipes(), target, Trust::Verify));
        let memory = software.memory(&who(client), &run.accounts[0]);
        let profile = script(params, steps).unwrap_or_else(|why| panic!("{why}"));
        Stage { run, events, memory, software, profile, server, client }
    }

    async fn act(&mut self, trigger: Trigger) -> Result<Outcome, Trouble> {
        let run = &self.run;
        let journal = run.journal(who(self.client), run.phase(Duration::ZERO));
        let cx = Context::new(run.clone(), run.accounts[0].clone(), 0, journal, 0, true);
        let cx = cx.of(Actor::profile(0));
        self.profile.act(&cx, &mut *self.memory, &trigger).await
    }

    /// One visit from its beginning to its end.
    async fn visit(&mut self) -> Result<(), String> {
        let mut outcome = self.act(Trigger::Timer).await;
        while let Ok(Outcome::Pause(time)) = outcome {
            tokio::time::sleep(time).await;
            outcome = self.act(Trigger::Resumed).await;
        }
        outcome.map(|_| ()).map_err(|why| why.to_string())
    }

    /// Method, path and body of all requests.
    fn asked(&self) -> Vec<String> {
        let seen = self.server.seen.borrow();
        let told = |seen: &Seen| {
            let body = String::from_utf8_lossy(&seen.body);
            format!("{} {} {body}", seen.method, seen.path).trim_end().to_owned()
        };
        seen.iter().map(told).collect()
    }

    /// A header of every request.
    fn headers(&self, name: &str) -> Vec<Option<String>> {
        self.server.seen.borrow().iter().map(|seen| seen.header(name).map(str::to_owned)).collect()
    }

    /// The operations that ended, with an exclamation mark those that failed, and how many milliseconds they took.
    fn operations(&self) -> Vec<String> {
        self.events.each(|_, what| match what {
            What::OperationEnd(end) => {
                let mark = if end.unfinished {
                    "..."
                } else if end.success {
                    ""
                } else {
                    "!"
                };
                Some(format!("{}{mark} {}", end.label, (end.end - end.begun).as_millis()))
            }
            _ => None,
        })
    }

    /// What is said of requests that failed.
    fn failures(&self) -> Vec<String> {
        let failed = |what: &What| match what {
            What::Response(end) if !end.success => {
                end.detail.as_ref().map(|detail| format!("{} {detail}", end.label))
            }
            _ => None,
        };
        self.events.each(|_, what| failed(what))
    }
}

/// A script with parameters and steps as a plist has them, or what is wrong with it.
fn script(params: &str, steps: &str) -> Result<Rc<dyn Profile>, String> {
    let diags = Diagnostics::new();
    let text = format!(
        "<plist version=\"1.0\"><dict>{}<key>steps</key><array>{}</array></dict></plist>",
        dict(params),
        steps
            .split('\n')
            .map(str::trim)
            .filter(|step| !step.is_empty())
            .map(|step| format!("<dict>{}</dict>", dict(step)))
            .collect::<String>(),
    );
    let value = read_bytes("test.plist", text.as_bytes(), &diags).unwrap();
    let built = profiles::build(
        "Script",
        &At::named("class"),
        Some(&value),
        &Params::standard(),
        &Files::default(),
        &diags,
    );
    built.map(|built| built.profile).ok_or_else(|| render(&diags))
}

/// `a=1, b=x` as keys and values; what begins with `<` stands for itself.
fn dict(pairs: &str) -> String {
    let value = |value: &str| match value {
        value if value.starts_with('<') => value.to_owned(),
        "true" | "false" => format!("<{value}/>"),
        value if value.parse::<u32>().is_ok() => format!("<integer>{value}</integer>"),
        value => format!("<string>{}</string>", value.replace('&', "&amp;")),
    };
    let pair = |pair: &str| {
        let (key, rest) = pair.split_once('=').unwrap();
        format!("<key>{}</key>{}", key.trim(), value(rest))
    };
    pairs.split(", ").filter(|pair| !pair.is_empty()).map(pair).collect()
}

fn page(html: impl Into<String>) -> Answered {
    let html: String = html.into();
    Response::builder().header("content-type", "text/html").body(Full::new(Bytes::from(html))).unwrap()
}

fn with(mut answer: Answered, headers: &[(&'static str, &str)]) -> Answered {
    for (name, value) in headers {
        answer.headers_mut().append(*name, value.parse().unwrap());
    }
    answer
}
