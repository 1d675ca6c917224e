//! See `bodies/multistatus.rs`.
#![no_main]

#[path = "../bodies/multistatus.rs"]
mod body;

libfuzzer_sys::fuzz_target!(|data: &[u8]| body::check(data));
