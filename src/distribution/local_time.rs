//! What a local time means where clocks are put forward or back: the one place that decides it.

use chrono::{DateTime, MappedLocalTime, NaiveDateTime, Offset, TimeZone, Utc};
use chrono_tz::{GapInfo, Tz};

/// The instant at which the clocks of `zone` show `local`, by the rule of RFC 5545 section 3.3.5:
///
/// - a time that occurs twice (clocks put back) is the first of the two;
/// - a time that never occurs (clocks put forward) is counted with the offset before the gap, so
///   it moves forward by the length of the gap: 02:30 becomes 03:30.
///
/// None only at the ends of the calendar.
pub fn resolve(local: NaiveDateTime, zone: Tz) -> Option<DateTime<Tz>> {
    match zone.from_local_datetime(&local) {
        MappedLocalTime::Single(time) | MappedLocalTime::Ambiguous(time, _) => Some(time),
        MappedLocalTime::None => {
            let (_, before) = GapInfo::new(&local, &zone)?.begin?;
            let utc = local.checked_sub_offset(before.fix())?;
            Some(DateTime::<Utc>::from_naive_utc_and_offset(utc, Utc).with_timezone(&zone))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(local: &str, zone: Tz) -> String {
        resolve(local.parse().unwrap(), zone).unwrap().to_rfc3339()
    }

    #[test]
    fn a_time_in_the_gap_moves_forward() {
        let berlin = chrono_tz::Europe::Berlin;
        assert_eq!(resolved("2026-03-29T01:59:00", berlin), "2026-03-29T01:59:00+01:00");
        assert_eq!(resolved("2026-03-29T02:00:00", berlin), "2026-03-29T03:00:00+02:00");
        assert_eq!(resolved("2026-03-29T02:30:00", berlin), "2026-03-29T03:30:00+02:00");
        assert_eq!(resolved("2026-03-29T03:00:00", berlin), "2026-03-29T03:00:00+02:00");
        let lord_howe = chrono_tz::Australia::Lord_Howe;
        assert_eq!(resolved("2026-10-04T02:15:00", lord_howe), "2026-10-04T02:45:00+11:00");
        // Samoa left out a whole day.
        assert_eq!(resolved("2011-12-30T12:00:00", chrono_tz::Pacific::Apia), "2011-12-31T12:00:00+14:00");
    }

    #[test]
    fn a_time_that_occurs_twice_is_the_first() {
        let new_york = chrono_tz::America::New_York;
        assert_eq!(resolved("2026-11-01T01:30:00", new_york), "2026-11-01T01:30:00-04:00");
        assert_eq!(resolved("2026-11-01T02:00:00", new_york), "2026-11-01T02:00:00-05:00");
    }
}
