//! See `bodies/amp.rs`.
#![no_main]

#[path = "../bodies/amp.rs"]
mod body;

libfuzzer_sys::fuzz_target!(|data: &[u8]| body::check(data));
