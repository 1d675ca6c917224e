//! The key `webadmin`: the ancestors' live page (spec 1.3, 10.5).

use crate::config::Table;

/// Where the config wants a live page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webadmin {
    /// None: only for this machine. The ancestors listened on all addresses, where everybody could end a run.
    pub address: Option<String>,
    /// None: a free one.
    pub port: Option<u16>,
}

/// What the config says of it; None if it wants none.
pub fn decode(config: &Table<'_>) -> Option<Webadmin> {
    let webadmin = Table::new(config.value("webadmin")?, config.diags(), "webadmin")?;
    let enabled = webadmin.or_any(&["enabled", "Enabled"], false);
    let (address, port) = (webadmin.optional("address"), webadmin.optional("HTTPPort"));
    webadmin.finish();
    enabled.then_some(Webadmin { address, port })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Diagnostics, read_bytes};

    fn of(keys: &str) -> Option<Webadmin> {
        let text = format!("<plist><dict><key>webadmin</key><dict>{keys}</dict></dict></plist>");
        let diags = Diagnostics::new();
        let value = read_bytes("test", text.as_bytes(), &diags).unwrap();
        let found = decode(&Table::new(&value, &diags, "the config").unwrap());
        assert!(!diags.has_errors());
        found
    }

    #[test]
    fn both_spellings_turn_it_on() {
        let port = "<key>HTTPPort</key><integer>8080</integer>";
        let found = Some(Webadmin { address: None, port: Some(8080) });
        assert_eq!(of(&format!("<key>Enabled</key><true/>{port}")), found);
        assert_eq!(of(&format!("<key>enabled</key><true/>{port}")), found);
        assert_eq!(of(&format!("<key>enabled</key><false/>{port}")), None);
        let open = of("<key>enabled</key><true/><key>address</key><string>0.0.0.0</string>");
        assert_eq!(open, Some(Webadmin { address: Some("0.0.0.0".into()), port: None }));
    }
}
