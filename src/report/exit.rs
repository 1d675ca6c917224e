//! How the program ends.

/// The exit codes.
///
/// | code | meaning |
/// |---|---|
/// | 0 | pass |
/// | 1 | a threshold failed, or clients or the simulation did, or most clients waited in vain at the end; compared, the second run is worse |
/// | 2 | usage or configuration, or a file that was asked for is not whole |
/// | 3 | the target is not reachable, or nothing succeeded |
/// | 4 | a worker or the embedded server was lost, most of the planned load did not happen, or the verdict is incomplete otherwise |
/// | 130 | interrupted, with the report |
/// | 143 | told to terminate, with the report |
///
/// When several apply the first of 2, 130 and 143, 3, 4, 1 wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    Pass = 0,
    Fail = 1,
    Usage = 2,
    NothingWorked = 3,
    Incomplete = 4,
    Interrupted = 130,
    Terminated = 143,
}

impl Exit {
    /// The number that the system gets.
    pub fn code(self) -> u8 {
        self as u8
    }

    /// The one of the two that says more; of equals the first.
    pub fn or(self, other: Exit) -> Exit {
        if other.precedence() < self.precedence() { other } else { self }
    }

    fn precedence(self) -> u8 {
        match self {
            Exit::Usage => 0,
            Exit::Interrupted | Exit::Terminated => 1,
            Exit::NothingWorked => 2,
            Exit::Incomplete => 3,
            Exit::Fail => 4,
            Exit::Pass => 5,
        }
    }
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> std::process::ExitCode {
        exit.code().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_precedence_is_2_130_3_4_1() {
        let order =
            [Exit::Usage, Exit::Interrupted, Exit::NothingWorked, Exit::Incomplete, Exit::Fail, Exit::Pass];
        for (place, first) in order.iter().enumerate() {
            for second in &order[place..] {
                assert_eq!(first.or(*second), *first);
                assert_eq!(second.or(*first), *first);
            }
        }
        assert_eq!(order.map(Exit::code), [2, 130, 3, 4, 1, 0]);
    }
}
