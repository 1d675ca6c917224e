//! What a person calls an operation, an error or a status.

/// What the user did or what happened to them, for an operation of this label.
pub fn operation(label: &str) -> Option<&'static str> {
    let words = match label {
        "startup" => "Open the calendar program",
        "poll" => "See what is new",
        "push" => "See a change as it is announced",
        "create" => "Put something into the calendar",
        "invite" => "Invite somebody",
        "accept" => "Answer an invitation",
        "reply done" => "Take note of an answer",
        "cancelled" => "Take note of a cancellation",
        "update" => "Change an event",
        "attach" => "Attach a file",
        "download" => "Fetch an attachment",
        "share" => "Share a calendar",
        "query" => "Look at a span of days",
        "refresh" => "Load everything again",
        "reset" => "Add the account anew",
        "limit" => "Delete old events",
        "subscribe" => "Ask to be told of changes",
        _ => return None,
    };
    Some(words)
}

/// What an error of this kind means.
pub fn error(kind: &str) -> &'static str {
    match kind {
        "name" => "The name of the server could not be resolved.",
        "connect" => "No connection: refused or unreachable.",
        "descriptors" => "This machine had no descriptor left for a connection.",
        "addresses" => "This machine had no local address or port left for a connection.",
        "connect-timeout" => "No connection within the time allowed.",
        "tls" => "The TLS handshake failed, or the certificate was refused.",
        "closed" => "The connection ended before the answer was complete.",
        "timeout" => "No complete answer within the time allowed.",
        "protocol" => "Not HTTP, or not as HTTP should be.",
        "too-large" => "The answer was larger than allowed.",
        "status" => "A status that was not expected.",
        "auth" => "The credentials were refused, or asked for in a way that is not known.",
        "content" => "An expected status with a body that makes no sense.",
        "unanswered" => "The run ended before the answer came; no failure.",
        "refused" => "The server refuses for good.",
        "deferred" => "The server refuses for now.",
        "full" => "The server has no room: a full mailbox, a full disk.",
        _ => "",
    }
}

/// The phrase of a status of HTTP (RFC 9110 section 15, RFC 4918 section 11), or what its class says.
pub fn status(code: u16) -> &'static str {
    match code {
        200 => "OK",
        201 => "Created",
        204 => "No Content",
        206 => "Partial Content",
        207 => "Multi-Status",
        301 => "Moved Permanently",
        302 => "Found",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized: it asks for credentials",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        409 => "Conflict",
        410 => "Gone",
        412 => "Precondition Failed: somebody else was faster",
        413 => "Content Too Large",
        415 => "Unsupported Media Type",
        423 => "Locked",
        424 => "Failed Dependency",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        507 => "Insufficient Storage",
        _ => class(code),
    }
}

/// What the first digit of a status says.
fn class(code: u16) -> &'static str {
    match code / 100 {
        1 => "an interim answer",
        2 => "a success",
        3 => "a redirection",
        4 => "the request was wrong",
        5 => "the server failed",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::ErrorKind;

    #[test]
    fn every_kind_of_error_has_words() {
        assert!(ErrorKind::ALL.iter().all(|kind| !error(kind.as_str()).is_empty()));
    }
}
