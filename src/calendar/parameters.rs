//! The parameters that every client program has, for help, lists and the schema. [`super::Blueprint`] decodes them.

use crate::config::Param;

/// `params` of an entry of the clients plist. What is "of the program" stands in its model.
pub static PARAMS: &[Param] = &[
    Param { name: "title", default: "of the program", help: "the name in logs and reports" },
    Param {
        name: "calendarHomePollInterval",
        default: "of the program",
        help: "the time from one look for changes to the next",
    },
    Param { name: "pacing", default: "open", help: "of these looks: open, or closed as the ancestor's" },
    Param {
        name: "supportAmpPush",
        default: "where the server offers it",
        help: "whether changes are also told by the server's AMP push",
    },
    Param { name: "ampPushHost", default: "the server's", help: "the host on which push is offered" },
    Param { name: "ampPushPort", default: "62311", help: "its port there" },
    Param {
        name: "unauthenticatedPercentage",
        default: "0",
        help: "percent of the requests that are first sent without credentials",
    },
    Param { name: "requestTimeout", default: "120", help: "the time after which a request has failed" },
    Param {
        name: "connections",
        default: "of the program",
        help: "how connections are used: a dict of reuse, idleClose and max",
    },
    Param { name: "perRequest", default: "none", help: "true: a new connection for each request" },
    Param { name: "supportPush", default: "false", help: "XMPP push, which is not there yet" },
];

#[cfg(test)]
mod tests {
    use super::PARAMS;
    use crate::calendar::Blueprint;
    use crate::calendar::model::Library;
    use crate::config::{At, Diagnostics, Kind, Pair, Table, Value};

    #[test]
    fn the_documented_parameters_are_asked_for() {
        let (at, diags) = (At::named("t"), Diagnostics::new());
        let pair = |name: &str| Pair {
            key: name.to_owned(),
            key_at: at.clone(),
            value: Value { kind: Kind::Data(vec![]), at: at.clone() },
        };
        let pairs = PARAMS.iter().map(|param| pair(param.name)).collect();
        let value = Value { kind: Kind::Dict(pairs), at: at.clone() };
        let table = Table::new(&value, &diags, "the software").unwrap();
        Blueprint::decode("OS_X_10_7", &at, &table, &Library::embedded());
        table.finish();
        let unknown: Vec<String> = diags
            .all()
            .iter()
            .map(|one| one.message.clone())
            .filter(|text| text.contains("unknown"))
            .collect();
        assert!(unknown.is_empty(), "{unknown:?}");
    }
}
