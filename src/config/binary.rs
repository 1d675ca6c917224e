//! The reader of binary property lists.
//!
//! The `plist` crate decodes them. Before it does, the objects are measured: a binary file may refer to
//! one object from many places, so that a small file could stand for a tree without bound, and deep trees
//! would exhaust the stack when they are freed.

use std::io::Cursor;
use std::rc::Rc;
use std::time::SystemTime;

use chrono::{DateTime, Datelike, TimeDelta, Utc};

use super::{At, Diagnostics, KeyPath, Kind, MAX_DEPTH, MAX_VALUES, Pair, Source, Value};

/// Reads a binary property list. Positions are key paths.
pub(super) fn read(name: &str, bytes: &[u8], diags: &Diagnostics) -> Option<Value> {
    let source = Source::opaque(name);
    let fail = |message: String| diags.error(&At::path_only(&source, KeyPath::default()), message);
    if let Err(message) = Measure::new(bytes).and_then(|mut measure| measure.object(measure.top, 1)) {
        fail(message);
        return None;
    }
    match plist::Value::from_reader(Cursor::new(bytes)) {
        Ok(value) => Some(convert(&source, value, KeyPath::default(), diags)),
        Err(fault) => {
            fail(format!("this is not a binary property list: {fault}"));
            None
        }
    }
}

/// Gives every value its place.
fn convert(source: &Rc<Source>, value: plist::Value, path: KeyPath, diags: &Diagnostics) -> Value {
    let at = At::path_only(source, path.clone());
    let broken = |message: String| {
        diags.error(&at, message);
        Kind::Broken
    };
    let kind = match value {
        plist::Value::Dictionary(dict) => {
            let pair = |(key, value)| pair(source, key, value, &path, diags);
            Kind::Dict(dict.into_iter().map(pair).collect())
        }
        plist::Value::Array(items) => {
            let items = items.into_iter().enumerate();
            Kind::Array(items.map(|(index, item)| convert(source, item, path.index(index), diags)).collect())
        }
        plist::Value::String(text) => Kind::String(text),
        plist::Value::Boolean(truth) => Kind::Boolean(truth),
        plist::Value::Data(bytes) => Kind::Data(bytes),
        plist::Value::Real(number) if number.is_finite() => Kind::Real(number),
        plist::Value::Real(number) => broken(format!("{number} is not a finite number")),
        plist::Value::Integer(number) => match number.as_signed() {
            Some(number) => Kind::Integer(number),
            None => broken(format!("{number} does not fit into 64 bits")),
        },
        plist::Value::Date(date) => match utc(date) {
            Some(date) => Kind::Date(date),
            None => broken("the date is out of range".to_owned()),
        },
        _ => broken("a value of this kind has no meaning here".to_owned()),
    };
    Value { kind, at }
}

/// A date within the years 0 to 9999, as XML writes them; the crate's own way to a text panics beyond.
fn utc(date: plist::Date) -> Option<DateTime<Utc>> {
    let date = SystemTime::from(date);
    let utc = match date.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(after) => DateTime::UNIX_EPOCH.checked_add_signed(TimeDelta::from_std(after).ok()?),
        Err(before) => DateTime::UNIX_EPOCH.checked_sub_signed(TimeDelta::from_std(before.duration()).ok()?),
    };
    utc.filter(|utc| (0..=9999).contains(&utc.year()))
}

fn pair(source: &Rc<Source>, key: String, value: plist::Value, path: &KeyPath, diags: &Diagnostics) -> Pair {
    let path = path.key(&key);
    let key_at = At::path_only(source, path.clone());
    Pair { key, key_at, value: convert(source, value, path, diags) }
}

/// Walks the objects of a binary property list and counts them as often as they are referred to.
///
/// The layout: eight bytes `bplist00`, objects, a table of their offsets, and a trailer of 32 bytes that
/// says how wide offsets and references are, how many objects there are, which is the top one, and where
/// the table begins (CoreFoundation, CFBinaryPList.c).
struct Measure<'b> {
    bytes: &'b [u8],
    offset_width: usize,
    reference_width: usize,
    table: usize,
    top: usize,
    objects: usize,
    seen: u32,
}

