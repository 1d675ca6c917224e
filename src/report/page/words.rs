//! What a person calls an error or a status. What they call an operation its domain says ([`Results::called`]).

use crate::report::Results;

/// Whether some requests were HTTP's: all that are no step of a protocol that has a name of its own.
pub fn speaks_http(results: &Results) -> bool {
    let named = |label| results.protocols.iter().any(|protocol| protocol.has(label));
    results.protocols.is_empty() || results.requests.keys().any(|label| !named(*label))
}

/// What an error of this kind means in a run that speaks HTTP, and other protocols or not.
pub fn error(kind: &str, results: &Results) -> &'static str {
    match kind {
        "protocol" if !results.protocols.is_empty() => "Not as the protocol has it.",
        "status" if !results.protocols.is_empty() => "A status or a reply that was not expected.",
        _ => of_http(kind),
    }
}

fn of_http(kind: &str) -> &'static str {
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

/// What a status says: in the words of HTTP, or in those of each protocol of the run whose status it can be.
pub fn status(code: u16, results: &Results) -> String {
    let http = speaks_http(results).then(|| ("HTTP", phrase(code)));
    let known = |code| {
        http.into_iter()
            .chain(results.protocols.iter().filter_map(move |of| Some((&*of.name, of.status(code)?))))
    };
    let known: Vec<(&str, &str)> = known(code).filter(|(_, words)| !words.is_empty()).collect();
    match known.as_slice() {
        [(_, words)] => (*words).to_owned(),
        several => {
            several.iter().map(|(name, words)| format!("{name}: {words}")).collect::<Vec<_>>().join("; ")
        }
    }
}

/// The phrase of a status of HTTP (RFC 9110 section 15, RFC 4918 section 11), or what its class says.
fn phrase(code: u16) -> &'static str {
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
    use crate::report::protocol::tests::{TALK, WAVE, talked};
    use crate::report::summary_of;

    #[test]
    fn every_kind_of_error_has_words() {
        let stats = talked();
        let mut summary = summary_of(&stats);
        for protocols in [vec![], vec![&TALK]] {
            summary.protocols = protocols;
            let results = Results::of(&summary);
            assert!(ErrorKind::ALL.iter().all(|kind| !error(kind.as_str(), &results).is_empty()));
        }
    }

    #[test]
    fn a_status_has_the_words_of_its_own_protocol() {
        let stats = talked();
        let mut summary = summary_of(&stats);
        assert_eq!(status(500, &Results::of(&summary)), "Internal Server Error");
        summary.protocols = vec![&TALK, &WAVE];
        let mut results = Results::of(&summary);
        // Both are spoken, and both have such a status; one of the two has the last.
        let both = [200, 500, 404].map(|code| status(code, &results));
        assert_eq!(
            both,
            ["HTTP: OK; TALK: heard", "HTTP: Internal Server Error; TALK: hung up", "Not Found"]
        );
        // Nobody speaks HTTP.
        results.requests.remove(&crate::label::Label::new("GET{event}"));
        assert_eq!([200, 500, 404].map(|code| status(code, &results)), ["heard", "hung up", ""]);
    }
}
