//! Push over AMP (spec 9.2): who subscribed to a push key is told when it changes.
//!
//! Changes are coalesced: a key that changes several times before its subscribers' connections have their
//! turn is told once.
use super::connection::accept;
use super::server::Server;
use crate::amp::{Command, Decoder, Error, Frame, Message, Serials};
use crate::clock::Clock;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::{Rc, Weak};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::Notify;

/// A subscription to this id is one to every key.
const ANY: &str = "any";

/// The priority that CalendarServer gives a change by a user: high.
const PRIORITY: u8 = 10;

/// A peer that does not take its messages for this long is dropped.
const PATIENCE: Duration = Duration::from_secs(30);

/// A connection may hold this many subscriptions; a further one is refused.
const MAX_SUBSCRIPTIONS: usize = 200_000;

/// The place where changes and subscribers meet. Copies are the same hub.
#[derive(Clone)]
pub struct Hub {
    clock: Clock,
    board: Rc<RefCell<Board>>,
}

/// Who is subscribed to what.
#[derive(Default)]
struct Board {
    /// The number of the next connection.
    next: u64,
    subscribers: BTreeMap<u64, Weak<Subscriber>>,
    /// Each key with the connections that are subscribed to it, in the order in which they came.
    keys: BTreeMap<Rc<str>, Vec<u64>>,
}

/// One connection.
struct Subscriber {
    number: u64,
    board: Rc<RefCell<Board>>,
    /// Key -> the tokens it was subscribed with.
    subscriptions: RefCell<BTreeMap<Rc<str>, BTreeSet<String>>>,
    /// Key -> when it changed, in seconds since 1970; what is still to be told.
    pending: RefCell<BTreeMap<String, i64>>,
    wake: Notify,
}

impl Hub {
    /// A hub without subscribers.
    pub fn new(clock: Clock) -> Hub {
        Hub { clock, board: Rc::default() }
    }

    /// Tells the subscribers of these keys. Returns at once; the connections send by themselves.
    pub fn changed(&self, keys: &BTreeSet<String>) {
        let now = self.clock.utc().timestamp();
        let concerned = self.board.borrow().concerned(keys);
        for subscriber in concerned {
            if subscriber.note(keys, now) {
                subscriber.wake.notify_one();
            }
        }
    }

    /// How many connections there are.
    pub fn connections(&self) -> usize {
        self.board.borrow().subscribers.len()
    }

    /// Has the server tell this hub of every change.
    pub fn attach(&self, server: &Server) {
        let hub = self.clone();
        server.on_change(Box::new(move |keys| hub.changed(&keys)));
    }

    /// Serves connections until the future is dropped. Needs a `LocalSet`.
    pub async fn listen(self, listener: TcpListener) {
        accept(listener, move |stream| {
            let hub = self.clone();
            async move { hub.serve(stream).await }
        })
        .await;
    }

    /// Serves one connection until it ends or speaks no AMP.
    pub async fn serve<S: AsyncRead + AsyncWrite>(&self, stream: S) {
        let subscriber = Subscriber::on(&self.board);
        let (mut reader, mut writer) = tokio::io::split(stream);
        let (mut decoder, mut serials) = (Decoder::default(), Serials::default());
        let mut buffer = vec![0; 4096];
        loop {
            let out = tokio::select! {
                biased;
                read = reader.read(&mut buffer) => match read {
                    Ok(0) | Err(_) => return,
                    Ok(count) => {
                        decoder.feed(&buffer[..count]);
                        subscriber.obey(&mut decoder)
                    }
                },
                () = subscriber.wake.notified() => subscriber.notifications(&mut serials),
            };
            let Ok(out) = out else { return };
            let sent = tokio::time::timeout(PATIENCE, writer.write_all(&out)).await;
            if !matches!(sent, Ok(Ok(()))) {
                return;
            }
        }
    }
}

impl Board {
    /// The connections that are subscribed to one of these keys or to all, in the order in which they came.
    fn concerned(&self, keys: &BTreeSet<String>) -> Vec<Rc<Subscriber>> {
        let of = |key: &str| self.keys.get(key).into_iter().flatten().copied();
        let numbers: BTreeSet<u64> = keys.iter().map(String::as_str).chain([ANY]).flat_map(of).collect();
        numbers.iter().filter_map(|number| self.subscribers.get(number)?.upgrade()).collect()
    }

