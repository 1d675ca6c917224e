//! A started server: its addresses, users, log and end.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;

use crate::http::{Request, Response};
use crate::keeper::Keeper;
use crate::ports::Port;
use crate::process::{Group, Process, family, log_tail, wait_until};

/// How many users every server has.
pub const USERS: usize = 50;

/// One user of a server; the fields are what `generateRecords` makes of the patterns in `config/*.plist`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    pub name: String,
    pub password: String,
    pub full_name: String,
    pub email: String,
}

/// The user with the number `n`, from 1.
pub fn user(n: usize) -> User {
    assert!((1..=USERS).contains(&n), "there are {USERS} users, not {n}");
    User {
        name: format!("user{n:02}"),
        password: format!("pw-user{n:02}"),
        full_name: format!("User {n:02}"),
        email: format!("user{n:02}@example.test"),
    }
}

/// A server that runs. Dropped, it is stopped and its folder is removed.
pub struct Running {
    pub name: &'static str,
    /// The path of a user's principal, `%s` stands for the user's name.
    pub principal: &'static str,
    /// The path of a user's calendar home, `%s` stands for the user's name.
    pub home: &'static str,
    /// Name and `127.0.0.1:PORT` of what listens: "http", and what else the server offers ("https", "imap" ...).
    services: Vec<(&'static str, String)>,
    // Fields are dropped in this order: first the processes, then their guard, the ports and the folder.
    groups: Vec<Group>,
    keeper: Keeper,
    ports: Vec<Port>,
    folder: TempDir,
}

impl Running {
    /// A server without any process yet, with an empty folder that every user of the system may enter.
    fn new(name: &'static str, principal: &'static str, home: &'static str) -> Result<Running, String> {
        // In /tmp whatever TMPDIR says: the path of a socket is at most 107 bytes long, and other users than root
        // must be able to get there.
        let folder = tempfile::Builder::new()
            .prefix(&format!("populace-{name}-"))
            .permissions(fs::Permissions::from_mode(0o755))
            .tempdir_in("/tmp")
            .map_err(|error| format!("no temporary folder: {error}"))?;
        let keeper = Keeper::start(folder.path()).map_err(|error| format!("no keeper: {error}"))?;
        let (groups, ports) = (Vec::new(), Vec::new());
        Ok(Running { name, principal, home, services: Vec::new(), groups, keeper, ports, folder })
    }

    /// A path in the server's folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A port for this server, kept until it ends, as `127.0.0.1:NUMBER`. Other parts of the test find it under `name`.
    pub fn reserve(&mut self, name: &'static str) -> String {
        let port = Port::reserve();
        let address = port.address();
        self.ports.push(port);
        self.services.push((name, address.clone()));
        address
    }

    /// Where a service listens, as `127.0.0.1:PORT`.
    pub fn service(&self, name: &str) -> Option<&str> {
        self.services.iter().find(|(known, _)| *known == name).map(|(_, address)| address.as_str())
    }

    /// Starts a process of this server; its output goes to the server's log.
    pub fn spawn(&mut self, command: &mut Command, signal: &'static str) -> Result<(), String> {
        let group = Group::spawn(command, &self.log(), signal, &mut self.keeper)?;
        self.groups.push(group);
        Ok(())
    }

    /// Ends all processes of the server at once, as a crash would.
    pub fn kill(&mut self) {
        self.groups.drain(..).for_each(Group::kill);
    }

    /// Waits until `ready` holds, at most 30 s, and only while all processes live.
    pub fn wait_for(&mut self, what: &str, mut ready: impl FnMut() -> bool) -> Result<(), String> {
        let groups = &mut self.groups;
        let mut dead = false;
        let came = wait_until(Duration::from_secs(30), || {
            dead = !groups.iter_mut().all(Group::is_running);
            dead || ready()
        });
        match (came, dead) {
            (true, false) => Ok(()),
            (_, true) => Err(format!("{} ended before {what}", self.name)),
            (false, false) => Err(format!("{} waited 30 s in vain for {what}", self.name)),
        }
    }

    /// The file where the processes write.
    pub fn log(&self) -> PathBuf {
        self.path("log")
    }

    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address())
    }

    /// `https://127.0.0.1:PORT`, if the server speaks TLS. Its certificate is the file `tls/cert.pem` of its folder.
    pub fn tls_url(&self) -> Option<String> {
        self.service("https").map(|address| format!("https://{address}"))
    }

    /// The user with the number `n`, from 1.
    pub fn user(&self, n: usize) -> User {
        user(n)
    }

    /// The path of a user's principal.
    pub fn principal(&self, user: &User) -> String {
        self.principal.replace("%s", &user.name)
    }

    /// The path of a user's calendar home.
    pub fn home(&self, user: &User) -> String {
        self.home.replace("%s", &user.name)
    }

    /// Sends a request without credentials.
    pub fn send(&self, request: &Request) -> Response {
        request
            .send(self.address())
            .unwrap_or_else(|error| panic!("{} {} on {}: {error}", request.method, request.path, self.name))
    }

    /// Sends a request with the user's name and password.
    pub fn send_as(&self, user: &User, request: Request) -> Response {
        self.send(&request.basic(&user.name, &user.password))
    }

    /// All processes that belong to the server now.
    pub fn processes(&self) -> Vec<Process> {
        self.groups.iter().flat_map(|group| family(group.number())).collect()
    }

    fn address(&self) -> &str {
        self.service("http").expect("every server speaks HTTP")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // The last started is the first to end: DAViCal's web server before its database.
        while self.groups.pop().is_some() {}
    }
}

/// Starts a server, up to three times: a stranger may have taken one of the ports. `launch` configures it, starts
/// its processes, waits for them and makes the users.
pub fn start(
    name: &'static str,
    principal: &'static str,
    home: &'static str,
    launch: impl Fn(&mut Running) -> Result<(), String>,
) -> Running {
    let mut failures = Vec::new();
    for _ in 0..3 {
        let mut running = Running::new(name, principal, home).expect("a server has a folder and a keeper");
        match launch(&mut running) {
            Ok(()) => return running,
            Err(reason) => failures.push(format!("{reason}\n{}", log_tail(&running.log()))),
        }
    }
    panic!("{name} did not start:\n{}", failures.join("\n--- once more\n"));
}

/// Whether the test can go on: `lacking` says why a server cannot be started. With `POPULACE_REQUIRE_SERVERS` set a
/// lacking server fails the test.
pub fn available(server: &str, lacking: Option<&str>) -> bool {
    let Some(lacking) = lacking else { return true };
    let line = format!("{server} {lacking} (tests/servers/install)");
    assert!(
        std::env::var_os("POPULACE_REQUIRE_SERVERS").is_none(),
        "{line}, and POPULACE_REQUIRE_SERVERS is set"
    );
    // Past the capture of the test runner: whoever runs the tests should see it.
    let _ = writeln!(std::io::stderr(), "skipped: {line}");
    false
}
