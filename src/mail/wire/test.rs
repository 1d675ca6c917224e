//! Tests of logins against servers with a script, over pipes.

use std::cell::RefCell;
use std::rc::Rc;

use bytes::BytesMut;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};

use super::deflate::Deflate;
use super::imap::Imap;
use super::pop3::Pop3;
use super::smtp::{Envelope, Smtp};
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

/// One recipient is taken and one is not: whoever was taken gets no empty message, as the dot is never sent.
#[test]
fn a_message_with_a_refused_recipient_goes_to_nobody() {
    virtual_time(async {
        let mut stage = Stage::new(&Server::new(""), &[]);
        let cx = stage.context(0);
        let (service, other) = scripted(
            "220 x\r\n",
            &[
                ("EHLO me", "250-x\r\n250 PIPELINING\r\n"),
                ("MAIL FROM:<a@x>", "250 ok\r\n"),
                ("RCPT TO:<b@x>", "250 ok\r\n"),
                ("RCPT TO:<c@x>", "550 5.1.1 nobody\r\n"),
                ("DATA", "354 go on\r\n"),
                ("hung up", ""),
            ],
        );
        let mut smtp = Smtp::open(&cx, &service, "me").await.unwrap();
        let to = ["b@x".into(), "c@x".into()];
        let sent = smtp.send(&cx, &Envelope { from: "a@x", to: &to, message: b"text\r\n" }).await;
        assert_eq!(kind(sent.map(|_| ())), Some(ErrorKind::Refused));
        smtp.quit(&cx).await.unwrap();
        tokio::task::yield_now().await;
        assert_eq!(other.take(), [""], "nothing was said after DATA");
    });
}

/// A server that quotes what it does not understand would have the password told in results and reports.
#[test]
fn no_password_is_told_that_a_server_quotes() {
    virtual_time(async {
        let mut stage = Stage::new(&Server::new(""), &[]);
        let cx = stage.context(0);
        let password = cx.account.password.reveal().to_string();
        let plain = base64::Engine::encode(
            &base64::engine::general_purpose::STANDARD,
            format!("\0{}\0{password}", cx.account.uid),
        );
        let detail = format!("AUTH PLAIN {plain}, {password}");
        let fault = super::Fault::new(ErrorKind::Refused, detail).without(&cx.account);
        assert_eq!(fault.detail, "AUTH PLAIN ***, ***");
    });
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

#[test]
fn a_session_is_compressed() {
    virtual_time(async {
        let mut stage = Stage::new(&Server::new(""), &[]);
        let cx = stage.context(0);
        let connector = raw(|_, mut pipe| async move {
            let say = "* OK [CAPABILITY IMAP4rev1 COMPRESS=DEFLATE] hello\r\na1 OK [CAPABILITY COMPRESS=DEFLATE] in\r\n";
            pipe.write_all(say.as_bytes()).await.unwrap();
            let (mut heard, mut into) = (vec![0; 1000], BytesMut::new());
            let mut count = 0;
            while !heard[..count].ends_with(b"COMPRESS DEFLATE\r\n") {
                count += pipe.read(&mut heard[count..]).await.unwrap();
            }
            pipe.write_all(b"a2 OK now\r\n").await.unwrap();
            let mut deflate = Deflate::new();
            while into.is_empty() {
                let count = pipe.read(&mut heard).await.unwrap();
                deflate.raw.extend_from_slice(&heard[..count]);
                deflate.unpack(&mut into).unwrap();
            }
            assert_eq!(&into[..], b"a3 NOOP\r\n");
            for byte in deflate.pack(b"* 3 EXISTS\r\na3 OK\r\n").unwrap() {
                pipe.write_all(&[byte]).await.unwrap();
            }
        });
        let mut imap = Imap::open(&cx, &service(connector)).await.unwrap();
        imap.login(&cx, &cx.account).await.unwrap();
        imap.compress(&cx).await.unwrap();
        imap.simple(&cx, "NOOP").await.unwrap();
        assert_eq!(imap.seen.exists, 3);
    });
}
