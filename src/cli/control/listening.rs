//! The end in the run: a socket, and who looks at the run when somebody asks.

use std::cell::{Cell, RefCell};
use std::convert::Infallible;
use std::fs;
use std::io;
use std::os::unix::net::UnixListener as Bound;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{Notify, mpsc};
use tokio::time::{sleep, timeout};

use super::place;
use super::told::{Now, Told};
use crate::scenario::{Moment, Onlooker};

/// The words that are understood, each a line.
pub const STATUS: &str = "status";
pub const STOP: &str = "stop";

/// How long somebody may take to say one, and to hear the answer.
const PATIENCE: Duration = Duration::from_secs(1);

/// How long is waited for figures: a run is looked at once a second, but not before the first user may come.
const LOOK: Duration = Duration::from_millis(1_500);

/// The socket of a run, which goes with it.
pub struct Control {
    listener: Bound,
    path: PathBuf,
    board: Rc<Board>,
    stop: mpsc::Sender<()>,
}

/// What both ends know within the run.
#[derive(Default)]
struct Board {
    /// Somebody waits for figures.
    wanted: Cell<bool>,
    now: RefCell<Option<Now>>,
    news: Notify,
}

/// Hears that somebody wants the run to end.
pub struct Stopped(mpsc::Receiver<()>);

impl Control {
    /// Listens; with it comes what hears that the run shall end.
    ///
    /// # Errors
    /// There is no folder for the socket; then the run cannot be asked.
    pub fn open() -> io::Result<(Control, Stopped)> {
        let path = place::socket(&place::made()?, std::process::id());
        // Of a process that had this number before, and went without a word.
        let _ = fs::remove_file(&path);
        let listener = Bound::bind(&path)?;
        listener.set_nonblocking(true)?;
        let (stop, stopped) = mpsc::channel(1);
        Ok((Control { listener, path, board: Rc::default(), stop }, Stopped(stopped)))
    }

    /// What looks at the run for it.
    pub fn onlooker(&self) -> Box<dyn Onlooker> {
        Box::new(Reporter(self.board.clone()))
    }

    /// Answers, one after the other, as long as the run goes on.
    pub async fn serve(&self) -> Infallible {
        let listener = self.listener.try_clone().and_then(UnixListener::from_std);
        let Ok(listener) = listener else { return std::future::pending().await };
        loop {
            match listener.accept().await {
                // Who breaks off has no answer, and misses none.
                Ok((stream, _)) => drop(timeout(PATIENCE + LOOK, self.answer(stream)).await),
                // Out of file descriptors, as a rule.
                Err(_) => sleep(PATIENCE).await,
            }
        }
    }

    async fn answer(&self, mut stream: UnixStream) -> io::Result<()> {
        let mut word = Vec::new();
        while !word.ends_with(b"\n") && word.len() <= STATUS.len() {
            match timeout(PATIENCE, stream.read_u8()).await {
                Ok(byte) => word.push(byte?),
                Err(_) => return Ok(()),
            }
        }
        let told = match word.trim_ascii() {
            word if word == STOP.as_bytes() => {
                // One word is enough.
                let _ = self.stop.try_send(());
                Told::of(None)
            }
            word if word == STATUS.as_bytes() => Told::of(self.now().await),
            _ => return Ok(()),
        };
        stream.write_all(told.to_json().as_bytes()).await?;
        stream.write_all(b"\n").await
    }

    /// The figures of the next look at the run, or of the last.
    async fn now(&self) -> Option<Now> {
        self.board.wanted.set(true);
        let _ = timeout(LOOK, self.board.news.notified()).await;
        self.board.now.borrow().clone()
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

impl Stopped {
    /// Resolves when somebody does.
    pub async fn wait(&mut self) {
        if self.0.recv().await.is_none() {
            std::future::pending().await
        }
    }
}

/// Looks at the run when somebody asks: otherwise it costs a look at a flag a second.
struct Reporter(Rc<Board>);

impl Onlooker for Reporter {
    fn look(&mut self, moment: &Moment<'_>) {
        if self.0.wanted.replace(false) {
            self.0.now.replace(Some(Now::of(moment)));
            self.0.news.notify_waiters();
        }
    }
}
