//! What one seed gives on this platform with this Cargo.lock (design, decision 4). Whoever changes what clients plan or do
//! finds other hashes here, and pins them in a commit that says why.

#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

use crate::command::rehearse;

const PLAN: &str = "31951160f79bfc58";
const TRACE: &str = "3c70868192113fc8c42f7b2486b3b70162e90d18220c07934fa462d762882482";

#[test]
fn the_hashes_of_one_short_rehearsal_are_pinned() {
    let ran =
        rehearse(&["--clients", "clients/demo.plist", "--users", "5", "--runtime", "15s", "--seed", "7"]);
    assert_eq!((ran.code, ran.sent() > 100), (0, true), "{}", ran.said());
    let hashes = ["plan_hash", "trace_hash"].map(|hash| ran.results[hash].as_str().unwrap());
    assert_eq!(hashes, [PLAN, TRACE]);
}
