//! Who comes when, and as whom: accounts, arrival policies and weights, as pure functions.
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | `account.rs` | [`Account`], [`Password`]: the credentials of one user |
//! | [`accounts`] | the loaders that make them, and which user gets which |
//! | [`arrival`] | the policies that say when each user comes |
//! | `mix.rs` | [`Mix`]: whole weights as a cycle, fractions as a smooth round robin |
//! | `programs.rs` | [`Programs`]: which population a client belongs to |
//! | `shares.rs` | [`deal`]: which worker takes which user |

mod account;
pub mod accounts;
pub mod arrival;
mod mix;
mod programs;
mod shares;

pub use account::{Account, DEFAULT_POD, Password};
pub use accounts::Use;
pub use arrival::{Arrival, Arriving};
pub use mix::{Mix, MixError, Sequence, Weight};
pub use programs::Programs;
pub use shares::{DealError, Dealt, Share, deal};
