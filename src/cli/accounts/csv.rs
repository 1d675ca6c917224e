//! The file that our own loader `recordsFromCSVFile` reads.

use std::rc::Rc;

use csv::WriterBuilder;

use super::Unwritable;
use crate::population::Account;

/// A header, and a line for each account.
pub fn text(accounts: &[Rc<Account>]) -> Result<String, Unwritable> {
    // A name that begins with # is no comment: it is quoted.
    let mut writer = WriterBuilder::new().comment(Some(b'#')).from_writer(Vec::new());
    let header = ["uid", "password", "commonName", "email", "guid", "pod"];
    // Into memory everything can be written.
    let _ = writer.write_record(header);
    for account in accounts {
        let Account { uid, common_name, email, guid, pod, password } = &**account;
        let password = password.reveal();
        let fields: [&str; 6] = [uid, &password, common_name, email, guid, pod];
        if let Some(at) = fields.iter().position(|field| field.contains(['\n', '\r'])) {
            return Err(Unwritable::new(account, format!("{} holds a line break", header[at])));
        }
        let _ = writer.write_record(fields);
    }
    let bytes = writer.into_inner().unwrap_or_default();
    Ok(String::from_utf8(bytes).unwrap_or_default())
}
