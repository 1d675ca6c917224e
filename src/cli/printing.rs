//! Standard output, as every command writes it.

use std::io::{self, ErrorKind, Write};

use super::complain;
use crate::report::Exit;

/// Prints a text; the exit code, if that was all.
#[must_use = "a disk may be full"]
pub fn print(text: &str) -> Exit {
    let mut out = io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    drop(out);
    printed(written)
}

/// The exit code of what was printed. Nobody may read it any more (`| head`), which is no reason to fail; all else is told.
#[must_use = "a disk may be full"]
pub fn printed(written: io::Result<()>) -> Exit {
    match written {
        Err(why) if why.kind() != ErrorKind::BrokenPipe => {
            complain(&format!("error: standard output cannot be written: {why}\n"));
            Exit::Usage
        }
        _ => Exit::Pass,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_closed_pipe_is_no_fault() {
        assert_eq!(printed(Ok(())), Exit::Pass);
        assert_eq!(printed(Err(ErrorKind::BrokenPipe.into())), Exit::Pass);
        assert_eq!(printed(Err(ErrorKind::StorageFull.into())), Exit::Usage);
    }
}
