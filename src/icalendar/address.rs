//! Calendar user addresses: one user has several, and servers spell them differently.
use super::Line;

/// The addresses of one calendar user, as a server lists them in `calendar-user-address-set`.
///
/// CalendarServer rewrites `mailto:` to `urn:x-uid:` or `urn:uuid:` and adds an `EMAIL` parameter;
/// others leave the address as sent. Both are recognised (spec 12.1.11).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Addresses {
    normal: Vec<String>,
}

impl Addresses {
    /// The user with these addresses: `mailto:`, `urn:uuid:`, `urn:x-uid:`, paths, URLs; a bare
    /// `user@host` counts as `mailto:`.
    pub fn new<S: AsRef<str>>(addresses: impl IntoIterator<Item = S>) -> Addresses {
        let mut normal: Vec<String> =
            addresses.into_iter().map(|address| normalise(address.as_ref())).collect();
        normal.retain(|address| !address.is_empty());
        Addresses { normal }
    }

    /// The addresses, each in the one spelling of [`normalise`].
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.normal.iter().map(String::as_str)
    }

    /// Is nothing known about the user?
    pub fn is_empty(&self) -> bool {
        self.normal.is_empty()
    }

    /// Is this address one of the user's, in any spelling?
    pub fn contains(&self, address: &str) -> bool {
        let address = address.trim();
        if starts_with(address, "mailto:") || starts_with(address, "urn:") {
            return self.normal.iter().any(|own| own.eq_ignore_ascii_case(address));
        }
        self.normal.contains(&normalise(address))
    }

    /// Does this ATTENDEE or ORGANIZER line name the user, by its value or its EMAIL parameter?
    pub fn named_by(&self, line: &Line) -> bool {
        self.contains(line.value()) || line.param("EMAIL").is_some_and(|mail| self.has_mail(&mail))
    }

    fn has_mail(&self, mail: &str) -> bool {
        let mails = self.normal.iter().filter_map(|own| own.strip_prefix("mailto:"));
        mails.map(str::trim).any(|own| own.eq_ignore_ascii_case(mail.trim()))
    }
}

fn starts_with(text: &str, scheme: &str) -> bool {
    text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
}

/// One spelling for each address: schemes, mail addresses and UUIDs in lower case, URLs as their
/// path, paths without the last slash.
pub fn normalise(address: &str) -> String {
    let address = address.trim();
    if starts_with(address, "mailto:") || starts_with(address, "urn:") {
        return address.to_ascii_lowercase();
    }
    if let Some((_, rest)) = address.split_once("://") {
        let path = rest.find('/').map_or("/", |slash| &rest[slash..]);
        return path.trim_end_matches('/').to_owned();
    }
    if !address.starts_with('/') && address.contains('@') {
        return format!("mailto:{}", address.to_ascii_lowercase());
    }
    address.trim_end_matches('/').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_is_the_user() {
        let me = Addresses::new(["mailto:User01@Example.com", "urn:uuid:ABCD", "/principals/users/01/"]);
        for spelling in [
            "MAILTO:user01@example.COM",
            "user01@example.com",
            "URN:UUID:abcd",
            "/principals/users/01",
            "https://h:8443/principals/users/01/",
        ] {
            assert!(me.contains(spelling), "{spelling}");
        }
        assert!(!me.contains("mailto:user02@example.com"));
        let rewritten = Line::from_logical("ATTENDEE;EMAIL=user01@example.com:urn:x-uid:77".into());
        assert!(me.named_by(&rewritten));
        assert!(!Addresses::new([""]).contains(""));
    }
}
