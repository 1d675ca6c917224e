//! Addresses of servers that a benchmark starts.

use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use tokio::time::Instant;

/// An address of this machine whose port is free now.
pub fn free() -> Result<String, String> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|why| why.to_string())?;
    listener.local_addr().map(|address| address.to_string()).map_err(|why| why.to_string())
}

/// Waits until somebody answers there.
pub fn until_answering(address: &str) -> Result<(), String> {
    let begun = Instant::now();
    while TcpStream::connect(address).is_err() {
        if begun.elapsed() > Duration::from_secs(20) {
            return Err(format!("nobody answers at {address}"));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}
