//! All that a worker is told of the run, and what it makes of it.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use crate::calendar::model::Library;
use crate::config::{Carried, Diagnostics, render};
use crate::observer::Needs;
use crate::population::{Account, Dealt, Share, Use};
use crate::scenario::services::Services;
use crate::scenario::{Documents, Options, Pod, Scenario, Told, Venue, WorkerPlan, network, resolve_told};
use crate::stats::Limits;
use crate::transport::{Target, Trust, descriptors};

/// What is nobody's business but the manager's: passwords may stand there, and the commands of other workers.
const PRIVATE: [&str; 8] =
    ["accounts", "prepare", "monitors", "serverStats", "observers", "thresholds", "webadmin", "workers"];

/// All that a worker is told of the run beside the accounts: with it the worker resolves the same scenario by the same
/// code, and needs no file of the manager's machine.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Brief {
    config: Carried,
    preset: Option<Carried>,
    clients: Option<Carried>,
    config_path: String,
    clients_path: String,
    /// The client programs that lie in folders: name to the texts of its files by their names.
    models: BTreeMap<String, BTreeMap<String, String>>,
    /// The files that the property lists name, by their paths.
    files: BTreeMap<String, Rc<[u8]>>,
    /// With the seed that the manager has.
    options: Options,
    usage: Use,
    pods: Vec<Server>,
    /// The durations over which is counted.
    pub limits: Limits,
    /// The events that the manager wants.
    pub needs: Needs,
    shares: Vec<Share>,
    /// The worker's own place among the shares, and its name.
    index: u16,
    name: String,
    /// Where its connections come from.
    addresses: Vec<IpAddr>,
    /// How many connections it may have open at once, beside its own limit; None: as many as it can.
    connections: Option<usize>,
}

/// A server as it is reached.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Server {
    name: Rc<str>,
    target: Target,
    trust: Trust,
    principal_path_template: String,
    services: Services,
    amp_hosts: Vec<(String, u16)>,
}

/// A worker's part of a run.
pub struct Part {
    pub scenario: Scenario,
    pub venue: Venue,
    dealt: Dealt,
    index: usize,
    /// The most of its users who are there at one time.
    pub at_once: Option<u32>,
}

impl Part {
    /// Which users are its own.
    pub fn mine(&self) -> impl Fn(u32) -> bool + 'static {
        let (dealt, index) = (self.dealt.clone(), self.index);
        move |user| dealt.worker(user) == Some(index)
    }
}

impl Brief {
    /// What all workers are told; [`Brief::for_worker`] makes it one worker's.
    pub fn of(scenario: &Scenario, venue: &Venue) -> Brief {
        let documents = &scenario.documents;
        let shown = |path: &Path| path.to_string_lossy().into_owned();
        Brief {
            config: Carried::of(documents.own_config(), |key| !PRIVATE.contains(&key)),
            preset: documents
                .layers
                .as_ref()
                .map(|(_, preset)| Carried::of(preset, |key| !PRIVATE.contains(&key))),
            clients: documents.clients.as_ref().map(|clients| Carried::of(clients, |_| true)),
            config_path: shown(&documents.config_path),
            clients_path: shown(&documents.clients_path),
            models: Library::gather(Some(&documents.clients_path)).texts(),
            files: scenario.files.all(),
            options: Options {
                config: None,
                clients: None,
                preset: None,
                workers: None,
                seed: Some(scenario.seed.0),
                ..scenario.options.clone()
            },
            usage: scenario.people.usage,
            pods: venue.pods.iter().map(Server::of).collect(),
            limits: scenario.watch.limits(),
            needs: scenario.watch.needs(),
            shares: scenario.workers.iter().map(|worker| worker.share).collect(),
            index: 0,
            name: String::new(),
            addresses: Vec::new(),
            connections: None,
        }
    }

    /// The same for one of the workers.
    pub fn for_worker(&self, index: usize, plan: &WorkerPlan, connections: Option<usize>) -> Brief {
        let (name, addresses) = (plan.name.clone(), plan.addresses.clone());
        Brief { index: index as u16, name, addresses, connections, ..self.clone() }
    }

    /// Resolves the scenario; the error is what is to be read about it.
    pub fn resolve(self, accounts: Vec<Account>) -> Result<Part, String> {
        let diags = Diagnostics::new();
        let accounts: Rc<[Rc<Account>]> = accounts.into_iter().map(Rc::new).collect();
        let pods: Vec<Pod> = self.pods.into_iter().map(Server::pod).collect();
        let (models, files) = (self.models, self.files);
        let told = Told { accounts, usage: self.usage, pods: pods.clone(), models, files };
        let nonsense = || "the property lists did not come as they were sent".to_owned();
        let value = |carried: Carried| carried.value().ok_or_else(nonsense);
        let documents = Documents {
            config: value(self.config)?,
            config_path: PathBuf::from(self.config_path),
            clients: self.clients.map(value).transpose()?,
            clients_path: PathBuf::from(self.clients_path),
            layers: None,
        };
        let preset = self.preset.map(value).transpose()?;
        let documents = documents.with_preset(preset, &diags).ok_or_else(|| render(&diags))?;
        let mut scenario =
            resolve_told(documents, &self.options, &told, &diags).ok_or_else(|| render(&diags))?;
        scenario.seat = Some(self.name.into());
        let dealt = scenario.deal(&self.shares).map_err(|why| why.to_string())?;
        let index = usize::from(self.index);
        let mut connector = network(&scenario).of_block(index as u8).from_addresses(self.addresses);
        if let Some(most) = self.connections {
            connector = connector.limited_to(most.min(descriptors::connections()));
        }
        let at_once = scenario.at_once(&self.shares, index);
        Ok(Part { scenario, venue: Venue::reached(pods, Rc::new(connector)), dealt, index, at_once })
    }
}

