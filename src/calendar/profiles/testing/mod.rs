//! What the tests of profiles share: parameters from text, and a stage to act on.

mod server;

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

pub use server::Server;

use super::habit::Habit;
use super::registry::{Built, Surroundings, build};
use crate::calendar::memory::{Calendar, CalendarMemory, Components, Event, Kind};
use crate::calendar::model::{
    Body, Change, Conditions, Discovery, InboxProbe, Listing, Model, OnAnswer, Search, Start, Templates,
};
use crate::calendar::program::{Pod, Program};
use crate::client::{Actor, Context, Memory, Outcome, Pacing, Reaction, Run, Trigger, Trouble};
use crate::clock::Clock;
use crate::config::{Diagnostics, Table, Value, read_bytes};
use crate::distribution::Numbers;
use crate::event::{Phase, Sink, What, Who};
use crate::http::{ConnectionRule, Settings};
use crate::population::{Account, Password};
use crate::random::Seed;
use crate::transport::{Connector, Target, Trust};

/// The dict `params` with these keys, from the file "t".
pub fn params(body: &str) -> (Value, Diagnostics) {
    let diags = Diagnostics::new();
    let value = read_bytes("t", format!("<plist><dict>{body}</dict></plist>").as_bytes(), &diags);
    (value.unwrap(), diags)
}

/// A profile made from these parameters.
pub fn decode(class: &str, body: &str) -> Option<Built> {
    let (value, diags) = params(body);
    build(class, &value.at, Some(&value), Surroundings::default(), &diags)
}

/// What is wrong with these parameters.
pub fn errors(class: &str, body: &str) -> Vec<String> {
    let (value, diags) = params(body);
    assert!(build(class, &value.at, Some(&value), Surroundings::default(), &diags).is_none());
    diags.all().iter().map(ToString::to_string).collect()
}

/// The titles of all profiles of a clients plist.
pub fn build_all(text: &str, around: Surroundings) -> Vec<&'static str> {
    let diags = Diagnostics::new();
    let value = read_bytes("clients.plist", text.as_bytes(), &diags).unwrap();
    let top = Table::new(&value, &diags, "the clients").unwrap();
    let mut titles = Vec::new();
    for client in top.required::<Vec<Value>>("clients").unwrap() {
        let client = Table::new(&client, &diags, "the client").unwrap();
        for profile in client.required::<Vec<Value>>("profiles").unwrap() {
            let profile = Table::new(&profile, &diags, "the profile").unwrap();
            let class: String = profile.required("class").unwrap();
            let built = build(&class, profile.at(), profile.value("params"), around, &diags);
            titles.extend(built.map(|built| built.title));
        }
    }
    assert_eq!(diags.all().iter().map(ToString::to_string).collect::<Vec<_>>(), [""; 0]);
    titles
}

/// The keys and values of the ancestor's clients.plist of 2013 (spec 1.5).
pub fn clients_of_2013() -> String {
    let dict = |pairs: &[(&str, String)]| {
        let pairs: String = pairs.iter().map(|(key, value)| format!("<key>{key}</key>{value}\n")).collect();
        format!("<dict>{pairs}</dict>")
    };
    let text = |text: &str| format!("<string>{text}</string>");
    let whole = |number: i32| format!("<integer>{number}</integer>");
    let distribution = |name: &str, params: &[(&str, String)]| {
        let name = text(&format!("contrib.performance.stats.{name}Distribution"));
        dict(&[("type", name), ("params", dict(params))])
    };
    let days: String = ["mon", "tue", "wed", "thu", "fri"].map(text).concat();
    let work = distribution(
        "Work",
        &[
            ("daysOfWeek", format!("<array>{days}</array>")),
            ("beginHour", whole(8)),
            ("endHour", whole(16)),
            ("tzname", text("America/Los_Angeles")),
        ],
    );
    let weights =
        [("none", 50), ("daily", 10), ("weekly", 20), ("monthly", 2), ("yearly", 1), ("dailylimit", 2)]
            .into_iter()
            .chain([("weeklylimit", 5), ("workdays", 10)])
            .map(|(rule, weight)| (rule, whole(weight)));
    let weights = dict(&weights.collect::<Vec<_>>());
    let recurrence =
        distribution("Recurrence", &[("allowRecurrence", "<true/>".into()), ("weights", weights)]);
    let profile = |name: &str, params: &[(&str, String)]| {
        let enabled = [("enabled", "<true/>".to_owned())];
        let class = text(&format!("contrib.performance.loadtest.profiles.{name}"));
        dict(&[("class", class), ("params", dict(&[&enabled, params].concat()))])
    };
    let normal = distribution("Normal", &[("mu", whole(60)), ("sigma", whole(5))]);
    let who = distribution("UniformInteger", &[("min", whole(0)), ("max", whole(99))]);
    let maximum = ("maximum", "<real>60</real>".to_owned());
    let count = distribution("LogNormal", &[("mode", whole(1)), ("median", whole(6)), maximum]);
    let delay = distribution("LogNormal", &[("mode", whole(300)), ("median", whole(1800))]);
    let start = ("eventStartDistribution", work.clone());
    let recurrence = ("recurrenceDistribution", recurrence);
    let profiles = [
        profile("Eventer", &[("interval", whole(60)), start.clone(), recurrence.clone()]),
        profile(
            "RealisticInviter",
            &[
                ("sendInvitationDistribution", normal),
                ("inviteeDistribution", who),
                ("inviteeClumping", "<true/>".into()),
                ("inviteeCountDistribution", count),
                start,
                recurrence,
            ],
        ),
        profile("Accepter", &[("acceptDelayDistribution", delay)]),
        profile("Tasker", &[("interval", whole(300)), ("taskDueDistribution", work)]),
    ];
    let client = dict(&[("profiles", format!("<array>{}</array>", profiles.concat()))]);
    format!("<plist version=\"1.0\">{}</plist>", dict(&[("clients", format!("<array>{client}</array>"))]))
}

