//! The servers start, deliver by every way in and every way out, and stop without leaving anything.

use super::lines::Lines;
use super::{Imap, Mail, Message, Pop3, Smtp, Tls};
use crate::process::survivors;
use crate::running::{User, user};

/// A message with lines that begin with dots, lines of other alphabets and no line too long.
fn letter(from: &User, to: &User, id: &str) -> Message {
    let head = format!(
        "From: <{}>\r\nTo: <{}>\r\nSubject: {id}\r\nDate: Mon, 2 Feb 2026 10:00:00 +0000\r\nMessage-ID: <{id}@harness>\r\nX-Id: {id}\r\n",
        from.email, to.email
    );
    let body = format!(
        "{id}\r\n.\r\n..two\r\n\r\nGr\u{fc}\u{df}e, \u{65e5}\u{672c}\r\n{}",
        "0123456789\r\n".repeat(2000)
    );
    let kind =
        "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n";
    Message { raw: format!("{head}{kind}\r\n{body}").into_bytes() }
}

#[test]
fn a_message_goes_in_and_out_by_every_way() {
    let Some(mail) = Mail::start() else { return };
    let (from, to) = (user(3), user(7));
    let certificate = mail.certificate();
    let (start, implicit) = (Tls::Start(&certificate), Tls::Implicit(&certificate));

    let ways_in = [
        (mail.smtp(), Tls::Off, false),
        (mail.smtp(), start, false),
        (mail.smtp(), Tls::Off, true),
        (mail.submission(), start, true),
        (mail.smtps(), implicit, true),
    ];
    let mut sent = Vec::new();
    for (number, (address, tls, auth)) in ways_in.into_iter().enumerate() {
        let mut smtp = Smtp::connect(address, tls).unwrap();
        if auth {
            let reply = smtp.auth_login(&from.name, &from.password).unwrap();
            assert_eq!(reply.code, 235, "{reply}\n{}", mail.log());
        }
        let letter = letter(&from, &to, &format!("way-{number}"));
        let reply = smtp.send(&from.email, &[&to.email], &letter.raw).unwrap();
        assert_eq!(reply.code, 250, "{reply}\n{}", mail.log());
        mail.wait_for_delivery();
        sent.push(letter);
    }

    let inbox = mail.inbox(&to);
    assert_eq!(mail.count(&to), sent.len());
    assert!(bodies(&inbox).eq(bodies(&sent)), "{}", mail.log());
    let id = |message: &Message| message.header("x-id");
    assert!(inbox.iter().map(id).eq(sent.iter().map(id)), "{inbox:?}");

    let (name, password) = (&to.name, &to.password);
    for (address, tls) in [(mail.imap(), Tls::Off), (mail.imap(), start), (mail.imaps(), implicit)] {
        let mut imap = Imap::login(address, tls, name, password).unwrap();
        assert_eq!(imap.select("INBOX").unwrap(), sent.len());
        assert!(digests(&imap.messages().unwrap()).eq(digests(&inbox)), "by IMAP, {tls:?}");
    }
    for (address, tls) in [(mail.pop3(), Tls::Off), (mail.pop3(), start), (mail.pop3s(), implicit)] {
        let mut pop3 = Pop3::login(address, tls, name, password).unwrap();
        assert!(digests(&pop3.messages().unwrap()).eq(digests(&inbox)), "by POP3, {tls:?}");
    }

    mail.empty_all();
    assert_eq!((mail.count(&to), mail.inbox(&to)), (0, Vec::new()));

    let processes = [mail.postfix.processes(), mail.cyrus.processes()].concat();
    let folders = [mail.postfix.path(""), mail.cyrus.path("")];
    assert!(processes.len() > 4, "{processes:?}");
    drop(mail);
    assert_eq!(survivors(&processes), [], "left over");
    assert!(folders.iter().all(|folder| !folder.exists()), "{folders:?} are left over");
}

fn digests(messages: &[Message]) -> impl Iterator<Item = (usize, String)> {
    messages.iter().map(|message| (message.size(), message.digest()))
}

fn bodies(messages: &[Message]) -> impl Iterator<Item = String> {
    messages.iter().map(Message::body_digest)
}

#[test]
fn the_servers_offer_what_clients_of_today_use() {
    let Some(mail) = Mail::start() else { return };
    let certificate = mail.certificate();
    let smtp = Smtp::connect(mail.submission(), Tls::Start(&certificate)).unwrap();
    for extension in ["PIPELINING", "8BITMIME"] {
        assert!(smtp.extensions.iter().any(|known| known == extension), "{:?}", smtp.extensions);
    }
    assert!(smtp.extensions.iter().any(|known| known.starts_with("SIZE ")), "{:?}", smtp.extensions);
    let mechanisms = smtp.extensions.iter().find_map(|known| known.strip_prefix("AUTH ")).unwrap_or_default();
    for mechanism in ["PLAIN", "LOGIN", "SCRAM-SHA-1", "SCRAM-SHA-256"] {
        assert!(mechanisms.split(' ').any(|known| known == mechanism), "{mechanisms}");
    }

    let mut lmtp = Lines::connect(mail.lmtp(), Tls::Off).unwrap();
    assert!(lmtp.line().unwrap().starts_with("220 "));

    let user = user(9);
    let mut imap = Imap::login(mail.imap(), Tls::Off, &user.name, &user.password).unwrap();
    let able = imap.capabilities().unwrap();
    for what in ["IDLE", "CONDSTORE", "UIDPLUS", "MOVE", "COMPRESS=DEFLATE"] {
        assert!(able.iter().any(|known| known == what), "{what}: {able:?}");
    }
}

#[test]
fn a_waiting_client_is_told_of_a_message_at_once() {
    let Some(mail) = Mail::start() else { return };
    let (from, to) = (user(1), user(2));
    let mut imap = Imap::login(mail.imap(), Tls::Off, &to.name, &to.password).unwrap();
    assert_eq!(imap.select("INBOX").unwrap(), 0);
    let (address, from, to) = (mail.smtp().to_owned(), from, to);
    let sender = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(300));
        let letter = letter(&from, &to, "told");
        Smtp::connect(&address, Tls::Off).unwrap().send(&from.email, &[&to.email], &letter.raw).unwrap()
    });
    let begun = std::time::Instant::now();
    assert_eq!(imap.idle().unwrap(), 1);
    assert!(begun.elapsed() < std::time::Duration::from_secs(10), "{:?}", begun.elapsed());
    assert_eq!(sender.join().unwrap().code, 250);
}
