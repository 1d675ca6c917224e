//! Who takes the messages.

use std::cell::RefCell;
use std::fs;
use std::io;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::address;

use crate::postfix::{self, BINARIES};

/// The domain of all addresses.
pub const DOMAIN: &str = "example.test";

/// A server on a port of its own. It ends with this.
pub struct Server {
    /// `127.0.0.1:PORT`.
    pub address: String,
    child: RefCell<Child>,
    /// What counts what it has taken.
    log: Option<TempDir>,
}

/// Counts until so many are taken.
pub struct Counter<'a> {
    pub address: String,
    /// An smtp-sink that ends when it has them.
    sink: Option<Server>,
    /// Or a Postfix, and how many it had before.
    postfix: Option<(&'a Server, u64)>,
    count: u64,
}

impl Server {
    /// Postfix's smtp-sink, which throws away what it takes; with a number it ends after so many messages.
    pub fn sink(count: Option<u64>) -> Result<Server, String> {
        let address = address::free()?;
        let mut command = Command::new("smtp-sink");
        // Without PIPELINING, which smtp-source does not speak.
        let user = whoami()?;
        command.args(["-p", "-u", if user == "root" { "nobody" } else { &user }]);
        if let Some(count) = count {
            command.args(["-M", &count.to_string()]);
        }
        command.args([&address, "1024"]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().map_err(|why| format!("smtp-sink (package postfix): {why}"))?;
        Server { address, child: RefCell::new(child), log: None }.ready()
    }

    /// A Postfix that throws away what it has taken into its queue; None: only root can start it.
    pub fn postfix() -> Result<Option<Server>, String> {
        if whoami()? != "root" {
            return Ok(None);
        }
        let (folder, address) = (tempfile::tempdir().map_err(|why| why.to_string())?, address::free()?);
        configure(folder.path(), &address).map_err(|why| format!("postfix: {why}"))?;
        let mut command = Command::new(format!("{BINARIES}/master"));
        command.arg("-c").arg(folder.path().join("etc")).arg("-s");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().map_err(|why| format!("postfix: {why}"))?;
        Server { address, child: RefCell::new(child), log: Some(folder) }.ready().map(Some)
    }

    fn ready(self) -> Result<Server, String> {
        address::until_answering(&self.address)?;
        Ok(self)
    }

    /// Something that tells when so many messages more were taken.
    pub fn counter(&self, count: u64) -> Result<Counter<'_>, String> {
        match &self.log {
            None => {
                let sink = Server::sink(Some(count))?;
                Ok(Counter { address: sink.address.clone(), sink: Some(sink), postfix: None, count })
            }
            Some(_) => {
                let postfix = Some((self, self.taken()));
                Ok(Counter { address: self.address.clone(), sink: None, postfix, count })
            }
        }
    }

    /// How many messages Postfix has taken, by its log.
    fn taken(&self) -> u64 {
        let log = self.log.as_ref().map(|folder| folder.path().join("log"));
        let text = log.and_then(|log| fs::read(log).ok()).unwrap_or_default();
        memchr::memmem::find_iter(&text, b": message-id=").count() as u64
    }
}

impl Counter<'_> {
    /// How many were taken, once there are enough.
    pub fn taken(&self) -> Option<u64> {
        if let Some(sink) = &self.sink {
            let ended = sink.child.borrow_mut().try_wait();
            return matches!(ended, Ok(Some(_))).then_some(self.count);
        }
        let taken = self.postfix.map_or(0, |(postfix, before)| postfix.taken() - before);
        (taken >= self.count).then_some(taken)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let child = self.child.get_mut();
        if self.log.is_some() {
            // It ends its own processes then.
            let pid = nix::unistd::Pid::from_raw(child.id().cast_signed());
            let _ = nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM);
        } else {
            let _ = child.kill();
        }
        let _ = child.wait();
    }
}

/// The user who measures.
fn whoami() -> Result<String, String> {
    let output = Command::new("id").arg("-un").output().map_err(|why| format!("id: {why}"))?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn configure(folder: &Path, address: &str) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755))?;
    for name in ["etc", "spool", "data"] {
        fs::create_dir(folder.join(name))?;
    }
    let base = folder.display();
    fs::write(folder.join("etc/main.cf"), main_cf(&base.to_string()))?;
    fs::write(folder.join("etc/master.cf"), master_cf(address))?;
    let done = |command: &mut Command| match command.status()?.success() {
        true => Ok(()),
        false => Err(io::Error::other(format!("{command:?}"))),
    };
    done(Command::new("chown").arg("postfix").arg(folder.join("data")))?;
    done(Command::new("postfix").arg("-c").arg(folder.join("etc")).arg("check"))
}

/// Every address of the domain is taken, and thrown away behind the queue.
fn main_cf(base: &str) -> String {
    format!(
        "{}\
smtpd_discard_ehlo_keywords = pipelining
relay_domains = {DOMAIN}
relay_recipient_maps =
relay_transport = discard
default_transport = discard
smtpd_relay_restrictions = permit_mynetworks, reject
default_process_limit = 200
",
        postfix::main_cf(base, DOMAIN)
    )
}

fn master_cf(address: &str) -> String {
    format!(
        "{address} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"
    )
}
