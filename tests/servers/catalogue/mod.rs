//! What each real server answers to the requests of the simulated clients.
//!
//! The requests are those of the catalogue in the CalendarServer simulator (spec 5.4), in the shape of its 10.7 and
//! 10.11 clients and sent by the harness's own client. The answers stand in a table in README.md; a test for each
//! server walks through the requests and compares. When a new version of a server answers otherwise, the test prints
//! the new row.
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | `walk` | the requests, in the order in which a client comes to send them |
//! | `collections`, `meetings` | the parts of the walk |
//! | `xml`, `ics` | their bodies |
//! | `answers` | reading hrefs, properties and iCalendar out of answers |
//! | `table` | the table in README.md |

mod answers;
mod collections;
mod ics;
mod meetings;
mod table;
mod walk;
mod xml;

use crate::cyrus::Cyrus;
use crate::davical::Davical;
use crate::radicale::Radicale;
use crate::running::Running;
use crate::xandikos::Xandikos;

fn answers_as_the_readme_says(server: Option<Running>) {
    let Some(server) = server else { return };
    let answers = walk::walk(&server);
    let differences = table::compare(server.name, &answers);
    assert!(differences.is_empty(), "{} answers otherwise than README.md says:\n{differences}", server.name);
}

#[test]
fn cyrus_answers_as_the_readme_says() {
    answers_as_the_readme_says(Cyrus::start());
}

#[test]
fn davical_answers_as_the_readme_says() {
    answers_as_the_readme_says(Davical::start());
}

#[test]
fn radicale_answers_as_the_readme_says() {
    answers_as_the_readme_says(Radicale::start());
}

#[test]
fn xandikos_answers_as_the_readme_says() {
    answers_as_the_readme_says(Xandikos::start());
}
