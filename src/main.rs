//! The program: see the library for all it does.

use std::process::ExitCode;

#[cfg(feature = "jemalloc")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// How jemalloc is set up, for every command, since it cannot be chosen later.
///
/// - Pages of 2 MiB where the system grants them to who asks: a rehearsal reaches all over its memory, and to find so many
///   small pages took a tenth of its time.
/// - What is free goes back to the system at once. Kept for some seconds, as is usual, it spreads over ever more of these
///   pages in a run of hours: a day of a thousand users whose events stay as many took 8 % more in the end than after two
///   hours, and takes 3 % more so. The price is a twentieth of a rehearsal's speed.
#[cfg(feature = "jemalloc")]
#[unsafe(export_name = "_rjem_malloc_conf")]
pub static SET_UP: &[u8] = b"thp:always,dirty_decay_ms:0\0";

fn main() -> ExitCode {
    populace::cli::main().into()
}
