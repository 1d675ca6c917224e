//! One connection to one push server, restored when it is lost.

use std::rc::Rc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::sleep;

use super::hub::Subscriptions;
use crate::amp::{Command, Decoder, Message, Serials};
use crate::client::{Actor, Run};
use crate::random::uuid;
use crate::transport::{Connector, Stream, Target, Trust};

/// How long to wait before a lost connection is tried again: at first, and at most.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(30);

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
async fn serve(run: &Rc<Run>, mut stream: Stream, subscriptions: &Subscriptions) -> String {
    let mut talk = Talk { serials: Serials::default(), decoder: Decoder::default(), told: 0 };
    let mut buffer = vec![0; 4096];
    loop {
        if let Err(why) = talk.subscribe(run, &mut stream, subscriptions).await {
            return why;
        }
        tokio::select! {
            biased;
            read = stream.read(&mut buffer) => match read {
                Ok(0) => return "the push server closed the connection".to_owned(),
                Ok(count) => {
                    if let Err(why) = talk.hear(run, &buffer[..count], &mut stream, subscriptions).await {
                        return why;
                    }
                }
                Err(why) => return format!("the connection broke: {why}"),
            },
            () = subscriptions.changed.notified() => {}
        }
    }
}

/// What was said on one connection.
struct Talk {
    serials: Serials,
    decoder: Decoder,
    /// How many keys the server knows of.
    told: usize,
}

impl Talk {
    /// Tells the server of the keys that it does not know yet, each with a token of its own.
    async fn subscribe(
        &mut self,
        run: &Run,
        stream: &mut Stream,
        subscriptions: &Subscriptions,
    ) -> Result<(), String> {
        let mut out = Vec::new();
        for id in subscriptions.since(self.told) {
            self.told += 1;
            let token = uuid(&mut run.seed.stream(0, 0, "token of a push subscription").at(self.told as u64));
            let command = Command::SubscribeToId { token, id: id.to_string() };
            let frame = command.ask(&self.serials.draw()).encode();
            out.extend(frame.map_err(|why| format!("the push key {id:?} cannot be sent: {why}"))?);
        }
        stream.write_all(&out).await.map_err(|why| format!("the connection broke: {why}"))
    }

    /// Takes what came: a notification makes every client that it concerns poll.
    async fn hear(
        &mut self,
        run: &Rc<Run>,
        bytes: &[u8],
        stream: &mut Stream,
        subscriptions: &Subscriptions,
    ) -> Result<(), String> {
        self.decoder.feed(bytes);
        let topic: Rc<str> = "push".into();
        let mut out = Vec::new();
        while let Some(frame) = self.decoder.next().map_err(|why| format!("this is no AMP: {why}"))? {
            match Message::read(&frame).map_err(|why| format!("this is no AMP: {why}"))? {
                Message::Ask { serial, command } => {
                    let answer = match &command {
                        Ok(Command::NotificationForId { id, .. }) => {
                            for client in subscriptions.clients(id) {
                                run.wake(client, Actor::SOFTWARE, &topic);
                            }
                            serial.as_deref().map(Message::ok)
                        }
                        Ok(_) => serial.as_deref().map(Message::ok),
                        Err(why) => serial.as_deref().map(|serial| Message::refusal(serial, why)),
                    };
                    out.extend(answer.and_then(|frame| frame.encode().ok()).unwrap_or_default());
                }
                Message::Failure { description, .. } => {
                    run.notice(format!("the push server refuses a subscription: {description}"));
                }
                Message::Answer { .. } => {}
            }
        }
        stream.write_all(&out).await.map_err(|why| format!("the connection broke: {why}"))
    }
}
