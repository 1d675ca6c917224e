//! The statistics socket's two protocols (spec 8.2).
//!
//! The one of 2013 sends its figures to whoever connects, and closes. The later one waits for lines that ask.
//! A client of 2013 says nothing and waits, so by default a short silence tells which one is meant.
use super::{Meter, json};
use crate::clock::Clock;
use crate::embedded::connection::accept;
use crate::embedded::server::Server;
use serde_json::{Map, Value, json};
use std::io;
use std::rc::Rc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::time::timeout;

/// How long a client of the later protocol may wait before its first line.
const SILENCE: Duration = Duration::from_millis(150);

/// A peer that does not take its answer for this long is dropped.
const PATIENCE: Duration = Duration::from_secs(30);

/// A command may be this long, in bytes.
const MAX_LINE: usize = 64 * 1024;

/// Which protocol is spoken (`--stats-protocol`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Protocol {
    /// The later one when a line comes soon after connecting, else that of 2013.
    #[default]
    Either,
    /// One object at once, then the end.
    Of2013,
    /// Lines of commands.
    Later,
}

/// What the socket needs to answer.
#[derive(Clone)]
pub struct StatsServer {
    /// The figures.
    pub meter: Rc<Meter>,
    /// The time, which says what minute it is.
    pub clock: Clock,
    /// Which protocol is spoken.
    pub protocol: Protocol,
}

impl StatsServer {
    /// Figures of a server from now on.
    pub fn attach(server: &Server, protocol: Protocol) -> StatsServer {
        let clock = server.config().clock;
        let meter = Rc::new(Meter::new(clock.utc()));
        let fed = Rc::clone(&meter);
        server.on_served(Box::new(move |served| fed.record(served)));
        StatsServer { meter, clock, protocol }
    }

    /// What the later protocol tells, without what is counted by name: for a monitor in the same process.
    pub fn totals(&self) -> Value {
        json::later(&self.meter.totals(self.clock.utc()))
    }

    /// Serves TCP connections until the future is dropped. Needs a `LocalSet`.
    pub async fn listen_tcp(self, listener: TcpListener) {
        accept(listener, move |stream| self.clone().serve_quietly(stream)).await;
    }

    /// Serves connections on a unix socket until the future is dropped. Needs a `LocalSet`.
    #[cfg(unix)]
    pub async fn listen_unix(self, listener: tokio::net::UnixListener) {
        let mut connections = tokio::task::JoinSet::new();
        loop {
            tokio::select! {
                biased;
                Some(_) = connections.join_next() => {}
                accepted = listener.accept() => match accepted {
                    Ok((stream, _)) => drop(connections.spawn_local(self.clone().serve_quietly(stream))),
                    Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
                },
            }
        }
    }

    /// A peer that is gone needs no answer, so there is nobody to tell an error to.
    async fn serve_quietly<S: AsyncRead + AsyncWrite>(self, stream: S) {
        self.serve(stream).await.ok();
    }

    /// Serves one connection to its end.
    ///
    /// # Errors
    /// The peer is gone, sends an endless line, or does not take its answer.
    pub async fn serve<S: AsyncRead + AsyncWrite>(&self, stream: S) -> io::Result<()> {
        let (reader, mut writer) = tokio::io::split(stream);
        let mut lines = Lines { reader, buffer: Vec::new() };
        let first = match self.protocol {
            Protocol::Of2013 => return self.send_all(lines, writer).await,
            Protocol::Later => lines.next().await?,
            Protocol::Either => match timeout(SILENCE, lines.next()).await {
                Ok(line) => line?,
                Err(_) => return self.send_all(lines, writer).await,
            },
        };
        let mut line = first;
        while let Some(command) = line {
            let answer = self.answer(&command);
            if let Some(text) = &answer.text {
                send(&mut writer, text).await?;
            }
            if answer.last {
                break;
            }
            line = lines.next().await?;
        }
        finish(lines, writer).await
    }

