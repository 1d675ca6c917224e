//! Push servers that misbehave: clients poll, and the server is left alone but not for ever.

use std::cell::{Cell, RefCell};
use std::future::{Future, pending};
use std::rc::Rc;
use std::time::Duration;

use populace::amp::{Command, Serials};
use populace::calendar::Hub;
use populace::client::{Actor, Wake};
use populace::clock::Clock;
use populace::transport::{Connector, Pipe};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::sleep;

use crate::book::Book;
use crate::clients::run;

const KEY: &str = "/CalDAV/server.example/1/";

const HOUR: Duration = Duration::from_secs(3600);

/// How many connections a push server gets in an hour that says this on each, again and again if `again`, and then
/// hangs up; and the most bytes of it that were taken on one.
fn in_an_hour(says: &'static [u8], again: bool) -> (u32, usize) {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    tokio::task::LocalSet::new().block_on(&runtime, async move {
        let (connections, taken) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(0)));
        let (count, most) = (connections.clone(), taken.clone());
        let accept = move |mut pipe: Pipe| {
            count.set(count.get() + 1);
            let most = most.clone();
            tokio::task::spawn_local(async move {
                let _ = pipe.read(&mut [0; 4096]).await;
                let mut taken = 0;
                while pipe.write_all(says).await.is_ok() && again && taken < 100 << 20 {
                    taken += says.len();
                }
                most.set(taken.max(most.get()));
            });
        };
        let connector = Rc::new(Connector::pipes(Rc::new(accept)));
        let clock = Clock::starting_at("2026-01-05T09:00:00Z".parse().unwrap());
        let run = run(clock, Rc::new(Book::new(clock)));
        let address = ("push.example".to_owned(), 62311);
        Hub::default().subscribe(&run, &connector, &address, &[KEY.into()], 0);
        sleep(HOUR).await;
        run.stopped.set(true);
        (connections.get(), taken.get())
    })
}

#[test]
fn a_push_server_that_misbehaves_is_left_alone_for_half_a_minute() {
    for (says, again) in [
        (&b""[..], false),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", false),
        (b"\xff\xff\xff\xff", false),
        (b"\0\x01a\0\x01b\0\0", false),
        (b"\0\x05aaaaa\xff\xff", true),
        (b"\0\x01a\0\x01b", true),
    ] {
        let (connections, taken) = in_an_hour(says, again);
        assert!((100..130).contains(&connections), "{connections} after {says:?}");
        assert!(taken < 1 << 20, "{taken} of {says:?}");
    }
}

/// When client 0 was woken.
#[derive(Default)]
struct Woken(RefCell<Vec<Duration>>, Option<Clock>);

impl Wake for Woken {
    fn wake(&self, client: u32, _: Actor, _: Rc<str>) {
        assert_eq!(client, 0);
        self.0.borrow_mut().push(self.1.unwrap().elapsed());
    }
}

/// How many connections a push server gets in five minutes that is `serve`d so, of a client with these keys, and when the
/// client was woken.
fn in_five_minutes<F: Future<Output = ()> + 'static>(
    keys: Vec<Rc<str>>,
    serve: impl Fn(Pipe) -> F + 'static,
) -> (u32, Vec<Duration>) {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    tokio::task::LocalSet::new().block_on(&runtime, async move {
        let connections = Rc::new(Cell::new(0));
        let count = connections.clone();
        let accept = move |pipe| {
            count.set(count.get() + 1);
            tokio::task::spawn_local(serve(pipe));
        };
        let connector = Rc::new(Connector::pipes(Rc::new(accept)));
        let clock = Clock::starting_at("2026-01-05T09:00:00Z".parse().unwrap());
        let run = run(clock, Rc::new(Book::new(clock)));
        let woken = Rc::new(Woken(RefCell::default(), Some(clock)));
        *run.waker.borrow_mut() = Some(woken.clone());
        let address = ("push.example".to_owned(), 62311);
        Hub::default().subscribe(&run, &connector, &address, &keys, 0);
        sleep(HOUR / 12).await;
        run.stopped.set(true);
        (connections.get(), woken.0.take())
    })
}

fn notification() -> Vec<u8> {
    let command = Command::NotificationForId { id: KEY.to_owned(), data_changed: None, priority: None };
    command.ask(&Serials::default().draw()).encode().unwrap()
}

/// AMP has no room for it; the other keys have.
#[test]
fn a_key_that_cannot_be_sent_is_left_out() {
    let keys = vec!["k".repeat(70_000).into(), KEY.into()];
    let (connections, woken) = in_five_minutes(keys, |mut pipe| async move {
        let mut said = [0; 4096];
        let count = pipe.read(&mut said).await.unwrap();
        assert!(String::from_utf8_lossy(&said[..count]).contains(KEY));
        pipe.write_all(&notification()).await.unwrap();
        let _ = pipe.read(&mut said).await;
        pending().await
    });
    assert_eq!((connections, woken.len()), (1, 1));
}

/// What it says is heard meanwhile, and after half a minute the connection is given up.
#[test]
fn a_push_server_that_reads_nothing() {
    let keys = (0..60).map(|n| format!("{KEY}{n}/{}", "k".repeat(4000)).into()).chain([KEY.into()]).collect();
    let (connections, woken) = in_five_minutes(keys, |mut pipe| async move {
        sleep(Duration::from_secs(5)).await;
        pipe.write_all(&notification()).await.unwrap();
        pending().await
    });
    assert!((9..=11).contains(&connections), "{connections}");
    assert_eq!(woken.len() as u32, connections);
}

#[test]
fn a_flood_of_notifications_is_one_a_second() {
    let (connections, woken) = in_five_minutes(vec![KEY.into()], |mut pipe| async move {
        let mut said = [0; 4096];
        for _ in 0..6000 {
            pipe.write_all(&notification()).await.unwrap();
            let _ = pipe.read(&mut said).await;
            sleep(Duration::from_millis(10)).await;
        }
        pending().await
    });
    assert_eq!(connections, 1);
    assert!((60..=63).contains(&woken.len()), "{}", woken.len());
    assert!(woken.windows(2).all(|two| two[1] - two[0] >= Duration::from_secs(1)), "{woken:?}");
}
