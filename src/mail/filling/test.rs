//! Tests against a small server of IMAP over pipes.

use std::rc::Rc;
use std::time::Duration;

use tokio::time::sleep;

use super::way::Services;
use super::{Broadcast, Filling};
use crate::client::Context;
use crate::config::{Diagnostics, Table, read_bytes};
use crate::http::testing::{raw, virtual_time};
use crate::mail::message::is_whole;
use crate::mail::testing::{Server, Stage, service};

/// What these keys describe, or what is wrong with them.
fn decode<T>(keys: &str, decode: impl Fn(&Table<'_>) -> Option<T>) -> Result<T, String> {
    let (diags, text) = (Diagnostics::new(), format!("<plist><dict>{keys}</dict></plist>"));
    let value = read_bytes("p", text.as_bytes(), &diags).unwrap();
    let table = Table::new(&value, &diags, "it").unwrap();
    let made = decode(&table);
    table.finish();
    let told = || diags.all().iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
    made.filter(|_| !diags.has_errors()).ok_or_else(told)
}

fn filling(keys: &str) -> Result<Filling, String> {
    decode(keys, Filling::decode)
}

fn stage(server: &Rc<Server>) -> (Context, Services) {
    let cx = Stage::new(server, &[]).context(0);
    let server = server.clone();
    (cx, [("imap".to_owned(), service(raw(move |_, pipe| server.clone().serve(pipe))))].into())
}

#[test]
fn a_mailbox_is_filled_once() {
    for capabilities in ["LITERAL+", ""] {
        virtual_time(async {
            let server = Server::new(capabilities);
            server.deliver("Subject: was there\r\n\r\n");
            let (cx, services) = stage(&server);
            let filling =
                filling("<key>count</key><integer>5</integer><key>size</key><integer>300</integer>").unwrap();
            let missing = filling.survey(&cx, &services).await.unwrap().unwrap();
            assert_eq!(missing, 2..=5);
            filling.fill(&cx, &services, missing).await.unwrap();
            filling.arrive(&cx, &services).await.unwrap();
            assert_eq!(filling.survey(&cx, &services).await.unwrap(), None);
            let messages = server.messages.borrow();
            assert_eq!(messages.len(), 5);
            for message in &messages[1..] {
                assert_eq!(is_whole(message.text.as_bytes()), Some(true), "{}", message.text);
                assert!(message.text.contains("From: <user2@x>") && message.text.contains("To: <user1@x>"));
                assert_eq!(message.text.split_once("\r\n\r\n").unwrap().1.len(), 300);
            }
            let ids = messages.iter().filter_map(|message| message.text.split_once("Message-ID: "));
            let ids: std::collections::BTreeSet<_> = ids.map(|(_, rest)| rest.lines().next()).collect();
            assert_eq!(ids.len(), 4, "each has an id of its own");
        });
    }
}

#[test]
fn what_does_not_arrive_is_told_and_what_comes_late_is_waited_for() {
    virtual_time(async {
        let server = Server::new("");
        let (cx, services) = stage(&server);
        let two = "<key>count</key><integer>2</integer><key>wait</key><integer>7</integer>";
        let two = filling(two).unwrap();
        server.deliver("Subject: one\r\n\r\n");
        let why = two.arrive(&cx, &services).await.unwrap_err().to_string();
        assert_eq!(why, "only 1 of 2 messages were there within 7 s (`wait`)");
        let late = server.clone();
        tokio::task::spawn_local(async move {
            sleep(Duration::from_secs(3)).await;
            late.deliver("Subject: two\r\n\r\n");
        });
        two.arrive(&cx, &services).await.unwrap();
        assert_eq!(server.messages.borrow().len(), 2);
    });
}

#[test]
fn faults_of_the_keys_are_told() {
    let told = filling("<key>count</key><integer>0</integer><key>by</key><string>lmtp</string>").unwrap_err();
    assert!(told.contains("expected 1 to 100000") && told.contains("lmtp"), "{told}");
    let broadcast = |keys: &str| decode(keys, Broadcast::decode).map(|_| ()).unwrap_err();
    assert!(broadcast("").contains("`to` is missing"));
    let told = broadcast("<key>to</key><string>a b@x</string><key>by</key><string>imap</string>");
    assert!(told.contains("no address") && told.contains("one mailbox only"), "{told}");
}
