//! The commands file (rows 15 to 18): who runs what.

use super::directives::{Directive, Meaning, Protocol, find};
use crate::cli::import::words::{Line, Word, lines, shown};
use crate::config::{Diagnostics, Source, did_you_mean};

/// What the file says.
#[derive(Debug, Default)]
pub struct Commands {
    pub hosts: Vec<Host>,
    pub defaults: Vec<Said>,
    pub tags: Vec<Tag>,
}

/// A line InitHost (row 15).
#[derive(Debug)]
pub struct Host {
    pub name: Word,
    pub clients: u32,
    /// Whether its clients are processes of their own, as on Unix, and not threads of one.
    pub processes: bool,
    /// The seconds over which they start.
    pub ramp: f64,
}

/// A tag with what is in it.
#[derive(Debug)]
pub struct Tag {
    pub protocol: Protocol,
    /// Where it begins.
    pub at: Word,
    /// Whose users do it; none: all.
    pub hosts: Vec<Word>,
    pub directives: Vec<Said>,
}

/// A directive with its value.
#[derive(Debug)]
pub struct Said {
    pub directive: &'static Directive,
    pub name: Word,
    pub value: Word,
}

/// What the lines until the closing tag belong to.
enum Within {
    Nothing,
    Default,
    Tag,
    /// One that nobody knows: what is in it was told with it.
    Unknown,
}

/// The most clients on a host.
const MOST: u32 = 1_000_000;

impl Commands {
    /// Reads it; what is wrong goes to `diags`.
    pub fn read(source: &Source, diags: &Diagnostics) -> Commands {
        let mut commands = Commands::default();
        let mut open: Option<(Word, Within)> = None;
        let shown = shown(source);
        for line in lines(source, &shown, diags) {
            let whole = line.whole();
            if let Some(inside) = line.text.strip_prefix('<') {
                let Some(inside) = inside.strip_suffix('>') else {
                    diags
                        .error(&whole.at, "this tag does not end")
                        .help("a tag is a line of its own, and ends with >");
                    continue;
                };
                match inside.strip_prefix('/') {
                    Some(name) => close(&mut open, name.trim(), &whole, diags),
                    None => {
                        if let Some((before, _)) = &open {
                            let note = diags.error(&whole.at, "a tag begins within another one");
                            note.also(&before.at, "this one is not closed");
                        }
                        let (name, within) = commands.open(&line, diags);
                        open = Some((name, within));
                    }
                }
            } else {
                let within = open.as_ref().map_or(&Within::Nothing, |(_, within)| within);
                commands.take(&line, within, diags);
            }
        }
        if let Some((name, _)) = open {
            let note = diags.error(&name.at, format!("<{}> is not closed", name.text));
            note.help(format!("write </{}> after the last line that belongs to it", name.text));
        }
        commands
    }

    fn open(&mut self, line: &Line<'_>, diags: &Diagnostics) -> (Word, Within) {
        let whole = line.part(1, line.text.len() - 1);
        let words = line.pieces(&whole, char::is_whitespace);
        let name = words.first().cloned().unwrap_or(whole);
        if name.text.eq_ignore_ascii_case("Default") {
            for word in words.iter().skip(1) {
                diags.error(&word.at, "<Default> is for all hosts").help("write <Default>");
            }
            return (name, Within::Default);
        }
        let Some(protocol) =
            Protocol::ALL.into_iter().find(|one| one.name().eq_ignore_ascii_case(&name.text))
        else {
            let known = ["Default", "SMTP", "POP3", "IMAP4"];
            let note = diags.error(&name.at, format!("there is no tag <{}>", name.text));
            note.help(did_you_mean(&name.text, known));
            return (name, Within::Unknown);
        };
        let mut hosts = Vec::new();
        for word in &words[1..] {
            match line.setting(word) {
                Some((key, value)) if key.text.eq_ignore_ascii_case("HOSTS") => {
                    hosts = line.pieces(&value, |c| c == ',');
                }
                _ => {
                    let note = diags.error(&word.at, format!("`{}` has no place in a tag", word.text));
                    note.help(format!(
                        "write <{protocol} HOSTS=name,name>, without spaces between the names"
                    ));
                }
            }
        }
        self.tags.push(Tag { protocol, at: name.clone(), hosts, directives: Vec::new() });
        (name, Within::Tag)
    }

