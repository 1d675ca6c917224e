//! Standard output, as every command writes it.

use std::io::{self, ErrorKind, Write};

use nix::libc::EIO;

use super::complain;
use crate::report::Exit;

/// Prints a text; the exit code, if that was all.
#[must_use = "a disk may be full"]
pub fn print(text: &str) -> Exit {
    printed(write(text))
}

/// Prints what there is to say at the end of a run that has this exit code; that of both.
#[must_use = "a disk may be full"]
pub fn print_at_end(exit: Exit, text: &str) -> Exit {
    at_end(exit, write(text))
}

/// A terminal that was closed takes nothing any more (EIO). That is what has ended such a run, and no other fault.
fn at_end(exit: Exit, written: io::Result<()>) -> Exit {
    let hung_up = written.as_ref().is_err_and(|why| why.raw_os_error() == Some(EIO));
    match exit {
        Exit::Interrupted | Exit::Terminated if hung_up => exit,
        _ => exit.or(printed(written)),
    }
}

fn write(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush())
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
    fn a_closed_terminal_is_no_fault_of_a_run_that_was_told_to_end() {
        let closed = || Err(io::Error::from_raw_os_error(EIO));
        for exit in [Exit::Interrupted, Exit::Terminated] {
            assert_eq!(at_end(exit, closed()), exit);
            assert_eq!(at_end(exit, Err(ErrorKind::StorageFull.into())), Exit::Usage);
        }
        assert_eq!(at_end(Exit::Pass, closed()), Exit::Usage);
        assert_eq!(at_end(Exit::Fail, Ok(())), Exit::Fail);
    }

    #[test]
    fn only_a_closed_pipe_is_no_fault() {
        assert_eq!(printed(Ok(())), Exit::Pass);
        assert_eq!(printed(Err(ErrorKind::BrokenPipe.into())), Exit::Pass);
        assert_eq!(printed(Err(ErrorKind::StorageFull.into())), Exit::Usage);
    }
}
