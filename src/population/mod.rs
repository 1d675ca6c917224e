//! Who comes when, as pure functions: accounts, weights, arrival policies.
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | `account.rs` | [`Account`], [`Password`]: the credentials of one user |

mod account;

pub use account::{Account, Password};
