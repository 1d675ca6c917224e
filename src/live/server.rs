//! The thread of the page: its own runtime with real time, whatever time the run has.

use std::convert::Infallible;
use std::io;
use std::net::TcpListener as Bound;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{oneshot, watch};
use tokio::task::{JoinSet, LocalSet};
use tokio::time::{sleep, timeout};

use super::routes::Routes;
use super::stalled::Watched;

/// The most connections at once; further ones wait until one has ended.
const MOST: usize = 48;

/// How long somebody may take for the head of a request, and how long a connection may be idle.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);

/// The most bytes of a head, and about the most that is kept of an answer beside what is being sent.
const BUFFER: usize = 64 * 1024;

/// What is being sent at the end has so long.
const LAST_WORDS: Duration = Duration::from_secs(3);

/// How the thread is told what to do.
pub struct Orders {
    /// Wanted no more: all connections are dropped. It comes too when whoever holds the other end has gone.
    pub quit: oneshot::Receiver<()>,
    /// The run is over and told: stay for the last fetch of the figures, if somebody fetches them, for so long at most;
    /// send what is being sent, and end.
    pub leave: oneshot::Receiver<Duration>,
    /// Said when what leaving means is known: whether the last fetch is waited for.
    pub waits: oneshot::Sender<bool>,
}

/// Serves until it is told not to. It is the whole of a thread.
pub fn serve(listener: Bound, routes: impl FnOnce() -> Routes, orders: Orders) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    LocalSet::new().block_on(&runtime, async {
        let listener = TcpListener::from_std(listener)?;
        let routes = Rc::new(routes());
        tokio::select! {
            biased;
            _ = orders.quit => {}
            () = until_left(listener, &routes, orders.leave, orders.waits) => {}
        }
        Ok(())
    })
}

async fn until_left(
    listener: TcpListener,
    routes: &Rc<Routes>,
    leave: oneshot::Receiver<Duration>,
    waits: oneshot::Sender<bool>,
) {
    let closing = watch::Sender::new(false);
    let connections =
        Connections { routes: routes.clone(), closing: closing.subscribe(), open: JoinSet::new() };
    let mut connections = pin!(connections);
    {
        let left = async {
            let Ok(longest) = leave.await else { return std::future::pending().await };
            let wanted = routes.owes_figures() && !longest.is_zero();
            let _ = waits.send(wanted);
            if wanted {
                let _ = timeout(longest, routes.had_figures()).await;
            }
        };
        tokio::select! {
            biased;
            () = left => {}
            () = connections.accept(&listener) => {}
        }
    }
    drop(listener);
    closing.send_replace(true);
    let _ = timeout(LAST_WORDS, async { while connections.open.join_next().await.is_some() {} }).await;
}

struct Connections {
    routes: Rc<Routes>,
    /// No further request is taken, and each connection ends when its answer was sent.
    closing: watch::Receiver<bool>,
    open: JoinSet<()>,
}

impl Connections {
    /// Has each connection served by a task.
    async fn accept(&mut self, listener: &TcpListener) {
        loop {
            tokio::select! {
                biased;
                Some(_) = self.open.join_next() => {}
                accepted = listener.accept(), if self.open.len() < MOST => match accepted {
                    Ok((stream, _)) => {
                        let _ = stream.set_nodelay(true);
                        self.open.spawn_local(serve_one(stream, self.routes.clone(), self.closing.clone()));
                    }
                    // Out of file descriptors, as a rule: wait until some connections have ended.
                    Err(_) => sleep(Duration::from_millis(50)).await,
                },
            }
        }
    }
}

async fn serve_one(stream: TcpStream, routes: Rc<Routes>, mut closing: watch::Receiver<bool>) {
    let (stream, waiting) = Watched::new(stream);
    let service = service_fn(move |request: Request<Incoming>| {
        let routes = routes.clone();
        async move { Ok::<_, Infallible>(routes.answer(request).await) }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(BUFFER)
        .serve_connection(TokioIo::new(stream), service);
    let mut served = pin!(served);
    let closed = async {
        let _ = closing.wait_for(|closing| *closing).await;
    };
    tokio::select! {
        biased;
        // A connection that breaks is its reader's business.
        _ = served.as_mut() => return,
        () = waiting.too_long() => return,
        () = closed => {}
    }
    served.as_mut().graceful_shutdown();
    let _ = served.await;
}
