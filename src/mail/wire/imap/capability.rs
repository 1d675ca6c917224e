//! What a server can do (RFC 9051 7.2.2).

/// How long the name of a mechanism is at most (RFC 4422 3.1), and how many are kept.
const LONGEST_NAME: usize = 20;
const MOST_MECHANISMS: usize = 64;

/// What clients here make use of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Can {
    /// It tells of what is new by itself (RFC 2177).
    Idle,
    /// It knows what has changed since (RFC 7162).
    Condstore,
    /// One message can be expunged (RFC 4315).
    UidPlus,
    /// RFC 6851.
    Move,
    /// The first word of a login goes with the command (RFC 4959).
    SaslIr,
    /// What is said can be compressed (RFC 4978).
    Compress,
    /// It takes no LOGIN, as the connection is not encrypted (RFC 9051 6.2.3).
    NoLogin,
    /// A message may follow at once, before the server has said that it wants it (RFC 7888).
    LiteralPlus,
}

const NAMES: [(&str, Can); 8] = [
    ("IDLE", Can::Idle),
    ("CONDSTORE", Can::Condstore),
    ("UIDPLUS", Can::UidPlus),
    ("MOVE", Can::Move),
    ("SASL-IR", Can::SaslIr),
    ("COMPRESS=DEFLATE", Can::Compress),
    ("LOGINDISABLED", Can::NoLogin),
    ("LITERAL+", Can::LiteralPlus),
];

/// The capabilities of a server as far as they matter: small, as every open session keeps them.
#[derive(Debug, Default)]
pub struct Capabilities {
    /// Whether the server has told them at all.
    pub known: bool,
    bits: u8,
    /// The mechanisms of SASL.
    pub mechanisms: Vec<String>,
}

impl Capabilities {
    /// Those that a server tells, in whatever case.
    pub fn read(words: &[String]) -> Capabilities {
        let words: Vec<String> = words.iter().map(|word| word.to_ascii_uppercase()).collect();
        let told = |name: &str| words.iter().any(|word| word == name);
        // RFC 9051 appendix E: all of these but four are part of it.
        let second = told("IMAP4REV2");
        let has = |name: &str, can: Can| {
            told(name)
                || second && !matches!(can, Can::Condstore | Can::Compress | Can::NoLogin | Can::LiteralPlus)
        };
        let bits = NAMES.iter().filter(|(name, can)| has(name, *can)).map(|(_, can)| 1 << *can as u8).sum();
        let mechanisms = words.iter().filter_map(|word| word.strip_prefix("AUTH="));
        let mechanisms = mechanisms.filter(|name| name.len() <= LONGEST_NAME).take(MOST_MECHANISMS);
        let mechanisms = mechanisms.map(str::to_owned);
        Capabilities { known: true, bits, mechanisms: mechanisms.collect() }
    }

    pub fn has(&self, can: Can) -> bool {
        self.bits & 1 << can as u8 != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Capabilities {
        Capabilities::read(&text.split(' ').map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn what_matters_is_kept() {
        let told = of("IMAP4rev1 idle MOVE AUTH=PLAIN AUTH=SCRAM-SHA-1 XLIST");
        assert!(told.has(Can::Idle) && told.has(Can::Move) && !told.has(Can::UidPlus));
        assert_eq!(told.mechanisms, ["PLAIN", "SCRAM-SHA-1"]);
        let second = of("IMAP4rev1 IMAP4rev2");
        assert!(second.has(Can::UidPlus) && second.has(Can::SaslIr) && !second.has(Can::Condstore));
        assert!(!Capabilities::default().known);
    }
}
