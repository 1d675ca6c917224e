//! What the filter of a calendar query says (RFC 4791 section 9.7), and whether an object matches.
use super::super::instances::{instances, utc};
use super::super::store::Resource;
use super::text_match::TextMatch;
use crate::dav::{Element, Name, names};
use crate::icalendar::{Calendar, Component, Line};
use chrono::{DateTime, TimeDelta, Utc};

/// Filters may be nested as deep as components are.
const MAX_DEPTH: usize = 8;

/// The filter of a query: conditions on VCALENDAR.
pub struct Filter(Condition);

/// `C:comp-filter`.
struct Condition {
    name: String,
    absent: bool,
    range: Option<Range>,
    props: Vec<PropFilter>,
    inner: Vec<Condition>,
}

/// `C:prop-filter`, and with other children `C:param-filter`.
struct PropFilter {
    name: String,
    absent: bool,
    range: Option<Range>,
    text: Option<TextMatch>,
    params: Vec<PropFilter>,
}

/// `C:time-range`; an end that is left open is very early or very late.
#[derive(Debug, Clone, Copy)]
pub struct Range {
    /// Inclusive.
    pub from: DateTime<Utc>,
    /// Exclusive.
    pub to: DateTime<Utc>,
    open: bool,
}

impl Range {
    /// Reads `start` and `end`; `None` when one is no UTC time, both are missing, or the range is empty.
    pub fn read(element: &Element) -> Option<Range> {
        let bound = |name: &str| match element.attribute(name) {
            Some(text) => utc(text).map(Some),
            None => Some(None),
        };
        let (from, to) = (bound("start")?, bound("end")?);
        if from.is_none() && to.is_none() {
            return None;
        }
        let from = from.unwrap_or(utc("00010101T000000Z")?);
        // A rule that still has instances a century from now is a rule without an end.
        let (to, open) = match to {
            Some(to) => (to, false),
            None => (from.checked_add_signed(TimeDelta::days(36_525))?, true),
        };
        let range = Range { from, to, open };
        (range.from < range.to).then_some(range)
    }
}

impl Range {
    /// RFC 4791 section 9.9: what has no length counts when it begins inside.
    fn overlaps(&self, (start, end): (DateTime<Utc>, DateTime<Utc>)) -> bool {
        start < self.to && (end > self.from || start == end && start >= self.from)
    }
}

impl Filter {
    /// Reads a C:filter. The error is the violated precondition.
    pub fn read(filter: &Element) -> Result<Filter, &'static Name> {
        let root = filter.child(&names::COMP_FILTER).ok_or(&names::VALID_FILTER)?;
        let condition = Condition::read(root, 0)?;
        if condition.name != "VCALENDAR" {
            return Err(&names::VALID_FILTER);
        }
        Ok(Filter(condition))
    }

    /// A quick look, without parsing: whether the object can match at all.
    pub fn may_match(&self, resource: &Resource) -> bool {
        self.0.inner.iter().all(|c| {
            if c.absent || c.name == "VTIMEZONE" || c.name.starts_with("X-") {
                return true;
            }
            let when = c.range.and_then(|range| Some((range, resource.when()?)));
            c.name == resource.component && when.is_none_or(|(range, when)| range.overlaps(when))
        })
    }

    /// Whether an object matches.
    pub fn matches(&self, calendar: &Calendar) -> bool {
        self.0.matches_one(calendar, calendar.root())
    }
}

impl Condition {
    fn read(element: &Element, depth: usize) -> Result<Condition, &'static Name> {
        let name = element.attribute("name").ok_or(&names::VALID_FILTER)?.to_ascii_uppercase();
        if depth > MAX_DEPTH {
            return Err(&names::VALID_FILTER);
        }
        let inner = element.all(&names::COMP_FILTER).map(|c| Condition::read(c, depth + 1));
        let props = element.all(&names::PROP_FILTER).map(PropFilter::read);
        Ok(Condition {
            name,
            absent: element.child(&names::IS_NOT_DEFINED).is_some(),
            range: range(element)?,
            props: props.collect::<Result<_, _>>()?,
            inner: inner.collect::<Result<_, _>>()?,
        })
    }

    /// Whether there is a component inside `outer` that matches (or none, if none is wanted).
    fn matches_inside(&self, calendar: &Calendar, outer: &Component) -> bool {
        let mut named = outer.components().filter(|c| c.is(&self.name));
        if self.absent {
            return named.next().is_none();
        }
        named.any(|component| self.matches_one(calendar, component))
    }

    fn matches_one(&self, calendar: &Calendar, component: &Component) -> bool {
        self.range.is_none_or(|range| in_range(calendar, component, range))
            && self.props.iter().all(|p| p.matches(component))
            && self.inner.iter().all(|inner| inner.matches_inside(calendar, component))
    }
}

