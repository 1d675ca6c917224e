//! Postfix: takes mail by SMTP, with STARTTLS, as a submission server and with TLS from the first byte, and hands it to
//! a Cyrus by LMTP.
//!
//! It knows the users of Cyrus and their passwords. No message leaves the machine: what is not for `example.test` is
//! refused by the transport `error`.

use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::postfix_base::{BINARIES, main_cf as base_cf};
use crate::process::{hasty, is_root, run, system_user};
use crate::running::{self, Running, USERS, user};

/// Addresses that get an answer of their own, in the words of Postfix's access(5): `450 4.7.1 greylisted` refuses for
/// now, `550 5.7.1 not wanted` for good, `421 4.3.2 going down` also closes the connection.
#[derive(Debug, Clone, Copy, Default)]
pub struct Access<'a> {
    /// Address and answer, given to RCPT.
    pub recipients: &'a [(&'a str, &'a str)],
    /// Address in MAIL and answer, given to RCPT.
    pub senders: &'a [(&'a str, &'a str)],
}

/// The answer for a recipient about whom Postfix asks Cyrus before it takes a message: 552 where the mailbox is full. It
/// asks anew after `ASKED_ANEW`, and the asking takes a second. Without it Postfix takes the message, and its
/// sender gets it back.
pub const ASK_CYRUS: &str = "reject_unverified_recipient";

/// The mechanisms of SASL that Postfix offers; the lower-case name of each is a service that offers nothing else, over TLS.
pub const MECHANISMS: [(&str, &str); 4] = [
    ("PLAIN", "plain"),
    ("LOGIN", "login"),
    ("SCRAM-SHA-1", "scram-sha-1"),
    ("SCRAM-SHA-256", "scram-sha-256"),
];

/// The address of all users.
pub const EVERYBODY: &str = "everybody@example.test";

/// After which time Postfix no longer relies on what Cyrus has said.
pub const ASKED_ANEW: Duration = Duration::from_secs(4);

/// Whether Postfix can be started; if not, says why.
pub fn available() -> bool {
    running::available("postfix", lacking())
}

/// A Postfix in front of `cyrus`.
pub fn start(cyrus: &Running, access: &Access) -> Running {
    running::start("postfix", "", "", |server| launch(server, cyrus, access))
}

fn lacking() -> Option<&'static str> {
    let installed = Path::new(BINARIES).join("master").exists() && system_user("postfix").is_some();
    match (installed, is_root()) {
        (false, _) => Some("is not installed"),
        (true, false) => Some("needs root to start"),
        (true, true) => None,
    }
}

fn launch(server: &mut Running, cyrus: &Running, access: &Access) -> Result<(), String> {
    let [smtp, submission, smtps] = ["smtp", "submission", "smtps"].map(|name| server.reserve(name));
    let alone: Vec<String> =
        MECHANISMS.iter().map(|(name, service)| only(&server.reserve(service), name)).collect();
    let lmtp = cyrus.service("lmtp").unwrap_or_default();
    let base = server.path("").display().to_string();
    let base = base.trim_end_matches('/');
    let write = |name: &str, text: String| fs::write(server.path(name), text);
    let configure = || -> io::Result<()> {
        for folder in ["etc", "etc/sasl", "spool", "data"] {
            fs::create_dir(server.path(folder))?;
        }
        write("etc/main.cf", main_cf(base, &cyrus.path("tls").display().to_string(), lmtp))?;
        write("etc/master.cf", master_cf(&smtp, &submission, &smtps) + &alone.concat())?;
        write("etc/users", (1..=USERS).map(user).map(|user| format!("{} is-here\n", user.email)).collect())?;
        let everybody: Vec<String> = (1..=USERS).map(|number| user(number).email).collect();
        write("etc/groups", table(&[(EVERYBODY, &everybody.join(", "))]))?;
        write("etc/recipients", table(access.recipients))?;
        write("etc/senders", table(access.senders))?;
        // Where Debian's Postfix looks, whatever `cyrus_sasl_config_path` says.
        write("etc/sasl/smtpd.conf", sasl_conf(base))?;
        // A copy: Postfix reads as a user whom Cyrus's file is closed to.
        fs::copy(cyrus.path("sasldb2"), server.path("sasldb2")).map(drop)
    };
    configure().map_err(|error| format!("postfix cannot be configured: {error}"))?;
    run(Command::new("chown").arg("postfix").args([server.path("data"), server.path("sasldb2")]))?;
    run(Command::new("postfix").arg("-c").arg(server.path("etc")).arg("check"))?;

    let mut command = hasty(&format!("{BINARIES}/master"));
    // With `-d` it stays in the foreground, and in the group of processes that it was started in.
    command.arg("-c").arg(server.path("etc")).arg("-d");
    server.spawn(&mut command, "TERM")?;
    server
        .wait_for("a greeting over SMTP", || crate::mail::Smtp::connect(&smtp, crate::mail::Tls::Off).is_ok())
}

