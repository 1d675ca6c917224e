//! A property list on its way to another process, without what is not that one's business.

use std::ops::Range;
use std::rc::Rc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{At, KeyPath, Kind, MAX_DEPTH, Pair, Source, Value};

/// The values of a property list and where they stand. Of its text there is only what stands under the keys that go
/// with it; all else is blank, so that positions stay what they are.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Carried {
    name: String,
    /// None for a file without lines.
    text: Option<String>,
    /// Every value before what is in it: no depth of nesting asks for more stack to be read.
    values: Vec<(Place, Leaf)>,
}

/// Its bytes in the text.
type Place = Option<Range<usize>>;

#[derive(Clone, Debug, Serialize, Deserialize)]
enum Leaf {
    /// So many pairs follow, each as a key and a value.
    Dict(u32),
    Key(String),
    /// So many values follow.
    Array(u32),
    String(String),
    Integer(i64),
    Real(f64),
    Boolean(bool),
    Date(DateTime<Utc>),
    Data(Vec<u8>),
    Broken,
}

impl Carried {
    /// A property list with those pairs of its top dict whose keys `keep` takes.
    pub fn of(value: &Value, keep: impl Fn(&str) -> bool) -> Carried {
        let source = value.at.source();
        let mut top = value.clone();
        let mut shown = vec![value.at.range()];
        if let Kind::Dict(pairs) = &mut top.kind {
            pairs.retain(|pair| keep(&pair.key));
            shown = pairs.iter().flat_map(|pair| [pair.key_at.range(), pair.value.at.range()]).collect();
        }
        let mut values = Vec::new();
        flatten(&top, &mut values);
        let text = source.contents().map(|text| blanked(text, shown.into_iter().flatten()));
        Carried { name: source.name().to_owned(), text, values }
    }

    /// The property list; None when somebody has sent what is none.
    pub fn value(self) -> Option<Value> {
        let Carried { name, text, values } = self;
        let source = match text {
            Some(text) => Source::text(name, text),
            None => Source::opaque(name),
        };
        let mut reading = Reading { source, values: values.into_iter() };
        let value = reading.value(KeyPath::default(), 0)?;
        reading.values.next().is_none().then_some(value)
    }
}

/// The text with spaces for all that is not in the ranges. The ends of lines stay.
fn blanked(text: &str, shown: impl Iterator<Item = Range<usize>>) -> String {
    let blank = |byte: u8| if byte == b'\n' { byte } else { b' ' };
    let mut bytes: Vec<u8> = text.bytes().map(blank).collect();
    for range in shown {
        if let (Some(to), Some(from)) = (bytes.get_mut(range.clone()), text.get(range)) {
            to.copy_from_slice(from.as_bytes());
        }
    }
    // Whole characters were copied, so it is a text.
    String::from_utf8(bytes).unwrap_or_default()
}

fn flatten(value: &Value, values: &mut Vec<(Place, Leaf)>) {
    let leaf = match &value.kind {
        Kind::Dict(pairs) => Leaf::Dict(pairs.len() as u32),
        Kind::Array(items) => Leaf::Array(items.len() as u32),
        Kind::String(text) => Leaf::String(text.clone()),
        Kind::Integer(number) => Leaf::Integer(*number),
        Kind::Real(number) => Leaf::Real(*number),
        Kind::Boolean(truth) => Leaf::Boolean(*truth),
        Kind::Date(date) => Leaf::Date(*date),
        Kind::Data(bytes) => Leaf::Data(bytes.clone()),
        Kind::Broken => Leaf::Broken,
    };
    values.push((value.at.range(), leaf));
    match &value.kind {
        Kind::Dict(pairs) => pairs.iter().for_each(|pair| {
            values.push((pair.key_at.range(), Leaf::Key(pair.key.clone())));
            flatten(&pair.value, values);
        }),
        Kind::Array(items) => items.iter().for_each(|item| flatten(item, values)),
        _ => {}
    }
}

struct Reading {
    source: Rc<Source>,
    values: std::vec::IntoIter<(Place, Leaf)>,
}

