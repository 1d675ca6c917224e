//! Presets: what a run asks of a server, without which server that is. One is laid over somebody's own config.

use std::path::Path;

use super::options::Options;
use crate::config::{
    At, Diagnostics, Kind, Pair, Value, did_you_mean, read_bytes, read_file, shipped, shipped_in,
};

/// Where they lie in the project.
const FOLDER: &str = "config/presets";

/// How what a preset says of a key meets what the config says of it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Meeting {
    /// The preset's stands, and the config's is not used.
    Instead,
    /// Key by key: the preset's stand, and what only the config has.
    KeyByKey,
    /// The config's come first, then the preset's.
    After,
}

/// The keys of a preset. Servers, accounts, workers and observers are whose the run is.
const KEYS: [(&str, Meeting); 6] = [
    ("arrival", Meeting::Instead),
    ("arrivalInterval", Meeting::Instead),
    ("clients", Meeting::Instead),
    ("run", Meeting::KeyByKey),
    ("prepare", Meeting::After),
    ("thresholds", Meeting::After),
];

/// A preset that is in the binary.
#[derive(Clone, Copy, Debug)]
pub struct Preset {
    pub name: &'static str,
    /// The property list.
    pub text: &'static str,
}

/// All that are in the binary.
pub fn presets() -> impl Iterator<Item = Preset> {
    shipped_in(FOLDER).map(|(name, text)| Preset { name, text })
}

/// The one with this name, or else what might have been meant.
pub fn preset(name: &str) -> Result<Preset, String> {
    presets()
        .find(|preset| preset.name == name)
        .ok_or_else(|| did_you_mean(name, presets().map(|preset| preset.name)))
}

impl Preset {
    /// What its first comment says: paragraphs, of which the first is the question that it answers.
    pub fn paragraphs(&self) -> impl Iterator<Item = String> + use<> {
        let comment = self.text.split_once("<!--").and_then(|(_, rest)| rest.split_once("-->"));
        let comment = comment.map_or("", |(comment, _)| comment);
        let joined = |paragraph: &str| paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
        comment.split("\n\n").map(joined).collect::<Vec<_>>().into_iter()
    }

    /// The question that it answers.
    pub fn question(&self) -> String {
        self.paragraphs().next().unwrap_or_default()
    }
}

/// Reads what `--preset` names: one that is in the binary by its name, any other by its path.
pub fn read(name: &str, diags: &Diagnostics) -> Option<Value> {
    if name.contains(['/', '.']) {
        return read_file(Path::new(name), diags);
    }
    match preset(name) {
        Ok(preset) => read_bytes(&source_of(preset.name), preset.text.as_bytes(), diags),
        Err(hint) => {
            let note = diags.error(&At::named("--preset"), format!("there is no preset `{name}`"));
            note.help(hint);
            None
        }
    }
}

/// What it is called: its name if it is in the binary, else its path.
pub fn title(preset: &Value) -> &str {
    let name = preset.at.source().name();
    presets().find(|known| name == source_of(known.name)).map_or(name, |known| known.name)
}

/// What a preset in the binary is called as a source.
fn source_of(name: &str) -> String {
    shipped(&format!("{FOLDER}/{name}.plist")).map(|(source, _)| source).unwrap_or_default()
}

/// The config with the preset laid over it. Errors: the preset is no dict, or says something that is not its business.
pub fn laid_over(config: &Value, preset: &Value, diags: &Diagnostics) -> Option<Value> {
    let Kind::Dict(over) = &preset.kind else { return preset.mismatch("a dict, the preset", diags) };
    let Kind::Dict(under) = &config.kind else { return Some(config.clone()) };
    let mut pairs = under.clone();
    if over.iter().any(|pair| pair.key == "arrival") {
        // It is about another arrival.
        pairs.retain(|pair| pair.key != "arrivalInterval");
    }
    for pair in over {
        let Some((_, meeting)) = KEYS.iter().find(|(key, _)| *key == pair.key) else {
            let known = KEYS.map(|(key, _)| key).join(", ");
            let text = format!("a preset has no `{}`: that belongs to the config it is laid over", pair.key);
            diags.error(&pair.key_at, text).help(format!("a preset may have {known}"));
            continue;
        };
        match pairs.iter_mut().find(|known| known.key == pair.key) {
            Some(known) => meet(known, pair, *meeting, diags),
            None => pairs.push(pair.clone()),
        }
    }
    Some(Value { kind: Kind::Dict(pairs), at: config.at.clone() })
}

/// What has another shape than it should stays for the decoder to complain of.
fn meet(known: &mut Pair, over: &Pair, meeting: Meeting, diags: &Diagnostics) {
    match (meeting, &mut known.value.kind, &over.value.kind) {
        (Meeting::KeyByKey, Kind::Dict(known), Kind::Dict(over)) => {
            known.retain(|pair| !over.iter().any(|other| other.key == pair.key));
            known.extend(over.iter().cloned());
        }
        (Meeting::After, Kind::Array(known), Kind::Array(over)) => known.extend(over.iter().cloned()),
        (Meeting::KeyByKey, Kind::Dict(_), _) => drop(over.value.mismatch::<()>("a dict", diags)),
        (Meeting::After, Kind::Array(_), _) => drop(over.value.mismatch::<()>("an array", diags)),
        (Meeting::KeyByKey | Meeting::After, ..) => {}
        (Meeting::Instead, ..) => *known = over.clone(),
    }
}

