//! The local addresses that connections come from.
//!
//! A connection is known by its two addresses and two ports, so one local address carries only as many connections to
//! a server as there are ports to be given: some 28,000 on Linux (`net.ipv4.ip_local_port_range`).

use std::cell::{Cell, RefCell};
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::rc::Rc;
use std::time::Duration;

use tokio::net::{TcpSocket, TcpStream};
use tokio::time::Instant;

/// How many connections come from one loopback address before the next one is used. The search for a free port is
/// slow where many are taken, also by connections that have ended within the last minute.
const PORTS: u32 = 2_000;

/// How long an address is left alone whose ports have run out.
const PAUSE: Duration = Duration::from_secs(10);

/// Who decides where connections come from.
pub enum Sources {
    /// These addresses, one after the other; those whose ports have run out are passed over for a while.
    Listed { addresses: Vec<(IpAddr, Rc<Ports>)>, next: Cell<usize> },
    /// The system, but connections to 127.0.0.0/8 come from as many addresses of that network as they need, those of
    /// this block first.
    System { block: u8, loopback: RefCell<Vec<Rc<Ports>>> },
}

/// The ports of one local address.
#[derive(Default)]
pub struct Ports {
    open: Cell<u32>,
    exhausted: Cell<Option<Instant>>,
}

/// Where one connection comes from.
pub struct Source {
    /// None: wherever the system lets it.
    pub address: Option<IpAddr>,
    ports: Option<Rc<Ports>>,
    /// There is another address to try.
    others: bool,
}

impl Sources {
    pub fn listed(addresses: Vec<IpAddr>) -> Sources {
        let addresses = addresses.into_iter().map(|address| (address, Rc::default())).collect();
        Sources::Listed { addresses, next: Cell::new(0) }
    }

    /// The system's choice; processes with different blocks use different loopback addresses.
    pub fn system(block: u8) -> Sources {
        Sources::System { block, loopback: RefCell::default() }
    }

    /// Where the next connection to `target` comes from. None: no address of the list is of its family.
    pub fn next(&self, target: IpAddr) -> Option<Source> {
        match self {
            Sources::Listed { addresses, next } => {
                let fitting: Vec<_> =
                    addresses.iter().filter(|(address, _)| address.is_ipv4() == target.is_ipv4()).collect();
                let turn = next.replace(next.get().wrapping_add(1)).checked_rem(fitting.len())?;
                let mut in_turn = fitting[turn..].iter().chain(&fitting[..turn]).copied();
                let mut usable = in_turn.clone().filter(|(_, ports)| !ports.are_gone());
                // When there is none anywhere, whoever comes finds out.
                let (address, ports) = usable.next().or(in_turn.next())?;
                let others = usable.next().is_some();
                Some(Source::of(Some(*address), ports, others))
            }
            Sources::System { block, loopback } if cfg!(target_os = "linux") && is_loopback_v4(target) => {
                let mut all = loopback.borrow_mut();
                let index = all.iter().position(|one| one.has_room()).unwrap_or(all.len());
                if index == all.len() {
                    all.push(Rc::default());
                }
                Some(Source::of(loopback_address(*block, index), &all[index], true))
            }
            Sources::System { .. } => Some(Source { address: None, ports: None, others: false }),
        }
    }
}

impl Default for Sources {
    fn default() -> Sources {
        Sources::system(0)
    }
}

fn is_loopback_v4(address: IpAddr) -> bool {
    address.is_ipv4() && address.is_loopback()
}

/// 127.0.0.1 comes by itself; then 127.0.0.2 ..., and 127.0.BLOCK.1 ... for the other blocks.
fn loopback_address(block: u8, index: usize) -> Option<IpAddr> {
    if block == 0 && index == 0 {
        return None;
    }
    // Beyond 254 they only come round again, and their ports have to be enough.
    let last = u8::try_from(index % 254 + 1).unwrap_or(1);
    Some(Ipv4Addr::new(127, 0, block, last).into())
}

impl Ports {
    fn has_room(&self) -> bool {
        self.open.get() < PORTS && !self.are_gone()
    }

    /// Whether there was none a moment ago.
    fn are_gone(&self) -> bool {
        self.exhausted.get().is_some_and(|since| since.elapsed() < PAUSE)
    }
}

