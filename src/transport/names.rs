//! From names to addresses.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::rc::Rc;
use std::time::Duration;

use tokio::net::lookup_host;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use super::connector::ConnectError;
use super::lacking::lacking;
use super::target::Target;
use crate::event::ErrorKind;

/// How long a resolved name is used before it is asked for again.
const LIFE: Duration = Duration::from_secs(30);

/// How long a name that could not be resolved is not asked for again.
const FAILURE_LIFE: Duration = Duration::from_secs(1);

/// The names a process has asked for. Each is asked for once in 30 s and not once a client, which would
/// measure the resolver and not the server.
#[derive(Default)]
pub struct Names {
    known: RefCell<BTreeMap<String, Rc<Name>>>,
}

/// One name. Who holds the lock asks; whoever wants the same name meanwhile waits for that answer.
type Name = Mutex<Option<(Instant, Resolved)>>;

type Resolved = Result<Vec<IpAddr>, ConnectError>;

impl Names {
    /// The addresses of the target, IPv4 before IPv6; an address needs no asking. `limit` bounds one answer.
    pub async fn resolve(&self, target: &Target, limit: Duration) -> Resolved {
        if let Ok(address) = target.host.parse() {
            return Ok(vec![address]);
        }
        let name = self.known.borrow_mut().entry(target.host.clone()).or_default().clone();
        let mut answer = name.lock().await;
        if let Some((asked, resolved)) = &*answer
            && asked.elapsed() < if resolved.is_ok() { LIFE } else { FAILURE_LIFE }
        {
            return resolved.clone();
        }
        let resolved = ask(target, limit).await;
        *answer = Some((Instant::now(), resolved.clone()));
        resolved
    }
}

async fn ask(target: &Target, limit: Duration) -> Resolved {
    let error = |detail| ConnectError { kind: ErrorKind::Name, detail };
    let found = match timeout(limit, lookup_host((target.host.as_str(), target.port))).await {
        Ok(Ok(found)) => found,
        Ok(Err(why)) => {
            let (kind, why) = lacking(&why).unwrap_or_else(|| (ErrorKind::Name, why.to_string()));
            let detail = format!("the name {} cannot be resolved: {why}", target.host);
            return Err(ConnectError { kind, detail });
        }
        Err(_) => return Err(error(format!("no answer for the name {} in time", target.host))),
    };
    let mut addresses: Vec<IpAddr> = found.map(|address| address.ip()).collect();
    addresses.sort_by_key(|address| (address.is_ipv6(), *address));
    addresses.dedup();
    if addresses.is_empty() {
        return Err(error(format!("the name {} has no address", target.host)));
    }
    Ok(addresses)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(host: &str) -> Target {
        Target { tls: false, host: host.to_owned(), port: 80 }
    }

    #[tokio::test]
    async fn a_name_is_asked_for_once_and_an_address_never() {
        let names = Names::default();
        let limit = Duration::from_secs(10);
        assert_eq!(names.resolve(&target("::1"), limit).await.unwrap(), ["::1".parse::<IpAddr>().unwrap()]);
        assert!(names.known.borrow().is_empty());
        let first = names.resolve(&target("localhost"), limit).await.unwrap();
        assert!(first[0].is_loopback());
        // No resolver answers within no time: this comes from memory.
        assert_eq!(names.resolve(&target("localhost"), Duration::ZERO).await.unwrap(), first);
    }

    #[tokio::test]
    async fn a_failure_is_remembered_for_a_moment() {
        let names = Names::default();
        // No resolver has to be asked for a name that is longer than names can be.
        let long = target(&"x".repeat(300));
        let error = names.resolve(&long, Duration::from_secs(10)).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Name);
        let asked = |answer: &Option<(Instant, Resolved)>| answer.as_ref().map(|(asked, _)| *asked);
        let name = names.known.borrow()[&long.host].clone();
        let first = asked(&*name.lock().await);
        assert!(first.is_some() && names.resolve(&long, Duration::from_secs(10)).await.is_err());
        assert_eq!(asked(&*name.lock().await), first);
    }
}
