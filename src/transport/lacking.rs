//! What this machine may lack for another connection. None of it is the server's fault.

use std::io;

use nix::errno::Errno;

use super::descriptors;
use crate::event::ErrorKind;

/// What this machine lacks for a connection, with the way out; None: it lacks nothing.
pub fn lacking(why: &io::Error) -> Option<(ErrorKind, String)> {
    const TOO_MANY_FILES: i32 = Errno::EMFILE as i32;
    const FILE_TABLE_OVERFLOW: i32 = Errno::ENFILE as i32;
    match why.raw_os_error() {
        Some(TOO_MANY_FILES) => {
            let limit = descriptors::limit();
            let text = format!(
                "none of {limit} descriptors is left: use more --workers, a shorter `idleClose` or fewer users"
            );
            Some((ErrorKind::Descriptors, text))
        }
        Some(FILE_TABLE_OVERFLOW) => {
            let text = "the machine has no descriptor left: raise fs.file-max, or use more machines";
            Some((ErrorKind::Descriptors, text.to_owned()))
        }
        Some(_) if is_without_port(why) => {
            let text =
                "no local port is left: give `workers` more `addresses`, or let clients reuse connections";
            Some((ErrorKind::Addresses, text.to_owned()))
        }
        // A text of our own, which says what to do.
        None if is_without_port(why) => Some((ErrorKind::Addresses, why.to_string())),
        _ => None,
    }
}

/// Whether there is no local address or port to be had.
pub fn is_without_port(why: &io::Error) -> bool {
    matches!(why.kind(), io::ErrorKind::AddrNotAvailable | io::ErrorKind::AddrInUse)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_machine_lacks_is_told_with_the_way_out() {
        let of = |errno: Errno| lacking(&io::Error::from_raw_os_error(errno as i32));
        for (errno, kind, way_out) in [
            (Errno::EMFILE, ErrorKind::Descriptors, "--workers"),
            (Errno::ENFILE, ErrorKind::Descriptors, "fs.file-max"),
            (Errno::EADDRNOTAVAIL, ErrorKind::Addresses, "`addresses`"),
            (Errno::EADDRINUSE, ErrorKind::Addresses, "`addresses`"),
        ] {
            let (found, text) = of(errno).unwrap();
            assert!(found == kind && text.contains(way_out), "{errno}: {text}");
        }
        assert_eq!(of(Errno::ECONNREFUSED), None);
    }
}
