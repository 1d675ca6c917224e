//! Connections: TCP, TLS, in memory. Each is a task of the thread's `LocalSet`; those of a listener end with
//! the future that serves it.
use super::server::Server;
use super::service::Carry;
use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use std::cell::Cell;
use std::convert::Infallible;
use std::future::Future;
use std::rc::Rc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_rustls::TlsAcceptor;

/// The most bytes of a request's head. hyper takes at most 100 header lines; another limit would cost it an allocation a
/// request.
const MAX_HEAD: usize = 64 * 1024;
/// How long a client may take to read an answer and to send the head of its next request: so long a connection may be idle.
const HEAD_TIMEOUT: Duration = Duration::from_secs(300);
/// How long a client may take for its part of a TLS handshake.
const TLS_TIMEOUT: Duration = Duration::from_secs(30);

/// What is known of one connection.
struct Line {
    carry: Carry,
    /// Since when no request is being answered; None while one is.
    quiet_since: Cell<Option<Instant>>,
}

impl Line {
    fn new() -> Line {
        Line { carry: Carry::default(), quiet_since: Cell::new(Some(Instant::now())) }
    }

    /// Ends when the head of a request has been awaited for [`HEAD_TIMEOUT`]. There is one timer a connection, which is
    /// set anew when it goes off.
    async fn quiet_too_long(&self) {
        loop {
            let since = self.quiet_since.get();
            let end = since.unwrap_or_else(Instant::now) + HEAD_TIMEOUT;
            tokio::time::sleep_until(end).await;
            if since.is_some() && self.quiet_since.get() == since {
                return;
            }
        }
    }
}

impl Server {
    /// Serves plain connections until the future is dropped.
    pub async fn serve_tcp(self: Rc<Server>, listener: TcpListener) {
        accept(listener, move |stream| Rc::clone(&self).serve_io(stream, false)).await;
    }

    /// Serves TLS connections until the future is dropped.
    pub async fn serve_tls(self: Rc<Server>, listener: TcpListener, acceptor: TlsAcceptor) {
        accept(listener, move |stream| {
            let (server, acceptor) = (Rc::clone(&self), acceptor.clone());
            async move {
                let handshake = tokio::time::timeout(TLS_TIMEOUT, acceptor.accept(stream));
                if let Ok(Ok(stream)) = handshake.await {
                    server.serve_io(stream, true).await;
                }
            }
        })
        .await;
    }

    /// Serves one connection, such as one end of an in-memory pipe, until it closes.
    pub async fn serve_stream<I>(self: Rc<Server>, io: I)
    where
        I: AsyncRead + AsyncWrite + Unpin,
    {
        self.serve_io(io, false).await;
    }

    async fn serve_io<I>(self: Rc<Server>, io: I, secure: bool)
    where
        I: AsyncRead + AsyncWrite + Unpin,
    {
        self.count_connection();
        let line = Rc::new(Line::new());
        let open = Rc::clone(&line);
        let service = service_fn(move |request: Request<Incoming>| {
            let (server, line) = (Rc::clone(&self), Rc::clone(&open));
            async move {
                line.quiet_since.set(None);
                let reply = server.handle_on(request, secure, &line.carry).await;
                line.quiet_since.set(Some(Instant::now()));
                Ok::<Response<Full<Bytes>>, Infallible>(reply)
            }
        });
        let served = http1::Builder::new()
            .max_buf_size(MAX_HEAD)
            // hyper's own timeout would cost a timer and another look at the stream for each request.
            .header_read_timeout(None)
            // The server writes the date itself, from the clock of the run.
            .auto_date_header(false)
            .serve_connection(TokioIo::new(io), service);
        tokio::select! {
            biased;
            // A connection that breaks is the client's business; requests answered on it are counted.
            _ = served => {}
            () = line.quiet_too_long() => {}
        }
    }
}

/// Has each connection served by a task; the tasks end with this future.
pub(super) async fn accept<F, S>(listener: TcpListener, serve: F)
where
    F: Fn(TcpStream) -> S,
    S: Future<Output = ()> + 'static,
{
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            biased;
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    // Without it a small answer waits for the client's delayed acknowledgement.
                    let _ = stream.set_nodelay(true);
                    connections.spawn_local(serve(stream));
                }
                // Out of file descriptors, as a rule: wait until some connections have ended.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            },
        }
    }
}