    /// The protocol of 2013.
    async fn send_all<R: AsyncRead + Unpin, W: AsyncWrite + Unpin>(
        &self,
        lines: Lines<R>,
        mut writer: W,
    ) -> io::Result<()> {
        let figures = json::of_2013(&self.meter.snapshot(self.clock.utc()));
        send(&mut writer, &figures.to_string()).await?;
        finish(lines, writer).await
    }

    fn answer(&self, line: &str) -> Answer {
        let line = line.trim();
        if line == "exit" || line == "quit" {
            return Answer { text: Some("Done".to_owned()), last: true };
        }
        let text = match serde_json::from_str(line) {
            Err(_) => Some(json!({"result": "bad command"}).to_string()),
            Ok(Value::Array(names)) => Some(self.named(&names).to_string()),
            Ok(_) => None,
        };
        Answer { text, last: false }
    }

    /// The data of each name that is asked for; an unknown one is an empty text.
    fn named(&self, names: &[Value]) -> Value {
        let stats = json::later(&self.meter.snapshot(self.clock.utc()));
        let data = |name: &str| match name.strip_prefix("stats") {
            Some("") => stats.clone(),
            Some(section) => {
                section.strip_prefix('_').and_then(|key| stats.get(key)).cloned().unwrap_or(json!(""))
            }
            None => json!(""),
        };
        let pairs = names.iter().filter_map(Value::as_str).map(|name| (name.to_owned(), data(name)));
        Value::Object(pairs.collect::<Map<_, _>>())
    }
}

/// The answer to one command.
struct Answer {
    text: Option<String>,
    last: bool,
}

async fn send<W: AsyncWrite + Unpin>(writer: &mut W, text: &str) -> io::Result<()> {
    let line = format!("{text}\r\n");
    timeout(PATIENCE, writer.write_all(line.as_bytes())).await??;
    writer.flush().await
}

/// Ends the connection. What the peer may have sent is read away for a second, as closing a TCP connection
/// with unread bytes can destroy the answer on its way.
async fn finish<R: AsyncRead + Unpin, W: AsyncWrite + Unpin>(
    mut lines: Lines<R>,
    mut writer: W,
) -> io::Result<()> {
    writer.shutdown().await?;
    let drain = async { while let Ok(Some(_)) = lines.next().await {} };
    let _ = timeout(Duration::from_secs(1), drain).await;
    Ok(())
}

/// Lines of a bounded length.
struct Lines<R> {
    reader: R,
    buffer: Vec<u8>,
}

