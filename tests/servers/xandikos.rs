//! Xandikos: CalDAV with scheduling, several users behind nginx.
//!
//! Xandikos believes the X-Remote-User header of whoever connects from the loopback address; nginx asks for the
//! password and sets the header.

use std::fs;
use std::process::Command;

use crate::http::Request;
use crate::nginx;
use crate::process::{program, python};
use crate::running::{self, Running, user};

pub struct Xandikos;

impl Xandikos {
    /// A Xandikos with fifty users, each with a calendar `calendar` as soon as they ask, or `None` where it is not
    /// installed.
    pub fn start() -> Option<Running> {
        let installed = python("xandikos").is_some() && program("nginx").is_some();
        let lacking = (!installed).then_some("is not installed");
        running::available("xandikos", lacking)
            .then(|| running::start("xandikos", "/%s/", "/%s/calendars/", launch))
    }
}

fn launch(server: &mut Running) -> Result<(), String> {
    let (inner, outer) = (server.reserve("behind nginx"), server.reserve("http"));
    let port = inner.rsplit(':').next().unwrap_or_default();
    let mut xandikos = Command::new(python("xandikos").unwrap_or_default());
    xandikos.args(["-m", "xandikos", "multi-user", "--defaults", "-l", "127.0.0.1", "-p", port]);
    xandikos.arg("-d").arg(server.path("data")).arg("--state-dir").arg(server.path("state"));
    xandikos.args(["--trust-x-remote-user-from", "127.0.0.1"]);
    // It keeps calendars in Git, which would read the settings of whoever runs the tests.
    xandikos.env("HOME", server.path("")).env("XDG_CONFIG_HOME", server.path(""));
    fs::create_dir(server.path("data")).map_err(|error| format!("xandikos has no folder: {error}"))?;
    server.spawn(&mut xandikos, "TERM")?;

    nginx::write_passwords(server).map_err(|error| format!("nginx has no passwords: {error}"))?;
    nginx::start(server, |folder| in_front((&inner, &outer), folder))?;

    let user = user(1);
    let probe = Request::new("PROPFIND", "/").depth("0").basic(&user.name, &user.password);
    server.wait_for("an answer over HTTP", || probe.send(&outer).is_ok_and(|answer| answer.status == 207))
}

/// What nginx does for it.
fn in_front((inner, outer): (&str, &str), folder: &str) -> String {
    format!(
        "  access_log off; client_max_body_size 10m;
  upstream xandikos {{ server {inner}; keepalive 16; }}
  server {{
    listen {outer};
    location / {{
      auth_basic \"dav\"; auth_basic_user_file {folder}/passwords;
      proxy_pass http://xandikos; proxy_http_version 1.1; proxy_set_header Connection \"\";
      proxy_set_header Host $http_host; proxy_set_header X-Remote-User $remote_user;
      proxy_set_header Authorization \"\";
    }}
  }}
"
    )
}
