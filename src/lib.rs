//! A simulator of client populations: what do the users of a server experience, and how many fit?
//!
//! # Layout
//!
//! From the top down; an import never points up (`tests/layers.rs` fails on one that does).
//!
//! | module | what lives there |
//! |---|---|
//! | [`cli`] | parse, call, exit code; one file a subcommand |
//! | [`live`] | the report page of a run that goes on, and its figures for Prometheus |
//! | [`worker`] | manager and worker processes, the frames between them |
//! | [`scenario`] | joins the registries and the configuration into a resolved run; the only place that knows every domain |
//! | [`simulation`] | the engine: schedule, a client's life from arrival to stop, phases |
//! | [`calendar`] | the calendar domain: software, profiles, wire code |
//! | [`mail`] | the mail domain, of the same shape |
//! | [`web`] | the web domain: scripts of requests |
//! | [`embedded`] | the in-memory calendar server that is the default target |
//! | [`monitor`], [`observer`], [`report`] | the server's own figures; who watches; what is written |
//! | [`client`] | the traits Software and Profile and the context that a domain sees |
//! | [`http`] | the HTTP client that domains share |
//! | [`transport`] | names, addresses, TLS, in-memory pipes, bounded reads, byte counts |
//! | [`population`] | accounts, weights, arrival policies: who comes when, as pure functions |
//! | [`stats`] | histograms and counters by label, timeline, exact merge |
//! | [`dav`], [`icalendar`], [`amp`] | pure formats, shared by the clients and the embedded server |
//! | [`distribution`] | what values a habit draws |
//! | [`config`] | property list text to values with positions, decoder, diagnostics |
//! | [`clock`], [`random`], [`event`], [`label`], [`hex`], [`journal`], [`group`], [`command`], [`together`](mod@together) | the ground floor: small, pure, known to all |
pub mod amp;
pub mod calendar;
pub mod cli;
pub mod client;
pub mod clock;
pub mod command;
pub mod config;
pub mod dav;
pub mod distribution;
pub mod embedded;
pub mod event;
pub mod group;
pub mod hex;
pub mod http;
pub mod icalendar;
pub mod journal;
pub mod label;
pub mod live;
pub mod mail;
pub mod monitor;
pub mod observer;
pub mod population;
pub mod random;
pub mod report;
pub mod scenario;
pub mod simulation;
pub mod stats;
pub mod together;
pub mod transport;
pub mod web;
pub mod worker;
