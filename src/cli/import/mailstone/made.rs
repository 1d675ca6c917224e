//! The property list that is made of what was read.

use std::path::Path;
use std::rc::Rc;

use super::accounts::{Accounts, accounts, services};
use super::commands::{Commands, Host, Said, Tag};
use super::directives::{Form, KNOWN, Meaning, Protocol, SEARCH_RATE};
use super::settings::Settings;
use crate::cli::import::plist::{Filling, Item, Node, document};
use crate::config::{At, Diagnostics, Source};
use crate::mail::params::{RECIPIENTS, SEARCH_RATES};
use crate::population::arrival::MAX_USERS;

/// A host of which there may be several lines.
struct Worker<'c> {
    name: &'c str,
    clients: u64,
}

/// The bodies that came with the ancestor (row 43), by the names that files have in its examples, and what they are called here.
const BODIES: [(&str, &str); 7] = [
    ("bench2k", "bench2k"),
    ("bench2", "bench2k"),
    ("bench3k", "bench3k"),
    ("bench3", "bench3k"),
    ("bench10k", "bench10k"),
    ("bench10", "bench10k"),
    ("bench", "bench"),
];

/// The whole config. None: something is wrong, and told.
pub fn made(
    commands: &Commands,
    settings: &Settings,
    (source, config): (&Rc<Source>, Option<&Rc<Source>>),
    diags: &Diagnostics,
) -> Option<String> {
    if commands.tags.is_empty() {
        let note =
            diags.error(&At::named(source.name()), "there is nothing to do: no <SMTP>, <POP3> or <IMAP4>");
        note.help("is this the commands file, and not the config?");
        return None;
    }
    commands.tags.iter().for_each(|tag| complete(tag, commands, diags));
    let workers = workers(commands, diags);
    let (services, accounts) = (services(commands, diags), accounts(commands, diags));
    let population = population(commands, pace(commands, settings, diags), diags);
    if diags.has_errors() {
        return None;
    }
    let Accounts { params, count } = accounts?;
    let users = workers.iter().map(|worker| worker.clients).sum::<u64>().max(1);
    let (usage, how) = if users <= count {
        ("draw", "Each turn draws an account, and never one that is in use.")
    } else {
        let at = commands.hosts.first().map_or(At::named(source.name()), |host| host.name.at.clone());
        let message = format!(
            "{users} clients are more than {count} accounts, so that each does not draw one of its own"
        );
        diags.warning(&at, message).help("each account is now used by several users (`use` = `reuse`); with --users up to the accounts, write `draw`");
        ("reuse", "With as many accounts as users, or more, `draw` gives each turn another one.")
    };
    let accounts = Filling::default()
        .with("loader", Node::text("generateRecords"))
        .with("params", params.dict())
        .said(how, "use", Node::text(usage));
    let ramp = commands.hosts.iter().map(|host| host.ramp).fold(0.0, f64::max);
    let coming = Filling::default()
        .with("count", Node::Number(users as f64))
        .maybe("ramp", (ramp > 0.0).then_some(Node::Number(ramp)));
    let arrival = Filling::default().with("factory", Node::text("Fixed")).with("params", coming.dict());
    let mut top = Filling::default()
        .said("Without a port: 25, 110, 143. TLS is smtps, pop3s, imaps.", "services", services.dict())
        .with("accounts", accounts.dict())
        .with("arrival", arrival.dict());
    match settings.minutes {
        Some(minutes) => {
            let run = Filling::default().with("duration", Node::Number(minutes * 60.0));
            top = top.with("run", run.dict());
        }
        None => {
            diags.notice(
                &At::named(source.name()),
                "no TIME says how long: --config CONFIG has it, or --runtime of the run",
            );
        }
    }
    if !workers.is_empty() {
        top = top.said(WORKERS, "workers", Node::array(workers.iter().map(worker)));
    }
    let observer = Filling::default().with("type", Node::text("ReportStatistics")).dict();
    let top = top.with("observers", Node::array([observer])).with("clients", Node::array([population]));
    Some(document(&head(source, config), &top.dict()))
}

const WORKERS: &str = "The ancestor's hosts: each brings its part of the users, and is a process on this machine.\n\
    To start one on its own machine, add to its dict\n\
    <key>command</key><string>exec ssh -T -o BatchMode=yes HOST exec populace worker</string>";

fn head(source: &Source, config: Option<&Rc<Source>>) -> String {
    let config = config.map(|config| format!(" and {}", config.name())).unwrap_or_default();
    format!(
        "Made of Mailstone's {}{config}. Look at it with populace check, try it with few users (option users), then run it.",
        source.name()
    )
}

