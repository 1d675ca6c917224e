//! Where the principal is: the well-known place, the configured path, the root of the server.

use super::refused;
use crate::calendar::memory::CalendarMemory;
use crate::calendar::model::{Body, Discovery};
use crate::calendar::wire::{Found, ask, body, labels};
use crate::client::{Context, Trouble};
use crate::dav::{Response, names, path};
use crate::http::Call;
use crate::label::Label;

/// How many redirects are followed in one go; one more is a failure, since a server may send a client in circles.
const REDIRECTS: usize = 5;
/// What places answer. First come the statuses of one that knows nothing of principals, so that another one is asked;
/// last those of one that points elsewhere.
const EXPECT: [u16; 9] = [404, 405, 501, 207, 301, 302, 303, 307, 308];
const ELSEWHERE: usize = 3;
const REDIRECTED: usize = 5;

/// Finds the path of the user's principal (RFC 6764 section 6, spec 5.3).
pub async fn find_principal(cx: &Context, memory: &mut CalendarMemory) -> Result<String, Trouble> {
    let well_known = (labels::WELL_KNOWN, "/.well-known/caldav/".to_owned(), false);
    let configured = memory.program.pod.principal_of(&cx.account.uid);
    let configured = configured.map(|place| (labels::FIND_PRINCIPAL, place, true));
    let root = (labels::FIND_PRINCIPAL, "/".to_owned(), false);
    let places = match memory.program.model.discovery {
        Discovery::WellKnown => [Some(well_known), configured, Some(root)],
        Discovery::Template => [configured, Some(well_known), Some(root)],
    };
    let mut places = places.into_iter().flatten().peekable();
    while let Some((label, place, configured)) = places.next() {
        // After the last place there is none: that it knows nothing is a failure.
        let expect = if places.peek().is_some() { &EXPECT[..] } else { &EXPECT[ELSEWHERE..] };
        match look(cx, memory, (label, expect), place, configured).await {
            Ok(Some(found)) => return Ok(found),
            Ok(None) => {}
            // A place that sends its clients in circles is no place to find anything.
            Err(trouble) if refused(&trouble) || matches!(trouble.status(), Some(300..400)) => {}
            Err(trouble) => return Err(trouble),
        }
    }
    Err(Trouble::Content(format!("the server does not say where the principal of {} is", cx.account.uid)))
}

/// Asks one place, and those it points to.
async fn look(
    cx: &Context,
    memory: &mut CalendarMemory,
    (label, expect): (Label, &[u16]),
    mut place: String,
    configured: bool,
) -> Result<Option<String>, Trouble> {
    for followed in 0..=REDIRECTS {
        let last = followed == REDIRECTS;
        let expect = if last { &expect[..expect.len() - REDIRECTED] } else { expect };
        let text = body(memory, Body::FindPrincipal, &[])?;
        let call = Call::new(label, "PROPFIND", &place, expect).header("depth", "0");
        let answer = match ask(cx, memory, call.body("text/xml", text)).await? {
            Found::Multistatus(found) => {
                let response = found.find(&place).or(found.responses.first());
                return Ok(response.and_then(|response| principal_in(response, configured)));
            }
            Found::Other(answer) => answer,
        };
        // The host of the redirect is not looked at: a client stays with its server.
        match answer.header("location").and_then(|location| path::resolve(&place, location)) {
            Some(next) => place = next,
            None => return Ok(None),
        }
    }
    Ok(None)
}

/// What an answer says of the principal. At the configured place that is the one there; elsewhere, the one that the
/// credentials are of (RFC 5397).
fn principal_in(response: &Response, configured: bool) -> Option<String> {
    let current = response.path_of(&names::CURRENT_USER_PRINCIPAL);
    let here = response.path_of(&names::PRINCIPAL_URL);
    if configured {
        let itself = response.has_type(&names::PRINCIPAL).then(|| response.href.clone());
        return here.or(current).or(itself);
    }
    current.or(here)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dav::Multistatus;

    fn found(props: &str, configured: bool) -> Option<String> {
        let body = format!(
            "<multistatus xmlns='DAV:'><response><href>/p/</href><propstat><prop>{props}</prop>\
             <status>HTTP/1.1 200 OK</status></propstat></response></multistatus>"
        );
        principal_in(&Multistatus::parse(&body, "/p/").unwrap().responses[0], configured)
    }

    #[test]
    fn the_principal_is_the_users_own() {
        let both = "<current-user-principal><href>/u/1/</href></current-user-principal>\
                    <principal-URL><href>http://h/u/2/</href></principal-URL>";
        assert_eq!(found(both, false).as_deref(), Some("/u/1/"));
        assert_eq!(found(both, true).as_deref(), Some("/u/2/"));
        let nobody = "<current-user-principal><unauthenticated/></current-user-principal><principal-URL/>";
        assert_eq!(found(nobody, false), None);
        let itself = "<resourcetype><principal/></resourcetype>";
        assert_eq!(found(itself, true).as_deref(), Some("/p/"));
        assert_eq!(found(itself, false), None);
    }
}
