//! Cyrus IMAP: CalDAV with implicit scheduling (RFC 6638), IMAP, POP3 and LMTP in one tree of processes, the first
//! three also with TLS.
//!
//! Cyrus logs to /dev/log only, which a machine without a log daemon lacks: its log here holds little.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::http::Request;
use crate::mail::{Imap, Tls};
use crate::process::{hasty, is_root, program, run};
use crate::running::{self, Running, USERS, user};

const BINARIES: &str = "/usr/lib/cyrus/bin";
/// Name and password of the administrator.
const ADMIN: (&str, &str) = ("cyrus", "pw-admin");

/// What Cyrus offers, and the programs that do it. IMAP makes the mailboxes; tests of mail find the others by name.
const SERVICES: [(&str, &str); 7] = [
    ("http", "httpd"),
    ("https", "httpd -s"),
    ("imap", "imapd"),
    ("imaps", "imapd -s"),
    ("pop3", "pop3d"),
    ("pop3s", "pop3d -s"),
    ("lmtp", "lmtpd -a"),
];

pub struct Cyrus;

impl Cyrus {
    /// A Cyrus with fifty provisioned users, or `None` where it is not installed.
    pub fn start() -> Option<Running> {
        let lacking = Cyrus::lacking();
        running::available("cyrus", lacking)
            .then(|| running::start("cyrus", "/dav/principals/user/%s/", "/dav/calendars/user/%s/", launch))
    }

    fn lacking() -> Option<&'static str> {
        let installed =
            ["master", "imapd", "pop3d", "httpd"].iter().all(|name| Path::new(BINARIES).join(name).exists())
                && program("saslpasswd2").is_some();
        match (installed, is_root()) {
            (false, _) => Some("is not installed"),
            (true, false) => Some("needs root to start"),
            (true, true) => None,
        }
    }
}

/// A service's name, its program and its address.
type Listens = (&'static str, &'static str, String);

fn launch(server: &mut Running) -> Result<(), String> {
    let listens = SERVICES.map(|(name, program)| (name, program, server.reserve(name)));
    configure(server, &listens).map_err(|error| format!("cyrus cannot be configured: {error}"))?;
    passwords(server)?;
    run(Command::new("chown").args(["-R", "cyrus:mail"]).arg(server.path("")))?;

    let mut command = hasty(&format!("{BINARIES}/master"));
    command.arg("-C").arg(server.path("imapd.conf")).arg("-M").arg(server.path("cyrus.conf"));
    command.arg("-p").arg(server.path("run/master.pid")).arg("-D");
    command.env("PATH", format!("{BINARIES}:/usr/sbin:/usr/bin:/sbin:/bin"));
    server.spawn(&mut command, "TERM")?;

    let [(_, _, address), ..] = listens;
    server.wait_for("an answer over HTTP", || Request::new("GET", "/").send(&address).is_ok())?;
    provision(server)
}

fn configure(server: &Running, listens: &[Listens]) -> Result<(), Box<dyn std::error::Error>> {
    for folder in ["conf/socket", "spool", "run/proc", "run/lock", "run/socket", "sieve", "tls"] {
        fs::create_dir_all(server.path(folder))?;
    }
    let certified = rcgen::generate_simple_self_signed(["localhost".to_owned(), "127.0.0.1".to_owned()])?;
    fs::write(server.path("tls/cert.pem"), certified.cert.pem())?;
    fs::write(server.path("tls/key.pem"), certified.signing_key.serialize_pem())?;
    let base = server.path("");
    let base = base.display().to_string();
    let base = base.trim_end_matches('/');
    fs::write(server.path("imapd.conf"), imapd_conf(base))?;
    fs::write(server.path("cyrus.conf"), cyrus_conf(base, listens))?;
    Ok(())
}

