//! The software of an entry of the clients plist, as its parameters describe it.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::labels;
use super::model::{Library, Model, connections};
use super::program::{Pod, Program, Subscribe};
use super::push::Hub;
use super::state::Keeper;
use crate::client::{Pacing, Profile, Run};
use crate::config::{At, Seconds, Table};
use crate::http::{ConnectionRule, Settings};
use crate::label::Label;
use crate::transport::{Connector, Target, Trust};

/// Where the ancestor's push server listens.
const DEFAULT_AMP_PORT: u16 = 62311;

/// A client program with its parameters, before it knows a server (spec 1.5).
pub struct Blueprint {
    model: Rc<Model>,
    /// The title of its clients in reports.
    pub title: Rc<str>,
    poll_interval: Seconds,
    pacing: Pacing,
    amp: Amp,
    unauthenticated_percent: f64,
    connections: ConnectionRule,
    timeout: Seconds,
    /// Some profile of the population works with bodies of events seen earlier.
    pub keep_bodies: bool,
}

/// Where push comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Amp {
    Off,
    /// From wherever the config says that the server offers it; nowhere if it says nothing.
    OfServer,
    /// From here, unless the config says where; without a host, from the server's own. So it was in 2013.
    At(Option<String>, u16),
}

/// A server as a blueprint needs to know it.
#[derive(Clone, Debug)]
pub struct Place {
    pub name: Rc<str>,
    pub target: Target,
    pub trust: Trust,
    /// The path of a principal, `%s` standing for the user's name.
    pub principal_path: Rc<str>,
    /// Where AMP push is offered.
    pub amp: Vec<(String, u16)>,
}

impl Blueprint {
    /// Decodes the software that `class` names (at `class_at`) with its parameters.
    pub fn decode(class: &str, class_at: &At, params: &Table<'_>, library: &Library) -> Option<Blueprint> {
        let model = library.load(class, class_at, params.diags())?;
        let title: String = params.or("title", model.title.to_string());
        let poll_interval = params.or("calendarHomePollInterval", Seconds(model.poll_interval));
        if poll_interval.0.is_zero() {
            params.error_at_key(
                "calendarHomePollInterval",
                "a poll every 0 seconds leaves no time for anything",
            );
        }
        if params.or("supportPush", false) {
            params.diags().notice(
                &params.value_at("supportPush"),
                "XMPP push is not there yet: with `supportPush` clients poll (AMP push is `supportAmpPush`)",
            );
        }
        let percent = params.or("unauthenticatedPercentage", 0.0);
        if !(0.0..=100.0).contains(&percent) {
            params.error_at_key(
                "unauthenticatedPercentage",
                format!("{percent} is no percentage: it is 0 to 100"),
            );
        }
        let timeout = params.or("requestTimeout", Seconds(Settings::TIMEOUT));
        if timeout.0.is_zero() {
            params.error_at_key("requestTimeout", "no request is answered in 0 seconds");
        }
        Some(Blueprint {
            title: title.into(),
            poll_interval,
            pacing: params.or("pacing", Pacing::Open),
            amp: amp(params),
            unauthenticated_percent: percent,
            connections: connections(params).unwrap_or(model.connections),
            timeout,
            keep_bodies: false,
            model,
        })
    }

    /// The name of the client program, as `OS_X_10_7`.
    pub fn name(&self) -> &str {
        &self.model.name
    }

    /// The labels of the operations of its clients, who live these profiles.
    pub fn operations(&self, profiles: &[Rc<dyn Profile>]) -> BTreeSet<Label> {
        let lived = profiles.iter().flat_map(|profile| profile.operations());
        labels::OF_PROGRAMS.into_iter().chain(lived).collect()
    }

    /// The same of their requests, with the auxiliary ones.
    pub fn requests(&self, profiles: &[Rc<dyn Profile>]) -> BTreeSet<Label> {
        let lived = profiles.iter().flat_map(|profile| profile.requests());
        let lived = lived.filter(|label| labels::is_made_by(&self.model, *label));
        let all: BTreeSet<Label> = labels::of_program(&self.model).into_iter().chain(lived).collect();
        let auxiliary = labels::auxiliary(&all, self.unauthenticated_percent > 0.0);
        all.into_iter().chain(auxiliary).collect()
    }

    /// The program on one server. All populations of a process share one hub of pushes.
    pub fn program(
        &self,
        place: Place,
        connector: &Rc<Connector>,
        hub: &Rc<Hub>,
        keeper: Option<Keeper>,
    ) -> Program {
        let amp = match &self.amp {
            Amp::Off => Vec::new(),
            // A server that says itself where its push is knows better.
            _ if !place.amp.is_empty() => place.amp.clone(),
            Amp::OfServer => Vec::new(),
            Amp::At(host, port) => vec![(host.clone().unwrap_or_else(|| place.target.host.clone()), *port)],
        };
        let pod = Pod {
            name: place.name.clone(),
            principal_path: Some(place.principal_path.clone()).filter(|path| !path.is_empty()),
            amp: amp.clone(),
        };
        Program {
            model: self.model.clone(),
            pod: Rc::new(pod),
            title: self.title.clone(),
            poll_interval: self.poll_interval.0,
            pacing: self.pacing,
            keep_bodies: self.keep_bodies,
            subscribe: subscribe(&amp, connector, hub),
            state: keeper,
            make_settings: self.make_settings(place, connector),
            made: BTreeMap::new().into(),
        }
    }