    fn add(&mut self, key: Rc<str>, number: u64) {
        let numbers = self.keys.entry(key).or_default();
        if let Err(place) = numbers.binary_search(&number) {
            numbers.insert(place, number);
        }
    }

    fn remove(&mut self, key: &str, number: u64) {
        let Some(numbers) = self.keys.get_mut(key) else { return };
        if let Ok(place) = numbers.binary_search(&number) {
            numbers.remove(place);
        }
        if numbers.is_empty() {
            self.keys.remove(key);
        }
    }
}

impl Drop for Subscriber {
    fn drop(&mut self) {
        let mut board = self.board.borrow_mut();
        board.subscribers.remove(&self.number);
        for key in std::mem::take(self.subscriptions.get_mut()).into_keys() {
            board.remove(&key, self.number);
        }
    }
}

impl Subscriber {
    /// A new connection, which stands on the board as long as it lives.
    fn on(board: &Rc<RefCell<Board>>) -> Rc<Subscriber> {
        let mut shared = board.borrow_mut();
        shared.next += 1;
        let subscriber = Rc::new(Subscriber {
            number: shared.next,
            board: Rc::clone(board),
            subscriptions: RefCell::default(),
            pending: RefCell::default(),
            wake: Notify::new(),
        });
        shared.subscribers.insert(subscriber.number, Rc::downgrade(&subscriber));
        subscriber
    }

    /// Notes what this subscriber must hear of; is there anything?
    fn note(&self, keys: &BTreeSet<String>, now: i64) -> bool {
        let subscriptions = self.subscriptions.borrow();
        let any = subscriptions.contains_key(ANY);
        let mut pending = self.pending.borrow_mut();
        let wanted = keys.iter().filter(|key| any || subscriptions.contains_key(key.as_str()));
        let before = pending.len();
        let count = wanted.map(|key| pending.insert(key.clone(), now)).count();
        count > 0 || pending.len() > before
    }

    /// The bytes that tell what is pending.
    fn notifications(&self, serials: &mut Serials) -> Result<Vec<u8>, Error> {
        let pending = std::mem::take(&mut *self.pending.borrow_mut());
        let mut out = Vec::new();
        for (id, changed) in pending {
            let command =
                Command::NotificationForId { id, data_changed: Some(changed), priority: Some(PRIORITY) };
            out.extend(command.ask(&serials.draw()).encode()?);
        }
        Ok(out)
    }

    /// Does what the received boxes ask; the bytes of the answers.
    fn obey(&self, decoder: &mut Decoder) -> Result<Vec<u8>, Error> {
        let mut out = Vec::new();
        while let Some(frame) = decoder.next()? {
            // Answers to notifications need no reaction.
            if let Message::Ask { serial, command } = Message::read(&frame)? {
                let done = command.and_then(|command| self.perform(command));
                out.extend(answer(serial.as_deref(), done).map_or(Ok(Vec::new()), |frame| frame.encode())?);
            }
        }
        Ok(out)
    }

    fn forget(&self, subscriptions: &mut BTreeMap<Rc<str>, BTreeSet<String>>, id: &str) {
        if let Some((id, _)) = subscriptions.remove_entry(id) {
            self.board.borrow_mut().remove(&id, self.number);
        }
    }

    fn perform(&self, command: Command) -> Result<(), Error> {
        let mut subscriptions = self.subscriptions.borrow_mut();
        match command {
            Command::SubscribeToId { token, id } => {
                if subscriptions.len() >= MAX_SUBSCRIPTIONS {
                    return Err(Error::Argument { command: "SubscribeToID".into(), argument: "id" });
                }
                let id: Rc<str> = id.into();
                subscriptions.entry(Rc::clone(&id)).or_default().insert(token);
                self.board.borrow_mut().add(id, self.number);
            }
            Command::UnsubscribeFromId { token: Some(token), id } => {
                if let Some(tokens) = subscriptions.get_mut(id.as_str()) {
                    tokens.remove(&token);
                    if tokens.is_empty() {
                        self.forget(&mut subscriptions, &id);
                    }
                }
            }
            Command::UnsubscribeFromId { token: None, id } => self.forget(&mut subscriptions, &id),
            Command::NotificationForId { .. } => {
                return Err(Error::UnknownCommand("NotificationForID".into()));
            }
        }
        Ok(())
    }
}