/// `calendar_user_address_set` makes the users' addresses local ones; the realm of the passwords is `servername`.
/// SCRAM is for mail alone, so that HTTP asks for Basic and nothing else.
fn imapd_conf(base: &str) -> String {
    let mechanisms: String = ["imap", "imaps", "pop3", "pop3s"]
        .map(|service| format!("{service}_sasl_mech_list: PLAIN LOGIN SCRAM-SHA-1 SCRAM-SHA-256\n"))
        .concat();
    format!(
        "configdirectory: {base}/conf
partition-default: {base}/spool
defaultpartition: default
proc_path: {base}/run/proc
mboxname_lockpath: {base}/run/lock
sievedir: {base}/sieve
lmtpsocket: {base}/run/socket/lmtp
notifysocket: {base}/run/socket/notify
idlesocket: {base}/run/socket/idle
servername: localhost
admins: cyrus
unixhierarchysep: yes
altnamespace: yes
virtdomains: off
allowplaintext: yes
sasl_mech_list: PLAIN LOGIN
{mechanisms}sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_sasldb_path: {base}/sasldb2
httpmodules: caldav
httpallowcompress: yes
caldav_allowscheduling: on
caldav_create_default: yes
caldav_create_sched: yes
calendar_user_address_set: example.test
autocreate_quota: 0
autocreate_post: yes
popminpoll: 0
lmtp_downcase_rcpt: yes
lmtp_over_quota_perm_failure: yes
sendmail: /bin/true
tls_session_timeout: 0
tls_server_cert: {base}/tls/cert.pem
tls_server_key: {base}/tls/key.pem
"
    )
}

/// Every service names the configuration itself: the master does not pass its own on. `idled` is what tells a waiting
/// IMAP client of a new message at once.
fn cyrus_conf(base: &str, listens: &[Listens]) -> String {
    let service = |(name, program, address): &Listens| {
        format!(
            "  {name} cmd=\"{program} -C {base}/imapd.conf -U 1000\" listen=\"{address}\" prefork=0 maxchild=500\n"
        )
    };
    let services: String = listens.iter().map(service).collect();
    format!(
        "START {{
  recover cmd=\"ctl_cyrusdb -C {base}/imapd.conf -r\"
}}
DAEMON {{
  idled cmd=\"idled -C {base}/imapd.conf\"
}}
SERVICES {{
{services}}}
EVENTS {{
}}
"
    )
}

/// Writes the passwords of the users and of the administrator.
fn passwords(server: &Running) -> Result<(), String> {
    let admin = (ADMIN.0.to_owned(), ADMIN.1.to_owned());
    let users = (1..=USERS).map(user).map(|user| (user.name, user.password));
    for (name, password) in users.chain([admin]) {
        set_password(server, &name, &password).map_err(|error| format!("saslpasswd2 {name}: {error}"))?;
    }
    Ok(())
}

fn set_password(server: &Running, name: &str, password: &str) -> std::io::Result<()> {
    let mut child = Command::new(program("saslpasswd2").unwrap_or_default())
        .args(["-p", "-c", "-u", "localhost", "-f"])
        .arg(server.path("sasldb2"))
        .arg(name)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    if let Some(mut pipe) = child.stdin.take() {
        pipe.write_all(password.as_bytes())?;
    }
    let status = child.wait()?;
    if status.success() { Ok(()) } else { Err(std::io::Error::other(status.to_string())) }
}

/// A connection that may do everything.
pub fn administrator(server: &Running) -> std::io::Result<Imap> {
    Imap::login(server.service("imap").unwrap_or_default(), Tls::Off, ADMIN.0, ADMIN.1)
}

/// Makes the mailboxes, without which Cyrus has no calendars for a user (500), and touches each calendar home once,
/// without which an invited user counts as a stranger and gets mail instead of an invitation.
fn provision(server: &Running) -> Result<(), String> {
    let mut imap = administrator(server).map_err(|error| format!("IMAP login: {error}"))?;
    for user in (1..=USERS).map(user) {
        imap.create(&format!("user/{}", user.name)).map_err(|error| format!("IMAP: {error}"))?;
        let answer = server.send_as(&user, Request::new("PROPFIND", &server.home(&user)).depth("0"));
        if answer.status != 207 {
            return Err(format!("PROPFIND of the home of {}: {} {}", user.name, answer.status, answer.body));
        }
    }
    Ok(())
}
