//! One object of a collection.
use crate::embedded::instances::instances;
use crate::hex::hex;
use crate::icalendar::Calendar;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use md5::{Digest, Md5};
use std::cell::OnceCell;

/// What is to become of the schedule tag (RFC 6638 section 3.2.10) when a resource is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScheduleTag {
    /// The resource is no scheduling object: it has none.
    None,
    /// It keeps the one it has; it gets one if it has none.
    Keep,
    /// It gets a new one.
    New,
}

/// What is stored.
#[derive(Debug, Clone)]
pub struct Object {
    /// The body, kept as it is.
    pub bytes: Bytes,
    /// The UID of the calendar object, empty for others.
    pub uid: String,
    /// `VEVENT`, `VTODO` ...; empty for objects that are no calendar data.
    pub component: &'static str,
    /// The media type.
    pub content_type: &'static str,
    /// What becomes of the schedule tag.
    pub schedule_tag: ScheduleTag,
}

impl Object {
    /// A calendar object that takes no part in scheduling.
    pub fn calendar(bytes: impl Into<Bytes>, uid: &str, component: &'static str) -> Object {
        Object {
            bytes: bytes.into(),
            uid: uid.to_owned(),
            component,
            content_type: "text/calendar;charset=utf-8",
            schedule_tag: ScheduleTag::None,
        }
    }

    /// The same with another rule for its schedule tag.
    pub fn with_tag(self, schedule_tag: ScheduleTag) -> Object {
        Object { schedule_tag, ..self }
    }
}

/// A stored object.
#[derive(Debug, Clone)]
pub struct Resource {
    /// The body.
    pub bytes: Bytes,
    /// The UID of the calendar object, empty for others.
    pub uid: Box<str>,
    /// `VEVENT`, `VTODO` ... or empty.
    pub component: &'static str,
    /// The media type.
    pub content_type: &'static str,
    /// The revision of the last change.
    pub revision: u64,
    /// Time of creation.
    pub created: DateTime<Utc>,
    /// Time of the last change.
    pub modified: DateTime<Utc>,
    hash: u128,
    schedule_tag: Option<u64>,
    when: OnceCell<Option<(DateTime<Utc>, DateTime<Utc>)>>,
}

impl Resource {
    pub(super) fn new(object: Object, old: Option<&Resource>, revision: u64, now: DateTime<Utc>) -> Resource {
        let schedule_tag = match object.schedule_tag {
            ScheduleTag::None => None,
            ScheduleTag::New => Some(revision),
            ScheduleTag::Keep => old.and_then(|o| o.schedule_tag).or(Some(revision)),
        };
        Resource {
            hash: u128::from_be_bytes(Md5::digest(&object.bytes).into()),
            bytes: object.bytes,
            uid: object.uid.into(),
            component: object.component,
            content_type: object.content_type,
            revision,
            created: old.map_or(now, |o| o.created),
            modified: now,
            schedule_tag,
            when: OnceCell::new(),
        }
    }

    /// Begin and end of an object that happens once, worked out at the first call; `None` when it recurs or
    /// has no such times.
    pub fn when(&self) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        *self.when.get_or_init(|| {
            let calendar = Calendar::parse(&self.bytes).ok()?;
            let mut entries = calendar.entries();
            let (entry, more) = (entries.next()?, entries.next());
            let recurs = ["RRULE", "RDATE", "RECURRENCE-ID"].iter().any(|name| entry.get(name).is_some());
            if more.is_some() || recurs || !entry.is("VEVENT") {
                return None;
            }
            let (from, to) = (DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC);
            let found = instances(&calendar, from, to);
            found.first().map(|instance| (instance.start, instance.end))
        })
    }

    /// The entity tag with its quotes.
    pub fn etag(&self) -> String {
        let mut tag = String::with_capacity(34);
        tag.push('"');
        tag.push_str(&hex(&self.hash.to_be_bytes()));
        tag.push('"');
        tag
    }

    /// The schedule tag with its quotes.
    pub fn schedule_tag(&self) -> Option<String> {
        self.schedule_tag.map(|tag| format!("\"{tag:08x}\""))
    }
}
