//! Where the load comes from, where it goes, and what is looked at there (rows 9 to 15).

use super::Dialect;
use super::element::Element;
use super::parts::Parts;
use crate::cli::import::plist::{Filling, Node};
use crate::config::Diagnostics;
use crate::transport::Target;

/// The hosts that are this machine.
const HERE: [&str; 3] = ["localhost", "127.0.0.1", "::1"];
/// How many processes a host may have.
const MOST: f64 = 1024.0;

/// The URL of the server.
pub fn server(parts: &Parts<'_>, diags: &Diagnostics) -> Option<String> {
    let mut servers = parts.servers.iter();
    let Some(first) = servers.next() else {
        let note = diags.error(&parts.root.at(), "there is no <server>");
        note.help("add <server host=\"...\" port=\"80\" type=\"tcp\"/>");
        return None;
    };
    for other in servers {
        other.not_carried_over().help("one config has one server for the web; the first one is taken");
    }
    let (host, port) = (first.required("host"), first.required("port"));
    let kind = first.attribute("type");
    first.attribute("weight");
    let scheme = match kind.as_ref().map_or("tcp", |kind| kind.text.as_str()) {
        "tcp" | "tcp6" => "http",
        "ssl" | "ssl6" => "https",
        other => {
            let note = diags.error(&first.at(), format!("a server of type {other:?} is not carried over"));
            note.help("tcp and ssl are");
            return None;
        }
    };
    let (host, port) = (host?, port?);
    let name = host.text.trim();
    let name =
        if name.contains(':') && !name.starts_with('[') { format!("[{name}]") } else { name.to_owned() };
    let url = format!("{scheme}://{name}:{}", port.text.trim());
    match Target::parse(&url) {
        Ok(_) => Some(url),
        Err(why) => {
            diags.error(&host.at, why.to_string());
            None
        }
    }
}

/// The workers; none where one process on this machine is enough.
pub fn workers(parts: &Parts<'_>) -> Vec<Node> {
    let mut workers: Vec<Node> = Vec::new();
    let mut names: Vec<String> = Vec::new();
    let mut plain = true;
    for client in &parts.clients {
        let Some(one) = Client::read(client, parts.dialect) else { continue };
        plain &= one.is_plain();
        for number in 1..=one.processes {
            let host = one.host.as_str();
            let name = if one.processes == 1 { host.to_owned() } else { format!("{host}-{number}") };
            let name = unlike(&names, name);
            workers.push(one.worker(&name));
            names.push(name);
        }
    }
    if plain && workers.len() < 2 { Vec::new() } else { workers }
}

/// The name, with a number if another one has it.
fn unlike(others: &[String], name: String) -> String {
    let numbered = (2..).map(|number| format!("{name} {number}"));
    std::iter::once(name.clone()).chain(numbered).find(|name| !others.contains(name)).unwrap_or_default()
}

/// A client, which is a host there.
struct Client {
    host: String,
    /// Whether it is this machine.
    here: bool,
    weight: f64,
    processes: usize,
    addresses: Vec<String>,
    /// The most users of each process who are there at one time.
    max_users: Option<f64>,
}

impl Client {
    fn read(element: &Element<'_>, dialect: Dialect) -> Option<Client> {
        if element.attribute("type").is_some_and(|kind| kind.text == "batch") {
            element.not_carried_over().help("name the hosts of the job one by one");
            return None;
        }
        let host = host(element)?;
        let here = element.is_true("use_controller_vm") || HERE.contains(&host.as_str());
        let weight = element.number("weight", 0.0).unwrap_or(1.0);
        let processes = element.number("cpu", 1.0).unwrap_or(1.0).min(MOST) as usize;
        // Tsung has always one more process, so that it bounds nothing there.
        let max_users = match dialect {
            Dialect::Tsunami => element.number("maxusers", 1.0).map(f64::floor),
            Dialect::Tsung => element.attribute("maxusers").and(None),
        };
        if max_users.is_some() {
            // Row 11.
            let message = "with `maxusers` users at one time the ancestor started one more process; here whoever comes waits \
                           until somebody has left";
            element
                .diags()
                .notice(&element.at(), message)
                .help("`cpu` is how many processes share the host's users, each with its `maxUsers`");
        }
        let mut addresses = Vec::new();
        for child in element.children() {
            match (child.name(), child.attribute("value"), child.is_true("scan")) {
                ("ip", Some(value), false) => addresses.push(value.text.trim().to_owned()),
                _ => {
                    child.not_carried_over().help("name each address in `addresses` of the worker");
                }
            }
        }
        Some(Client { host, here, weight, processes, addresses, max_users })
    }