/// The clients of a file of their own, without when they come if the preset says that.
pub fn without_arrival(clients: Value, preset: &Value) -> Value {
    let Value { kind: Kind::Dict(mut pairs), at } = clients else { return clients };
    if preset.get("arrival").is_some() {
        pairs.retain(|pair| pair.key != "arrivalInterval");
    }
    Value { kind: Kind::Dict(pairs), at }
}

/// Says what of somebody's own files the preset leaves unused.
pub fn tell(options: &Options, config: &Value, clients: Option<&Value>, preset: &Value, diags: &Diagnostics) {
    let name = title(preset);
    let own = options.config.is_some().then_some(config);
    for (key, _) in KEYS.iter().filter(|(_, meeting)| *meeting == Meeting::Instead) {
        if let Some(value) = own.and_then(|config| config.get(key))
            && (preset.get(key).is_some() || *key == "arrivalInterval" && preset.get("arrival").is_some())
        {
            diags.notice(&value.at, format!("`{key}` is not used: the preset {name} says who comes"));
        }
    }
    if let Some(value) = clients.and_then(|clients| clients.get("arrivalInterval"))
        && preset.get("arrival").is_some()
    {
        diags.notice(&value.at, format!("`arrivalInterval` is not used: the preset {name} says who comes"));
    }
    if options.clients.is_some()
        && let Some(value) = preset.get("clients")
    {
        diags.notice(&value.at, "`clients` of the preset is not used: --clients says who they are");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(body: &str) -> Value {
        read_bytes("t", format!("<plist><dict>{body}</dict></plist>").as_bytes(), &Diagnostics::new())
            .unwrap()
    }

    #[test]
    fn every_preset_begins_with_its_question() {
        for preset in presets() {
            let question = preset.question();
            assert!(question.ends_with('?') && question.len() < 140, "{}: {question:?}", preset.name);
            assert!(preset.paragraphs().count() >= 3, "{}: what it does, and what to look at", preset.name);
        }
        assert!(preset("mondya").unwrap_err().contains("monday"));
    }

    #[test]
    fn the_preset_says_who_comes_and_the_config_whose_the_run_is() {
        let config = value(
            "<key>server</key><string>x</string><key>arrival</key><string>old</string>
             <key>arrivalInterval</key><integer>1</integer><key>prepare</key><array><string>first</string></array>
             <key>run</key><dict><key>seed</key><integer>1</integer><key>duration</key><integer>1</integer></dict>",
        );
        let preset = value(
            "<key>arrival</key><string>new</string><key>prepare</key><array><string>second</string></array>
             <key>clients</key><array/><key>run</key><dict><key>duration</key><integer>2</integer></dict>",
        );
        let diags = Diagnostics::new();
        let both = laid_over(&config, &preset, &diags).unwrap();
        assert!(!diags.has_errors());
        let text = |key: &str| both.get(key).and_then(Value::as_str);
        assert_eq!((text("server"), text("arrival")), (Some("x"), Some("new")));
        assert!(both.get("arrivalInterval").is_none() && both.get("clients").is_some());
        let steps: Vec<_> =
            both.get("prepare").unwrap().as_array().unwrap().iter().filter_map(Value::as_str).collect();
        assert_eq!(steps, ["first", "second"]);
        let number = |key: &str| match both.get("run").unwrap().get(key).unwrap().kind {
            Kind::Integer(number) => number,
            _ => panic!(),
        };
        assert_eq!((number("seed"), number("duration")), (1, 2));
    }

    #[test]
    fn what_has_the_wrong_shape_stays_to_be_complained_of() {
        let preset = value(
            "<key>prepare</key><array/><key>run</key><dict><key>duration</key><integer>2</integer></dict>",
        );
        let config = value("<key>prepare</key><string>x</string><key>run</key><string>y</string>");
        let diags = Diagnostics::new();
        let both = laid_over(&config, &preset, &diags).unwrap();
        let text = |key: &str| both.get(key).and_then(Value::as_str);
        assert_eq!((text("prepare"), text("run"), diags.has_errors()), (Some("x"), Some("y"), false));
        laid_over(&preset, &config, &diags);
        assert_eq!(diags.all().len(), 2);
    }

    #[test]
    fn clients_of_their_own_do_not_say_when_they_come() {
        let clients = value("<key>arrivalInterval</key><integer>1</integer><key>clients</key><array/>");
        for (preset, stays) in [("<key>arrival</key><dict/>", false), ("<key>run</key><dict/>", true)] {
            let clients = without_arrival(clients.clone(), &value(preset));
            assert_eq!(clients.get("arrivalInterval").is_some(), stays);
            assert!(clients.get("clients").is_some());
        }
    }

    #[test]
    fn what_is_not_its_business_is_an_error() {
        let diags = Diagnostics::new();
        laid_over(&value(""), &value("<key>server</key><string>x</string>"), &diags);
        assert!(diags.all()[0].to_string().contains("a preset has no `server`"));
    }
}
