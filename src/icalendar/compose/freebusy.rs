//! The free-busy request a client posts to its outbox (spec 5.4.4, RFC 6638 section 5).
use super::time::utc;
use chrono::{DateTime, Days, NaiveDate, Utc};

/// Asks whether users are free on one day. One user or many.
#[derive(Debug, Clone)]
pub struct FreeBusyRequest<'a> {
    /// The product that wrote it.
    pub prodid: &'a str,
    /// UID of the request; clients write it in upper case.
    pub uid: &'a str,
    /// Wall time, for DTSTAMP.
    pub now: DateTime<Utc>,
    /// The day asked about, from midnight to midnight UTC.
    pub day: NaiveDate,
    /// The address of the user who asks.
    pub organizer: &'a str,
    /// The addresses asked about, in the order they are written.
    pub attendees: &'a [&'a str],
    /// UIDs of events that do not count as busy, because they are being rescheduled.
    pub masked: &'a [&'a str],
}

impl FreeBusyRequest<'_> {
    /// The body. The order of the lines and long lines left unfolded are those of the client that
    /// the ancestor copied.
    pub fn compose(&self) -> String {
        let end = self.day.checked_add_days(Days::new(1)).unwrap_or(self.day);
        let mut lines = vec![
            "BEGIN:VCALENDAR".to_owned(),
            "CALSCALE:GREGORIAN".to_owned(),
            "VERSION:2.0".to_owned(),
            "METHOD:REQUEST".to_owned(),
            format!("PRODID:{}", self.prodid),
            "BEGIN:VFREEBUSY".to_owned(),
            format!("UID:{}", self.uid),
            format!("DTEND:{}T000000Z", end.format("%Y%m%d")),
        ];
        lines.extend(self.attendees.iter().map(|address| format!("ATTENDEE:{address}")));
        lines.push(format!("DTSTART:{}T000000Z", self.day.format("%Y%m%d")));
        lines.extend(self.masked.iter().map(|uid| format!("X-CALENDARSERVER-MASK-UID:{uid}")));
        lines.extend([
            format!("DTSTAMP:{}", utc(self.now)),
            format!("ORGANIZER:{}", self.organizer),
            format!("SUMMARY:Availability for {}", self.recipients()),
            "END:VFREEBUSY".to_owned(),
            "END:VCALENDAR".to_owned(),
            String::new(),
        ]);
        lines.join("\r\n")
    }

    /// The value of the header Recipient.
    pub fn recipients(&self) -> String {
        self.attendees.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_body_has_the_pinned_order() {
        let request = FreeBusyRequest {
            prodid: "-//Apple Inc.//iCal 4.0.3//EN",
            uid: "2ACD7B15-DD5D-4DB5-B54B-30DDF314FECA",
            now: "2026-11-21T19:13:38Z".parse().unwrap(),
            day: NaiveDate::from_ymd_opt(2026, 12, 8).unwrap(),
            organizer: "mailto:user51@example.com",
            attendees: &["mailto:user51@example.com", "mailto:user52@example.com"],
            masked: &["b9533f89-ed76-4520-9e74-9091c0b5f574"],
        };
        let expected = "BEGIN:VCALENDAR\r\nCALSCALE:GREGORIAN\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\n\
            PRODID:-//Apple Inc.//iCal 4.0.3//EN\r\nBEGIN:VFREEBUSY\r\nUID:2ACD7B15-DD5D-4DB5-B54B-30DDF314FECA\r\n\
            DTEND:20261209T000000Z\r\nATTENDEE:mailto:user51@example.com\r\nATTENDEE:mailto:user52@example.com\r\n\
            DTSTART:20261208T000000Z\r\nX-CALENDARSERVER-MASK-UID:b9533f89-ed76-4520-9e74-9091c0b5f574\r\n\
            DTSTAMP:20261121T191338Z\r\nORGANIZER:mailto:user51@example.com\r\n\
            SUMMARY:Availability for mailto:user51@example.com, mailto:user52@example.com\r\n\
            END:VFREEBUSY\r\nEND:VCALENDAR\r\n";
        assert_eq!(request.compose(), expected);
    }
}
