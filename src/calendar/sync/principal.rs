//! What the principal says: home, inbox, outbox, addresses. All but the home may be missing.

use std::rc::Rc;

use crate::calendar::memory::{CalendarMemory, Principal};
use crate::calendar::model::{Body, Search};
use crate::calendar::wire::{Found, ask, body, labels};
use crate::client::{Context, Trouble};
use crate::dav::{Response, names, path};
use crate::http::Call;
use crate::icalendar::Addresses;
use crate::population::Account;

/// The most homes that are looked at; there is one, or one for each of a few servers that work together.
const HOMES: usize = 16;
/// The most addresses of the user that are remembered: every attendee of an event is compared with each.
const ADDRESSES: usize = 64;

/// Reads the principal into the memory.
///
/// Errors: without a calendar home there is nothing for a calendar client to do.
pub async fn read_principal(cx: &Context, memory: &mut CalendarMemory, url: &str) -> Result<(), Trouble> {
    let text = body(memory, Body::Principal, &[])?;
    let call = Call::new(labels::PRINCIPAL, "PROPFIND", url, &[207]).header("depth", "0");
    let Found::Multistatus(found) = ask(cx, memory, call.body("text/xml", text)).await? else {
        return Err(Trouble::Content(format!("{url} is no principal")));
    };
    let Some(response) = found.find(url).or(found.responses.first()) else {
        return Err(Trouble::Content(format!("the server says nothing of the principal {url}")));
    };
    memory.principal = facts(response, url, &cx.account, memory.program.model.search);
    if memory.principal.homes.is_empty() {
        return Err(Trouble::Content(format!("the principal {url} has no calendar home")));
    }
    Ok(())
}

fn facts(response: &Response, url: &str, account: &Account, search: Search) -> Principal {
    let place = |name| response.path_of(name).map(Rc::<str>::from);
    let mut principal = Principal::of(account);
    principal.url = Some(url.into());
    principal.homes = homes(response);
    principal.inbox = place(&names::SCHEDULE_INBOX_URL).map(|inbox| path::with_slash(&inbox).into());
    principal.outbox = place(&names::SCHEDULE_OUTBOX_URL);
    principal.notifications = place(&names::NOTIFICATION_URL);
    principal.collection = place(&names::PRINCIPAL_COLLECTION_SET);
    principal.searchable = searchable(response, search);
    let mut addresses = response.hrefs(&names::CALENDAR_USER_ADDRESS_SET);
    addresses.truncate(ADDRESSES);
    principal.address = own_address(&addresses, &principal.me).map(Rc::from).or(principal.address);
    let email = (!account.email.is_empty()).then_some(&*account.email);
    principal.me = Addresses::new(addresses.into_iter().chain(email));
    principal
}

/// The homes in the server's order, each once; those beyond the first [`HOMES`] are left out.
fn homes(response: &Response) -> Box<[Rc<str>]> {
    let mut homes: Vec<Rc<str>> = Vec::new();
    for href in response.hrefs(&names::CALENDAR_HOME_SET).into_iter().filter(|href| !href.is_empty()) {
        let Some(home) = path::resolve(&response.href, href) else { continue };
        let home = path::with_slash(&home).into();
        if homes.len() < HOMES && !homes.contains(&home) {
            homes.push(home);
        }
    }
    homes.into_boxed_slice()
}

/// Which of the user's addresses stands in invitations: the account's own mail address if the server knows it, else
/// any mail address. A server may give none: then the account's is used.
fn own_address<'a>(addresses: &[&'a str], account: &Addresses) -> Option<&'a str> {
    let mails = || addresses.iter().filter(|address| address.to_ascii_lowercase().starts_with("mailto:"));
    mails().find(|address| account.contains(address)).or(mails().next()).copied()
}

/// Whether people can be looked up in the way the program does it; a server that does not say is asked.
fn searchable(response: &Response, search: Search) -> bool {
    let report = match search {
        Search::None => return false,
        Search::PropertySearch => &names::PRINCIPAL_PROPERTY_SEARCH,
        Search::CalendarServerSearch => &names::CALENDARSERVER_PRINCIPAL_SEARCH,
    };
    response.prop(&names::SUPPORTED_REPORT_SET).is_none() || response.supports_report(report)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dav::Multistatus;
    use crate::population::Password;

    fn read(props: &str) -> Principal {
        let body = format!(
            "<multistatus xmlns='DAV:' xmlns:C='urn:ietf:params:xml:ns:caldav'><response><href>/p/</href><propstat>\
             <prop>{props}</prop><status>HTTP/1.1 200 OK</status></propstat></response></multistatus>"
        );
        let account = Account {
            uid: "u1".into(),
            password: Password::new("p"),
            common_name: "".into(),
            email: "u1@example.com".into(),
            guid: "".into(),
            pod: "PodA".into(),
        };
        let found = Multistatus::parse(&body, "/p/").unwrap();
        facts(&found.responses[0], "/p/", &account, Search::PropertySearch)
    }

    #[test]
    fn what_is_missing_is_lived_with() {
        let bare = read(
            "<C:calendar-home-set><href>http://h:1/c/u1</href><href/><href>/c2/</href></C:calendar-home-set>",
        );
        assert_eq!(bare.homes.iter().map(|home| &**home).collect::<Vec<_>>(), ["/c/u1/", "/c2/"]);
        assert_eq!(bare.address.as_deref(), Some("mailto:u1@example.com"));
        assert!(bare.outbox.is_none() && bare.searchable && bare.me.contains("MAILTO:u1@example.com"));
    }

    #[test]
    fn homes_and_addresses_without_end_are_cut_short() {
        let hrefs: String = (0..100_000).map(|n| format!("<href>/c/{n}</href>")).collect();
        let many = read(&format!(
            "<C:calendar-home-set>{hrefs}</C:calendar-home-set>\
             <C:calendar-user-address-set>{hrefs}</C:calendar-user-address-set>"
        ));
        assert_eq!((many.homes.len(), &*many.homes[HOMES - 1]), (HOMES, "/c/15/"));
        assert_eq!(many.me.iter().count(), ADDRESSES + 1);
        assert!(many.me.contains("/c/0") && many.me.contains("u1@example.com"));
        let long = format!("<href>{}</href><href>/c/</href>", "f".repeat(path::MAX_PATH));
        assert_eq!(read(&format!("<C:calendar-home-set>{long}</C:calendar-home-set>")).homes.len(), 1);
    }

    #[test]
    fn ones_own_mail_address_comes_first() {
        let set = |hrefs: &str| {
            read(&format!("<C:calendar-user-address-set>{hrefs}</C:calendar-user-address-set>"))
        };
        let several = set("<href>urn:x:1</href><href>mailto:a@x</href><href>MAILTO:U1@example.com</href>");
        assert_eq!(several.address.as_deref(), Some("MAILTO:U1@example.com"));
        assert!(several.me.contains("urn:x:1") && several.me.contains("a@x"));
        assert_eq!(set("<href>/p/</href>").address.as_deref(), Some("mailto:u1@example.com"));
        assert_eq!(set("<href>mailto:b@x</href>").address.as_deref(), Some("mailto:b@x"));
    }
}
