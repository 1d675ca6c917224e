//! Where something is on the web: a server, and a path with its query.

use std::rc::Rc;

use crate::transport::Target;
use crate::transport::target::BadTarget;

/// A URL, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub target: Rc<Target>,
    /// Begins with a slash.
    pub path: Rc<str>,
}

impl Place {
    /// The beginning of a server.
    pub fn root(target: impl Into<Rc<Target>>) -> Place {
        Place { target: target.into(), path: "/".into() }
    }

    /// The same as [`Place::resolve`] of a reference that most often is a path as it is, which is shared then.
    ///
    /// # Errors
    /// As there.
    pub fn find(&self, reference: &Rc<str>) -> Result<Place, BadTarget> {
        match is_tidy(reference) {
            true => Ok(Place { target: self.target.clone(), path: reference.clone() }),
            false => self.resolve(reference),
        }
    }

    /// What a reference means that stands here (RFC 3986 5.2).
    ///
    /// # Errors
    /// It has a scheme other than http and https, or names no server.
    pub fn resolve(&self, reference: &str) -> Result<Place, BadTarget> {
        let reference = reference.trim().split('#').next().unwrap_or_default();
        if has_scheme(reference) {
            let (target, path) = Target::parse(reference)?;
            return Ok(Place { target: target.into(), path: tidy(&path).into() });
        }
        if let Some(rest) = reference.strip_prefix("//") {
            let scheme = if self.target.tls { "https" } else { "http" };
            let (target, path) = Target::parse(&format!("{scheme}://{rest}"))?;
            return Ok(Place { target: target.into(), path: tidy(&path).into() });
        }
        let here = self.path.split('?').next().unwrap_or_default();
        let path = match reference.chars().next() {
            None => self.path.to_string(),
            Some('/') => tidy(reference),
            Some('?') => format!("{here}{reference}"),
            Some(_) => {
                let folder = here.rfind('/').map_or("/", |slash| &here[..=slash]);
                tidy(&format!("{folder}{reference}"))
            }
        };
        Ok(Place { target: self.target.clone(), path: path.into() })
    }

    /// The path without its query.
    pub fn bare(&self) -> &str {
        self.path.split('?').next().unwrap_or_default()
    }
}

/// Whether a reference begins with a scheme.
fn has_scheme(reference: &str) -> bool {
    let end = reference.find([':', '/', '?']).filter(|end| reference[*end..].starts_with(':'));
    end.is_some_and(|end| {
        let scheme = &reference[..end];
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    })
}

/// Whether a reference is a path in which nothing has to be done.
fn is_tidy(reference: &str) -> bool {
    let odd = |pair: &[u8]| pair[0] == b'/' && matches!(pair[1], b'/' | b'.');
    reference.starts_with('/')
        && !reference.bytes().any(|byte| byte == b'#' || byte.is_ascii_whitespace())
        && reference.is_ascii()
        && !reference.as_bytes().windows(2).any(odd)
}

/// A path that begins with a slash, without its `.` and `..` (RFC 3986 5.2.4).
fn tidy(path: &str) -> String {
    let (path, query) = path.split_at(path.find('?').unwrap_or(path.len()));
    let mut kept: Vec<&str> = Vec::new();
    let segments = path.strip_prefix('/').unwrap_or(path).split('/');
    let mut open = false;
    for segment in segments {
        open = matches!(segment, "." | "..");
        match segment {
            "." => {}
            ".." => drop(kept.pop()),
            other => kept.push(other),
        }
    }
    let end = if open && !kept.is_empty() { "/" } else { "" };
    format!("/{}{end}{query}", kept.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_resolved() {
        let here = Place { path: "/a/b/c?d".into(), ..Place::root(Target::parse("http://h:81").unwrap().0) };
        for (reference, url) in [
            ("/x?y=../z", "http://h:81/x?y=../z"),
            ("x", "http://h:81/a/b/x"),
            ("../x", "http://h:81/a/x"),
            ("../../../x/.", "http://h:81/x/"),
            ("?e", "http://h:81/a/b/c?e"),
            ("", "http://h:81/a/b/c?d"),
            ("#f", "http://h:81/a/b/c?d"),
            ("//i/x", "http://i/x"),
            ("https://j", "https://j/"),
            ("https://j?q", "https://j/?q"),
            ("x?u=http://k/", "http://h:81/a/b/x?u=http://k/"),
            ("/x/./y", "http://h:81/x/y"),
            ("/x/..", "http://h:81/"),
            ("/x//y", "http://h:81/x//y"),
            ("/x/y#z", "http://h:81/x/y"),
            ("/x ", "http://h:81/x"),
        ] {
            let place = here.resolve(reference).unwrap();
            assert_eq!(format!("{}{}", place.target, place.path), url, "{reference}");
            assert_eq!(here.find(&reference.into()).unwrap(), place, "{reference}");
        }
        assert!(here.resolve("mailto:a@b").is_err() && here.resolve("http:///x").is_err());
    }
}
