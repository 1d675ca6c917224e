//! nginx in front of other servers, or with pages of its own.

use std::fs;
use std::process::Command;

use crate::nginx_base::head;
use crate::process::program;
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
    let text = head(folder, 2, 4096, "") + &inside(folder) + "}\n";
    fs::write(server.path("nginx.conf"), text)
        .map_err(|error| format!("nginx cannot be configured: {error}"))?;
    let mut nginx = Command::new(program("nginx").unwrap_or_default());
    nginx.arg("-c").arg(server.path("nginx.conf")).arg("-e").arg(server.path("log"));
    server.spawn(&mut nginx, "TERM")
}