    /// Whether one process on this machine does the same.
    fn is_plain(&self) -> bool {
        self.here && self.processes == 1 && self.addresses.is_empty() && self.max_users.is_none()
    }

    fn worker(&self, name: &str) -> Node {
        let command = (!self.here)
            .then(|| Node::Text(format!("exec ssh -T -o BatchMode=yes {} exec populace worker", self.host)));
        let addresses = self.addresses.iter().map(|address| Node::text(address.clone()));
        Filling::default()
            .with("name", Node::text(name))
            .maybe("command", command)
            .with("weight", Node::Number(self.weight / self.processes as f64))
            .maybe("maxUsers", self.max_users.map(Node::Number))
            .maybe("addresses", (!self.addresses.is_empty()).then(|| Node::array(addresses)))
            .dict()
    }
}

/// The monitors of hosts.
pub fn monitors(parts: &Parts<'_>) -> Vec<Node> {
    let mut names = Vec::new();
    parts.monitors.iter().filter_map(|element| monitor(element, &mut names)).collect()
}

/// The name of a host, which becomes a word of a command.
fn host(element: &Element<'_>) -> Option<String> {
    let host = element.required("host")?;
    let name = host.text.trim();
    let is_of_name = |letter: char| letter.is_ascii_alphanumeric() || ".-_:[]".contains(letter);
    if name.starts_with('-') || !name.chars().all(is_of_name) {
        element.diags().error(&host.at, "this is no name of a host");
        return None;
    }
    Some(name.to_owned())
}

fn monitor(element: &Element<'_>, names: &mut Vec<String>) -> Option<Node> {
    let host = host(element)?;
    let kind = element.attribute("type").map_or("erlang".to_owned(), |kind| kind.text);
    let (name, params) = match kind.as_str() {
        "erlang" if !element.is_true("batch") => ("Agent", agent(&host)),
        "snmp" => ("Snmp", snmp(element, &host)),
        _ => {
            element.not_carried_over().help("there are Agent, Snmp, NodeExporter and Command");
            return None;
        }
    };
    let own = unlike(names, host);
    let dict = Filling::default().with("type", Node::text(name)).with("name", Node::text(own.clone()));
    names.push(own);
    Some(dict.with("params", params.dict()).dict())
}

fn agent(host: &str) -> Filling {
    let command = match HERE.contains(&host) {
        true => "exec populace agent".to_owned(),
        false => format!("exec ssh -T -o BatchMode=yes {host} exec populace agent"),
    };
    Filling::default().with("command", Node::Text(command))
}

fn snmp(element: &Element<'_>, host: &str) -> Filling {
    let mut params = Filling::default().with("host", Node::text(host));
    for child in element.children() {
        if child.name() != "snmp" {
            child.not_carried_over();
            continue;
        }
        if let Some(version) = child.attribute("version") {
            let version = if version.text == "v1" { "1" } else { "2c" };
            params = params.with("version", Node::text(version));
        }
        params = params
            .maybe("community", child.attribute("community").map(|word| Node::text(word.text)))
            .maybe("port", child.number("port", 1.0).map(Node::Number));
        let oids: Vec<Node> = child.children().filter_map(|one| oid(&one)).collect();
        params = params.maybe("oids", (!oids.is_empty()).then(|| Node::array(oids)));
        child.finish();
    }
    params
}

/// A figure by its OID: what is no sample only grows.
fn oid(element: &Element<'_>) -> Option<Node> {
    let (value, name) = (element.required("value")?, element.required("name")?);
    let grows = element.attribute("type").is_some_and(|kind| kind.text != "sample");
    if let Some(function) = element.attribute("eval") {
        element.diags().warning(&function.at, "no function is applied to what is read");
    }
    let dict = Filling::default().with("name", Node::text(name.text)).with("oid", Node::text(value.text));
    Some(dict.maybe("total", grows.then_some(Node::Truth(true))).dict())
}