/// An event of the user's own.
pub const EVENT: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20260110T100000Z\r\n\
    SUMMARY:x\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

/// A distribution that gives these numbers in turn.
pub fn bag_of(samples: &[i32]) -> Numbers {
    let mut body = "<key>randomize</key><false/><key>values</key><array>".to_owned();
    // What is not shuffled comes in reverse.
    samples.iter().rev().for_each(|sample| body += &format!("<integer>{sample}</integer>"));
    let text = format!(
        "<key>d</key><dict><key>type</key><string>UniformDiscrete</string><key>params</key><dict>{body}</array></dict></dict>"
    );
    let (value, diags) = params(&text);
    Table::new(&value, &diags, "the test").unwrap().required("d").unwrap()
}

pub fn habit() -> Habit {
    let (value, diags) = params("");
    Habit::decode(&Table::new(&value, &diags, "the test").unwrap(), "Test")
}

/// Keeps what happens.
#[derive(Default)]
pub struct Seen(pub RefCell<Vec<What>>);

impl Sink for Seen {
    fn emit(&self, _: Phase, what: What) {
        self.0.borrow_mut().push(what);
    }

    fn wants_bodies(&self) -> bool {
        false
    }
}

impl Seen {
    /// The labels of the requests and ends of operations since the last time, failures with an exclamation mark.
    pub fn labels(&self) -> Vec<String> {
        let mark = |label: &str, good: bool| format!("{label}{}", if good { "" } else { "!" });
        let all = self.0.take().into_iter().filter_map(|what| match what {
            What::Response(response) => Some(mark(response.label.as_str(), response.success)),
            What::OperationEnd(end) => Some(format!("[{}]", mark(end.label.as_str(), end.success))),
            _ => None,
        });
        all.filter(|label| !label.starts_with("CHALLENGE")).collect()
    }
}

/// A run with a hundred accounts, user00 to user99, a server, and a client of one of the accounts with the
/// calendars /c/events/ and /c/tasks/ and the inbox /c/inbox/.
pub struct Stage {
    pub run: Rc<Run>,
    pub seen: Rc<Seen>,
    pub server: Rc<Server>,
    own: usize,
    who: Rc<Who>,
    acts: Cell<u64>,
}

impl Stage {
    pub fn new(own: usize) -> Stage {
        let seen = Rc::new(Seen::default());
        let account = |n: usize| {
            Rc::new(Account {
                uid: format!("user{n:02}").into(),
                password: Password::new(format!("user{n:02}")),
                common_name: format!("User {n:02}").into(),
                email: format!("user{n:02}@example.com").into(),
                guid: format!("guid-{n:02}").into(),
                pod: "PodA".into(),
            })
        };
        let run = Rc::new(Run {
            seed: Seed(7),
            clock: Clock::starting_at("2026-01-05T09:00:00Z".parse().unwrap()),
            sink: seen.clone(),
            accounts: (0..100).map(account).collect(),
            stopped: Rc::new(Cell::new(false)),
            waker: RefCell::new(None),
            measured: (Duration::ZERO, None),
        });
        let who = Rc::new(Who {
            uid: run.accounts[own].uid.clone(),
            user: own as u32,
            client: own as u32,
            instance: 0,
            title: "test".into(),
            software: "test".into(),
        });
        Stage { run, seen, server: Rc::default(), own, who, acts: Cell::new(0) }
    }

