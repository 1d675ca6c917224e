//! WebDAV's formats: names, paths, multistatus bodies, error bodies. Pure functions over text, shared by
//! the calendar clients and the embedded server.
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | [`name`] | namespaces and qualified names; reading a well-known one costs no allocation |
//! | [`element`] | an XML element as an owned value, with limits on what is read |
//! | `token.rs` | the marks of an XML text, one after the other |
//! | `scan.rs` | looks for bytes of some kinds in text |
//! | `reader.rs` | an XML document as a stream: nesting, namespaces, limits |
//! | [`names`] | those statics |
//! | [`path`] | hrefs to one canonical path, so that a resource always has the same key |
//! | [`status`] | the `HTTP/1.1 207 Multi-Status` line inside a body |
//! | [`multistatus`] | the reader of 207 answers and of `D:error` bodies |
//! | [`xml`] | the writer: escaping, elements with prefixes |
//! | [`writer`] | the writer of 207 answers with propstats |
pub mod element;
pub mod multistatus;
pub mod name;
pub mod names;
pub mod path;
mod reader;
mod scan;
pub mod status;
mod token;
pub mod writer;
pub mod xml;

pub use element::{Element, XmlError};
pub use multistatus::{Multistatus, Response, error_conditions};
pub use name::Name;
pub use writer::MultistatusWriter;
pub use xml::{XmlWriter, escape};
