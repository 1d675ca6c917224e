//! Tests of clients that read all day, against a small server over pipes.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use chrono::TimeDelta;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::time::sleep;

use crate::client::{Actor, Reaction, Trigger, Trouble};
use crate::clock::Clock;
use crate::event::{ErrorKind, What};
use crate::http::testing::{raw, virtual_time};
use crate::mail::stamp::Stamp;
use crate::mail::testing::{Server, Stage, service};
use crate::transport::Connector;

const ALL: &str = "<key>readShare</key><integer>100</integer><key>secondConnection</key><integer>0</integer>\
    <key>flagShare</key><integer>0</integer>";

fn message(id: &str) -> String {
    format!("From: <user2@x>\r\nSubject: hello\r\nMessage-ID: <{id}>\r\n\r\ntext\r\n")
}

fn topics(reactions: &[Reaction]) -> Vec<(u64, &str)> {
    reactions.iter().map(|reaction| (reaction.delay.as_secs(), &*reaction.topic)).collect()
}

fn view(uid: u32) -> Trigger {
    Trigger::Reaction(format!("view {uid}").into())
}

fn heard() -> Trigger {
    Trigger::Reaction("heard".into())
}

#[test]
fn what_is_new_wakes_a_client_that_rests() {
    virtual_time(async {
        let server = Server::new("IDLE");
        server.deliver(&message("1@x"));
        let mut stage = Stage::new(&server, &[("ImapReader", ALL)]);
        let (result, reactions) = stage.act(0, Trigger::Timer).await;
        result.unwrap();
        assert_eq!(topics(&reactions), [(20, "view 1")]);
        let listed = server.take_heard();
        assert_eq!(listed[0], "SELECT \"INBOX\"");
        assert!(listed[1].starts_with("FETCH 1:* (UID FLAGS"), "{listed:?}");
        assert_eq!(listed[2..], ["IDLE"]);
        assert!(stage.woken().await.is_empty(), "nothing is new");
        // The clock has nothing to do while the server tells by itself.
        assert!(stage.act(0, Trigger::Timer).await.0.is_ok() && server.take_heard().is_empty());

        server.deliver(&message("2@x"));
        assert_eq!(stage.woken().await, [(Actor::profile(0), "heard".into())]);
        let (result, reactions) = stage.act(0, heard()).await;
        result.unwrap();
        assert_eq!(topics(&reactions), [(20, "view 2")], "what was known is not new");
        let checked = server.take_heard();
        assert!(checked[0] == "DONE" && checked[1].starts_with("UID FETCH 2:* (UID"), "{checked:?}");
        assert_eq!(checked[2..], ["IDLE"]);
        assert_eq!(stage.operations(), ["open", "check"]);
        assert!(stage.woken().await.is_empty());
        stage.events.assert_paired();
    });
}

#[test]
fn a_server_that_hangs_up_is_counted_once_and_opened_again() {
    virtual_time(async {
        let server = Server::new("IDLE");
        let mut stage = Stage::new(&server, &[("ImapReader", ALL)]);
        stage.act(0, Trigger::Timer).await.0.unwrap();
        sleep(Duration::from_secs(60)).await;
        server.hang_up();
        assert_eq!(stage.woken().await.len(), 1);
        server.hangs_up.set(false);
        stage.act(0, heard()).await.0.unwrap();
        assert_eq!(stage.operations(), ["open", "check!", "open"]);
        assert_eq!(stage.faults(), ["IMAP4{idle}!"]);
        let kinds = stage.events.each(|_, what| match what {
            What::Response(response) => response.error,
            _ => None,
        });
        assert_eq!(kinds, [ErrorKind::Closed]);
        server.deliver(&message("1@x"));
        assert_eq!(stage.woken().await.len(), 1, "the new session is watched");

        // A server that ends every session at once is not stormed.
        server.hang_up();
        stage.woken().await;
        server.hangs_up.set(false);
        assert!(stage.act(0, heard()).await.0.is_err());
        assert_eq!(stage.operations()[3..], ["check!"]);
        stage.act(0, Trigger::Timer).await.0.unwrap();
        assert_eq!(stage.operations()[4..], ["open"]);
    });
}

