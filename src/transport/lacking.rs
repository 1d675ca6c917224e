//! What this machine may lack for another connection. None of it is the server's fault.

use std::io;

use super::descriptors;
use crate::event::ErrorKind;

/// What this machine lacks for another connection, and what may be done about it; None: it lacks nothing.
pub fn lacking(why: &io::Error) -> Option<(ErrorKind, String)> {
    const FILE_TABLE_OVERFLOW: i32 = nix::errno::Errno::ENFILE as i32;
    const TOO_MANY_FILES: i32 = nix::errno::Errno::EMFILE as i32;
    match why.raw_os_error() {
        Some(TOO_MANY_FILES) => {
            let limit = descriptors::limit();
            let text = format!(
                " (this process may have {limit} descriptors open: raise the limit with `ulimit -n`, use more \
                 --workers, a shorter `idleClose` or fewer users)"
            );
            Some((ErrorKind::Descriptors, text))
        }
        Some(FILE_TABLE_OVERFLOW) => {
            let text = " (the machine has no descriptor left: see fs.file-max, or use more machines)";
            Some((ErrorKind::Descriptors, text.to_owned()))
        }
        Some(_) if is_without_port(why) => {
            let text = " (all local ports for this server are taken: give `workers` more `addresses`, or let clients \
                        reuse connections)";
            Some((ErrorKind::Addresses, text.to_owned()))
        }
        // A text of our own, which says what to do.
        None if is_without_port(why) => Some((ErrorKind::Addresses, String::new())),
        _ => None,
    }
}

/// Whether there is no local address or port to be had.
pub fn is_without_port(why: &io::Error) -> bool {
    matches!(why.kind(), io::ErrorKind::AddrNotAvailable | io::ErrorKind::AddrInUse)
}
