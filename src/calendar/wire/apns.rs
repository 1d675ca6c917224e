//! Subscribing a device to Apple's push service (spec 5.4).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::labels;
use super::send::{Asked, send};
use crate::calendar::memory::CalendarMemory;
use crate::client::{Context, Trouble};
use crate::http::Call;
use crate::random::uuid;

/// What is escaped in a form; a push key is mostly slashes, dots and hyphens, which may stand.
const IN_FORM: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~');

const EXPECTED: [u16; 7] = [200, 400, 403, 404, 405, 415, 501];

/// Subscribes this client's device to a push key, mostly that of its home. A server without this service refuses.
pub async fn apns_subscribe(cx: &Context, memory: &mut CalendarMemory, key: &str) -> Result<Asked, Trouble> {
    let half = uuid(&mut cx.stream("apns token").at(0)).replace('-', "");
    let key = utf8_percent_encode(key, IN_FORM);
    let form = format!("token={half}{half}&key={key}");
    let call =
        Call::new(labels::APNS, "POST", "/apns/", &EXPECTED).body("application/x-www-form-urlencoded", form);
    Ok(Asked::of(&send(cx, memory, call).await?))
}
