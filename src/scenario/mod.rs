//! Joins the registries and the configuration into a resolved run: the only place that knows every domain.
//!
//! Two stages (design, decision 11): [`crate::config`] reads values with positions; [`resolve`] turns them into
//! a [`Scenario`], validated and with defaults filled in. Nothing downstream sees the first stage.
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | `options.rs` | [`Options`]: what the command line adds to the configuration |
//! | `documents.rs` | [`Documents`]: the two property lists, and how they merge |
//! | `preset.rs` | [`Preset`]: what a run asks of a server, to be laid over somebody's config |
//! | `pods.rs` | [`Pod`], [`Place`]: the servers |
//! | `popularity.rs` | weights that are percentages |
//! | `crowd.rs` | accounts and arrival: who comes when |
//! | `domains` | the domains, each of which makes the clients of its own software |
//! | `habits.rs` | [`Habits`]: the entries of `clients` |
//! | `hosts.rs` | which workers' users live a profile |
//! | `timing.rs` | [`Timing`]: the dict `run` |
//! | `webadmin.rs` | [`Webadmin`]: where the config wants a live page |
//! | `legacy.rs` | keys of the ancestors that are read and not used |
//! | [`keys`] | every key of the property lists, for the schema |
//! | `workers.rs` | [`WorkerPlan`]: the processes that bring the population |
//! | `told.rs` | [`Told`]: what a worker is told instead of finding it out |
//! | [`services`] | the services of a server beside HTTP |
//! | `serialization.rs` | [`Serialization`]: what clients keep from run to run |
//! | `monitors.rs` | `monitors`: who reads the servers' own figures |
//! | `prepare.rs` | [`Step`], [`Preparation`]: what must exist on the server before the start |
//! | `requests.rs` | the steps that make requests |
//! | `resolve.rs` | [`Scenario`], [`resolve`]: all of it together |
//! | `common.rs` | [`service_model`], and what a manager and its workers decode alike |
//! | `countable.rs` | [`Countable`]: the labels that the clients of a scenario can bring |
//! | `thresholds.rs` | the key `thresholds` |
//! | `conduct.rs` | [`conduct`]: a scenario from its first request to its report |
//! | `aborting.rs` | ends a run early when a threshold has been broken for too long |
//! | `ending.rs` | how long what follows the end of a run may take |
//! | `onlooking.rs` | [`Onlooker`]: who looks at a run while it goes on; [`Moment`]: what it sees |
//! | `concluding.rs` | from what happened to the report |
//! | `venue.rs` | [`Venue`]: the servers, ready to be asked |
//! | `child.rs`, `inside.rs` | the embedded server as a process, and in this thread |
//! | `held_open.rs` | [`TooManyHeldOpen`]: connections that need more descriptors than there are |
//! | `workforce.rs` | [`Workforce`]: who brings the population; [`InProcess`]: this process does |
//! | `beforehand.rs` | what is asked of the servers before the start, counted and not measured |
//! | `preparing.rs` | does the steps of `prepare` |
//! | `warming.rs` | lets clients learn before the run what they know from yesterday |
//! | `silence.rs` | tells, soon after the start, that nothing works |
//! | `describe/` | what `populace check` says of a scenario |

mod aborting;
mod beforehand;
mod child;
mod common;
mod concluding;
mod conduct;
mod countable;
mod crowd;
mod describe;
mod documents;
mod domains;
mod ending;
mod habits;
mod held_open;
mod hosts;
mod inside;
pub mod keys;
mod legacy;
mod monitors;
mod onlooking;
mod options;
mod pods;
mod popularity;
mod prepare;
mod preparing;
mod preset;
mod requests;
mod resolve;
mod serialization;
pub mod services;
mod silence;
mod thresholds;
mod timing;
mod told;
mod venue;
mod warming;
mod webadmin;
mod workers;
mod workforce;

pub use beforehand::NotPrepared;
pub use common::service_model;
pub use conduct::{Conducted, NotConducted, conduct};
pub use countable::{Countable, countable};
pub use crowd::People;
pub use describe::{describe, seed};
pub use documents::Documents;
pub use domains::{DOMAINS, Domain};
pub use habits::Habits;
pub use held_open::{TooManyHeldOpen, fits_run, fits_workers, rooms};
pub use onlooking::{Moment, Onlooker, Presence};
pub use options::{Options, WorkersWanted};
pub use pods::{Place, Pod};
pub use prepare::{Preparation, Step};
pub use preparing::Prepared;
pub use preset::{Preset, preset, presets};
pub use resolve::{Scenario, accounts, resolve, resolve_documents, resolve_told};
pub use serialization::Serialization;
pub use timing::Timing;
pub use told::Told;
pub use venue::{Mode, Venue, network};
pub use webadmin::{Webadmin, is_host};
pub use workers::{MOST_WORKERS, WorkerPlan};
pub use workforce::{InProcess, Job, NotAssembled, Worked, Workforce};
