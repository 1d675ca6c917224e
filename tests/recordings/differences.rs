//! Where we differ from the recordings on purpose, and why.

use crate::sequences::Fact;

/// What the recorded requests of a scene must be for us, all differences applied.
pub fn expected(recorded: Vec<Fact>) -> Vec<Fact> {
    let kept = recorded.into_iter().filter(|fact| !is_notification_of_later_state(fact));
    in_order_of_paths(kept.map(depth_of_sync).map(level_of_sync).collect())
}

/// The ancestor of 2013 never touched the notification collection with these models (spec 5.1). Its later state, of which
/// the transcripts are, looked there at every poll.
fn is_notification_of_later_state(fact: &Fact) -> bool {
    fact.label.starts_with("PROPFIND{notification")
}

/// RFC 6578 section 3.2: a sync-collection report has Depth 0; the ancestor sent 1, as an early draft had it, and strict
/// servers refuse that.
fn depth_of_sync(mut fact: Fact) -> Fact {
    if fact.says.starts_with("D:sync-collection(") {
        fact.depth = "0".to_owned();
    }
    fact
}

/// RFC 6578 section 6.3: a sync-collection report must have a D:sync-level; the ancestor left it out for calendars.
fn level_of_sync(mut fact: Fact) -> Fact {
    if !fact.says.contains("D:sync-level") {
        fact.says = fact.says.replace("(D:sync-token=~ ", "(D:sync-token=~ D:sync-level=1 ");
    }
    fact
}

/// The ancestor went through calendars in the order of a Python dictionary, which is arbitrary; ours is that of their
/// paths, so that a run can be repeated.
fn in_order_of_paths(mut facts: Vec<Fact>) -> Vec<Fact> {
    let group = |fact: &Fact| {
        let calendar = ["{home}calendar/", "{home}inbox/", "{home}tasks/"].contains(&fact.path.as_str());
        calendar.then(|| fact.method == "PROPPATCH")
    };
    for run in facts.chunk_by_mut(|one, next| group(one).is_some() && group(one) == group(next)) {
        run.sort_by(|one, next| one.path.cmp(&next.path));
    }
    facts
}

// The headers differ too, in every request, and are no part of the facts:
// - the ancestor sent `Connection: close` and `Connection: keep-alive` in one request and opened a connection for each; real
//   clients keep theirs, and so do we (`perRequest` gives the old habit);
// - it sent Accept-Encoding twice; we send it once;
// - prefixes of names that are looked up are those of the invitee, not of employees of one company.
//
// Some scenes were recorded with no server. Their facts are put together after the spec by extract.py, from the model's own
// recorded requests where there are such, and each says so in a comment:
//
// | model | what is after the spec |
// |---|---|
// | OS_X_10_6, OS_X_10_7 | `invited`, `accept` |
// | iOS_5 | `invited`, `accept`, `poll idle` |
// | OS_X_10_11 | nothing |
//
// `invite existing` is missing for OS_X_10_11: the ancestor's state that has this model invites to new events only.
//
// The stub server of the recordings answered /.well-known/caldav/ itself; the test's server does so too.
