//! Organizer and invitees of an event (spec 5.7).
use crate::icalendar::{Addresses, Calendar, Component, Line};

/// A calendar user as a client writes one into an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The calendar user address, as `mailto:user01@example.com`.
    pub address: String,
    /// The common name, as `User 01`.
    pub name: String,
}

impl Person {
    fn line(&self, property: &str, params: &[(&str, &str)]) -> Line {
        let mut line = Line::new(property, &self.address);
        line.set_param("CN", &self.name);
        for (name, value) in params {
            line.set_param(name, value);
        }
        line
    }

    /// The ORGANIZER line.
    pub fn organizer(&self) -> Line {
        self.line("ORGANIZER", &[])
    }

    /// The ATTENDEE line of the one who organizes: present without being asked.
    pub fn attending(&self) -> Line {
        self.line("ATTENDEE", &[("CUTYPE", "INDIVIDUAL"), ("PARTSTAT", "ACCEPTED")])
    }

    /// The ATTENDEE line of one who is asked to come.
    pub fn invited(&self) -> Line {
        let role = ("ROLE", "REQ-PARTICIPANT");
        self.line(
            "ATTENDEE",
            &[("CUTYPE", "INDIVIDUAL"), ("PARTSTAT", "NEEDS-ACTION"), role, ("RSVP", "TRUE")],
        )
    }
}

impl Calendar {
    /// Invites people to the event, new or old, in the name of `organizer`. An event without
    /// organizer gets one, who also attends; who is on the list already is not added again.
    pub fn invite(&mut self, organizer: &Person, invitees: &[Person]) {
        self.entries_mut().for_each(|entry| invite(entry, organizer, invitees));
    }
}

fn invite(entry: &mut Component, organizer: &Person, invitees: &[Person]) {
    if entry.get("ORGANIZER").is_none() {
        entry.push(organizer.organizer());
    }
    if entry.get("ATTENDEE").is_none() {
        entry.push(organizer.attending());
    }
    for invitee in invitees {
        let who = Addresses::new([&invitee.address]);
        if entry.attendee_mut(&who).is_none() {
            entry.push(invitee.invited());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(number: u32) -> Person {
        Person { address: format!("mailto:user{number}@example.com"), name: format!("User {number}") }
    }

    #[test]
    fn people_are_invited_once() {
        let mut calendar =
            Calendar::parse(b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")
                .unwrap();
        calendar.invite(&person(1), &[person(2)]);
        calendar.invite(&person(1), &[person(2), person(3), person(1)]);
        let lines: Vec<_> = calendar.master().unwrap().lines().map(Line::as_str).collect();
        assert_eq!(
            lines,
            [
                "UID:1",
                "ORGANIZER;CN=User 1:mailto:user1@example.com",
                "ATTENDEE;CN=User 1;CUTYPE=INDIVIDUAL;PARTSTAT=ACCEPTED:mailto:user1@example.com",
                "ATTENDEE;CN=User 2;CUTYPE=INDIVIDUAL;PARTSTAT=NEEDS-ACTION;ROLE=REQ-PARTICIPANT;RSVP=TRUE:mailto:user2@example.com",
                "ATTENDEE;CN=User 3;CUTYPE=INDIVIDUAL;PARTSTAT=NEEDS-ACTION;ROLE=REQ-PARTICIPANT;RSVP=TRUE:mailto:user3@example.com",
            ]
        );
    }
}
