//! Tests of logins against servers with a script, over pipes.

use std::cell::RefCell;
use std::rc::Rc;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

use super::pop3::Pop3;
use super::smtp::Smtp;
use crate::client::Trouble;
use crate::event::ErrorKind;
use crate::http::testing::{raw, virtual_time};
use crate::mail::testing::{Server, Stage, service};
use crate::mail::wire::Service;

/// A server that greets, and then expects these lines and answers so. What it was told otherwise stands in the list.
fn scripted(
    greeting: &'static str,
    script: &'static [(&'static str, &'static str)],
) -> (Rc<Service>, Rc<RefCell<Vec<String>>>) {
    let other = Rc::new(RefCell::new(Vec::new()));
    let told = other.clone();
    let connector = raw(move |_, pipe| {
        let told = told.clone();
        async move {
            let (reader, mut writer) = tokio::io::split(pipe);
            let mut lines = BufReader::new(reader).lines();
            writer.write_all(greeting.as_bytes()).await.unwrap();
            for (expected, answer) in script {
                match lines.next_line().await {
                    Ok(Some(line)) if line == *expected => writer.write_all(answer.as_bytes()).await.unwrap(),
                    Ok(line) => return told.borrow_mut().push(line.unwrap_or_default()),
                    Err(_) => return,
                }
            }
        }
    });
    (service(connector), other)
}

fn kind(result: Result<(), Trouble>) -> Option<ErrorKind> {
    match result {
        Err(Trouble::Exchange { kind, .. }) => Some(kind),
        _ => None,
    }
}

async fn pop3(script: &'static [(&'static str, &'static str)]) -> (Option<ErrorKind>, Vec<String>) {
    let mut stage = Stage::new(&Server::new(""), &[]);
    let cx = stage.context(0);
    let (service, other) = scripted("+OK\r\n", script);
    let mut pop3 = Pop3::open(&cx, &service).await.unwrap();
    let result = kind(pop3.login(&cx, &cx.account).await);
    (result, other.take())
}

#[test]
fn pop3_logs_in_as_the_server_offers() {
    virtual_time(async {
        let offered = &[
            ("CAPA", "+OK\r\nTOP\r\nSASL GSSAPI PLAIN\r\n.\r\n"),
            ("AUTH PLAIN AHVzZXIxAHNlY3JldA==", "+OK\r\n"),
        ];
        assert_eq!(pop3(offered).await, (None, vec![]));
        let refused =
            &[("CAPA", "+OK\r\nSASL PLAIN\r\n.\r\n"), ("AUTH PLAIN AHVzZXIxAHNlY3JldA==", "-ERR no\r\n")];
        assert_eq!(pop3(refused).await, (Some(ErrorKind::Auth), vec![]));
        let old = &[("CAPA", "-ERR what?\r\n"), ("USER user1", "+OK\r\n"), ("PASS secret", "+OK\r\n")];
        assert_eq!(pop3(old).await, (None, vec![]));
    });
}

/// One that says OK before it has shown that it knows the password is no server of the user's.
#[test]
fn a_server_must_prove_itself_by_scram() {
    virtual_time(async {
        let mut stage = Stage::new(&Server::new(""), &[]);
        let cx = stage.context(0);
        let connector = raw(|_, pipe| async move {
            let (reader, mut writer) = tokio::io::split(pipe);
            let mut lines = BufReader::new(reader).lines();
            writer.write_all(b"220 hello\r\n").await.unwrap();
            while let Ok(Some(line)) = lines.next_line().await {
                let answer = if line.starts_with("EHLO") {
                    "250-x\r\n250 AUTH SCRAM-SHA-256\r\n"
                } else {
                    "235 ok\r\n"
                };
                writer.write_all(answer.as_bytes()).await.unwrap();
            }
        });
        let mut smtp = Smtp::open(&cx, &service(connector), "x").await.unwrap();
        assert_eq!(kind(smtp.login(&cx, &cx.account).await), Some(ErrorKind::Auth));
    });
}
