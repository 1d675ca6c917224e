//! As much of BER (X.690) as SNMP uses: definite lengths, tags of one byte.

use std::fmt;
use std::str::FromStr;

/// The tags (RFC 2578 7.1, RFC 3416 3).
pub mod tag {
    pub const INTEGER: u8 = 0x02;
    pub const OCTETS: u8 = 0x04;
    pub const NULL: u8 = 0x05;
    pub const OID: u8 = 0x06;
    pub const SEQUENCE: u8 = 0x30;
    pub const COUNTER32: u8 = 0x41;
    pub const GAUGE32: u8 = 0x42;
    pub const TIME_TICKS: u8 = 0x43;
    pub const COUNTER64: u8 = 0x46;
    pub const NO_SUCH_OBJECT: u8 = 0x80;
    pub const NO_SUCH_INSTANCE: u8 = 0x81;
    pub const END_OF_VIEW: u8 = 0x82;
}

/// The name of a value: numbers from the root of the tree.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Oid(Vec<u32>);

/// The most numbers that a name has (RFC 2578 3.5).
const LONGEST: usize = 128;

impl Oid {
    /// Whether it is below the other.
    pub fn is_below(&self, other: &Oid) -> bool {
        self.0.len() > other.0.len() && self.0.starts_with(&other.0)
    }

    /// The name of something below it.
    pub fn with(&self, below: &[u32]) -> Oid {
        Oid([&self.0, below].concat())
    }

    /// What follows the other, which it is below.
    pub fn rest(&self, other: &Oid) -> &[u32] {
        self.0.get(other.0.len()..).unwrap_or_default()
    }
}

impl FromStr for Oid {
    type Err = String;

    /// Numbers with points between, and one before them if one likes.
    fn from_str(text: &str) -> Result<Oid, String> {
        let digits = text.strip_prefix('.').unwrap_or(text);
        let numbers: Option<Vec<u32>> = digits.split('.').map(|number| number.parse().ok()).collect();
        match numbers {
            Some(numbers)
                if (2..=LONGEST).contains(&numbers.len())
                    && numbers[0] <= 2
                    && (numbers[1] < 40 || numbers[0] == 2 && numbers[1] < 1 << 30) =>
            {
                Ok(Oid(numbers))
            }
            _ => Err(format!("`{text}` is no OID, as 1.3.6.1.4.1.2021.10.1.3.1")),
        }
    }
}

impl fmt::Display for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numbers: Vec<String> = self.0.iter().map(u32::to_string).collect();
        f.write_str(&numbers.join("."))
    }
}

/// Writes one element.
pub fn put(tag: u8, content: &[u8], into: &mut Vec<u8>) {
    into.push(tag);
    match content.len() {
        short @ 0..0x80 => into.push(short as u8),
        long => {
            let bytes = (long as u64).to_be_bytes();
            let skip = bytes.iter().take_while(|byte| **byte == 0).count();
            into.push(0x80 | (bytes.len() - skip) as u8);
            into.extend_from_slice(&bytes[skip..]);
        }
    }
    into.extend_from_slice(content);
}

/// Writes a whole number in as few bytes as it takes.
pub fn put_integer(value: i32, into: &mut Vec<u8>) {
    let bytes = value.to_be_bytes();
    // A byte says nothing that only repeats the sign of the next.
    let skip = (0..3).take_while(|at| {
        let sign = if bytes[at + 1] & 0x80 == 0 { 0x00 } else { 0xff };
        bytes[*at] == sign
    });
    put(tag::INTEGER, &bytes[skip.count()..], into);
}

pub fn put_oid(oid: &Oid, into: &mut Vec<u8>) {
    let mut content = Vec::new();
    if let [first, second, rest @ ..] = &oid.0[..] {
        for number in std::iter::once(first * 40 + second).chain(rest.iter().copied()) {
            let groups = (1..5).rev().filter(|group| number >> (7 * group) != 0);
            content.extend(groups.map(|group| 0x80 | (number >> (7 * group)) as u8 & 0x7f));
            content.push(number as u8 & 0x7f);
        }
    }
    put(tag::OID, &content, into);
}

