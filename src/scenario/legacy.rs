//! Keys of the ancestors that are read and not used.

use crate::config::Table;

/// Takes `workerID` and `workerCount` from the config (spec 1.3, 10).
pub fn decode(table: &Table<'_>) {
    for key in ["workerID", "workerCount"] {
        table.optional::<u32>(key);
    }
}
