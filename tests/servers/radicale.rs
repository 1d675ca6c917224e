//! Radicale: a small CalDAV server without scheduling.

use std::fs;
use std::process::Command;

use crate::http::Request;
use crate::process::python;
use crate::running::{self, Running, USERS, user};

pub struct Radicale;

impl Radicale {
    /// A Radicale with fifty users, who have no calendars yet, or `None` where it is not installed.
    pub fn start() -> Option<Running> {
        Radicale::launched_by(|server| configure(server, "warning").and_then(|()| run(server)))
    }

    /// The same with a line in its log for each request.
    pub fn start_telling() -> Option<Running> {
        Radicale::launched_by(|server| configure(server, "info").and_then(|()| run(server)))
    }

    fn launched_by(launch: fn(&mut Running) -> Result<(), String>) -> Option<Running> {
        let lacking = python("radicale").is_none().then_some("is not installed");
        running::available("radicale", lacking).then(|| running::start("radicale", "/%s/", "/%s/", launch))
    }

    /// Starts it again after [`Running::kill`], with everything that it has stored.
    pub fn start_again(server: &mut Running) {
        run(server).unwrap_or_else(|why| panic!("{why}"));
    }
}

fn configure(server: &mut Running, level: &str) -> Result<(), String> {
    let address = server.reserve("http");
    let passwords: String =
        (1..=USERS).map(user).map(|user| format!("{}:{}\n", user.name, user.password)).collect();
    let configuration = format!(
        "[server]
hosts = {address}
max_connections = 500
[auth]
type = htpasswd
htpasswd_filename = {}
htpasswd_encryption = plain
delay = 0
[storage]
filesystem_folder = {}
[logging]
level = {level}
",
        server.path("passwords").display(),
        server.path("collections").display(),
    );
    fs::write(server.path("passwords"), passwords)
        .and_then(|()| fs::write(server.path("config"), configuration))
        .map_err(|error| format!("radicale cannot be configured: {error}"))
}

fn run(server: &mut Running) -> Result<(), String> {
    let address = server.service("http").unwrap_or_default().to_owned();
    let mut command = Command::new(python("radicale").unwrap_or_default());
    command.args(["-m", "radicale", "--config"]).arg(server.path("config"));
    server.spawn(&mut command, "TERM")?;
    server.wait_for("an answer over HTTP", || Request::new("GET", "/").send(&address).is_ok())
}
