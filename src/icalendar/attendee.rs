//! Attendees and organizer of an object (RFC 5545, 3.8.4.1 and 3.8.4.3).
use super::{Addresses, Calendar, Component, Line};
use std::fmt;

/// An attendee's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PartStat {
    /// No answer yet.
    NeedsAction,
    /// Comes.
    Accepted,
    /// Does not come.
    Declined,
    /// Perhaps.
    Tentative,
    /// Sends somebody else.
    Delegated,
    /// Any other value (COMPLETED, IN-PROCESS, extensions).
    Other,
}

impl PartStat {
    /// The answer a line carries; none is NEEDS-ACTION (RFC 5545, 3.2.12).
    pub fn of(line: &Line) -> PartStat {
        let value = line.param("PARTSTAT").unwrap_or("NEEDS-ACTION".into());
        let known = [
            PartStat::NeedsAction,
            PartStat::Accepted,
            PartStat::Declined,
            PartStat::Tentative,
            PartStat::Delegated,
        ];
        known.into_iter().find(|known| known.as_str().eq_ignore_ascii_case(&value)).unwrap_or(PartStat::Other)
    }

    /// The value as it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            PartStat::NeedsAction => "NEEDS-ACTION",
            PartStat::Accepted => "ACCEPTED",
            PartStat::Declined => "DECLINED",
            PartStat::Tentative => "TENTATIVE",
            PartStat::Delegated => "DELEGATED",
            PartStat::Other => "X-OTHER",
        }
    }
}

impl fmt::Display for PartStat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One attendee or the organizer, as listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attendee {
    /// The calendar user address as it stands.
    pub address: String,
    /// The answer.
    pub partstat: PartStat,
    /// The EMAIL parameter, which CalendarServer adds.
    pub email: Option<String>,
    /// The common name.
    pub name: Option<String>,
}

impl Attendee {
    /// What an ATTENDEE or ORGANIZER line says.
    pub fn of(line: &Line) -> Attendee {
        Attendee {
            address: line.value().trim().to_owned(),
            partstat: PartStat::of(line),
            email: line.param("EMAIL").map(|email| email.into_owned()),
            name: line.param("CN").map(|name| name.into_owned()),
        }
    }
}

impl Component {
    /// The attendees of this entry.
    pub fn attendees(&self) -> impl Iterator<Item = Attendee> {
        self.all("ATTENDEE").map(Attendee::of)
    }

    /// The organizer of this entry.
    pub fn organizer(&self) -> Option<Attendee> {
        self.get("ORGANIZER").map(Attendee::of)
    }

    /// The user's own ATTENDEE line.
    pub fn attendee_mut(&mut self, who: &Addresses) -> Option<&mut Line> {
        self.lines_mut().find(|line| line.is("ATTENDEE") && who.named_by(line))
    }

    /// The answer of a user; none when not invited.
    pub fn partstat(&self, who: &Addresses) -> Option<PartStat> {
        self.all("ATTENDEE").find(|line| who.named_by(line)).map(PartStat::of)
    }
}

impl Calendar {
    /// The attendees of the master.
    pub fn attendees(&self) -> impl Iterator<Item = Attendee> {
        self.master().into_iter().flat_map(Component::attendees)
    }

    /// The organizer, of the master or of the first override that names one.
    pub fn organizer(&self) -> Option<Attendee> {
        let master = self.master().and_then(Component::organizer);
        master.or_else(|| self.entries().find_map(Component::organizer))
    }

    /// Is the user the organizer?
    pub fn is_organizer(&self, who: &Addresses) -> bool {
        self.entries().any(|entry| entry.get("ORGANIZER").is_some_and(|line| who.named_by(line)))
    }

    /// Is the user invited, to any instance, and has not answered?
    pub fn needs_action(&self, who: &Addresses) -> bool {
        self.entries().any(|entry| entry.partstat(who) == Some(PartStat::NeedsAction))
    }

    /// Writes the user's answer into every entry that invites the user, and takes RSVP away there:
    /// it was the request to answer. Says how many entries changed.
    pub fn answer(&mut self, who: &Addresses, partstat: PartStat) -> usize {
        let mut changed = 0;
        for line in self.entries_mut().filter_map(|entry| entry.attendee_mut(who)) {
            let before = line.clone();
            line.set_param("PARTSTAT", partstat.as_str());
            line.remove_param("RSVP");
            changed += usize::from(*line != before);
        }
        changed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INVITED: &str = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\n\
        ATTENDEE;CN=User 51;EMAIL=user51@example.com;PARTSTAT=ACCEPTED:urn:x-uid:51\r\n\
        ATTENDEE;CN=User 52;CUTYPE=INDIVIDUAL;EMAIL=user52@example.com;PARTSTAT=NE\r\n EDS-ACTION;ROLE=REQ-PARTICIPANT;RSVP=TRUE:urn:x-uid:52\r\n\
        ORGANIZER;CN=User 51;EMAIL=user51@example.com:urn:x-uid:51\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

    #[test]
    fn an_invitation_is_answered_as_the_transcript_shows() {
        let me = Addresses::new(["mailto:USER52@example.com"]);
        let mut calendar = Calendar::parse(INVITED.as_bytes()).unwrap();
        assert!(calendar.needs_action(&me) && !calendar.is_organizer(&me));
        assert_eq!(calendar.answer(&me, PartStat::Accepted), 1);
        assert!(!calendar.needs_action(&me));
        let text = String::from_utf8(calendar.to_bytes()).unwrap();
        assert!(text.contains("ATTENDEE;CN=User 52;CUTYPE=INDIVIDUAL;EMAIL=user52@example.com;PARTSTAT=ACC\r\n EPTED;ROLE=REQ-PARTICIPANT:urn:x-uid:52\r\n"), "{text}");
        assert_eq!(calendar.answer(&me, PartStat::Accepted), 0);
        let stranger = Addresses::new(["mailto:user53@example.com"]);
        assert_eq!(calendar.answer(&stranger, PartStat::Declined), 0);
    }

    #[test]
    fn attendees_and_organizer_are_listed() {
        let calendar = Calendar::parse(INVITED.as_bytes()).unwrap();
        let partstats: Vec<_> = calendar.attendees().map(|a| (a.email, a.partstat)).collect();
        assert_eq!(partstats[1], (Some("user52@example.com".into()), PartStat::NeedsAction));
        assert_eq!(calendar.organizer().unwrap().address, "urn:x-uid:51");
        assert!(calendar.is_organizer(&Addresses::new(["urn:x-uid:51"])));
    }
}
