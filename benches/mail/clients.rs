//! Who sends.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::time::Instant;

use super::figures::spent_by_children;
use super::servers::{DOMAIN, Server};
use super::{Plan, program};

/// Ticks a second, in which Linux tells processor time.
const TICKS: f64 = 100.0;

/// How many accounts there are.
const ACCOUNTS: u32 = 100;

/// What one client did.
#[derive(Clone, Copy)]
pub struct Measured {
    pub messages: u64,
    pub seconds: f64,
    pub cpu_s: f64,
}

impl Measured {
    /// Messages a second.
    pub fn rate(&self) -> f64 {
        self.messages as f64 / self.seconds
    }

    /// Microseconds of processor time a message.
    pub fn cpu_us(&self) -> f64 {
        self.cpu_s / self.messages as f64 * 1e6
    }
}

/// This program, whose clients send as fast as they can.
pub fn ours(plan: &Plan, server: &Server) -> Result<Measured, String> {
    let folder = tempfile::tempdir().map_err(|why| why.to_string())?;
    let write = |name: &str, text: String| {
        let path = folder.path().join(name);
        fs::write(&path, text).map(|()| path).map_err(|why| why.to_string())
    };
    let config = write("config.plist", config(plan, &server.address))?;
    let clients = write("clients.plist", clients(plan))?;
    let (results, output) = program::results(
        Command::new(env!("CARGO_BIN_EXE_populace"))
            .args(["run", "--seed", "1", "--runtime", &plan.seconds.to_string()])
            .args(["--config".as_ref(), config.as_os_str(), "--clients".as_ref(), clients.as_os_str()])
            .stdout(Stdio::null()),
    )?;
    let send = |key: &str| results["operations"]["send"][key].as_f64().unwrap_or(0.0);
    if !output.status.success() || send("failed") > 0.0 || send("count") == 0.0 {
        return Err(format!("populace: {}: {}", output.status, program::said(&output)));
    }
    let number = |value: &serde_json::Value| value.as_f64().unwrap_or(0.0);
    Ok(Measured {
        messages: send("count") as u64,
        seconds: number(&results["measured_time_s"]),
        cpu_s: number(&results["host"]["cpu_s"]),
    })
}

fn config(plan: &Plan, address: &str) -> String {
    format!(
        "<plist version=\"1.0\"><dict>
         <key>services</key><dict><key>smtp</key><string>smtp://{address}</string></dict>
         <key>accounts</key><dict><key>loader</key><string>generateRecords</string><key>params</key><dict>
           <key>count</key><integer>{ACCOUNTS}</integer><key>emailPattern</key><string>user%02d@{DOMAIN}</string></dict>
           <key>use</key><string>draw</string></dict>
         <key>arrival</key><dict><key>factory</key><string>Fixed</string><key>params</key><dict>
           <key>count</key><integer>{}</integer></dict></dict>
         <key>observers</key><array><dict><key>type</key><string>ReportStatistics</string></dict></array>
         </dict></plist>",
        plan.sessions
    )
}

fn clients(plan: &Plan) -> String {
    format!(
        "<plist version=\"1.0\"><dict><key>clients</key><array><dict><key>software</key><string>Mail</string>
         <key>profiles</key><array><dict><key>class</key><string>SMTP</string><key>params</key><dict>
           <key>size</key><integer>{}</integer></dict></dict></array></dict></array></dict></plist>",
        plan.size
    )
}

/// Postfix's smtp-source with so many messages.
pub fn smtp_source(plan: &Plan, server: &Server, count: u64) -> Result<Measured, String> {
    let mut command = Command::new("smtp-source");
    command
        .args(["-s", &plan.sessions.to_string(), "-m", &count.to_string(), "-l", &plan.size.to_string()])
        .args(["-f", &format!("user01@{DOMAIN}"), "-t", &format!("user02@{DOMAIN}"), "-M", DOMAIN])
        .arg(format!("inet:{}", server.address));
    let (before, begun) = (spent_by_children(), Instant::now());
    let output = command.stdin(Stdio::null()).output().map_err(|why| format!("smtp-source: {why}"))?;
    let (seconds, cpu_s) = (begun.elapsed().as_secs_f64(), spent_by_children() - before);
    match output.status.success() {
        true => Ok(Measured { messages: count, seconds, cpu_s }),
        false => Err(format!("smtp-source: {}: {}", output.status, program::said(&output))),
    }
}

/// `postal`, until the server has taken so many messages; it does not end by itself. None: it is not installed.
pub fn postal(plan: &Plan, server: &Server, count: u64) -> Result<Option<Measured>, String> {
    let folder = tempfile::tempdir().map_err(|why| why.to_string())?;
    let users = folder.path().join("users");
    let lines: String = (1..=ACCOUNTS).map(|n| format!("user{n:02}@{DOMAIN}\n")).collect();
    fs::write(&users, lines).map_err(|why| why.to_string())?;
    let counter = server.counter(count)?;
    let (host, port) = counter.address.split_once(':').unwrap_or_default();
    // Whole kilobytes, and as good as no limit.
    let kilobytes = plan.size.div_ceil(1024).to_string();
    let mut command = Command::new("postal");
    command
        .args(["-t", &plan.sessions.to_string(), "-c", "1", "-m", &kilobytes, "-M", &kilobytes])
        .args(["-r", "100000000", &format!("[{host}]{port}")])
        .arg(&users)
        .current_dir(folder.path());
    let begun = Instant::now();
    let spawned = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let mut child = match spawned {
        Ok(child) => child,
        Err(why) if why.kind() == ErrorKind::NotFound => return Ok(None),
        Err(why) => return Err(format!("postal: {why}")),
    };
    let measured = until_taken(&mut child, begun, || counter.taken());
    let _ = child.kill();
    let _ = child.wait();
    measured.map(|(messages, seconds, cpu_s)| Some(Measured { messages, seconds, cpu_s }))
}

fn until_taken(
    child: &mut Child,
    begun: Instant,
    mut taken: impl FnMut() -> Option<u64>,
) -> Result<(u64, f64, f64), String> {
    loop {
        if let Some(messages) = taken() {
            return Ok((messages, begun.elapsed().as_secs_f64(), spent_by(child.id())?));
        }
        if let Ok(Some(status)) = child.try_wait() {
            return Err(format!("postal ended by itself: {status}"));
        }
        if begun.elapsed() > Duration::from_secs(300) {
            return Err("postal does not come to its end".to_owned());
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Processor time of a process that goes on, seconds (proc(5), the fields `utime` and `stime`).
fn spent_by(process: u32) -> Result<f64, String> {
    let path = Path::new("/proc").join(process.to_string()).join("stat");
    let text = fs::read_to_string(path).map_err(|why| why.to_string())?;
    // The name, in parentheses, may hold anything.
    let fields = text.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks: f64 =
        fields.split_whitespace().skip(11).take(2).filter_map(|one| one.parse::<f64>().ok()).sum();
    Ok(ticks / TICKS)
}
