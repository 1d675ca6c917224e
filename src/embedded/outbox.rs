//! POST to the scheduling outbox: free-busy requests (RFC 6638 section 5).
use super::call::Call;
use super::freebusy;
use super::reply::{self, Refusal, Reply};
use super::store::Store;

/// The answer: C:schedule-response with one part for each recipient.
pub fn post(call: &Call<'_>, store: &Store) -> Result<Reply, Refusal> {
    call.check_access(store, true)?;
    let response = freebusy::post(store, call.by, &call.body).map_err(Refusal::condition)?;
    Ok(reply::xml(200, response))
}
