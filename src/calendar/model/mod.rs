//! A client program as data: what it sends and how it goes about it (design, decision 10).
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | `model.rs` | [`Model`] and the choices a program makes |
//! | `template.rs` | [`Body`], [`Templates`]: the request bodies, and how blanks in them are filled |

#[allow(clippy::module_inception)]
mod model;
mod template;

pub use model::{Change, Discovery, InboxProbe, Listing, Model, Search, Start};
pub use template::{Body, TemplateError, Templates};
