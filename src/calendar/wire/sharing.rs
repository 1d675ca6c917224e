//! Sharing a calendar (CalendarServer's own way, spec 5.4.5).

use super::labels;
use super::send::{body, send};
use crate::calendar::memory::{CalendarMemory, Sharing};
use crate::calendar::model::Body;
use crate::client::{Context, Trouble};
use crate::dav::path;
use crate::http::Call;

/// Invites `address` (as `mailto:user02@example.com`) to read and write a calendar.
pub async fn share_calendar(
    cx: &Context,
    memory: &mut CalendarMemory,
    calendar: &str,
    address: &str,
) -> Result<(), Trouble> {
    let summary = match memory.calendar(calendar) {
        Some(known) => known.name.to_string(),
        None => path::last_segment(calendar),
    };
    let text = body(memory, Body::Share, &[("address", address), ("summary", &summary)])?;
    let call = Call::new(labels::SHARE, "POST", calendar, &[200, 201, 207]).body("text/xml", text);
    send(cx, memory, call).await?;
    if let Some(known) = memory.calendars.get_mut(calendar) {
        known.sharing = Sharing::ByMe;
        let mut invitees = std::mem::take(&mut known.invitees).into_vec();
        invitees.push(address.into());
        known.invitees = invitees.into_boxed_slice();
    }
    Ok(())
}
