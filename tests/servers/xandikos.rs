//! Xandikos: CalDAV with scheduling, several users behind nginx.
//!
//! Xandikos believes the X-Remote-User header of whoever connects from the loopback address; nginx asks for the
//! password and sets the header.

use std::fs;
use std::process::Command;

use crate::http::Request;
use crate::process::{is_root, program, python};
use crate::running::{self, Running, USERS, user};

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

    configure_nginx(server, &inner, &outer)
        .map_err(|error| format!("nginx cannot be configured: {error}"))?;
    let mut nginx = Command::new(program("nginx").unwrap_or_default());
    nginx.arg("-c").arg(server.path("nginx.conf")).arg("-e").arg(server.path("log"));
    server.spawn(&mut nginx, "TERM")?;

    let user = user(1);
    let probe = Request::new("PROPFIND", "/").depth("0").basic(&user.name, &user.password);
    server.wait_for("an answer over HTTP", || probe.send(&outer).is_ok_and(|answer| answer.status == 207))
}

fn configure_nginx(server: &Running, inner: &str, outer: &str) -> std::io::Result<()> {
    let passwords: String =
        (1..=USERS).map(user).map(|user| format!("{}:{{PLAIN}}{}\n", user.name, user.password)).collect();
    fs::write(server.path("passwords"), passwords)?;
    let folder = server.path("");
    let folder = folder.display().to_string();
    let folder = folder.trim_end_matches('/');
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .iter()
        .map(|kind| format!("  {kind}_temp_path {folder}/nginx-{kind};\n"))
        .collect();
    // Only root may hand its workers over to another user.
    let user = if is_root() { "user nobody nogroup;" } else { "" };
    fs::write(
        server.path("nginx.conf"),
        format!(
            "daemon off; worker_processes 2; pid {folder}/nginx.pid; error_log {folder}/log warn; {user}
events {{ worker_connections 2048; }}
http {{
  access_log off; keepalive_requests 1000000; client_max_body_size 10m;
{temporary}
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
}}
"
        ),
    )
}
