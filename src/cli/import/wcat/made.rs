//! The property list that is made of what was read.

use super::Files;
use super::counters::Counters;
use super::distribution::Share;
use super::headers::Head;
use super::script::{Fields, Script, Transaction};
use super::settings::Settings;
use super::values::Value;
use crate::cli::import::plist::{Filling, Item, Node, document};
use crate::config::{At, Diagnostics};
use crate::transport::Target;

/// What was read.
pub struct Made<'a> {
    pub files: &'a Files<'a>,
    pub settings: Settings,
    pub script: Script,
    pub shares: Vec<Share>,
    pub counters: Option<Counters>,
}

/// The server where nobody says another.
const HERE: &str = "http://localhost";
/// How long each part lasts where nobody says (row 15), seconds.
const DURATION: f64 = 300.0;
const WARMUP: f64 = 5.0;
const COOLDOWN: f64 = 6.0;

impl Made<'_> {
    /// The whole config. None: something is wrong, and told.
    pub fn text(&self, server: Option<&str>, diags: &Diagnostics) -> Option<String> {
        // What the script names first is the server, wherever that is now.
        let home = self.server();
        let server = server.map_or_else(|| home.clone(), str::to_owned);
        if let Err(why) = Target::parse(&server) {
            diags.error(&At::named("--server"), why.to_string()).help("a server is http://host:port");
        }
        let profiles = self.profiles(&home, diags);
        if diags.has_errors() {
            return None;
        }
        let settings = &self.settings;
        let (machines, threads) = (settings.machines.unwrap_or(1), settings.threads.unwrap_or(1));
        let users = Node::Number(f64::from(machines) * f64::from(threads));
        let run = Filling::default()
            .with("warmup", Node::Number(settings.warmup.unwrap_or(WARMUP)))
            .with("duration", Node::Number(settings.duration.unwrap_or(DURATION)))
            .with("cooldown", Node::Number(settings.cooldown.unwrap_or(COOLDOWN)));
        let count = Filling::default().with("count", users).dict();
        let arrival = Filling::default().with("factory", Node::text("Fixed")).with("params", count);
        let mut top = Filling::default()
            .with("server", Node::Text(server))
            .said(ACCOUNTS, "accounts", accounts())
            .with("arrival", arrival.dict())
            .with("run", run.dict());
        if machines > 1 {
            let worker =
                |number: u32| Filling::default().with("name", Node::Text(format!("client{number}"))).dict();
            top = top.said(WORKERS, "workers", Node::array((1..=machines).map(worker)));
        }
        if let Some(counters) = &self.counters {
            top = top.said(MONITOR, "monitors", Node::array([monitor(counters)]));
        }
        let top = top
            .with("observers", Node::array(self.observers()))
            .with("clients", Node::array([self.population(profiles)]));
        Some(document(&self.head(), &top.dict()))
    }

    fn head(&self) -> String {
        let Files { config, script, distribution, counters } = self.files;
        let names = [Some(config), Some(script), Some(distribution), counters.as_ref()];
        let names: Vec<&str> = names.into_iter().flatten().map(|file| file.name()).collect();
        let said = self.settings.comment.as_ref().map(|said| format!("{said}\n")).unwrap_or_default();
        format!("{said}Made of WCAT's {}. Look at it with populace check, then run it.", names.join(", "))
    }

    /// The server that the script names first: by a field, a header, or a whole URL.
    fn server(&self) -> String {
        let requests = self.script.transactions.iter().flat_map(|transaction| &transaction.requests);
        requests.chain([&self.script.header]).find_map(origin).unwrap_or_else(|| HERE.to_owned())
    }

    /// Each transaction as a profile. The transactions of a class share its part evenly, as one of them is drawn (row 20).
    fn profiles(&self, home: &str, diags: &Diagnostics) -> Vec<Item> {
        let transactions = &self.script.transactions;
        if transactions.is_empty() {
            let note = diags.error(
                &At::named(self.files.script.name()),
                "there is no transaction: nothing is to be done",
            );
            note.help("write NEW TRANSACTION, classId = 1, NEW REQUEST HTTP and its URL");
        }
        let known = |share: &&Share| transactions.iter().all(|one| one.class != Some(share.class));
        for share in self.shares.iter().filter(known) {
            let note = diags.error(&share.at.at, format!("no transaction is of the class {}", share.class));
            note.help("the script says `classId` of each transaction");
        }
        transactions.iter().filter_map(|transaction| self.profile(transaction, home, diags)).collect()
    }

    fn profile(&self, transaction: &Transaction, home: &str, diags: &Diagnostics) -> Option<Item> {
        let Some(class) = transaction.class else {
            diags.error(&transaction.at.at, "the transaction has no `classId`").help("classId = 1");
            return None;
        };
        let Some(share) = self.shares.iter().find(|share| share.class == class) else {
            let note = diags.warning(
                &transaction.at.at,
                format!("the class {class} is not drawn: the transaction is left out"),
            );
            note.help("name the class in the distribution");
            return None;
        };
        let siblings = self.script.transactions.iter().filter(|other| other.class == Some(class)).count();
        let steps: Vec<Node> = transaction
            .requests
            .iter()
            .filter_map(|fields| self.request(fields, transaction, home, diags))
            .collect();
        if steps.is_empty() {
            diags
                .error(&transaction.at.at, "the transaction has no request")
                .help("write NEW REQUEST HTTP and its URL");
            return None;
        }
        let whole = Filling::default()
            .with("do", Node::text("transaction"))
            .with("name", Node::Text(format!("class {class}")))
            .with("steps", Node::array(steps));
        let params = Filling::default().with("steps", Node::array([whole.dict()]));
        let dict = Filling::default()
            .with("class", Node::text("Script"))
            .with("weight", Node::Number(share.percent / siblings as f64))
            .with("params", params.dict());
        let line = transaction.at.at.position().map(|(line, _)| format!("line {line}"));
        Some(Item { comment: line, value: dict.dict() })
    }

    fn request(
        &self,
        fields: &Fields,
        transaction: &Transaction,
        home: &str,
        diags: &Diagnostics,
    ) -> Option<Node> {
        let Some(url) = fields.text("URL") else {
            diags
                .error(&transaction.at.at, "a request of this transaction has no `URL`")
                .help("URL = \"/index.html\"");
            return None;
        };
        let elsewhere = origin(fields).filter(|origin| *origin != *home && !url.contains("://"));
        let verb = fields.text("Verb").unwrap_or("GET").to_ascii_uppercase();
        let head = fields.text("RequestHeader").map(Head::read).unwrap_or_default();
        let usual = self.usual();
        let old = fields.text("HttpVersion").is_some_and(|version| version.ends_with("1.0"));
        let keeps = fields.truth("KeepAlive").or(head.keeps).unwrap_or(false);
        let body = match fields.get("RequestData") {
            Some(Value::File(name)) => Some(("file", Node::text(name.clone()))),
            Some(Value::Text(text)) if text.contains("%%") => {
                if let Some(at) = fields.at("RequestData") {
                    diags.warning(&at.at, "a name between %% is the value of a variable here");
                }
                Some(("body", Node::text(text.clone())))
            }
            Some(Value::Text(text)) => Some(("body", Node::text(text.clone()))),
            _ => None,
        };
        let mut head = head;
        if head.headers == usual.headers {
            head.headers.clear();
        }
        if head.content_type == usual.content_type {
            head.content_type = None;
        }
        if let Some(cookie) = fields.text("Cookie") {
            head.set("Cookie", cookie);
        }
        let found = match (fields.get("ResponseData"), fields.at("ResponseData")) {
            (Some(Value::Text(text)), _) => Some(Node::Text(literal(text))),
            (Some(_), Some(at)) => {
                diags
                    .warning(&at.at, "ResponseData of a file is not carried over")
                    .help("`match` is a regular expression");
                None
            }
            _ => None,
        };
        let mut dict = Filling::default()
            .with("do", Node::text(verb))
            .with("url", Node::Text(format!("{}{url}", elsewhere.unwrap_or_default())))
            .maybe("http", old.then(|| Node::text("1.0")))
            .maybe("keepAlive", keeps.then_some(Node::Truth(true)));
        if let Some((key, value)) = body {
            dict = dict.with(key, value);
        }
        let dict = head
            .written(dict)
            .maybe("think", fields.number("ThinkTime").and_then(think))
            .maybe("expect", fields.number("ResponseStatusCode").map(Node::Number))
            .maybe("match", found);
        Some(dict.dict())
    }

    /// What the header of the script has in the head of all requests.
    fn usual(&self) -> Head {
        self.script.header.text("RequestHeader").map(Head::read).unwrap_or_default()
    }

    fn population(&self, profiles: Vec<Item>) -> Node {
        let params = Filling::default()
            .with("title", Node::text("WCAT"))
            .said("The ancestor follows no redirects.", "redirects", Node::Number(0.0))
            .said(
                "Of those requests that do not say that their connection stays.",
                "keepAlive",
                Node::Truth(false),
            )
            .maybe("think", think(self.settings.think))
            .maybe("maxReceive", self.settings.buffer.map(Node::Number));
        Filling::default()
            .with("software", Node::text("Web"))
            .with("mix", Node::text("choose"))
            .with("params", self.usual().written(params).dict())
            .with("profiles", Node::Array(profiles))
            .dict()
    }

    fn observers(&self) -> Vec<Node> {
        let observer = |kind: &str| Filling::default().with("type", Node::text(kind));
        let stem = self.files.config.name().rsplit('/').next().unwrap_or_default();
        let stem = stem.rsplit_once('.').map_or(stem, |(stem, _)| stem);
        let path = |end: &str| Filling::default().with("path", Node::Text(format!("{stem}.{end}")));
        let comment = self.settings.comment.as_ref().map(|said| Node::text(said.clone()));
        let log = path("log").maybe("comment", comment).dict();
        let mut all =
            vec![observer("ReportStatistics").dict(), observer("WcatLog").with("params", log).dict()];
        if self.counters.is_some() {
            all.push(observer("WcatCounters").with("params", path("prf").dict()).dict());
        }
        all
    }
}

