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
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::future::Future;
use std::rc::Rc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

/// The most bytes of a request's head. hyper takes at most 100 header lines; another limit would cost it an allocation a
/// request.
const MAX_HEAD: usize = 64 * 1024;
/// How long a client may take for the head of a request, and how long a connection may be idle.
const HEAD_TIMEOUT: Duration = Duration::from_secs(300);
/// How long a client may take for its part of a TLS handshake.
const TLS_TIMEOUT: Duration = Duration::from_secs(30);

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
        let carry = Rc::new(Carry::default());
        let service = service_fn(move |request: Request<Incoming>| {
            let (server, carry) = (Rc::clone(&self), carry.clone());
            async move { Ok::<Response<Full<Bytes>>, Infallible>(server.handle_on(request, secure, &carry).await) }
        });
        let served = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_TIMEOUT)
            .max_buf_size(MAX_HEAD)
            // The server writes the date itself, from the clock of the run.
            .auto_date_header(false)
            .serve_connection(TokioIo::new(io), service)
            .await;
        // A connection that breaks is the client's business; requests answered on it are counted.
        drop(served);
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