    /// What a client knows after its start.
    pub fn memory(&self) -> CalendarMemory {
        let server = self.server.clone();
        let make_settings = move |_| {
            let server = server.clone();
            let connector = Connector::pipes(Rc::new(move |stream| server.accept(stream)));
            let (target, _) = Target::parse("http://server.example").unwrap();
            Settings::new(Rc::new(connector), target, Trust::default())
        };
        let program = Program {
            model: Rc::new(model()),
            pod: Rc::new(Pod { name: "PodA".into(), principal_path: None, amp: Vec::new() }),
            title: "test".into(),
            poll_interval: Duration::from_secs(900),
            pacing: Pacing::Open,
            keep_bodies: true,
            subscribe: None,
            state: None,
            make_settings: Box::new(make_settings),
            made: RefCell::default(),
        };
        let mut memory = CalendarMemory::new(Rc::new(program), &self.who, &self.run.accounts[self.own]);
        for (name, kind, components) in [
            ("events", Kind::Calendar, Some("VEVENT")),
            ("tasks", Kind::Calendar, Some("VTODO")),
            ("inbox", Kind::Inbox, None),
        ] {
            let mut calendar = Calendar::new(&format!("/c/{name}/"), kind);
            calendar.components = components.map(|name| Components::of([name]));
            memory.calendars.insert(calendar);
        }
        memory.principal.homes = ["/c/".into()].into();
        memory.principal.searchable = true;
        memory.principal.collection = Some("/principals/".into());
        memory.principal.outbox = Some("/c/outbox/".into());
        memory.started = true;
        memory
    }

    /// Puts a resource on the server and into the memory, as a poll would.
    pub fn deliver(&self, memory: &mut CalendarMemory, href: &str, body: &str) {
        self.server.store(href, body);
        let count = self.server.resources.borrow()[href].1;
        let mut event = Event::named(href.rsplit('/').next().unwrap());
        event.etag = Some(format!("\"{count}\"").into());
        event.set_body(body.as_bytes().into());
        memory.keep(href, event);
        memory.tell_changed(href);
    }

    /// Acts once, then lets the profile notice the news; gives the outcome and what it asks for.
    pub async fn act(
        &self,
        built: &Built,
        memory: &mut CalendarMemory,
        trigger: Trigger,
    ) -> (Result<Outcome, Trouble>, Vec<Reaction>) {
        let cx = self.context(self.acts.replace(self.acts.get() + 1));
        let outcome = built.profile.act(&cx, memory, &trigger).await;
        built.profile.notice(&cx, memory, Actor::profile(0));
        memory.forget_news();
        (outcome, cx.take_reactions())
    }

    /// Lets the profile notice the news; gives what it asks for.
    pub fn notice(&self, built: &Built, memory: &mut CalendarMemory) -> Vec<Reaction> {
        let cx = self.context(self.acts.replace(self.acts.get() + 1));
        built.profile.notice(&cx, memory, Actor::profile(0));
        memory.forget_news();
        cx.take_reactions()
    }

    /// The act of occurrence `n`.
    pub fn context(&self, n: u64) -> Context {
        let run = &self.run;
        let journal = run.journal(self.who.clone(), Phase::Measured);
        Context::new(run.clone(), run.accounts[self.own].clone(), self.own, journal, n, true)
    }
}

/// A client program that can do everything, with short bodies.
fn model() -> Model {
    let mut templates = Templates::default();
    for body in Body::ALL {
        let blanks: String =
            body.blanks().iter().map(|name| format!("<{name}>{{{{{name}}}}}</{name}>")).collect();
        templates.set(*body, &format!("<{0}>{blanks}</{0}>", body.name()));
    }
    Model {
        name: "test".into(),
        title: "test".into(),
        headers: Vec::new(),
        signed: false,
        discovery: Discovery::WellKnown,
        change: Change::SyncToken,
        listing: Listing::SyncCollection,
        multiget: 50,
        start: Start::default(),
        notifications: false,
        inbox_probe: InboxProbe::Never,
        search: Search::PropertySearch,
        conditions: Conditions { create: false, change: true, answer: OnAnswer::ScheduleTag },
        read_back: true,
        poll_interval: Duration::from_secs(900),
        connections: ConnectionRule::default(),
        templates,
    }
}

/// Runs a test on paused time, with a place for local tasks.
pub fn play(test: impl Future<Output = ()>) {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    tokio::task::LocalSet::new().block_on(&runtime, test);
}