impl Server {
    fn of(pod: &Pod) -> Server {
        Server {
            name: pod.name.clone(),
            target: pod.target.clone(),
            trust: pod.trust,
            principal_path_template: pod.principal_path_template.clone(),
            services: pod.services.clone(),
            amp_hosts: pod.amp_hosts.clone(),
        }
    }

    fn pod(self) -> Pod {
        Pod {
            name: self.name,
            target: self.target,
            trust: self.trust,
            principal_path_template: self.principal_path_template,
            services: self.services,
            amp_hosts: self.amp_hosts,
            monitors: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::read_bytes;
    use crate::scenario::resolve_documents;
    use crate::transport::Connector;
    use crate::worker::frames;

    const CONFIG: &str = "<key>server</key><string>http://127.0.0.1:8008</string><key>clients</key><array/>
      <key>accounts</key><dict><key>loader</key><string>generateRecords</string><key>params</key><dict>
        <key>count</key><integer>4</integer><key>passwordPattern</key><string>s3cret%d</string></dict></dict>
      <key>prepare</key><array><dict><key>method</key><string>PUT</string><key>path</key><string>/%s</string>
        <key>body</key><string>s3cret body</string></dict></array>
      <key>observers</key><array><dict><key>type</key><string>Process</string><key>params</key><dict>
        <key>command</key><string>s3cret observer</string></dict></dict></array>
      <!-- s3cret comment -->
      <key>workers</key><array><string>s3cret one</string><string>s3cret two</string></array>
      <key>arrival</key><dict><key>factory</key><string>Fixed</string>
        <key>params</key><dict><key>count</key><integer>4</integer></dict></dict>";

    #[test]
    fn a_worker_is_told_no_more_than_it_needs() {
        let (diags, text) = (Diagnostics::new(), format!("<plist><dict>{CONFIG}</dict></plist>"));
        let config = read_bytes("c", text.as_bytes(), &diags).unwrap();
        let documents = Documents {
            config,
            config_path: "c".into(),
            clients: None,
            clients_path: "c".into(),
            layers: None,
        };
        let scenario = resolve_documents(documents, &Options::default(), &diags);
        let scenario = scenario.unwrap_or_else(|| panic!("{}", render(&diags)));
        assert_eq!(scenario.people.accounts[2].password.reveal().as_ref(), "s3cret3");
        let venue =
            Venue::reached(scenario.place.pods().to_vec(), Rc::new(Connector::pipes(Rc::new(|_| {}))));
        let bytes =
            frames::encode(&Brief::of(&scenario, &venue).for_worker(1, &scenario.workers[1], None)).unwrap();
        assert!(!String::from_utf8_lossy(&bytes).contains("s3cret"));
        let brief: Brief = frames::decode(&bytes[4..]).unwrap();
        let accounts = scenario.people.accounts.iter().map(|account| Account::clone(account)).collect();
        let part = brief.resolve(accounts).unwrap();
        assert_eq!(part.scenario.seed, scenario.seed);
        assert_eq!((0..4).filter(|user| part.mine()(*user)).count(), 2);
    }

    /// A worker on another machine has no such file; one that comes to be there means nothing.
    #[test]
    fn a_worker_has_the_files_that_the_manager_has_read() {
        let (diags, folder) = (Diagnostics::new(), tempfile::tempdir().unwrap());
        let (path, body) = (folder.path().join("c.plist"), folder.path().join("body.txt"));
        std::fs::write(&body, "text").unwrap();
        let text = "<plist><dict><key>services</key><dict><key>smtp</key><string>smtp://localhost</string></dict>
          <key>accounts</key><dict><key>loader</key><string>generateRecords</string><key>params</key><dict>
            <key>count</key><integer>10</integer></dict></dict>
          <key>clients</key><array><dict><key>software</key><string>Mail</string><key>profiles</key><array><dict>
            <key>class</key><string>SMTP</string><key>params</key><dict><key>file</key><string>body.txt</string></dict>
          </dict></array></dict></array><key>workers</key><array><string>one</string></array></dict></plist>";
        let config = read_bytes(&path.display().to_string(), text.as_bytes(), &diags).unwrap();
        let documents =
            Documents { config, config_path: path.clone(), clients: None, clients_path: path, layers: None };
        let scenario = resolve_documents(documents, &Options::default(), &diags);
        let scenario = scenario.unwrap_or_else(|| panic!("{}", render(&diags)));
        std::fs::write(&body, "other text").unwrap();
        let venue =
            Venue::reached(scenario.place.pods().to_vec(), Rc::new(Connector::pipes(Rc::new(|_| {}))));
        let bytes =
            frames::encode(&Brief::of(&scenario, &venue).for_worker(0, &scenario.workers[0], None)).unwrap();
        let brief: Brief = frames::decode(&bytes[4..]).unwrap();
        let accounts = scenario.people.accounts.iter().map(|account| Account::clone(account)).collect();
        let part = brief.resolve(accounts).unwrap();
        let files: Vec<_> = part.scenario.files.all().into_values().collect();
        assert_eq!(files, [Rc::<[u8]>::from(&b"text"[..])]);
    }
}
