//! SCRAM: both sides show that they know the password, and neither sends it (RFC 5802, 7677).

use std::num::NonZeroU32;
use std::rc::Rc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::{digest, hmac, pbkdf2};

use super::Salted;
use crate::event::ErrorKind;
use crate::mail::wire::Fault;

/// The most iterations that a server may ask for: its word must not keep the process busy for long.
const MOST_ITERATIONS: u32 = 200_000;

/// What everything is hashed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hash {
    Sha1,
    Sha256,
}

impl Hash {
    /// The name of the mechanism.
    pub fn mechanism(self) -> &'static str {
        match self {
            Hash::Sha1 => "SCRAM-SHA-1",
            Hash::Sha256 => "SCRAM-SHA-256",
        }
    }

    fn mac(self, key: &[u8], text: &[u8]) -> hmac::Tag {
        let algorithm = match self {
            Hash::Sha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            Hash::Sha256 => hmac::HMAC_SHA256,
        };
        hmac::sign(&hmac::Key::new(algorithm, key), text)
    }

    fn digest(self, bytes: &[u8]) -> digest::Digest {
        let algorithm = match self {
            Hash::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            Hash::Sha256 => &digest::SHA256,
        };
        digest::digest(algorithm, bytes)
    }

    /// The password as it is after so many iterations.
    pub fn salted(self, password: &str, salt: &[u8], iterations: NonZeroU32) -> Box<[u8]> {
        let (algorithm, length) = match self {
            Hash::Sha1 => (pbkdf2::PBKDF2_HMAC_SHA1, 20),
            Hash::Sha256 => (pbkdf2::PBKDF2_HMAC_SHA256, 32),
        };
        let mut out = vec![0; length].into_boxed_slice();
        pbkdf2::derive(algorithm, iterations, salt, password.as_bytes(), &mut out);
        out
    }
}

/// An exchange under way.
pub struct Scram {
    hash: Hash,
    password: String,
    salted: Rc<Salted>,
    nonce: String,
    /// The first message without its header.
    bare: String,
    state: State,
}

enum State {
    /// The first message is sent, or about to be.
    First,
    /// The proof is sent; the server shall answer with this signature.
    Proved(String),
    /// The server has shown that it knows the password.
    Verified,
}

impl Scram {
    /// `nonce`: printable text without a comma.
    pub fn new(hash: Hash, (user, password): (&str, &str), nonce: &str, salted: Rc<Salted>) -> Scram {
        let user = user.replace('=', "=3D").replace(',', "=2C");
        Scram {
            hash,
            password: password.to_owned(),
            salted,
            nonce: nonce.to_owned(),
            bare: format!("n={user},r={nonce}"),
            state: State::First,
        }
    }

    pub fn hash(&self) -> Hash {
        self.hash
    }

    /// The first message: no channel binding, and nobody but the user.
    pub fn first(&self) -> String {
        format!("n,,{}", self.bare)
    }

    /// The answer to a message of the server.
    pub fn next(&mut self, challenge: &str) -> Result<String, Fault> {
        match &self.state {
            State::First => {
                let (last, signature) = self.prove(challenge)?;
                self.state = State::Proved(signature);
                Ok(last)
            }
            State::Proved(signature) => {
                if challenge.split(',').next().and_then(|first| first.strip_prefix("v=")) != Some(signature) {
                    let what = match challenge.strip_prefix("e=") {
                        Some(why) => format!("the server refuses the proof: {why}"),
                        None => "the server does not show that it knows the password".to_owned(),
                    };
                    return Err(Fault::new(ErrorKind::Auth, what));
                }
                self.state = State::Verified;
                Ok(String::new())
            }
            State::Verified => {
                Err(Fault::new(ErrorKind::Protocol, "the server asks more than the mechanism has"))
            }
        }
    }

    /// The last message with the proof, and the signature that the server must have.
    fn prove(&self, challenge: &str) -> Result<(String, String), Fault> {
        let asked = Asked::read(challenge, &self.nonce).ok_or_else(|| {
            Fault::new(ErrorKind::Protocol, format!("{challenge:?} is no message of SCRAM"))
        })?;
        let hash = self.hash;
        let salted = self.salted.of(hash, &self.password, &asked.salt, asked.iterations);
        let key = hash.mac(&salted, b"Client Key");
        let last = format!("c=biws,r={}", asked.nonce);
        let all = format!("{},{challenge},{last}", self.bare);
        let signature = hash.mac(hash.digest(key.as_ref()).as_ref(), all.as_bytes());
        let proof: Vec<u8> =
            key.as_ref().iter().zip(signature.as_ref()).map(|(one, two)| one ^ two).collect();
        let server = hash.mac(hash.mac(&salted, b"Server Key").as_ref(), all.as_bytes());
        Ok((format!("{last},p={}", STANDARD.encode(proof)), STANDARD.encode(server)))
    }

