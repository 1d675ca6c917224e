//! The server: an nginx with a file of 1 KB, that counts.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use super::address;
use super::nginx_base::head;
use super::process::{Running, is_installed};

/// The path of the file.
pub const FILE: &str = "/f.txt";

/// Connections that a worker may have; no more descriptors may many a machine give it.
const CONNECTIONS: u32 = 19_900;

/// An nginx. It ends with this.
pub struct Nginx {
    /// `127.0.0.1:PORT`.
    pub address: String,
    _running: Running,
    _folder: TempDir,
}

/// What it has counted.
pub struct Counted {
    /// Connections that are open.
    pub open: u64,
    /// All requests.
    pub requests: u64,
}

impl Nginx {
    /// Starts one with so many workers; a single one has the first processor for itself where there are several.
    pub fn start(workers: u32) -> Result<Nginx, String> {
        if !is_installed("nginx") {
            return Err("without nginx nothing is measured".to_owned());
        }
        let (folder, address) = (tempfile::tempdir().map_err(|why| why.to_string())?, address::free()?);
        configure(folder.path(), &address, workers).map_err(|why| why.to_string())?;
        let mut command = Command::new("nginx");
        command.arg("-c").arg(folder.path().join("conf")).arg("-e").arg(folder.path().join("log"));
        let nginx = Nginx { _running: Running::start(&mut command)?, address, _folder: folder };
        address::until_answering(&nginx.address)?;
        Ok(nginx)
    }

    pub fn url(&self) -> String {
        format!("http://{}{FILE}", self.address)
    }

    /// What it has counted so far, this question among it.
    pub fn counted(&self) -> Result<Counted, String> {
        let text = self.status().map_err(|why| format!("nginx: {why}"))?;
        let numbers: Vec<u64> = text.split_whitespace().filter_map(|word| word.parse().ok()).collect();
        match numbers[..] {
            // Active; accepted, handled, requests.
            [open, _, _, requests, ..] => Ok(Counted { open, requests }),
            _ => Err(format!("nginx counts nothing: {text}")),
        }
    }

    /// The page of its module stub_status.
    fn status(&self) -> std::io::Result<String> {
        let mut stream = TcpStream::connect(&self.address)?;
        stream.write_all(b"GET /status HTTP/1.0\r\n\r\n")?;
        let mut text = String::new();
        stream.read_to_string(&mut text)?;
        Ok(text.split_once("\r\n\r\n").map_or(String::new(), |(_, body)| body.to_owned()))
    }

    /// What somebody does, and how many requests the server had of it.
    pub fn during<T>(&self, run: impl FnOnce() -> Result<T, String>) -> Result<(T, u64), String> {
        let before = self.counted()?.requests;
        let done = run()?;
        // The last question is one too.
        Ok((done, self.counted()?.requests - before - 1))
    }
}

fn configure(folder: &Path, address: &str, workers: u32) -> std::io::Result<()> {
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755))?;
    fs::create_dir(folder.join("www"))?;
    fs::write(folder.join("www").join(FILE.trim_start_matches('/')), "x".repeat(1024))?;
    let base = folder.display().to_string();
    let pinned = if workers == 1 { "worker_cpu_affinity 01; " } else { "" };
    let main = format!("{pinned}worker_rlimit_nofile {};", CONNECTIONS + 100);
    let shared = if workers == 1 { "" } else { " reuseport" };
    let inside = format!(
        "  types {{ text/plain txt; }}
  access_log off; open_file_cache max=16 inactive=600s; keepalive_timeout 600s;
  server {{
    listen {address} backlog=4096{shared}; root {base}/www;
    location = /status {{ stub_status; }}
  }}
}}
"
    );
    fs::write(folder.join("conf"), head(&base, workers, CONNECTIONS, &main) + &inside)
}
