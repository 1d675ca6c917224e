//! The embedded server as a process of its own, so that neither's CPU time is in the other's figures.

use std::net::SocketAddr;
use std::os::unix::process::ExitStatusExt;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use serde::Deserialize;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

use crate::config::Carried;
use crate::population::Account;

/// How long the child may take to start.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running embedded server. It ends when this is dropped, or when this process ends: its stdin closes.
pub struct EmbeddedServer {
    child: Child,
    stdin: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
    pub places: Places,
}

/// Where the child listens.
#[derive(Clone, Debug, Deserialize)]
pub struct Places {
    pub url: String,
    pub stats: SocketAddr,
    pub amp: SocketAddr,
}

/// What the child served.
#[derive(Clone, Debug, Deserialize)]
pub struct Served {
    pub requests: u64,
}

/// Why there is no embedded server.
#[derive(Debug, thiserror::Error)]
pub enum ChildError {
    #[error("the embedded server cannot be started: {0}")]
    Start(#[from] std::io::Error),
    #[error("the embedded server did not say where it listens: {0}")]
    Silent(String),
}

#[derive(Deserialize)]
struct Listening {
    listening: Places,
}

#[derive(Deserialize)]
struct Counted {
    served: Served,
}

impl EmbeddedServer {
    /// Starts this program again as `serve`, on free ports, with these accounts and the service model of this config. Both
    /// go over its stdin: the file may have been a pipe, which nobody can read a second time.
    pub async fn start<'a>(
        accounts: impl IntoIterator<Item = &'a Account>,
        model: Option<Carried>,
    ) -> Result<EmbeddedServer, ChildError> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["serve", "--machine", "--listen", "127.0.0.1:0", "--stats", "0", "--amp", "0"])
            .args(["--accounts", "-", "--until-stdin-closes"])
            .args(model.iter().flat_map(|_| ["--config", "-"]))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            // Ctrl-C is for the parent, which then closes the child's stdin.
            .process_group(0)
            .spawn()?;
        let missing = || std::io::Error::other("no pipe to it");
        let mut stdin = child.stdin.take().ok_or_else(missing)?;
        let stdout = child.stdout.take().ok_or_else(missing)?;
        stdin.write_all(as_csv(accounts)?.as_bytes()).await?;
        if let Some(model) = model {
            stdin.write_all(serde_json::to_string(&model).map_err(std::io::Error::from)?.as_bytes()).await?;
            stdin.write_all(b"\n").await?;
        }
        stdin.flush().await?;
        let mut lines = BufReader::new(stdout).lines();
        let first = timeout(PATIENCE, lines.next_line()).await;
        let line = match first {
            Ok(line) => line?.unwrap_or_default(),
            Err(_) => return Err(ChildError::Silent(format!("nothing within {PATIENCE:?}"))),
        };
        match serde_json::from_str::<Listening>(&line) {
            Ok(said) => Ok(EmbeddedServer { child, stdin, lines, places: said.listening }),
            Err(why) => Err(ChildError::Silent(format!("{line:?} ({why})"))),
        }
    }

    /// Resolves when it has ended by itself: with how.
    pub async fn ended(&mut self) -> String {
        match self.child.wait().await {
            Ok(status) => how(status),
            Err(why) => format!("the embedded server cannot be watched: {why}"),
        }
    }

    /// How it has ended by itself, if it has.
    pub fn has_ended(&mut self) -> Option<String> {
        self.child.try_wait().ok().flatten().map(how)
    }

    /// Ends it within `patience` and gives its exact counts; None if it has not told them.
    pub async fn stop(self, patience: Duration) -> Option<Served> {
        let EmbeddedServer { mut child, stdin, mut lines, .. } = self;
        drop(stdin);
        let mut served = None;
        let last = async {
            while let Ok(Some(line)) = lines.next_line().await {
                if let Ok(counted) = serde_json::from_str::<Counted>(&line) {
                    served = Some(counted.served);
                    break;
                }
            }
            // It has nothing more to say; how it ends changes nothing.
            let _ = child.wait().await;
        };
        let _ = timeout(patience, last).await;
        served
    }
}

fn how(status: ExitStatus) -> String {
    match (status.signal(), status.code()) {
        (Some(signal), _) => format!("the embedded server ended by signal {signal}"),
        (None, Some(code)) => format!("the embedded server ended with exit code {code}"),
        (None, None) => "the embedded server ended".to_owned(),
    }
}

/// The accounts as the lines of an accounts file, ended by an empty line.
fn as_csv<'a>(accounts: impl IntoIterator<Item = &'a Account>) -> std::io::Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for account in accounts {
        let password = account.password.reveal();
        writer.write_record([
            &*account.uid,
            &password,
            &account.common_name,
            &account.email,
            &account.guid,
        ])?;
    }
    let mut bytes = writer.into_inner().map_err(|why| std::io::Error::other(why.to_string()))?;
    bytes.push(b'\n');
    String::from_utf8(bytes).map_err(std::io::Error::other)
}
