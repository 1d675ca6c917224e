//! The start-up sequence (spec 5.3).

use super::{discovery, poll, principal};
use crate::calendar::memory::CalendarMemory;
use crate::calendar::model::Body;
use crate::calendar::operations;
use crate::calendar::wire::{body, labels, send};
use crate::client::{Context, Trouble};
use crate::http::Call;

/// Starts the program, as one operation `startup` with a `poll` in it. What was found before (a warm start, a start that
/// failed half-way) is not looked for again.
pub async fn start(cx: &Context, memory: &mut CalendarMemory) -> Result<(), Trouble> {
    cx.operation(operations::STARTUP, async {
        find(cx, memory).await?;
        cx.operation(operations::POLL, Box::pin(poll(cx, memory))).await?;
        memory.started = true;
        Ok(())
    })
    .await
}

/// Forgets everything the server said and looks again, as one operation `poll`: what a user does who adds the account
/// anew.
pub async fn restart(cx: &Context, memory: &mut CalendarMemory) -> Result<(), Trouble> {
    memory.reset(&cx.account);
    // The calendars are set up and downloaded as they were, not as those of a new user.
    memory.home.visited = true;
    cx.operation(operations::POLL, async {
        find(cx, memory).await?;
        poll(cx, memory).await?;
        memory.started = true;
        Ok(())
    })
    .await
}

/// Finds and reads the principal.
pub(super) async fn find(cx: &Context, memory: &mut CalendarMemory) -> Result<(), Trouble> {
    let url = match memory.principal.url.clone() {
        Some(known) => known,
        None => discovery::find_principal(cx, memory).await?.into(),
    };
    if let Err(trouble) = principal::read_principal(cx, memory, &url).await {
        // A principal that was remembered may have moved: the next start looks for it.
        memory.principal.url = None;
        return Err(trouble);
    }
    search_properties(cx, memory).await
}

/// Asks which properties of principals can be searched. A server that does not know this report says so, which is no
/// failure.
async fn search_properties(cx: &Context, memory: &mut CalendarMemory) -> Result<(), Trouble> {
    let Some(collection) = memory.principal.collection.clone() else { return Ok(()) };
    if !memory.program.model.start.search_properties {
        return Ok(());
    }
    let text = body(memory, Body::SearchProperties, &[])?;
    let expect = [200, 207, 400, 403, 404, 405, 415, 501];
    let call = Call::new(labels::SEARCH_PROPERTIES, "REPORT", &collection, &expect).header("depth", "0");
    send(cx, memory, call.body("text/xml", text)).await?;
    Ok(())
}
