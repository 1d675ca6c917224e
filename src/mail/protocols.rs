//! What the report shows of each protocol (mail-web-chat-network, rows 45 to 48).

use super::labels;
use super::wire::{imap, pop3, smtp};
use crate::report::Protocol;

/// Those that clients of mail speak.
pub static PROTOCOLS: &[Protocol] = &[
    Protocol {
        name: "SMTP",
        connection: smtp::CONNECT,
        // However many it goes to, a message is one (row 28).
        messages: &[smtp::SUBMIT],
        steps: &labels::SMTP,
        statuses: SMTP_REPLIES,
    },
    Protocol {
        name: "POP3",
        connection: pop3::CONNECT,
        messages: &[pop3::RETRIEVE],
        steps: &labels::POP3,
        statuses: &[],
    },
    Protocol {
        name: "IMAP4",
        connection: imap::session::CONNECT,
        messages: &[imap::session::RETRIEVE],
        steps: &labels::IMAP,
        statuses: &[],
    },
];

/// What the codes of SMTP say (RFC 5321 sections 4.2.1 and 4.2.3, RFC 4954 section 6).
const SMTP_REPLIES: &[(u16, &str)] = &[
    (2, "done"),
    (3, "go on"),
    (4, "refused for now"),
    (5, "refused for good"),
    (220, "ready to serve"),
    (221, "good-bye"),
    (235, "logged in"),
    (250, "done"),
    (251, "taken, and sent on to another address"),
    (252, "taken, though it cannot be told whether there is such a mailbox"),
    (334, "go on with the login"),
    (354, "go on with the message"),
    (421, "out of service, and hangs up"),
    (450, "refused for now: the mailbox is busy, or come back later"),
    (451, "refused for now: a fault of the server"),
    (452, "refused for now: no room"),
    (454, "refused for now: login or TLS is not to be had"),
    (500, "not understood"),
    (501, "not understood: the parameters"),
    (502, "there is no such command here"),
    (503, "a command out of its order"),
    (530, "login first"),
    (535, "the credentials were refused"),
    (550, "refused for good: no such mailbox, or not allowed"),
    (551, "not a mailbox of this server"),
    (552, "refused for good: no room"),
    (553, "a mailbox cannot be called that"),
    (554, "refused for good: the whole transaction"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_counts_is_among_the_steps_and_no_step_is_forgotten() {
        for protocol in PROTOCOLS {
            assert!(protocol.has(protocol.connection), "{}", protocol.name);
            assert!(protocol.messages.iter().all(|label| protocol.has(*label)), "{}", protocol.name);
        }
        assert!(labels::requests().all(|label| PROTOCOLS.iter().filter(|of| of.has(label)).count() == 1));
    }
}
