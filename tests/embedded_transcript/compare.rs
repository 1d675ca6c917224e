//! Compares answers and judges the differences.
use super::learnt::Learnt;
use super::recording::{Exchange, Message};
use populace::dav::{Multistatus, Response, path};
use std::collections::{BTreeMap, BTreeSet};

/// Differences that are meant: the resource (`*` is any), the property, the status there and here, and why.
const MEANT: &[(&str, &str, u16, u16, &str)] =
    &[("*", "ME:bulk-requests", 200, 404, "bulk requests are not taken, so they are not offered")];

/// Supported reports that the recorded server lists and ours does not. It has no address books. The recorded
/// one lists queries also where there is nothing to query (outbox, free-busy URL, attachments,
/// notifications).
const LEFT_OUT_REPORTS: &[&str] = &["addressbook-query", "addressbook-multiget"];
const NO_QUERIES: &[&str] = &["outbox", "freebusy", "dropbox", "notification"];

/// Exchanges whose status differs for a reason.
const MEANT_STATUSES: &[(&str, u16, u16, &str)] = &[];

/// What differed, by what it is, with the exchanges it was seen in.
#[derive(Default)]
pub struct Differences {
    /// All sections are there; without D, section E meets things that are not in the recording.
    whole: bool,
    found: BTreeMap<String, Vec<String>>,
    compared: usize,
    unmatched: usize,
}

impl Differences {
    pub fn new(whole: bool) -> Differences {
        Differences { whole, ..Differences::default() }
    }

    fn is_from_elsewhere(&self, exchange: &Exchange) -> bool {
        !self.whole && exchange.name.starts_with('E')
    }

    /// Compares one pair of answers and learns from it.
    pub fn compare(&mut self, exchange: &Exchange, ours: &Message, learnt: &mut Learnt) {
        let theirs = &exchange.answer;
        let (method, target) = exchange.request.first_line();
        if theirs.status() != ours.status() {
            let meant = MEANT_STATUSES.iter().any(|(m, there, here, _)| {
                *m == method && (*there, *here) == (theirs.status(), ours.status())
            });
            if !meant {
                let what =
                    format!("{method} {}: status {} is {}", kind(target), theirs.status(), ours.status());
                self.add(what, exchange);
            }
            return;
        }
        learnt.headers(theirs, ours);
        self.headers(exchange, ours);
        if theirs.status() != 207 {
            return;
        }
        let (Ok(theirs), Ok(ours)) =
            (Multistatus::parse(&theirs.body, target), Multistatus::parse(&ours.body, target))
        else {
            self.add(format!("{method} {}: no multistatus", kind(target)), exchange);
            return;
        };
        if theirs.sync_token.is_some() != ours.sync_token.is_some() {
            self.add(format!("{method} {}: sync token", kind(target)), exchange);
        }
        let (pairs, missing) = learnt.multistatus(&theirs, &ours);
        // Section E met a server with the traces of a run that is not in the recording: more events, and a
        // calendar that was shared.
        let from_elsewhere = self.is_from_elsewhere(exchange);
        if !from_elsewhere {
            for href in missing {
                self.add(format!("{method} {}: {} is not listed", kind(target), kind(&href)), exchange);
            }
        }
        self.unmatched += ours.responses.len() - pairs.len();
        for (theirs, ours) in pairs {
            if !(from_elsewhere && ours.status == 404) {
                self.properties(exchange, theirs, ours);
            }
        }
    }

    /// Which headers are there, of those that clients look at.
    fn headers(&mut self, exchange: &Exchange, ours: &Message) {
        let (method, target) = exchange.request.first_line();
        for name in
            ["etag", "schedule-tag", "location", "www-authenticate", "cal-managed-id", "content-disposition"]
        {
            let theirs = exchange.answer.header(name).is_some();
            if theirs != ours.header(name).is_some() {
                let there = if theirs { "missing" } else { "too much" };
                self.add(format!("{method} {}: header {name} is {there}", kind(target)), exchange);
            }
        }
    }

