//! The figures of the last hour, minute by minute of the wall clock.
use super::{Machine, Minute};
use crate::embedded::served::Served;
use chrono::{DateTime, Utc};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

/// Minutes that are kept: an hour, and some to spare as CalendarServer does.
const KEPT: i64 = 65;

/// Counts what the server answers. Fed by the request path, read by the statistics socket.
#[derive(Debug)]
pub struct Meter {
    started: DateTime<Utc>,
    machine: Cell<Machine>,
    minutes: RefCell<BTreeMap<i64, Minute>>,
}

/// The figures at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    /// When the server started.
    pub started: DateTime<Utc>,
    /// CPU and memory.
    pub machine: Machine,
    /// The minute that is not over yet.
    pub current: Minute,
    /// The minute before.
    pub minute: Minute,
    /// Up to five complete minutes.
    pub five_minutes: Minute,
    /// Up to sixty complete minutes.
    pub hour: Minute,
}

impl Meter {
    /// A meter of a server that starts at this time.
    pub fn new(started: DateTime<Utc>) -> Meter {
        Meter { started, machine: Cell::default(), minutes: RefCell::default() }
    }

    /// Counts one request.
    pub fn record(&self, served: &Served) {
        let minute = minute_of(served.at);
        let mut minutes = self.minutes.borrow_mut();
        if !minutes.contains_key(&minute) {
            *minutes = minutes.split_off(&(minute - KEPT));
        }
        minutes.entry(minute).or_default().add(served, self.machine.get().cpu_percent);
    }

    /// Sets what the machine has in use, which each request is counted with.
    pub fn set_machine(&self, machine: Machine) {
        self.machine.set(machine);
    }

    /// The figures at a time.
    pub fn snapshot(&self, now: DateTime<Utc>) -> Snapshot {
        self.sums(now, Minute::merge)
    }

    /// The same without what is counted by name.
    pub fn totals(&self, now: DateTime<Utc>) -> Snapshot {
        self.sums(now, Minute::merge_totals)
    }

    fn sums(&self, now: DateTime<Utc>, merge: fn(&mut Minute, &Minute)) -> Snapshot {
        let (minutes, this) = (self.minutes.borrow(), minute_of(now));
        let machine = self.machine.get();
        let sum = |first: i64, end: i64| {
            let mut sum = Minute::default();
            minutes.range(first..end).for_each(|(_, minute)| merge(&mut sum, minute));
            if sum.requests == 0 {
                // As CalendarServer does: without requests the CPU use is that of now.
                sum.cpu = machine.cpu_percent;
            }
            sum
        };
        Snapshot {
            started: self.started,
            machine,
            current: sum(this, this + 1),
            minute: sum(this - 1, this),
            five_minutes: sum(this - 5, this),
            hour: sum(this - 60, this),
        }
    }
}

fn minute_of(time: DateTime<Utc>) -> i64 {
    time.timestamp().div_euclid(60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn served(at: &str, ms: u64, status: u16) -> Served {
        Served {
            at: at.parse().unwrap(),
            name: "PUT ics".into(),
            status,
            elapsed: Duration::from_millis(ms),
            outstanding: 2,
            uid: "user01".into(),
            user_agent: "test".into(),
        }
    }

    #[test]
    fn windows_hold_complete_minutes_only() {
        let meter = Meter::new("2026-01-05T09:00:00Z".parse().unwrap());
        meter.set_machine(Machine { cpu_percent: 40.0, ..Machine::default() });
        meter.record(&served("2026-01-05T09:00:30Z", 5, 201));
        meter.record(&served("2026-01-05T09:04:59Z", 20, 401));
        meter.record(&served("2026-01-05T09:05:01Z", 12_000, 500));
        let snapshot = meter.snapshot("2026-01-05T09:05:30Z".parse().unwrap());
        let requests = |m: &Minute| m.requests;
        let Snapshot { current, minute, five_minutes, hour, .. } = &snapshot;
        assert_eq!([current, minute, five_minutes, hour].map(requests), [1, 1, 2, 2]);
        assert_eq!((five_minutes.time_ms, five_minutes.slots, five_minutes.cpu), (25.0, 4, 80.0));
        assert_eq!((current.over, current.errors, minute.unauthorized), ([1, 1], 1, 1));
        assert_eq!(five_minutes.classes, [1, 1, 0, 0, 0, 0, 0]);
        let later = meter.snapshot("2026-01-05T09:30:00Z".parse().unwrap());
        assert_eq!((later.five_minutes.requests, later.five_minutes.cpu, later.hour.requests), (0, 40.0, 3));
    }

    #[test]
    fn old_minutes_are_forgotten() {
        let meter = Meter::new("2026-01-05T09:00:00Z".parse().unwrap());
        for minute in 0..200 {
            let at = format!("2026-01-05T{:02}:{:02}:00Z", 9 + minute / 60, minute % 60);
            meter.record(&served(&at, 1, 200));
        }
        assert!(meter.minutes.borrow().len() <= KEPT as usize + 1);
    }
}
