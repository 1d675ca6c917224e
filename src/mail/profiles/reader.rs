//! What an ImapReader does in one act: it opens its mailbox, looks at what is new, or reads a message.

use std::rc::Rc;
use std::time::Duration;

use super::letter::no_value;
use super::registry::Ready;
use crate::client::habit::falls_within;
use crate::client::{Context, Memory, Trigger, Trouble};
use crate::distribution::Draw;
use crate::mail::labels;
use crate::mail::params::Sessions;
use crate::mail::post::Post;
use crate::mail::reading::{self, Read, Reading};
use crate::mail::resting::Resting;
use crate::mail::software::MailMemory;
use crate::mail::wire::Service;
use crate::mail::wire::imap::{Can, Imap, Message, session};
use crate::random::unit;

/// What is told of a message in a list.
const LISTED: &str =
    "(UID FLAGS RFC822.SIZE BODY.PEEK[HEADER.FIELDS (DATE FROM TO SUBJECT MESSAGE-ID IN-REPLY-TO)])";

/// How many messages of a mailbox that was not known are listed: the newest.
const FIRST_LIST: u32 = 100;

/// How long a server is left to tell by itself what is new: it may end a session that says nothing for half an hour (RFC
/// 2177, RFC 9051 5.4).
const LONGEST_IDLE: Duration = Duration::from_secs(28 * 60);

/// How many of the messages that are new at a look are read: nobody reads more.
const MOST_READ: usize = 1000;

/// How often news may come in between before a client rests all the same.
const MOST_LOOKS: usize = 10;

/// A connection that was lost so soon is not opened again at once, but when the clock says so.
const TOO_SOON: Duration = Duration::from_secs(10);

pub struct Reader {
    pub ready: Ready,
}

/// What one act has at hand.
struct Desk<'a> {
    reader: &'a Reader,
    cx: &'a Context,
    service: Rc<Service>,
    post: Rc<Post>,
    reading: &'a mut Reading,
    /// Messages that are to be read at once.
    at_once: Vec<u32>,
    /// How many were found in this act that are to be read.
    to_read: usize,
}

impl Reader {
    /// Does what is due.
    pub async fn go(&self, cx: &Context, memory: &mut dyn Memory, trigger: &Trigger) -> Result<(), Trouble> {
        let service = self.ready.service(memory, "imap")?;
        let post = self.ready.post(memory)?;
        let Some(memory) = MailMemory::of(memory) else { return Ok(()) };
        let mut reading = memory.take_reading(cx.actor);
        let mut desk =
            Desk { reader: self, cx, service, post, reading: &mut reading, at_once: Vec::new(), to_read: 0 };
        let result = match trigger {
            Trigger::Reaction(topic) => match topic.strip_prefix("view ").and_then(|uid| uid.parse().ok()) {
                Some(uid) => desk.turn_to(uid, &mut memory.read).await,
                None => desk.look().await,
            },
            Trigger::Timer | Trigger::Resumed | Trigger::Arrival => match self.ready.params.sessions {
                Sessions::Open => desk.look().await,
                Sessions::Short => desk.visit(&mut memory.read).await,
            },
        };
        memory.put_reading(cx.actor, reading);
        result
    }
}

