//! Push servers that misbehave: clients poll, and the server is left alone but not for ever.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use populace::calendar::Hub;
use populace::clock::Clock;
use populace::transport::Connector;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::time::sleep;

use crate::book::Book;
use crate::clients::run;

const HOUR: Duration = Duration::from_secs(3600);

/// How many connections a push server gets in an hour that says this on each, again and again if `again`, and then
/// hangs up; and the most bytes of it that were taken on one.
fn in_an_hour(says: &'static [u8], again: bool) -> (u32, usize) {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    tokio::task::LocalSet::new().block_on(&runtime, async move {
        let (connections, taken) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(0)));
        let (count, most) = (connections.clone(), taken.clone());
        let accept = move |mut pipe: DuplexStream| {
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
        Hub::default().subscribe(&run, &connector, &address, &"/CalDAV/server.example/1/".into(), 0);
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