#[test]
fn without_idle_the_clock_asks() {
    virtual_time(async {
        let server = Server::new("UIDPLUS");
        let mut stage = Stage::new(&server, &[("ImapReader", ALL)]);
        stage.act(0, Trigger::Timer).await.0.unwrap();
        server.take_heard();
        server.deliver(&message("1@x"));
        assert!(stage.woken().await.is_empty());
        let (_, reactions) = stage.act(0, Trigger::Timer).await;
        assert_eq!(topics(&reactions), [(20, "view 1")]);
        let heard = server.take_heard();
        assert!(heard[0] == "NOOP" && heard[1].starts_with("UID FETCH 1:*") && heard.len() == 2, "{heard:?}");
    });
}

/// A server may end a session that has idled for half an hour.
#[test]
fn the_server_is_asked_anew_before_it_loses_patience() {
    virtual_time(async {
        let server = Server::new("IDLE");
        let mut stage = Stage::new(&server, &[("ImapReader", ALL)]);
        stage.act(0, Trigger::Timer).await.0.unwrap();
        server.take_heard();
        sleep(Duration::from_secs(27 * 60)).await;
        stage.act(0, Trigger::Timer).await.0.unwrap();
        assert!(server.take_heard().is_empty());
        sleep(Duration::from_secs(60)).await;
        stage.act(0, Trigger::Timer).await.0.unwrap();
        assert_eq!(server.take_heard(), ["DONE", "IDLE"]);
    });
}

#[test]
fn a_message_is_read_and_deleted_or_moved() {
    virtual_time(async {
        let fates = [
            ("IDLE UIDPLUS", "deleteShare", &["UID STORE 1 +FLAGS.SILENT (\\Deleted)", "UID EXPUNGE 1"][..]),
            ("IDLE", "deleteShare", &["UID STORE 1 +FLAGS.SILENT (\\Deleted)", "EXPUNGE"]),
            (
                "IDLE MOVE",
                "moveShare",
                &["LIST \"\" \"Archive\"", "CREATE \"Archive\"", "UID MOVE 1 \"Archive\""],
            ),
        ];
        for (capabilities, share, expected) in fates {
            let server = Server::new(capabilities);
            server.deliver(&message("1@x"));
            let other = if share == "moveShare" { "deleteShare" } else { "moveShare" };
            let params = format!(
                "{ALL}<key>{share}</key><integer>100</integer><key>{other}</key><integer>0</integer>"
            );
            let mut stage = Stage::new(&server, &[("ImapReader", &params)]);
            stage.act(0, Trigger::Timer).await.0.unwrap();
            server.take_heard();
            stage.act(0, view(1)).await.0.unwrap();
            let heard = server.take_heard();
            assert_eq!(heard[..2], ["DONE", "UID FETCH 1 (FLAGS BODY[])"]);
            assert_eq!(heard[2..heard.len() - 1], *expected);
            assert_eq!(heard[heard.len() - 1], "IDLE", "it rests again");
        }
    });
}

#[test]
fn now_and_then_there_is_a_second_connection() {
    virtual_time(async {
        let server = Server::new("IDLE");
        server.deliver(&message("1@x"));
        let params = "<key>secondConnection</key><integer>100</integer><key>deleteShare</key><integer>0</integer>\
            <key>moveShare</key><integer>0</integer><key>flagShare</key><integer>100</integer>";
        let mut stage = Stage::new(&server, &[("ImapReader", params)]);
        stage.act(0, Trigger::Timer).await.0.unwrap();
        server.take_heard();
        stage.act(0, view(1)).await.0.unwrap();
        let heard = server.take_heard();
        let expected = [
            "SELECT \"INBOX\"",
            "UID FETCH 1 (FLAGS BODY[])",
            "UID STORE 1 +FLAGS.SILENT (\\Flagged)",
            "LOGOUT",
        ];
        assert_eq!(heard, expected);
        server.deliver(&message("2@x"));
        assert_eq!(stage.woken().await.len(), 1, "the first one rests and listens");
    });
}

