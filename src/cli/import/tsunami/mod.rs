//! The configuration of IDX-Tsunami and of its successor Tsung (mail-web-chat-network, A2 rows 6 to 34 and 48 to 50) as one config of
//! ours.
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | `element.rs` | [`Element`]: an element that knows where it stands, and what of it was asked for |
//! | `parts.rs` | [`Parts`]: what stands in the file, by kind, in either dialect |
//! | `places.rs` | clients become workers, servers the server, and what is monitored monitors |
//! | `arrival.rs` | the phases of the load |
//! | `options.rs` | [`Options`]: what holds for all sessions |
//! | `sessions.rs` | sessions become populations, by their popularity |
//! | `steps.rs` | what is done in a session, one after the other |
//! | `request.rs` | a request with what is looked for in its answer |
//! | `loops.rs` | what is repeated, or done on a condition |
//! | `variables.rs` | variables that do not come from an answer |
//! | `texts.rs` | texts with something to be filled in, and regular expressions, as they are written here |
//! | `made.rs` | the property list |
//! | `tests.rs` | files and what is made of them |

mod arrival;
mod element;
mod loops;
mod made;
mod options;
mod parts;
mod places;
mod request;
mod sessions;
mod steps;
#[cfg(test)]
mod tests;
mod texts;
mod variables;

use std::rc::Rc;

use crate::cli::import::shown::without_passwords;
use crate::config::{Diagnostics, Source, xml_document};
use element::Element;
use parts::Parts;

/// Whose words a file speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dialect {
    /// IDX-Tsunami, up to 2004.
    Tsunami,
    /// Tsung 1.x.
    Tsung,
}

/// The property list that says the same. What is wrong goes to `diags`, and what cannot be carried over is a warning there.
pub fn import(source: &Rc<Source>, diags: &Diagnostics) -> Option<String> {
    let text = source.contents()?;
    let shown = Source::text(source.name(), without_passwords(text));
    let document = xml_document(text, &shown, "a configuration of IDX-Tsunami", diags)?;
    let root = Element::of(document.root_element(), &shown, diags);
    let dialect = match root.name() {
        "idx-tsunami" => Dialect::Tsunami,
        "tsung" => Dialect::Tsung,
        other => {
            let note = diags.error(&root.at(), format!("expected <idx-tsunami> or <tsung>, found <{other}>"));
            note.help("this is no configuration of IDX-Tsunami or Tsung");
            return None;
        }
    };
    let parts = Parts::of(root, dialect);
    made::made(&parts, source, diags)
}
