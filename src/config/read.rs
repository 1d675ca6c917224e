//! Limits, encodings, and which reader takes a file.

use std::path::Path;

use super::bounded::{read_whole, too_large};
use super::{At, Diagnostics, KeyPath, Source, Value, binary, xml};

/// The size in bytes of the largest file that is read (16 MiB).
pub const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// How deep dicts and arrays may be nested.
pub const MAX_DEPTH: usize = 64;

/// How many values and keys one file may hold.
pub const MAX_VALUES: u32 = 1_000_000;

/// Reads one property list, XML or binary. All faults go to `diags`; `None` when nothing came of it.
///
/// With `Some` there may still be errors in `diags`: broken values are kept as [`super::Kind::Broken`] so
/// that the rest can be checked as well. Whoever acts on the value asks [`Diagnostics::has_errors`] first.
pub fn read_file(path: &Path, diags: &Diagnostics) -> Option<Value> {
    let name = path.display().to_string();
    match read_whole(path, MAX_BYTES) {
        Ok(bytes) => read_bytes(&name, &bytes, diags),
        Err(fault) => {
            diags.error(&At::named(name), fault);
            None
        }
    }
}

/// Reads one property list from memory; `name` stands for the file in diagnostics.
pub fn read_bytes(name: &str, bytes: &[u8], diags: &Diagnostics) -> Option<Value> {
    if bytes.len() as u64 > MAX_BYTES {
        diags.error(&At::named(name), too_large(MAX_BYTES));
        return None;
    }
    if bytes.starts_with(b"bplist") {
        return binary::read(name, bytes, diags);
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.contains(&0) {
        diags
            .error(&At::named(name), "the file is neither an XML nor a binary property list")
            .help("an XML property list is UTF-8 text; UTF-16 is not read");
        return None;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => xml::read(&Source::text(name, text), diags),
        Err(fault) => {
            not_utf8(name, bytes, fault.valid_up_to(), diags);
            None
        }
    }
}

/// Reports text in another encoding, at its first byte that is not UTF-8.
fn not_utf8(name: &str, bytes: &[u8], valid: usize, diags: &Diagnostics) {
    // The text before the first bad byte is unchanged, so the offset holds in the lossy copy as well.
    let source = Source::text(name, String::from_utf8_lossy(bytes));
    diags
        .error(&At::span(&source, valid..valid + 1, KeyPath::default()), "the text is not valid UTF-8")
        .help("save the file as UTF-8");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Kind;
    use proptest::prelude::*;

    /// Any value that both formats can write: whole seconds, finite numbers, text that XML allows.
    fn any_value() -> impl Strategy<Value = plist::Value> {
        let seconds = -2_000_000_000i64..4_000_000_000;
        let date = seconds.prop_map(|seconds| {
            let text = chrono::DateTime::from_timestamp(seconds, 0).unwrap_or_default();
            let text = text.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
            plist::Value::Date(plist::Date::from_xml_format(&text).unwrap())
        });
        let leaf = prop_oneof![
            any::<bool>().prop_map(plist::Value::Boolean),
            any::<i64>().prop_map(|number| plist::Value::Integer(number.into())),
            (-1e300f64..1e300).prop_map(plist::Value::Real),
            "[ -~äöü\u{1F600}]{0,12}".prop_map(plist::Value::String),
            proptest::collection::vec(any::<u8>(), 0..20).prop_map(plist::Value::Data),
            date,
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..6).prop_map(plist::Value::Array),
                proptest::collection::btree_map("[a-zä&<. ]{1,6}", inner, 0..6)
                    .prop_map(|dict| plist::Value::Dictionary(dict.into_iter().collect())),
            ]
        })
    }

    fn same(read: &Value, written: &plist::Value) -> bool {
        match (&read.kind, written) {
            (Kind::Dict(pairs), plist::Value::Dictionary(dict)) => {
                pairs.len() == dict.len()
                    && pairs
                        .iter()
                        .all(|pair| dict.get(&pair.key).is_some_and(|value| same(&pair.value, value)))
            }
            (Kind::Array(items), plist::Value::Array(all)) => {
                items.len() == all.len() && items.iter().zip(all).all(|(item, one)| same(item, one))
            }
            (Kind::String(text), plist::Value::String(other)) => text == other,
            (Kind::Integer(number), plist::Value::Integer(other)) => other.as_signed() == Some(*number),
            (Kind::Real(number), plist::Value::Real(other)) => number == other,
            (Kind::Boolean(truth), plist::Value::Boolean(other)) => truth == other,
            (Kind::Data(bytes), plist::Value::Data(other)) => bytes == other,
            (Kind::Date(date), plist::Value::Date(other)) => {
                date.to_rfc3339_opts(chrono::SecondsFormat::Secs, true) == other.to_xml_format()
            }
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn what_the_plist_crate_writes_is_read_back(value in any_value()) {
            let (mut text, mut bytes) = (Vec::new(), Vec::new());
            value.to_writer_xml(&mut text).unwrap();
            value.to_writer_binary(&mut bytes).unwrap();
            let diags = Diagnostics::new();
            for file in [text, bytes] {
                let read = read_bytes("t", &file, &diags).unwrap();
                prop_assert!(same(&read, &value) && diags.is_empty(), "{:?} {:?}", read, diags.all());
            }
        }
    }
}