impl<'b> Measure<'b> {
    fn new(bytes: &'b [u8]) -> Result<Measure<'b>, String> {
        let trailer = bytes.len().checked_sub(32).filter(|at| *at >= 8).ok_or_else(broken)?;
        let measure = Measure {
            bytes,
            offset_width: bytes[trailer + 6].into(),
            reference_width: bytes[trailer + 7].into(),
            objects: number(bytes, trailer + 8, 8)?,
            top: number(bytes, trailer + 16, 8)?,
            table: number(bytes, trailer + 24, 8)?,
            seen: 0,
        };
        if (1..=8).contains(&measure.offset_width) && (1..=8).contains(&measure.reference_width) {
            Ok(measure)
        } else {
            Err(broken())
        }
    }

    /// Counts one object and all it refers to.
    fn object(&mut self, index: usize, depth: usize) -> Result<(), String> {
        self.seen += 1;
        if self.seen > MAX_VALUES {
            return Err(format!("the file holds more than {MAX_VALUES} values"));
        }
        if index >= self.objects {
            return Err(broken());
        }
        let entry = index.checked_mul(self.offset_width).and_then(|at| at.checked_add(self.table));
        let at = number(self.bytes, entry.ok_or_else(broken)?, self.offset_width)?;
        let marker = *self.bytes.get(at).ok_or_else(broken)?;
        let references_each = match marker >> 4 {
            0xa..=0xc => 1,
            0xd => 2,
            _ => return Ok(()),
        };
        if depth > MAX_DEPTH {
            return Err(format!("the nesting is deeper than {MAX_DEPTH} levels"));
        }
        let (count, first) = self.count(at, marker)?;
        for reference in 0..count.checked_mul(references_each).ok_or_else(broken)? {
            let at = reference.checked_mul(self.reference_width).and_then(|skip| skip.checked_add(first));
            let next = number(self.bytes, at.ok_or_else(broken)?, self.reference_width)?;
            self.object(next, depth + 1)?;
        }
        Ok(())
    }

    /// How many elements a container has, and where its references begin.
    fn count(&self, at: usize, marker: u8) -> Result<(usize, usize), String> {
        if marker & 0xf != 0xf {
            return Ok((usize::from(marker & 0xf), at + 1));
        }
        // Fifteen or more: an integer object follows, whose low half says its width as a power of two.
        let width = *self.bytes.get(at + 1).ok_or_else(broken)?;
        let width = 1usize << (width & 0xf).min(4);
        Ok((number(self.bytes, at + 2, width)?, at + 2 + width))
    }
}

fn broken() -> String {
    "this is not a binary property list: it is truncated or damaged".to_owned()
}

/// A big-endian number of up to eight bytes.
fn number(bytes: &[u8], at: usize, width: usize) -> Result<usize, String> {
    let end = at.checked_add(width).ok_or_else(broken)?;
    let digits = bytes.get(at..end).filter(|_| width <= 8).ok_or_else(broken)?;
    Ok(digits.iter().fold(0usize, |sum, byte| (sum << 8) | usize::from(*byte)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{FromValue, read_bytes};
    use proptest::prelude::*;

    fn bytes(value: plist::Value) -> Vec<u8> {
        let mut bytes = Vec::new();
        value.to_writer_binary(&mut bytes).unwrap();
        bytes
    }

    fn nested(levels: usize) -> plist::Value {
        (1..levels).fold(plist::Value::Array(Vec::new()), |inner, _| plist::Value::Array(vec![inner]))
    }

    fn messages(bytes: &[u8]) -> Vec<String> {
        let diags = Diagnostics::new();
        read_bytes("b.plist", bytes, &diags);
        diags.all().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn errors_name_the_key_path() {
        let mut client = plist::Dictionary::new();
        client.insert("weight".to_owned(), plist::Value::String("three".to_owned()));
        let mut top = plist::Dictionary::new();
        top.insert("clients".to_owned(), plist::Value::Array(vec![plist::Value::Dictionary(client)]));
        let diags = Diagnostics::new();
        let value = read_bytes("b.plist", &bytes(plist::Value::Dictionary(top)), &diags).unwrap();
        let weight = value.get("clients").and_then(|clients| clients.as_array()?[0].get("weight")).unwrap();
        assert_eq!(u32::from_value(weight, &diags), None);
        assert_eq!(
            diags.all()[0].to_string(),
            "b.plist: clients[0].weight: error: expected an integer, found the string \"three\""
        );
    }

    #[test]
    fn dates_are_those_that_a_text_can_say() {
        let read = |since_1970: i64| {
            let span = std::time::Duration::from_secs(since_1970.unsigned_abs());
            let epoch = SystemTime::UNIX_EPOCH;
            let date = if since_1970 < 0 { epoch - span } else { epoch + span };
            let diags = Diagnostics::new();
            let value = read_bytes("b.plist", &bytes(plist::Value::Date(date.into())), &diags);
            let date = value.and_then(|value| match value.kind {
                Kind::Date(date) => Some(date.timestamp()),
                _ => None,
            });
            (date, diags.has_errors())
        };
        assert_eq!(read(-86_400), (Some(-86_400), false));
        for out in [-70_000_000_000, 260_000_000_000] {
            assert_eq!(read(out), (None, true), "{out}");
        }
    }

    #[test]
    fn nesting_is_bounded() {
        assert_eq!(messages(&bytes(nested(MAX_DEPTH))), [""; 0]);
        let deep = messages(&bytes(nested(MAX_DEPTH + 1)));
        assert_eq!(deep, ["b.plist: error: the nesting is deeper than 64 levels"]);
    }

    #[test]
    fn a_small_file_cannot_stand_for_a_large_tree() {
        // Forty arrays, each of which holds the next one twice.
        let mut file = b"bplist00".to_vec();
        let mut offsets = Vec::new();
        for index in 0..40u8 {
            offsets.push(file.len() as u8);
            file.extend([0xa2, index + 1, index + 1]);
        }
        offsets.push(file.len() as u8);
        file.push(0x08);
        let table = file.len() as u64;
        file.extend(&offsets);
        file.extend([0, 0, 0, 0, 0, 0, 1, 1]);
        for number in [offsets.len() as u64, 0, table] {
            file.extend(number.to_be_bytes());
        }
        assert_eq!(messages(&file), ["b.plist: error: the file holds more than 1000000 values"]);
    }

    proptest! {
        #[test]
        fn damaged_files_are_errors_not_panics(at in 0usize..400, byte: u8, cut in 0usize..400) {
            let mut file = bytes(nested(12));
            let length = file.len();
            file[at % length] = byte;
            messages(&file);
            file.truncate(cut % length);
            prop_assert!(!messages(&file).is_empty());
        }
    }
}
