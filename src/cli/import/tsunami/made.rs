//! The property list that is made of what was read.

use super::Dialect;
use super::arrival::{arrival, longest};
use super::options::Options;
use super::parts::Parts;
use super::places::{monitors, server, workers};
use super::sessions::populations;
use crate::cli::import::plist::{Filling, Node, document};
use crate::config::{Diagnostics, Source};

/// The whole config. None: something is wrong, and told.
pub fn made(parts: &Parts<'_>, source: &Source, diags: &Diagnostics) -> Option<String> {
    let options = Options::read(parts);
    let (server, arrival) = (server(parts, diags), arrival(parts, diags));
    let (workers, monitors, observers) = (workers(parts), monitors(parts), observers(parts, diags));
    // Their steps are read whatever is wrong elsewhere, so that all is told at once.
    let populations = populations(parts, &options, diags);
    let top = Filling::default()
        .with("server", Node::Text(server?))
        .said(ACCOUNTS, "accounts", accounts())
        .with("arrival", arrival?);
    let run = Filling::default()
        .maybe("duration", longest(parts).map(Node::Number))
        .maybe("seed", options.seed.map(|seed| Node::Number(seed.floor())));
    let mut top = if run.is_empty() { top } else { top.with("run", run.dict()) };
    if !workers.is_empty() {
        top = top.said(WORKERS, "workers", Node::array(workers));
    }
    if !monitors.is_empty() {
        top = top.with("monitors", Node::array(monitors));
    }
    let top = top.with("observers", Node::array(observers)).with("clients", Node::Array(populations?));
    if diags.has_errors() {
        return None;
    }
    finish(parts);
    let head = format!(
        "Made of {}. Look at it with populace check, try it with few users (option users) from here (option workers 0), then run it.",
        source.name()
    );
    Some(document(&head, &top.dict()))
}

const WORKERS: &str = "The ancestor's hosts, started by ssh as there; the addresses are theirs.";

const ACCOUNTS: &str = "The ancestor has none: requests that log in say as whom.";

fn accounts() -> Node {
    let params = Filling::default().with("count", Node::Number(100.0)).dict();
    let loader = Filling::default().with("loader", Node::text("generateRecords")).with("params", params);
    loader.with("use", Node::text("reuse")).dict()
}

/// Who watches: the report, the ancestor's own file of statistics, and all that is said if that was wished for.
fn observers(parts: &Parts<'_>, diags: &Diagnostics) -> Vec<Node> {
    let name = match parts.dialect {
        Dialect::Tsunami => "idx-tsunami",
        Dialect::Tsung => "tsung",
    };
    let observer = |kind: &str, params: Filling| {
        let dict = Filling::default().with("type", Node::text(kind));
        if params.is_empty() { dict.dict() } else { dict.with("params", params.dict()).dict() }
    };
    let path = |end: &str| Filling::default().with("path", Node::Text(format!("{name}.{end}")));
    let mut all = vec![observer("ReportStatistics", Filling::default()), observer("TsunamiLog", path("log"))];
    if let Some(dump) = parts.root.attribute("dumptraffic").filter(|word| word.text != "false") {
        let bodies = Node::Truth(dump.text == "true");
        all.push(observer("EventLog", path("dump").with("bodies", bodies)));
        diags.notice(&dump.at, "`dumptraffic` becomes an EventLog: a line of JSON for each event");
    }
    if let Some(level) = parts.root.attribute("loglevel").filter(|word| word.text == "debug") {
        diags
            .notice(&level.at, "`loglevel` is not carried over")
            .help("--log-level debug of populace run says what happens");
    }
    if let Some(backend) = parts.root.attribute("backend").filter(|word| word.text != "text") {
        let note = diags.warning(&backend.at, format!("the backend {:?} is not carried over", backend.text));
        note.help("--json, --csv and --hdr of populace run write results for other programs");
    }
    parts.root.attribute("version");
    all
}

/// Names the attributes that nobody has asked for.
fn finish(parts: &Parts<'_>) {
    let all =
        [&parts.clients, &parts.servers, &parts.monitors, &parts.phases, &parts.options, &parts.sessions];
    all.into_iter()
        .flatten()
        .chain([&parts.root])
        .chain(&parts.load)
        .for_each(super::element::Element::tell_rest);
}
