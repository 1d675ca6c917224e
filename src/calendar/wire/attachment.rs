//! Managed attachments (RFC 8607).

use super::labels;
use super::send::send;
use crate::calendar::memory::CalendarMemory;
use crate::client::{Context, Trouble};
use crate::http::Call;

/// An attachment as the server keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attached {
    pub managed_id: String,
    /// Where it can be read, as the server wrote it; not every server says so.
    pub location: Option<String>,
}

/// What became of a file that was to be attached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attaching {
    Done(Attached),
    /// The server takes no attachments, as this status says.
    Refused(u16),
}

/// 204 is what Cyrus answers, unless it is asked for the event that it made.
const EXPECTED: [u16; 9] = [200, 201, 204, 400, 403, 404, 405, 415, 501];

/// Attaches a file of `size` bytes to an event, then reads the event back, whose body the server has changed.
pub async fn attachment_add(
    cx: &Context,
    memory: &mut CalendarMemory,
    href: &str,
    size: usize,
) -> Result<Attaching, Trouble> {
    let target = format!("{href}?action=attachment-add");
    let mut call = Call::new(labels::ATTACH, "POST", &target, &EXPECTED)
        .header("content-disposition", format!("attachment; filename=\"file-{size}.txt\""));
    call.body = vec![b'x'; size].into();
    let answer = send(cx, memory, call).await?;
    match answer.status {
        200 | 201 | 204 => {}
        // Is the event gone, or is there no such thing as attaching? Reading it tells.
        404 => {
            super::get_event(cx, memory, href).await?;
            return Ok(Attaching::Refused(404));
        }
        status => return Ok(Attaching::Refused(status)),
    }
    let told =
        |name: &str| answer.header(name).map(str::trim).filter(|value| !value.is_empty()).map(str::to_owned);
    let Some(managed_id) = told("cal-managed-id") else {
        return Err(Trouble::Content(format!("{}: the answer has no cal-managed-id", labels::ATTACH)));
    };
    let attached = Attached { managed_id, location: told("location") };
    memory.attachments.insert(&attached.managed_id);
    super::get_event(cx, memory, href).await?;
    Ok(Attaching::Done(attached))
}

/// Downloads an attachment; `url` is as the event has it, of which the path is used, on the client's own server.
/// 403 is no failure: a server may refuse attachments of others.
pub async fn attachment_get(
    cx: &Context,
    memory: &mut CalendarMemory,
    managed_id: &str,
    url: &str,
) -> Result<(), Trouble> {
    let call = Call::new(labels::GET_ATTACHMENT, "GET", url, &[200, 403]);
    send(cx, memory, call).await?;
    memory.attachments.insert(managed_id);
    Ok(())
}
