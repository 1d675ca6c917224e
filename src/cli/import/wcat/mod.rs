//! The files of the WCAT controller (mail-web-chat-network, A4 rows 15 to 20) as one config of ours.
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | `settings.rs` | [`Settings`]: the configuration, read |
//! | `script.rs` | [`Script`]: transactions and their requests, read |
//! | `values.rs` | what may stand to the right of an equals sign in a script |
//! | `distribution.rs` | [`Share`]: which class is drawn how often |
//! | `counters.rs` | performance counters, as far as they have a name here |
//! | `headers.rs` | lines of a head as headers and parameters of ours |
//! | `made.rs` | the property list |
//! | `tests.rs` | files and what is made of them |

mod counters;
mod distribution;
mod headers;
mod made;
mod script;
mod settings;
#[cfg(test)]
mod tests;
mod values;

use std::rc::Rc;

use crate::config::{Diagnostics, Source};
use distribution::Share;
use script::Script;
use settings::Settings;

/// The files of a test.
pub struct Files<'s> {
    pub config: &'s Rc<Source>,
    pub script: &'s Rc<Source>,
    pub distribution: &'s Rc<Source>,
    pub counters: Option<&'s Rc<Source>>,
}

/// The property list that says the same; `server` is the URL of the server, which is that of the script if nobody says. What is wrong
/// goes to `diags`, and what cannot be carried over is a warning there.
pub fn import(files: &Files<'_>, server: Option<&str>, diags: &Diagnostics) -> Option<String> {
    let settings = Settings::read(files.config, diags);
    let script = Script::read(files.script, diags);
    let shares = Share::all(files.distribution, diags);
    let counters = files.counters.map(|file| counters::read(file, diags));
    made::Made { files, settings, script, shares, counters }.text(server, diags)
}
