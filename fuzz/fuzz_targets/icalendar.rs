//! See `bodies/icalendar.rs`.
#![no_main]

#[path = "../bodies/icalendar.rs"]
mod body;

libfuzzer_sys::fuzz_target!(|data: &[u8]| body::check(data));
