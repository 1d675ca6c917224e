//! Black-box tests against real CalDAV and mail servers.
//!
//! Each test starts the servers it needs by itself, on free ports of the loopback address and in a temporary
//! folder, and leaves nothing behind. `tests/servers/install` installs them; a server that is not installed is
//! skipped with a line that says so, unless `POPULACE_REQUIRE_SERVERS` is set. Every server has fifty users
//! `user01` .. `user50` with the passwords `pw-user01` .. and the addresses `user01@example.test` ...
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | `running` | a started server: its addresses, users, log and end |
//! | `cyrus`, `davical`, `radicale`, `xandikos` | how each server is configured, started and provisioned |
//! | `process` | processes in groups of their own, stopped whatever happens |
//! | `keeper` | stops the groups when the test binary itself is killed |
//! | `ports` | port numbers that no other test takes |
//! | `http` | a small blocking HTTP client, independent of the one under test |
//! | `nginx` | nginx with its passwords and its folder, for those who need one |
//! | `postfix` | Postfix in front of a Cyrus |
//! | `mail` | both together, with small blocking clients of SMTP, IMAP and POP3, independent of those under test |
//! | `starting` | each server starts, answers and stops |
//! | `web` | nginx with PHP behind it: pages, a form, a service of SOAP |
//! | `prepare` | the `prepare` steps of `config/*.plist` work on the server they are for |
//! | `readme` | the README's way to a verdict, on Cyrus |
//! | `mixes` | a mix of clients runs on each server |
//! | `monitored` | monitors read snmpd, a node exporter and an agent in one run |
//! | `catalogue` | what each server answers to the requests of the simulated clients (README.md) |
// The ban on real time and real chance is for the simulated path; this harness waits for real processes.
#![allow(clippy::disallowed_methods, clippy::disallowed_types)]

mod catalogue;
mod cyrus;
mod davical;
mod http;
mod keeper;
mod mail;
mod mixes;
mod monitored;
mod nginx;
#[path = "../shared/nginx.rs"]
mod nginx_base;
mod ports;
mod postfix;
#[path = "../shared/postfix.rs"]
mod postfix_base;
mod prepare;
mod process;
mod radicale;
mod readme;
#[path = "../shared/readme.rs"]
mod readme_commands;
mod running;
mod starting;
mod web;

mod xandikos;
