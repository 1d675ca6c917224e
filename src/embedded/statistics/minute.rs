//! What was served in one minute.
use crate::embedded::served::Served;
use std::collections::BTreeMap;
use std::rc::Rc;

/// A map of names holds this many; what comes later is counted under [`OTHERS`].
const MAX_NAMES: usize = 2_000;

/// The name for what does not fit any more.
const OTHERS: &str = "(others)";

/// The upper bounds of the classes of response times, in milliseconds, and their names.
pub const CLASSES: [(f64, &str); 7] = [
    (10.0, "<10ms"),
    (100.0, "10ms<->100ms"),
    (1_000.0, "100ms<->1s"),
    (10_000.0, "1s<->10s"),
    (30_000.0, "10s<->30s"),
    (60_000.0, "30s<->60s"),
    (f64::INFINITY, ">60s"),
];

/// Counts and sums over the requests of one minute, or of several.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Minute {
    /// Requests answered.
    pub requests: u64,
    /// By name: requests, and the sum of their times in milliseconds.
    pub methods: BTreeMap<Rc<str>, (u64, f64)>,
    /// By user: requests.
    pub users: BTreeMap<Rc<str>, u64>,
    /// By User-Agent: requests.
    pub agents: BTreeMap<Rc<str>, u64>,
    /// Answers with a status of 500 or more.
    pub errors: u64,
    /// Answers with status 401.
    pub unauthorized: u64,
    /// The sum of all times in milliseconds.
    pub time_ms: f64,
    /// The longest time in milliseconds.
    pub time_max_ms: f64,
    /// The sum over requests of how many were being served when each was answered.
    pub slots: u64,
    /// The most that were being served at once.
    pub slots_max: u64,
    /// Requests by class of time, see [`CLASSES`].
    pub classes: [u64; 7],
    /// Requests that took longer than 1 s and longer than 10 s.
    pub over: [u64; 2],
    /// The sum over requests of the CPU use, in percent, when each was answered.
    pub cpu: f64,
}

impl Minute {
    /// Counts one request; `cpu` is the machine's CPU use in percent.
    pub fn add(&mut self, served: &Served, cpu: f64) {
        let ms = served.elapsed.as_secs_f64() * 1_000.0;
        self.requests += 1;
        let method = entry(&mut self.methods, &served.name);
        *method = (method.0 + 1, method.1 + ms);
        if !served.uid.is_empty() {
            *entry(&mut self.users, &served.uid) += 1;
        }
        match self.agents.get_mut(served.user_agent.as_str()) {
            Some(count) => *count += 1,
            None => *entry(&mut self.agents, &served.user_agent.as_str().into()) += 1,
        }
        self.errors += u64::from(served.status >= 500);
        self.unauthorized += u64::from(served.status == 401);
        self.time_ms += ms;
        self.time_max_ms = self.time_max_ms.max(ms);
        self.slots += served.outstanding as u64;
        self.slots_max = self.slots_max.max(served.outstanding as u64);
        let class = CLASSES.iter().position(|(bound, _)| ms < *bound).unwrap_or(CLASSES.len() - 1);
        self.classes[class] += 1;
        self.over[0] += u64::from(ms > 1_000.0);
        self.over[1] += u64::from(ms > 10_000.0);
        self.cpu += cpu;
    }

    /// Adds the figures of another minute.
    pub fn merge(&mut self, other: &Minute) {
        self.merge_totals(other);
        for (name, (count, ms)) in &other.methods {
            let method = entry(&mut self.methods, name);
            *method = (method.0 + count, method.1 + ms);
        }
        other.users.iter().for_each(|(name, count)| *entry(&mut self.users, name) += count);
        other.agents.iter().for_each(|(name, count)| *entry(&mut self.agents, name) += count);
    }

    /// Adds the figures of another minute but for those by name, of which there may be thousands.
    pub fn merge_totals(&mut self, other: &Minute) {
        self.requests += other.requests;
        self.errors += other.errors;
        self.unauthorized += other.unauthorized;
        self.time_ms += other.time_ms;
        self.time_max_ms = self.time_max_ms.max(other.time_max_ms);
        self.slots += other.slots;
        self.slots_max = self.slots_max.max(other.slots_max);
        self.classes.iter_mut().zip(other.classes).for_each(|(sum, count)| *sum += count);
        self.over.iter_mut().zip(other.over).for_each(|(sum, count)| *sum += count);
        self.cpu += other.cpu;
    }
}

/// The value of a name, made when there is room for it.
fn entry<'m, V: Default>(map: &'m mut BTreeMap<Rc<str>, V>, name: &Rc<str>) -> &'m mut V {
    let room = map.len() < MAX_NAMES || map.contains_key(name);
    map.entry(if room { Rc::clone(name) } else { OTHERS.into() }).or_default()
}
