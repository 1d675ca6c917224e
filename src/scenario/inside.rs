//! The embedded server in the thread of the run, reached through pipes: the other end of a rehearsal.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use tokio::io::DuplexStream;

use super::pods::Pod;
use super::resolve::Scenario;
use crate::clock::Clock;
use crate::embedded::push::Hub;
use crate::embedded::statistics::{Protocol, StatsServer};
use crate::embedded::{Config, Server, User};
use crate::event::ServerFigures;
use crate::monitor::{Monitor, MonitorError, ServerStats, StatsAddress};
use crate::population::DEFAULT_POD;
use crate::transport::{Connector, Target, Trust};

/// Its name, which nobody resolves, and where it would listen.
const HOST: &str = "embedded";
const HTTP_PORT: u16 = 80;
const AMP_PORT: u16 = 62311;
const STATS_PORT: u16 = 8100;

/// The bytes that a pipe to the statistics holds.
const PIPE: usize = 64 * 1024;

/// The embedded server with its push and its statistics.
pub struct Inside {
    server: Rc<Server>,
    hub: Hub,
    stats: StatsServer,
}

impl Inside {
    /// A server with the scenario's accounts. Its time begins at `startAt`, now.
    pub fn start(scenario: &Scenario) -> Inside {
        let accounts = scenario.people.accounts.iter().enumerate();
        let users = accounts.map(|(place, account)| User::of(place, account)).collect();
        let clock = Clock::starting_at(scenario.timing.start_at);
        let server = Server::new(Config {
            seed: scenario.seed.0,
            service: scenario.service.clone(),
            ..Config::new(users, clock)
        });
        let hub = Hub::new(clock);
        hub.attach(&server);
        let stats = StatsServer::attach(&server, Protocol::Of2013);
        Inside { server, hub, stats }
    }

    /// The server's time.
    pub fn clock(&self) -> Clock {
        self.server.config().clock
    }

    /// A connector whose every stream is a pipe to this server.
    pub fn connector(&self) -> Connector {
        let (server, hub) = (self.server.clone(), self.hub.clone());
        Connector::pipes_to(Rc::new(move |target: &Target, pipe| {
            if target.port == AMP_PORT {
                let hub = hub.clone();
                tokio::task::spawn_local(async move { hub.serve(pipe).await });
            } else {
                tokio::task::spawn_local(server.clone().serve_stream(pipe));
            }
        }))
    }

    pub fn pod(&self) -> Pod {
        Pod {
            name: DEFAULT_POD.into(),
            target: Target { tls: false, host: HOST.to_owned(), port: HTTP_PORT },
            trust: Trust::Verify,
            principal_path_template: "/principals/users/%s/".into(),
            amp_hosts: vec![(HOST.to_owned(), AMP_PORT)],
            monitors: vec![Rc::new(PipedStats(self.stats.clone()))],
        }
    }

    /// How many requests it has answered.
    pub fn requests(&self) -> u64 {
        self.server.counters().requests
    }
}

/// The statistics of a server in this thread, asked in the same words as those of another.
struct PipedStats(StatsServer);

impl Monitor for PipedStats {
    fn ask(&self, clock: Clock) -> Pin<Box<dyn Future<Output = Result<ServerFigures, MonitorError>> + '_>> {
        let monitor = ServerStats::new(StatsAddress::Tcp(HOST.to_owned(), STATS_PORT));
        Box::pin(async move {
            let (ours, theirs): (DuplexStream, DuplexStream) = tokio::io::duplex(PIPE);
            let stats = self.0.clone();
            // When the monitor has its answer it closes the pipe, which ends this.
            tokio::task::spawn_local(async move { stats.serve(theirs).await.ok() });
            monitor.ask_over(ours, clock).await
        })
    }
}
