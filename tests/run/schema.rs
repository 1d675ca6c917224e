//! `populace schema`: what we write and ship is as the schemas say, and what is broken is not.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::command::{populace, rehearse, root, texts};
use super::json_schema::faults;

fn schema(file: &str) -> Value {
    let output = populace(&["schema", file]).output().unwrap();
    let (text, stderr) = texts(&output);
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    serde_json::from_str(&text).unwrap()
}

/// A property list in its JSON shape.
fn read(path: &Path) -> Value {
    shape(plist::Value::from_file(path).unwrap_or_else(|why| panic!("{}: {why}", path.display())))
}

fn shape(value: plist::Value) -> Value {
    match value {
        plist::Value::Dictionary(dict) => {
            Value::Object(dict.into_iter().map(|(key, value)| (key, shape(value))).collect::<Map<_, _>>())
        }
        plist::Value::Array(items) => items.into_iter().map(shape).collect(),
        plist::Value::Boolean(truth) => truth.into(),
        plist::Value::Integer(number) => number.as_signed().unwrap().into(),
        plist::Value::Real(number) => number.into(),
        plist::Value::String(text) => text.into(),
        plist::Value::Date(date) => date.to_xml_format().into(),
        other => panic!("{other:?} has no meaning in a configuration"),
    }
}

fn lists(folder: &str) -> Vec<std::path::PathBuf> {
    let all = std::fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<_> =
        all.filter(|path| path.extension().is_some_and(|ending| ending == "plist")).collect();
    found.sort();
    assert!(!found.is_empty());
    found
}

#[test]
fn what_comes_along_is_as_the_schemas_say() {
    for (file, folder) in [("config", "config"), ("clients", "clients")] {
        let schema = schema(file);
        for path in lists(folder) {
            assert_eq!(faults(&schema, &read(&path)), Vec::<String>::new(), "{}", path.display());
        }
    }
}

#[test]
fn what_is_broken_is_not() {
    let (config, clients) = (schema("config"), schema("clients"));
    let broken = |name: &str| read(&root().join("tests/broken").join(name));
    for name in ["good-config.plist", "fixed-config.plist"] {
        assert_eq!(faults(&config, &broken(name)), Vec::<String>::new(), "{name}");
    }
    assert_eq!(faults(&clients, &broken("good-clients.plist")), Vec::<String>::new());
    for name in [
        "accounts-count-missing",
        "accounts-loader-missing",
        "accounts-loader-misspelt",
        "accounts-use-misspelt",
        "arrival-misspelt",
        "arrival-params-missing",
        "arrival-unknown-parameter",
        "observer-misspelt",
        "observer-parameter-type",
        "observer-type-missing",
        "observer-unknown-parameter",
        "observers-dict",
        "run-unknown-key",
        "server-wrong-type",
        "servers-without-uri",
        "unknown-key",
    ] {
        assert!(!faults(&config, &broken(&format!("{name}.plist"))).is_empty(), "{name}");
    }
    for name in [
        "client-misspelt-key",
        "client-no-software",
        "clients-dict",
        "clients-missing",
        "distribution-text",
        "distribution-unknown",
        "normal-wrong-parameter",
        "profile-enabled-text",
        "profile-misspelt",
        "profile-no-class",
        "profile-parameter",
        "software-parameter",
        "software-parameter-type",
        "weight-negative",
    ] {
        assert!(!faults(&clients, &broken(&format!("{name}.plist"))).is_empty(), "{name}");
    }
}

#[test]
fn a_results_file_is_as_its_schema_says() {
    let ran =
        rehearse(&["--clients", "clients/demo.plist", "--runtime", "20s", "--users", "10", "--seed", "1"]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    let schema = schema("results");
    assert_eq!(faults(&schema, &ran.results), Vec::<String>::new());
    let mut other = ran.results;
    other["verdict"] = json!("maybe");
    other["more"] = json!(1);
    assert_eq!(faults(&schema, &other).len(), 2);
}

#[test]
fn editors_get_the_form_of_property_lists() {
    let said = |args: &[&str]| texts(&populace(args).output().unwrap());
    assert!(said(&["schema", "plist"]).0.contains("start = element plist"));
    assert!(said(&["schema", "plist", "--format", "dtd"]).0.contains("<!ELEMENT plist"));
    assert!(said(&["schema", "config", "--format", "dtd"]).1.contains("--format is json only"));
}

/// A dict with every key that its schema has, each with a value that nothing takes, and one that is unknown.
fn with_every_key(defs: &Value, schema: &Value) -> String {
    if let Some(dict) = schema["$ref"].as_str().and_then(|path| defs.get(path.rsplit('/').next().unwrap())) {
        let Some(properties) = dict["properties"].as_object() else { return "<data/>".to_owned() };
        let pair = |(key, schema): (&String, &Value)| match key.as_str() {
            // Second spellings, and what does not go with `servers` or is a file of its own.
            "Enabled" | "port" | "path" if properties.contains_key("Path") => String::new(),
            "Enabled" | "server" | "serverStats" | "programs" => String::new(),
            "params" => "<key>params</key><dict/>".to_owned(),
            key => format!("<key>{key}</key>{}", with_every_key(defs, schema)),
        };
        let pairs: String = properties.iter().map(pair).collect();
        return format!("<dict>{pairs}<key>unknownHere</key><true/></dict>");
    }
    let inner = &schema["additionalProperties"];
    match schema["type"].as_str() {
        Some("array") => format!("<array>{}</array>", with_every_key(defs, &schema["items"])),
        Some("object") if inner.is_object() => {
            format!("<dict><key>A</key>{}</dict>", with_every_key(defs, inner))
        }
        _ => schema["anyOf"]
            .as_array()
            .map_or("<data/>".to_owned(), |any| with_every_key(defs, any.last().unwrap())),
    }
}

/// The keys are those that the program knows: of each dict it complains about the one that is not.
#[test]
fn every_key_of_the_schemas_is_known() {
    let folder = tempfile::tempdir().unwrap();
    for file in ["config", "clients"] {
        let schema = schema(file);
        let text = format!("<plist>{}</plist>", with_every_key(&schema["$defs"], &schema));
        std::fs::write(folder.path().join(format!("{file}.plist")), text).unwrap();
    }
    let args = ["check", "--config", "config.plist", "--clients", "clients.plist"];
    let (_, told) = texts(&populace(&args).current_dir(&folder).output().unwrap());
    let unknown: Vec<&str> = told.lines().filter(|line| line.contains("unknown key `")).collect();
    assert!(unknown.iter().all(|line| line.contains("`unknownHere`")), "{unknown:#?}");
    for dict in
        ["the config", "accounts", "the arrival", "run", "embedded", "a stall", "the server A", "stats"]
            .into_iter()
            .chain(["a monitor", "the observer", "a threshold", "clientDataSerialization", "webadmin"])
            .chain([
                "a step of `prepare`",
                "the events of a step",
                "the messages of a step",
                "the broadcast of a step",
            ])
            .chain(["the clients", "a client", "a profile"])
    {
        assert!(
            unknown.iter().any(|line| line.contains(&format!("`unknownHere` in {dict}"))),
            "{dict}: {told}"
        );
    }
}
