//! How a client finds its user's calendars and keeps up with them (spec 5.3, 5.5, 5.6).
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | `start.rs` | [`start`], [`restart`]: the start-up sequence |
//! | `discovery.rs` | where the principal is |
//! | `principal.rs` | what the principal says |
//! | `poll.rs` | [`poll`]: one look at the home and all that has changed in it; [`survey`]: which calendars there are |
//! | `home.rs` | the home listed, or its changes |
//! | `seen.rs` | what a listing says of one collection |
//! | `items.rs` | the items of one calendar: which have changed, which are gone |
//! | `changes.rs` | REPORT sync-collection, page after page (RFC 6578) |
//! | `listing.rs` | [`list`]: the other ways to list items |
//! | `multiget.rs` | the bodies of what has changed |
//! | `notifications.rs` | the notification collection, and invitations to calendars |

mod changes;
mod discovery;
mod home;
mod items;
mod listing;
mod multiget;
mod notifications;
mod poll;
mod principal;
mod seen;
mod start;

pub use listing::list;
pub use poll::{poll, survey};
pub use start::{restart, start};

use crate::client::Trouble;

/// Whether the server refused (4xx) or does not know (501) what was asked, so that there is another way to go on;
/// credentials that are refused leave none.
fn refused(trouble: &Trouble) -> bool {
    trouble.status().is_some_and(|status| status != 401 && ((400..500).contains(&status) || status == 501))
}

/// A request that is not needed to go on: its failure is counted, and that is all.
fn tolerate<T>(result: Result<T, Trouble>) -> Result<Option<T>, Trouble> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(trouble) if refused(&trouble) => Ok(None),
        Err(trouble) => Err(trouble),
    }
}
