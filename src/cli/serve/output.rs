//! What `populace serve` prints: sentences, or with `--machine` one JSON object a line.
use crate::embedded::served::Counters;
use serde::Serialize;
use serde_json::json;
use std::io;
use tokio::net::TcpListener;

/// Where the server listens; `{"listening": {...}}`.
#[derive(Debug, Serialize)]
pub struct Listening {
    /// `http://127.0.0.1:8008` or `https://...`.
    pub url: String,
    /// Address and port of the statistics socket.
    pub stats: Option<String>,
    /// Address and port of push over AMP.
    pub amp: Option<String>,
    /// The process.
    pub pid: u32,
}

impl Listening {
    /// Reads the addresses that were bound.
    pub fn new(
        secure: bool,
        server: &TcpListener,
        stats: Option<&TcpListener>,
        amp: Option<&TcpListener>,
    ) -> io::Result<Listening> {
        let address = |listener: &TcpListener| listener.local_addr().map(|a| a.to_string());
        let scheme = if secure { "https" } else { "http" };
        Ok(Listening {
            url: format!("{scheme}://{}", address(server)?),
            stats: stats.map(address).transpose()?,
            amp: amp.map(address).transpose()?,
            pid: std::process::id(),
        })
    }
}

/// Standard output, in one of two forms.
#[derive(Debug, Clone, Copy)]
pub struct Output {
    machine: bool,
}

impl Output {
    /// For people, or for a program.
    pub fn new(machine: bool) -> Output {
        Output { machine }
    }

    /// The server is ready.
    pub fn listening(self, listening: &Listening) {
        if self.machine {
            return print(&json!({ "listening": listening }).to_string());
        }
        print(&format!("listening on {}", listening.url));
        if let Some(address) = &listening.stats {
            print(&format!("statistics on {address}"));
        }
        if let Some(address) = &listening.amp {
            print(&format!("push (AMP) on {address}"));
        }
    }

    /// The server has stopped.
    pub fn served(self, counters: &Counters) {
        if self.machine {
            return print(&json!({ "served": counters }).to_string());
        }
        print(&format!("served {} requests on {} connections", counters.requests, counters.connections));
        for (method, count) in &counters.methods {
            print(&format!("{count:>10}  {method}"));
        }
        for (status, count) in &counters.statuses {
            print(&format!("{count:>10}  status {status}"));
        }
    }
}

/// A line at once, so that a program that waits for it gets it.
fn print(line: &str) {
    // Whether anybody sees it or not, it serves.
    let _ = crate::cli::printing::print(&format!("{line}\n"));
}
