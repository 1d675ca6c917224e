//! Requests and responses of SNMP v1 and v2c (RFC 1157 4.1, RFC 3416 3).

use super::ber::{self, Oid, tag};

/// Which of the two is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    V1,
    V2c,
}

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// The values of these names.
    Get,
    /// The values that follow these names, with their names.
    GetNext,
}

/// What an agent answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Response {
    pub request: i32,
    /// 0: none; 2: there is no such name (v1).
    pub error: i64,
    /// Which of the names it is about, from 1.
    pub error_index: usize,
    pub bindings: Vec<(Oid, Bound)>,
}

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub enum Bound {
    Number(f64),
    Text(Vec<u8>),
    /// There is none of this name, or none follows.
    Nothing,
    /// Something that is no figure.
    Other(u8),
}

impl Bound {
    /// The number that it is, or that it has as text.
    pub fn number(&self) -> Option<f64> {
        match self {
            Bound::Number(number) => Some(*number),
            Bound::Text(text) => std::str::from_utf8(text).ok()?.trim().parse().ok(),
            Bound::Nothing | Bound::Other(_) => None,
        }
    }
}

/// A request as it is sent.
pub fn request(version: Version, community: &str, ask: Ask, number: i32, names: &[&Oid]) -> Vec<u8> {
    let (mut bindings, mut pdu, mut message, mut packet) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for name in names {
        let mut binding = Vec::new();
        ber::put_oid(name, &mut binding);
        ber::put(tag::NULL, &[], &mut binding);
        ber::put(tag::SEQUENCE, &binding, &mut bindings);
    }
    [number, 0, 0].into_iter().for_each(|number| ber::put_integer(number, &mut pdu));
    ber::put(tag::SEQUENCE, &bindings, &mut pdu);
    ber::put_integer(if version == Version::V1 { 0 } else { 1 }, &mut message);
    ber::put(tag::OCTETS, community.as_bytes(), &mut message);
    ber::put(if ask == Ask::Get { 0xa0 } else { 0xa1 }, &pdu, &mut message);
    ber::put(tag::SEQUENCE, &message, &mut packet);
    packet
}

/// Reads a packet; None: it is no response.
pub fn response(mut packet: &[u8]) -> Option<Response> {
    let mut message = ber::expect(tag::SEQUENCE, &mut packet)?;
    ber::expect(tag::INTEGER, &mut message)?;
    ber::expect(tag::OCTETS, &mut message)?;
    let mut pdu = ber::expect(0xa2, &mut message)?;
    let mut number = || ber::signed(ber::expect(tag::INTEGER, &mut pdu)?);
    let (request, error, index) = (number()?, number()?, number()?);
    let mut list = ber::expect(tag::SEQUENCE, &mut pdu)?;
    let mut bindings = Vec::new();
    while !list.is_empty() {
        let mut binding = ber::expect(tag::SEQUENCE, &mut list)?;
        let name = ber::oid(ber::expect(tag::OID, &mut binding)?)?;
        let (kind, content) = ber::take(&mut binding)?;
        bindings.push((name, bound(kind, content)?));
    }
    let error_index = usize::try_from(index).unwrap_or(0);
    Some(Response { request: i32::try_from(request).ok()?, error, error_index, bindings })
}

fn bound(kind: u8, content: &[u8]) -> Option<Bound> {
    Some(match kind {
        tag::INTEGER => Bound::Number(ber::signed(content)? as f64),
        tag::COUNTER32 | tag::GAUGE32 | tag::COUNTER64 => Bound::Number(ber::unsigned(content)? as f64),
        // Hundredths of a second.
        tag::TIME_TICKS => Bound::Number(ber::unsigned(content)? as f64 / 100.0),
        tag::OCTETS => Bound::Text(content.to_vec()),
        tag::NULL | tag::NO_SUCH_OBJECT | tag::NO_SUCH_INSTANCE | tag::END_OF_VIEW => Bound::Nothing,
        other => Bound::Other(other),
    })
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The response of an agent to this request, with these values.
    pub fn answer(request: &[u8], error: (i32, i32), values: &[(Oid, u8, Vec<u8>)]) -> Vec<u8> {
        let (mut bindings, mut pdu, mut message, mut packet) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (name, kind, content) in values {
            let mut binding = Vec::new();
            ber::put_oid(name, &mut binding);
            ber::put(*kind, content, &mut binding);
            ber::put(tag::SEQUENCE, &binding, &mut bindings);
        }
        let (number, _) = asked(request);
        [number, error.0, error.1].into_iter().for_each(|number| ber::put_integer(number, &mut pdu));
        ber::put(tag::SEQUENCE, &bindings, &mut pdu);
        ber::put_integer(1, &mut message);
        ber::put(tag::OCTETS, b"public", &mut message);
        ber::put(0xa2, &pdu, &mut message);
        ber::put(tag::SEQUENCE, &message, &mut packet);
        packet
    }

    /// The number and the names of a request.
    pub fn asked(request: &[u8]) -> (i32, Vec<Oid>) {
        // A request differs from a response in one byte.
        let mut packet = request.to_vec();
        let at = packet.iter().position(|byte| [0xa0, 0xa1].contains(byte)).unwrap();
        packet[at] = 0xa2;
        let read = response(&packet).unwrap();
        (read.request, read.bindings.into_iter().map(|(name, _)| name).collect())
    }

    #[test]
    fn a_get_is_as_the_standard_has_it() {
        let name: Oid = "1.3.6.1.2.1.1.3.0".parse().unwrap();
        let packet = request(Version::V2c, "public", Ask::Get, 7, &[&name]);
        let expected = [
            0x30, 38, 2, 1, 1, 4, 6, b'p', b'u', b'b', b'l', b'i', b'c', 0xa0, 25, 2, 1, 7, 2, 1, 0, 2, 1, 0,
            0x30, 14, 0x30, 12, 6, 8, 0x2b, 6, 1, 2, 1, 1, 3, 0, 5, 0,
        ];
        assert_eq!(packet, expected);
        let values =
            [(name.clone(), tag::TIME_TICKS, vec![1, 0]), (name.clone(), tag::NO_SUCH_OBJECT, vec![])];
        let read = response(&answer(&packet, (0, 0), &values)).unwrap();
        let bindings = vec![(name.clone(), Bound::Number(2.56)), (name, Bound::Nothing)];
        assert_eq!(read, Response { request: 7, error: 0, error_index: 0, bindings });
        assert_eq!(Bound::Text(b" 0.25 ".to_vec()).number(), Some(0.25));
    }

    proptest! {
        #[test]
        fn any_packet_is_read_or_refused(at in 0usize..40, byte: u8, cut in 0usize..41) {
            let name: Oid = "1.3.6.1.2.1.1.3.0".parse().unwrap();
            let request = request(Version::V1, "public", Ask::GetNext, 7, &[&name]);
            let mut packet = answer(&request, (0, 0), &[(name, tag::COUNTER64, vec![1; 8])]);
            packet[at] = byte;
            let _ = response(&packet[..cut.min(packet.len())]);
            let _ = response(&packet);
        }
    }
}