#[test]
fn a_short_session_looks_reads_and_goes() {
    virtual_time(async {
        let server = Server::new("IDLE");
        server.deliver(&message("1@x"));
        let params = format!(
            "{ALL}<key>sessions</key><string>short</string><key>deleteShare</key><integer>0</integer>\
            <key>moveShare</key><integer>0</integer>"
        );
        let mut stage = Stage::new(&server, &[("ImapReader", &params)]);
        stage.act(0, Trigger::Timer).await.0.unwrap();
        let heard = server.take_heard();
        assert_eq!(heard[2..], ["UID FETCH 1 (FLAGS BODY[])", "LOGOUT"]);
        stage.act(0, Trigger::Timer).await.0.unwrap();
        assert!(server.take_heard()[1].starts_with("UID FETCH 2:*"), "what it knows stays known");
        assert_eq!(stage.operations(), ["open", "view", "open"]);
    });
}

#[test]
fn a_session_that_returns_asks_what_has_changed() {
    virtual_time(async {
        let server = Server::new("CONDSTORE");
        server.deliver(&message("1@x"));
        let params = "<key>sessions</key><string>short</string><key>readShare</key><integer>0</integer>";
        let mut stage = Stage::new(&server, &[("ImapReader", params)]);
        for (n, expected) in
            [None, None, Some("UID FETCH 1:1 (FLAGS) (CHANGEDSINCE 11)")].into_iter().enumerate()
        {
            if n == 2 {
                server.deliver(&message("2@x"));
            }
            stage.act(0, Trigger::Timer).await.0.unwrap();
            let heard = server.take_heard();
            assert_eq!(heard[0], "SELECT \"INBOX\" (CONDSTORE)");
            let asked = heard.iter().find(|line| line.contains("CHANGEDSINCE"));
            assert_eq!(asked.map(String::as_str), expected);
        }
    });
}

#[test]
fn a_delivery_takes_from_the_submission_to_the_sight() {
    virtual_time(async {
        let server = Server::new("IDLE");
        let mut stage = Stage::new(&server, &[("ImapReader", ALL)]);
        stage.act(0, Trigger::Timer).await.0.unwrap();
        let (cx, post) = (stage.context(0), stage.software.grounds.post.clone());
        // Nobody watches the mailbox of user2.
        post.begin(&cx, "1@x", &["user1@x".into(), "user2@x".into()]);
        post.end("1@x", true);
        post.begin(&cx, "2@x", &["user1@x".into()]);
        post.end("2@x", true);
        post.begin(&cx, "3@x", &["user1@x".into()]);
        post.end("3@x", false);
        sleep(Duration::from_secs(4)).await;
        server.deliver(&message("1@x"));
        assert_eq!(stage.woken().await.len(), 1);
        stage.act(0, heard()).await.0.unwrap();
        let took = stage.events.each(|_, what| match what {
            What::OperationEnd(end) if end.label.as_str() == "delivery" => {
                Some((end.end - end.begun).as_secs())
            }
            _ => None,
        });
        assert_eq!(took, [4]);
        post.leave(&cx.journal.who, "user1@x");
        let unfinished = stage.events.each(|_, what| match what {
            What::OperationEnd(end) if end.unfinished => Some((end.label.as_str(), end.success)),
            _ => None,
        });
        assert_eq!(unfinished, [("delivery", false)], "the second never came, and the third was never taken");
    });
}

#[test]
fn the_id_tells_how_long_a_message_of_another_worker_took() {
    virtual_time(async {
        let server = Server::new("IDLE");
        let mut stage = Stage::new(&server, &[("ImapReader", ALL)]);
        stage.act(0, Trigger::Timer).await.0.unwrap();
        let epoch = stage.context(0).run.clock.epoch();
        // Its run began a second later, and one of the day before left something behind.
        let worker = Clock::starting_at(epoch + TimeDelta::seconds(1) + stage.context(0).run.clock.elapsed());
        let (sent, old) = (Stamp::now(&worker), Stamp::now(&Clock::starting_at(epoch - TimeDelta::days(1))));
        sleep(Duration::from_secs(5)).await;
        server.deliver(&message(&sent.id("1")));
        server.deliver(&message(&old.id("2")));
        assert_eq!(stage.woken().await.len(), 1);
        stage.act(0, heard()).await.0.unwrap();
        // Listed again, as by another program of the same person.
        let post = stage.software.grounds.post.clone();
        post.seen(&stage.context(0), &sent.id("1"));
        let took = stage.events.each(|_, what| match what {
            What::OperationEnd(end) if end.label.as_str() == "delivery" => {
                Some((end.end - end.begun).as_secs())
            }
            _ => None,
        });
        assert_eq!(took, [4]);
    });
}

