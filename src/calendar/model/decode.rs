//! From a `model.plist` and templates to a [`Model`]. The keys are explained in `clients/models/OS_X_10_6/model.plist`.

use std::time::Duration;

use super::model::{Change, Conditions, Discovery, InboxProbe, Listing, Model, OnAnswer, Search, Start};
use super::template::{Body, Templates};
use crate::config::{At, Diagnostics, KeyPath, Seconds, Source, Table, Value, did_you_mean};
use crate::dav::{Element, XmlError};
use crate::http::ConnectionRule;

/// Decodes everything but the templates; also gives the name under `like`.
pub(super) fn model(name: &str, value: &Value, diags: &Diagnostics) -> Option<(Model, Option<String>)> {
    let table = Table::new(value, diags, "the client program")?;
    let like = table.optional::<String>("like");
    let title = table.required::<String>("title");
    let agent = table.required::<String>("userAgent");
    let model = Model {
        name: name.into(),
        title: title.clone().unwrap_or_default().into(),
        headers: headers(&table, agent.as_deref().unwrap_or_default()),
        signed: table.or("signed", false),
        discovery: choice(
            &table,
            "principal",
            &[("well-known", Discovery::WellKnown), ("template", Discovery::Template)],
        ),
        change: choice(
            &table,
            "changes",
            &[("sync-token", Change::SyncToken), ("ctag", Change::Ctag), ("sync-home", Change::SyncHome)],
        ),
        listing: choice(
            &table,
            "listing",
            &[
                ("sync-collection", Listing::SyncCollection),
                ("propfind", Listing::Propfind),
                ("queries", Listing::Queries),
            ],
        ),
        multiget: multiget(&table),
        start: start(&table)?,
        notifications: table.or("notifications", false),
        inbox_probe: choice(
            &table,
            "inboxProbe",
            &[
                ("never", InboxProbe::Never),
                ("first-client", InboxProbe::FirstClient),
                ("always", InboxProbe::Always),
            ],
        ),
        search: choice(
            &table,
            "search",
            &[
                ("property-search", Search::PropertySearch),
                ("calendarserver-search", Search::CalendarServerSearch),
                ("none", Search::None),
            ],
        ),
        conditions: conditions(&table)?,
        read_back: table.or("readBack", false),
        poll_interval: table.or("pollInterval", Seconds(Duration::from_secs(900))).0,
        connections: connections(&table).unwrap_or_default(),
        templates: Templates::default(),
    };
    table.finish();
    title.and(agent).map(|_| (model, like))
}

/// The value of one of a few words; the first is the default.
fn choice<T: Copy>(table: &Table<'_>, key: &str, known: &[(&str, T)]) -> T {
    let default = known[0].1;
    let Some(word) = table.optional::<String>(key) else { return default };
    match known.iter().find(|(name, _)| *name == word) {
        Some((_, value)) => *value,
        None => {
            let article = if key.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
            table
                .error_at_key(key, format!("`{word}` is not {article} {key}"))
                .help(did_you_mean(&word, known.iter().map(|(name, _)| *name)));
            default
        }
    }
}

/// The User-Agent first, then the headers as they stand.
fn headers(table: &Table<'_>, agent: &str) -> Vec<(String, String)> {
    let mut headers = vec![("User-Agent".to_owned(), agent.to_owned())];
    let Some(own) = table.table("headers", "the headers") else { return headers };
    for pair in own.pairs() {
        let banned = ["host", "connection", "content-length", "authorization", "user-agent"];
        if banned.iter().any(|name| pair.key.eq_ignore_ascii_case(name)) {
            own.diags().error(&pair.key_at, format!("the header {} is made from other settings", pair.key));
        } else if let Some(text) = pair.value.as_str() {
            headers.push((pair.key.clone(), text.to_owned()));
        } else {
            pair.value.mismatch::<()>("a string", own.diags());
        }
    }
    headers
}

fn multiget(table: &Table<'_>) -> usize {
    let size = table.or("multiget", 50usize);
    if size == 0 {
        table.error_at_key("multiget", "a multiget asks for one item at least");
    }
    size.max(1)
}

