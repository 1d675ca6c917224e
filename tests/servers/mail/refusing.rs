//! What the servers refuse, and how.

use super::{Mail, Smtp, Tls};
use crate::postfix::{ASK_CYRUS, ASKED_ANEW, Access};
use crate::running::user;

const LETTER: &[u8] = b"Subject: hello\r\n\r\nhello\r\n";

#[test]
fn addresses_are_refused_as_the_test_says() {
    let access = Access {
        recipients: &[
            ("user41@example.test", "450 4.7.1 greylisted"),
            ("user42@example.test", "550 5.7.1 not wanted"),
            ("user43@example.test", "421 4.3.2 going down"),
        ],
        senders: &[("user44@example.test", "450 4.7.1 greylisted")],
    };
    let Some(mail) = Mail::start_with(&access) else { return };
    let (from, to) = (user(1).email, user(2).email);
    let mut smtp = Smtp::connect(mail.smtp(), Tls::Off).unwrap();
    let mut code = |from: &str, to: &str| smtp.send(from, &[to], LETTER).unwrap().code;
    assert_eq!(code(&from, &to), 250);
    assert_eq!(code(&from, "nobody@example.test"), 550);
    assert_eq!(code(&from, "somebody@example.com"), 550);
    assert_eq!(code(&from, &user(41).email), 450);
    assert_eq!(code(&from, &user(42).email), 550);
    assert_eq!(code(&user(44).email, &to), 450);
    assert_eq!(code(&from, &to), 250, "and the connection goes on");
    assert_eq!(code(&from, &user(43).email), 421);
    assert!(smtp.command("NOOP").is_err(), "the connection is closed");
    mail.wait_for_delivery();
    assert_eq!(mail.count(&user(2)), 2);
}

#[test]
fn a_password_must_be_right_and_submission_demands_one() {
    let Some(mail) = Mail::start() else { return };
    let certificate = mail.certificate();
    let user = user(5);
    let mut plain = Smtp::connect(mail.submission(), Tls::Off).unwrap();
    assert_eq!(plain.send(&user.email, &[&user.email], LETTER).unwrap().code, 530);

    let mut smtp = Smtp::connect(mail.submission(), Tls::Start(&certificate)).unwrap();
    assert_eq!(smtp.auth_plain(&user.name, "wrong").unwrap().code, 535);
    assert_eq!(smtp.send(&user.email, &[&user.email], LETTER).unwrap().code, 554);
    assert_eq!(smtp.auth_plain(&user.name, &user.password).unwrap().code, 235);
    assert_eq!(smtp.send(&user.email, &[&user.email], LETTER).unwrap().code, 250);
}

#[test]
fn a_full_mailbox_sends_the_message_back_or_refuses_it() {
    let access = Access { recipients: &[("user46@example.test", ASK_CYRUS)], ..Access::default() };
    let Some(mail) = Mail::start_with(&access) else { return };
    let (from, late, early) = (user(1), user(45), user(46));
    let large = [b"Subject: large\r\n\r\n".as_slice(), &b"0123456789\r\n".repeat(300)].concat();
    let mut smtp = Smtp::connect(mail.smtp(), Tls::Off).unwrap();
    for to in [&late, &early] {
        assert_eq!(smtp.send(&from.email, &[&to.email], &large).unwrap().code, 250);
    }
    mail.wait_for_delivery();
    for to in [&late, &early] {
        assert_eq!(mail.count(to), 1, "{}", mail.log());
        mail.set_quota(to, Some(2));
    }

    assert_eq!(smtp.send(&from.email, &[&late.email], LETTER).unwrap().code, 250);
    std::thread::sleep(ASKED_ANEW);
    let reply = smtp.send(&from.email, &[&early.email], LETTER).unwrap();
    assert_eq!(reply.code, 552, "{reply}\n{}", mail.log());
    mail.wait_for_delivery();
    assert_eq!((mail.count(&late), mail.count(&early)), (1, 1));
    let returned = mail.inbox(&from);
    let [returned] = returned.as_slice() else { panic!("{returned:?}\n{}", mail.log()) };
    assert!(String::from_utf8_lossy(&returned.raw).contains("Status: 5.2.2"), "{returned:?}");

    mail.set_quota(&late, None);
    assert_eq!(smtp.send(&from.email, &[&late.email], LETTER).unwrap().code, 250);
    mail.wait_for_delivery();
    assert_eq!(mail.count(&late), 2, "{}", mail.log());
}
