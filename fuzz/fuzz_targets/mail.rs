//! See `bodies/mail.rs`.
#![no_main]

#[path = "../bodies/mail.rs"]
mod body;

libfuzzer_sys::fuzz_target!(|data: &[u8]| body::check(data));
