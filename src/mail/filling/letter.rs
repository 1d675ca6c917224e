//! What is in the messages that are there before anybody comes.

use std::rc::Rc;

use crate::client::{Context, Trouble};
use crate::config::Table;
use crate::distribution::{Draw, Numbers};
use crate::mail::message::{Draft, HOST, text};
use crate::mail::params::{SIZES, within};
use crate::random;

/// How large a body is, bytes, unless somebody says so.
const USUAL: f64 = 2048.0;

/// Decodes `size`: bytes of a body.
pub fn size(table: &Table<'_>) -> Numbers {
    let size = table.or("size", Numbers::fixed(USUAL));
    within(table, &["size"], size.mean(), SIZES, "bytes that a body has");
    size
}

/// A message with what it is known by.
pub struct Letter {
    pub id: String,
    pub message: Vec<u8>,
}

/// Message `n` of those for `purpose`.
pub fn write(
    cx: &Context,
    (purpose, n): (&str, u64),
    (from, to): (&str, &[Rc<str>]),
    size: &Numbers,
) -> Result<Letter, Trouble> {
    let (now, draws) = (cx.run.clock.utc(), |what: &str| cx.stream(&format!("{purpose} {what}")));
    let size = size.count(&Draw::new(draws("size"), n, now));
    let size = size.map_err(|why| Trouble::Content(why.to_string()))?.min((*SIZES.end()).into());
    // A second run of one seed meets the messages of the first.
    let epoch = cx.run.clock.epoch().timestamp_micros().cast_unsigned();
    let id = format!("{}{HOST}", random::uuid(&mut draws("id").sub(epoch).at(n)));
    let subject = format!("test {}", &id[..8]);
    let body = text(size as usize, draws("body").sub(n));
    let draft = Draft { from, to, subject: &subject, id: &id, date: now, reply_to: None, body: &body };
    let message = draft.compose();
    Ok(Letter { id, message })
}
