//! nginx in front of other servers, or with pages of its own.

use std::fs;
use std::process::Command;

use crate::process::{is_root, program};
use crate::running::{Running, USERS, user};

/// Writes the passwords of all users as `passwords`, for `auth_basic_user_file`.
pub fn write_passwords(server: &Running) -> std::io::Result<()> {
    let passwords: String =
        (1..=USERS).map(user).map(|user| format!("{}:{{PLAIN}}{}\n", user.name, user.password)).collect();
    fs::write(server.path("passwords"), passwords)
}

/// Starts it; `inside` stands in its `http` block, and gets the folder of the server.
pub fn start(server: &mut Running, inside: impl FnOnce(&str) -> String) -> Result<(), String> {
    let folder = server.path("").display().to_string();
    let folder = folder.trim_end_matches('/');
    let text = head(folder) + &inside(folder) + "}\n";
    fs::write(server.path("nginx.conf"), text)
        .map_err(|error| format!("nginx cannot be configured: {error}"))?;
    let mut nginx = Command::new(program("nginx").unwrap_or_default());
    nginx.arg("-c").arg(server.path("nginx.conf")).arg("-e").arg(server.path("log"));
    server.spawn(&mut nginx, "TERM")
}

/// The configuration up to the beginning of what its `http` block has: all that it writes is in this folder.
fn head(folder: &str) -> String {
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .iter()
        .map(|kind| format!("  {kind}_temp_path {folder}/nginx-{kind};\n"))
        .collect();
    // Only root may hand its workers over to another user.
    let user = if is_root() { "user nobody nogroup;" } else { "" };
    format!(
        "daemon off; worker_processes 2; pid {folder}/nginx.pid; error_log {folder}/log warn; {user}
events {{ worker_connections 4096; }}
http {{
  keepalive_requests 1000000;
{temporary}"
    )
}