    /// Whether its clients hold a connection open for good.
    pub fn holds_open(&self) -> bool {
        self.connections.holds_open()
    }

    /// The settings by instance: the User-Agent of a program that signs tells title and instance (spec 5.1).
    fn make_settings(&self, place: Place, connector: &Rc<Connector>) -> Box<dyn Fn(u32) -> Settings> {
        let (connector, model, title) = (connector.clone(), self.model.clone(), self.title.clone());
        let (connections, percent, timeout) =
            (self.connections, self.unauthenticated_percent, self.timeout.0);
        Box::new(move |instance| {
            let mut settings = Settings::new(connector.clone(), place.target.clone(), place.trust);
            settings.headers = model.headers.clone();
            if model.signed {
                let agents =
                    settings.headers.iter_mut().filter(|(name, _)| name.eq_ignore_ascii_case("user-agent"));
                agents.for_each(|(_, value)| *value += &format!(" {title} {instance}"));
            }
            settings.connections = connections;
            settings.unauthenticated_percent = percent;
            settings.timeout = timeout;
            settings
        })
    }
}

/// How a client asks to be told of changes; None without push.
fn subscribe(servers: &[(String, u16)], connector: &Rc<Connector>, hub: &Rc<Hub>) -> Option<Box<Subscribe>> {
    if servers.is_empty() {
        return None;
    }
    let (hub, connector, servers) = (hub.clone(), connector.clone(), servers.to_vec());
    let subscribe = move |run: &Rc<Run>, client, keys: &[Rc<str>]| {
        servers.iter().for_each(|server| hub.subscribe(run, &connector, server, keys, client));
    };
    Some(Box::new(subscribe))
}

/// Push is used where the config says that there is some; said to be supported, also where the ancestor of 2013 would
/// have looked for it.
fn amp(params: &Table<'_>) -> Amp {
    let wanted: Option<bool> = params.optional("supportAmpPush");
    let host: Option<String> = params.optional("ampPushHost");
    let port: Option<u16> = params.optional("ampPushPort");
    match wanted {
        Some(false) => Amp::Off,
        Some(true) => Amp::At(host, port.unwrap_or(DEFAULT_AMP_PORT)),
        None if host.is_some() => Amp::At(host, port.unwrap_or(DEFAULT_AMP_PORT)),
        None => Amp::OfServer,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Diagnostics, read_bytes};

    fn decode(body: &str) -> Result<Blueprint, Vec<String>> {
        let diags = Diagnostics::new();
        let text = format!("<plist><dict>{body}</dict></plist>");
        let value = read_bytes("t", text.as_bytes(), &diags).unwrap();
        let table = Table::new(&value, &diags, "the parameters").unwrap();
        let class = "contrib.performance.loadtest.ical.OS_X_10_7";
        let blueprint = Blueprint::decode(class, &value.at, &table, &Library::embedded());
        table.finish();
        let errors: Vec<_> = diags.all().iter().map(ToString::to_string).collect();
        if errors.is_empty() { Ok(blueprint.unwrap()) } else { Err(errors) }
    }

    fn push(body: &str, offered: &[(&str, u16)]) -> Vec<(String, u16)> {
        let (target, _) = Target::parse("https://cal.example:8443").unwrap();
        let amp = offered.iter().map(|(host, port)| ((*host).to_owned(), *port)).collect();
        let place =
            Place { name: "PodA".into(), target, trust: Trust::Verify, principal_path: "".into(), amp };
        let connector = Rc::new(Connector::network(std::time::Duration::from_secs(1)));
        let program = decode(body).unwrap().program(place, &connector, &Rc::default(), None);
        assert_eq!(program.subscribe.is_some(), !program.pod.amp.is_empty());
        program.pod.amp.clone()
    }

    #[test]
    fn push_comes_from_where_the_config_or_the_parameters_say() {
        let (yes, no) = ("<key>supportAmpPush</key><true/>", "<key>supportAmpPush</key><false/>");
        let host =
            "<key>ampPushHost</key><string>push.example</string><key>ampPushPort</key><integer>9</integer>";
        let pair = |host: &str, port| vec![(host.to_owned(), port)];
        assert_eq!(push(&format!("{yes}{host}"), &[]), pair("push.example", 9));
        assert_eq!(push(yes, &[]), pair("cal.example", 62311));
        assert_eq!(push(yes, &[("pod", 1)]), pair("pod", 1));
        assert_eq!(push("", &[("pod", 1)]), pair("pod", 1));
        assert_eq!(push("", &[]), []);
        assert_eq!(push(&format!("{no}{host}"), &[("pod", 1)]), []);
    }

    #[test]
    fn parameters_out_of_range_are_named() {
        let program = decode("<key>perRequest</key><true/>").unwrap();
        assert_eq!((&*program.title, program.connections.reuse), ("OS X 10.7", false));
        let bad = "<key>calendarHomePollInterval</key><integer>0</integer>\
                   <key>unauthenticatedPercentage</key><integer>101</integer><key>ampPushPrt</key><integer>1</integer>";
        let errors = decode(bad).err().unwrap();
        for part in ["a poll every 0 seconds", "101 is no percentage", "unknown key `ampPushPrt`"] {
            assert!(errors.iter().any(|error| error.contains(part)), "{part} in {errors:?}");
        }
    }
}