#[test]
fn what_was_read_is_answered() {
    virtual_time(async {
        let answers = |share: &str| format!("<key>replyShare</key><real>{share}</real>");
        let ours = [(60, "user2@x 1@populace hello")];
        // What a stranger wrote is read, and never answered.
        for (share, id, expected) in
            [("99.99", "1@populace", &ours[..]), ("0", "1@populace", &[]), ("99.99", "1@stranger", &[])]
        {
            let server = Server::new("IDLE");
            server.deliver(&message(id));
            let mut stage = Stage::new(&server, &[("ImapReader", ALL), ("Sender", &answers(share))]);
            stage.act(0, Trigger::Timer).await.0.unwrap();
            let (result, reactions) = stage.act(0, view(1)).await;
            result.unwrap();
            assert_eq!(topics(&reactions), expected);
            assert!(reactions.iter().all(|reaction| reaction.actor == Actor::profile(1)));
        }
    });
}

/// A server that takes messages from who logs in, and notes what it is told.
fn submission(heard: &Rc<RefCell<Vec<String>>>) -> Rc<Connector> {
    let heard = heard.clone();
    raw(move |_, pipe| {
        let heard = heard.clone();
        async move {
            let (reader, mut writer) = tokio::io::split(pipe);
            let mut lines = BufReader::new(reader).lines();
            let mut answer = "220 hello";
            let mut within = false;
            loop {
                if !answer.is_empty() {
                    writer.write_all(format!("{answer}\r\n").as_bytes()).await.unwrap();
                }
                let Ok(Some(line)) = lines.next_line().await else { return };
                answer = match line.split([' ', ':']).next().unwrap_or_default() {
                    "." if within => "250 taken",
                    _ if within => "",
                    "EHLO" => "250-x\r\n250-AUTH PLAIN\r\n250 SIZE 100000",
                    "AUTH" => "235 in",
                    "DATA" => "354 go on",
                    "QUIT" => "221 bye",
                    _ => "250 fine",
                };
                within = answer.starts_with("354") || within && !answer.starts_with("250");
                heard.borrow_mut().push(line);
            }
        }
    })
}

#[test]
fn an_answer_is_handed_over_by_who_logs_in() {
    virtual_time(async {
        let heard = Rc::default();
        let services = [("submission".to_owned(), service(submission(&heard)))];
        let mut stage = Stage::on(services.into(), &[("Sender", "<key>size</key><integer>100</integer>")]);
        let topic = Trigger::Reaction("user2@x 1@x hello there".into());
        stage.act(0, topic).await.0.unwrap();
        let heard = heard.take();
        for line in [
            "AUTH PLAIN AHVzZXIxAHNlY3JldA==",
            "RCPT TO:<user2@x>",
            "To: <user2@x>",
            "Subject: Re: hello there",
            "In-Reply-To: <1@x>",
            "QUIT",
        ] {
            assert!(heard.iter().any(|one| one == line), "{line} in {heard:?}");
        }
        assert!(heard.iter().any(|line| line.starts_with("MAIL FROM:<user1@x> SIZE=")), "{heard:?}");
        assert_eq!(stage.operations(), ["reply"]);
        stage.act(0, Trigger::Timer).await.0.unwrap();
        assert_eq!(stage.operations(), ["reply", "send"]);
    });
}

/// At the end connections are just closed: nothing more is said on them.
#[test]
fn nothing_is_said_after_the_end() {
    virtual_time(async {
        let server = Server::new("IDLE");
        let mut stage = Stage::new(&server, &[("ImapReader", ALL)]);
        stage.act(0, Trigger::Timer).await.0.unwrap();
        server.take_heard();
        server.deliver(&message("1@x"));
        assert_eq!(stage.woken().await.len(), 1);
        stage.run.stopped.set(true);
        let (result, _) = stage.act(0, heard()).await;
        assert!(matches!(result, Err(Trouble::Stopped)), "{result:?}");
        drop(stage);
        sleep(Duration::from_secs(1)).await;
        assert!(server.take_heard().is_empty());
        assert_eq!(Rc::strong_count(&server), 1, "no connection is left open");
    });
}
