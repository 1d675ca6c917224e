//! The software of an entry of the clients plist, as its parameters describe it.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::model::{Library, Model, connections};
use super::program::{Pod, Program, Subscribe};
use super::push::Hub;
use super::state::Keeper;
use crate::client::{Pacing, Run};
use crate::config::{At, Diagnostics, FromValue, Kind, Seconds, Table, Value, did_you_mean};
use crate::http::{ConnectionRule, Settings};
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
    hub: Rc<Hub>,
}

/// Where push comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Amp {
    Off,
    /// From wherever the config says that the server offers it.
    OfServer,
    /// From here: the parameters of 2013.
    At(String, u16),
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

/// `pacing`: `open` or `closed`.
struct PacingName(Pacing);

impl FromValue for PacingName {
    fn from_value(value: &Value, diags: &Diagnostics) -> Option<PacingName> {
        match &value.kind {
            Kind::String(text) if text == "open" => Some(PacingName(Pacing::Open)),
            Kind::String(text) if text == "closed" => Some(PacingName(Pacing::Closed)),
            Kind::String(text) => {
                diags
                    .error(&value.at, format!("`{text}` is no pacing: it is open or closed"))
                    .help(did_you_mean(text, ["open", "closed"]));
                None
            }
            _ => value.mismatch("open or closed", diags),
        }
    }
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
            pacing: params.or("pacing", PacingName(Pacing::Open)).0,
            amp: amp(params),
            unauthenticated_percent: percent,
            connections: connections(params).unwrap_or(model.connections),
            timeout,
            keep_bodies: false,
            hub: Rc::default(),
            model,
        })
    }

    /// The name of the client program, as `OS_X_10_7`.
    pub fn name(&self) -> &str {
        &self.model.name
    }

    /// The program on one server.
    pub fn program(&self, place: Place, connector: &Rc<Connector>, keeper: Option<Keeper>) -> Program {
        let amp = match &self.amp {
            Amp::Off => Vec::new(),
            Amp::OfServer => place.amp.clone(),
            // A server that says itself where its push is knows better.
            Amp::At(..) if !place.amp.is_empty() => place.amp.clone(),
            Amp::At(host, port) => vec![(host.clone(), *port)],
        };
        let pod = Pod {
            name: place.name.clone(),
            base: "".into(),
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
            subscribe: self.subscribe(&amp, connector),
            state: keeper,
            make_settings: self.make_settings(place, connector),
            made: BTreeMap::new().into(),
        }
    }

    /// How a client asks to be told of changes; None without push.
    fn subscribe(&self, servers: &[(String, u16)], connector: &Rc<Connector>) -> Option<Box<Subscribe>> {
        if servers.is_empty() {
            return None;
        }
        let (hub, connector, servers) = (self.hub.clone(), connector.clone(), servers.to_vec());
        let subscribe = move |run: &Rc<Run>, client, key: &Rc<str>| {
            servers.iter().for_each(|server| hub.subscribe(run, &connector, server, key, client));
        };
        Some(Box::new(subscribe))
    }

    /// The settings by instance: the User-Agent of a program that signs tells title and instance (spec 5.1).
    fn make_settings(&self, place: Place, connector: &Rc<Connector>) -> Box<dyn Fn(u32) -> Settings> {
        let (connector, model, title) = (connector.clone(), self.model.clone(), self.title.clone());
        let (connections, percent, timeout) =
            (self.connections, self.unauthenticated_percent, self.timeout.0);
        let budget = Rc::default();
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
            settings.budget = Rc::clone(&budget);
            settings
        })
    }
}

fn amp(params: &Table<'_>) -> Amp {
    let wanted = params.or("supportAmpPush", false);
    let host: Option<String> = params.optional("ampPushHost");
    let port: Option<u16> = params.optional("ampPushPort");
    match (wanted, host) {
        (false, _) => Amp::Off,
        (true, Some(host)) => Amp::At(host, port.unwrap_or(DEFAULT_AMP_PORT)),
        (true, None) => Amp::OfServer,
    }
}
