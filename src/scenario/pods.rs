//! The servers: `server` (one) or `servers` (pods), and what belongs to each (spec 1.3, 1.4).

use std::rc::Rc;

use super::options::Options;
use super::services::{self, Services};
use crate::config::{Diagnostics, FromValue, Table, Value};
use crate::monitor::{Monitor, server_stats};
use crate::population::DEFAULT_POD;
use crate::transport::{Target, Trust};

/// The server that stands in when the config names none, as the ancestor's did.
const DEFAULT_SERVER: &str = "http://127.0.0.1:8008";
const DEFAULT_TEMPLATE: &str = "/principals/users/%s/";
const DEFAULT_AMP_PORT: u16 = 62311;

/// Where the run goes.
#[derive(Clone)]
pub enum Place {
    /// The server in this program, as a process of its own.
    Embedded,
    Servers(Vec<Pod>),
}

/// One server.
#[derive(Clone)]
pub struct Pod {
    pub name: Rc<str>,
    pub target: Target,
    pub trust: Trust,
    /// Where a principal is, `%s` standing for the user's name.
    pub principal_path_template: String,
    /// What it offers beside HTTP.
    pub services: Services,
    /// Who tells of changes by AMP: (host, port).
    pub amp_hosts: Vec<(String, u16)>,
    /// Who reads the server's own figures.
    pub monitors: Vec<Rc<dyn Monitor>>,
}

impl Pod {
    /// Its name and where it is, for people.
    pub fn shown(&self) -> String {
        // Without a URL of its own its place is that of a service.
        let url = self.services.values().all(|service| service.target != self.target);
        let url = url.then(|| self.target.to_string());
        let services = self.services.values().map(ToString::to_string);
        let mut all: Vec<String> = url.into_iter().chain(services).collect();
        // One that stands in for another is told once.
        all.dedup();
        format!("{} {}", self.name, all.join(", "))
    }
}

impl Place {
    /// The pods, if they are other programs.
    pub fn pods(&self) -> &[Pod] {
        match self {
            Place::Embedded => &[],
            Place::Servers(pods) => pods,
        }
    }
}

/// A URL of a server, with no path of its own.
struct Url(Target);

impl FromValue for Url {
    fn from_value(value: &Value, diags: &Diagnostics) -> Option<Url> {
        let text = String::from_value(value, diags)?;
        match Target::parse(&text) {
            Ok((target, path)) if path.is_empty() || path == "/" => Some(Url(target)),
            Ok((target, path)) => {
                diags
                    .error(&value.at, format!("the URL of a server has no path, but this one has {path:?}"))
                    .help(format!("write {target}, and put the path into `principalPathTemplate`"));
                None
            }
            Err(why) => {
                diags
                    .error(&value.at, why.to_string())
                    .help("write http://host:port, https://host:port or embedded");
                None
            }
        }
    }
}

/// Decodes all keys that say where the run goes.
pub fn decode(table: &Table<'_>, options: &Options) -> Option<Place> {
    let template = table.or("principalPathTemplate", DEFAULT_TEMPLATE.to_owned());
    if template.matches("%s").count() != 1 || !template.starts_with('/') {
        table
            .error_at_key(
                "principalPathTemplate",
                format!("{template:?} is no template of a principal's path"),
            )
            .help("it begins with / and has one %s, which stands for the user's name");
    }
    let verify = table.or("verify", true) && !options.insecure;
    if let Some(value) = table.value("servers") {
        for (key, what, name) in
            [("serverStats", "statistics", "stats"), ("services", "services", "services")]
        {
            if table.has(key) {
                table
                    .error_at_key(key, format!("with `servers` each of them has {what} of its own"))
                    .help(format!("move it into the server's dict, as `{name}`"));
                table.value(key);
            }
        }
        if table.has("server") {
            table.error_at_key("server", "there are both `server` and `servers`: one of them is enough");
        }
        let servers = Table::new(value, table.diags(), "servers")?;
        let mut pods = Vec::new();
        for pair in servers.pairs() {
            let pod = Table::new(&pair.value, table.diags(), &format!("the server {}", pair.key))?;
            pods.extend(one_pod(&pod, &pair.key, &template, verify, options));
            pod.finish();
        }
        if pods.is_empty() && !table.diags().has_errors() {
            table.error_at_key("servers", "no server of `servers` is enabled");
        }
        return Some(Place::Servers(pods));
    }
    match table.value("server") {
        Some(value) if value.as_str() == Some("embedded") => {
            let usual = |key: &str| key == "principalPathTemplate" && template == DEFAULT_TEMPLATE;
            let given = ["verify", "principalPathTemplate", "serverStats", "services"].into_iter();
            let idle = given.filter(|key| table.has(key) && !usual(key));
            // It is checked all the same.
            server_stats(table, "serverStats", "127.0.0.1");
            services::decode(table);
            for key in idle {
                table.diags().notice(
                    &table.value_at(key),
                    format!("`{key}` is not used: the embedded server is known"),
                );
            }
            Some(Place::Embedded)
        }
        found => {
            let services = services::decode(table);
            let target = match found {
                Some(value) => Url::from_value(value, table.diags())?.0,
                // Whoever asks for no HTTP needs no server of it.
                None if let Some(first) = services.values().next() => first.target.clone(),
                None => Target::parse(DEFAULT_SERVER).ok()?.0,
            };
            let monitors = server_stats(table, "serverStats", &target.host);
            Some(Place::Servers(vec![Pod {
                name: DEFAULT_POD.into(),
                target,
                monitors,
                trust: trust(verify),
                principal_path_template: template,
                services,
                amp_hosts: Vec::new(),
            }]))
        }
    }
}

fn trust(verify: bool) -> Trust {
    if verify { Trust::Verify } else { Trust::Anything }
}

/// The monitor that `serverStats`, or `stats` of a pod, asks for (spec 1.3, 1.4).
fn server_stats(table: &Table<'_>, key: &str, host: &str) -> Vec<Rc<dyn Monitor>> {
    let dict = table.value(key).and_then(|value| Table::new(value, table.diags(), key));
    let monitor = dict.and_then(|dict| {
        let monitor = server_stats::build(&dict, host);
        dict.finish();
        monitor
    });
    monitor.into_iter().collect()
}

fn one_pod(table: &Table<'_>, name: &str, template: &str, verify: bool, options: &Options) -> Option<Pod> {
    let enabled = table.required_any(&["enabled", "Enabled"]).unwrap_or(false);
    let target = table.required::<Url>("uri");
    let hosts: Vec<String> = table.or("ampPushHosts", Vec::new());
    let port: Option<u16> = table.optional("ampPushPort");
    let verify = table.or("verify", verify) && !options.insecure;
    let host = target.as_ref().map_or("localhost", |target| &target.0.host);
    let monitors = server_stats(table, "stats", host);
    let services = services::decode(table);
    let target = target?.0;
    enabled.then(|| Pod {
        name: name.into(),
        monitors,
        target,
        trust: trust(verify),
        principal_path_template: template.to_owned(),
        services,
        amp_hosts: hosts.into_iter().map(|host| (host, port.unwrap_or(DEFAULT_AMP_PORT))).collect(),
    })
}