fn start(table: &Table<'_>) -> Option<Start> {
    let start = table.table("start", "the start of the client program")?;
    let mut proppatches = Vec::new();
    for name in start.or("proppatches", Vec::<String>::new()) {
        match Body::named(&name).filter(|body| Body::PROPPATCHES.contains(body)) {
            Some(body) => proppatches.push(body),
            None => {
                let known = Body::PROPPATCHES.iter().map(|body| body.name());
                start
                    .error_at_key("proppatches", format!("`{name}` is not a property that can be set"))
                    .help(did_you_mean(&name, known));
            }
        }
    }
    let decoded = Start {
        search_properties: start.or("searchProperties", true),
        proppatches,
        delegates: start.or("delegates", true),
        skip_existing: start.or("skipExisting", false),
    };
    start.finish();
    Some(decoded)
}

fn conditions(table: &Table<'_>) -> Option<Conditions> {
    let inner = table.table("conditions", "the conditions of changes")?;
    let decoded = Conditions {
        create: choice(&inner, "create", &[("none", false), ("if-none-match", true)]),
        change: choice(&inner, "change", &[("if-match", true), ("none", false)]),
        answer: choice(
            &inner,
            "answer",
            &[
                ("if-schedule-tag-match", OnAnswer::ScheduleTag),
                ("if-match", OnAnswer::Etag),
                ("none", OnAnswer::None),
            ],
        ),
    };
    inner.finish();
    Some(decoded)
}

/// `connections` or `perRequest`, of a model or of the parameters of a client; None: neither is there.
pub fn connections(table: &Table<'_>) -> Option<ConnectionRule> {
    let each = table.optional::<bool>("perRequest");
    let Some(value) = table.value("connections") else {
        return each.map(|each| ConnectionRule { reuse: !each, ..ConnectionRule::default() });
    };
    if each.is_some() {
        table.error_at_key("perRequest", "`connections` says already how connections are used");
    }
    let inner = Table::new(value, table.diags(), "`connections`")?;
    let rule = ConnectionRule {
        reuse: inner.or("reuse", true),
        idle_close: inner.optional::<Seconds>("idleClose").map(|seconds| seconds.0),
    };
    if inner.or("max", 1u32) != 1 {
        inner
            .error_at_key("max", "a client of a calendar has one connection at a time")
            .help("more load comes from more clients: `clientsPerUser`");
    }
    inner.finish();
    Some(rule)
}

/// Whether a template is well-formed and has the blanks it must have; what is wrong goes to `diags`.
pub(super) fn template(body: Body, shown: &str, text: &str, diags: &Diagnostics) -> bool {
    let mut good = true;
    if let Err(why) = Element::parse(text) {
        let source = Source::text(shown, text);
        let at = match &why {
            XmlError::Malformed { at, .. } => At::span(&source, *at..*at, KeyPath::default()),
            _ => At::named(shown),
        };
        diags.error(&at, format!("the template is {why}"));
        good = false;
    }
    for blank in body.blanks().iter().filter(|blank| !text.contains(&format!("{{{{{blank}}}}}"))) {
        diags.error(&At::named(shown), format!("the template has no {{{{{blank}}}}}"));
        good = false;
    }
    good
}

/// Reports every template that the model needs for what it says it does.
pub(super) fn check_templates(model: &Model, at: &At, diags: &Diagnostics) {
    let mut needed = vec![Body::FindPrincipal, Body::Principal, Body::Home, Body::Calendar, Body::Multiget];
    needed.extend(&model.start.proppatches);
    let conditional = [
        (model.start.search_properties, Body::SearchProperties),
        (model.start.delegates, Body::Delegates),
        (model.change == Change::SyncHome, Body::SyncHome),
        (model.listing == Listing::SyncCollection, Body::Sync),
        (model.listing == Listing::Queries, Body::Events),
        (model.listing == Listing::Queries, Body::Tasks),
        (model.notifications, Body::SyncNotifications),
        (model.notifications, Body::AcceptShare),
        (model.inbox_probe != InboxProbe::Never, Body::Inbox),
        (model.search != Search::None, Body::Search),
    ];
    needed.extend(conditional.iter().filter(|(needed, _)| *needed).map(|(_, body)| *body));
    for body in needed.iter().filter(|body| !model.templates.has(**body)) {
        diags
            .error(at, format!("the client program {} needs a template {}.xml", model.name, body.name()))
            .help("`like` names a program whose templates are used where there is none");
    }
}