    fn take(&mut self, line: &Line<'_>, within: &Within, diags: &Diagnostics) {
        let words = line.words();
        let Some(first) = words.first() else { return };
        if first.text.eq_ignore_ascii_case("InitHost") {
            if !matches!(within, Within::Nothing) {
                diags.error(&first.at, "InitHost stands within a tag").help("close the tag before it");
            }
            self.hosts.extend(host(line, &words, diags));
            return;
        }
        let (place, tag) = match (within, self.tags.last_mut()) {
            (Within::Unknown, _) => return,
            (Within::Default, _) => (&mut self.defaults, None),
            (Within::Tag, Some(tag)) => (&mut tag.directives, Some(tag.protocol)),
            _ => {
                let note = diags.error(&first.at, format!("`{}` stands outside of a tag", name(first)));
                note.help(
                    "directives stand within <Default>, <SMTP>, <POP3> or <IMAP4>; hosts are InitHost lines",
                );
                return;
            }
        };
        let directive = match find(&first.text) {
            Ok(directive) => directive,
            Err(help) => {
                diags.error(&first.at, format!("there is no directive `{}`", name(first))).help(help);
                return;
            }
        };
        let Some(second) = words.get(1) else {
            let note = diags.error(&first.at, format!("{} has no value", directive.name));
            note.help(format!("write {} and its value on one line", directive.name));
            return;
        };
        let value = line.to_end(second);
        if let Some(tag) = tag.filter(|tag| !directive.tags.contains(tag)) {
            diags.warning(
                &first.at,
                format!("{} means nothing to {tag}: it is not carried over", directive.name),
            );
            return;
        }
        if let Some(before) = place.iter().find(|said| std::ptr::eq(said.directive, directive)) {
            let note = diags.error(&first.at, format!("{} is said twice", directive.name));
            note.also(&before.name.at, "here for the first time").help("take one of them out");
            return;
        }
        place.push(Said { directive, name: first.clone(), value });
    }
}

/// What a directive is called: what follows an equals sign is none of its name, and may be a password.
fn name(word: &Word) -> &str {
    word.text.split('=').next().unwrap_or_default()
}

fn close(open: &mut Option<(Word, Within)>, name: &str, whole: &Word, diags: &Diagnostics) {
    match open.take() {
        Some((opened, _)) if opened.text.eq_ignore_ascii_case(name) => {}
        Some((opened, _)) => {
            let note = diags.error(&whole.at, format!("</{name}> closes <{}>", opened.text));
            note.also(&opened.at, "this one is open").help(format!("write </{}>", opened.text));
        }
        None => {
            diags
                .error(&whole.at, format!("</{name}> closes nothing"))
                .help("take the line out, or open the tag before");
        }
    }
}

/// A line InitHost; its first three settings are required.
fn host(line: &Line<'_>, words: &[Word], diags: &Diagnostics) -> Option<Host> {
    const KEYS: [&str; 4] = ["host", "clients", "type", "ramp"];
    let mut found: [Option<Word>; 4] = Default::default();
    for word in &words[1..] {
        let place = line.setting(word).and_then(|(key, value)| {
            Some((KEYS.iter().position(|known| known.eq_ignore_ascii_case(&key.text))?, value))
        });
        match place {
            Some((index, value)) => found[index] = Some(value),
            None => {
                let note = diags.error(&word.at, format!("InitHost has no `{}`", word.text));
                note.help("write InitHost host=NAME clients=NUMBER type=unix, and ramp=SECONDS if you like");
            }
        }
    }
    for (key, _) in KEYS.iter().zip(&found).take(3).filter(|(_, value)| value.is_none()) {
        diags.error(&words[0].at, format!("InitHost has no `{key}`")).help(format!("add {key}=..."));
    }
    let [Some(name), Some(clients), Some(kind), ramp] = found else { return None };
    let clients = clients.number("a whole number from 1 to 1000000", |n: &u32| (1..=MOST).contains(n), diags);
    let processes = match kind.text.to_ascii_lowercase().as_str() {
        "unix" => Some(true),
        "nt" => Some(false),
        _ => {
            diags.error(&kind.at, format!("{:?} is no type of host", kind.text)).help("write unix or NT");
            None
        }
    };
    let seconds = |ramp: Word| ramp.number("a number of seconds", |n: &f64| (0.0..1e6).contains(n), diags);
    let ramp = ramp.map_or(Some(0.0), seconds);
    Some(Host { name, clients: clients?, processes: processes?, ramp: ramp? })
}

impl Tag {
    /// What holds for it: what it says itself, or `<Default>` (row 18).
    pub fn said<'a>(&'a self, commands: &'a Commands, meaning: Meaning) -> Option<&'a Said> {
        let here = self.directives.iter().chain(&commands.defaults);
        here.into_iter().find(|said| said.directive.meaning == meaning)
    }

    /// Whether a host's users do it.
    pub fn is_for(&self, host: &str) -> bool {
        self.hosts.is_empty() || self.hosts.iter().any(|name| name.text == host)
    }
}
