//! See `bodies/stats_json.rs`.
#![no_main]

#[path = "../bodies/stats_json.rs"]
mod body;

libfuzzer_sys::fuzz_target!(|data: &[u8]| body::check(data));
