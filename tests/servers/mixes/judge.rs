//! What every run of a mix must have done.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::adapted::Adapted;
use super::ran::{Ran, run};
use crate::running::Running;

/// What a server can do, as far as a run of a mix shows it.
pub struct Expected {
    /// The mix, a file beside this one.
    pub mix: &'static str,
    /// How long it runs, and further options of the run.
    pub runtime: &'static str,
    pub more: &'static [&'static str],
    /// Whether it delivers invitations and answers (RFC 6638).
    pub schedules: bool,
    /// The profiles that the server gives nothing to do.
    pub off: &'static [&'static str],
    /// What the report remarks on the server.
    pub notices: &'static [&'static str],
}

/// Every profile of a mix, and the operations that show that it was lived.
const PROFILES: [(&str, &[&str]); 16] = [
    ("Accepter", &["accept", "reply done", "cancelled"]),
    ("APNSSubscriber", &["subscribe"]),
    ("Attacher", &["attach"]),
    ("AttachmentDownloader", &["download"]),
    ("CalendarSharer", &["share"]),
    ("DeepRefresher", &["refresh"]),
    ("DescriptionChanger", &["update"]),
    ("Eventer", &["create"]),
    ("EventCountLimiter", &["limit"]),
    ("EventUpdater", &["update"]),
    ("Inviter", &["invite"]),
    ("RealisticInviter", &["invite"]),
    ("Tasker", &["create"]),
    ("TimeRanger", &["query"]),
    ("TitleChanger", &["update"]),
    ("software", &["startup", "poll"]),
];

/// One mix at a time: two slow servers on one small machine would test the machine.
static ALONE: Mutex<()> = Mutex::new(());

/// Waits until no other mix runs, and keeps others waiting.
pub fn alone() -> MutexGuard<'static, ()> {
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs the mix against the server, with the server's own configuration, and sees that it went well: nobody failed,
/// everything happened often enough, and whatever did not happen is told.
pub fn judge(server: &Running, expected: &Expected) -> Ran {
    let config = Adapted::new(server, &server.url());
    let mix = format!("tests/servers/mixes/{}.plist", expected.mix);
    let mut arguments = vec!["--config", config.path(), "--clients", &mix, "--seed", "1"];
    arguments.extend(["--runtime", expected.runtime]);
    arguments.extend(expected.more);
    let ran = {
        let _alone = alone();
        run(&arguments)
    };
    let said = || format!("{}\n{}", server.name, ran.said());

    assert_eq!(ran.code, 0, "{}", said());
    assert!(ran.stdout.contains("*** PASS"), "{}", said());
    assert_eq!(ran.failed("requests"), BTreeMap::new(), "{}", said());
    assert_eq!(ran.failed("operations"), BTreeMap::new(), "{}", said());
    assert_eq!(ran.number("client_failures"), 0, "{}", said());
    let (accepts, answers) = if expected.schedules { (3, 3) } else { (0, 0) };
    // How many depends on how fast the server is on this machine, so few will do.
    for (label, least) in [("create", 5), ("poll", 5), ("accept", accepts), ("reply done", answers)] {
        let done = ran.succeeded(label);
        assert!(done >= least, "only {done} times {label}\n{}", said());
    }
    let off: BTreeSet<String> = ran.profiles("switched_off").into_iter().collect();
    assert_eq!(off, expected.off.iter().map(|name| name.to_string()).collect(), "{}", said());
    assert_eq!(ran.notices(), expected.notices, "{}", said());
    assert_eq!(silent(&ran, &mix), Vec::<&str>::new(), "{}", said());
    ran
}

/// The profiles of the mix of which neither an operation nor the report tells anything.
fn silent(ran: &Ran, mix: &str) -> Vec<&'static str> {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(mix);
    let mix = std::fs::read_to_string(file).expect("a mix");
    let told: Vec<String> = ran.profiles("switched_off").into_iter().chain(ran.profiles("idle")).collect();
    let in_mix = |name: &str| name == "software" || mix.contains(&format!("<string>{name}</string>"));
    let lived = |operations: &[&str]| operations.iter().any(|label| ran.succeeded(label) > 0);
    PROFILES
        .into_iter()
        .filter(|(name, operations)| {
            in_mix(name) && !lived(operations) && !told.iter().any(|one| one == name)
        })
        .map(|(name, _)| name)
        .collect()
}
