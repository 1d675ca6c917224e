//! The entries a user makes: events, tasks, events with an alarm (spec 6, "Event template").
use super::time::{Zones, add_zones, line, plus, utc};
use crate::distribution::EventTime;
use crate::icalendar::{Calendar, Component, Line};
use chrono::{DateTime, Utc};
use std::time::Duration;

/// A new event.
#[derive(Debug, Clone)]
pub struct Event<'a> {
    /// The product that wrote it; [`super::PRODID`] unless a client model has its own.
    pub prodid: &'a str,
    /// UID, which is also the name of the resource.
    pub uid: &'a str,
    /// Wall time, for CREATED and DTSTAMP.
    pub now: DateTime<Utc>,
    /// When it begins.
    pub start: EventTime,
    /// How long it lasts.
    pub duration: Duration,
    /// The value of RRULE.
    pub rrule: Option<&'a str>,
    /// The title.
    pub summary: &'a str,
    /// An alarm before its start.
    pub alarm: Option<Alarm<'a>>,
}

/// An alarm that shows a text before an event begins.
#[derive(Debug, Clone)]
pub struct Alarm<'a> {
    /// UID of the alarm.
    pub uid: &'a str,
    /// How long before the start, in whole minutes.
    pub minutes_before: u32,
}

impl Event<'_> {
    /// The object, with the time zones it refers to. `zones` is asked once for each.
    pub fn compose(&self, zones: &Zones) -> Calendar {
        let end = plus(self.start, self.duration);
        let mut event = Component::new("VEVENT");
        event.push(Line::new("UID", self.uid));
        event.push(line("DTSTART", self.start));
        event.push(line("DTEND", end));
        event.push(Line::new("CREATED", &utc(self.now)));
        event.push(Line::new("DTSTAMP", &utc(self.now)));
        if let Some(rule) = self.rrule {
            event.push(Line::new("RRULE", rule));
        }
        event.push(Line::new("SEQUENCE", "2"));
        event.push(Line::text("SUMMARY", self.summary));
        event.push(Line::new("TRANSP", "OPAQUE"));
        if let Some(alarm) = &self.alarm {
            event.push_component(alarm.compose());
        }
        let mut calendar = Calendar::new(self.prodid);
        calendar.root_mut().push_component(event);
        add_zones(&mut calendar, &[self.start, end], zones);
        calendar
    }
}

impl Alarm<'_> {
    fn compose(&self) -> Component {
        let mut alarm = Component::new("VALARM");
        alarm.push(Line::new("X-WR-ALARMUID", self.uid));
        alarm.push(Line::new("UID", self.uid));
        alarm.push(Line::new("TRIGGER", &format!("-PT{}M", self.minutes_before)));
        alarm.push(Line::text("DESCRIPTION", "Event reminder"));
        alarm.push(Line::new("ACTION", "DISPLAY"));
        alarm
    }
}

/// A new task.
#[derive(Debug, Clone)]
pub struct Task<'a> {
    /// The product that wrote it; [`super::PRODID`] unless a client model has its own.
    pub prodid: &'a str,
    /// UID, which is also the name of the resource.
    pub uid: &'a str,
    /// Wall time, for CREATED and DTSTAMP.
    pub now: DateTime<Utc>,
    /// When it should be done.
    pub due: EventTime,
    /// The title.
    pub summary: &'a str,
}

impl Task<'_> {
    /// The object, with the time zone it refers to.
    pub fn compose(&self, zones: &Zones) -> Calendar {
        let mut task = Component::new("VTODO");
        task.push(Line::new("UID", self.uid));
        task.push(Line::new("CREATED", &utc(self.now)));
        task.push(Line::new("DTSTAMP", &utc(self.now)));
        task.push(line("DUE", self.due));
        task.push(Line::text("SUMMARY", self.summary));
        let mut calendar = Calendar::new(self.prodid);
        calendar.root_mut().push_component(task);
        add_zones(&mut calendar, &[self.due], zones);
        calendar
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::icalendar::compose::PRODID;
    use chrono::TimeZone;

    fn now() -> DateTime<Utc> {
        "2026-01-05T09:00:00Z".parse().unwrap()
    }

    #[test]
    fn an_event_names_its_zone_and_brings_it_along() {
        let zone = chrono_tz::America::Los_Angeles;
        let start = EventTime::Zoned(zone.with_ymd_and_hms(2026, 12, 8, 23, 30, 0).unwrap());
        let alarm = Alarm { uid: "A", minutes_before: 8 };
        let event = Event {
            prodid: PRODID,
            uid: "e1",
            now: now(),
            start,
            duration: Duration::from_secs(3600),
            rrule: Some("FREQ=WEEKLY"),
            summary: "Simple event",
            alarm: Some(alarm),
        };
        let zones = |tz: chrono_tz::Tz, year: i32| {
            format!("BEGIN:VTIMEZONE\r\nTZID:{tz}\r\nX-YEAR:{year}\r\nEND:VTIMEZONE\r\n")
        };
        let text = String::from_utf8(event.compose(&zones).to_bytes()).unwrap();
        let expected = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//populace//EN\r\nCALSCALE:GREGORIAN\r\n\
            BEGIN:VTIMEZONE\r\nTZID:America/Los_Angeles\r\nX-YEAR:2026\r\nEND:VTIMEZONE\r\n\
            BEGIN:VEVENT\r\nUID:e1\r\nDTSTART;TZID=America/Los_Angeles:20261208T233000\r\n\
            DTEND;TZID=America/Los_Angeles:20261209T003000\r\nCREATED:20260105T090000Z\r\nDTSTAMP:20260105T090000Z\r\n\
            RRULE:FREQ=WEEKLY\r\nSEQUENCE:2\r\nSUMMARY:Simple event\r\nTRANSP:OPAQUE\r\n\
            BEGIN:VALARM\r\nX-WR-ALARMUID:A\r\nUID:A\r\nTRIGGER:-PT8M\r\nDESCRIPTION:Event reminder\r\nACTION:DISPLAY\r\nEND:VALARM\r\n\
            END:VEVENT\r\nEND:VCALENDAR\r\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn a_task_in_utc_needs_no_zone() {
        let task = Task {
            prodid: PRODID,
            uid: "t1",
            now: now(),
            due: EventTime::Utc(now()),
            summary: "Simple task",
        };
        let calendar = task.compose(&|_, _| unreachable!());
        assert_eq!(calendar.master().unwrap().value("DUE"), Some("20260105T090000Z"));
        assert_eq!(calendar.root().components().count(), 1);
    }
}
