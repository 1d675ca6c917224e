//! The items of one calendar: which have changed, which are gone (spec 5.6).

use std::collections::{BTreeMap, BTreeSet};

use super::changes::{self, Changes, Report};
use super::{listing, multiget};
use crate::calendar::memory::{CalendarMemory, Event};
use crate::calendar::model::Body;
use crate::calendar::wire::labels;
use crate::client::{Context, Trouble};

const REPORT: Report = Report { body: Body::Sync, labels: (labels::SYNC, labels::SYNC_INIT) };

/// Brings the items of the calendar `href` up to date. `change` is what the home showed of it. Without `fetch`, what is
/// there is only listed, and profiles are not told.
///
/// What was reached is written down last: when a request fails, the next poll does it again.
pub async fn sync(
    cx: &Context,
    memory: &mut CalendarMemory,
    href: &str,
    change: Option<Box<str>>,
    fetch: bool,
) -> Result<(), Trouble> {
    let Some(calendar) = memory.calendar(href) else { return Ok(()) };
    let mut found = None;
    if calendar.sync {
        let token = calendar.token.clone();
        found = changes::changes(cx, memory, href, token, &REPORT).await?;
        if found.is_none()
            && let Some(calendar) = memory.calendars.get_mut(href)
        {
            calendar.sync = false;
        }
    }
    let found = match found {
        Some(found) => found,
        None => {
            let listed = listing::list(cx, memory, href).await?;
            let whole = listed.is_some();
            Changes {
                present: listed.unwrap_or_default(),
                whole,
                token: change.clone(),
                gone: BTreeSet::new(),
            }
        }
    };
    apply(cx, memory, href, &found, fetch).await?;
    if let Some(calendar) = memory.calendars.get_mut(href) {
        calendar.token = found.token;
        calendar.change = change;
    }
    Ok(())
}

async fn apply(
    cx: &Context,
    memory: &mut CalendarMemory,
    href: &str,
    found: &Changes,
    fetch: bool,
) -> Result<(), Trouble> {
    let Some(calendar) = memory.calendar(href) else { return Ok(()) };
    let unchanged = |item: &str, etag: &str| {
        let known = calendar.name_in(item).and_then(|name| calendar.events.get(name));
        known.is_some_and(|event| event.etag.as_deref() == Some(etag))
    };
    let changed: Vec<String> = found
        .present
        .iter()
        .filter(|(item, etag)| calendar.name_in(item).is_some() && !unchanged(item, etag))
        .map(|(item, _)| item.clone())
        .collect();
    let mut gone = found.gone.clone();
    if found.whole {
        let items = calendar.events().iter().map(|event| calendar.href_of(event));
        gone.extend(items.filter(|item| !found.present.contains_key(item)));
    }
    memory.drop_events(href, &gone);
    if fetch {
        return multiget::multiget(cx, memory, href, &changed).await;
    }
    remember(memory, &changed, &found.present);
    Ok(())
}

/// Keeps names and ETags of items whose bodies are not read.
fn remember(memory: &mut CalendarMemory, items: &[String], etags: &BTreeMap<String, Box<str>>) {
    for item in items {
        let mut event = Event::named(item.rsplit('/').next().unwrap_or(item));
        event.etag = etags.get(item).filter(|etag| !etag.is_empty()).cloned();
        memory.keep(item, event);
    }
}
