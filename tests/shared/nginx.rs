//! The beginning of nginx's configuration that everybody here needs who starts one in a folder of its own.

/// The configuration up to the beginning of what its `http` block has, for an nginx that stays in the foreground and writes
/// nowhere but into the folder `base`, with so many workers of so many connections each. `main` stands before the blocks. How
/// many requests a connection serves is not limited. What follows closes the block.
pub fn head(base: &str, workers: u32, connections: u32, main: &str) -> String {
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .iter()
        .map(|kind| format!("  {kind}_temp_path {base}/nginx-{kind};\n"))
        .collect();
    // Only root may hand its workers over to another user.
    let user = if nix::unistd::geteuid().is_root() { "user nobody nogroup;" } else { "" };
    format!(
        "daemon off; worker_processes {workers}; {user} {main}
pid {base}/nginx.pid; error_log {base}/log warn;
events {{ worker_connections {connections}; }}
http {{
  keepalive_requests 1000000000;
{temporary}"
    )
}
