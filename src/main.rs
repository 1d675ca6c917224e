//! The program: see the library for all it does.

use std::process::ExitCode;

#[cfg(feature = "jemalloc")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// How jemalloc is set up: with pages of 2 MiB where the system grants them to who asks. A rehearsal reaches all over its
/// memory, and to find so many small pages took a tenth of its time. It holds for every command, since it cannot be chosen
/// later: a process takes some megabytes more for it.
#[cfg(feature = "jemalloc")]
#[unsafe(export_name = "_rjem_malloc_conf")]
pub static SET_UP: &[u8] = b"thp:always\0";

fn main() -> ExitCode {
    populace::cli::main().into()
}
