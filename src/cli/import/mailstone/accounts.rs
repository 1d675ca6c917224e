//! The ancestor says server and accounts for each tag; here they are those of the whole config.

use super::commands::{Commands, Said, Tag};
use super::directives::{Meaning, Protocol};
use crate::cli::import::plist::{Filling, Node};
use crate::config::Diagnostics;
use crate::population::accounts::Pattern;
use crate::scenario::services::KNOWN;

/// The accounts, beside their node: how many there are.
pub struct Accounts {
    pub params: Filling,
    pub count: u64,
}

/// The value that all of these tags have. Where they differ the first holds, and a warning says so.
fn agreed<'a>(
    commands: &'a Commands,
    about: impl Fn(&Tag) -> bool,
    meaning: Meaning,
    diags: &Diagnostics,
) -> Option<&'a Said> {
    let mut first: Option<&Said> = None;
    let tags = commands.tags.iter().filter(|tag| about(tag));
    for said in tags.filter_map(|tag| tag.said(commands, meaning)) {
        match first {
            None => first = Some(said),
            Some(first) if first.value.text != said.value.text => {
                let name = said.directive.name;
                let kept = match meaning {
                    // Nobody's password is told.
                    Meaning::Password => "another one holds".to_owned(),
                    _ => format!("it is {}", first.value.text),
                };
                let note =
                    diags.warning(&said.name.at, format!("this {name} is not carried over: {kept} for all"));
                note.also(&first.name.at, "the one that holds")
                    .help("import the tags with other accounts by themselves");
            }
            Some(_) => {}
        }
    }
    first
}

fn reads(tag: &Tag) -> bool {
    tag.protocol != Protocol::Smtp
}

/// `services`: the server of each protocol that there is a tag of.
pub fn services(commands: &Commands, diags: &Diagnostics) -> Filling {
    let mut services = Filling::default();
    for protocol in Protocol::ALL {
        let Some(said) = agreed(commands, |tag| tag.protocol == protocol, Meaning::Server, diags) else {
            continue;
        };
        let url = format!("{0}://{1}", protocol.service(), said.value.text);
        let schemes = KNOWN.iter().find(|known| known.name == protocol.service()).map(|known| known.schemes);
        match schemes.map(|schemes| schemes.parse(&url)) {
            Some(Err(why)) => {
                diags.error(&said.value.at, why.to_string()).help("a server is a host, or host:port");
            }
            _ => services = services.with(protocol.service(), Node::text(url)),
        }
    }
    services
}

/// The parameters of `generateRecords`. Who sends names a recipient by `accountFormat`, who reads logs in by it: so the address is
/// that of the tags SMTP, and the name that of the others.
pub fn accounts(commands: &Commands, diags: &Diagnostics) -> Option<Accounts> {
    let all = |_: &Tag| true;
    let login = agreed(commands, reads, Meaning::Account, diags);
    let address = agreed(commands, |tag| !reads(tag), Meaning::Account, diags);
    let (login, address) = (login.or(address)?, address.or(login)?);
    let password = agreed(commands, reads, Meaning::Password, diags);
    let count = agreed(commands, all, Meaning::Count, diags)?;
    let number = |said: &Said| {
        said.value.number("a whole number from 1 to 10000000", |n: &u64| (1..=10_000_000).contains(n), diags)
    };
    let count = number(count)?;
    let first = match agreed(commands, all, Meaning::First, diags) {
        Some(said) => said.value.number("a whole number", |n: &u64| *n <= u64::from(u32::MAX), diags)?,
        None => 0,
    };
    let parsed: Vec<bool> = [Some(login), Some(address), password]
        .into_iter()
        .flatten()
        .map(|said| pattern(said, diags))
        .collect();
    if !parsed.iter().all(|good| *good) {
        return None;
    }
    if count > 1 && Pattern::parse(&login.value.text).is_ok_and(|pattern| !pattern.has_number()) {
        let note =
            diags.error(&login.value.at, "there is no number in it, so that all accounts would be one");
        note.help("write %d where the number belongs");
        return None;
    }
    let text = |said: &Said| Node::text(said.value.text.clone());
    let params = Filling::default()
        .with("first", Node::Number(first as f64))
        .with("count", Node::Number(count as f64))
        .with("uidPattern", text(login))
        .maybe("passwordPattern", password.map(text))
        .with("emailPattern", text(address));
    Some(Accounts { params, count })
}

fn pattern(said: &Said, diags: &Diagnostics) -> bool {
    let parsed = Pattern::parse(&said.value.text);
    parsed
        .map_err(|why| {
            let why = match said.directive.meaning {
                Meaning::Password => "this is no pattern of passwords".to_owned(),
                _ => why.to_string(),
            };
            diags.error(&said.value.at, why).help("%d is the number, %% a percent sign")
        })
        .is_ok()
}
