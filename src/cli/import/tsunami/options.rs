//! What holds for all sessions: `default` of IDX-Tsunami, `option` of Tsung (rows 24 and 25).

use super::Dialect;
use super::element::Element;
use super::parts::Parts;
use super::steps::Think;
use crate::cli::import::plist::{Filling, Node};

/// The options that mean something here.
pub struct Options {
    /// How long users think, and whether that overrides what sessions say.
    pub think: Option<(Think, bool)>,
    /// User agents with their shares.
    agents: Vec<Node>,
    /// Files by their id.
    pub files: Vec<(String, String)>,
    pub seed: Option<f64>,
    /// How long an answer may take, seconds.
    timeout: f64,
}

/// How long an answer may take where nobody says (row 31), seconds.
const PATIENCE: f64 = 600.0;

/// Options, and what does the same here where nothing becomes of them.
const OTHERS: [(&str, &str); 12] = [
    ("ssl_ciphers", "the ciphers of TLS are those of today"),
    ("ssl_versions", "TLS is 1.2 or 1.3, as the server likes"),
    ("ssl_reuse_sessions", "no session of TLS is resumed"),
    ("tcp_snd_buffer", "the system chooses the size of its buffers"),
    ("tcp_rcv_buffer", "the system chooses the size of its buffers"),
    ("hibernate", "a client at rest is small anyway"),
    ("ports_range", "the system chooses the ports; `addresses` of workers bring more of them"),
    ("max_ssh_startup_per_core", "all workers are started at once"),
    ("connect_timeout", "a connection has 30 s to come about"),
    ("max_retries", "a connection that fails is a failed request; `onFailure` = retry tries again"),
    ("retry_timeout", "`retryDelay` is how long after a failure is tried again"),
    ("tcp_reuseaddr", "the system chooses the ports"),
];

impl Options {
    pub fn read(parts: &Parts<'_>) -> Options {
        let mut options =
            Options { think: None, agents: Vec::new(), files: Vec::new(), seed: None, timeout: PATIENCE };
        for element in &parts.options {
            options.take(element, parts.dialect);
        }
        options
    }

    fn take(&mut self, element: &Element<'_>, dialect: Dialect) {
        let Some(name) = element.required("name") else { return };
        let kind = element.attribute("type").map(|word| word.text);
        let value = element.attribute("value");
        match (kind.as_deref(), name.text.as_str()) {
            (None, "thinktime") => {
                let overrides = dialect == Dialect::Tsunami || element.is_true("override");
                self.think = Think::read(element, None).map(|think| (think, overrides));
            }
            (None, "file_server") => {
                let id = element.attribute("id").map_or("default".to_owned(), |id| id.text);
                self.files.extend(value.map(|path| (id, path.text)));
            }
            (None, "seed") => self.seed = element.number("value", 0.0),
            (None, "idle_timeout") => {
                self.timeout =
                    element.number("value", 1.0).map_or(PATIENCE, |milliseconds| milliseconds / 1e3);
            }
            (Some("ts_http"), "user_agent") => {
                self.agents.extend(element.children().filter_map(|child| agent(&child)));
            }
            (None, name) => {
                let way = OTHERS.iter().find(|(known, _)| *known == name).map_or("", |(_, way)| way);
                let message = format!("the option `{name}` is not carried over");
                element.diags().warning(&element.at(), message).help(way);
            }
            (Some(kind), name) => {
                let message = format!("the option `{name}` of {kind} is not carried over");
                element.diags().warning(&element.at(), message);
            }
        }
    }

    /// The parameters that every session has.
    pub fn params(&self) -> Filling {
        let agents = (!self.agents.is_empty()).then(|| Node::array(self.agents.iter().cloned()));
        Filling::default()
            .said("The ancestor follows no redirects.", "redirects", Node::Number(0.0))
            .with("timeout", Node::Number(self.timeout))
            .maybe("userAgent", agents)
    }
}

fn agent(element: &Element<'_>) -> Option<Node> {
    let share = element.number("probability", 0.0)?;
    let text = element.text().split_whitespace().collect::<Vec<_>>().join(" ");
    Some(Filling::default().with("agent", Node::Text(text)).with("weight", Node::Number(share)).dict())
}
