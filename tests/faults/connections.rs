//! Connections that end, break off or fall silent.

use populace::event::ErrorKind::{Closed, Protocol, Timeout};

use crate::life::{all, fall_ill};
use crate::misdeed::{Misdeed, Part};

#[test]
fn hanging_up_without_an_answer() {
    let life = fall_ill(all, Misdeed::HangUp);
    life.assert_sound(&[Closed]);
    life.assert_recovered();
}

#[test]
fn breaking_off_in_the_head() {
    let life = fall_ill(all, Misdeed::Cut(Part::HalfHead));
    life.assert_sound(&[Closed]);
    life.assert_recovered();
}

#[test]
fn breaking_off_in_the_body() {
    let life = fall_ill(|request| request.method == "PROPFIND", Misdeed::Cut(Part::HalfBody));
    life.assert_sound(&[Closed]);
    life.assert_recovered();
}

#[test]
fn silence_for_ever() {
    for part in [Part::Nothing, Part::HalfHead, Part::Head, Part::HalfBody] {
        let life = fall_ill(|request| request.method != "PUT", Misdeed::Stall(part));
        life.assert_sound(&[Timeout]);
        life.assert_recovered();
    }
}

#[test]
fn one_byte_a_second() {
    let life = fall_ill(all, Misdeed::Drip);
    life.assert_sound(&[Timeout]);
    life.assert_recovered();
}

#[test]
fn something_else_than_http() {
    for text in [
        "SSH-2.0-OpenSSH_9.9\r\n",
        "\0\x01\x02",
        "HTTP/1.1 2000 OK\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ] {
        let life = fall_ill(all, Misdeed::Say(text));
        life.assert_sound(&[Protocol]);
        life.assert_recovered();
    }
}
