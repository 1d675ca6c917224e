//! A reading of answers that shares nothing with the program's: of the form that RFC 9112 gives them and no other.
use populace::event::ErrorKind::{self, Closed, Protocol, Timeout, TooLarge};

/// What an answer to a request of this method comes to; None: its form is not beyond doubt. After it the server `closes`
/// the connection or falls silent.
pub fn read(
    wire: &[u8],
    method: &str,
    closes: bool,
    limit: usize,
) -> Option<Result<(u16, Vec<u8>), ErrorKind>> {
    let cut = Err(if closes { Closed } else { Timeout });
    let (version, status, lines, rest) = head(wire)?;
    if (100..200).contains(&status) && status != 101 {
        return match rest.is_empty() {
            true => Some(cut),
            false => read(rest, method, closes, limit),
        };
    }
    let values = |wanted: &str| -> Vec<&str> {
        lines.iter().filter(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| *value).collect()
    };
    if method == "HEAD" || [101, 204, 304].contains(&status) {
        return Some(Ok((status, Vec::new())));
    }
    let body = match (&values("transfer-encoding")[..], &values("content-length")[..]) {
        ([], []) => all(rest, closes, limit),
        ([], [length]) if !length.is_empty() && length.bytes().all(|byte| byte.is_ascii_digit()) => {
            // Numbers of more digits are not beyond doubt.
            sized(rest, length.get(..).filter(|length| length.len() < 16)?.parse().ok()?, limit, cut.err()?)
        }
        ([], [length]) if !length.contains(',') => Err(Protocol),
        ([_, ..], _) if version == 0 => Err(Protocol),
        ([coding], _) if coding.eq_ignore_ascii_case("chunked") => chunked(rest, limit, cut.err()?)?,
        _ => return None,
    };
    match body {
        Ok(body) if !body.is_empty() && !values("content-encoding").is_empty() => None,
        Ok(body) => Some(Ok((status, body))),
        Err(kind) => Some(Err(kind)),
    }
}

type Head<'a> = (u8, u16, Vec<(&'a str, &'a str)>, &'a [u8]);

/// Minor version, status, lines, and what follows.
fn head(wire: &[u8]) -> Option<Head<'_>> {
    let end = wire.windows(4).position(|four| four == b"\r\n\r\n")?;
    let text = std::str::from_utf8(&wire[..end]).ok()?;
    let printable = |text: &str| text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    let mut lines = text.split("\r\n");
    let first = lines.next().filter(|line| printable(line))?.strip_prefix("HTTP/1.")?;
    let (version, after) = first.split_once(' ')?;
    let version = ["0", "1"].iter().position(|known| *known == version)? as u8;
    let (status, _) = after.split_once(' ')?;
    let status: u16 = status.parse().ok().filter(|_| status.len() == 3 && !status.starts_with('+'))?;
    if status < 100 {
        return None;
    }
    let mut pairs = Vec::new();
    for line in lines {
        let (name, value) = line.split_once(':').filter(|_| printable(line))?;
        let simple = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if name.is_empty() || !name.bytes().all(simple) {
            return None;
        }
        pairs.push((name, value.trim_matches(' ')));
    }
    (pairs.len() < 100).then_some((version, status, pairs, &wire[end + 4..]))
}

type Body = Result<Vec<u8>, ErrorKind>;

fn all(rest: &[u8], closes: bool, limit: usize) -> Body {
    match rest.len() > limit {
        true => Err(TooLarge),
        false if closes => Ok(rest.to_vec()),
        false => Err(Timeout),
    }
}

fn sized(rest: &[u8], length: usize, limit: usize, cut: ErrorKind) -> Body {
    let there = &rest[..length.min(rest.len())];
    match there.len() > limit {
        true => Err(TooLarge),
        false if there.len() < length => Err(cut),
        false => Ok(there.to_vec()),
    }
}

/// None: the coding has more to it than sizes and data.
fn chunked(mut rest: &[u8], limit: usize, cut: ErrorKind) -> Option<Body> {
    let mut body = Vec::new();
    loop {
        let Some(end) = rest.windows(2).position(|two| two == b"\r\n") else {
            // What may still become a size is waited for.
            let waits = rest.strip_suffix(b"\r").unwrap_or(rest);
            return (waits.len() < 16 && waits.iter().all(u8::is_ascii_hexdigit)).then_some(Err(cut));
        };
        let size = std::str::from_utf8(&rest[..end]).ok()?;
        if size.is_empty() || size.len() >= 16 || !size.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let size = usize::from_str_radix(size, 16).ok()?;
        rest = &rest[end + 2..];
        if size == 0 {
            return match rest {
                [b'\r', b'\n', ..] => Some(Ok(body)),
                [] | [b'\r'] => Some(Err(cut)),
                _ => None,
            };
        }
        let there = &rest[..size.min(rest.len())];
        body.extend_from_slice(there);
        if body.len() > limit {
            return Some(Err(TooLarge));
        }
        match &rest[there.len()..] {
            [b'\r', b'\n', more @ ..] => rest = more,
            [] | [b'\r'] => return Some(Err(cut)),
            _ => return Some(Err(Protocol)),
        }
    }
}
