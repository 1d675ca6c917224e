//! The embedded server in the thread of the run, reached through pipes: the other end of a rehearsal.

use std::future::ready;
use std::rc::Rc;
use std::time::Duration;

use serde_json::Value;

use super::pods::Pod;
use super::resolve::Scenario;
use crate::clock::Clock;
use crate::embedded::push::Hub;
use crate::embedded::statistics::{Protocol, StatsServer};
use crate::embedded::{Config, Server, User};
use crate::monitor::{Answer, Asked, Monitor, MonitorError, figures};
use crate::population::DEFAULT_POD;
use crate::transport::{Connector, Target, Trust};

/// Its name, which nobody resolves, and where it would listen.
const HOST: &str = "embedded";
const HTTP_PORT: u16 = 80;
const AMP_PORT: u16 = 62311;

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
        let mut service = scenario.service.clone();
        if scenario.habits.want_pages() {
            service.get_or_insert_default().pages.get_or_insert_default();
        }
        let server = Server::new(Config { seed: scenario.seed.0, service, ..Config::new(users, clock) });
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
            services: Default::default(),
            amp_hosts: vec![(HOST.to_owned(), AMP_PORT)],
            monitors: vec![Rc::new(InsideStats(self.stats.clone()))],
        }
    }

    /// How many requests it has answered.
    pub fn requests(&self) -> u64 {
        self.server.counters().requests
    }
}

/// The statistics of a server in this thread. They are the object that it would send, without what is counted by name:
/// to write and read thousands of names every ten seconds would be most of the work of a long rehearsal.
struct InsideStats(StatsServer);

impl Monitor for InsideStats {
    fn ask(&self, clock: Clock, _: Duration) -> Asked<'_> {
        let now = clock.utc().timestamp_millis() as f64 / 1_000.0;
        // `json!` would copy it.
        let answer = Value::from_iter([("stats", self.0.totals())]);
        let figures = figures::read(&answer, now);
        let nonsense = |reason| MonitorError::Nonsense { who: HOST.to_owned(), reason };
        Box::pin(ready(figures.map(Answer::Load).map_err(nonsense)))
    }

    fn by_phase(&self) -> bool {
        false
    }
}
