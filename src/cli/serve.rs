//! `populace serve`: runs the embedded calendar server by itself.
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | this one | options, and the server's life from the sockets to the counts |
//! | `model` | how fast it is |
//! | `users` | who has an account |
//! | `output` | what is printed, for people or as JSON lines |
mod model;
mod output;
mod users;

use super::complain;
use super::files::{Files, Others, Wanted};
use crate::clock::Clock;
use crate::embedded::push::Hub;
use crate::embedded::served::Counters;
use crate::embedded::statistics::{Protocol, StatsServer, machine};
use crate::embedded::{Config, Server, tls};
use crate::report::Exit;
use clap::Args as ClapArgs;
use output::{Listening, Output};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::rc::Rc;
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use tokio::task::LocalSet;

/// Where CalendarServer listens in the set-up that the ancestor is run against.
const CALENDARSERVER: &str = "127.0.0.1:8443";
const CALENDARSERVER_STATS: u16 = 8100;
const CALENDARSERVER_AMP: u16 = 62311;

/// Run the in-memory calendar server by itself
#[derive(Debug, Clone, ClapArgs)]
pub struct Args {
    /// Address and port to listen on; port 0 takes a free one [default: 127.0.0.1:8008]
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// Serve user01, user02 ... with the uid as password
    #[arg(
        long,
        value_name = "N",
        allow_negative_numbers = true,
        default_value_t = 99,
        conflicts_with = "accounts"
    )]
    users: u32,
    /// Serve the accounts of a CSV file (uid, password, name, e-mail, GUID); `-`: of standard input, to an empty line
    #[arg(long, value_name = "FILE")]
    accounts: Option<PathBuf>,
    /// Be as fast as the service model in this config says (its key `embedded`); `-`: of standard input, after the
    /// accounts, as one line of JSON that `populace run` writes
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Listen as CalendarServer does: TLS on port 8443, statistics on 8100, push on 62311
    #[arg(long)]
    calendarserver: bool,
    /// Offer the statistics socket on this port; 0 takes a free one
    #[arg(long, value_name = "PORT", allow_negative_numbers = true)]
    stats: Option<u16>,
    /// How the statistics socket talks: one object at once as in 2013, lines of commands as later, or whichever the
    /// client begins with
    #[arg(long, value_enum, default_value = "either", value_name = "PROTOCOL")]
    stats_protocol: StatsProtocol,
    /// Offer push over AMP on this port; 0 takes a free one
    #[arg(long, value_name = "PORT", allow_negative_numbers = true)]
    amp: Option<u16>,
    /// Serve TLS with a certificate made at the start
    #[arg(long)]
    tls: bool,
    /// Answer PUT with an ETag when the body was stored as sent (CalendarServer never does)
    #[arg(long)]
    put_etag: bool,
    /// Stop when standard input closes, not only on SIGINT or SIGTERM
    #[arg(long)]
    until_stdin_closes: bool,
    /// Write the exact counts of what was served to a file, as JSON
    #[arg(long, value_name = "FILE")]
    counts: Option<PathBuf>,
    /// Print one JSON object a line: first what is listened on, at the end what was served
    #[arg(long)]
    machine: bool,
}

/// The values of `--stats-protocol`.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum StatsProtocol {
    Either,
    #[value(name = "2013")]
    Of2013,
    Later,
}

impl From<StatsProtocol> for Protocol {
    fn from(chosen: StatsProtocol) -> Protocol {
        match chosen {
            StatsProtocol::Either => Protocol::Either,
            StatsProtocol::Of2013 => Protocol::Of2013,
            StatsProtocol::Later => Protocol::Later,
        }
    }
}

/// Why the server could not run.
#[derive(Debug, thiserror::Error)]
enum ServeError {
    #[error("cannot listen on {address}: {error}{}", way_out(error, address))]
    Listen { address: SocketAddr, error: io::Error },
    #[error("{0}")]
    Plain(String),
    /// Diagnostics as they are shown: they say by themselves that they are errors.
    #[error("{0}")]
    Shown(String),
    #[error(transparent)]
    Tls(#[from] tls::TlsError),
    #[error("cannot start: {0}")]
    Start(io::Error),
}

/// What to do when an address cannot be had.
fn way_out(error: &io::Error, address: &SocketAddr) -> String {
    match error.kind() {
        io::ErrorKind::AddrInUse => format!(
            "\n  = help: another process listens there; port 0 takes a free one, as with --listen {}",
            SocketAddr::new(address.ip(), 0)
        ),
        io::ErrorKind::PermissionDenied => {
            "\n  = help: ports below 1024 are for root; port 0 takes a free one".to_owned()
        }
        _ => String::new(),
    }
}

/// Serves until it is told to stop. Exit code 0, or 2 when it could not start or write its counts.
pub fn main(args: &Args) -> Exit {
    match start(args) {
        Ok(()) => Exit::Pass,
        Err(error) => {
            match error {
                ServeError::Shown(text) => complain(&text),
                error => complain(&format!("error: {error}\n")),
            }
            Exit::Usage
        }
    }
}

fn start(args: &Args) -> Result<(), ServeError> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(ServeError::Start)?;
    let result = LocalSet::new().block_on(&runtime, serve(args));
    // A read of standard input cannot be called off; it must not keep the process alive.
    runtime.shutdown_background();
    result
}

