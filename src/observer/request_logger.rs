//! The log of requests (spec 7.5).

use super::kind::{Kind, Kinds, Needs};
use super::{Observer, Output, Stage, decoded};
use crate::config::{Param, Table};
use crate::event::{Event, Response, What};

/// Prints each response as it comes, and of those that failed what was said.
pub struct RequestLogger {
    bodies: bool,
    output: Option<Output>,
}

/// The parameters.
pub const PARAMS: &[Param] = &[Param {
    name: "bodies",
    default: "true",
    help: "whether a request that failed is shown with both bodies; false spares the run their copies",
}];

/// Decodes the parameters.
pub fn build(params: Table) -> Option<Box<dyn Observer>> {
    let bodies = decoded(&params, "bodies", true);
    params.finish();
    Some(Box::new(RequestLogger { bodies: bodies?, output: None }))
}

impl Observer for RequestLogger {
    fn name(&self) -> &'static str {
        "RequestLogger"
    }

    fn needs(&self) -> Needs {
        Needs { events: Kinds::NONE.with(Kind::Response), bodies: self.bodies }
    }

    fn begin(&mut self, stage: &Stage) -> Result<(), String> {
        self.output = Some(stage.output.clone());
        Ok(())
    }

    fn observe(&mut self, event: &Event) {
        if let (What::Response(response), Some(output)) = (&event.what, &self.output) {
            output.line(line(response));
            if !response.success && self.bodies {
                output.line(block(response));
            }
        }
    }
}

fn line(response: &Response) -> String {
    let mark = if response.success { '\u{2713}' } else { '\u{2717}' };
    let who = &response.who;
    format!(
        "{} ({} {}) request {}{mark}[{:5.2} s] {:>8} {}",
        who.uid,
        who.title,
        who.instance,
        code(response),
        response.service().as_secs_f64(),
        response.label,
        path(&response.url)
    )
}

/// The status; without one what went wrong.
pub fn code(response: &Response) -> String {
    match (response.status, response.error) {
        (Some(status), _) => status.to_string(),
        (None, Some(error)) => error.as_str().to_owned(),
        (None, None) => "none".to_owned(),
    }
}

fn block(response: &Response) -> String {
    let rule = "=".repeat(80);
    format!("{rule}\nINCORRECT ERROR CODE: {}\n{}\n{rule}", code(response), said(response, BODY))
}

/// Characters of a body that are shown.
pub const BODY: usize = 5000;

/// URL, method, user and both bodies; of the response's body so many characters.
pub fn said(response: &Response, most: usize) -> String {
    let (request, answer) = response
        .bodies
        .as_ref()
        .map_or(("", ""), |bodies| (bodies.request.as_str(), bodies.response.as_str()));
    let detail = response.detail.as_ref().map_or(String::new(), |detail| format!("ERROR: {detail}\n"));
    format!(
        "{detail}URL: {}\nMETHOD: {}\nUSER: {}\nREQUEST BODY:\n{}\nRESPONSE BODY:\n{}",
        response.url,
        response.label,
        response.who.uid,
        first(request, BODY),
        first(answer, most)
    )
}

/// So many characters of a text; a terminal shall obey none of them.
fn first(text: &str, most: usize) -> String {
    let harmless = |c: char| if c.is_control() && c != '\n' && c != '\t' { ' ' } else { c };
    text.chars().take(most).map(harmless).collect()
}

/// What follows the authority of a URL: path, query and fragment.
fn path(url: &str) -> &str {
    let Some((_, rest)) = url.split_once("://") else { return url };
    rest.find(['/', '?', '#']).map_or("/", |begin| &rest[begin..])
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;
    use crate::event::{Bodies, ErrorKind};
    use crate::observer::test::{live, load};
    use crate::stats::test::response;

    const TYPE: &str = "contrib.performance.loadtest.ical.RequestLogger";

    #[test]
    fn a_line_is_that_of_the_ancestor() {
        let mut event = response(0, "PUT{event}", 0.044, true);
        if let What::Response(response) = &mut event.what {
            response.url = "http://127.0.0.1:8008/calendars/a/b.ics?x=1#y".into();
            response.status = Some(201);
        }
        let expected = "user01 (main 0) request 201✓[ 0.04 s] PUT{event} /calendars/a/b.ics?x=1#y\n";
        assert_eq!(live(TYPE, "", &[event]), expected);
    }

    #[test]
    fn a_failure_is_shown_with_what_was_said() {
        let mut event = response(0, "PUT{event}", 1.0, false);
        if let What::Response(response) = &mut event.what {
            (response.status, response.error) = (None, Some(ErrorKind::Timeout));
            let (request, response_body) = ("é".repeat(6000), "gone".to_owned());
            response.bodies = Some(Rc::new(Bodies { request, response: response_body }));
        }
        let text = live(TYPE, "", std::slice::from_ref(&event));
        assert!(text.starts_with("user01 (main 0) request timeout✗[ 1.00 s] PUT{event} /calendars/\n====="));
        assert_eq!(text.matches('é').count(), 5000);
        assert!(text.contains("\nINCORRECT ERROR CODE: timeout\nURL: http://127.0.0.1:8008/calendars/\n"));
        assert!(text.contains("\nRESPONSE BODY:\ngone\n====="));
        let without = "<key>bodies</key><false/>";
        assert_eq!(live(TYPE, without, &[event]).lines().count(), 1);
        assert!(!load(TYPE, without).unwrap().needs().bodies);
    }

    #[test]
    fn a_url_without_path_is_the_root() {
        assert_eq!(["http://x", "http://x?q", "/p", "http://x/"].map(path), ["/", "?q", "/p", "/"]);
    }
}
