//! Times in properties (RFC 5545, 3.3.5) and the time zones they need.
use crate::distribution::EventTime;
use crate::icalendar::{Calendar, Component, Item, Line};
use chrono::{DateTime, Datelike, TimeDelta, Utc};
use chrono_tz::Tz;
use std::time::Duration;

/// Gives the VTIMEZONE text of a zone, right from a year on; an empty text when there is none.
pub type Zones<'a> = dyn Fn(Tz, i32) -> String + 'a;

/// The moment a while later, by the clocks of the same zone; unchanged when that is out of range.
pub fn plus(time: EventTime, duration: Duration) -> EventTime {
    let delta = TimeDelta::from_std(duration).unwrap_or(TimeDelta::MAX);
    match time {
        EventTime::Utc(time) => EventTime::Utc(time.checked_add_signed(delta).unwrap_or(time)),
        EventTime::Zoned(at) => EventTime::Zoned(at.checked_add_signed(delta).unwrap_or(at)),
    }
}

/// The property `name` with this moment as its value: with `Z`, or with a TZID.
pub fn line(name: &str, time: EventTime) -> Line {
    let local = time.local().format("%Y%m%dT%H%M%S").to_string();
    match time.zone() {
        None => Line::new(name, &format!("{local}Z")),
        Some(zone) => {
            let mut line = Line::new(name, &local);
            line.set_param("TZID", zone.name());
            line
        }
    }
}

/// A UTC instant in the basic form, as `20260105T090000Z`.
pub fn utc(time: DateTime<Utc>) -> String {
    time.format("%Y%m%dT%H%M%SZ").to_string()
}

/// Adds the zones that the moments need in front of the entries: every TZID has its VTIMEZONE.
pub(super) fn add_zones(calendar: &mut Calendar, moments: &[EventTime], zones: &Zones) {
    let mut needed: Vec<(Tz, i32)> = Vec::new();
    for moment in moments {
        let (Some(zone), year) = (moment.zone(), moment.local().year()) else { continue };
        match needed.iter_mut().find(|(known, _)| *known == zone) {
            Some((_, first)) => *first = year.min(*first),
            None => needed.push((zone, year)),
        }
    }
    for (zone, year) in needed.into_iter().rev() {
        if let Some(component) = zone_component(&zones(zone, year)) {
            let items = calendar.root_mut().items_mut();
            let place = items.iter().position(|item| matches!(item, Item::Component(_)));
            let place = place.unwrap_or(items.len());
            items.insert(place, Item::Component(Box::new(component)));
        }
    }
}

/// The VTIMEZONE of a text that contains one.
fn zone_component(text: &str) -> Option<Component> {
    let calendar =
        Calendar::parse(format!("BEGIN:VCALENDAR\r\n{text}\r\nEND:VCALENDAR\r\n").as_bytes()).ok()?;
    calendar.root().components().find(|component| component.is("VTIMEZONE")).cloned()
}
