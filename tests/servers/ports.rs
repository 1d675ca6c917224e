//! Port numbers that no other test takes.
//!
//! A number below the kernel's ephemeral range cannot be taken by an outgoing connection between the moment it is
//! found free and the moment the server binds it; a lock on a file keeps other test binaries away from it for as
//! long as the server runs. A stranger that binds it in between makes the server fail to start, and the start is
//! tried again with other numbers.

use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::sync::atomic::{AtomicU16, Ordering};

/// Below the ephemeral range of Linux (32768..60999).
const RANGE: std::ops::Range<u16> = 20_000..32_000;
const LOCKS: &str = "/tmp/populace-test-ports";

/// A port number kept for one server; dropped, it is free again.
#[derive(Debug)]
pub struct Port {
    pub number: u16,
    _lock: File,
}

impl Port {
    /// The first free number, counted from one that depends on the process.
    pub fn reserve() -> Port {
        static NEXT: AtomicU16 = AtomicU16::new(0);
        let size = RANGE.end - RANGE.start;
        let first = (std::process::id() % u32::from(size)) as u16;
        for _ in 0..size {
            let step = NEXT.fetch_add(1, Ordering::Relaxed) % size;
            let number = RANGE.start + (first + step) % size;
            if let Some(port) = Port::try_reserve(number) {
                return port;
            }
        }
        panic!("no free port on 127.0.0.1 in {RANGE:?}");
    }

    fn try_reserve(number: u16) -> Option<Port> {
        fs::create_dir_all(LOCKS).expect("the folder of the port locks can be made");
        let lock = File::options()
            .write(true)
            .create(true)
            .truncate(false)
            .open(Path::new(LOCKS).join(number.to_string()))
            .expect("a port lock can be opened");
        lock.try_lock().ok()?;
        TcpListener::bind((Ipv4Addr::LOCALHOST, number)).ok()?;
        Some(Port { number, _lock: lock })
    }

    /// `127.0.0.1:NUMBER`
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.number)
    }
}

#[test]
fn a_reserved_port_is_not_given_twice() {
    let first = Port::reserve();
    assert!(Port::try_reserve(first.number).is_none());
    assert_ne!(Port::reserve().number, first.number);
    let number = first.number;
    drop(first);
    assert_eq!(Port::try_reserve(number).map(|port| port.number), Some(number));
}
