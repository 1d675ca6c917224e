//! One connection to one push server, restored when it is lost.

use std::rc::Rc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{Instant, sleep, sleep_until};

use super::hub::Subscriptions;
use super::pace::Pace;
use crate::amp::{Command, Decoder, Message, Serials};
use crate::client::Run;
use crate::random::uuid;
use crate::transport::{Connector, Stream, Target, Trust};

/// How long to wait before a lost connection is tried again: at first, and at most.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// How long a server may take nothing of what is sent to it.
const STUCK: Duration = Duration::from_secs(30);

/// How many bytes of subscriptions are sent ahead, and how many bytes a server may leave unread that goes on talking.
const AT_ONCE: usize = 64 << 10;
const UNREAD: usize = 1 << 20;

/// Keeps a connection to `address` for the rest of the run. Meanwhile, and without it, clients poll.
pub fn keep(
    run: Rc<Run>,
    connector: Rc<Connector>,
    address: (String, u16),
    subscriptions: Rc<Subscriptions>,
) {
    tokio::task::spawn_local(async move {
        let target = Target { tls: false, host: address.0, port: address.1 };
        let mut wait = FIRST_WAIT;
        while !run.stopped.get() {
            let begun = run.clock.elapsed();
            let why = match connector.open(&target, Trust::Verify, None).await {
                Ok(opened) => serve(&run, opened.stream, &subscriptions).await,
                Err(why) => why.detail,
            };
            // A server that takes every connection and ends it at once is left alone too.
            if run.clock.elapsed() >= begun + LONGEST_WAIT {
                wait = FIRST_WAIT;
            }
            if run.stopped.get() {
                return;
            }
            let place = format!("{}:{}", target.host, target.port);
            run.notice(format!("no push from {place} for a while, clients go on polling: {why}"));
            sleep(wait).await;
            wait = (wait * 2).min(LONGEST_WAIT);
        }
    });
}

/// Subscribes and listens until the connection ends; tells why it did.
async fn serve(run: &Rc<Run>, stream: Stream, subscriptions: &Subscriptions) -> String {
    let (mut reader, mut writer) = tokio::io::split(stream);
    let mut talk = Talk::new();
    let mut buffer = vec![0; 4096];
    let why = loop {
        if let Err(why) = talk.subscribe(run, subscriptions) {
            break why;
        }
        talk.pace.wake(run);
        if talk.is_stuck() {
            break format!("the push server reads nothing for {} s", STUCK.as_secs());
        }
        let (stuck_at, rest) = (talk.moved + STUCK, talk.pace.rest(run));
        tokio::select! {
            biased;
            // Reading goes on meanwhile: a server may first want to get rid of what it has to say.
            written = writer.write(&talk.out), if !talk.out.is_empty() => match written {
                Ok(count) if count > 0 => talk.wrote(count),
                Ok(_) => break "the push server closed the connection".to_owned(),
                Err(why) => break format!("the connection broke: {why}"),
            },
            read = reader.read(&mut buffer) => match read {
                Ok(0) => break "the push server closed the connection".to_owned(),
                Ok(count) => {
                    if let Err(why) = talk.hear(run, &buffer[..count], subscriptions) {
                        break why;
                    }
                }
                Err(why) => break format!("the connection broke: {why}"),
            },
            () = subscriptions.changed.notified() => {}
            () = sleep_until(stuck_at), if !talk.out.is_empty() => {}
            () = sleep(rest.unwrap_or_default()), if rest.is_some() => {}
        }
    };
    talk.pace.wake_all(run);
    why
}

/// What was said on one connection.
struct Talk {
    serials: Serials,
    decoder: Decoder,
    /// The number of the first key that the server does not know of.
    told: u64,
    /// What is still to be sent, and when there was none or some of it went last.
    out: Vec<u8>,
    moved: Instant,
    pace: Pace,
}

impl Talk {
    fn new() -> Talk {
        Talk {
            serials: Serials::default(),
            decoder: Decoder::default(),
            told: 0,
            out: Vec::new(),
            moved: Instant::now(),
            pace: Pace::default(),
        }
    }

    /// Tells the server of keys that it does not know yet, each with a token of its own: as many as it takes.
    fn subscribe(&mut self, run: &Run, subscriptions: &Subscriptions) -> Result<(), String> {
        while self.out.len() < AT_ONCE {
            let keys = subscriptions.since(self.told, 100);
            if keys.is_empty() {
                break;
            }
            for (number, id) in keys {
                self.told = number + 1;
                let token = uuid(&mut run.seed.stream(0, 0, "token of a push subscription").at(self.told));
                let command = Command::SubscribeToId { token, id: id.to_string() };
                let frame = command.ask(&self.serials.draw()).encode();
                self.send(&frame.map_err(|why| format!("the push key {id:?} cannot be sent: {why}"))?);
            }
        }
        Ok(())
    }

    fn send(&mut self, bytes: &[u8]) {
        if self.out.is_empty() {
            self.moved = Instant::now();
        }
        self.out.extend_from_slice(bytes);
    }

    fn wrote(&mut self, count: usize) {
        self.out.drain(..count);
        self.moved = Instant::now();
    }

    /// Whether the server has taken nothing for a long time, or far less than it says.
    fn is_stuck(&self) -> bool {
        !self.out.is_empty() && self.moved.elapsed() >= STUCK || self.out.len() > UNREAD
    }

    /// Takes what came: a notification makes every client that it concerns poll.
    fn hear(&mut self, run: &Rc<Run>, bytes: &[u8], subscriptions: &Subscriptions) -> Result<(), String> {
        self.decoder.feed(bytes);
        while let Some(frame) = self.decoder.next().map_err(|why| format!("this is no AMP: {why}"))? {
            match Message::read(&frame).map_err(|why| format!("this is no AMP: {why}"))? {
                Message::Ask { serial, command } => {
                    let answer = match &command {
                        Ok(Command::NotificationForId { id, .. }) => {
                            self.pace.tell(run, subscriptions.clients(id));
                            serial.as_deref().map(Message::ok)
                        }
                        Ok(_) => serial.as_deref().map(Message::ok),
                        Err(why) => serial.as_deref().map(|serial| Message::refusal(serial, why)),
                    };
                    self.send(&answer.and_then(|frame| frame.encode().ok()).unwrap_or_default());
                }
                Message::Failure { description, .. } => {
                    run.notice(format!("the push server refuses a subscription: {description}"));
                }
                Message::Answer { .. } => {}
            }
        }
        Ok(())
    }
}
