//! Keys of the ancestors that have another meaning here, or none yet: they load, with a notice.

use crate::config::{Kind, Table};

/// Takes `webadmin`, `workers`, `workerID`, `workerCount` from the config (spec 1.3, 10).
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
    workers(table);
}

/// Worker processes are not there yet: whatever they are, this process does their work.
fn workers(table: &Table<'_>) {
    let Some(value) = table.value("workers") else { return };
    let Some(list) = value.as_array() else {
        let _: Option<()> = value.mismatch("an array of shell commands", table.diags());
        return;
    };
    let mut local = 0;
    for worker in list {
        match &worker.kind {
            Kind::String(command) if command.trim_end().ends_with("ampsim.py") => local += 1,
            Kind::String(_) | Kind::Dict(_) => {}
            _ => {
                let _: Option<()> = worker.mismatch("a shell command", table.diags());
            }
        }
    }
    if list.is_empty() {
        return;
    }
    let text = match local {
        0 => "worker commands are not run yet".to_owned(),
        _ => format!("{local} of them run the ancestor's ampsim.py, which are local workers here"),
    };
    let count = list.len();
    table
        .diags()
        .notice(&value.at, format!("{count} workers: {text}; one process does the work of all, as one"));
}
