//! All that a worker is told of the run, and what it makes of it.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use crate::calendar::model::Library;
use crate::config::{Diagnostics, render};
use crate::observer::Needs;
use crate::population::{Account, Dealt, Share, Use};
use crate::scenario::{Documents, Options, Place, Pod, Scenario, Texts, Told, Venue, network, resolve_told};
use crate::stats::Limits;
use crate::transport::{Target, Trust, descriptors};

/// All that a worker is told of the run beside the accounts: with it the worker resolves the same scenario by the same
/// code, and needs no file of the manager's machine.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Brief {
    texts: Texts,
    config_path: String,
    clients_path: String,
    /// The client programs that lie in folders: name to the texts of its files by their names.
    models: BTreeMap<String, BTreeMap<String, String>>,
    /// With the seed that the manager has.
    options: Options,
    usage: Use,
    pods: Vec<Server>,
    /// The durations over which is counted.
    pub limits: Limits,
    /// The events that the manager wants.
    pub needs: Needs,
    shares: Vec<Share>,
    /// The worker's own place among the shares.
    index: u16,
    /// Where its connections come from.
    addresses: Vec<IpAddr>,
    /// How many connections one worker may have open at once, beside its own limit; None: as many as it can.
    connections: Option<usize>,
}

/// A server as it is reached.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Server {
    name: Rc<str>,
    target: Target,
    trust: Trust,
    principal_path_template: String,
    amp_hosts: Vec<(String, u16)>,
}

/// A worker's part of a run.
pub struct Part {
    pub scenario: Scenario,
    pub venue: Venue,
    dealt: Dealt,
    index: usize,
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
        let shown = |path: &Path| path.to_string_lossy().into_owned();
        Brief {
            texts: scenario.texts.clone(),
            config_path: shown(&scenario.config_path),
            clients_path: shown(&scenario.clients_path),
            models: Library::gather(Some(&scenario.clients_path)).texts(),
            options: Options {
                config: None,
                clients: None,
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
            addresses: Vec::new(),
            connections: connections(scenario),
        }
    }

    /// The same for one of the workers.
    pub fn for_worker(&self, index: usize, addresses: Vec<IpAddr>) -> Brief {
        Brief { index: index as u16, addresses, ..self.clone() }
    }

    /// Resolves the scenario; the error is what is to be read about it.
    pub fn resolve(self, accounts: Vec<Account>) -> Result<Part, String> {
        let diags = Diagnostics::new();
        let accounts: Rc<[Rc<Account>]> = accounts.into_iter().map(Rc::new).collect();
        let pods: Vec<Pod> = self.pods.into_iter().map(Server::pod).collect();
        let told = Told { accounts, usage: self.usage, pods: pods.clone(), models: self.models };
        let (config, clients) = (PathBuf::from(self.config_path), PathBuf::from(self.clients_path));
        let scenario = Documents::of(self.texts, config, clients, &diags)
            .and_then(|documents| resolve_told(documents, &self.options, Some(&told), &diags))
            .ok_or_else(|| render(&diags))?;
        let dealt = scenario.deal(&self.shares).map_err(|why| why.to_string())?;
        let index = usize::from(self.index);
        let mut connector = network(&scenario).of_block(index as u8).from_addresses(self.addresses);
        if let Some(most) = self.connections {
            connector = connector.limited_to(most.min(descriptors::connections()));
        }
        Ok(Part { scenario, venue: Venue::reached(pods, Rc::new(connector)), dealt, index })
    }
}

/// The embedded server has no more descriptors than one of us: all workers together open no more connections than it
/// can.
fn connections(scenario: &Scenario) -> Option<usize> {
    let embedded = matches!(scenario.place, Place::Embedded);
    embedded.then(|| descriptors::connections() / scenario.workers.len().max(1))
}

impl Server {
    fn of(pod: &Pod) -> Server {
        Server {
            name: pod.name.clone(),
            target: pod.target.clone(),
            trust: pod.trust,
            principal_path_template: pod.principal_path_template.clone(),
            amp_hosts: pod.amp_hosts.clone(),
        }
    }

    fn pod(self) -> Pod {
        Pod {
            name: self.name,
            target: self.target,
            trust: self.trust,
            principal_path_template: self.principal_path_template,
            amp_hosts: self.amp_hosts,
            monitors: Vec::new(),
        }
    }
}