impl<R: AsyncRead + Unpin> Lines<R> {
    /// The next line without its end; none at the end of the stream. May be dropped while it waits: what
    /// came so far is kept.
    async fn next(&mut self) -> io::Result<Option<String>> {
        loop {
            if let Some(end) = self.buffer.iter().position(|&byte| byte == b'\n') {
                let line: Vec<u8> = self.buffer.drain(..=end).collect();
                return Ok(Some(String::from_utf8_lossy(&line).trim_end().to_owned()));
            }
            if self.buffer.len() > MAX_LINE {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "command line too long"));
            }
            let mut chunk = [0; 4096];
            match self.reader.read(&mut chunk).await? {
                0 => return Ok(None),
                count => self.buffer.extend_from_slice(&chunk[..count]),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::embedded::served::Served;
    use crate::monitor::{Answer, Monitor, ServerStats, StatsAddress};
    use tokio::io::DuplexStream;
    use tokio::task::LocalSet;

    fn connect(protocol: Protocol) -> DuplexStream {
        let now = "2026-01-05T09:00:10Z".parse().unwrap();
        let meter = Rc::new(Meter::new(now));
        let served = Served {
            at: now,
            name: "PUT ics".into(),
            status: 201,
            elapsed: Duration::from_millis(20),
            outstanding: 1,
            uid: "user01".into(),
            user_agent: "test".into(),
        };
        meter.record(&served);
        let (client, stream) = tokio::io::duplex(64 * 1024);
        let server = StatsServer { meter, clock: Clock::starting_at(now), protocol };
        tokio::task::spawn_local(server.serve_quietly(stream));
        client
    }

    async fn exchange(protocol: Protocol, send: &str) -> String {
        let test = async {
            let mut client = connect(protocol);
            client.write_all(send.as_bytes()).await.unwrap();
            let mut text = String::new();
            client.read_to_string(&mut text).await.unwrap();
            text
        };
        LocalSet::new().run_until(test).await
    }

    #[tokio::test(start_paused = true)]
    async fn silence_is_answered_with_the_object_of_2013() {
        for protocol in [Protocol::Either, Protocol::Of2013] {
            let text = exchange(protocol, "").await;
            assert!(text.ends_with("}\r\n"));
            let value: Value = serde_json::from_str(&text).unwrap();
            let keys: Vec<_> = value.as_object().unwrap().keys().map(String::as_str).collect();
            assert_eq!(keys, ["1 Hour", "1 Minute", "5 Minutes", "Current", "System"]);
            assert_eq!(value["Current"]["method"]["PUT ics"], 1);
            assert_eq!(value["Current"]["uid"]["user01"], 1);
            assert_eq!(value["Current"]["T"]["10ms<->100ms"], 1);
            assert_eq!(value["System"]["start time"], 1_767_603_610.0);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn lines_are_answered_one_by_one() {
        let lines =
            "[\"stats\"]\r\n[\"stats_current\", \"nothing\"]\r\nnonsense\r\n7\r\nquit\r\n[\"stats\"]\r\n";
        let text = exchange(Protocol::Either, lines).await;
        let answers: Vec<&str> = text.lines().collect();
        assert_eq!(answers.len(), 4);
        let stats: Value = serde_json::from_str(answers[0]).unwrap();
        assert_eq!(stats["stats"]["current"]["max-slots"], 1);
        assert_eq!(stats["stats"]["5m"]["requests"], 0);
        let both: Value = serde_json::from_str(answers[1]).unwrap();
        assert_eq!((&both["stats_current"]["t"], &both["nothing"]), (&json!(20.0), &json!("")));
        assert_eq!(answers[2..], ["{\"result\":\"bad command\"}", "Done"]);
    }

    #[tokio::test(start_paused = true)]
    async fn an_endless_line_ends_the_connection() {
        let text = exchange(Protocol::Later, &"x".repeat(MAX_LINE + 1)).await;
        assert_eq!(text, "");
    }

    /// The monitor reads the figures whichever protocol is spoken, over TCP and over a unix socket.
    #[tokio::test]
    async fn the_monitor_reads_them() {
        let test = async {
            let config = crate::embedded::Config::new(Vec::new(), Clock::starting_now());
            let server = Server::new(config);
            for protocol in [Protocol::Either, Protocol::Of2013, Protocol::Later] {
                let stats = StatsServer::attach(&server, protocol);
                let clock = stats.clock;
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                let tcp = StatsAddress::Tcp("127.0.0.1".into(), listener.local_addr().unwrap().port());
                let folder = tempfile::tempdir().unwrap();
                let path = folder.path().join("stats.sock");
                let unix = tokio::net::UnixListener::bind(&path).unwrap();
                tokio::task::spawn_local(stats.clone().listen_tcp(listener));
                tokio::task::spawn_local(stats.clone().listen_unix(unix));
                let request =
                    hyper::Request::get("/").body(http_body_util::Empty::<bytes::Bytes>::new()).unwrap();
                server.handle(request, false).await;
                for address in [tcp, StatsAddress::Unix(path)] {
                    let answer = ServerStats::new(address).ask(clock, Duration::from_secs(5)).await.unwrap();
                    let Answer::Load(figures) = answer else { panic!("{answer:?}") };
                    assert!(figures.requests_per_s > 0.0 && figures.slots == 1.0, "{figures:?}");
                }
            }
        };
        LocalSet::new().run_until(test).await;
    }
}