impl Desk<'_> {
    /// Opens the mailbox unless it is open, and looks whether there is something new.
    async fn look(&mut self) -> Result<(), Trouble> {
        let cx = self.cx;
        let now = cx.run.clock.elapsed();
        let (heard, idle) =
            self.reading.look(|imap| (imap.has_heard(), imap.is_idle())).unwrap_or((true, false));
        if idle && !heard && now < self.reading.asked.saturating_add(LONGEST_IDLE) {
            return Ok(());
        }
        if let Some(mut imap) = self.reading.wake(cx.account_index) {
            let checked = cx.operation(labels::CHECK, self.check(&mut imap)).await;
            if imap.is_open() {
                return self.rest(imap, checked);
            }
            // Who finds the connection gone opens another one, but a server that ends each at once is left alone for a while.
            if matches!(checked, Err(Trouble::Stopped)) || now < self.reading.asked.saturating_add(TOO_SOON) {
                return checked;
            }
        }
        let imap = cx.operation(labels::OPEN, self.open_and_settle()).await?;
        self.rest(imap, Ok(()))
    }

    /// Lays the session to rest, however the act has ended.
    fn rest<T>(&mut self, imap: Imap, result: Result<T, Trouble>) -> Result<T, Trouble> {
        self.reading.asked = self.cx.run.clock.elapsed();
        self.reading.lay(Resting::lay(self.cx, imap), self.cx.account_index);
        result
    }

    async fn check(&mut self, imap: &mut Imap) -> Result<(), Trouble> {
        match imap.is_idle() {
            true => imap.done(self.cx).await?,
            false => imap.simple(self.cx, "NOOP").await?,
        }
        self.settle(imap).await
    }

    async fn open_and_settle(&mut self) -> Result<Imap, Trouble> {
        let mut imap = self.open().await?;
        self.settle(&mut imap).await?;
        Ok(imap)
    }

    /// Connects, logs in and opens the mailbox; learns what has changed since the last time, if the server can tell.
    async fn open(&mut self) -> Result<Imap, Trouble> {
        let cx = self.cx;
        let mut imap = Imap::open(cx, &self.service).await?;
        imap.login(cx, &cx.account).await?;
        let params = &self.reader.ready.params;
        if params.compress {
            imap.compress(cx).await?;
        }
        imap.select(cx, &params.mailbox).await?;
        self.post.watch(cx);
        self.reading.selected(imap.seen.uid_validity);
        let (known, next) = (self.reading.modseq, self.reading.next);
        if known > 0 && next > 1 && imap.seen.modseq > known {
            let set = format!("1:{}", next - 1);
            let items = format!("(FLAGS) (CHANGEDSINCE {known})");
            imap.uid_fetch(cx, session::HEADERS, &set, &items).await?;
        }
        Ok(imap)
    }

    /// Lists what is new until nothing is, and has the server tell of more, if it can.
    async fn settle(&mut self, imap: &mut Imap) -> Result<(), Trouble> {
        for _ in 0..MOST_LOOKS {
            if imap.seen.take_news() {
                self.list(imap).await?;
            }
            if imap.can(Can::Idle) {
                imap.idle(self.cx).await?;
            }
            if !imap.seen.news {
                break;
            }
            imap.done(self.cx).await?;
        }
        self.reading.modseq = imap.seen.modseq;
        Ok(())
    }

    /// Lists the messages that are new.
    async fn list(&mut self, imap: &mut Imap) -> Result<(), Trouble> {
        let (cx, exists) = (self.cx, imap.seen.exists);
        let messages = match self.reading.next {
            0 if exists == 0 => Vec::new(),
            0 => {
                let first = exists.saturating_sub(FIRST_LIST - 1).max(1);
                imap.fetch(cx, session::HEADERS, &format!("{first}:*"), LISTED).await?
            }
            next => imap.uid_fetch(cx, session::HEADERS, &format!("{next}:*"), LISTED).await?,
        };
        let next = self.reading.next;
        for message in &messages {
            // `7:*` is the last message too if that is the sixth.
            if let Some(uid) = message.uid.filter(|uid| *uid >= next) {
                self.reading.next = self.reading.next.max(uid.saturating_add(1));
                self.notice(uid, message);
            }
        }
        self.reading.next = self.reading.next.max(1);
        Ok(())
    }

    /// A message that is new: perhaps it is read after a while.
    fn notice(&mut self, uid: u32, message: &Message) {
        let (cx, ready) = (self.cx, &self.reader.ready);
        if let Some(id) = message.parts.first().and_then(|(_, header)| reading::id(header)) {
            self.post.seen(cx, &id);
        }
        let flags = message.flags.as_deref().unwrap_or_default();
        let old = flags.iter().any(|flag| flag.eq_ignore_ascii_case("\\Seen"));
        if old || !falls_within(ready.params.read_share, ready.habit.stream(cx, "read"), uid.into()) {
            return;
        }
        self.to_read += 1;
        if self.to_read > MOST_READ {
            return;
        }
        if ready.params.sessions == Sessions::Short {
            self.at_once.push(uid);
            return;
        }
        let draw = Draw::new(ready.habit.stream(cx, "read delay"), uid.into(), cx.run.clock.utc());
        match ready.params.read_delay.seconds(&draw).map_err(no_value) {
            Ok(delay) => cx.react(cx.actor, delay, format!("view {uid}")),
            Err(why) => cx.run.notice(format!("ImapReader: {why}")),
        }
    }

    /// Turns to a message: now and then over a second connection, while the first one rests.
    async fn turn_to(&mut self, uid: u32, read: &mut Vec<Read>) -> Result<(), Trouble> {
        let (cx, ready) = (self.cx, &self.reader.ready);
        if falls_within(ready.params.second_connection, ready.habit.stream(cx, "second"), uid.into()) {
            let mut second = cx.operation(labels::OPEN, self.open()).await?;
            self.treat(&mut second, uid, read).await?;
            return second.logout(cx).await;
        }
        let mut imap = match self.reading.wake(cx.account_index) {
            Some(imap) => imap,
            None => cx.operation(labels::OPEN, self.open()).await?,
        };
        let treated = async {
            self.treat(&mut imap, uid, read).await?;
            self.settle(&mut imap).await
        };
        let treated = treated.await;
        match imap.is_open() {
            true => self.rest(imap, treated),
            false => treated,
        }
    }

    /// A short session: looks at what is new, reads some of it at once, and goes.
    async fn visit(&mut self, read: &mut Vec<Read>) -> Result<(), Trouble> {
        let cx = self.cx;
        let opened = async {
            let mut imap = self.open().await?;
            if imap.seen.take_news() {
                self.list(&mut imap).await?;
            }
            self.reading.modseq = imap.seen.modseq;
            Ok(imap)
        };
        let mut imap = cx.operation(labels::OPEN, opened).await?;
        for uid in std::mem::take(&mut self.at_once) {
            self.treat(&mut imap, uid, read).await?;
        }
        imap.logout(cx).await
    }

    /// Reads a message, and flags, deletes or moves it, or leaves it.
    async fn treat(&mut self, imap: &mut Imap, uid: u32, read: &mut Vec<Read>) -> Result<(), Trouble> {
        let (cx, ready) = (self.cx, &self.reader.ready);
        let params = &ready.params;
        let view = async {
            imap.done(cx).await?;
            imap.uid_fetch(cx, session::RETRIEVE, &uid.to_string(), "(FLAGS BODY[])").await
        };
        let messages = cx.operation(labels::VIEW, view).await?;
        // It may be gone: another client of the user has been faster.
        let Some((_, body)) = messages.iter().find_map(|message| message.parts.first()) else {
            return Ok(());
        };
        read.extend(Read::of(body));
        drop(messages);
        if falls_within(params.flag_share, ready.habit.stream(cx, "flag"), uid.into()) {
            cx.operation(labels::FLAG, imap.uid_flag(cx, uid, "\\Flagged")).await?;
        }
        let point = unit(&mut ready.habit.stream(cx, "fate").at(uid.into())) * 100.0;
        if point < params.delete_share {
            cx.operation(labels::DELETE, imap.delete(cx, uid)).await?;
        } else if point < params.delete_share + params.move_share {
            cx.operation(labels::MOVE, self.file(imap, uid)).await?;
        }
        Ok(())
    }

    async fn file(&mut self, imap: &mut Imap, uid: u32) -> Result<(), Trouble> {
        let folder = &self.reader.ready.params.move_to;
        if !self.reading.filed {
            imap.ensure(self.cx, folder).await?;
            self.reading.filed = true;
        }
        imap.move_to(self.cx, uid, folder).await
    }
}
