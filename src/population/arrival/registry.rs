//! All policies, and the decoding of `arrival`.

use crate::config::{Diagnostics, Entry, FromValue, Kind, Seconds, Table, Value, find};

use super::{
    Arrival, DayCurve, Fixed, MAX_USERS, Poisson, SmoothRampUp, day_curve, fixed, poisson, smooth_ramp_up,
};

/// Makes a policy from its parameters. The interval of the clients plist, if any, stands in for a missing
/// one. What is wrong goes to the table's diagnostics, and then the answer is `None`. The caller finishes
/// the table.
pub type Build = fn(&Table<'_>, Option<Seconds>) -> Option<Box<dyn Arrival>>;

/// All policies.
pub static ARRIVALS: &[Entry<Build>] = &[
    Entry {
        name: "SmoothRampUp",
        aliases: &["contrib.performance.loadtest.population.SmoothRampUp"],
        help: "a group of users every so often",
        params: smooth_ramp_up::PARAMS,
        build: SmoothRampUp::build,
    },
    Entry {
        name: "Fixed",
        aliases: &[],
        help: "a number of users, at once or evenly over a ramp",
        params: fixed::PARAMS,
        build: Fixed::build,
    },
    Entry {
        name: "Poisson",
        aliases: &[],
        help: "users by chance, at a rate that changes from phase to phase",
        params: poisson::PARAMS,
        build: Poisson::build,
    },
    Entry {
        name: "DayCurve",
        aliases: &[],
        help: "a number of users over a day, more of them at some hours than at others",
        params: day_curve::PARAMS,
        build: DayCurve::build,
    },
];

/// What stands in for an absent `arrival`: ten users, one every three seconds (spec 1.3).
pub fn default_arrival() -> Box<dyn Arrival> {
    Box::new(SmoothRampUp::new(10, 1, Seconds(std::time::Duration::from_secs(3)), 1))
}

/// Who comes when, and how many may be there at one time.
#[derive(Debug)]
pub struct Coming {
    pub arrival: Box<dyn Arrival>,
    /// The most users at one time; None: as many as come.
    pub at_once: Option<u32>,
}

/// Decodes the dict `arrival` (`factory`, `params`, `maxUsers`). `interval` is `arrivalInterval` of the clients plist,
/// which stands in for the policy's own.
pub fn decode(value: &Value, interval: Option<&Value>, diags: &Diagnostics) -> Option<Coming> {
    let table = Table::new(value, diags, "the arrival")?;
    let name: Option<String> = table.required("factory");
    let params = table.table("params", "the parameters of the arrival");
    let at_once = match table.optional::<u32>("maxUsers") {
        Some(most) => Some(positive(&table, "maxUsers", most)?),
        None => None,
    };
    let entry = name.and_then(|name| match find(ARRIVALS, &name) {
        Ok(entry) => Some(entry),
        Err(help) => {
            table.error_at_key("factory", format!("unknown arrival `{name}`")).help(help);
            None
        }
    });
    table.finish();
    let (params, entry) = (params?, entry?);
    let seconds = interval.and_then(|interval| Seconds::from_value(interval, diags));
    let arrival = (entry.build)(&params, seconds);
    params.finish();
    let mut arrival = arrival?;
    if let (Some(interval), Some(seconds)) = (interval, seconds) {
        override_interval(&mut *arrival, interval, seconds, diags)?;
    }
    Some(Coming { arrival, at_once })
}

/// Decodes an absent `arrival`: [`default_arrival`], with `arrivalInterval` of the clients plist if that is there.
pub fn decode_absent(interval: Option<&Value>, diags: &Diagnostics) -> Option<Coming> {
    let mut arrival = default_arrival();
    if let Some(interval) = interval {
        override_interval(&mut *arrival, interval, Seconds::from_value(interval, diags)?, diags)?;
    }
    Some(Coming { arrival, at_once: None })
}

/// Lets `arrivalInterval` stand in for the policy's own interval, or says why it cannot.
fn override_interval(
    arrival: &mut dyn Arrival,
    interval: &Value,
    seconds: Seconds,
    diags: &Diagnostics,
) -> Option<()> {
    arrival.set_interval(seconds).map_err(|message| diags.error(&interval.at, message)).ok()
}

pub(super) fn boxed(arrival: impl Arrival + 'static) -> Option<Box<dyn Arrival>> {
    Some(Box::new(arrival))
}

/// The key `clientsPerUser`, by default 1.
pub(super) fn clients_per_user(table: &Table<'_>) -> Option<u32> {
    let name = "clientsPerUser";
    // A bad value has been reported; it must not be taken for an absent one.
    match table.value(name) {
        Some(value) => u32::from_value(value, table.diags()).and_then(|count| positive(table, name, count)),
        None => Some(1),
    }
}

/// Reports a count that is zero or above [`MAX_USERS`].
pub(super) fn positive(table: &Table<'_>, name: &str, count: u32) -> Option<u32> {
    if (1..=MAX_USERS).contains(&count) {
        return Some(count);
    }
    let broken = table.value(name).is_some_and(|value| matches!(value.kind, Kind::Broken));
    if !broken {
        table.error_at_key(name, format!("`{name}` is {count}: expected 1 to {MAX_USERS}"));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::read_bytes;
    use crate::random::Seed;

    fn decode_text(factory: &str, params: &str, interval: Option<&str>) -> Result<(u32, u64, u32), String> {
        let text = format!(
            "<plist><dict><key>factory</key><string>contrib.performance.loadtest.population.{factory}</string>\n\
             <key>params</key><dict>{params}</dict></dict></plist>"
        );
        let diags = Diagnostics::new();
        let value = read_bytes("c", text.as_bytes(), &diags).unwrap();
        let interval =
            interval.and_then(|text| read_bytes("i", format!("<plist>{text}</plist>").as_bytes(), &diags));
        let arrival = decode(&value, interval.as_ref(), &diags);
        let messages: Vec<String> = diags.all().iter().map(ToString::to_string).collect();
        let Coming { arrival, .. } = arrival.filter(|_| messages.is_empty()).ok_or(messages.join("; "))?;
        Ok((arrival.users(Seed(1)), arrival.last(Seed(1)).as_secs(), arrival.clients_per_user()))
    }

    const GROUPS: &str = "<key>groups</key><integer>20</integer><key>groupSize</key><integer>2</integer>\
                          <key>interval</key><integer>3</integer><key>clientsPerUser</key><integer>4</integer>";

    #[test]
    fn the_ancestors_form_is_read() {
        assert_eq!(decode_text("SmoothRampUp", GROUPS, None), Ok((40, 57, 4)));
        assert_eq!(decode_text("SmoothRampUp", GROUPS, Some("<real>0.5</real>")), Ok((40, 9, 4)));
        let without = GROUPS.replace("<key>interval</key><integer>3</integer>", "");
        assert_eq!(decode_text("SmoothRampUp", &without, Some("<real>2</real>")), Ok((40, 38, 4)));
        assert!(decode_text("SmoothRampUp", &without, None).unwrap_err().contains("`interval` is missing"));
        let default = default_arrival();
        assert_eq!((default.users(Seed(1)), default.last(Seed(1)).as_secs()), (10, 27));
    }

    #[test]
    fn an_interval_needs_a_policy_that_has_one() {
        let fixed = "<key>count</key><integer>5</integer>";
        let fault = decode_text("Fixed", fixed, Some("<integer>5</integer>")).unwrap_err();
        assert_eq!(fault, "i:1:8: error: the arrival `Fixed` has no interval: `ramp` says how long it takes");
    }

    #[test]
    fn faults_are_at_their_place() {
        let zero = GROUPS.replace("20", "0");
        let fault = decode_text("SmoothRampUp", &zero, None).unwrap_err();
        assert_eq!(fault, "c:2:41: error: `groups` is 0: expected 1 to 10000000");
        let fault = decode_text("SmoothRampup", GROUPS, None).unwrap_err();
        assert_eq!(
            fault,
            "c:1:32: error: unknown arrival `contrib.performance.loadtest.population.SmoothRampup`"
        );
        let negative = GROUPS.replace(">3<", ">-3<");
        let fault = decode_text("SmoothRampUp", &negative, None).unwrap_err();
        assert!(fault.contains("a time cannot be negative: -3"), "{fault}");
        let many = GROUPS.replace("20", "9000000");
        assert!(decode_text("SmoothRampUp", &many, None).unwrap_err().contains("more than 10000000 users"));
    }

    #[test]
    fn all_faults_are_told_at_once() {
        let groups = "<key>groups</key><integer>0</integer><key>groupSize</key><integer>-1</integer>\
                      <key>interval</key><integer>-3</integer>";
        let fixed = "<key>count</key><integer>0</integer><key>ramp</key><string>soon</string>";
        let nobody = "<key>phases</key><array><dict><key>duration</key><integer>1</integer><key>rate</key>\
                      <integer>0</integer></dict></array>";
        let steps = "<key>count</key><integer>0</integer><key>steps</key><array/>";
        let beside = "<key>clientsPerUser</key><integer>0</integer><key>colour</key><true/>";
        for (factory, own, faults) in
            [("SmoothRampUp", groups, 3), ("Fixed", fixed, 2), ("Poisson", nobody, 1), ("DayCurve", steps, 2)]
        {
            let told = decode_text(factory, &format!("{own}{beside}"), None).unwrap_err();
            assert_eq!(told.matches(": error: ").count(), faults + 2, "{factory}: {told}");
        }
    }

    #[test]
    fn phases_take_a_mean_or_a_rate() {
        let phase = |body: &str| {
            format!(
                "<key>phases</key><array><dict><key>duration</key><string>10m</string>{body}</dict></array>"
            )
        };
        let rate = "<key>rate</key><real>2</real>";
        let mean = "<key>interarrival</key><string>500ms</string>";
        assert_eq!(decode_text("Poisson", &phase(rate), None), decode_text("Poisson", &phase(mean), None));
        for (body, part) in [
            (format!("{rate}{mean}"), "not both"),
            (String::new(), "neither"),
            ("<key>rate</key><real>-1</real>".to_owned(), "negative"),
            ("<key>rate</key><real>0</real>".to_owned(), "bring nobody"),
            ("<key>interarrival</key><real>0</real>".to_owned(), "above zero"),
            ("<key>rate</key><real>1e9</real>".to_owned(), "the most are"),
        ] {
            let fault = decode_text("Poisson", &phase(&body), None).unwrap_err();
            assert!(fault.contains(part), "{body}: {fault}");
        }
    }
}
