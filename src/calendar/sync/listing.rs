//! The items of a calendar by PROPFIND or by queries.

use std::collections::BTreeMap;

use chrono::Months;

use crate::calendar::memory::{CalendarMemory, Kind};
use crate::calendar::model::{Body, Listing};
use crate::calendar::wire::{Found, ask_for, body, labels};
use crate::client::{Context, Trouble};
use crate::dav::names;
use crate::http::Call;
use crate::label::Label;

/// Path -> ETag (empty if the server tells none) of every item of the calendar `href`, as the program lists it. None:
/// the program never looks into a calendar of this sort.
pub async fn list(
    cx: &Context,
    memory: &mut CalendarMemory,
    href: &str,
) -> Result<Option<BTreeMap<String, Box<str>>>, Trouble> {
    let Some(calendar) = memory.calendar(href) else { return Ok(None) };
    let queries = memory.program.model.listing == Listing::Queries && calendar.kind == Kind::Calendar;
    if !queries {
        let text = body(memory, Body::Calendar, &[])?;
        return items(cx, memory, labels::CALENDAR, "PROPFIND", href, text).await.map(Some);
    }
    if calendar.takes("VEVENT") {
        let today = cx.journal.clock.utc().date_naive();
        let start = today.checked_sub_months(Months::new(1)).unwrap_or(today).format("%Y%m%dT000000Z");
        let text = body(memory, Body::Events, &[("start", &start.to_string())])?;
        return items(cx, memory, labels::EVENTS, "REPORT", href, text).await.map(Some);
    }
    if calendar.takes("VTODO") {
        let text = body(memory, Body::Tasks, &[])?;
        return items(cx, memory, labels::TASKS, "REPORT", href, text).await.map(Some);
    }
    Ok(None)
}

async fn items(
    cx: &Context,
    memory: &mut CalendarMemory,
    label: Label,
    method: &str,
    href: &str,
    text: String,
) -> Result<BTreeMap<String, Box<str>>, Trouble> {
    let call = Call::new(label, method, href, &[207]).header("depth", "1");
    let Found::Multistatus(found) =
        ask_for(cx, memory, call.body("text/xml", text), &[&names::GETETAG]).await?
    else {
        return Err(Trouble::Content(format!("{label} of {href}: no list came")));
    };
    let items = found.responses.into_iter().filter(|response| response.is_ok());
    let tagged = items.map(|response| {
        let etag = response.text(&names::GETETAG).unwrap_or_default().into();
        (response.href, etag)
    });
    Ok(tagged.collect())
}
