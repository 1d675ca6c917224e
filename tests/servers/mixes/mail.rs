//! Mail on Postfix and Cyrus: what is sent is delivered, and what is delivered is read, by count;
//! what is refused is counted by its kind.

use super::adapted::Adapted;
use super::ran::{Ran, run};
use crate::mail::{Imap, Mail, Tls};
use crate::postfix::{ASK_CYRUS, Access, EVERYBODY};
use crate::running::{USERS, user};

const SENDERS: &str = "tests/servers/mixes/senders.plist";
const LOOKERS: &str = "tests/servers/mixes/lookers-imap.plist";
/// Bytes of a body.
const SIZE: usize = 3000;
const SUBMIT: &str = "SMTP{submit}";

/// The ways in and out of one run.
struct Ways {
    smtp: String,
    /// Name and URL of the service that people read by.
    reads: (&'static str, String),
    retrieve: &'static str,
}

#[test]
fn what_is_sent_is_delivered_and_read_with_tls() {
    let Some(mail) = Mail::start() else { return };
    let ways = Ways {
        smtp: format!("smtp+starttls://{}", mail.submission()),
        reads: ("imap", format!("imaps://{}", mail.imaps())),
        retrieve: "IMAP4{retrieve}",
    };
    sent_is_delivered_is_read(&mail, &ways);
}

fn sent_is_delivered_is_read(mail: &Mail, ways: &Ways) {
    let (name, url) = &ways.reads;
    let config = Adapted::mail(&[("smtp", &ways.smtp), (name, url)]);

    let sending = ran(&config, SENDERS, "10", "8s");
    assert_eq!(failures(&sending), 0, "{}", sending.said());
    mail.wait_for_delivery();
    let sent = sending.requests(SUBMIT);
    assert!(sent >= 20, "{}", sending.said());
    assert_eq!(messages(mail), sent, "{}\n{}", sending.said(), mail.log());

    let reading = ran(&config, &format!("tests/servers/mixes/readers-{name}.plist"), "50", "15s");
    assert_eq!(failures(&reading), 0, "{}", reading.said());
    assert_eq!(reading.requests(ways.retrieve), sent, "{}", reading.said());
    assert_eq!(messages(mail), 0, "{}", reading.said());
}

#[test]
fn what_is_refused_is_counted_by_its_kind_and_not_delivered() {
    let answers =
        |first: usize, answer: &'static str| (first..first + 10).map(move |n| (user(n).email, answer));
    let recipients: Vec<_> = answers(1, "450 4.7.1 greylisted")
        .chain(answers(11, "550 5.7.1 not wanted"))
        .chain(answers(21, ASK_CYRUS))
        .collect();
    let recipients: Vec<_> = recipients.iter().map(|(email, answer)| (email.as_str(), *answer)).collect();
    let Some(mail) = Mail::start_with(&Access { recipients: &recipients, senders: &[] }) else { return };
    (21..31).for_each(|n| fill(&mail, n));
    let filled = messages(&mail);

    let smtp = format!("smtp://{}", mail.smtp());
    let sending = ran(&Adapted::mail(&[("smtp", &smtp)]), SENDERS, "20", "12s");
    mail.wait_for_delivery();
    let kinds: Vec<String> = sending.errors().into_keys().collect();
    assert_eq!(kinds, ["deferred", "full", "refused"], "{}", sending.said());
    let taken = sending.requests(SUBMIT) - sending.failed("requests").get(SUBMIT).copied().unwrap_or(0);
    assert_eq!(messages(&mail), filled + taken, "{}\n{}", sending.said(), mail.log());

    let wrong = Adapted::mail(&[("smtp", &smtp), ("passwordPattern", "wrong-%02d")]);
    let sending = ran(&wrong, SENDERS, "5", "3s");
    let kinds: Vec<String> = sending.errors().into_keys().collect();
    assert_eq!((kinds, sending.requests(SUBMIT)), (vec!["auth".to_owned()], 0), "{}", sending.said());
}

/// Mailboxes are filled before the start, by each way, and what is there already counts; a message to all reaches all.
#[test]
fn mailboxes_are_filled_before_the_start() {
    let Some(mail) = Mail::start() else { return };
    let messages_of = |count: u64, by: &str| {
        format!(
            "<dict><key>messages</key><dict><key>count</key><integer>{count}</integer><key>by</key>
             <string>{by}</string><key>size</key><integer>{SIZE}</integer></dict></dict>"
        )
    };
    let broadcast = |to: &str| {
        format!("<dict><key>broadcast</key><dict><key>to</key><string>{to}</string></dict></dict>")
    };
    let smtp = format!("smtp://{}", mail.smtp());
    let submission = format!("smtp+starttls://{}", mail.submission());
    let imap = format!("imap://{}", mail.imap());
    let prepared = |(name, url): (&str, &str), steps: &str| {
        let config = Adapted::mail_prepared(&[(name, url), ("imap", &imap)], steps);
        ran(&config, LOOKERS, "50", "3s")
    };
    let smtp = ("smtp", smtp.as_str());
    let users = USERS as u64;

    let first = prepared(smtp, &(messages_of(4, "smtp") + &broadcast(EVERYBODY)));
    // How fast it goes tells how busy the machine is.
    assert_eq!(failures(&first), 0, "{}", first.said());
    assert_eq!((first.made("messages"), first.made("broadcasts")), (4 * users, 1), "{}", first.said());
    assert_eq!(messages(&mail), 5 * users, "{}\n{}", first.said(), mail.log());
    let again = prepared(smtp, &messages_of(5, "smtp"));
    assert_eq!((again.made("messages"), messages(&mail)), (0, 5 * users), "{}", again.said());
    let by_imap = prepared(smtp, &messages_of(7, "imap"));
    assert_eq!((by_imap.made("messages"), messages(&mail)), (2 * users, 7 * users), "{}", by_imap.said());

    for number in 1..=USERS {
        let inbox = mail.inbox(&user(number));
        assert_eq!(inbox.len(), 7, "{}", user(number).email);
        for message in inbox {
            let told = message.header("x-populace-digest").expect("what the body is");
            assert_eq!(told, message.body_digest());
            assert!([SIZE, 2048].contains(&message.body().len()), "{}", message.body().len());
        }
    }
    let nobody = prepared(smtp, &broadcast("nobody@example.test"));
    assert_eq!(nobody.code, 3, "{}", nobody.said());
    assert!(nobody.stderr.contains("preparing user01: the message to nobody@"), "{}", nobody.said());

    // Whoever hands mail in logs in first, over TLS.
    let handed_in = prepared(("submission", &submission), &messages_of(8, "submission"));
    assert_eq!(handed_in.made("messages"), users, "{}", handed_in.said());
    assert_eq!(messages(&mail), 8 * users, "{}", handed_in.said());
}

/// Puts a message into the user's mailbox and bounds it to less.
fn fill(mail: &Mail, n: usize) {
    let message = [b"Subject: large\r\n\r\n".as_slice(), &b"0123456789\r\n".repeat(300)].concat();
    let to = user(n);
    let mut imap = Imap::login(mail.imap(), Tls::Off, &to.name, &to.password).unwrap();
    imap.append("INBOX", &message).unwrap();
    mail.set_quota(&to, Some(2));
}

/// A run of some people.
fn ran(config: &Adapted, clients: &str, users: &str, runtime: &str) -> Ran {
    let arguments = ["--config", config.path(), "--clients", clients, "--runtime", runtime, "--users", users];
    run(&[&arguments[..], &["--insecure"]].concat())
}

/// How many requests and operations failed.
fn failures(ran: &Ran) -> u64 {
    ["requests", "operations"].iter().flat_map(|kind| ran.failed(kind).into_values()).sum()
}

/// How many messages there are in all INBOXes.
fn messages(mail: &Mail) -> u64 {
    (1..=USERS).map(|number| mail.count(&user(number)) as u64).sum()
}