impl PropFilter {
    fn read(element: &Element) -> Result<PropFilter, &'static Name> {
        let name = element.attribute("name").ok_or(&names::VALID_FILTER)?.to_ascii_uppercase();
        let params = element.all(&names::PARAM_FILTER).map(PropFilter::read);
        Ok(PropFilter {
            name,
            absent: element.child(&names::IS_NOT_DEFINED).is_some(),
            range: range(element)?,
            text: element.child(&names::TEXT_MATCH).map(TextMatch::read).transpose()?,
            params: params.collect::<Result<_, _>>()?,
        })
    }

    fn matches(&self, component: &Component) -> bool {
        let mut lines = component.all(&self.name);
        if self.absent {
            return lines.next().is_none();
        }
        lines.any(|line| self.matches_line(line))
    }

    fn matches_line(&self, line: &Line) -> bool {
        self.text.as_ref().is_none_or(|text| text.matches(&line.text_value()))
            && self.range.is_none_or(|range| {
                let time = utc(line.value());
                time.is_some_and(|time| time >= range.from && time < range.to)
            })
            && self.params.iter().all(|param| param.matches_param(line))
    }

    fn matches_param(&self, line: &Line) -> bool {
        match line.param(&self.name) {
            None => self.absent,
            Some(_) if self.absent => false,
            Some(value) => self.text.as_ref().is_none_or(|text| text.matches(&value)),
        }
    }
}

fn range(element: &Element) -> Result<Option<Range>, &'static Name> {
    match element.child(&names::TIME_RANGE) {
        None => Ok(None),
        Some(range) => Range::read(range).map(Some).ok_or(&names::VALID_FILTER),
    }
}

/// Whether a component happens inside a range (RFC 4791 section 9.9).
fn in_range(calendar: &Calendar, component: &Component, range: Range) -> bool {
    if component.is("VALARM") {
        return alarm_in_range(calendar, component, range);
    }
    let endless = component.value("RRULE").is_some_and(|rule| {
        let rule = rule.to_ascii_uppercase();
        !rule.contains("COUNT=") && !rule.contains("UNTIL=")
    });
    if endless && range.open {
        return true;
    }
    if component.is("VTODO")
        && !["DTSTART", "DUE", "COMPLETED", "CREATED"].iter().any(|n| component.get(n).is_some())
    {
        // A task without any time is always on.
        return true;
    }
    let at = calendar.entries().position(|entry| std::ptr::eq(entry, component));
    instances(calendar, range.from, range.to).iter().any(|instance| at.is_none_or(|at| at == instance.entry))
}

/// Whether an alarm rings inside a range: its trigger, and its repetitions.
fn alarm_in_range(calendar: &Calendar, alarm: &Component, range: Range) -> bool {
    let Some(trigger) = alarm.get("TRIGGER") else {
        return false;
    };
    let rings = |first: DateTime<Utc>| {
        let repeat: i32 =
            alarm.value("REPEAT").and_then(|r| r.trim().parse().ok()).unwrap_or(0).clamp(0, 100);
        let pause = alarm.value("DURATION").and_then(duration).unwrap_or_default();
        (0..=repeat).any(|n| {
            let at = pause.checked_mul(n).and_then(|pause| first.checked_add_signed(pause));
            at.is_some_and(|at| at >= range.from && at < range.to)
        })
    };
    if let Some(at) = utc(trigger.value()) {
        return rings(at);
    }
    let Some(offset) = duration(trigger.value()) else {
        return false;
    };
    let of_end = trigger.param("RELATED").is_some_and(|r| r.eq_ignore_ascii_case("END"));
    let entry = calendar.entries().position(|e| e.components().any(|c| std::ptr::eq(c, alarm)));
    let margin = TimeDelta::days(31);
    let (Some(from), Some(to)) = (range.from.checked_sub_signed(margin), range.to.checked_add_signed(margin))
    else {
        return false;
    };
    instances(calendar, from, to).iter().any(|instance| {
        let base = if of_end { instance.end } else { instance.start };
        entry == Some(instance.entry) && base.checked_add_signed(offset).is_some_and(rings)
    })
}

/// A duration (RFC 5545 section 3.3.6), as `-PT15M`.
fn duration(text: &str) -> Option<TimeDelta> {
    let text = text.trim();
    let (negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let mut total = TimeDelta::zero();
    let mut number = String::new();
    for c in rest.strip_prefix('P')?.chars() {
        let unit = match c {
            'T' => continue,
            '0'..='9' => {
                number.push(c);
                continue;
            }
            'W' => 604_800,
            'D' => 86_400,
            'H' => 3_600,
            'M' => 60,
            'S' => 1,
            _ => return None,
        };
        let count: i64 = number.parse().ok().filter(|n| *n < 1_000_000)?;
        total = total.checked_add(&TimeDelta::seconds(count * unit))?;
        number.clear();
    }
    Some(if negative { -total } else { total })
}
