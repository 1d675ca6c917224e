//! AMP push: the server tells of changes, and clients poll at once (spec 9.2).
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | `hub.rs` | [`Hub`]: one a process; who wants to hear of which key |
//! | `pace.rs` | how often pushes make a client poll |
//! | `link.rs` | one connection to one push server, restored when it is lost |

mod hub;
mod link;
mod pace;

pub use hub::Hub;
