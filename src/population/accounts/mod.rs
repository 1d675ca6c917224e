//! The loaders that make accounts, and which user gets which.
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | `loaders.rs` | [`LOADERS`], [`load`]: the registry and the decoding of `accounts` |
//! | `numbered.rs` | accounts from numbered patterns, and the default list |
//! | `pattern.rs` | [`Pattern`]: text with a number in it, as `user%02d` |
//! | `csv.rs` | accounts from a file |
//! | `pods.rs` | [`interleave`], [`only_pods`]: accounts of several servers |
//! | `usage.rs` | [`Use`], [`Allotment`]: which user gets which account |

mod csv;
mod loaders;
mod numbered;
mod pattern;
mod pods;
mod usage;

pub use loaders::{Accounts, Around, LOADERS, Loader, load};
pub use numbered::default_accounts;
pub use pattern::{Pattern, PatternError};
pub use pods::{interleave, only_pods};
pub use usage::{Allotment, Use};