/// Reports what a tag cannot do without (rows 19 to 33).
fn complete(tag: &Tag, commands: &Commands, diags: &Diagnostics) {
    let needed = KNOWN.iter().filter(|known| known.required && known.tags.contains(&tag.protocol));
    for known in needed.filter(|known| tag.said(commands, known.meaning).is_none()) {
        let note = diags.error(&tag.at.at, format!("<{}> has no {}", tag.protocol, known.name));
        note.help(format!("write {} and its value into it, or into <Default>", known.name));
    }
}

/// The hosts that have something to do. Names in HOSTS that no InitHost starts, and hosts that no tag is for, are told.
fn workers<'c>(commands: &'c Commands, diags: &Diagnostics) -> Vec<Worker<'c>> {
    let starts = |name: &str| commands.hosts.iter().any(|host| host.name.text == name);
    for name in commands.tags.iter().flat_map(|tag| &tag.hosts).filter(|name| !starts(&name.text)) {
        let note = diags.warning(&name.at, format!("no InitHost starts {}", name.text));
        note.help("HOSTS has the names exactly as InitHost has them; nobody does this for it");
    }
    let busy = |host: &&Host| {
        let busy = commands.tags.iter().any(|tag| tag.is_for(&host.name.text));
        if !busy {
            let message =
                format!("no tag is for {}: its {} clients are left out", host.name.text, host.clients);
            diags.warning(&host.name.at, message).help("name it in HOSTS of a tag");
        }
        busy
    };
    let mut workers: Vec<Worker<'c>> = Vec::new();
    for host in commands.hosts.iter().filter(busy) {
        match workers.iter_mut().find(|worker| worker.name == host.name.text) {
            Some(worker) => worker.clients += u64::from(host.clients),
            None => workers.push(Worker { name: &host.name.text, clients: host.clients.into() }),
        }
    }
    if commands.hosts.is_empty() {
        let at = At::named(commands.tags[0].at.at.source().name());
        diags.notice(&at, "no InitHost says how many clients there are: it is one, or --users of the run");
    } else if let Some(host) = more_than_come(&workers, commands) {
        let message =
            format!("with these there are more clients than the {MAX_USERS} that a run has at most");
        diags.error(&host.name.at, message).help("let hosts have fewer");
    } else if workers.is_empty() {
        diags
            .error(&commands.hosts[0].name.at, "no host has anything to do")
            .help("name one in HOSTS of a tag");
    }
    workers
}

/// A host that has something to do, where all have more clients than a run can have.
fn more_than_come<'c>(workers: &[Worker<'_>], commands: &'c Commands) -> Option<&'c Host> {
    let too_many = workers.iter().map(|worker| worker.clients).sum::<u64>() > u64::from(MAX_USERS);
    too_many.then(|| commands.hosts.last()).flatten()
}

fn worker(worker: &Worker<'_>) -> Node {
    let dict = Filling::default().with("name", Node::text(worker.name));
    dict.with("weight", Node::Number(worker.clients as f64)).dict()
}

/// The seconds that an operation of a client takes at least, so that no process does more than THROTTLE allows (rows 12 and 39): a
/// client on Unix is a process, and those on NT are threads of one. Zero: nothing is said, or each host has its own.
fn pace(commands: &Commands, settings: &Settings, diags: &Diagnostics) -> f64 {
    let Some((most, key)) = &settings.throttle else { return 0.0 };
    let of_host = |host: &Host| 60.0 / most * if host.processes { 1.0 } else { f64::from(host.clients) };
    let mut paces = commands.hosts.iter().map(of_host);
    let first = paces.next().unwrap_or(60.0 / most);
    if paces.all(|pace| pace == first) {
        return first;
    }
    let note = diags
        .warning(&key.at, "THROTTLE is not carried over: it has each host's clients at a pace of their own");
    note.help("`throttle` of a tag is the seconds that an operation takes at least");
    0.0
}

fn population(commands: &Commands, pace: f64, diags: &Diagnostics) -> Node {
    let mut params = params(Filling::default(), &commands.defaults, pace, diags);
    let throttle = Meaning::Param("throttle", Form::Seconds);
    if pace > 0.0 && !commands.defaults.iter().any(|said| said.directive.meaning == throttle) {
        params = params.said("THROTTLE.", "throttle", Node::Number(pace));
    }
    let profiles = commands.tags.iter().map(|tag| profile(tag, commands, pace, diags)).collect();
    let dict = Filling::default().with("software", Node::text("Mail")).with("mix", Node::text("choose"));
    let dict = if params.is_empty() { dict } else { dict.with("params", params.dict()) };
    dict.with("profiles", Node::Array(profiles)).dict()
}

