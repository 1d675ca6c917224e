//! Populations of the program against the servers: what they send arrives, and what they read is what arrived.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use tempfile::TempDir;

use super::Mail;
use crate::mixes::judge::alone;
use crate::mixes::ran::{Ran, run};
use crate::postfix::{Access, MECHANISMS};
use crate::running::{USERS, user};

/// The file `config/mail.plist` with the addresses of the servers that run, and what else a test changes in it.
struct Config {
    folder: TempDir,
}

impl Config {
    fn of(mail: &Mail, changes: &[(&str, &str)]) -> Config {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/mail.plist");
        let mut text = std::fs::read_to_string(file).expect("a configuration");
        let addresses = [
            ("smtp://localhost:25", mail.smtp()),
            ("imap://localhost:143", mail.imap()),
            ("pop3://localhost:110", mail.pop3()),
        ];
        for (usual, address) in addresses {
            let scheme = usual.split_once("://").map_or("", |(scheme, _)| scheme);
            text = replaced(&text, usual, &format!("{scheme}://{address}"));
        }
        for (old, new) in changes {
            text = replaced(&text, old, new);
        }
        let config = Config { folder: tempfile::tempdir().expect("a temporary folder") };
        config.write("config.plist", &text);
        config
    }

    fn write(&self, name: &str, text: &str) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).expect("a file");
        path.display().to_string()
    }

    /// Runs the program with clients of these profiles.
    fn run(&self, clients: &str, more: &[&str]) -> Ran {
        let clients = self.write(
            "clients.plist",
            &format!(
                "<plist version=\"1.0\"><dict><key>clients</key><array>{clients}</array></dict></plist>"
            ),
        );
        self.run_file(&clients, more)
    }

    fn run_file(&self, clients: &str, more: &[&str]) -> Ran {
        let config = self.folder.path().join("config.plist").display().to_string();
        let mut arguments = vec!["--config", &config, "--clients", clients, "--seed", "1"];
        arguments.extend(more);
        let _alone = alone();
        run(&arguments)
    }
}

/// A configuration with this account only, of whom one comes.
fn one_account(mail: &Mail, row: &str) -> Config {
    let config = Config { folder: tempfile::tempdir().expect("a temporary folder") };
    config.write("accounts.csv", row);
    let text = format!(
        "<plist version=\"1.0\"><dict><key>services</key><dict><key>smtp</key><string>smtp://{}</string></dict>
         <key>accounts</key><dict><key>loader</key><string>recordsFromCSVFile</string><key>params</key><dict>
           <key>path</key><string>accounts.csv</string></dict></dict>
         <key>arrival</key><dict><key>factory</key><string>Fixed</string><key>params</key><dict>
           <key>count</key><integer>1</integer></dict></dict>
         <key>observers</key><array><dict><key>type</key><string>ReportStatistics</string></dict></array>
         </dict></plist>",
        mail.smtp()
    );
    config.write("config.plist", &text);
    config
}

fn replaced(text: &str, old: &str, new: &str) -> String {
    assert!(text.contains(old), "the configuration has no {old}");
    text.replace(old, new)
}

/// Every user has an account of its own.
const OWN: (&str, &str) = ("<key>loader</key>", "<key>use</key><string>own</string><key>loader</key>");

/// Clients of mail with one profile each.
fn clients(profile: &str, params: &str, more: &str) -> String {
    format!(
        "<dict><key>software</key><string>Mail</string>{more}<key>profiles</key><array><dict><key>class</key>
         <string>{profile}</string><key>params</key><dict>{params}</dict></dict></array></dict>"
    )
}

#[test]
fn what_is_sent_is_delivered_and_read() {
    let Some(mail) = Mail::start() else { return };
    let config = Config::of(&mail, &[OWN]);
    let users = USERS.to_string();

    let params = "<key>throttle</key><integer>1</integer><key>size</key><integer>10240</integer>";
    let sent = config.run(&clients("SMTP", params, ""), &["--users", &users, "--runtime", "6s"]);
    assert_eq!((sent.code, sent.failed("requests")), (0, BTreeMap::new()), "{}", sent.said());
    let messages = sent.requests("SMTP{submit}");
    assert!(messages >= USERS as u64, "{}", sent.said());
    assert_eq!(sent.requests("SMTP{connect}"), messages, "one connection each");

    mail.wait_for_delivery();
    let delivered: Vec<_> = (1..=USERS).flat_map(|number| mail.inbox(&user(number))).collect();
    assert_eq!(delivered.len() as u64, messages, "{}", mail.log());
    let ids: BTreeSet<_> = delivered.iter().map(|message| message.header("message-id")).collect();
    assert_eq!(ids.len(), delivered.len(), "each message came once");
    for message in &delivered {
        let told = message.header("x-populace-digest").expect("the program says what the body is");
        assert_eq!((told, message.body().len()), (message.body_digest(), 10_240));
    }

    // Half of the people read by POP3, half by IMAP; each once.
    let once = "<key>mix</key><string>once</string>";
    let both = clients("POP3", "", once) + &clients("IMAP4", "", once);
    let read = config.run(&both, &["--users", &users, "--runtime", "12s"]);
    assert_eq!((read.code, read.failed("requests")), (0, BTreeMap::new()), "{}", read.said());
    let (pop3, imap) = (read.requests("POP3{retrieve}"), read.requests("IMAP4{retrieve}"));
    assert_eq!(pop3 + imap, messages, "{}", read.said());
    assert!(pop3 > 0 && imap > 0, "{}", read.said());
    let left: usize = (1..=USERS).map(|number| mail.count(&user(number))).sum();
    assert_eq!(left, 0, "what was read is deleted");
}