/// Takes an element from the beginning: its tag and its content.
pub fn take<'a>(from: &mut &'a [u8]) -> Option<(u8, &'a [u8])> {
    let [tag, length, rest @ ..] = *from else { return None };
    let (length, rest) = match length {
        0x00..=0x7f => (usize::from(*length), rest),
        // More than four bytes of length is more than any packet has.
        0x81..=0x84 => {
            let (bytes, rest) = rest.split_at_checked(usize::from(length & 0x7f))?;
            (bytes.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)), rest)
        }
        _ => return None,
    };
    let (content, after) = rest.split_at_checked(length)?;
    *from = after;
    Some((*tag, content))
}

/// The same of an element that must have this tag.
pub fn expect<'a>(tag: u8, from: &mut &'a [u8]) -> Option<&'a [u8]> {
    take(from).filter(|(found, _)| *found == tag).map(|(_, content)| content)
}

/// A signed whole number of at most eight bytes.
pub fn signed(content: &[u8]) -> Option<i64> {
    let first = *content.first().filter(|_| content.len() <= 8)?;
    let start = if first & 0x80 == 0 { 0 } else { -1 };
    Some(content.iter().fold(start, |sum, byte| sum << 8 | i64::from(*byte)))
}

/// One without a sign, which may have a zero before its eight bytes.
pub fn unsigned(content: &[u8]) -> Option<u64> {
    let content = content.strip_prefix(&[0]).unwrap_or(content);
    (content.len() <= 8).then(|| content.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
}

pub fn oid(content: &[u8]) -> Option<Oid> {
    let mut numbers = Vec::new();
    let mut number: u32 = 0;
    for (at, byte) in content.iter().enumerate() {
        number = number.checked_mul(128)? | u32::from(byte & 0x7f);
        if byte & 0x80 != 0 {
            if at + 1 == content.len() {
                return None;
            }
            continue;
        }
        if numbers.is_empty() {
            let first = (number / 40).min(2);
            numbers.push(first);
            number -= first * 40;
        }
        numbers.push(number);
        number = 0;
    }
    (2..=LONGEST).contains(&numbers.len()).then_some(Oid(numbers))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_bytes() {
        let mut bytes = Vec::new();
        put_oid(&"1.3.6.1.4.1.2021.10".parse().unwrap(), &mut bytes);
        assert_eq!(bytes, [0x06, 8, 0x2b, 6, 1, 4, 1, 0x8f, 0x65, 10]);
        for (number, expected) in
            [(0, &[2, 1, 0][..]), (127, &[2, 1, 127]), (128, &[2, 2, 0, 128]), (-1, &[2, 1, 255])]
        {
            let mut bytes = Vec::new();
            put_integer(number, &mut bytes);
            assert_eq!(bytes, expected);
        }
        assert_eq!(unsigned(&[0, 255, 255, 255, 255, 255, 255, 255, 255]), Some(u64::MAX));
        for bad in ["", "1", "1.x", "3.1", "1.40", "1..2", "1.3.99999999999"] {
            assert!(bad.parse::<Oid>().is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(number: i32, numbers in prop::collection::vec(any::<u32>(), 0..20), size in 0usize..70_000) {
            let mut bytes = Vec::new();
            put_integer(number, &mut bytes);
            let name = Oid([1, 3].into_iter().chain(numbers).collect());
            put_oid(&name, &mut bytes);
            put(tag::OCTETS, &vec![7; size], &mut bytes);
            let mut rest = &bytes[..];
            prop_assert_eq!(signed(expect(tag::INTEGER, &mut rest).unwrap()), Some(i64::from(number)));
            prop_assert_eq!(oid(expect(tag::OID, &mut rest).unwrap()), Some(name));
            prop_assert_eq!(expect(tag::OCTETS, &mut rest).unwrap().len(), size);
            prop_assert!(rest.is_empty());
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
            let mut rest = &bytes[..];
            while let Some((_, content)) = take(&mut rest) {
                let _ = (oid(content), signed(content), unsigned(content));
            }
        }
    }
}
