//! Sharing a calendar (CalendarServer's own way, spec 5.4.5).

use super::labels;
use super::send::{Asked, body, send};
use crate::calendar::memory::{CalendarMemory, Sharing};
use crate::calendar::model::Body;
use crate::client::{Context, Trouble};
use crate::dav::path;
use crate::http::Call;

/// CalendarServer answers 200, Cyrus 204.
const EXPECTED: [u16; 10] = [200, 201, 204, 207, 400, 403, 404, 405, 415, 501];

/// Invites `address` (as `mailto:user02@example.com`) to read and write a calendar. A server without
/// this way of sharing refuses.
pub async fn share_calendar(
    cx: &Context,
    memory: &mut CalendarMemory,
    calendar: &str,
    address: &str,
) -> Result<Asked, Trouble> {
    let summary = match memory.calendar(calendar) {
        Some(known) => known.name.to_string(),
        None => path::last_segment(calendar),
    };
    let text = body(memory, Body::Share, &[("address", address), ("summary", &summary)])?;
    let call = Call::new(labels::SHARE, "POST", calendar, &EXPECTED).body("text/xml", text);
    let answer = send(cx, memory, call).await?;
    if answer.header("location").is_some() {
        // Not sharing but RFC 5995: the server took the request for a new item, and says where it put it.
        return Ok(Asked::Refused(answer.status));
    }
    let asked = Asked::of(&answer);
    if asked != Asked::Done {
        return Ok(asked);
    }
    if let Some(known) = memory.calendars.get_mut(calendar) {
        known.sharing = Sharing::ByMe;
        let mut invitees = std::mem::take(&mut known.invitees).into_vec();
        invitees.push(address.into());
        known.invitees = invitees.into_boxed_slice();
    }
    Ok(Asked::Done)
}
