//! Times in properties (RFC 5545, 3.3.5) and the time zones they need.
use crate::icalendar::{Calendar, Component, Item, Line};
use chrono::{DateTime, Datelike, NaiveDateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use std::time::Duration;

/// Gives the VTIMEZONE text of a zone, right from a year on; an empty text when there is none.
pub type Zones<'a> = dyn Fn(Tz, i32) -> String + 'a;

/// A moment as a user plans it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// An instant, written with `Z`.
    Utc(DateTime<Utc>),
    /// What the clock on the wall of a zone shows, written with TZID.
    Local(NaiveDateTime, Tz),
}

impl When {
    /// The moment a while later, on the same clock; unchanged when that is out of range.
    pub fn plus(self, duration: Duration) -> When {
        let delta = TimeDelta::from_std(duration).unwrap_or(TimeDelta::MAX);
        match self {
            When::Utc(time) => When::Utc(time.checked_add_signed(delta).unwrap_or(time)),
            When::Local(time, zone) => When::Local(time.checked_add_signed(delta).unwrap_or(time), zone),
        }
    }

    /// The property `name` with this moment as its value.
    pub fn line(self, name: &str) -> Line {
        match self {
            When::Utc(time) => Line::new(name, &utc(time)),
            When::Local(time, zone) => {
                let mut line = Line::new(name, &time.format("%Y%m%dT%H%M%S").to_string());
                line.set_param("TZID", zone.name());
                line
            }
        }
    }

    fn zone_and_year(self) -> Option<(Tz, i32)> {
        match self {
            When::Utc(_) => None,
            When::Local(time, zone) => Some((zone, time.year())),
        }
    }
}

/// A UTC instant in the basic form, as `20260105T090000Z`.
pub fn utc(time: DateTime<Utc>) -> String {
    time.format("%Y%m%dT%H%M%SZ").to_string()
}

/// Adds the zones that the moments need in front of the entries: every TZID has its VTIMEZONE.
pub(super) fn add_zones(calendar: &mut Calendar, moments: &[When], zones: &Zones) {
    let mut needed: Vec<(Tz, i32)> = Vec::new();
    for (zone, year) in moments.iter().filter_map(|moment| moment.zone_and_year()) {
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
            items.insert(place, Item::Component(component));
        }
    }
}

/// The VTIMEZONE of a text that contains one.
fn zone_component(text: &str) -> Option<Component> {
    let calendar =
        Calendar::parse(format!("BEGIN:VCALENDAR\r\n{text}\r\nEND:VCALENDAR\r\n").as_bytes()).ok()?;
    calendar.root().components().find(|component| component.is("VTIMEZONE")).cloned()
}