#[test]
fn the_files_that_come_along_run() {
    let Some(mail) = Mail::start() else { return };
    // The README's command, but for the addresses and the time.
    let readme = include_str!("../../../README.md");
    let command = "populace run --config config/mail.plist --clients clients/mail.plist --runtime 60s";
    assert!(readme.lines().any(|line| line == command));
    let ran = Config::of(&mail, &[]).run_file("clients/mail.plist", &["--runtime", "10s"]);
    assert_eq!((ran.code, ran.failed("requests")), (0, BTreeMap::new()), "{}", ran.said());
    assert!(ran.stdout.contains("*** PASS"), "{}", ran.said());
    for operation in ["send", "pop", "read"] {
        assert!(ran.succeeded(operation) > 0, "{operation}: {}", ran.said());
    }
}

#[test]
fn tls_is_spoken_in_both_ways() {
    let Some(mail) = Mail::start() else { return };
    let all = |config: &Config| {
        let once = "<key>mix</key><string>once</string>";
        let sends = clients("SMTP", "<key>authenticate</key><true/>", once);
        config.run(&(sends + &clients("POP3", "", once) + &clients("IMAP4", "", once)), &["--runtime", "5s"])
    };
    let refuses = ("<key>verify</key>          <true/>", "<key>verify</key><true/>");
    let accepts = ("<key>verify</key>          <true/>", "<key>verify</key><false/>");
    let (smtp, imap, pop3) = (
        format!("smtp://{}", mail.smtp()),
        format!("imap://{}", mail.imap()),
        format!("pop3://{}", mail.pop3()),
    );
    let implicit = [
        (smtp.as_str(), format!("smtps://{}", mail.smtps())),
        (&imap, format!("imaps://{}", mail.imaps())),
        (&pop3, format!("pop3s://{}", mail.pop3s())),
    ];
    let starttls = [
        (smtp.as_str(), format!("smtp+starttls://{}", mail.submission())),
        (&imap, format!("imap+starttls://{}", mail.imap())),
        (&pop3, format!("pop3+starttls://{}", mail.pop3())),
    ];
    for way in [implicit, starttls] {
        let mut changes: Vec<(&str, &str)> = way.iter().map(|(old, new)| (*old, new.as_str())).collect();
        changes.push(accepts);
        let ran = all(&Config::of(&mail, &changes));
        assert_eq!((ran.code, ran.failed("requests")), (0, BTreeMap::new()), "{}", ran.said());
        let each = ["send", "pop", "read"].map(|operation| ran.succeeded(operation));
        assert!(each.iter().all(|count| *count > 0), "{each:?}: {}", ran.said());

        // The certificate is nobody's but its own.
        changes.pop();
        changes.push(refuses);
        let ran = all(&Config::of(&mail, &changes));
        assert_eq!(ran.errors().keys().collect::<Vec<_>>(), ["tls"], "{}", ran.said());
        assert_ne!(ran.code, 0, "{}", ran.said());
    }
}

