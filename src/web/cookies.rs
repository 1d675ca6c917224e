//! Cookies (RFC 6265).

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};

use super::place::Place;

/// The cookies of a visitor.
#[derive(Clone, Debug, Default)]
pub struct Jar(Vec<Cookie>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Cookie {
    name: Box<str>,
    value: Box<str>,
    /// In lower case.
    domain: Box<str>,
    /// Only the server that set it gets it.
    host_only: bool,
    path: Box<str>,
    secure: bool,
    /// None: it is kept as long as its visitor.
    expires: Option<DateTime<Utc>>,
}

/// The most cookies of a visitor, and the most bytes of one.
const MOST: usize = 150;
const LONGEST: usize = 4096;

impl Jar {
    /// Takes a Set-Cookie of an answer that came from here (5.2, 5.3). Nothing says why one is not kept.
    pub fn take(&mut self, line: &str, from: &Place, now: DateTime<Utc>) {
        let Some(cookie) = Cookie::read(line, from, now).filter(|_| line.len() <= LONGEST) else { return };
        let same = |old: &Cookie| {
            (&old.name, &old.domain, &old.path) == (&cookie.name, &cookie.domain, &cookie.path)
        };
        let gone = cookie.is_over(now);
        match self.0.iter().position(same) {
            Some(place) if gone => drop(self.0.remove(place)),
            // Where it stands says how old it is (5.3, step 11.3).
            Some(place) => self.0[place] = cookie,
            None if gone => {}
            None => {
                if self.0.len() == MOST {
                    self.0.remove(0);
                }
                self.0.reserve_exact(1);
                self.0.push(cookie);
            }
        }
    }

    /// The Cookie header of a request to this place, if there is anything to be sent (5.4).
    pub fn header(&self, to: &Place, now: DateTime<Utc>) -> Option<String> {
        if self.0.is_empty() {
            return None;
        }
        let mut sent: Vec<&Cookie> = self.0.iter().filter(|cookie| cookie.is_for(to, now)).collect();
        // Longer paths come first; those of equal length stay in the order of their age.
        sent.sort_by_key(|cookie| std::cmp::Reverse(cookie.path.len()));
        let pair = |cookie: &Cookie| format!("{}={}", cookie.name, cookie.value);
        (!sent.is_empty()).then(|| sent.into_iter().map(pair).collect::<Vec<_>>().join("; "))
    }
}

impl Cookie {
    fn read(line: &str, from: &Place, now: DateTime<Utc>) -> Option<Cookie> {
        let mut parts = line.split(';');
        let (name, value) = parts.next()?.split_once('=')?;
        let (name, value, host) = (name.trim(), value.trim(), from.target.host.to_ascii_lowercase());
        if name.is_empty() || line.contains(|c: char| c.is_control() && c != '\t') {
            return None;
        }
        let mut cookie = Cookie {
            name: name.into(),
            value: value.into(),
            domain: host.as_str().into(),
            host_only: true,
            path: default_path(from.bare()).into(),
            secure: false,
            expires: None,
        };
        let mut aged = false;
        for part in parts {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            let value = value.trim();
            match key.trim().to_ascii_lowercase().as_str() {
                "expires" if !aged => cookie.expires = date(value).or(cookie.expires),
                "max-age" => {
                    if let Ok(seconds) = value.parse::<i64>() {
                        aged = true;
                        let age = TimeDelta::try_seconds(seconds.clamp(-1, 400 * 86_400));
                        cookie.expires = age.and_then(|age| now.checked_add_signed(age));
                    }
                }
                "domain" if !value.is_empty() => {
                    let domain = value.strip_prefix('.').unwrap_or(value).to_ascii_lowercase();
                    // Nobody may set cookies for servers of others, nor for all of a kind, as `com`.
                    if !within(&host, &domain) || domain != host && !domain.contains('.') {
                        return None;
                    }
                    (cookie.domain, cookie.host_only) = (domain.into(), false);
                }
                "path" if value.starts_with('/') => cookie.path = value.into(),
                "secure" => cookie.secure = true,
                _ => {}
            }
        }
        Some(cookie)
    }

    fn is_over(&self, now: DateTime<Utc>) -> bool {
        self.expires.is_some_and(|expires| expires <= now)
    }

    fn is_for(&self, to: &Place, now: DateTime<Utc>) -> bool {
        let host = &to.target.host;
        let at_home = if self.host_only {
            host.eq_ignore_ascii_case(&self.domain)
        } else {
            within(&host.to_ascii_lowercase(), &self.domain)
        };
        at_home && path_within(to.bare(), &self.path) && (!self.secure || to.target.tls) && !self.is_over(now)
    }
}

/// Whether a host is this domain or one in it (5.1.3).
fn within(host: &str, domain: &str) -> bool {
    let is_address = host.parse::<std::net::IpAddr>().is_ok();
    host == domain || !is_address && host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
}

/// Whether a path is one that a cookie is for (5.1.4).
fn path_within(path: &str, folder: &str) -> bool {
    match path.strip_prefix(folder) {
        Some(rest) => rest.is_empty() || folder.ends_with('/') || rest.starts_with('/'),
        None => false,
    }
}

/// The path of a cookie that says none (5.1.4).
fn default_path(path: &str) -> &str {
    match path.rfind('/') {
        None | Some(0) => "/",
        Some(slash) => &path[..slash],
    }
}

/// A date as servers write it: RFC 9110 5.6.7, and with hyphens, as those did that were the first.
fn date(text: &str) -> Option<DateTime<Utc>> {
    let text = text.split_once(',').map_or(text, |(_, rest)| rest).trim().trim_end_matches("GMT").trim();
    let forms = ["%d %b %Y %H:%M:%S", "%d-%b-%y %H:%M:%S", "%d-%b-%Y %H:%M:%S"];
    let found = forms.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())?;
    Some(found.and_utc())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::Target;
    use proptest::prelude::*;

    fn place(url: &str) -> Place {
        Place::root(Target::parse("http://none").unwrap().0).resolve(url).unwrap()
    }

    fn now() -> DateTime<Utc> {
        "2026-01-05T09:00:00Z".parse().unwrap()
    }

    fn sent(lines: &[&str], from: &str, to: &str) -> Option<String> {
        let mut jar = Jar::default();
        lines.iter().for_each(|line| jar.take(line, &place(from), now()));
        jar.header(&place(to), now())
    }

    #[test]
    fn cookies_come_back_where_they_belong() {
        let home = "http://www.a.org/x/y";
        for (line, to, header) in [
            ("a=1", home, Some("a=1")),
            ("a=1", "http://a.org/x/y", None),
            ("a=1", "http://www.a.org/x", Some("a=1")),
            ("a=1", "http://www.a.org/", None),
            ("a=1; Path=/", "https://www.a.org/z", Some("a=1")),
            ("a=1; path=/x/y", "http://www.a.org/x/yz", None),
            ("a=1; Domain=.A.org; Path=/", "http://b.a.org/", Some("a=1")),
            ("a=1; Domain=b.org; Path=/", "http://www.a.org/", None),
            ("a=1; Domain=org; Path=/", "http://www.a.org/", None),
            ("a=1; Secure", home, None),
            ("a=1; Secure; HttpOnly; SameSite=Lax", "https://www.a.org/x/y", Some("a=1")),
            ("a = \"1 2\" ;x", home, Some("a=\"1 2\"")),
            ("a=1; Max-Age=0", home, None),
            ("a=1; Max-Age=9; Expires=Thu, 01 Jan 1970 00:00:00 GMT", home, Some("a=1")),
            ("a=1; Expires=Mon, 05-Jan-26 09:00:01 GMT", home, Some("a=1")),
            ("a=1; Expires=Mon, 05 Jan 2026 09:00:00 GMT", home, None),
            ("=1", home, None),
            ("a", home, None),
        ] {
            assert_eq!(sent(&[line], home, to).as_deref(), header, "{line} {to}");
        }
    }

    #[test]
    fn cookies_are_replaced_deleted_and_ordered() {
        let home = "http://h/x/y";
        let lines = ["a=1; Path=/", "b=2; Path=/x", "a=3; Path=/"];
        assert_eq!(sent(&lines, home, home).as_deref(), Some("b=2; a=3"));
        assert_eq!(sent(&["a=1", "a=; Max-Age=-1"], home, home), None);
        assert_eq!(
            sent(&["a=1; Domain=127.0.0.1"], "http://127.0.0.1/", "http://127.0.0.1/").as_deref(),
            Some("a=1")
        );
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(line in "[a=;, /.ExpirsDomanPthMAge0-9:-]{0,40}") {
            let _ = sent(&[&line], "http://h/", "http://h/");
        }
    }
}
