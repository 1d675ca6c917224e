//! Stops the groups of processes when the test binary itself is killed.
//!
//! `Drop` does not run when a test binary is ended by a signal. A keeper is a shell that reads the numbers of the
//! groups from a pipe; when the pipe ends without a farewell, the test binary is gone and the keeper ends the groups.

use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

const SCRIPT: &str = r#"
groups=
while read -r signal group; do
  [ "$signal" = farewell ] && exit 0
  groups="$groups $signal:$group"
done
for each in $groups; do kill -s "${each%%:*}" -- "-${each#*:}"; done
sleep 2
for each in $groups; do kill -s KILL -- "-${each#*:}"; done
rm -rf -- "$1"
"#;

/// The guard of one server's processes and of its folder.
pub struct Keeper(Child);

impl Keeper {
    /// A keeper that also removes `folder`.
    pub fn start(folder: &Path) -> io::Result<Keeper> {
        Command::new("/bin/sh")
            .args(["-c", SCRIPT, "keeper"])
            .arg(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .map(Keeper)
    }

    /// From now on the group `number` is ended with `signal` (and then with KILL) if this process dies.
    pub fn guard(&mut self, signal: &str, number: u32) -> io::Result<()> {
        self.tell(&format!("{signal} {number}\n"))
    }

    fn tell(&mut self, line: &str) -> io::Result<()> {
        let pipe = self.0.stdin.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        pipe.write_all(line.as_bytes())
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        // Whoever drops the keeper has stopped the groups.
        let _ = self.tell("farewell -\n");
        let _ = self.0.wait();
    }
}

#[test]
fn the_keeper_ends_a_group_when_its_pipe_ends() {
    use crate::process::{group_members, wait_until};
    use std::time::Duration;

    let folder = tempfile::tempdir().expect("a temporary folder").keep();
    let mut sleeper =
        Command::new("/bin/sh").args(["-c", "sleep 600 & wait"]).process_group(0).spawn().expect("sh starts");
    let mut keeper = Keeper::start(&folder).expect("sh starts");
    keeper.guard("TERM", sleeper.id()).expect("the keeper listens");
    assert!(!group_members(sleeper.id()).is_empty());

    drop(keeper.0.stdin.take()); // as the death of this process does
    sleeper.wait().expect("the sleeper is our child");
    let ended =
        wait_until(Duration::from_secs(10), || group_members(sleeper.id()).is_empty() && !folder.exists());
    assert!(ended, "left over: {:?}, folder {}", group_members(sleeper.id()), folder.display());
}
