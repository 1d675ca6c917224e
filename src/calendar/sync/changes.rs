//! REPORT sync-collection, page after page (RFC 6578).

use std::collections::{BTreeMap, BTreeSet};

use super::refused;
use crate::calendar::memory::CalendarMemory;
use crate::calendar::model::Body;
use crate::calendar::wire::{Found, ask_for, body};
use crate::client::{Context, Trouble};
use crate::dav::{Multistatus, names, path};
use crate::http::Call;
use crate::label::Label;

/// How many pages and items one synchronisation may have: a server that never ends is not followed for ever.
const PAGES: usize = 1000;
const ITEMS: usize = 250_000;

/// What has changed in a collection since a token.
#[derive(Debug, Default)]
pub struct Changes {
    /// Path -> ETag of what is new or has changed; an ETag that the server did not tell is empty, and no other's equal.
    pub present: BTreeMap<String, Box<str>>,
    /// Paths of what is gone.
    pub gone: BTreeSet<String>,
    /// Everything there is was listed, so that what is not in `present` is gone.
    pub whole: bool,
    /// The token to go on from; None: the server gave none.
    pub token: Option<Box<str>>,
}

/// A collection to be synchronised, and how its reports are counted.
pub struct Report {
    pub body: Body,
    /// The label of a report with a token, and of one without.
    pub labels: (Label, Label),
}

/// Asks what has changed in the collection `href` since `token`. When the server does not take the token, all is listed
/// again. None: the server has no such report for this collection.
pub async fn changes(
    cx: &Context,
    memory: &mut CalendarMemory,
    href: &str,
    token: Option<Box<str>>,
    report: &Report,
) -> Result<Option<Changes>, Trouble> {
    if token.is_some() {
        match pages(cx, memory, href, token, report).await {
            Ok(Some(found)) => return Ok(Some(found)),
            // RFC 6578 section 3.2: an invalid token is answered by 403; others answer 409, 412 or else.
            Ok(None) => {}
            Err(trouble) if refused(&trouble) => {}
            Err(trouble) => return Err(trouble),
        }
    }
    match pages(cx, memory, href, None, report).await {
        Err(trouble) if refused(&trouble) => Ok(None),
        other => other,
    }
}

async fn pages(
    cx: &Context,
    memory: &mut CalendarMemory,
    href: &str,
    mut token: Option<Box<str>>,
    report: &Report,
) -> Result<Option<Changes>, Trouble> {
    let mut found = Changes { whole: token.is_none(), ..Changes::default() };
    let label = if token.is_some() { report.labels.0 } else { report.labels.1 };
    for _ in 0..PAGES {
        let text = body(memory, report.body, &[("token", token.as_deref().unwrap_or_default())])?;
        // An invalid token is something to be expected, not to have no token refused.
        let expect: &[u16] = if token.is_some() { &[207, 403, 409, 412] } else { &[207] };
        // RFC 6578 section 3.2 asks for Depth 0; the ancestor sent 1.
        let call = Call::new(label, "REPORT", href, expect).header("depth", "0");
        let found_page = ask_for(cx, memory, call.body("text/xml", text), &[&names::GETETAG]).await?;
        let Found::Multistatus(page) = found_page else { return Ok(None) };
        let truncated = page.truncated();
        let next = page.sync_token.as_deref().filter(|next| !next.is_empty()).map(Box::<str>::from);
        let before = found.present.len() + found.gone.len();
        take(page, href, &mut found);
        found.token = next.clone();
        // A page that brings nothing new, or was the same all along, is followed by no other.
        let items = found.present.len() + found.gone.len();
        if !truncated || next.is_none() || next == token || items == before || items > ITEMS {
            // A list that was cut short for good is not whole.
            found.whole &= !truncated;
            return Ok(Some(found));
        }
        token = next;
    }
    found.whole = false;
    Ok(Some(found))
}

/// Takes over one page. A later page knows better than an earlier one.
fn take(page: Multistatus, href: &str, found: &mut Changes) {
    for response in page.responses {
        if response.status == 507 || path::with_slash(&response.href) == path::with_slash(href) {
            continue;
        }
        if !response.is_ok() {
            found.present.remove(&response.href);
            found.gone.insert(response.href);
        } else {
            let etag = response.text(&names::GETETAG).unwrap_or_default().into();
            found.gone.remove(&response.href);
            found.present.insert(response.href, etag);
        }
    }
}
