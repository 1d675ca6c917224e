//! Profiles by name.

use std::rc::Rc;

use super::*;
use crate::calendar::memory::CalendarMemory;
use crate::client::{Memory, Profile, Trouble};
use crate::config::{At, Diagnostics, Entry, Named, Table, Value};
use habit::Habit;

/// What a profile depends on beside its own parameters.
#[derive(Clone, Copy, Debug, Default)]
pub struct Surroundings {
    /// Whether the config has `servers`, as those of the ancestor's later state do: then the defaults are those of
    /// that state, and `Inviter` is its inviter.
    pub servers: bool,
}

/// A profile as its parameters describe it.
pub struct Built {
    pub profile: Rc<dyn Profile>,
    /// Whether it is lived; one that is not is checked only.
    pub enabled: bool,
    /// Whether it works with the bodies of events that were seen earlier, so that clients must keep them.
    pub keeps_bodies: bool,
    /// The name for `populace check`, which also tells the variant where there are two.
    pub title: &'static str,
}

/// Makes a profile from its parameters; what is wrong with them goes to the table's diagnostics.
pub type Build = fn(&Table<'_>, Surroundings) -> Option<Built>;

/// Every profile of the calendar domain, in the order in which help lists them.
pub static PROFILES: &[Entry<Build>] = &[
    eventer::ENTRY,
    inviter::ENTRY,
    realistic_inviter::ENTRY,
    accepter::ENTRY,
    tasker::ENTRY,
    attachment_downloader::ENTRY,
    title_changer::ENTRY,
    description_changer::ENTRY,
    attacher::ENTRY,
    event_count_limiter::ENTRY,
    calendar_sharer::ENTRY,
    alarm_acknowledger::ENTRY,
    event_updater::ENTRY,
    time_ranger::ENTRY,
    deep_refresher::ENTRY,
    apns_subscriber::ENTRY,
    resetter::ENTRY,
];

/// The profile that `class` names, with the dict `params` (or none). Unknown names, unknown keys and bad values are
/// errors at their places; then the answer is None.
pub fn build(
    class: &str,
    class_at: &At,
    params: Option<&Value>,
    around: Surroundings,
    diags: &Diagnostics,
) -> Option<Built> {
    let named = Named { sort: "profile", of: None, name: class, at: class_at, params };
    named.build(PROFILES, diags, |entry, table| (entry.build)(table, around))
}

impl Built {
    /// A profile that needs no bodies of events seen earlier.
    pub(super) fn new(title: &'static str, habit: &Habit, profile: impl Profile + 'static) -> Built {
        Built { enabled: habit.enabled, profile: Rc::new(profile), keeps_bodies: false, title }
    }

    /// The same under another name for `populace check`.
    pub(super) fn titled(self, title: &'static str) -> Built {
        Built { title, ..self }
    }

    /// The same, needing bodies.
    pub(super) fn keeping_bodies(self) -> Built {
        Built { keeps_bodies: true, ..self }
    }
}

/// The memory of a calendar client.
pub(super) fn ours(memory: &mut dyn Memory) -> Result<&mut CalendarMemory, Trouble> {
    let wrong =
        || Trouble::Content("a profile of calendar users needs the software of a calendar client".into());
    CalendarMemory::of(memory).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::testing::{build_all, decode, errors};
    use super::*;
    use crate::client::Pacing;
    use crate::config::{Kind, Pair};

    #[test]
    fn every_profile_is_made_from_nothing_and_from_its_class_path() {
        for entry in PROFILES {
            for name in
                [entry.name.to_owned(), format!("contrib.performance.loadtest.profiles.{}", entry.name)]
            {
                let built = decode(&name, "").unwrap_or_else(|| panic!("{name}"));
                assert!(built.enabled && !built.profile.operations().is_empty(), "{name}");
            }
            assert!(!decode(entry.name, "<key>enabled</key><false/>").unwrap().enabled);
        }
    }

    /// Every documented parameter is taken; a name that is not documented is an error.
    #[test]
    fn the_documented_parameters_are_the_real_ones() {
        for entry in PROFILES {
            let diags = Diagnostics::new();
            let at = At::named("t");
            let value = |key: &str| Pair {
                key: key.into(),
                key_at: at.clone(),
                value: Value { kind: Kind::Data(vec![]), at: at.clone() },
            };
            let pairs = entry.params.iter().map(|param| value(param.name)).collect();
            let params = Value { kind: Kind::Dict(pairs), at: at.clone() };
            build(entry.name, &at, Some(&params), Surroundings::default(), &diags);
            let found: Vec<_> = diags.all().iter().map(|one| one.message.clone()).collect();
            assert_eq!(found.len(), entry.params.len(), "{}: {found:?}", entry.name);
            assert!(!found.iter().any(|message| message.contains("unknown key")), "{found:?}");
            let found = errors(entry.name, "<key>intervall</key><integer>1</integer>");
            assert!(found[0].contains("unknown key `intervall`"), "{found:?}");
        }
    }

    #[test]
    fn bad_intervals_are_errors_with_their_position() {
        let text = |value: &str| format!("<key>interval</key>{value}");
        for good in ["<integer>5</integer>", "<real>0.5</real>", "<string>5m</string>"] {
            assert!(decode("Eventer", &text(good)).is_some(), "{good}");
        }
        for bad in ["<integer>0</integer>", "<integer>-1</integer>", "<string>soon</string>", "<true/>"] {
            let found = errors("Eventer", &text(bad));
            assert!(found.len() == 1 && found[0].starts_with("t:"), "{bad}: {found:?}");
        }
    }

    #[test]
    fn pacing_is_open_unless_said() {
        let pacing = |body: &str| decode("Eventer", body).unwrap().profile.timer().unwrap().pacing;
        assert_eq!(pacing(""), Pacing::Open);
        assert_eq!(pacing("<key>pacing</key><string>closed</string>"), Pacing::Closed);
        let found = errors("Eventer", "<key>pacing</key><string>close</string>");
        assert!(found[0].contains("\"close\" is no pacing"), "{found:?}");
    }

    #[test]
    fn a_distribution_of_the_wrong_sort_is_refused_with_its_place() {
        let found = errors("Eventer", "<key>eventStartDistribution</key><real>5</real>");
        assert_eq!(found, ["t:1:47: error: eventStartDistribution wants times, Fixed draws numbers"]);
        let found = errors("Evnter", "");
        assert!(found[0].contains("there is no profile `Evnter`"), "{found:?}");
    }

    /// What the ancestor's clients.plist of 2013 says is read unchanged.
    #[test]
    fn the_ancestors_clients_load() {
        let titles = build_all(&testing::clients_of_2013(), Surroundings::default());
        assert_eq!(titles, ["Eventer", "RealisticInviter", "Accepter", "Tasker"]);
    }

    #[test]
    fn the_mixes_that_come_along_load() {
        let usual = build_all(include_str!("../../../clients/clients.plist"), Surroundings::default());
        assert_eq!(usual.len(), 19);
        assert!(!build_all(include_str!("../../../clients/demo.plist"), Surroundings::default()).is_empty());
    }

    #[test]
    fn the_inviter_is_the_later_one_where_its_parameters_or_the_config_say_so() {
        let inviter = |body: &str, servers| {
            let (value, diags) = testing::params(body);
            let at = value.at.clone();
            let built = build("x.Inviter", &at, Some(&value), Surroundings { servers }, &diags).unwrap();
            built.title
        };
        let old = "Inviter (2013, existing events)";
        let new = "Inviter (later, new events)";
        assert_eq!([inviter("", false), inviter("", true)], [old, new]);
        assert_eq!(inviter("<key>inviteeClumping</key><true/>", false), new);
        assert_eq!(inviter("<key>inviteeDistribution</key><real>1</real>", false), old);
    }
}