    fn properties(&mut self, exchange: &Exchange, theirs: &Response, ours: &Response) {
        let method = exchange.request.first_line().0;
        let kind = kind(&theirs.href);
        if theirs.status != ours.status {
            let what = format!("{method} {kind}: response status {} is {}", theirs.status, ours.status);
            self.add(what, exchange);
        }
        let (there, here) = (statuses(theirs), statuses(ours));
        for (name, status) in &there {
            let now = here.get(name).copied().unwrap_or(0);
            let meant = MEANT
                .iter()
                .any(|(k, n, s, o, _)| (*k == "*" || *k == kind) && n == name && (*s, *o) == (*status, now));
            if now != *status && !meant {
                self.add(format!("{method} {kind}: {name} {status} is {now}"), exchange);
            }
            self.compared += 1;
        }
        for name in here.keys().filter(|name| !there.contains_key(*name)) {
            self.add(format!("{method} {kind}: {name} was not asked for"), exchange);
        }
        for prop in &theirs.props {
            let Some(mine) = ours.prop(&prop.name) else {
                continue;
            };
            let (mut there, mut here) = (shape(prop), shape(mine));
            for side in [&mut there, &mut here] {
                if NO_QUERIES.contains(&kind.as_str()) {
                    side.retain(|at| {
                        !["query", "multiget", "sync-collection"].iter().any(|q| at.ends_with(q))
                    });
                }
                if self.is_from_elsewhere(exchange) {
                    side.retain(|at| !at.ends_with("shared-owner"));
                }
            }
            if there != here && !is_state(prop.name.local()) {
                self.add(format!("{method} {kind}: {} holds {there:?}, here {here:?}", prop.name), exchange);
            }
        }
    }

    fn add(&mut self, what: String, exchange: &Exchange) {
        self.found.entry(what).or_default().push(exchange.name.clone());
    }

    /// Fails if anything differed that was not meant.
    pub fn judge(&self, exchanges: usize) {
        println!(
            "{exchanges} exchanges, {} properties compared, {} responses only here",
            self.compared, self.unmatched
        );
        let mut text = String::new();
        for (what, seen) in &self.found {
            let first: Vec<&str> = seen.iter().take(4).map(String::as_str).collect();
            text.push_str(&format!("{what}   ({} times, {})\n", seen.len(), first.join(" ")));
        }
        assert!(self.found.is_empty(), "{} kinds of differences:\n{text}", self.found.len());
        assert!(self.compared > 1000, "only {} properties were compared", self.compared);
    }
}

/// Name -> status of every property.
fn statuses(response: &Response) -> BTreeMap<String, u16> {
    let found = response.props.iter().map(|p| (p.name.to_string(), 200));
    found.chain(response.missing.iter().map(|(name, status)| (name.to_string(), *status))).collect()
}

/// The elements inside a property, as a set of paths.
fn shape(element: &populace::dav::Element) -> BTreeSet<String> {
    fn walk(element: &populace::dav::Element, at: &str, out: &mut BTreeSet<String>) {
        for child in &element.children {
            if LEFT_OUT_REPORTS.contains(&child.name.local()) {
                continue;
            }
            let at = format!("{at}/{}", child.name.local());
            walk(child, &at, out);
            out.insert(at);
        }
    }
    let mut out = BTreeSet::new();
    walk(element, "", &mut out);
    out
}

/// Properties whose content depends on what other users did meanwhile.
fn is_state(local: &str) -> bool {
    ["calendar-free-busy-set"].contains(&local)
}

/// The kind of resource a path names: its last part, with names that differ from run to run left out.
fn kind(target: &str) -> String {
    let path = target.split('?').next().unwrap_or(target);
    let name = path::last_segment(path);
    let extension = name.rsplit_once('.').map(|(_, e)| e).filter(|e| ["ics", "xml", "txt"].contains(e));
    let parent = path::last_segment(path::parent(path));
    match extension {
        Some(extension) if parent.len() == 36 => format!("SHARE/*.{extension}"),
        Some(extension) => format!("{parent}/*.{extension}"),
        None if parent == "__uids__" => {
            if path.starts_with("/principals") {
                "PRINCIPAL".to_owned()
            } else {
                "HOME".to_owned()
            }
        }
        None if name.len() == 36 => "SHARE".to_owned(),
        None => name,
    }
}
