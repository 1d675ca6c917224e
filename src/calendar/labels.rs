//! Which labels the clients of a population can bring.

use std::collections::BTreeSet;

use super::model::{Change, Listing, Model, Search};
use super::profiles::{self, PROFILES, Surroundings};
use super::wire::labels::{self, of_sizes_to};
use super::{operations, wire};
use crate::config::{At, Diagnostics};
use crate::label::Label;

/// The operations of every client program.
pub const OF_PROGRAMS: [Label; 3] = [operations::STARTUP, operations::POLL, operations::PUSH];

/// The label of every operation there is.
pub fn operations() -> BTreeSet<Label> {
    let (at, diags) = (At::named("profiles"), Diagnostics::new());
    // Every profile can be made from nothing.
    let build = |name| profiles::build(name, &at, None, Surroundings::default(), &diags);
    let built = PROFILES.iter().filter_map(|entry| build(entry.name));
    OF_PROGRAMS.into_iter().chain(built.flat_map(|built| built.profile.operations())).collect()
}

/// The label of every request there is.
pub fn requests() -> BTreeSet<Label> {
    let all: BTreeSet<Label> = wire::labels::all().into_iter().collect();
    let auxiliary = auxiliary(&all, true);
    all.into_iter().chain(auxiliary).collect()
}

/// The labels of the requests that a client program makes by itself.
pub fn of_program(model: &Model) -> Vec<Label> {
    // An inbox may lie elsewhere, and a server may lack the report that lists a calendar.
    let mut all = vec![
        labels::WELL_KNOWN,
        labels::FIND_PRINCIPAL,
        labels::PRINCIPAL,
        labels::HOME,
        labels::INBOX,
        labels::CALENDAR,
    ];
    let mut may = |may: bool, labels: &[Label]| all.extend(labels.iter().filter(|_| may));
    may(model.start.search_properties, &[labels::SEARCH_PROPERTIES]);
    may(!model.start.proppatches.is_empty(), &[labels::PROPPATCH]);
    may(model.start.delegates, &[labels::DELEGATES]);
    may(model.change == Change::SyncHome, &[labels::SYNC_HOME]);
    may(model.listing == Listing::SyncCollection, &[labels::SYNC, labels::SYNC_INIT]);
    may(model.listing == Listing::Queries, &[labels::EVENTS, labels::TASKS]);
    let notifications = [
        labels::SYNC_NOTIFICATIONS,
        labels::SYNC_NOTIFICATIONS_INIT,
        labels::GET_NOTIFICATION,
        labels::ACCEPT_SHARE,
        labels::DELETE_INVITE,
    ];
    may(model.notifications, &notifications);
    all.extend(of_sizes_to(model.multiget, labels::multiget));
    all
}

/// Whether a client program makes the requests of this label if a profile asks for them: of the ways to look people up
/// each program has one at most.
pub fn is_made_by(model: &Model, label: Label) -> bool {
    match label {
        labels::PROPERTY_SEARCH => model.search == Search::PropertySearch,
        labels::CALENDARSERVER_SEARCH => model.search == Search::CalendarServerSearch,
        other => model.search != Search::None || !labels::of_all_sizes(labels::free_busy).contains(&other),
    }
}

/// The auxiliary labels that come beside these; `probes`: also those of requests without credentials.
pub fn auxiliary(requests: &BTreeSet<Label>, probes: bool) -> Vec<Label> {
    let methods: BTreeSet<&str> = requests
        .iter()
        .filter_map(|label| label.as_str().split_once('{'))
        .map(|(method, _)| method)
        .collect();
    let rounds = ["basic", "digest"].map(|scheme| Label::request("CHALLENGE", scheme));
    let probed = methods.iter().filter(|_| probes).map(|method| Label::request("PROBE", method));
    // What cannot be done twice is never sent again.
    let resent =
        methods.iter().filter(|method| **method != "POST").map(|method| Label::request("RESENT", method));
    rounds.into_iter().chain(probed).chain(resent).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::model::Library;

    #[test]
    fn everything_is_there() {
        let (operations, requests) = (operations(), requests());
        for label in ["startup", "push", "reply done", "subscribe", "reset", "invite"] {
            assert!(operations.contains(&Label::new(label)), "{label}");
        }
        for label in
            ["POST{apns}", "CHALLENGE{digest}", "PROBE{PROPFIND}", "RESENT{PUT}", "PUT{organizer-huge}"]
        {
            assert!(requests.contains(&Label::new(label)), "{label}");
        }
        assert!(!requests.contains(&Label::new("RESENT{POST}")));
    }

    #[test]
    fn programs_differ() {
        let diags = Diagnostics::new();
        let of = |name: &str| {
            let model = Library::embedded().load(name, &At::named("t"), &diags).unwrap();
            of_program(&model).into_iter().map(Label::as_str).collect::<Vec<_>>()
        };
        let (old, new) = (of("OS_X_10_6"), of("OS_X_10_11"));
        assert!(
            new.contains(&"REPORT{sync-coll}") && !old.contains(&"REPORT{sync-coll}"),
            "{old:?}\n{new:?}"
        );
        assert!(old.contains(&"REPORT{multiget-small}") && old.contains(&"PROPFIND{home}"));
    }
}