/// The box that answers; none when no answer is expected.
fn answer(serial: Option<&str>, done: Result<(), Error>) -> Option<Frame> {
    let serial = serial?;
    Some(match done {
        Ok(()) => Message::ok(serial),
        Err(error) => Message::refusal(serial, &error),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::DuplexStream;
    use tokio::task::LocalSet;

    struct Client {
        stream: DuplexStream,
        decoder: Decoder,
    }

    impl Client {
        fn connect(hub: &Hub) -> Client {
            let (stream, server) = tokio::io::duplex(4096);
            let hub = hub.clone();
            tokio::task::spawn_local(async move { hub.serve(server).await });
            Client { stream, decoder: Decoder::default() }
        }

        async fn send(&mut self, command: Command, serial: &str) {
            self.stream.write_all(&command.ask(serial).encode().unwrap()).await.unwrap();
        }

        async fn receive(&mut self) -> Message {
            loop {
                if let Some(frame) = self.decoder.next().unwrap() {
                    return Message::read(&frame).unwrap();
                }
                let mut buffer = [0; 256];
                let count = self.stream.read(&mut buffer).await.unwrap();
                assert!(count > 0, "the hub closed the connection");
                self.decoder.feed(&buffer[..count]);
            }
        }

        async fn subscribe(&mut self, id: &str) {
            self.send(Command::SubscribeToId { token: "t".into(), id: id.into() }, "1").await;
            assert_eq!(
                self.receive().await,
                Message::Answer { serial: "1".into(), status: Some("OK".into()) }
            );
        }

        async fn notified(&mut self) -> (String, String) {
            match self.receive().await {
                Message::Ask {
                    serial: Some(serial),
                    command:
                        Ok(Command::NotificationForId {
                            id,
                            data_changed: Some(1_767_603_600),
                            priority: Some(10),
                        }),
                } => (serial, id),
                other => panic!("{other:?}"),
            }
        }
    }

    fn hub() -> Hub {
        Hub::new(Clock::starting_at("2026-01-05T09:00:00Z".parse().unwrap()))
    }

    fn keys(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn changes_reach_their_subscribers_once() {
        let test = async {
            let hub = hub();
            let (mut one, mut all) = (Client::connect(&hub), Client::connect(&hub));
            one.subscribe("/a/").await;
            one.subscribe("/c/").await;
            all.subscribe("any").await;
            hub.changed(&keys(&["/a/", "/b/"]));
            hub.changed(&keys(&["/a/"]));
            assert_eq!(one.notified().await, ("1".into(), "/a/".into()));
            assert_eq!(all.notified().await, ("1".into(), "/a/".into()));
            assert_eq!(all.notified().await, ("2".into(), "/b/".into()));
            one.send(Command::UnsubscribeFromId { token: None, id: "/a/".into() }, "3").await;
            assert!(matches!(one.receive().await, Message::Answer { .. }));
            hub.changed(&keys(&["/a/", "/c/"]));
            assert_eq!(one.notified().await, ("2".into(), "/c/".into()));
            assert_eq!(hub.connections(), 2);
            drop(one);
            tokio::time::sleep(Duration::from_millis(1)).await;
            assert_eq!(hub.connections(), 1);
            drop(all);
            tokio::time::sleep(Duration::from_millis(1)).await;
            let board = hub.board.borrow();
            assert!(board.keys.is_empty() && board.subscribers.is_empty());
        };
        LocalSet::new().run_until(test).await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_speaks_otherwise_is_refused_or_dropped() {
        let test = async {
            let hub = hub();
            let mut client = Client::connect(&hub);
            let unknown = Frame::new([("_ask", "7"), ("_command", "Sum")]);
            client.stream.write_all(&unknown.encode().unwrap()).await.unwrap();
            let refused = client.receive().await;
            assert!(
                matches!(refused, Message::Failure { serial, code, .. } if serial == "7" && code == "UNHANDLED")
            );
            client.stream.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
            assert_eq!(client.stream.read(&mut [0; 16]).await.unwrap(), 0);
        };
        LocalSet::new().run_until(test).await;
    }
}
