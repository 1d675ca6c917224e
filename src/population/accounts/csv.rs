//! Accounts from a file.

use std::collections::BTreeMap;
use std::path::Path;

use csv::{ByteRecord, ReaderBuilder};

use crate::config::{At, Diagnostics, Table, find_file, read_whole};
use crate::population::{Account, DEFAULT_POD, Password};

use super::{Around, default_accounts, interleave};

/// The size in bytes of the largest file of accounts (256 MiB, some three million accounts).
const MAX_BYTES: u64 = 256 * 1024 * 1024;

/// After this many faulty lines the rest is not looked at.
const FAULTS: usize = 20;

/// The columns and the names a header line may give them, in the order of a file without a header.
const COLUMNS: [&[&str]; 6] = [
    &["uid", "user", "username", "login"],
    &["password", "pass", "passwd", "pw"],
    &["commonname", "common_name", "name"],
    &["email", "mail"],
    &["guid", "uuid"],
    &["pod", "podid"],
];

/// The loader `recordsFromCSVFile` (spec 2). Unlike the ancestor's it takes quotes, blank lines, comments
/// and a header line.
pub(super) fn load(table: &Table<'_>, around: &Around<'_>) -> Option<Vec<Account>> {
    let turns = table.or("interleavePods", false);
    let accounts = match table.optional::<String>("path") {
        Some(path) if !path.is_empty() => read_file(table, &path, around.beside)?,
        None if table.has("path") => return None,
        _ => default_accounts(),
    };
    Some(if turns { interleave(accounts) } else { accounts })
}

fn read_file(table: &Table<'_>, path: &str, beside: &Path) -> Option<Vec<Account>> {
    let fail = |message: String| {
        table.error_at_key("path", message);
    };
    let found = find_file(path, beside).map_err(fail).ok()?;
    let name = found.display().to_string();
    let bytes = read_whole(&found, MAX_BYTES).map_err(|why| fail(format!("{name}: {why}"))).ok()?;
    let accounts = parse(&name, &bytes, table.diags())?;
    if accounts.is_empty() {
        fail(format!("there is no account in {name}"));
        return None;
    }
    Some(accounts)
}

/// Reads all lines; faults go to `diags` with their lines, and then the answer is `None`.
fn parse(name: &str, bytes: &[u8], diags: &Diagnostics) -> Option<Vec<Account>> {
    let mut lines = Lines::default();
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader =
        ReaderBuilder::new().has_headers(false).flexible(true).comment(Some(b'#')).from_reader(text);
    let mut record = ByteRecord::new();
    while lines.faults.len() < FAULTS {
        match reader.read_byte_record(&mut record) {
            Ok(true) => lines.take(&record, line_of(text, &record)),
            Ok(false) => break,
            Err(fault) => {
                lines.faults.push((reader.position().line(), format!("the line cannot be read: {fault}")));
                break;
            }
        }
    }
    if lines.faults.is_empty() && lines.twice.is_none() {
        return Some(lines.accounts);
    }
    // The place is named and the line not shown: there are passwords in it (design, decision 14).
    let place = |line: u64| At::named(format!("{name}:{line}:1"));
    if let Some((line, message)) = lines.twice {
        diags.warning(&place(line), message);
    }
    for (line, message) in &lines.faults {
        diags.error(&place(*line), message);
    }
    lines.faults.is_empty().then_some(lines.accounts)
}

/// The line that a record begins on. Its position is where the reader began to look for it, which may be
/// before blank lines and comments.
fn line_of(text: &[u8], record: &ByteRecord) -> u64 {
    let Some(position) = record.position() else { return 0 };
    let rest = text.get(position.byte() as usize..).unwrap_or_default();
    let skipped =
        rest.split(|byte| *byte == b'\n').take_while(|line| matches!(line, [] | [b'\r'] | [b'#', ..]));
    position.line() + skipped.count() as u64
}

/// What was read so far.
#[derive(Default)]
struct Lines {
    accounts: Vec<Account>,
    /// Line of each name, to find those that stand there twice.
    names: BTreeMap<String, u64>,
    /// For each field of a line, its column; `None` before a header was seen.
    header: Option<Vec<usize>>,
    /// Lines and what is wrong with them.
    faults: Vec<(u64, String)>,
    /// The first line whose name stood there before.
    twice: Option<(u64, String)>,
    begun: bool,
}

impl Lines {
    fn take(&mut self, record: &ByteRecord, line: u64) {
        let fields: Result<Vec<&str>, _> = record.iter().map(std::str::from_utf8).collect();
        let Ok(fields) = fields else {
            self.faults.push((line, "the line is not valid UTF-8".to_owned()));
            return;
        };
        if fields.len() == 1 && fields[0].trim().is_empty() {
            return;
        }
        let first = !std::mem::replace(&mut self.begun, true);
        let outcome =
            if first && is_header(&fields) { self.set_header(&fields) } else { self.account(&fields, line) };
        if let Err(message) = outcome {
            self.faults.push((line, message));
        }
    }

    fn set_header(&mut self, fields: &[&str]) -> Result<(), String> {
        let columns: Result<Vec<usize>, String> = fields
            .iter()
            .map(|field| {
                column(field).ok_or_else(|| format!("the header names the unknown column {field:?}"))
            })
            .collect();
        let columns = columns?;
        for (index, names) in COLUMNS.iter().enumerate() {
            match columns.iter().filter(|column| **column == index).count() {
                0 if index < 4 => return Err(format!("the header has no column `{}`", names[0])),
                2.. => return Err(format!("the header has the column `{}` twice", names[0])),
                _ => {}
            }
        }
        self.header = Some(columns);
        Ok(())
    }

