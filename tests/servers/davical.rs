//! DAViCal on a PostgreSQL of its own (a socket in the server's folder, no TCP) and PHP's built-in web server.
//!
//! DAViCal reads the file `/etc/davical/SERVER_NAME-conf.php`. PHP runs a line before it that makes SERVER_NAME a path
//! out of that folder and into the server's own, and the configuration sets the name right again: nothing outside the
//! server's folder is touched, and any number of them run side by side.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::http::Request;
use crate::process::{is_root, program, run, system_user};
use crate::running::{self, Running, USERS, user};

const HTDOCS: &str = "/usr/share/davical/htdocs";
const CREATE: &str = "/usr/share/davical/dba/create-database.sh";

/// The rewriting of /.well-known/caldav (RFC 6764) that DAViCal leaves to the web server.
const ROUTER: &str = r#"<?php
if (preg_match('|^/\.well-known/caldav/?$|', $_SERVER['REQUEST_URI'])) {
    header('Location: /caldav.php/', true, 301);
    exit;
}
return false;
"#;

/// Changes one after the other. DAViCal writes to the calendars of everybody concerned in one transaction, in an order
/// that differs from user to user, so that an organizer and an attendee who change something at the same moment meet in
/// a deadlock: PostgreSQL ends it after a second, and one of the two is answered with 500.
const ONE_WRITER: &str =
    "if (!in_array($_SERVER['REQUEST_METHOD'], ['GET', 'HEAD', 'OPTIONS', 'PROPFIND', 'REPORT'])) {
    $GLOBALS['one_writer'] = fopen(__FILE__, 'r');
    flock($GLOBALS['one_writer'], LOCK_EX);
}
";

pub struct Davical;

impl Davical {
    /// A DAViCal with fifty users, who have no calendars yet, or `None` where it is not installed.
    pub fn start() -> Option<Running> {
        running::available("davical", lacking())
            .then(|| running::start("davical", "/caldav.php/%s/", "/caldav.php/%s/", launch))
    }
}

fn lacking() -> Option<&'static str> {
    let installed =
        Path::new(CREATE).exists() && program("php").is_some() && postgres().is_some() && account().is_some();
    match (installed, is_root()) {
        (false, _) => Some("is not installed"),
        (true, false) => Some("needs root to start"),
        (true, true) => None,
    }
}

/// The folder of PostgreSQL's programs, of the newest version there is.
fn postgres() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?.flatten().map(|entry| entry.path().join("bin"));
    let mut found: Vec<PathBuf> = versions.filter(|folder| folder.join("initdb").exists()).collect();
    found.sort();
    found.pop()
}

/// PostgreSQL refuses to run as root, so everything here runs as this user.
fn account() -> Option<(u32, u32)> {
    system_user("postgres")
}

/// A program that runs as PostgreSQL's user and finds the private database.
fn command(server: &Running, program: impl AsRef<Path>) -> Command {
    let mut command = Command::new(program.as_ref());
    if let Some((user, group)) = account() {
        command.uid(user).gid(group);
    }
    command.env("PGHOST", server.path("")).env("PGUSER", "postgres").env("HOME", server.path(""));
    command.env_remove("PGPORT").env_remove("PGDATABASE").current_dir(server.path(""));
    command
}

fn launch(server: &mut Running) -> Result<(), String> {
    let (user, group) = account().ok_or("no user postgres")?;
    chown(server.path(""), Some(user), Some(group)).map_err(|error| format!("chown: {error}"))?;
    let binaries = postgres().ok_or("no PostgreSQL")?;
    start_database(server, &binaries)?;
    run(command(server, CREATE).args(["davical", "pw-admin"]).env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"))?;
    run(command(server, binaries.join("psql"))
        .args(["-qX", "-v", "ON_ERROR_STOP=1", "-d", "davical", "-c"])
        .arg(users()))?;
    start_web(server)
}

fn start_database(server: &mut Running, binaries: &Path) -> Result<(), String> {
    run(command(server, binaries.join("initdb")).args([
        "-A",
        "trust",
        "-N",
        "-E",
        "UTF8",
        "--locale=C",
        "-D",
        "pg",
    ]))?;
    let mut postgres = command(server, binaries.join("postgres"));
    postgres.args(["-D", "pg", "-k"]).arg(server.path(""));
    for setting in [
        "listen_addresses=",
        "fsync=off",
        "synchronous_commit=off",
        "full_page_writes=off",
        "max_connections=60",
    ] {
        postgres.args(["-c", setting]);
    }
    // INT is PostgreSQL's fast shutdown: it does not wait for the sessions of others.
    server.spawn(&mut postgres, "INT")?;
    let mut ask = command(server, binaries.join("pg_isready"));
    server.wait_for("its database", || run(ask.arg("-q")).is_ok())
}

/// The SQL that makes the users, with the rights that scheduling needs.
fn users() -> String {
    let mut sql = String::new();
    for user in (1..=USERS).map(user) {
        sql.push_str(&format!(
            "INSERT INTO usr (active, email_ok, updated, username, password, fullname, email)
             VALUES (true, current_date, current_date, '{}', '**{}', '{}', '{}');\n",
            user.name, user.password, user.full_name, user.email
        ));
    }
    sql + "INSERT INTO principal (type_id, user_no, displayname, default_privileges)
           SELECT 1, user_no, fullname, privilege_to_bits(ARRAY['read-free-busy', 'schedule-send', 'schedule-deliver'])
           FROM usr WHERE username LIKE 'user%';"
}

fn start_web(server: &mut Running) -> Result<(), String> {
    let address = server.reserve("http");
    let write = |name: &str, text: String| {
        let path = server.path(name);
        fs::write(&path, text)
            .and_then(|()| fs::set_permissions(&path, fs::Permissions::from_mode(0o644)))
            .map_err(|error| format!("{}: {error}", path.display()))
    };
    let folder = server.path("");
    let folder = folder.display().to_string();
    let folder = folder.trim_end_matches('/');
    write("before.php", format!("<?php\n$_SERVER['SERVER_NAME'] = '../..{folder}/davical';\n"))?;
    write("davical-conf.php", configuration(folder))?;
    write("router.php", ROUTER.to_owned())?;

    let mut php = command(server, program("php").unwrap_or_default());
    php.args(["-d", "include_path=.:/usr/share/awl/inc:/usr/share/davical/inc:/usr/share/php"])
        .args(["-d", "opcache.enable_cli=1", "-d", "display_errors=0", "-d"])
        .arg(format!("auto_prepend_file={folder}/before.php"))
        .args(["-S", &address, "-t", HTDOCS, &format!("{folder}/router.php")])
        .env("PHP_CLI_SERVER_WORKERS", "6");
    server.spawn(&mut php, "TERM")?;
    // Unanswered without a password, but answered.
    server.wait_for("an answer over HTTP", || {
        Request::new("OPTIONS", "/caldav.php/").send(&address).is_ok_and(|answer| answer.status == 401)
    })
}

fn configuration(folder: &str) -> String {
    format!(
        "<?php
$_SERVER['SERVER_NAME'] = $c->domain_name = '127.0.0.1';
$c->pg_connect[] = 'dbname=davical user=davical_app host={folder}';
$c->system_name = 'populace tests';
$c->admin_email = 'admin@example.test';
$c->default_locale = 'en';
{ONE_WRITER}"
    )
}
