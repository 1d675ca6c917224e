//! `populace import`: makes a property list of what an ancestor was told.
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | this one | the command |
//! | `mailstone` | Mailstone's commands file and config |
//! | `tsunami` | the configuration of IDX-Tsunami and of Tsung |
//! | `wcat` | the files of the WCAT controller |
//! | `shown.rs` | the file as it is shown in messages |
//! | `words.rs` | [`words::Word`]: a piece of a file that knows where it stands |
//! | `plist.rs` | [`plist::Node`]: a property list that is written, with comments |

mod mailstone;
mod plist;
mod shown;
#[cfg(test)]
mod test;
mod tsunami;
mod wcat;
mod words;

use std::path::{Path, PathBuf};
use std::rc::Rc;

use clap::{Args as ClapArgs, Subcommand};

use super::complain;
use super::printing::print;
use crate::config::{At, Diagnostics, KeyPath, Source, read_text, render_first};
use crate::report::Exit;

#[derive(Debug, ClapArgs)]
pub struct Args {
    #[command(subcommand)]
    ancestor: Ancestor,
}

/// Whose files they are.
#[derive(Debug, Subcommand)]
enum Ancestor {
    /// Mailstone: its commands file, and its config
    Mailstone(MailstoneArgs),
    /// IDX-Tsunami, and Tsung 1.x: its configuration
    Tsunami(TsunamiArgs),
    /// WCAT: the configuration, script and distribution of a test, and its counters
    Wcat(WcatArgs),
}

#[derive(Debug, ClapArgs)]
struct MailstoneArgs {
    /// The commands file: InitHost lines, <Default>, <SMTP>, <POP3> and <IMAP4>
    #[arg(value_name = "COMMANDS")]
    commands: PathBuf,
    /// The config of mailmaster: TIME, THROTTLE and so on
    #[arg(long, value_name = "CONFIG")]
    config: Option<PathBuf>,
}

#[derive(Debug, ClapArgs)]
struct TsunamiArgs {
    /// The configuration, idx-tsunami.xml or tsung.xml
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

#[derive(Debug, ClapArgs)]
struct WcatArgs {
    /// The configuration (.cfg): machines, threads, times
    #[arg(value_name = "CONFIG")]
    config: PathBuf,
    /// The script (.scr): transactions and their requests
    #[arg(value_name = "SCRIPT")]
    script: PathBuf,
    /// The distribution (.dst): which class is drawn how often
    #[arg(value_name = "DISTRIBUTION")]
    distribution: PathBuf,
    /// The performance counters (.pfc)
    #[arg(value_name = "COUNTERS")]
    counters: Option<PathBuf>,
    /// The URL of the server [default: that of the script, or http://localhost]
    #[arg(long, value_name = "URL")]
    server: Option<String>,
}

/// The size in bytes of the largest file that is read.
const LARGEST: u64 = 16 << 20;

/// More than this many faults of files that cannot be taken are not shown, only counted.
const MOST_FAULTS: usize = 10;

pub fn main(args: &Args) -> Exit {
    let diags = Diagnostics::new();
    let made = match &args.ancestor {
        Ancestor::Mailstone(args) => mailstone(args, &diags),
        Ancestor::Tsunami(args) => source(&args.file, &diags).and_then(|file| tsunami::import(&file, &diags)),
        Ancestor::Wcat(args) => wcat(args, &diags),
    };
    // One wrong file has a fault in every line.
    complain(&render_first(&diags, if diags.has_errors() { MOST_FAULTS } else { usize::MAX }));
    match made.filter(|_| !diags.has_errors()) {
        Some(text) => print(&text),
        None => Exit::Usage,
    }
}

fn mailstone(args: &MailstoneArgs, diags: &Diagnostics) -> Option<String> {
    let commands = plain(&args.commands, diags);
    let config = args.config.as_deref().map(|path| plain(path, diags));
    mailstone::import(&commands?, config.map(|config| config.ok_or(())).transpose().ok()?.as_ref(), diags)
}

fn wcat(args: &WcatArgs, diags: &Diagnostics) -> Option<String> {
    let [config, script, distribution] =
        [&args.config, &args.script, &args.distribution].map(|path| plain(path, diags));
    let counters = args.counters.as_deref().map(|path| plain(path, diags).ok_or(())).transpose();
    let (config, script, distribution) = (config?, script?, distribution?);
    let counters = counters.ok()?;
    let files = wcat::Files {
        config: &config,
        script: &script,
        distribution: &distribution,
        counters: counters.as_ref(),
    };
    wcat::import(&files, args.server.as_deref(), diags)
}

/// The text of a file that is no XML.
fn plain(path: &Path, diags: &Diagnostics) -> Option<Rc<Source>> {
    let file = source(path, diags)?;
    let text = file.contents().unwrap_or_default();
    let from = text.len() - text.trim_start_matches('\u{feff}').trim_start().len();
    let begin =
        ["<?xml", "<!DOCTYPE", "<!--", "<plist"].into_iter().find(|begin| text[from..].starts_with(begin));
    let Some(begin) = begin else { return Some(file) };
    let at = At::span(&file, from..from + begin.len(), KeyPath::default());
    let way_out = match text.contains("<plist") {
        true => "this is a property list, which needs no import: `populace check --config FILE`",
        false => "`populace import tsunami FILE` takes the XML of IDX-Tsunami and Tsung",
    };
    diags.error(&at, "this is XML; the ancestor's files are plain text").help(way_out);
    None
}

fn source(path: &Path, diags: &Diagnostics) -> Option<Rc<Source>> {
    let name = path.display().to_string();
    match read_text(path, LARGEST) {
        Ok(text) => Some(Source::text(name, text)),
        Err(why) => {
            diags.error(&At::named(name), why);
            None
        }
    }
}