    fn account(&mut self, fields: &[&str], line: u64) -> Result<(), String> {
        if fields.iter().any(|field| field.contains(['\n', '\r'])) {
            return Err("a field holds a line break: a quote is not closed".to_owned());
        }
        let mut columns: [Option<&str>; 6] = [None; 6];
        match &self.header {
            Some(header) if header.len() != fields.len() => {
                return Err(format!(
                    "expected {} fields as in the header, found {}",
                    header.len(),
                    fields.len()
                ));
            }
            Some(header) => {
                header.iter().zip(fields).for_each(|(column, field)| columns[*column] = Some(field))
            }
            None if !(4..=6).contains(&fields.len()) => {
                let expected = "uid, password, name, email and perhaps guid and pod";
                return Err(format!("expected 4 to 6 fields ({expected}), found {}", fields.len()));
            }
            None => columns.iter_mut().zip(fields).for_each(|(column, field)| *column = Some(field)),
        }
        let [Some(uid), Some(password), Some(name), Some(email), guid, pod] = columns else {
            return Err("the line lacks a field".to_owned());
        };
        if uid.is_empty() {
            return Err("the uid is empty".to_owned());
        }
        if let Some(earlier) = self.names.insert(uid.to_owned(), line) {
            self.twice.get_or_insert((line, format!("the uid `{uid}` stands in line {earlier} already")));
        }
        self.accounts.push(Account {
            uid: uid.into(),
            password: Password::new(password),
            common_name: name.into(),
            email: email.into(),
            guid: guid.unwrap_or_default().into(),
            pod: pod.filter(|pod| !pod.is_empty()).unwrap_or(DEFAULT_POD).into(),
        });
        Ok(())
    }
}

/// The first line is a header when its first two fields name the first two columns.
fn is_header(fields: &[&str]) -> bool {
    let others = fields.iter().skip(1).filter_map(|field| column(field));
    fields.first().is_some_and(|field| column(field) == Some(0))
        && others.into_iter().any(|column| column > 0)
}

fn column(name: &str) -> Option<usize> {
    let name = name.trim().to_lowercase().replace(' ', "");
    COLUMNS.iter().position(|names| names.contains(&name.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &[u8]) -> Result<Vec<String>, String> {
        let diags = Diagnostics::new();
        match parse("a.csv", text, &diags) {
            Some(accounts) => Ok(accounts.iter().map(show).collect()),
            None => Err(diags.all().iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")),
        }
    }

    fn show(account: &Account) -> String {
        let Account { uid, common_name, email, guid, pod, password } = account;
        format!("{uid}|{}|{common_name}|{email}|{guid}|{pod}", password.reveal())
    }

    #[test]
    fn a_header_is_one_whatever_it_calls_the_password() {
        assert_eq!(
            read(b"user,pass,name,mail\nu1,p1,U 1,u1@x\n").unwrap(),
            read(b"u1,p1,U 1,u1@x\n").unwrap()
        );
        assert!(read(b"user,secret,name,mail\nu1,p1,U 1,u1@x\n").is_err());
    }

    #[test]
    fn four_to_six_fields() {
        let text = b"\xef\xbb\xbffoo,bar,baz,quux\n\n  \r\n# comment\na,b,\"c, d\",e,g\r\nf,g,h,i,j,PodB";
        let expected = ["foo|bar|baz|quux||PodA", "a|b|c, d|e|g|PodA", "f|g|h|i|j|PodB"];
        assert_eq!(read(text).unwrap(), expected);
    }

    #[test]
    fn a_repeated_name_is_only_a_warning() {
        let diags = Diagnostics::new();
        let accounts = parse("a.csv", b"foo,bar,baz,quux\nfoo,bar,baz,quux\n", &diags).unwrap();
        let message = "a.csv:2:1: warning: the uid `foo` stands in line 1 already";
        assert_eq!((accounts.len(), diags.all()[0].to_string().as_str()), (2, message));
    }

    #[test]
    fn no_password_is_shown() {
        let diags = Diagnostics::new();
        assert!(parse("a.csv", b"a,s3cret,c\nb,s3cret,c,\xff\n", &diags).is_none());
        let text = crate::config::render(&diags);
        assert!(text.contains("a.csv:1:1") && !text.contains("s3cret"), "{text}");
    }

    #[test]
    fn a_header_may_change_the_order() {
        let text = b"Username,Password,Pod,E-Mail\n";
        assert_eq!(
            read(text).unwrap_err(),
            "a.csv:1:1: error: the header names the unknown column \"E-Mail\""
        );
        let text = b"user,password,email,Common Name\nu,p,e,n\n";
        assert_eq!(read(text).unwrap(), ["u|p|n|e||PodA"]);
        assert!(read(b"uid,password,name\n").unwrap_err().contains("no column `email`"));
    }

    #[test]
    fn faults_have_their_lines() {
        let text = b"a,b,c,d\n\n#\na,b,c\nx,y,z,\xff\n,p,n,e\nb,b,c,d\n";
        assert_eq!(
            read(text).unwrap_err(),
            "a.csv:4:1: error: expected 4 to 6 fields (uid, password, name, email and perhaps guid and pod), \
             found 3; a.csv:5:1: error: the line is not valid UTF-8; a.csv:6:1: error: the uid is empty"
        );
        assert!(
            read(b"a,b,c,\"d\ne,f,g,h\n")
                .unwrap_err()
                .contains("a.csv:1:1: error: a field holds a line break")
        );
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(prop_oneof![Just(b','), Just(b'"'), Just(b'\n'), any::<u8>()], 0..80)) {
            let _ = read(&bytes);
        }
    }
}
