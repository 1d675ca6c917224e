//! A call through the memory's session, bodies from templates, 207 answers.

use std::time::Duration;

use crate::calendar::memory::CalendarMemory;
use crate::calendar::model::Body;
use crate::client::{Context, Trouble};
use crate::dav::{Multistatus, Name, XmlError};
use crate::http::{Answer, Call};

/// What an answer with an expected status turned out to be.
#[derive(Debug)]
pub enum Found<T = Multistatus> {
    /// A 207, and what its body says.
    Multistatus(T),
    /// Another expected status.
    Other(Answer),
}

/// What became of a request that only some servers know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    Done,
    /// The server lacks the feature, as this status says: no failure, but not worth asking again.
    Refused(u16),
}

impl Asked {
    /// The statuses by which a server says that it does not do such things.
    pub const REFUSALS: [u16; 6] = [400, 403, 404, 405, 415, 501];

    /// What an answer with an expected status means.
    pub fn of(answer: &Answer) -> Asked {
        match answer.status {
            status if Asked::REFUSALS.contains(&status) => Asked::Refused(status),
            _ => Asked::Done,
        }
    }
}

/// How long a client waits before it tries again to change what was locked.
const WAITS: [Duration; 3] =
    [Duration::from_millis(250), Duration::from_millis(500), Duration::from_millis(1000)];
const LOCKED: u16 = 423;

/// Sends a call through the client's session. A change of what is locked (423, RFC 4918 section 11.3: another one is
/// just being written there) is tried again. Each refusal is a failed request; a lock that stays is one of the act.
pub async fn send(cx: &Context, memory: &mut CalendarMemory, call: Call<'_>) -> Result<Answer, Trouble> {
    if matches!(call.method, "PUT" | "DELETE" | "POST" | "PROPPATCH") {
        for wait in WAITS {
            match memory.session.send(call.clone(), &cx.journal).await {
                Err(refused) if refused.status() == Some(LOCKED) => {}
                other => return Ok(other?),
            }
            tokio::time::sleep(wait).await;
            // The client chose to wait: its next request is not late.
            cx.journal.due.set(cx.journal.clock.elapsed());
        }
    }
    Ok(memory.session.send(call, &cx.journal).await?)
}

/// The body of a request, from the model's template; the blanks are escaped.
pub fn body(memory: &CalendarMemory, body: Body, blanks: &[(&str, &str)]) -> Result<String, Trouble> {
    memory.program.model.templates.fill(body, blanks).map_err(|why| Trouble::Content(why.to_string()))
}

/// Sends a call whose answer says something of resources, and reads the answer if it is a 207.
///
/// Errors: a 207 whose body is no multistatus is a failed request of the kind
/// [`ErrorKind::Content`](crate::event::ErrorKind::Content).
pub async fn ask(cx: &Context, memory: &mut CalendarMemory, call: Call<'_>) -> Result<Found, Trouble> {
    ask_and_read(cx, memory, call, |body, path| parse(body, path, Multistatus::parse)).await
}

/// The same where only these properties are of use: the others are passed over, which is much cheaper.
pub async fn ask_for(
    cx: &Context,
    memory: &mut CalendarMemory,
    call: Call<'_>,
    wanted: &[&Name],
) -> Result<Found, Trouble> {
    ask_and_read(cx, memory, call, |body, path| parse_only(body, path, wanted)).await
}

/// The same where the caller reads the body, of an answer for the path that comes with it.
pub async fn ask_and_read<T>(
    cx: &Context,
    memory: &mut CalendarMemory,
    call: Call<'_>,
    read: impl FnOnce(&[u8], &str) -> Result<T, String>,
) -> Result<Found<T>, Trouble> {
    let unread = memory.session.ask(&call, &cx.journal).await?;
    if unread.answer().status != 207 {
        return Ok(Found::Other(unread.accept()));
    }
    match read(&unread.answer().body, call.path) {
        Ok(found) => {
            unread.accept();
            Ok(Found::Multistatus(found))
        }
        Err(why) => Err(unread.reject(format!("the answer makes no sense: {why}")).into()),
    }
}

/// Reads these properties from the body of an answer for `path`.
pub fn parse_only(body: &[u8], path: &str, wanted: &[&Name]) -> Result<Multistatus, String> {
    parse(body, path, |body, path| Multistatus::parse_only(body, path, wanted))
}

fn parse(
    body: &[u8],
    path: &str,
    parse: impl FnOnce(&str, &str) -> Result<Multistatus, XmlError>,
) -> Result<Multistatus, String> {
    let text = std::str::from_utf8(body).map_err(|why| format!("it is not UTF-8: {why}"))?;
    parse(text, path).map_err(|why| why.to_string())
}

/// Sends an XML request, to which a 207 is the only good answer. What it says is not looked at.
pub(super) async fn load(cx: &Context, memory: &mut CalendarMemory, call: Call<'_>) -> Result<(), Trouble> {
    let (label, path) = (call.label, call.path);
    match ask_for(cx, memory, call, &[]).await? {
        Found::Multistatus(_) => Ok(()),
        Found::Other(answer) => {
            Err(Trouble::Content(format!("{label} of {path}: status {} instead of 207", answer.status)))
        }
    }
}
