//! Searches among the principals: by property (RFC 3744 section 9.4), by token (CalendarServer).
use super::super::call::Call;
use super::super::paths::{Owner, Target};
use super::super::properties::first_and_last;
use super::super::propfind::{What, write};
use super::super::reply::{self, Refusal, Reply};
use super::super::store::{Principal, PrincipalId, Store};
use crate::dav::{Element, Name, XmlWriter, names};

/// The most principals in one answer; a longer list ends with a 507.
const MAX_RESULTS: usize = 1000;

/// The properties that can be searched, and what they are called.
static SEARCHABLE: &[(&Name, &str)] = &[
    (&names::DISPLAYNAME, "Display Name"),
    (&names::EMAIL_ADDRESS_SET, "Email Addresses"),
    (&names::CALENDAR_USER_ADDRESS_SET, "Calendar User Address Set"),
    (&names::CALENDAR_USER_TYPE, "Calendar User Type"),
];

/// D:principal-property-search.
pub fn by_property(call: &Call<'_>, store: &Store, root: &Element) -> Result<Reply, Refusal> {
    let any = root.attribute("test") == Some("anyof");
    let mut searches = Vec::new();
    for search in root.all(&names::PROPERTY_SEARCH) {
        let wanted = search.child(&names::MATCH).ok_or(Refusal::status(400))?;
        let props: Vec<&Name> = search.all(&names::PROP).flat_map(|p| &p.children).map(|p| &p.name).collect();
        let kind = wanted.attribute("match-type").unwrap_or("contains");
        searches.push((props, wanted.text.trim().to_lowercase(), kind));
    }
    if searches.is_empty() {
        return Err(Refusal::status(400));
    }
    let matches = |principal: &Principal| {
        let one = |(props, wanted, kind): &(Vec<&Name>, String, &str)| {
            // Every property of one search has to match.
            props.iter().all(|name| texts(principal, name).iter().any(|text| compare(text, wanted, kind)))
        };
        if any { searches.iter().any(one) } else { searches.iter().all(one) }
    };
    Ok(found(call, store, root, matches))
}

/// CS:calendarserver-principal-search: each token begins a word of the name, or the address.
pub fn by_token(call: &Call<'_>, store: &Store, root: &Element) -> Result<Reply, Refusal> {
    let tokens: Vec<String> = root.all(&names::SEARCH_TOKEN).map(|t| t.text.trim().to_lowercase()).collect();
    if tokens.is_empty() || tokens.iter().any(String::is_empty) {
        return Err(Refusal::status(400));
    }
    let matches = |principal: &Principal| {
        let one = |token: &String| {
            begins(&principal.email, token) || words(&principal.common_name).any(|word| begins(word, token))
        };
        tokens.iter().all(one)
    };
    Ok(found(call, store, root, matches))
}

/// The words of a name, and empty ones between them.
fn words(name: &str) -> impl Iterator<Item = &str> {
    name.split(char::is_whitespace)
}

/// Whether a text begins so; `lower` is in small letters.
fn begins(text: &str, lower: &str) -> bool {
    // Most texts begin with another letter.
    if let (Some(first), Some(wanted)) = (text.bytes().next(), lower.bytes().next())
        && first.is_ascii()
        && first.to_ascii_lowercase() != wanted
    {
        return false;
    }
    match text.as_bytes().get(..lower.len()) {
        Some(begin) if begin.is_ascii() => begin.eq_ignore_ascii_case(lower.as_bytes()),
        None if text.is_ascii() => false,
        _ => text.to_lowercase().starts_with(lower),
    }
}

/// D:principal-match and D:acl-principal-prop-set: here always the one who asks, the owner of all it sees.
pub fn myself(call: &Call<'_>, store: &Store, root: &Element) -> Reply {
    let by = call.by;
    found_ids(call, store, root, [by].into_iter())
}

/// D:principal-search-property-set.
pub fn properties() -> Reply {
    let mut xml = XmlWriter::document(&names::PRINCIPAL_SEARCH_PROPERTY_SET);
    for (name, description) in SEARCHABLE {
        xml.open(&names::PRINCIPAL_SEARCH_PROPERTY);
        xml.open(&names::PROP);
        xml.empty(name);
        xml.close(&names::PROP);
        xml.open_with(&names::DESCRIPTION, &[("xml:lang", "en")]);
        xml.push_text(description);
        xml.close(&names::DESCRIPTION);
        xml.close(&names::PRINCIPAL_SEARCH_PROPERTY);
    }
    reply::xml(200, xml.finish(&names::PRINCIPAL_SEARCH_PROPERTY_SET))
}

fn found(call: &Call<'_>, store: &Store, root: &Element, matches: impl Fn(&Principal) -> bool) -> Reply {
    let ids = store.principals().filter(|(_, principal)| matches(principal)).map(|(id, _)| id);
    found_ids(call, store, root, ids)
}

fn found_ids(
    call: &Call<'_>,
    store: &Store,
    root: &Element,
    ids: impl Iterator<Item = PrincipalId>,
) -> Reply {
    let asked = root.child(&names::LIMIT).and_then(|l| l.child_text(&names::NRESULTS));
    let limit = asked.and_then(|n| n.parse().ok()).unwrap_or(MAX_RESULTS).min(MAX_RESULTS);
    let wanted = What::of_report(root);
    let context = call.context(store);
    let mut out = call.multistatus();
    for (n, id) in ids.enumerate() {
        if n == limit {
            out.status(&call.target.href(store), 507, Some(&names::NUMBER_OF_MATCHES_WITHIN_LIMITS));
            break;
        }
        write(&context, &mut out, &Target::Principal(Owner::new(id)), &wanted);
    }
    reply::multistatus(out.finish())
}

/// The texts of a searchable property.
fn texts(principal: &Principal, name: &Name) -> Vec<String> {
    if *name == names::DISPLAYNAME {
        vec![principal.common_name.to_string()]
    } else if *name == names::EMAIL_ADDRESS_SET {
        vec![principal.email.to_string()]
    } else if *name == names::CALENDAR_USER_ADDRESS_SET {
        principal.addresses()
    } else if *name == names::CALENDAR_USER_TYPE {
        vec!["INDIVIDUAL".to_owned()]
    } else if *name == names::FIRST_NAME {
        vec![first_and_last(principal).0.to_owned()]
    } else if *name == names::LAST_NAME {
        vec![first_and_last(principal).1.to_owned()]
    } else {
        Vec::new()
    }
}

fn compare(text: &str, wanted: &str, kind: &str) -> bool {
    let text = text.to_lowercase();
    match kind {
        "starts-with" => text.starts_with(wanted),
        "ends-with" => text.ends_with(wanted),
        "equals" => text == wanted,
        _ => text.contains(wanted),
    }
}