impl Source {
    fn of(address: Option<IpAddr>, ports: &Rc<Ports>, others: bool) -> Source {
        ports.open.set(ports.open.get() + 1);
        Source { address, ports: Some(ports.clone()), others }
    }

    /// Opens a connection from here.
    pub async fn connect(&self, target: SocketAddr) -> io::Result<TcpStream> {
        let Some(address) = self.address else { return TcpStream::connect(target).await };
        let socket = if target.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        share_ports(&socket);
        socket.bind(SocketAddr::new(address, 0)).map_err(|why| not_local(address, why))?;
        socket.connect(target).await
    }

    /// Notes that there is no port left here; true if the next address may have some.
    pub fn exhausted(&self) -> bool {
        if let Some(ports) = &self.ports {
            ports.exhausted.set(Some(Instant::now()));
        }
        self.others
    }
}

impl Drop for Source {
    fn drop(&mut self) {
        if let Some(ports) = &self.ports {
            ports.open.set(ports.open.get().saturating_sub(1));
        }
    }
}

/// Lets the port be chosen when the connection is made and not before, so that connections to different servers may
/// have the same one. A system that cannot has fewer ports to give.
fn share_ports(socket: &TcpSocket) {
    #[cfg(target_os = "linux")]
    {
        let _ = nix::sys::socket::setsockopt(socket, nix::sys::socket::sockopt::IpBindAddressNoPort, &true);
    }
    #[cfg(not(target_os = "linux"))]
    let _ = socket;
}

fn not_local(address: IpAddr, why: io::Error) -> io::Error {
    match why.kind() {
        io::ErrorKind::AddrNotAvailable => {
            let text = format!("{address} is no address of this machine; see `addresses` of `workers`");
            io::Error::new(io::ErrorKind::AddrNotAvailable, text)
        }
        _ => why,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn listed_addresses_take_turns_within_the_family() {
        let sources = Sources::listed(["127.0.0.3", "::1", "127.0.0.4"].map(address).into());
        let from = |target| sources.next(address(target)).and_then(|source| source.address);
        assert_eq!(from("10.0.0.1"), Some(address("127.0.0.3")));
        assert_eq!(from("10.0.0.1"), Some(address("127.0.0.4")));
        assert_eq!(from("10.0.0.1"), Some(address("127.0.0.3")));
        assert_eq!(from("2001:db8::1"), Some(address("::1")));
        assert!(Sources::listed(vec![address("::1")]).next(address("10.0.0.1")).is_none());
    }

    #[tokio::test]
    async fn a_listed_address_without_ports_is_passed_over() {
        let sources = Sources::listed(["127.0.0.3", "127.0.0.4", "::1", "127.0.0.5"].map(address).into());
        let next = || sources.next(address("10.0.0.1")).unwrap();
        let mut tried = Vec::new();
        loop {
            let source = next();
            tried.push(source.address.unwrap().to_string());
            if !source.exhausted() {
                break;
            }
        }
        tried.sort();
        assert_eq!(tried, ["127.0.0.3", "127.0.0.4", "127.0.0.5"]);
        // When none has any, they are tried all the same, one at a time.
        assert!(!next().exhausted());
        let alone = Sources::listed(["127.0.0.3"].map(address).into());
        assert!(!alone.next(address("10.0.0.1")).unwrap().exhausted());
    }

    #[tokio::test]
    async fn loopback_has_only_as_many_addresses_as_it_needs() {
        let sources = Sources::default();
        let next = || sources.next(address("127.0.0.1")).unwrap();
        let mut open: Vec<Source> = (0..PORTS).map(|_| next()).collect();
        assert!(open.iter().all(|source| source.address.is_none()));
        assert_eq!(next().address, Some(address("127.0.0.2")));
        // A connection that has ended makes room.
        open.pop();
        assert_eq!(next().address, None);
        // An address without ports is passed over for a while.
        assert!(next().exhausted());
        assert_eq!(next().address, Some(address("127.0.0.2")));
        assert_eq!(sources.next(address("10.0.0.1")).unwrap().address, None);
        let other = Sources::system(3);
        assert_eq!(other.next(address("127.0.0.1")).unwrap().address, Some(address("127.0.3.1")));
    }
}
