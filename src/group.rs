//! Programs that were started, with all that they started themselves.

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

/// The processes that a program and what it started are: a process group of its own. They do not outlive this value, unless
/// they were seen to end.
#[derive(Debug)]
pub struct Group {
    number: Option<Pid>,
}

impl Group {
    /// The group whose first process has this number, if it still has one.
    pub fn of(number: Option<u32>) -> Group {
        let number = number.and_then(|number| i32::try_from(number).ok()).filter(|number| *number > 1);
        Group { number: number.map(Pid::from_raw) }
    }

    /// Sends all of them a signal. A group that has ended already is what is wanted.
    pub fn signal(&self, signal: Signal) {
        if let Some(group) = self.number {
            let _ = killpg(group, signal);
        }
    }

    /// Ends them at once.
    pub fn kill(&self) {
        self.signal(Signal::SIGKILL);
    }

    /// They were seen to end: nothing is to be ended any more.
    pub fn ended(&mut self) {
        self.number = None;
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}