fn profile(tag: &Tag, commands: &Commands, pace: f64, diags: &Diagnostics) -> Item {
    let weight = tag
        .said(commands, Meaning::Weight)
        .and_then(|said| said.value.number("a number from 0", |n: &f64| (0.0..1e9).contains(n), diags));
    let mut own = params(Filling::default(), &tag.directives, pace, diags);
    if tag.said(commands, Meaning::Param("throttle", Form::Seconds)).is_some() {
        // The ancestor waits for what is left of it after an operation (row 39).
        own = own.with("pacing", Node::text("closed"));
    }
    if tag.protocol == Protocol::Imap4
        && tag.said(commands, Meaning::Param("searchRate", Form::Rate)).is_none()
    {
        own = own.said("The ancestor's own.", "searchRate", Node::Number(SEARCH_RATE));
    }
    let hosts = tag.hosts.iter().map(|name| Node::text(name.text.clone()));
    let dict = Filling::default()
        .with("class", Node::text(tag.protocol.name()))
        .maybe("weight", weight.map(Node::Number))
        .maybe("hosts", (!tag.hosts.is_empty()).then(|| Node::array(hosts)));
    let dict = if own.is_empty() { dict } else { dict.with("params", own.dict()) };
    let line = tag.at.at.position().map(|(line, _)| format!("line {line}"));
    Item { comment: line, value: dict.dict() }
}

/// The parameters among these directives; an operation takes as long as `pace` at least.
fn params(filling: Filling, all: &[Said], pace: f64, diags: &Diagnostics) -> Filling {
    all.iter().fold(filling, |filling, said| match said.directive.meaning {
        Meaning::Param(name, form) => {
            let value = match value(said, form, diags) {
                Some(Node::Number(seconds)) if form == Form::Seconds => Some(Node::Number(seconds.max(pace))),
                value => value,
            };
            filling.maybe(name, value)
        }
        _ => filling,
    })
}

fn value(said: &Said, form: Form, diags: &Diagnostics) -> Option<Node> {
    let value = &said.value;
    let real = |wanted: &str, least: f64, most: f64| {
        value.number(wanted, |n: &f64| (least..=most).contains(n), diags).map(Node::Number)
    };
    match form {
        Form::Text => Some(Node::text(value.text.clone())),
        Form::Body => Some(body(said, diags)),
        Form::Count => {
            let wanted = format!("a whole number from {} to {}", RECIPIENTS.start(), RECIPIENTS.end());
            let count = value.number(&wanted, |n: &u32| RECIPIENTS.contains(n), diags);
            count.map(|count| Node::Number(count.into()))
        }
        Form::Seconds => real("a number of seconds", 0.0, 1e9),
        Form::Interval => real("a number of seconds above 0", 0.001, 1e9),
        Form::Rate => {
            let wanted = format!("a number from {} to {}", SEARCH_RATES.start(), SEARCH_RATES.end());
            value.number(&wanted, |n: &f64| SEARCH_RATES.contains(n), diags).map(Node::Number)
        }
        Form::Truth => match value.text.to_ascii_lowercase().as_str() {
            "1" | "true" | "yes" | "on" => Some(Node::Truth(true)),
            "0" | "false" | "no" | "off" => Some(Node::Truth(false)),
            _ => {
                diags.error(&value.at, format!("{:?} is neither 0 nor 1", value.text)).help("write 0 or 1");
                None
            }
        },
    }
}

/// The file of a body: as it is called, or the ancestor's own where there is no such file.
fn body(said: &Said, diags: &Diagnostics) -> Node {
    let path = said.value.text.as_str();
    let name = path.rsplit('/').next().unwrap_or(path);
    let ours = BODIES.iter().find(|(known, _)| *known == name);
    match ours {
        _ if Path::new(path).is_file() => Node::text(path),
        Some((_, ours)) => {
            diags.notice(
                &said.value.at,
                format!("{path} is not here: a body of the size of the ancestor's {ours} stands in"),
            );
            Node::text(*ours)
        }
        None => {
            let note = diags.warning(&said.value.at, format!("there is no file {path} here"));
            note.help("put it there before the run, or give `size` (bytes) in place of `file`");
            Node::text(path)
        }
    }
}
