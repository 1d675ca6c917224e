//! Keys of the ancestors that have another meaning here, or none yet: they load, with a notice.

use crate::config::Table;

/// Takes `webadmin`, `workerID`, `workerCount` from the config (spec 1.3, 10).
pub fn decode(table: &Table<'_>) {
    if let Some(value) = table.value("webadmin")
        && let Some(webadmin) = Table::new(value, table.diags(), "webadmin")
    {
        let enabled = webadmin.or_any(&["enabled", "Enabled"], false);
        webadmin.optional::<u16>("HTTPPort");
        webadmin.finish();
        if enabled {
            table.diags().notice(&value.at, "there is no live page yet: `webadmin` is read and not used");
        }
    }
    for key in ["workerID", "workerCount"] {
        table.optional::<u32>(key);
    }
}
