//! Port numbers that no other test takes.
//!
//! A number below the kernel's ephemeral range cannot be taken by an outgoing connection between the moment it is
//! found free and the moment the server binds it; a socket in the abstract namespace keeps other test binaries away
//! from it for as long as the server runs, and ends with this process. A stranger that binds the port in between makes
//! the server fail to start, and the start is tried again with other numbers.

use std::net::{Ipv4Addr, TcpListener};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener};
use std::sync::atomic::{AtomicU16, Ordering};

/// Below the ephemeral range of Linux (32768..60999).
const RANGE: std::ops::Range<u16> = 20_000..32_000;

/// A port number kept for one server; dropped, it is free again.
#[derive(Debug)]
pub struct Port {
    pub number: u16,
    _claim: UnixListener,
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
        let claim = SocketAddr::from_abstract_name(format!("populace-test-port-{number}")).ok()?;
        let claim = UnixListener::bind_addr(&claim).ok()?;
        TcpListener::bind((Ipv4Addr::LOCALHOST, number)).ok()?;
        Some(Port { number, _claim: claim })
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
