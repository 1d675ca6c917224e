//! A request as the front reads it.

use bytes::Bytes;
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt};

/// One whole request.
#[derive(Clone, Debug)]
pub struct Request {
    pub method: String,
    /// With the query.
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: Bytes,
}

impl Request {
    /// The next request of a connection; None when there is none.
    pub async fn read(io: &mut (impl AsyncBufRead + Unpin)) -> Option<Request> {
        let first = line(io).await?;
        let mut words = first.split(' ');
        let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
        let mut headers = Vec::new();
        loop {
            let line = line(io).await?;
            match line.split_once(':') {
                Some((name, value)) => headers.push((name.to_ascii_lowercase(), value.trim().to_owned())),
                None => break,
            }
        }
        let length = headers.iter().find(|(name, _)| name == "content-length");
        let mut body = vec![0; length.map_or(0, |(_, value)| value.parse().unwrap())];
        io.read_exact(&mut body).await.ok()?;
        Some(Request { method, path, headers, body: body.into() })
    }

    /// Whether the body mentions this.
    pub fn says(&self, text: &str) -> bool {
        String::from_utf8_lossy(&self.body).contains(text)
    }

    /// The same for the embedded server.
    pub fn for_server(&self) -> hyper::Request<http_body_util::Full<Bytes>> {
        let mut request = hyper::Request::builder().method(self.method.as_str()).uri(&self.path);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        request.body(http_body_util::Full::new(self.body.clone())).unwrap()
    }
}

async fn line(io: &mut (impl AsyncBufRead + Unpin)) -> Option<String> {
    let mut line = String::new();
    let read = io.read_line(&mut line).await.ok()?;
    (read > 0).then(|| line.trim_end().to_owned())
}
