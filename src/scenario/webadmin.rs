//! The key `webadmin`: the ancestors' live page (spec 1.3, 10.5).

use std::net::{IpAddr, Ipv4Addr};

use crate::config::Table;

/// Where the config wants a live page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webadmin {
    /// A number or a name.
    pub address: String,
    /// 0: a free one.
    pub port: u16,
}

/// A free port that only this machine reaches. The ancestors listened on all addresses, where everybody could end a run.
impl Default for Webadmin {
    fn default() -> Webadmin {
        Webadmin { address: Ipv4Addr::LOCALHOST.to_string(), port: 0 }
    }
}

/// What the config says of it; None if it wants none.
pub fn decode(config: &Table<'_>) -> Option<Webadmin> {
    let webadmin = Table::new(config.value("webadmin")?, config.diags(), "webadmin")?;
    let enabled = webadmin.or_any(&["enabled", "Enabled"], false);
    let Webadmin { address, port } = Webadmin::default();
    let (address, port) = (webadmin.or("address", address), webadmin.or("HTTPPort", port));
    if !is_host(&address) {
        webadmin
            .error_at_key("address", format!("`{address}` is neither an address nor a name"))
            .help("127.0.0.1, ::1, 0.0.0.0 or the name of this machine; the port stands in `HTTPPort`");
    }
    webadmin.finish();
    enabled.then_some(Webadmin { address, port })
}

/// Whether a text may say where to listen: an address as a number, or what could be a name. Whether this machine has it
/// is known when it listens.
pub fn is_host(text: &str) -> bool {
    let in_name = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
    // No name is of digits alone: that is a number that makes no sense.
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    text.parse::<IpAddr>().is_ok() || (!is_number && text.bytes().all(in_name))
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
        let found = Some(Webadmin { address: "127.0.0.1".into(), port: 8080 });
        assert_eq!(of(&format!("<key>Enabled</key><true/>{port}")), found);
        assert_eq!(of(&format!("<key>enabled</key><true/>{port}")), found);
        assert_eq!(of(&format!("<key>enabled</key><false/>{port}")), None);
        let open = of("<key>enabled</key><true/><key>address</key><string>0.0.0.0</string>");
        assert_eq!(open, Some(Webadmin { address: "0.0.0.0".into(), port: 0 }));
    }

    #[test]
    fn what_is_no_address_is_told_with_its_place() {
        for good in ["127.0.0.1", "::1", "::", "localhost", "load-1.example"] {
            assert!(is_host(good), "{good}");
        }
        for wrong in ["", "300.1.1.1", "127.0.0.1:8080", "[::1]", "http://localhost", "a b", "1:2"] {
            let text = format!(
                "<plist><dict><key>webadmin</key><dict><key>address</key>\n<string>{wrong}</string></dict></dict></plist>"
            );
            let diags = Diagnostics::new();
            let value = read_bytes("test", text.as_bytes(), &diags).unwrap();
            decode(&Table::new(&value, &diags, "the config").unwrap());
            let said: Vec<_> = diags.all().iter().map(ToString::to_string).collect();
            let expected = format!("test:2:1: error: `{wrong}` is neither an address nor a name");
            assert_eq!(said, [expected]);
        }
    }
}
