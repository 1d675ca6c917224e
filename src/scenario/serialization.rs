//! `clientDataSerialization`: where clients keep what they know from one run to the next (spec 1.3, 10.4).

use std::path::PathBuf;

use super::pods::Place;
use crate::calendar::state::Keeper;
use crate::config::{OwnFolder, Table};

/// Clients keep what they know in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Serialization {
    pub folder: PathBuf,
    /// What was kept before is used; else it is forgotten first.
    pub use_old: bool,
}

impl Serialization {
    pub fn own_folder(&self) -> OwnFolder {
        OwnFolder { path: self.folder.clone(), owns: Keeper::owns }
    }
}

/// Decodes both forms: `Enabled` (2013; what is there is used) and `UseOldData` (later; being there enables it).
///
/// The embedded server starts empty each time, so nothing that clients knew of it is true again: there it is not used.
pub fn decode(table: &Table<'_>, place: Option<&Place>) -> Option<Serialization> {
    let value = table.value("clientDataSerialization")?;
    let dict = Table::new(value, table.diags(), "clientDataSerialization")?;
    let enabled = dict.or_any(&["Enabled", "enabled"], true);
    let use_old = dict.or("UseOldData", true);
    let folder = if enabled { dict.required::<String>("Path") } else { dict.optional("Path") };
    dict.finish();
    if enabled && matches!(place, Some(Place::Embedded)) {
        table
            .diags()
            .notice(&value.at, "the embedded server starts empty each time: what clients know is not kept");
        return None;
    }
    enabled.then_some(Serialization { folder: folder?.into(), use_old })
}
