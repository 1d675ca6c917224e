//! The statistics socket's answers: figures that are numbers, over a window that is at most five minutes.
use populace::monitor::figures;

/// Monday 2026-01-05 09:10:30 UTC, in seconds since 1970.
const NOW: f64 = 1_767_604_230.0;

pub fn check(data: &[u8]) {
    match figures::parse(data, NOW) {
        Ok(found) => {
            let all = [found.requests_per_s, found.response_ms, found.slots, found.cpu_percent];
            assert!(all.iter().all(|figure| figure.is_finite() && *figure >= 0.0), "{found:?}");
            assert!((1.0..=300.0).contains(&found.window_s), "{found:?}");
        }
        Err(reason) => assert!(!reason.is_empty() && reason.len() < 400, "{reason}"),
    }
}
