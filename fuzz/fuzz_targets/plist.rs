//! See `bodies/plist.rs`.
#![no_main]

#[path = "../bodies/plist.rs"]
mod body;

libfuzzer_sys::fuzz_target!(|data: &[u8]| body::check(data));
