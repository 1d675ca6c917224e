//! The events that are counted: requests and operations, among them late ones and failures.

use std::rc::Rc;
use std::time::Duration;

use populace::event::{ErrorKind, Event, OperationEnd, Phase, Response, What, Who, WireTimes};
use populace::label::Label;
use populace::random::{Seed, Stream, unit};

/// How many labels and clients the samples are spread over.
pub const LABELS: u32 = 40;
pub const CLIENTS: u32 = 10_000;

/// One in so many is an operation, is late, and has failed.
const OPERATION: u64 = 5;
const LATE: u64 = 7;
const FAILED: u64 = 50;

/// Samples that are spread evenly over a day.
pub struct Samples {
    all: u64,
    requests: Vec<Label>,
    operations: Vec<Label>,
    clients: Vec<Rc<Who>>,
    durations: Stream,
    lags: Stream,
}

impl Samples {
    pub fn new(all: u64) -> Samples {
        let stream = |purpose| Seed(1).stream(0, 0, purpose);
        Samples {
            all,
            requests: (0..LABELS * 4 / 5).map(|n| Label::request("GET", &format!("thing-{n}"))).collect(),
            operations: (0..LABELS / 5).map(|n| Label::new(&format!("task-{n}"))).collect(),
            clients: (0..CLIENTS).map(client).collect(),
            durations: stream("samples"),
            lags: stream("lags"),
        }
    }

    pub fn event(&self, n: u64) -> Event {
        let due = Duration::from_secs_f64(86_400.0 * n as f64 / self.all as f64);
        let late = if n.is_multiple_of(LATE) {
            exponential(0.02, unit(&mut self.lags.at(n)))
        } else {
            Duration::ZERO
        };
        let begun = due + late;
        let end = begun + exponential(0.05, unit(&mut self.durations.at(n)));
        let who = self.clients[(n % u64::from(CLIENTS)) as usize].clone();
        let failed = n % FAILED == FAILED - 1;
        let what = match n.is_multiple_of(OPERATION) {
            true => What::OperationEnd(OperationEnd {
                who,
                profile: None,
                label: of(&self.operations, n / OPERATION),
                due,
                begun,
                end,
                success: !failed,
                reason: failed.then(|| format!("reason {}", n % 7).into()),
                unfinished: false,
            }),
            false => What::Response(response(who, of(&self.requests, n), [due, begun, end], failed)),
        };
        Event { at: end, phase: Phase::Measured, what }
    }
}

fn of(labels: &[Label], n: u64) -> Label {
    labels[(n % labels.len() as u64) as usize]
}

fn exponential(mean: f64, unit: f64) -> Duration {
    Duration::from_secs_f64(-mean * (1.0 - unit).ln())
}

fn client(number: u32) -> Rc<Who> {
    let (title, software) = (["Mac", "phone"][number as usize % 2].into(), "OS_X_10_11".into());
    Rc::new(Who {
        uid: format!("user{number}").into(),
        user: number,
        client: number,
        instance: 0,
        title,
        software,
    })
}

fn response(who: Rc<Who>, label: Label, [due, begun, end]: [Duration; 3], failed: bool) -> Response {
    Response {
        who,
        profile: None,
        label,
        method: "GET".into(),
        url: "http://example.com/".into(),
        status: Some(if failed { 500 } else { 200 }),
        success: !failed,
        error: failed.then_some(ErrorKind::Status),
        detail: None,
        due,
        begun,
        end,
        wire: WireTimes::default(),
        bytes_sent: 100,
        bytes_received: 1000,
        bodies: None,
    }
}
