//! The parameters as help and schema tell them.

use crate::client::habit::{ENABLED, PACING};
use crate::config::Param;

/// Those of the software and of every profile.
pub const PARAMS: &[Param] = &[
    ENABLED,
    PACING,
    Param {
        name: "mailFrom",
        default: "the account's address",
        help: "who all messages are from; also `smtpMailFrom`",
    },
    Param {
        name: "recipients",
        default: "1",
        help: "how many recipients a message has, each an account drawn by chance: a number or a distribution; also `numrecips`",
    },
    Param { name: "size", default: "2048", help: "how many bytes a body has: a number or a distribution" },
    Param {
        name: "file",
        default: "none",
        help: "a file that is the body of every message, in place of `size`; its path is from the folder of this property list",
    },
    Param { name: "authenticate", default: "false", help: "whether a sender logs in before a message" },
    Param {
        name: "leaveOnServer",
        default: "false",
        help: "whether messages stay on the server when they were read; also `leaveMailOnServer`",
    },
    Param { name: "mailbox", default: "INBOX", help: "the mailbox that is read; also `searchFolder`" },
    Param {
        name: "checkInterval",
        default: "120",
        help: "seconds from one look for new mail to the next while a session stays open; also `checkMailInterval`",
    },
    Param {
        name: "stay",
        default: "0",
        help: "seconds that a session of IMAP stays open when the mail is read",
    },
    Param { name: "searchPattern", default: "test", help: "what is searched for in subjects" },
    Param {
        name: "searchRate",
        default: "0",
        help: "searches of IMAP4 in 8 hours, at times drawn over the whole run",
    },
    Param {
        name: "compress",
        default: "false",
        help: "whether sessions of IMAP are compressed where the server can (COMPRESS)",
    },
    Param {
        name: "sessions",
        default: "open",
        help: "open: ImapReader stays connected all day; short: it connects every `interval`, looks and goes",
    },
    Param {
        name: "interval",
        default: "900",
        help: "seconds from one message of Sender, or one short session of ImapReader, to the next: a number or a distribution",
    },
    Param { name: "readShare", default: "70", help: "percentage of new messages that ImapReader reads" },
    Param {
        name: "readDelay",
        default: "20",
        help: "seconds from seeing a message to reading it: a number or a distribution",
    },
    Param { name: "flagShare", default: "5", help: "percentage of messages read that are flagged" },
    Param { name: "deleteShare", default: "30", help: "percentage of messages read that are deleted" },
    Param {
        name: "moveShare",
        default: "20",
        help: "percentage of messages read that are moved to `moveTo`",
    },
    Param { name: "moveTo", default: "Archive", help: "the mailbox to which messages are moved" },
    Param {
        name: "secondConnection",
        default: "5",
        help: "percentage of messages that ImapReader reads over a second connection",
    },
    Param {
        name: "replyShare",
        default: "20",
        help: "percentage of messages read that Sender answers, below 100, so that answers to answers die out",
    },
    Param {
        name: "replyDelay",
        default: "60",
        help: "seconds from reading a message to sending the answer: a number or a distribution",
    },
    Param { name: "throttle", default: "0", help: "seconds that one turn takes at least" },
    Param { name: "timeout", default: "60", help: "seconds that one step may take" },
];
