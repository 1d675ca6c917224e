//! Status lines inside bodies (RFC 4918 section 14.28).
use std::borrow::Cow;

/// The code of `HTTP/1.1 404 Not Found`, 100 to 599.
pub fn parse(line: &str) -> Option<u16> {
    let mut words = line.split_ascii_whitespace();
    if !words.next()?.get(..5)?.eq_ignore_ascii_case("HTTP/") {
        return None;
    }
    let code: u16 = words.next()?.parse().ok()?;
    (100..600).contains(&code).then_some(code)
}

/// Writes a status line with the usual reason.
pub fn line(code: u16) -> Cow<'static, str> {
    // The usual ones stand in every answer many times.
    match code {
        200 => return Cow::Borrowed("HTTP/1.1 200 OK"),
        404 => return Cow::Borrowed("HTTP/1.1 404 Not Found"),
        _ => {}
    }
    let reason = match code {
        201 => "Created",
        204 => "No Content",
        207 => "Multi-Status",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        409 => "Conflict",
        412 => "Precondition Failed",
        424 => "Failed Dependency",
        500 => "Internal Server Error",
        507 => "Insufficient Storage",
        _ => "Unknown",
    };
    Cow::Owned(format!("HTTP/1.1 {code} {reason}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_lines() {
        assert_eq!(parse("HTTP/1.1 404 Not Found"), Some(404));
        assert_eq!(parse(" http/2 207"), Some(207));
        assert_eq!(parse("404 Not Found"), None);
        assert_eq!(parse("HTTP/1.1 999"), None);
        assert_eq!(parse(&line(507)), Some(507));
    }
}