fn table(lines: &[(&str, &str)]) -> String {
    lines.iter().map(|(address, answer)| format!("{address} {answer}\n")).collect()
}

/// Limits that would keep a load test waiting are off: Postfix's own against floods, and the pauses before an answer to
/// a client that has made errors.
fn main_cf(base: &str, tls: &str, lmtp: &str) -> String {
    format!(
        "{}\
import_environment = MAIL_CONFIG TZ LANG=C POSTLOG_SERVICE POSTLOG_HOSTNAME LD_PRELOAD
virtual_mailbox_domains = example.test
virtual_mailbox_maps = texthash:{base}/etc/users
virtual_alias_maps = texthash:{base}/etc/groups
virtual_transport = lmtp:inet:{lmtp}
default_transport = error:5.1.2 no route out of this machine
smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination
smtpd_recipient_restrictions =
  check_recipient_access texthash:{base}/etc/recipients,
  check_sender_access texthash:{base}/etc/senders
smtpd_tls_cert_file = {tls}/cert.pem
smtpd_tls_key_file = {tls}/key.pem
smtpd_tls_security_level = may
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = cyrus
smtpd_sasl_path = smtpd
smtpd_sasl_local_domain = localhost
unverified_recipient_reject_code = 552
unverified_recipient_tempfail_action = defer
address_verify_map =
address_verify_poll_delay = 1s
address_verify_positive_expire_time = 2s
address_verify_positive_refresh_time = 1s
address_verify_negative_expire_time = 2s
address_verify_negative_refresh_time = 1s
default_process_limit = 500
smtpd_error_sleep_time = 0
default_destination_concurrency_limit = 50
initial_destination_concurrency = 20
queue_run_delay = 2s
minimal_backoff_time = 2s
maximal_backoff_time = 10s
",
        base_cf(base, "example.test")
    )
}

fn master_cf(smtp: &str, submission: &str, smtps: &str) -> String {
    format!(
        "{smtp} inet n - n - - smtpd
{submission} inet n - n - - smtpd
  -o smtpd_tls_security_level=encrypt
  -o smtpd_client_restrictions=permit_sasl_authenticated,reject
{smtps} inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
lmtp unix - - n - 50 lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"
    )
}

/// A submission server that offers one mechanism.
fn only(address: &str, mechanism: &str) -> String {
    format!(
        "{address} inet n - n - - smtpd
  -o smtpd_tls_security_level=encrypt
  -o smtpd_client_restrictions=permit_sasl_authenticated,reject
  -o smtpd_sasl_mechanism_filter={mechanism}
"
    )
}

fn sasl_conf(base: &str) -> String {
    format!(
        "pwcheck_method: auxprop
auxprop_plugin: sasldb
sasldb_path: {base}/sasldb2
mech_list: PLAIN LOGIN SCRAM-SHA-1 SCRAM-SHA-256
"
    )
}

/// How many messages wait in the queue of `postfix`, those on their way among them.
pub fn queued(postfix: &Running) -> usize {
    // In the order in which a message goes through them: one that moves meanwhile is met at least once.
    ["maildrop", "deferred", "incoming", "active"]
        .iter()
        .map(|queue| files(&postfix.path("spool").join(queue)))
        .sum()
}

/// How many files there are in a folder and in those below it.
fn files(folder: &Path) -> usize {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    let count = |entry: fs::DirEntry| if entry.path().is_dir() { files(&entry.path()) } else { 1 };
    entries.flatten().map(count).sum()
}
