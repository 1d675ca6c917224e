//! Pushes: who is woken, and what happens when the push server goes away.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use populace::calendar::program::Program;
use populace::calendar::wire::{self, labels};
use populace::calendar::{Hub, software::PUSH_TOPIC};
use populace::client::{Actor, Run, Wake};
use populace::embedded::push;
use populace::transport::Connector;
use tokio::time::sleep;

use crate::stage::{Client, Stage, home, play};

/// Writes down who is woken.
#[derive(Default)]
struct Woken(RefCell<Vec<(u32, String)>>);

impl Wake for Woken {
    fn wake(&self, client: u32, actor: Actor, topic: Rc<str>) {
        assert_eq!(actor, Actor::SOFTWARE);
        self.0.borrow_mut().push((client, topic.to_string()));
    }
}

/// A push server that tells what happens on the stage's server, and a connector to it that works while `open` says so.
fn pushing(stage: &Stage, open: Rc<RefCell<Vec<tokio::task::JoinHandle<()>>>>) -> (push::Hub, Rc<Connector>) {
    let server = push::Hub::new(stage.run.clock);
    server.attach(&stage.server);
    let serving = server.clone();
    let accept = move |target: &populace::transport::Target, pipe| {
        assert_eq!((target.host.as_str(), target.port), ("push.example", 62311));
        let serving = serving.clone();
        open.borrow_mut().push(tokio::task::spawn_local(async move { serving.serve(pipe).await }));
    };
    (server, Rc::new(Connector::pipes_to(Rc::new(accept))))
}

fn listening(stage: &Stage, user: usize, hub: &Rc<Hub>, connector: &Rc<Connector>) -> Client {
    stage.client_with("OS_X_10_7", user, |program| {
        let (hub, connector) = (hub.clone(), connector.clone());
        let subscribe = move |run: &Rc<Run>, client, keys: &[Rc<str>]| {
            hub.subscribe(run, &connector, &("push.example".to_owned(), 62311), keys, client);
        };
        Program { subscribe: Some(Box::new(subscribe)), ..program }
    })
}

async fn change(stage: &Stage, client: &mut Client, uid: &str) {
    let body = format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//EN\r\nBEGIN:VEVENT\r\nUID:{uid}\r\nDTSTAMP:20261121T000000Z\r\nDTSTART:20261201T100000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    );
    let cx = stage.context(client);
    let calendar = format!("{}calendar/", home(client.who.user + 1));
    wire::put_new_event(&cx, client.known(), &calendar, uid, body.into_bytes(), labels::PUT_EVENT)
        .await
        .unwrap();
    sleep(Duration::from_secs(10)).await;
}

#[test]
fn a_change_wakes_those_whom_it_concerns_also_after_the_connection_was_lost() {
    play(async {
        let stage = Stage::new();
        let woken = Rc::new(Woken::default());
        *stage.run.waker.borrow_mut() = Some(woken.clone());
        let serving = Rc::default();
        let (server, connector) = pushing(&stage, Rc::clone(&serving));
        let hub = Rc::new(Hub::default());
        let mut one = listening(&stage, 1, &hub, &connector);
        let mut two = listening(&stage, 2, &hub, &connector);
        stage.arrive(&mut one).await;
        stage.arrive(&mut two).await;
        stage.poll(&mut one).await;
        sleep(Duration::from_secs(10)).await;
        assert_eq!(server.connections(), 1, "one connection for all clients");

        change(&stage, &mut one, "e1").await;
        assert_eq!(woken.0.take(), [(0, PUSH_TOPIC.to_owned())]);

        serving.borrow_mut().drain(..).for_each(|task| task.abort());
        sleep(Duration::from_secs(60)).await;
        assert_eq!(server.connections(), 1, "restored");
        assert!(stage.notices()[0].contains("no push from push.example:62311 for a while"));
        change(&stage, &mut two, "e2").await;
        assert_eq!(woken.0.take(), [(1, PUSH_TOPIC.to_owned())]);
    });
}
