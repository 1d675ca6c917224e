//! A mix of clients against each real server, as whoever runs that server would do it: the very file of `config/`, with
//! the address of the server that the test has started.
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | `everything.plist`, `davical.plist`, `xandikos.plist` | the mixes |
//! | `adapted.rs` | the configuration of a server with the address of the one that runs |
//! | `ran.rs` | a run of the program and its results file |
//! | `judge.rs` | what every such run must have done |
//! | `meetings.rs` | what the calendars of the server say afterwards, by plain HTTP |
//! | `cyrus.rs`, `davical.rs`, `xandikos.rs`, `radicale.rs` | the run against each server |
//! | `mail.rs`, `senders.plist`, `readers-imap.plist` | mail on Postfix and Cyrus: what is sent is delivered is read |
//! | `presets.rs` | a preset against each server |
//! | `tls.rs` | a certificate that nobody vouches for |

mod adapted;
mod cyrus;
mod davical;
pub mod judge;
mod mail;
mod meetings;
mod presets;
mod radicale;
pub mod ran;
mod tls;
mod xandikos;
