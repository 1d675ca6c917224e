//! Where a run takes place: the servers, and how they are reached.

use std::rc::Rc;
use std::time::Duration;

use chrono::{DateTime, FixedOffset, Local};

use super::child::{ChildError, EmbeddedServer};
use super::inside::Inside;
use super::pods::{Place, Pod};
use super::resolve::Scenario;
use crate::clock::Clock;
use crate::config::Carried;
use crate::monitor::{ServerStats, StatsAddress};
use crate::population::DEFAULT_POD;
use crate::transport::{Connector, Target, Trust, descriptors};

/// How long a connection may take to open.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);

/// Whether time is that of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Over the network, in the machine's time.
    Run,
    /// Against the embedded server in this thread, in virtual time (design, decision 3). The runtime's clock must be
    /// paused.
    Rehearse,
}

/// The servers of a run, ready to be asked.
pub struct Venue {
    pub pods: Vec<Pod>,
    pub connector: Rc<Connector>,
    embedded: Embedded,
}

/// The embedded server, if it is the target.
enum Embedded {
    None,
    Child(Box<EmbeddedServer>),
    Inside(Inside),
}

impl Venue {
    /// Makes sure of the servers: in `run` the embedded one is started as a child process if it is the target, in
    /// `rehearse` it is in this thread whatever the target is (design, decision 13).
    pub async fn open(mode: Mode, scenario: &Scenario) -> Result<Venue, ChildError> {
        match (mode, &scenario.place) {
            (Mode::Rehearse, _) => {
                let inside = Inside::start(scenario);
                let pods = vec![inside.pod()];
                let connector = Rc::new(inside.connector().telling_labels(scenario.service.is_some()));
                Ok(Venue { pods, connector, embedded: Embedded::Inside(inside) })
            }
            (Mode::Run, Place::Embedded) => {
                let accounts = scenario.people.accounts.iter().map(|account| &**account);
                let config = scenario.documents.own_config();
                let model = scenario.service.as_ref().map(|_| Carried::of(config, |key| key == "embedded"));
                let child = EmbeddedServer::start(accounts, model).await?;
                tracing::debug!(target: "server", "the embedded server listens at {}", child.places.url);
                let pods = vec![pod_of(&child)?];
                Ok(Venue {
                    pods,
                    connector: Rc::new(network(scenario)),
                    embedded: Embedded::Child(Box::new(child)),
                })
            }
            (Mode::Run, Place::Servers(pods)) => Ok(Venue {
                pods: pods.clone(),
                connector: Rc::new(network(scenario)),
                embedded: Embedded::None,
            }),
        }
    }

    /// Servers that somebody else has made sure of.
    pub fn reached(pods: Vec<Pod>, connector: Rc<Connector>) -> Venue {
        Venue { pods, connector, embedded: Embedded::None }
    }

    /// A clock that starts after `lead`: at the machine's time, or where the virtual time is.
    pub fn clock(&self, lead: Duration) -> Clock {
        match &self.embedded {
            Embedded::Inside(inside) => Clock::starting_at(inside.clock().utc()),
            Embedded::None | Embedded::Child(_) => Clock::starting_in(lead),
        }
    }

    /// When a clock started, in the zone in which people read it: that of the machine, or that of `startAt`.
    pub fn started(&self, clock: Clock) -> DateTime<FixedOffset> {
        match &self.embedded {
            Embedded::Inside(_) => clock.epoch().fixed_offset(),
            Embedded::None | Embedded::Child(_) => clock.epoch().with_timezone(&Local).fixed_offset(),
        }
    }

    /// Resolves when there can be no more answers, as the embedded server's process has ended: with how, which is logged
    /// at once. Other servers may come back.
    pub async fn breaks(&mut self) -> String {
        let how = match &mut self.embedded {
            Embedded::Child(child) => child.ended().await,
            Embedded::None | Embedded::Inside(_) => std::future::pending().await,
        };
        tracing::error!(target: "server", "{how}; so does the run");
        how
    }

    /// How the embedded server's process has ended, if it has.
    pub fn broken(&mut self) -> Option<String> {
        match &mut self.embedded {
            Embedded::Child(child) => child.has_ended(),
            Embedded::None | Embedded::Inside(_) => None,
        }
    }

    /// Ends the embedded server within `patience`; then how many requests it has served. None when there was none, or,
    /// within, when it has not told.
    pub async fn close(self, patience: Duration) -> Option<Option<u64>> {
        match self.embedded {
            Embedded::None => None,
            Embedded::Child(child) => Some(child.stop(patience).await.map(|served| served.requests)),
            Embedded::Inside(inside) => Some(Some(inside.requests())),
        }
    }
}

/// A connector to the network, with as many connections at once as this process has descriptors for.
pub fn network(scenario: &Scenario) -> Connector {
    let connector = Connector::network(CONNECT_TIMEOUT).limited_to(descriptors::connections());
    connector.telling_labels(scenario.service.is_some())
}

fn pod_of(server: &EmbeddedServer) -> Result<Pod, ChildError> {
    let places = &server.places;
    let (target, _) = Target::parse(&places.url).map_err(|why| ChildError::Silent(why.to_string()))?;
    let stats = StatsAddress::Tcp(places.stats.ip().to_string(), places.stats.port());
    Ok(Pod {
        name: DEFAULT_POD.into(),
        target,
        trust: Trust::Verify,
        principal_path_template: "/principals/users/%s/".into(),
        services: Default::default(),
        amp_hosts: vec![(places.amp.ip().to_string(), places.amp.port())],
        monitors: vec![Rc::new(ServerStats::new(stats))],
    })
}
