//! A client program as data: what it sends and how it goes about it (design, decision 10).
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | `model.rs` | [`Model`] and the choices a program makes |
//! | `library.rs` | [`Library`]: where models are found |
//! | `embedded.rs` | [`EMBEDDED`]: the models that the program brings along |
//! | `decode.rs` | from a `model.plist` to a model |
//! | `template.rs` | [`Body`], [`Templates`]: the request bodies, and how blanks in them are filled |

mod decode;
mod embedded;
mod library;
#[allow(clippy::module_inception)]
mod model;
mod template;

pub use decode::connections;
pub use embedded::{EMBEDDED, Embedded};
pub use library::Library;
pub use model::{Change, Conditions, Discovery, InboxProbe, Listing, Model, OnAnswer, Search, Start};
pub use template::{Body, TemplateError, Templates};
