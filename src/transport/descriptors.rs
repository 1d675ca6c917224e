//! How many descriptors a process may have open: every connection is one.

use nix::sys::resource::{Resource, getrlimit, setrlimit};

/// What a process needs beside its connections: standard streams, the runtime, files of observers, pipes to their
/// programs and to the embedded server, connections to monitors and to push servers.
const RESERVE: usize = 64;

/// Raises the limit of this process to the most that the system allows it. Called once at its start. A system that
/// refuses leaves the limit as it is, which [`limit`] then tells.
pub fn raise() {
    if let Ok((_, hard)) = getrlimit(Resource::RLIMIT_NOFILE) {
        let _ = setrlimit(Resource::RLIMIT_NOFILE, hard, hard);
    }
}

/// The most descriptors that this process may have open.
pub fn limit() -> usize {
    match getrlimit(Resource::RLIMIT_NOFILE) {
        Ok((soft, _)) => usize::try_from(soft).unwrap_or(usize::MAX),
        Err(_) => usize::MAX,
    }
}

/// How many connections of clients this process may have open at once.
pub fn connections() -> usize {
    limit().saturating_sub(RESERVE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_raised_to_the_hard_one() {
        raise();
        let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
        assert_eq!(soft, hard);
        assert!(connections() < limit());
    }
}
