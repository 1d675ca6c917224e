//! C:calendar-data in a report (RFC 4791 section 9.6): whole, only some components and properties, or
//! expanded into instances.
use super::super::instances::{Instance, instances};
use super::filter::Range;
use crate::dav::{Element, XmlWriter, names};
use crate::icalendar::{Calendar, Component, Item, Line};
use chrono::{DateTime, Utc};

/// What is wanted of each body.
pub struct Data {
    expand: Option<Range>,
    parts: Option<Parts>,
}

/// `C:comp`: which properties and components are wanted; `None` is all.
struct Parts {
    props: Option<Vec<String>>,
    comps: Option<Vec<(String, Parts)>>,
}

impl Data {
    /// Reads a C:calendar-data.
    pub fn read(element: &Element) -> Data {
        Data {
            expand: element.child(&names::EXPAND).and_then(Range::read),
            parts: element.child(&names::COMP).map(Parts::read),
        }
    }

    /// Writes the element with the body; false when the body is no text.
    pub fn write(&self, bytes: &[u8], xml: &mut XmlWriter) -> bool {
        let Ok(text) = std::str::from_utf8(bytes) else {
            return false;
        };
        if self.expand.is_none() && self.parts.is_none() {
            xml.cdata(&names::CALENDAR_DATA, text);
            return true;
        }
        let Ok(mut calendar) = Calendar::parse(bytes) else {
            return false;
        };
        if let Some(range) = self.expand {
            expand(&mut calendar, range);
        }
        if let Some(parts) = &self.parts {
            parts.keep(calendar.root_mut());
        }
        xml.cdata(&names::CALENDAR_DATA, &String::from_utf8_lossy(&calendar.to_bytes()));
        true
    }
}

impl Parts {
    fn read(comp: &Element) -> Parts {
        let named = |e: &Element| e.attribute("name").unwrap_or("").to_ascii_uppercase();
        let has = |local| comp.children.iter().any(|c| c.name.is(crate::dav::name::CALDAV, local));
        let props: Vec<String> = comp.all(&names::CALDAV_PROP).map(named).collect();
        let comps: Vec<(String, Parts)> =
            comp.all(&names::COMP).map(|c| (named(c), Parts::read(c))).collect();
        // Without any C:prop or C:comp inside, the component is wanted whole.
        let whole = props.is_empty() && comps.is_empty();
        Parts {
            props: (!whole && !has("allprop")).then_some(props),
            comps: (!whole && !has("allcomp")).then_some(comps),
        }
    }

    fn keep(&self, component: &mut Component) {
        component.items_mut().retain_mut(|item| match item {
            Item::Line(line) => self.props.as_ref().is_none_or(|p| p.iter().any(|name| line.is(name))),
            Item::Component(inner) => match &self.comps {
                None => true,
                Some(comps) => match comps.iter().find(|(name, _)| inner.is(name)) {
                    Some((_, parts)) => {
                        parts.keep(inner);
                        true
                    }
                    None => false,
                },
            },
        });
    }
}

/// Puts the instances inside the range in place of the rule, with times in UTC (RFC 4791 section 9.6.5).
fn expand(calendar: &mut Calendar, range: Range) {
    let found = instances(calendar, range.from, range.to);
    let entries: Vec<Component> = calendar.entries().cloned().collect();
    let recurs =
        entries.iter().any(|e| ["RRULE", "RDATE", "RECURRENCE-ID"].iter().any(|n| e.get(n).is_some()));
    let expanded: Vec<Component> =
        found.iter().filter_map(|i| Some(instance(entries.get(i.entry)?, i, recurs))).collect();
    let root = calendar.root_mut();
    root.items_mut().retain(|item| matches!(item, Item::Line(_)));
    expanded.into_iter().for_each(|component| root.push_component(component));
}

fn instance(entry: &Component, instance: &Instance, recurs: bool) -> Component {
    let mut component = entry.clone();
    for name in ["RRULE", "RDATE", "EXDATE", "EXRULE"] {
        component.remove(name);
    }
    let original = match entry.get("RECURRENCE-ID") {
        Some(line) => original(entry, line, instance),
        None => instance.start,
    };
    component.set(time("DTSTART", instance.start, instance.all_day));
    if entry.get("DTEND").is_some() || entry.get("DURATION").is_some() {
        component.remove("DURATION");
        component.set(time("DTEND", instance.end, instance.all_day));
    }
    if recurs {
        component.set(time("RECURRENCE-ID", original, instance.all_day));
    }
    component
}

/// When an overridden instance would have been: RECURRENCE-ID in UTC. The override's own begin tells the
/// distance between local time and UTC, as both stand in one zone.
fn original(entry: &Component, recurrence: &Line, instance: &Instance) -> DateTime<Utc> {
    let local = |line: &Line| {
        let value = line.value().trim().trim_end_matches('Z');
        let text = if value.len() == 8 { format!("{value}T000000") } else { value.to_owned() };
        chrono::NaiveDateTime::parse_from_str(&text, "%Y%m%dT%H%M%S").ok()
    };
    let (Some(recurrence_at), Some(start)) = (local(recurrence), entry.get("DTSTART").and_then(local)) else {
        return instance.start;
    };
    if recurrence.value().trim().ends_with('Z') {
        return recurrence_at.and_utc();
    }
    instance.start.checked_sub_signed(start - recurrence_at).unwrap_or(instance.start)
}

fn time(name: &str, at: DateTime<Utc>, all_day: bool) -> Line {
    if all_day {
        let mut line = Line::new(name, &at.format("%Y%m%d").to_string());
        line.set_param("VALUE", "DATE");
        return line;
    }
    Line::new(name, &at.format("%Y%m%dT%H%M%SZ").to_string())
}
