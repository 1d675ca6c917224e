//! The browsers that visitors have.

use std::rc::Rc;

use crate::config::{Diagnostics, FromValue, Kind, Table, Value};
use crate::random::{Stream, unit};

/// User agents with their shares.
#[derive(Clone, Debug)]
pub struct Agents(Vec<(Rc<str>, f64)>);

impl Default for Agents {
    fn default() -> Agents {
        Agents(vec![(concat!("populace/", env!("CARGO_PKG_VERSION")).into(), 1.0)])
    }
}

impl Agents {
    /// The one that a client has: draw 0 of the stream says which.
    pub fn drawn(&self, stream: Stream) -> Rc<str> {
        let all: f64 = self.0.iter().map(|(_, weight)| weight).sum();
        let mut point = unit(&mut stream.at(0)) * all;
        let found = self.0.iter().find(|(_, weight)| {
            point -= weight;
            point < 0.0
        });
        found.or(self.0.last()).map_or("".into(), |(agent, _)| agent.clone())
    }
}

impl FromValue for Agents {
    fn from_value(value: &Value, diags: &Diagnostics) -> Option<Agents> {
        let agents = match &value.kind {
            Kind::Array(list) => list.iter().map(|one| agent(one, diags)).collect::<Option<Vec<_>>>()?,
            Kind::String(text) => vec![(text.as_str().into(), 1.0)],
            _ => return value.mismatch("a string or an array of user agents", diags),
        };
        let sum: f64 = agents.iter().map(|(_, weight)| weight).sum();
        if agents.iter().any(|(_, weight)| *weight < 0.0) || sum <= 0.0 || !sum.is_finite() {
            diags.error(&value.at, "no user agent has a weight above 0, or one has a weight below it");
            return None;
        }
        Some(Agents(agents))
    }
}

fn agent(value: &Value, diags: &Diagnostics) -> Option<(Rc<str>, f64)> {
    if let Some(text) = value.as_str() {
        return Some((text.into(), 1.0));
    }
    let table = Table::new(value, diags, "a user agent")?;
    let (agent, weight) = (table.required::<String>("agent"), table.or("weight", 1.0));
    table.finish();
    Some((agent?.into(), weight))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::read_bytes;
    use crate::random::Seed;

    #[test]
    fn agents_come_by_their_weights() {
        let text = "<plist><array><dict><key>agent</key><string>a</string><key>weight</key><integer>3</integer></dict>\
                    <string>b</string></array></plist>";
        let diags = Diagnostics::new();
        let value = read_bytes("t", text.as_bytes(), &diags).unwrap();
        let agents = Agents::from_value(&value, &diags).unwrap();
        let drawn = |user| agents.drawn(Seed(1).stream(user, 0, "agent"));
        let count = (0..1000).filter(|user| &*drawn(*user) == "a").count();
        assert!((700..800).contains(&count), "{count}");
    }
}