    /// Whether the server has shown that it knows the password.
    ///
    /// # Errors
    /// It has not.
    pub fn finished(&self) -> Result<(), Fault> {
        match self.state {
            State::Verified => Ok(()),
            _ => Err(Fault::new(ErrorKind::Auth, "the server does not show that it knows the password")),
        }
    }
}

/// What the server's first message says.
struct Asked<'a> {
    nonce: &'a str,
    salt: Vec<u8>,
    iterations: NonZeroU32,
}

impl<'a> Asked<'a> {
    /// None: it is no such message, or not an answer to one with this nonce.
    fn read(message: &'a str, ours: &str) -> Option<Asked<'a>> {
        let mut parts = message.split(',');
        let mut part = |name: &str| parts.next()?.strip_prefix(name);
        let nonce = part("r=").filter(|nonce| nonce.len() > ours.len() && nonce.starts_with(ours))?;
        let salt = STANDARD.decode(part("s=")?).ok()?;
        let iterations =
            part("i=")?.parse().ok().filter(|count: &NonZeroU32| count.get() <= MOST_ITERATIONS)?;
        Some(Asked { nonce, salt, iterations })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    struct Vector {
        hash: Hash,
        nonce: &'static str,
        asked: &'static str,
        proof: &'static str,
        signature: &'static str,
    }

    /// RFC 5802 section 5, and RFC 7677 section 3.
    const VECTORS: [Vector; 2] = [
        Vector {
            hash: Hash::Sha1,
            nonce: "fyko+d2lbbFgONRv9qkxdawL",
            asked: "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
            proof: "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
            signature: "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=",
        },
        Vector {
            hash: Hash::Sha256,
            nonce: "rOprNGfwEbeRWgbNEkqO",
            asked: "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
            proof: "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
            signature: "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
        },
    ];

    fn of(vector: &Vector) -> Scram {
        Scram::new(vector.hash, ("user", "pencil"), vector.nonce, Rc::default())
    }

    #[test]
    fn the_examples_of_the_standards_hold() {
        for vector in &VECTORS {
            let mut scram = of(vector);
            assert_eq!(scram.first(), format!("n,,n=user,r={}", vector.nonce));
            assert_eq!(scram.next(vector.asked).unwrap(), vector.proof);
            assert!(scram.finished().is_err(), "a server that says OK too early is not believed");
            assert_eq!(scram.next(vector.signature).unwrap(), "");
            assert!(scram.finished().is_ok());
            assert!(scram.next("").is_err());
        }
    }

    #[test]
    fn a_server_that_does_not_know_the_password_is_found_out() {
        for wrong in ["v=rmF9pqV8S7suAoZWja4dJRkFsKR=", "", "v=", "e=other-error"] {
            let mut scram = of(&VECTORS[0]);
            scram.next(VECTORS[0].asked).unwrap();
            assert_eq!(scram.next(wrong).unwrap_err().kind, ErrorKind::Auth);
            assert!(scram.finished().is_err());
        }
    }

    #[test]
    fn what_is_no_answer_to_the_first_message_is_refused() {
        let mut scram = of(&VECTORS[0]);
        for wrong in [
            "r=another,s=QSXCR+Q6sek8bf92,i=4096",
            "r=fyko+d2lbbFgONRv9qkxdawL,s=QSXCR+Q6sek8bf92,i=4096",
            "r=fyko+d2lbbFgONRv9qkxdawLx,s=QSXCR+Q6sek8bf92,i=0",
            "r=fyko+d2lbbFgONRv9qkxdawLx,s=QSXCR+Q6sek8bf92,i=999999999",
            "m=x,r=fyko+d2lbbFgONRv9qkxdawLx,s=QSXCR+Q6sek8bf92,i=1",
            "r=fyko+d2lbbFgONRv9qkxdawLx,s=%,i=1",
            "",
        ] {
            assert_eq!(scram.next(wrong).unwrap_err().kind, ErrorKind::Protocol, "{wrong}");
        }
    }

    #[test]
    fn names_with_commas_are_written_so_that_they_have_none() {
        assert_eq!(Scram::new(Hash::Sha1, ("a,b=c", ""), "n", Rc::default()).first(), "n,,n=a=2Cb=3Dc,r=n");
    }

    proptest! {
        #[test]
        fn any_message_is_answered_or_refused(text in ".{0,80}", salt in "[A-Za-z0-9+/=,]{0,16}") {
            for message in [text.clone(), format!("r=fyko+d2lbbFgONRv9qkxdawL{text},s={salt},i=1")] {
                let _ = of(&VECTORS[0]).next(&message);
            }
        }
    }
}
