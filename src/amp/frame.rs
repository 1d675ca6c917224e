//! Boxes: pairs of a 2-byte length and bytes, keys then values, ended by an empty key.
use super::Error;
use std::collections::BTreeMap;

/// A box may be this large, in bytes on the wire. Real ones are about 150.
pub const MAX_FRAME: usize = 256 * 1024;

/// One AMP box. Keys are sent sorted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frame {
    pairs: BTreeMap<Vec<u8>, Vec<u8>>,
}

impl Frame {
    /// A box of pairs; of a key given twice the last counts.
    pub fn new<K: AsRef<[u8]>, V: AsRef<[u8]>>(pairs: impl IntoIterator<Item = (K, V)>) -> Frame {
        let pairs = pairs.into_iter().map(|(key, value)| (key.as_ref().to_vec(), value.as_ref().to_vec()));
        Frame { pairs: pairs.collect() }
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&[u8]> {
        self.pairs.get(key.as_bytes()).map(Vec::as_slice)
    }

    /// The value of a key as text; bytes that are no UTF-8 are replaced.
    pub fn text(&self, key: &str) -> Option<String> {
        self.get(key).map(|value| String::from_utf8_lossy(value).into_owned())
    }

    /// The pairs in the order of their keys.
    pub fn pairs(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.pairs.iter().map(|(key, value)| (key.as_slice(), value.as_slice()))
    }

    /// The bytes on the wire. A pair with an empty key cannot be sent and is left out.
    ///
    /// # Errors
    /// A key or a value is longer than the protocol can carry.
    pub fn encode(&self) -> Result<Vec<u8>, Error> {
        let mut out = Vec::with_capacity(160);
        for (key, value) in self.pairs.iter().filter(|(key, _)| !key.is_empty()) {
            let key_length = u8::try_from(key.len()).map_err(|_| Error::LongKey(key.len()))?;
            let value_length = u16::try_from(value.len()).map_err(|_| Error::LongValue(value.len()))?;
            out.extend_from_slice(&u16::from(key_length).to_be_bytes());
            out.extend_from_slice(key);
            out.extend_from_slice(&value_length.to_be_bytes());
            out.extend_from_slice(value);
        }
        out.extend_from_slice(&[0, 0]);
        Ok(out)
    }
}

/// Bytes to boxes, as the bytes come. Every byte is looked at once, however small the pieces are.
#[derive(Debug, Default)]
pub struct Decoder {
    buffer: Vec<u8>,
    /// Where in the buffer the next pair begins.
    start: usize,
    /// The pairs of the box that is still coming, and how many bytes they were.
    pairs: BTreeMap<Vec<u8>, Vec<u8>>,
    taken: usize,
}

impl Decoder {
    /// Takes the bytes of one read. At most [`MAX_FRAME`] bytes and one read are held, when
    /// [`Decoder::next`] is called until it gives none.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.buffer.drain(..self.start);
        self.start = 0;
        self.buffer.extend_from_slice(bytes);
    }

    /// The next whole box, none when more bytes are needed.
    ///
    /// # Errors
    /// Bytes that are no AMP. There is no way to find the next box: the connection is lost.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> Result<Option<Frame>, Error> {
        loop {
            if self.taken > MAX_FRAME {
                return Err(Error::LargeFrame);
            }
            let rest = &self.buffer[self.start..];
            let Some((key, after_key)) = split(rest) else { return self.wait() };
            if key.len() > 255 {
                return Err(Error::LongKey(key.len()));
            }
            if key.is_empty() {
                self.start += rest.len() - after_key.len();
                self.taken = 0;
                return Ok(Some(Frame { pairs: std::mem::take(&mut self.pairs) }));
            }
            let Some((value, after_value)) = split(after_key) else { return self.wait() };
            self.pairs.insert(key.to_vec(), value.to_vec());
            let used = rest.len() - after_value.len();
            self.start += used;
            self.taken += used;
        }
    }

    /// No whole pair yet. A key's length is checked before its bytes have come, so that a peer
    /// which talks another protocol is found out at once.
    fn wait(&self) -> Result<Option<Frame>, Error> {
        match self.buffer.get(self.start) {
            Some(&high) if high != 0 => Err(Error::LongKey(usize::from(high) << 8)),
            _ if self.taken + self.buffer.len() - self.start > MAX_FRAME => Err(Error::LargeFrame),
            _ => Ok(None),
        }
    }
}

/// A length and its bytes, and what follows.
fn split(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<2>()?;
    rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_subscription_of_the_specification_has_these_bytes() {
        let uuid = "5d5a7e0c-0d4f-4a31-9f3c-7a1d3c1f0a11";
        let frame = Frame::new([
            ("token", uuid),
            ("id", "/CalDAV/localhost/user01/"),
            ("_command", "SubscribeToID"),
            ("_ask", "1"),
        ]);
        let mut expected = Vec::new();
        expected.extend_from_slice(b"\x00\x04_ask\x00\x011\x00\x08_command\x00\x0dSubscribeToID");
        expected.extend_from_slice(b"\x00\x02id\x00\x19/CalDAV/localhost/user01/\x00\x05token\x00\x24");
        expected.extend_from_slice(uuid.as_bytes());
        expected.extend_from_slice(b"\x00\x00");
        assert_eq!(frame.encode().unwrap(), expected);
    }

    #[test]
    fn other_protocols_and_endless_boxes_are_refused() {
        let mut http = Decoder::default();
        http.feed(b"HTTP/1.1 400 Bad Request\r\n");
        assert!(matches!(http.next(), Err(Error::LongKey(_))));
        let mut endless = Decoder::default();
        let pair = [b"\x00\x01k\xff\xff".as_slice(), &[7; 65535]].concat();
        (0..5).for_each(|_| endless.feed(&pair));
        assert_eq!(endless.next(), Err(Error::LargeFrame));
        assert_eq!(Frame::new([(vec![b'k'; 256], "")]).encode(), Err(Error::LongKey(256)));
        assert_eq!(Frame::new([("k", vec![0; 65536])]).encode(), Err(Error::LongValue(65536)));
    }

    proptest! {
        #[test]
        fn boxes_come_out_however_the_bytes_are_cut(
            boxes in proptest::collection::vec(proptest::collection::btree_map(proptest::collection::vec(any::<u8>(), 1..20), proptest::collection::vec(any::<u8>(), 0..50), 0..6), 1..5),
            step in 1usize..40,
        ) {
            let frames: Vec<Frame> = boxes.into_iter().map(Frame::new).collect();
            let wire: Vec<u8> = frames.iter().flat_map(|frame| frame.encode().unwrap()).collect();
            let mut decoder = Decoder::default();
            let mut got = Vec::new();
            for chunk in wire.chunks(step) {
                decoder.feed(chunk);
                while let Some(frame) = decoder.next().unwrap() {
                    got.push(frame);
                }
            }
            prop_assert_eq!(got, frames);
        }

        #[test]
        fn bytes_never_panic(bytes: Vec<u8>) {
            let mut decoder = Decoder::default();
            decoder.feed(&bytes);
            while let Ok(Some(frame)) = decoder.next() {
                let _ = super::super::Message::read(&frame);
            }
        }
    }
}
