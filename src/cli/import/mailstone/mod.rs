//! Mailstone's two files (mail-web-chat-network, A1 rows 10 to 33) as one config of ours.
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | `directives.rs` | [`directives::KNOWN`]: the directives, and what each is called here |
//! | `commands.rs` | [`Commands`]: the commands file, read |
//! | `settings.rs` | [`Settings`]: the config, read |
//! | `accounts.rs` | servers and accounts of all tags as those of one config |
//! | `made.rs` | the property list |
//! | `tests.rs` | files and what is made of them |

mod accounts;
mod commands;
mod directives;
mod made;
mod settings;
#[cfg(test)]
mod tests;

use std::rc::Rc;

use crate::config::{Diagnostics, Source};
use commands::Commands;
use settings::Settings;

/// The property list that says the same. What is wrong goes to `diags`, and what cannot be carried over is a warning there.
pub fn import(commands: &Rc<Source>, config: Option<&Rc<Source>>, diags: &Diagnostics) -> Option<String> {
    let settings = config.map(|config| Settings::read(config, diags)).unwrap_or_default();
    let read = Commands::read(commands, diags);
    made::made(&read, &settings, (commands, config), diags)
}
