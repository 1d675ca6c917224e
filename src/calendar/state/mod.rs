//! What clients keep from one run to the next (`clientDataSerialization`, spec 10.4).
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | `keeper.rs` | [`Keeper`]: the folder, one file a client |
//! | `saved.rs` | [`Saved`]: what a file says |

mod keeper;
mod saved;

pub use keeper::{Keeper, KeeperError};
pub use saved::Saved;
