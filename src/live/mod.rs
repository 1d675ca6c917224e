//! The live page: the report page of a run that goes on, for browsers, and its figures for Prometheus.
//!
//! It has a thread and a runtime of its own. So a run is not held up by readers, however slow or many; and a rehearsal,
//! whose time stands still while something can be done, has nothing to do with sockets. The run looks at a flag once a
//! second; if somebody reads, it hands over what it has counted in the form in which workers send it, and the other thread
//! makes figures, page and text of it. Nothing waits for anything: who is slow gets the newest, and what lies between
//! is never made.
//!
//! Only who knows the address with its token sees anything. Nothing changes by reading; the one thing that can be
//! said, by POST, is that the run shall end.
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | `mod.rs` | [`Live`]: a page that is served |
//! | `address.rs` | [`Address`]: where it listens, and under which names it may be asked |
//! | `token.rs` | `Token`: the secret in its address |
//! | `link.rs` | what both threads know together |
//! | `onlooker.rs` | the end in the thread of the run: a `scenario::Onlooker` |
//! | `server.rs` | the thread of the page: connections, and how they end |
//! | `stalled.rs` | a connection whose other end takes nothing is given up |
//! | `routes.rs` | from a request to its answer |
//! | `readings.rs` | what is made of the newest: page, update, figures, each once |
//! | `stream.rs` | server-sent events |
//! | `metrics/` | the figures as Prometheus reads them |

mod address;
mod link;
mod metrics;
mod onlooker;
mod readings;
mod routes;
mod server;
mod stalled;
mod stream;
mod token;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::rc::Rc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

pub use self::address::Address;
use self::address::Names;
use self::link::Link;
use self::onlooker::Reporter;
use self::readings::Readings;
use self::routes::Routes;
use self::server::{Orders, serve};
use self::token::{NoChance, Token};
use crate::scenario::Onlooker;

/// Why there is no live page.
#[derive(Debug, thiserror::Error)]
pub enum LiveError {
    #[error("the live page cannot listen on {0}: {1}")]
    Listen(Address, std::io::Error),
    #[error(transparent)]
    NoChance(#[from] NoChance),
}

/// A live page that is served until this is dropped.
pub struct Live {
    url: String,
    bound: SocketAddr,
    link: Link,
    quit: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    /// Leaving, and what is answered: whether the figures are fetched once more, and that it is done.
    leave: Option<oneshot::Sender<Duration>>,
    waits: oneshot::Receiver<bool>,
    done: oneshot::Receiver<()>,
}

impl Live {
    /// Listens, and begins to serve; with it comes what hears that a reader wants the run to end.
    ///
    /// # Errors
    /// When the address cannot be had, or there is no chance for a token.
    pub fn open(address: &Address) -> Result<(Live, Stopped), LiveError> {
        let fault = |why| LiveError::Listen(address.clone(), why);
        let token = Token::draw()?;
        let listener = TcpListener::bind(&address.resolve().map_err(fault)?[..]).map_err(fault)?;
        listener.set_nonblocking(true).map_err(fault)?;
        let bound = listener.local_addr().map_err(fault)?;
        let shown = shown(address, bound);
        let url = format!("http://{shown}/{}/", token.as_str());
        let (link, stopped) = Link::new();
        let (names, own) = (Names::of(address), link.clone());
        let routes = move || Routes::new(token, names, Rc::new(Readings::new(own)));
        let (quit, quits) = oneshot::channel();
        let (leave, leaves) = oneshot::channel();
        let (waiting, waits) = oneshot::channel();
        let (doing, done) = oneshot::channel::<()>();
        let thread = std::thread::Builder::new().name("live page".to_owned()).spawn(move || {
            // What ends here is the page only; its readers see that it has gone.
            let _ = serve(listener, routes, Orders { quit: quits, leave: leaves, waits: waiting });
            drop(doing);
        });
        let thread = Some(thread.map_err(fault)?);
        let live = Live { url, bound, link, quit: Some(quit), thread, leave: Some(leave), waits, done };
        Ok((live, Stopped(stopped)))
    }

    /// The address of the page, with its token.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Whether other machines can reach it.
    pub fn is_exposed(&self) -> bool {
        !self.bound.ip().is_loopback()
    }

    /// What looks at the run for it.
    pub fn onlooker(&self) -> Box<dyn Onlooker> {
        Box::new(Reporter::new(self.link.clone()))
    }

    /// Sends what readers wait for, and ends. If somebody has fetched the figures while the run went on, that is waited for once
    /// more, for `longest` at most; `waits` is called then.
    pub async fn leave(mut self, longest: Duration, waits: impl FnOnce()) {
        if let Some(leave) = self.leave.take() {
            let _ = leave.send(longest);
        }
        if let Ok(true) = (&mut self.waits).await {
            waits();
        }
        // It says nothing; it is dropped.
        let _ = (&mut self.done).await;
    }
}

/// Where a browser on this machine finds it.
fn shown(address: &Address, bound: SocketAddr) -> Address {
    // All addresses together are none that one could ask.
    let host = match bound.ip() {
        IpAddr::V4(all) if all.is_unspecified() => Ipv4Addr::LOCALHOST.to_string(),
        IpAddr::V6(all) if all.is_unspecified() => Ipv6Addr::LOCALHOST.to_string(),
        _ => address.host.clone(),
    };
    Address { host, port: bound.port() }
}

impl Drop for Live {
    /// Ends the thread, which leaves all it does.
    fn drop(&mut self) {
        if let Some(quit) = self.quit.take() {
            let _ = quit.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Hears that a reader of the page wants the run to end.
pub struct Stopped(mpsc::Receiver<()>);

impl Stopped {
    /// Resolves when one does.
    pub async fn wait(&mut self) {
        if self.0.recv().await.is_none() {
            std::future::pending().await
        }
    }
}
