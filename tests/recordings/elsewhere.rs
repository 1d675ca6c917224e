//! An inbox that lies outside the home, as Xandikos has it.

use std::cell::Cell;
use std::rc::Rc;

use crate::stage::{Reply, Stage, play};

const PRINCIPAL: &str = "<C:calendar-home-set><href>/h/1/</href></C:calendar-home-set>\
    <C:schedule-inbox-URL><href>/inbox/1/</href></C:schedule-inbox-URL><principal-URL><href>/p/1/</href></principal-URL>";
const HOME: &str = "<resourcetype><collection/></resourcetype>";

/// A multistatus with one response.
fn found(href: &str, properties: &str) -> Option<Reply> {
    Reply::xml(
        207,
        &format!(
            "<multistatus xmlns='DAV:' xmlns:C='urn:ietf:params:xml:ns:caldav' xmlns:CS='http://calendarserver.org/ns/'>\
             <response><href>{href}</href><propstat><prop>{properties}</prop><status>HTTP/1.1 200 OK</status></propstat>\
             </response></multistatus>"
        ),
    )
}

#[test]
fn it_is_looked_at_by_itself() {
    for model in ["OS_X_10_6", "OS_X_10_7", "OS_X_10_11", "iOS_5"] {
        play(async {
            let stage = Stage::new();
            let ctag = Rc::new(Cell::new(1));
            let shown = ctag.clone();
            stage.script(move |sent| match (sent.method.as_str(), sent.path.as_str()) {
                ("PROPFIND", "/h/1/") => found("/h/1/", HOME),
                ("PROPFIND", "/inbox/1/") if sent.header("depth") == Some("0") => {
                    let types = "<resourcetype><collection/><C:schedule-inbox/></resourcetype>";
                    found("/inbox/1/", &format!("{types}<CS:getctag>{}</CS:getctag>", shown.get()))
                }
                ("REPORT", "/inbox/1/") if sent.body.contains("multiget") => found(
                    "/inbox/1/i.ics",
                    "<getetag>\"1\"</getetag><C:calendar-data>BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nUID:u\n\
                     END:VEVENT\nEND:VCALENDAR\n</C:calendar-data>",
                ),
                ("PROPFIND", "/inbox/1/") if shown.get() == 1 => found("/inbox/1/", HOME),
                ("PROPFIND", "/inbox/1/") => found("/inbox/1/i.ics", "<getetag>\"1\"</getetag>"),
                ("PROPFIND", _) => found("/p/1/", PRINCIPAL),
                _ => Reply::status(403),
            });
            let mut client = stage.client(model, 1);
            stage.arrive(&mut client).await;
            assert_eq!(client.known().calendars().len(), 1, "{model}");
            ctag.set(2);
            stage.poll(&mut client).await;
            let uid = client.known().event("/inbox/1/i.ics").and_then(|(_, item)| item.uid.clone());
            assert_eq!(uid.as_deref(), Some("u"), "{model}: {:?}", stage.labels());
        });
    }
}
