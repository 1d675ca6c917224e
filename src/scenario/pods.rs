//! The servers: `server` (one) or `servers` (pods), and what belongs to each (spec 1.3, 1.4).

use std::rc::Rc;

use super::options::Options;
use crate::config::{Diagnostics, FromValue, Table, Value};
use crate::monitor::StatsAddress;
use crate::population::DEFAULT_POD;
use crate::transport::{Target, Trust};

/// The server that stands in when the config names none, as the ancestor's did.
const DEFAULT_SERVER: &str = "http://127.0.0.1:8008";
const DEFAULT_TEMPLATE: &str = "/principals/users/%s/";
const DEFAULT_AMP_PORT: u16 = 62311;

/// Where the run goes.
#[derive(Clone, Debug)]
pub enum Place {
    /// The server in this program, as a process of its own.
    Embedded,
    Servers(Vec<Pod>),
}

/// One server.
#[derive(Clone, Debug)]
pub struct Pod {
    pub name: Rc<str>,
    pub target: Target,
    pub trust: Trust,
    /// Where a principal is, `%s` standing for the user's name.
    pub principal_path_template: String,
    /// Who tells of changes by AMP: (host, port).
    pub amp_hosts: Vec<(String, u16)>,
    /// Where the server tells its own figures.
    pub stats: Option<StatsAddress>,
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
                diags.error(&value.at, why.to_string());
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
    let stats = server_stats(table);
    match table.value("server") {
        Some(value) if value.as_str() == Some("embedded") => Some(Place::Embedded),
        found => {
            let target = match found {
                Some(value) => Url::from_value(value, table.diags())?.0,
                None => Target::parse(DEFAULT_SERVER).ok()?.0,
            };
            let stats =
                stats.map(|found| found.unwrap_or_else(|port| StatsAddress::Tcp(target.host.clone(), port)));
            Some(Place::Servers(vec![Pod {
                name: DEFAULT_POD.into(),
                target,
                trust: trust(verify),
                principal_path_template: template,
                amp_hosts: Vec::new(),
                stats,
            }]))
        }
    }
}

fn trust(verify: bool) -> Trust {
    if verify { Trust::Verify } else { Trust::Anything }
}

/// `serverStats`: a path, or the port on the server's own host.
fn server_stats(table: &Table<'_>) -> Option<Result<StatsAddress, u16>> {
    stats(Table::new(table.value("serverStats")?, table.diags(), "serverStats")?)
}

/// Decodes `serverStats` or `stats`: `enabled`, `Port`, and for a unix socket `Path`.
fn stats(table: Table<'_>) -> Option<Result<StatsAddress, u16>> {
    let enabled = table.required_any(&["enabled", "Enabled"]).unwrap_or(false);
    let port: Option<u16> = table.optional_any(&["Port", "port"]);
    let path: Option<String> = table.optional_any(&["Path", "path"]);
    if enabled && port.is_none() && path.is_none() {
        table.diags().error(table.at(), "`Port` is missing: the port of the server's statistics socket");
    }
    table.finish();
    match (enabled, path, port) {
        (true, Some(path), _) => Some(Ok(StatsAddress::Unix(path.into()))),
        (true, None, Some(port)) => Some(Err(port)),
        _ => None,
    }
}

fn one_pod(table: &Table<'_>, name: &str, template: &str, verify: bool, options: &Options) -> Option<Pod> {
    let enabled = table.required_any(&["enabled", "Enabled"]).unwrap_or(false);
    let target = table.required::<Url>("uri");
    let hosts: Vec<String> = table.or("ampPushHosts", Vec::new());
    let port: Option<u16> = table.optional("ampPushPort");
    let of_pod = table
        .value("stats")
        .and_then(|value| Table::new(value, table.diags(), &format!("the statistics of {name}")));
    let stats = of_pod.and_then(stats);
    let verify = table.or("verify", verify) && !options.insecure;
    let target = target?.0;
    enabled.then(|| Pod {
        name: name.into(),
        stats: stats.map(|found| found.unwrap_or_else(|port| StatsAddress::Tcp(target.host.clone(), port))),
        target,
        trust: trust(verify),
        principal_path_template: template.to_owned(),
        amp_hosts: hosts.into_iter().map(|host| (host, port.unwrap_or(DEFAULT_AMP_PORT))).collect(),
    })
}