/// One message by each mechanism, the only one that is offered; Postfix says by which somebody has logged in.
#[test]
fn users_log_in_by_each_mechanism() {
    let Some(mail) = Mail::start() else { return };
    let send = "<key>authenticate</key><true/>";
    let clients = clients("SMTP", send, "<key>mix</key><string>once</string>");
    for (count, (mechanism, service)) in (1..).zip(MECHANISMS) {
        let url = format!("smtp+starttls://{}", mail.by(service));
        let plain = format!("smtp://{}", mail.smtp());
        let config = Config::of(
            &mail,
            &[OWN, (&plain, &url), ("<key>verify</key>          <true/>", "<key>verify</key><false/>")],
        );
        let ran = config.run(&clients, &["--users", "1", "--runtime", "2s"]);
        assert_eq!((ran.code, ran.failed("requests")), (0, BTreeMap::new()), "{}", ran.said());
        assert_eq!((ran.requests("SMTP{login}"), ran.requests("SMTP{submit}")), (1, 1), "{}", ran.said());
        mail.wait_for_delivery();
        let came: Vec<_> = (1..=USERS).flat_map(|number| mail.inbox(&user(number))).collect();
        assert_eq!(came.len(), count, "{mechanism}: {}", mail.log());
        assert!(
            came.iter().all(|message| message.header("x-populace-digest") == Some(message.body_digest()))
        );
        let log = std::fs::read_to_string(mail.postfix.log()).expect("a log");
        let logins = format!("sasl_method={mechanism}, sasl_username=user01");
        assert_eq!(log.matches(&logins).count(), 1, "{mechanism}: {}", mail.log());
    }
}

#[test]
fn a_server_that_goes_down_is_told_once() {
    let access =
        Access { recipients: &[("user43@example.test", "421 4.3.2 going down")], ..Access::default() };
    let Some(mail) = Mail::start_with(&access) else { return };
    let config = one_account(&mail, "user43,secret,User,user43@example.test\n");
    let ran = config.run(&clients("SMTP", "", "<key>mix</key><string>once</string>"), &["--runtime", "2s"]);
    let errors: Vec<_> = ran.errors().into_iter().collect();
    let [(kind, (count, first))] = &errors[..] else { panic!("{}", ran.said()) };
    assert_eq!((kind.as_str(), *count), ("deferred", 1), "{}", ran.said());
    assert!(first.contains("421"), "{first}");
}

#[test]
fn a_wrong_password_is_told() {
    let Some(mail) = Mail::start() else { return };
    let config = Config::of(&mail, &[OWN, ("<string>pw-user%02d</string>", "<string>wrong%02d</string>")]);
    let once = "<key>mix</key><string>once</string>";
    let ran = config.run(
        &(clients("POP3", "", once) + &clients("IMAP4", "", once)),
        &["--users", "4", "--runtime", "8s"],
    );
    assert_eq!(ran.errors().keys().collect::<Vec<_>>(), ["auth"], "{}", ran.said());
    let failed = ran.failed("requests");
    assert_eq!(failed.keys().collect::<Vec<_>>(), ["IMAP4{login}", "POP3{login}"], "{}", ran.said());
}

/// `clients/office.plist`, hurried: people whose calendar and mail client have one account.
#[test]
fn people_with_a_calendar_and_mail_have_one_account() {
    let Some(mail) = Mail::start() else { return };
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |file: &str| std::fs::read_to_string(root.join(file)).expect("a file that comes along");
    let url = mail.cyrus.url();
    let services = format!(
        "<key>services</key><dict><key>smtp</key><string>smtp://{}</string><key>imap</key><string>imap://{}</string></dict>
         <key>server</key>",
        mail.smtp(),
        mail.imap()
    );
    // Four people who write to one another.
    let config = replaced(&read("config/cyrus.plist"), "http://127.0.0.1:8008", &url);
    let config = replaced(&config, "<integer>50</integer>", "<integer>4</integer>");
    let folder = Config { folder: tempfile::tempdir().expect("a temporary folder") };
    folder.write("config.plist", &replaced(&config, "<key>server</key>", &services));
    let mut clients = read("clients/office.plist");
    for (calm, hurried) in [
        ("<string>10m</string>", "<string>5s</string>"),
        ("<string>30m</string>", "<string>6s</string>"),
        ("<string>5m</string>", "<string>10s</string>"),
        ("<integer>1200</integer>", "<integer>4</integer>"),
        ("<integer>10</integer>", "<integer>1</integer>"),
        ("<integer>60</integer>", "<integer>2</integer>"),
    ] {
        clients = replaced(&clients, calm, hurried);
    }
    let clients = folder.write("clients.plist", &clients);
    let ran = folder.run_file(&clients, &["--users", "4", "--runtime", "20s"]);
    assert_eq!((ran.failed("requests"), ran.failed("operations")), Default::default(), "{}", ran.said());
    assert_eq!((ran.number("users"), ran.number("clients")), (4, 8), "{}", ran.said());
    for operation in ["startup", "create", "open", "send", "delivery", "view"] {
        assert!(ran.succeeded(operation) > 0, "{operation}: {}", ran.said());
    }
    // Nothing is fetched but what is new.
    let (fetched, sent) = (ran.requests("IMAP4{retrieve}"), ran.requests("SMTP{submit}"));
    assert!(fetched <= sent, "{fetched} of {sent}: {}", ran.said());
}
