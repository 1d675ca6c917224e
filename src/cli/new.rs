//! `populace new`: a pair of property lists to begin with, for a chosen server.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use clap::{Args as ClapArgs, ValueEnum};

use super::complain;
use super::lists::unknown;
use super::printing::print;
use crate::config::shipped;
use crate::report::Exit;
use crate::scenario::{Preset, preset};

#[derive(Debug, ClapArgs)]
pub struct Args {
    /// Which server it is for
    #[arg(value_enum, value_name = "SERVER")]
    server: Server,
    /// The folder, which is made if it is not there [default: the working folder]
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
    /// Instead of the usual clients write a copy of this preset, to be changed: who comes, and what they do; `populace
    /// presets` lists them
    #[arg(long, value_name = "NAME")]
    preset: Option<String>,
}

/// The servers of which something is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Server {
    /// The one that is in the program
    Embedded,
    /// Apple's CalendarServer
    Calendarserver,
    /// Cyrus IMAP
    Cyrus,
    /// DAViCal
    Davical,
    /// Xandikos
    Xandikos,
    /// Radicale, which has no invitations
    Radicale,
    /// Nextcloud; this pair was not tested against one
    Nextcloud,
}

impl Server {
    /// The config among the files of the project.
    fn config(self) -> &'static str {
        match self {
            Server::Embedded => "config/config.plist",
            Server::Calendarserver => "config/calendarserver.plist",
            Server::Cyrus => "config/cyrus.plist",
            Server::Davical => "config/davical.plist",
            Server::Xandikos => "config/xandikos.plist",
            Server::Radicale => "config/radicale.plist",
            Server::Nextcloud => "config/nextcloud.plist",
        }
    }

    /// What is to be written: name and text. A preset has clients of its own.
    fn files(self, preset: Option<Preset>) -> Vec<(String, &'static str)> {
        let text = |name: &str| shipped(name).map(|(_, text)| text).unwrap_or_default();
        let config = text(self.config());
        let clients = match preset {
            Some(preset) => (file_of(preset), preset.text),
            None => ("clients.plist".to_owned(), text("clients/clients.plist")),
        };
        let mut files = vec![("config.plist".to_owned(), config), clients];
        let named = ["thresholds.json", "benchmarks.json"].into_iter().filter(|name| config.contains(name));
        files.extend(named.map(|name| (name.to_owned(), text(&format!("config/{name}")))));
        files
    }
}

/// What a copy of it is called.
fn file_of(preset: Preset) -> String {
    format!("{}.plist", preset.name)
}

pub fn main(args: &Args) -> Exit {
    let folder = args.folder.as_deref().unwrap_or(Path::new(""));
    let preset = match args.preset.as_deref().map(|name| (name, preset(name))) {
        None => None,
        Some((_, Ok(preset))) => Some(preset),
        Some((name, Err(hint))) => return unknown("preset", name, &hint),
    };
    let files = args.server.files(preset);
    let there: Vec<String> = files
        .iter()
        .map(|(name, _)| folder.join(name))
        .filter(|path| path.symlink_metadata().is_ok())
        .map(|path| path.display().to_string())
        .collect();
    if !there.is_empty() {
        complain(&format!(
            "error: nothing is overwritten, and this is there already: {}\n  = help: name another folder: populace new \
             {} DIR\n",
            there.join(", "),
            name(args.server)
        ));
        return Exit::Usage;
    }
    match write(folder, &files) {
        Ok(()) => print(&told(args.server, preset, folder, &files)),
        Err(why) => {
            complain(&format!("error: {why}\n"));
            Exit::Usage
        }
    }
}

/// As it is typed.
fn name(server: Server) -> String {
    server.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}

fn write(folder: &Path, files: &[(String, &str)]) -> Result<(), String> {
    if !folder.as_os_str().is_empty() {
        std::fs::create_dir_all(folder)
            .map_err(|why| format!("cannot make the folder {}: {why}", folder.display()))?;
    }
    for (name, text) in files {
        let path = folder.join(name);
        let written = OpenOptions::new().write(true).create_new(true).open(&path);
        written.and_then(|mut file| file.write_all(text.as_bytes())).map_err(|why| match why.kind() {
            ErrorKind::AlreadyExists => format!("{} is there already, and stays as it is", path.display()),
            _ => format!("cannot write {}: {why}", path.display()),
        })?;
    }
    Ok(())
}

/// What was written, and what to type next.
fn told(server: Server, preset: Option<Preset>, folder: &Path, files: &[(String, &str)]) -> String {
    let path = |name: &str| quoted(&folder.join(name).display().to_string());
    let written: Vec<String> = files.iter().map(|(name, _)| format!("  {}\n", path(name))).collect();
    let config = path("config.plist");
    // A preset says how long, too, and has more users than some configs have accounts.
    let (both, long, laid) = match preset {
        None => (
            format!("--config {config} --clients {}", path("clients.plist")),
            " --runtime 10m",
            String::new(),
        ),
        Some(preset) => {
            let copy = path(&file_of(preset));
            let laid = format!(
                "{copy} answers: {}\nIt is laid over {config}: who comes, what they do and for how long is said in it and no more \
                 there; server, accounts and who watches stay as they are. Without `--users` as many come as it says, and each needs an \
                 account.\n\n",
                preset.question()
            );
            (format!("--config {config} --preset {copy}"), " --users 20", laid)
        }
    };
    let users = preset.map_or("", |_| long);
    let edit = match server {
        Server::Embedded => String::new(),
        _ => format!(
            "Set `server` and `accounts` in {}, and read its head: what this server must be told first.\n\n",
            path("config.plist")
        ),
    };
    format!(
        "Written:\n{}\n{laid}{edit}Next, type\n  populace check {both}{users}\n  populace rehearse {both}{long}\n  populace run \
         {both} --users 2 --runtime 30s\n  populace run {both}{long} --html report.html\n\nThey say what a run \
         would do, do it in virtual time without the server, try the server, and measure it.\n",
        written.concat()
    )
}

/// A path as a shell takes it for one word.
fn quoted(path: &str) -> String {
    let plain = |char: char| char.is_alphanumeric() || "/._-+,:@%".contains(char);
    if path.chars().all(plain) { path.to_owned() } else { format!("'{}'", path.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::presets;

    #[test]
    fn every_server_has_its_files() {
        for server in Server::value_variants() {
            let files = server.files(None);
            assert!(files.len() >= 2 && files.iter().all(|(_, text)| !text.is_empty()), "{server:?}");
        }
        assert_eq!(Server::Embedded.files(None).len(), 4);
        assert_eq!(Server::Cyrus.files(None).len(), 2);
    }

    #[test]
    fn a_preset_stands_in_for_the_clients() {
        for preset in presets() {
            let files = Server::Cyrus.files(Some(preset));
            assert_eq!((files.len(), &files[1].0), (2, &format!("{}.plist", preset.name)));
            assert!(files[1].1.contains("<key>clients</key>"), "{}", preset.name);
        }
    }

    #[test]
    fn paths_are_one_word() {
        assert_eq!(quoted("a/b.plist"), "a/b.plist");
        assert_eq!(quoted("it's a/b"), r"'it'\''s a/b'");
    }
}