async fn serve(args: &Args) -> Result<(), ServeError> {
    let files = counts_file(args)?;
    let users = users::load(args.accounts.as_deref(), args.users)?;
    let secure = args.tls || args.calendarserver;
    let default = if args.calendarserver { CALENDARSERVER } else { "127.0.0.1:8008" };
    let address = match args.listen {
        Some(address) => address,
        None => default.parse().map_err(|_| ServeError::Plain(default.to_owned()))?,
    };
    let listener = bind(address).await?;
    let stats = optional(args.stats, args.calendarserver, CALENDARSERVER_STATS, address.ip()).await?;
    let amp = optional(args.amp, args.calendarserver, CALENDARSERVER_AMP, address.ip()).await?;
    let listening =
        Listening::new(secure, &listener, stats.as_ref(), amp.as_ref()).map_err(ServeError::Start)?;
    let acceptor = if secure { Some(tls::acceptor(&address.ip().to_string())?) } else { None };

    let service = args.config.as_deref().map(model::load).transpose()?;
    let config = Config {
        put_etag: args.put_etag,
        service: service.flatten(),
        ..Config::new(users, Clock::starting_now())
    };
    let clock = config.clock;
    let server = Server::new(config);
    if let Some(listener) = stats {
        let socket = StatsServer::attach(&server, args.stats_protocol.into());
        tokio::task::spawn_local(machine::watch(socket.meter.clone()));
        tokio::task::spawn_local(socket.listen_tcp(listener));
    }
    if let Some(listener) = amp {
        let hub = Hub::new(clock);
        hub.attach(&server);
        tokio::task::spawn_local(hub.listen(listener));
    }
    let serving = Rc::clone(&server);
    let connections = async move {
        match acceptor {
            Some(acceptor) => serving.serve_tls(listener, acceptor).await,
            None => serving.serve_tcp(listener).await,
        }
    };
    let output = Output::new(args.machine);
    let stop = stop(args.until_stdin_closes).map_err(ServeError::Start)?;
    output.listening(&listening);
    tokio::select! {
        biased;
        () = stop => {}
        () = connections => {}
    }
    let counters = server.counters();
    output.served(&counters);
    let unwritten = files.write(&counters);
    if unwritten.is_empty() { Ok(()) } else { Err(ServeError::Plain(unwritten.join("; "))) }
}

/// The file of the counts, which is none of those that are read.
fn counts_file(args: &Args) -> Result<Files<Counters>, ServeError> {
    let read = [("--accounts", args.accounts.as_deref()), ("--config", args.config.as_deref())];
    let read: Vec<_> = read.into_iter().filter_map(|(option, path)| Some((option, path?))).collect();
    let wanted: Wanted<'_, Counters> =
        ("--counts", args.counts.as_deref(), |counters, place| place.write_json(counters));
    Files::find(&read, &Others::default(), [wanted]).map_err(ServeError::Plain)
}

async fn bind(address: SocketAddr) -> Result<TcpListener, ServeError> {
    TcpListener::bind(address).await.map_err(|error| ServeError::Listen { address, error })
}

/// The listener of a socket beside the server, if there is to be one.
async fn optional(
    port: Option<u16>,
    calendarserver: bool,
    usual: u16,
    ip: IpAddr,
) -> Result<Option<TcpListener>, ServeError> {
    match port.or(calendarserver.then_some(usual)) {
        Some(port) => bind(SocketAddr::new(ip, port)).await.map(Some),
        None => Ok(None),
    }
}

/// Ends on SIGINT, SIGTERM or, if asked for, the end of standard input. The signals are caught from the call
/// on, so that none is lost between the ready line and the first wait.
fn stop(until_stdin_closes: bool) -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            biased;
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            () = end_of_stdin(), if until_stdin_closes => {}
        }
    })
}

async fn end_of_stdin() {
    let mut stdin = tokio::io::stdin();
    let mut buffer = [0; 1024];
    while stdin.read(&mut buffer).await.is_ok_and(|read| read > 0) {}
}
