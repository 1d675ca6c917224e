//! The ways to misbehave.

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::sleep;

use crate::front::Front;
use crate::request::Request;

/// One way to misbehave.
pub enum Misdeed {
    /// Closes the connection without an answer.
    HangUp,
    /// Begins with the right answer, so far, and closes the connection.
    Cut(Part),
    /// Begins with the right answer, so far, and says nothing more.
    Stall(Part),
    /// Sends the right answer, one byte a second.
    Drip,
    /// Sends the right answer, one byte at a time.
    Bytewise,
    /// Sends the right answer, and then this.
    AndThen(&'static str),
    /// Says this and closes the connection.
    Say(&'static str),
    /// Says this and waits for more.
    Leave(&'static str),
    /// Says this first, and then that, for ever.
    Endless(&'static str, &'static str),
    /// Answers with this status and these header lines.
    Status(u16, &'static str),
    /// Answers 207 with these header lines and this body.
    Body(&'static str, Vec<u8>),
    /// Changes the right answer: its head and its body.
    Spoil(fn(&mut String, &mut String)),
}

/// How far an answer comes.
#[derive(Clone, Copy)]
pub enum Part {
    Nothing,
    HalfHead,
    Head,
    HalfBody,
}

/// What becomes of the connection.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Next {
    GoOn,
    HangUp,
}

impl Misdeed {
    /// Answers one request.
    pub async fn commit(
        &self,
        io: &mut (impl AsyncRead + AsyncWrite + Unpin),
        request: &Request,
        front: &Front,
    ) -> Next {
        let answered = match self {
            Misdeed::HangUp => return Next::HangUp,
            Misdeed::Cut(part) => {
                let _ = io.write_all(&part.of(front.answer(request).await)).await;
                return Next::HangUp;
            }
            Misdeed::Stall(part) => {
                let _ = io.write_all(&part.of(front.answer(request).await)).await;
                // Until the client hangs up.
                let _ = io.read_u8().await;
                return Next::HangUp;
            }
            Misdeed::Drip => drip(io, &front.answer(request).await.concat(), Duration::from_secs(1)).await,
            Misdeed::Bytewise => drip(io, &front.answer(request).await.concat(), Duration::ZERO).await,
            Misdeed::AndThen(text) => {
                let answer = [front.answer(request).await.concat(), text.as_bytes().to_vec()].concat();
                io.write_all(&answer).await
            }
            Misdeed::Say(text) => {
                let _ = io.write_all(text.as_bytes()).await;
                return Next::HangUp;
            }
            Misdeed::Endless(first, then) => return endless(io, first, then, front).await,
            Misdeed::Status(status, headers) => {
                let text = format!("HTTP/1.1 {status} x\r\n{headers}content-length: 2\r\n\r\nno");
                io.write_all(text.as_bytes()).await
            }
            Misdeed::Leave(text) => io.write_all(text.as_bytes()).await,
            Misdeed::Body(headers, body) => {
                let head = format!("HTTP/1.1 207 x\r\n{headers}content-length: {}\r\n\r\n", body.len());
                io.write_all(&[head.as_bytes(), body].concat()).await
            }
            Misdeed::Spoil(spoil) => {
                let [mut head, mut body] =
                    front.answer(request).await.map(|part| String::from_utf8(part).unwrap());
                spoil(&mut head, &mut body);
                let head = with_length(&head, body.len());
                io.write_all(&[head, body].concat().into_bytes()).await
            }
        };
        if answered.is_ok() { Next::GoOn } else { Next::HangUp }
    }
}

impl Part {
    fn of(self, [head, body]: [Vec<u8>; 2]) -> Vec<u8> {
        match self {
            Part::Nothing => Vec::new(),
            Part::HalfHead => head[..head.len() / 2].to_vec(),
            Part::Head => head,
            Part::HalfBody => [&head[..], &body[..body.len() / 2]].concat(),
        }
    }
}

async fn drip(io: &mut (impl AsyncWrite + Unpin), answer: &[u8], pause: Duration) -> std::io::Result<()> {
    for byte in answer {
        io.write_all(&[*byte]).await?;
        io.flush().await?;
        match pause.is_zero() {
            true => tokio::task::yield_now().await,
            false => sleep(pause).await,
        }
    }
    Ok(())
}

async fn endless(io: &mut (impl AsyncWrite + Unpin), first: &str, then: &str, front: &Front) -> Next {
    let mut taken = 0;
    if io.write_all(first.as_bytes()).await.is_ok() {
        // Each piece as a whole: a pipe that is nearly full takes a part of it.
        while io.write_all(then.as_bytes()).await.is_ok() {
            taken += then.len();
            // Whoever takes this much takes everything.
            assert!(taken < 100 << 20, "a client takes an endless answer");
        }
    }
    front.most_taken.set(front.most_taken.get().max(taken));
    Next::HangUp
}

/// The head with the length of a body that was changed.
fn with_length(head: &str, length: usize) -> String {
    let lines = head.split_inclusive("\r\n");
    let others: String = lines.filter(|line| !line.starts_with("content-length:")).collect();
    others.replacen("\r\n", &format!("\r\ncontent-length: {length}\r\n"), 1)
}
