//! The program: see the library for all it does.

use std::process::ExitCode;

fn main() -> ExitCode {
    populace::cli::main().into()
}
