//! Property list text to values with positions, their decoder, and diagnostics.
//!
//! A configuration goes through two stages. [`read_file`] turns XML or binary property lists into
//! [`Value`]s that know where they stand; [`Table`] and [`FromValue`] turn those into what the rest of
//! the program works with. Every fault goes to [`Diagnostics`], which collects all of them; only the
//! edge calls [`render`]. This module knows no other module of the crate.
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | `source.rs` | [`Source`]: the text of one file and its lines |
//! | `at.rs` | [`At`]: where a value stands |
//! | `value.rs` | [`Value`], [`Kind`], [`Pair`]: what a property list says |
//! | `bounded.rs` | [`read_whole`], [`read_text`]: whole files, none too large |
//! | `identity.rs` | [`Identity`]: which file a path names, and which were read |
//! | `read.rs` | [`read_file`], [`read_bytes`]: limits, encodings, which reader |
//! | `xml.rs` | [`xml_document`]: well-formed XML; the reader of XML property lists |
//! | `json.rs` | [`read_json_file`]: JSON to the same values |
//! | `scalar.rs` | the text of numbers, dates and data |
//! | `prolog.rs` | which document types the XML reader accepts |
//! | `binary.rs` | the reader of binary property lists |
//! | `carried.rs` | [`Carried`]: a property list on its way to another process |
//! | `diagnostics.rs` | [`Diagnostics`], [`Diagnostic`], [`Note`]: errors, warnings, notices |
//! | `plain.rs` | text of a file inside a message, on one line |
//! | `render.rs` | [`render`], [`render_first`]: diagnostics with their source lines |
//! | `decode.rs` | [`FromValue`] and its implementations for plain types |
//! | `seconds.rs` | [`Seconds`]: a length of time as text or number |
//! | `table.rs` | [`Table`]: a dict being decoded |
//! | `registry.rs` | [`Entry`], [`Param`], [`find`]: plug-ins by name |
//! | `named.rs` | [`Named`]: a plug-in as a configuration asks for it |
//! | `suggest.rs` | [`did_you_mean`]: the nearest known name |
//! | `shipped.rs` | [`shipped`]: the files that are in the binary |
//! | `paths.rs` | [`find_file`]: files named in a configuration |
//! | `files.rs` | [`Files`]: files that are part of a run |

mod at;
mod binary;
mod bounded;
mod carried;
mod decode;
mod diagnostics;
mod files;
mod identity;
mod json;
mod named;
mod paths;
mod plain;
mod prolog;
mod read;
mod registry;
mod render;
mod scalar;
mod seconds;
mod shipped;
mod source;
mod suggest;
mod table;
mod value;
mod xml;

pub use at::{At, KeyPath};
pub use bounded::{read_text, read_whole};
pub use carried::Carried;
pub use decode::FromValue;
pub use diagnostics::{Diagnostic, Diagnostics, Level, Note};
pub use files::Files;
pub use identity::{Identity, OwnFolder, read_files, real_name};
pub use json::{json_fault, read_json, read_json_file};
pub use named::Named;
pub use paths::find_file;
pub use read::{MAX_BYTES, MAX_DEPTH, MAX_VALUES, read_bytes, read_file};
pub use registry::{Entry, Param, find, find_suffixed, is_named};
pub use render::{render, render_first};
pub use seconds::{Seconds, SecondsError};
pub use shipped::{shipped, shipped_beside, shipped_in};
pub use source::Source;
pub use suggest::{did_you_mean, nearest};
pub use table::Table;
pub use value::{Kind, Pair, Value};
pub use xml::document as xml_document;