impl Reading {
    /// The next value with all that is in it.
    fn value(&mut self, path: KeyPath, depth: usize) -> Option<Value> {
        let (place, leaf) = self.values.next().filter(|_| depth <= MAX_DEPTH)?;
        let at = self.at(place, &path);
        let kind = match leaf {
            Leaf::Dict(count) => {
                Kind::Dict((0..count).map(|_| self.pair(&path, depth + 1)).collect::<Option<_>>()?)
            }
            Leaf::Array(count) => {
                let item = |index| self.value(path.index(index as usize), depth + 1);
                Kind::Array((0..count).map(item).collect::<Option<_>>()?)
            }
            Leaf::String(text) => Kind::String(text),
            Leaf::Integer(number) => Kind::Integer(number),
            Leaf::Real(number) => Kind::Real(number),
            Leaf::Boolean(truth) => Kind::Boolean(truth),
            Leaf::Date(date) => Kind::Date(date),
            Leaf::Data(bytes) => Kind::Data(bytes),
            Leaf::Broken => Kind::Broken,
            Leaf::Key(_) => return None,
        };
        Some(Value { kind, at })
    }

    fn pair(&mut self, path: &KeyPath, depth: usize) -> Option<Pair> {
        let (place, Leaf::Key(key)) = self.values.next()? else { return None };
        let path = path.key(&key);
        let key_at = self.at(place, &path);
        Some(Pair { key, key_at, value: self.value(path, depth)? })
    }

    fn at(&self, place: Place, path: &KeyPath) -> At {
        match place {
            Some(range) => At::span(&self.source, range, path.clone()),
            None => At::path_only(&self.source, path.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Diagnostics, read_bytes, render};

    const TEXT: &str = "<plist version=\"1.0\"><dict><!-- s3cret -->
  <key>accounts</key><dict><key>password</key><string>s3cret</string></dict>
  <key>run</key><dict><key>seed</key><integer>5</integer><key>startAt</key>
    <date>2026-01-05T09:00:00Z</date><key>wramup</key><real>0.5</real></dict>
  <!-- s3cret -->
  <key>clients</key><array><string>ä &amp; b</string><true/><data>AAEC</data></array>
</dict></plist>";

    fn carried(value: &Value, without: &str) -> (Vec<u8>, Value) {
        let bytes = postcard::to_stdvec(&Carried::of(value, |key| key != without)).unwrap();
        let read = postcard::from_bytes::<Carried>(&bytes).unwrap();
        (bytes, read.value().unwrap())
    }

    fn complaint(value: &Value) -> String {
        let diags = Diagnostics::new();
        let key = value.get("run").unwrap().get("wramup").unwrap();
        diags.error(&key.at, "no such key");
        render(&diags)
    }

    #[test]
    fn what_is_left_out_is_nowhere_and_the_rest_stands_where_it_stood() {
        let diags = Diagnostics::new();
        let value = read_bytes("c.plist", TEXT.as_bytes(), &diags).unwrap();
        let (bytes, read) = carried(&value, "accounts");
        assert!(!String::from_utf8_lossy(&bytes).contains("s3cret"));
        assert!(read.get("accounts").is_none());
        assert_eq!(complaint(&read), complaint(&value));
        assert!(complaint(&read).contains("c.plist:4:"), "{}", complaint(&read));
        for key in ["run", "clients"] {
            let of = |value: &Value| format!("{:?}", kinds(value.get(key).unwrap()));
            assert_eq!(of(&read), of(&value));
        }
    }

    /// Values without their places.
    fn kinds(value: &Value) -> Vec<String> {
        let mut values = Vec::new();
        flatten(value, &mut values);
        values.into_iter().map(|(_, leaf)| format!("{leaf:?}")).collect()
    }

    #[test]
    fn a_file_without_lines_keeps_its_key_paths() {
        let mut file = Vec::new();
        plist::Value::from_reader(std::io::Cursor::new(TEXT)).unwrap().to_writer_binary(&mut file).unwrap();
        let value = read_bytes("c.plist", &file, &Diagnostics::new()).unwrap();
        let (bytes, read) = carried(&value, "accounts");
        assert!(!String::from_utf8_lossy(&bytes).contains("s3cret"));
        assert_eq!(complaint(&read), complaint(&value));
        assert!(complaint(&read).contains("run.wramup"), "{}", complaint(&read));
    }

    #[test]
    fn nonsense_is_no_value() {
        let of = |values: Vec<Leaf>| {
            let values = values.into_iter().map(|leaf| (None, leaf)).collect();
            Carried { name: "x".into(), text: None, values }.value()
        };
        assert!(of(vec![Leaf::Array(1), Leaf::Boolean(true)]).is_some());
        assert!(of(vec![]).is_none());
        assert!(of(vec![Leaf::Dict(u32::MAX)]).is_none());
        assert!(of(vec![Leaf::Dict(1), Leaf::Integer(1), Leaf::Integer(1)]).is_none());
        assert!(of(vec![Leaf::Integer(1), Leaf::Integer(1)]).is_none());
        assert!(of(vec![Leaf::Array(1); 100_000]).is_none());
    }
}
