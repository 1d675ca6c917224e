//! Reads whose answers nobody needs: they are load, and must be well-formed.

use chrono::{DateTime, Utc};

use super::labels;
use super::send::{body, load};
use crate::calendar::memory::CalendarMemory;
use crate::calendar::model::Body;
use crate::client::{Context, Trouble};
use crate::http::Call;

/// Asks for the events of a time, recurring ones expanded. Depth is 1: with 0 (as the ancestor sent) only the calendar
/// itself would be searched, which matches nothing (RFC 4791 section 7.8).
pub async fn time_range_query(
    cx: &Context,
    memory: &mut CalendarMemory,
    calendar: &str,
    start: DateTime<Utc>,
    end: DateTime<Utc>,
) -> Result<(), Trouble> {
    let [start, end] = [start, end].map(|time| time.format("%Y%m%dT%H%M%SZ").to_string());
    let text = body(memory, Body::TimeRange, &[("start", &start), ("end", &end)])?;
    let call = Call::new(labels::TIME_RANGE, "REPORT", calendar, &[207]).header("depth", "1");
    load(cx, memory, call.body("text/xml", text)).await
}

/// Lists the home. Nothing is remembered of it. False: no home is known.
pub async fn refresh_home(cx: &Context, memory: &mut CalendarMemory) -> Result<bool, Trouble> {
    let Some(home) = memory.principal.home().cloned() else { return Ok(false) };
    let text = body(memory, Body::Home, &[])?;
    let call = Call::new(labels::HOME, "PROPFIND", &home, &[207]).header("depth", "1");
    load(cx, memory, call.body("text/xml", text)).await?;
    Ok(true)
}

/// Lists the items of a calendar. Nothing is remembered of it.
pub async fn propfind_calendar(
    cx: &Context,
    memory: &mut CalendarMemory,
    calendar: &str,
) -> Result<(), Trouble> {
    let text = body(memory, Body::Calendar, &[])?;
    let call = Call::new(labels::CALENDAR, "PROPFIND", calendar, &[207]).header("depth", "1");
    load(cx, memory, call.body("text/xml", text)).await
}