const ACCOUNTS: &str = "The ancestor has none.";

const WORKERS: &str = "The ancestor's client machines: each brings its part of the users, and is a process on this machine.\n\
    To start one on its own machine, add to its dict\n\
    <key>command</key><string>exec ssh -T -o BatchMode=yes HOST exec populace worker</string>";

const MONITOR: &str = "Of this machine. To read those of the server, add to the params\n\
    <key>command</key><string>exec ssh -T -o BatchMode=yes HOST exec populace agent</string>";

fn accounts() -> Node {
    let params = Filling::default().with("count", Node::Number(100.0)).dict();
    let loader = Filling::default().with("loader", Node::text("generateRecords")).with("params", params);
    loader.with("use", Node::text("reuse")).dict()
}

fn monitor(counters: &Counters) -> Node {
    let processes = counters.processes.iter().map(|name| Node::text(name.clone()));
    let params = Filling::default()
        .with("standard", Node::Truth(counters.standard))
        .maybe("processes", (!counters.processes.is_empty()).then(|| Node::array(processes)));
    Filling::default().with("type", Node::text("Agent")).with("params", params.dict()).dict()
}

/// The server of a request, if it says which.
fn origin(fields: &Fields) -> Option<String> {
    let url = fields.text("URL").unwrap_or_default();
    if let Some((scheme, rest)) = url.split_once("://") {
        return Some(format!("{scheme}://{}", rest.split(['/', '?', '#']).next().unwrap_or_default()));
    }
    let tls = fields.truth("SSL").unwrap_or(false);
    let named = fields.text("Server").map(str::to_owned);
    let host = named
        .or_else(|| Head::read(fields.text("RequestHeader")?).host)
        .or_else(|| tls.then(|| "localhost".to_owned()))?;
    let port = fields.number("ServerPort").filter(|_| !host.contains(':')).map(|port| format!(":{port}"));
    Some(format!("{}://{host}{}", if tls { "https" } else { "http" }, port.unwrap_or_default()))
}

/// A time of thinking by chance below the longest (row 15).
fn think(longest: f64) -> Option<Node> {
    let params = Filling::default().with("min", Node::Number(0.0)).with("max", Node::Number(longest)).dict();
    let uniform = Filling::default().with("type", Node::text("Uniform")).with("params", params);
    (longest > 0.0).then(|| uniform.dict())
}

/// A regular expression that finds this text.
fn literal(text: &str) -> String {
    let special = |letter: char| "\\.+*?()|[]{}^$#&-~".contains(letter);
    text.chars().flat_map(|letter| special(letter).then_some('\\').into_iter().chain([letter])).collect()
}
