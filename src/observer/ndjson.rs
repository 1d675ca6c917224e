//! Events as lines of JSON, for plug-ins: one object a line, one documented view of each kind.
//!
//! The names are those of the ancestor's events where it has them (spec 7.1): `method` is the label
//! of a request, `code` its status, `duration` its service time. Times are seconds; `at`, `due`,
//! `begun` and `end` count from the start of the run. `observers/README.md` lists every field.

use std::rc::Rc;
use std::time::Duration;

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Value, json};

use super::Kind;
use crate::event::{
    Event, OperationEnd, OperationStart, RequestBegun, Response, Said, ServerFigures, What, Who,
};

/// The fields of one line in their order.
pub struct Line(Vec<(&'static str, Value)>);

impl Line {
    /// The line of an event.
    pub fn of(event: &Event) -> Line {
        let mut line = Line(vec![
            ("type", Kind::of(&event.what).as_str().into()),
            ("at", seconds(event.at)),
            ("run_phase", json!(event.phase)),
        ]);
        match &event.what {
            What::Request(request) => line.request(request),
            What::Response(response) => line.response(response),
            What::OperationStart(start) => line.start(start),
            What::OperationEnd(end) => line.end(end),
            What::Missed(missed) => {
                line.actor(&missed.who, &missed.profile);
                line.put("label", json!(missed.label));
                line.put("late", missed.late.into());
                line.put("skipped", missed.skipped.into());
            }
            What::Arrived { who, users, clients } => {
                line.who(who);
                line.put("userCount", (*users).into());
                line.put("clientCount", (*clients).into());
            }
            What::Left { who, user } => {
                line.who(who);
                line.put("last_of_user", (*user).into());
            }
            What::Delayed(delayed) => {
                line.who(&delayed.who);
                line.put("waited", seconds(delayed.waited));
                line.put("lag", seconds(delayed.lag));
                line.put("came", delayed.came.into());
            }
            What::ClientFailure { who, reason } => {
                line.who(who);
                line.put("reason", json!(reason));
            }
            What::SimFailure { label, reason } => {
                line.put("label", json!(label));
                line.put("reason", json!(reason));
            }
            What::SwitchedOff { who, profile, reason } | What::Idle { who, profile, reason } => {
                line.who(who);
                line.put("profile", json!(profile));
                line.put("reason", json!(reason));
            }
            What::ServerFigures { pod, figures } => {
                line.put("podID", json!(pod));
                match figures {
                    Said::Load(figures) => line.figures(figures),
                    Said::Nothing(reason) => line.put("reason", json!(reason)),
                    Said::Figures(read) => {
                        line.put("since", seconds(read.since));
                        line.put("figures", json!(read.figures));
                    }
                }
            }
            What::Notice { text } => line.put("text", json!(text)),
            What::Checked(checked) => {
                line.actor(&checked.who, &checked.profile);
                line.put("label", json!(checked.label));
                line.put("check", json!(checked.check));
                line.put("found", checked.found.into());
            }
        }
        line
    }

    /// The line with its end.
    pub fn to_text(&self) -> String {
        let mut text = serde_json::to_string(self).unwrap_or_default();
        text.push('\n');
        text
    }

    fn put(&mut self, name: &'static str, value: Value) {
        self.0.push((name, value));
    }

    fn who(&mut self, who: &Who) {
        self.put("user", json!(who.uid));
        self.put("user_number", who.user.into());
        self.put("client_id", who.client.into());
        self.put("instance", who.instance.into());
        self.put("client_type", json!(who.title));
        self.put("software", json!(who.software));
    }

    /// Who does something, and for which habit.
    fn actor(&mut self, who: &Who, profile: &Option<Rc<str>>) {
        self.who(who);
        self.put("profile", json!(profile));
    }

    fn request(&mut self, request: &RequestBegun) {
        self.actor(&request.who, &request.profile);
        self.put("method", json!(request.label));
        self.put("http_method", json!(request.method));
        self.put("url", json!(request.url));
    }

    fn response(&mut self, response: &Response) {
        self.actor(&response.who, &response.profile);
        self.put("method", json!(response.label));
        self.put("http_method", json!(response.method));
        self.put("url", json!(response.url));
        self.put("code", json!(response.status));
        self.put("success", response.success.into());
        self.put("error", json!(response.error));
        self.put("detail", json!(response.detail));
        self.times(response.due, response.begun, Some(response.end));
        let wire = &response.wire;
        for (name, time) in [
            ("name_time", wire.name),
            ("connect_time", wire.connect),
            ("tls_time", wire.tls),
            ("first_byte_time", wire.first_byte),
        ] {
            self.put(name, time.map_or(Value::Null, seconds));
        }
        self.put("bytes_sent", response.bytes_sent.into());
        self.put("bytes_received", response.bytes_received.into());
        if let Some(bodies) = &response.bodies {
            self.put("body", json!(bodies.request));
            self.put("responseBody", json!(bodies.response));
        }
    }

    fn start(&mut self, start: &OperationStart) {
        self.put("phase", "start".into());
        self.actor(&start.who, &start.profile);
        self.put("label", json!(start.label));
        self.times(start.due, start.begun, None);
        self.put("scheduled", start.scheduled.into());
    }

    fn end(&mut self, end: &OperationEnd) {
        self.put("phase", if end.success || end.unfinished { "end" } else { "failed" }.into());
        self.actor(&end.who, &end.profile);
        self.put("label", json!(end.label));
        self.put("success", end.success.into());
        self.put("reason", json!(end.reason));
        self.put("unfinished", end.unfinished.into());
        self.times(end.due, end.begun, Some(end.end));
    }

    /// The points in time, and what follows from them.
    fn times(&mut self, due: Duration, begun: Duration, end: Option<Duration>) {
        self.put("due", seconds(due));
        self.put("begun", seconds(begun));
        self.put("lag", seconds(begun.saturating_sub(due)));
        if let Some(end) = end {
            self.put("end", seconds(end));
            self.put("duration", seconds(end.saturating_sub(begun)));
            self.put("response", seconds(end.saturating_sub(due)));
        }
    }

    fn figures(&mut self, figures: &ServerFigures) {
        self.put("requests_per_s", figures.requests_per_s.into());
        self.put("response_ms", figures.response_ms.into());
        self.put("slots", figures.slots.into());
        self.put("cpu_percent", figures.cpu_percent.into());
        self.put("window_s", figures.window_s.into());
    }
}

impl Serialize for Line {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

fn seconds(time: Duration) -> Value {
    time.as_secs_f64().into()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::rc::Rc;

    use super::*;
    use crate::event::{
        Bodies, Checked, Delayed, ErrorKind, Figure, Figures, Missed, Phase, Unit, WireTimes,
    };
    use crate::label::Label;
    use crate::stats::test::{end, response, start, who};

    /// One event of each kind, nothing left out.
    fn all() -> Vec<Event> {
        let reason: Rc<str> = "reason".into();
        let (profile, client, pod): (Rc<str>, _, Rc<str>) = ("Eventer".into(), who(3), "PodA".into());
        let figures = ServerFigures {
            requests_per_s: 1.0,
            response_ms: 2.0,
            slots: 3.0,
            cpu_percent: 4.0,
            window_s: 5.0,
        };
        let figure = Figure { name: "cpu".into(), unit: Unit::Percent, value: 34.5 };
        let read = Said::Figures(Figures { since: Duration::from_secs(2), figures: vec![figure] });
        let mut full = response(1, "GET{event}", 1.5, false).what;
        if let What::Response(full) = &mut full {
            full.detail = Some(reason.clone());
            full.error = Some(ErrorKind::TooLarge);
            let time = Some(Duration::from_millis(7));
            full.wire = WireTimes { name: time, connect: time, tls: time, first_byte: time };
            full.bodies = Some(Rc::new(Bodies { request: "a".into(), response: "b".into() }));
        }
        let label = Label::new("GET{event}");
        let (method, url): (Rc<str>, Rc<str>) = ("GET".into(), "http://x/".into());
        let habit = || Some(profile.clone());
        let request = RequestBegun { who: client.clone(), profile: habit(), label, method, url };
        let kinds = [
            What::Request(request),
            full,
            start(1, "invite", 0.5).what,
            end(1, "invite", 0.5, Some("reason")).what,
            What::Missed(Missed { who: client.clone(), profile: habit(), label, late: 1, skipped: 2 }),
            What::Arrived { who: client.clone(), users: 3, clients: 4 },
            What::Left { who: client.clone(), user: true },
            What::Delayed(Delayed {
                who: client.clone(),
                waited: Duration::from_secs(3),
                lag: Duration::from_millis(2),
                came: true,
            }),
            What::ClientFailure { who: client.clone(), reason: reason.clone() },
            What::SimFailure { label, reason: reason.clone() },
            What::SwitchedOff { who: client.clone(), profile: profile.clone(), reason: reason.clone() },
            What::Idle { who: client.clone(), profile, reason: reason.clone() },
            What::ServerFigures { pod: pod.clone(), figures: Said::Load(figures) },
            What::ServerFigures { pod: pod.clone(), figures: Said::Nothing(reason.clone()) },
            What::ServerFigures { pod, figures: read },
            What::Notice { text: reason },
            What::Checked(Checked { who: client, profile: None, label, check: "total".into(), found: true }),
        ];
        let at = Duration::from_millis(12_500);
        kinds.into_iter().map(|what| Event { at, phase: Phase::Measured, what }).collect()
    }

    /// The leaves of the derived form, by the view's names; times in seconds.
    fn leaves(path: &str, value: &Value, found: &mut BTreeMap<String, Value>) {
        match value {
            Value::Object(map) if map.contains_key("nanos") => {
                let time: Duration = serde_json::from_value(value.clone()).unwrap();
                found.insert(renamed(path), seconds(time));
            }
            Value::Object(map) => {
                for (name, value) in map {
                    // Variants have capitals and are no fields.
                    let variant = name.starts_with(char::is_uppercase);
                    let path = if variant { path.to_owned() } else { format!("{path}.{name}") };
                    leaves(path.trim_start_matches('.'), value, found);
                }
            }
            _ => {
                found.insert(renamed(path), value.clone());
            }
        }
    }

    fn renamed(path: &str) -> String {
        let path = path.strip_prefix("what.").unwrap_or(path);
        let name = match path {
            "what" => "reason",
            "phase" => "run_phase",
            "who.uid" => "user",
            "who.user" => "user_number",
            "who.client" => "client_id",
            "who.title" => "client_type",
            "status" => "code",
            "user" => "last_of_user",
            "users" => "userCount",
            "clients" => "clientCount",
            "pod" => "podID",
            "figures" => "reason",
            "bodies.request" => "body",
            "bodies.response" => "responseBody",
            "wire.name" => "name_time",
            "wire.connect" => "connect_time",
            "wire.tls" => "tls_time",
            "wire.first_byte" => "first_byte_time",
            other => other.rsplit('.').next().unwrap_or(other),
        };
        name.to_owned()
    }

    #[test]
    fn the_view_and_the_wire_form_carry_the_same_fields() {
        for event in all() {
            let view = serde_json::to_value(Line::of(&event)).unwrap();
            let mut derived = BTreeMap::new();
            leaves("", &serde_json::to_value(&event).unwrap(), &mut derived);
            let kind = Kind::of(&event.what);
            if matches!(kind, Kind::Request | Kind::Response) {
                // The ancestor calls the label of a request its method.
                let label = derived.remove("label").unwrap();
                let method = derived.insert("method".into(), label).unwrap();
                derived.insert("http_method".into(), method);
            }
            let view = view.as_object().unwrap();
            for (name, value) in &derived {
                assert_eq!(view.get(name), Some(value), "{name} of {kind:?}");
            }
            let computed = ["type", "phase", "lag", "duration", "response"];
            for name in view.keys().filter(|name| !derived.contains_key(*name)) {
                assert!(computed.contains(&name.as_str()), "{name} of {kind:?}");
            }
        }
    }

    #[test]
    fn a_line_is_one_object() {
        let text = Line::of(&start(0, "invite", 0.25)).to_text();
        assert!(text.starts_with(r#"{"type":"operation","at":10.25,"run_phase":"measured","phase":"start""#));
        assert_eq!(text.matches('\n').count(), 1);
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap()["lag"], 0.25);
    }
}
