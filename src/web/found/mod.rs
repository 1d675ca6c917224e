//! What is found in answers.
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | `markup.rs` | [`Markup`]: the tree of a page of HTML or a document of XML, however broken it is |
//! | `entities.rs` | the characters that HTML and XML write in another way |
//! | `form.rs` | [`form_field`]: the value of a field of a form |
//! | `path.rs` | what both kinds of paths have in common |
//! | `xpath/` | [`XPath`]: paths in such a tree |
//! | `jsonpath/` | [`JsonPath`]: paths in JSON |
//! | `objects.rs` | [`objects`]: what a page wants to be fetched with it |
//! | `fault.rs` | [`soap_fault`]: what SOAP says went wrong |

mod entities;
mod fault;
mod form;
mod jsonpath;
mod markup;
mod objects;
mod path;
mod xpath;

pub use fault::soap_fault;
pub use form::form_field;
pub use jsonpath::JsonPath;
pub use markup::Markup;
pub use objects::objects;
pub use xpath::XPath;
