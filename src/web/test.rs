//! Whole visits, over pipes.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::Response;

use super::params::Params;
use super::profiles;
use super::software::{Grounds, WebSoftware};
use crate::client::{Actor, Context, Memory, Outcome, Profile, Run, Software, Trigger, Trouble};
use crate::clock::Clock;
use crate::config::{At, Diagnostics, Files, read_bytes, render};
use crate::event::What;
use crate::http::testing::{Recorder, Seen, Server, text, unauthorized, virtual_time, who};
use crate::journal::Journal;
use crate::population::{Account, Password};
use crate::random::Seed;
use crate::transport::{Target, Trust};

type Answered = Response<Full<Bytes>>;

/// A visitor with one script.
struct Stage {
    run: Rc<Run>,
    events: Rc<Recorder>,
    memory: Box<dyn Memory>,
    software: WebSoftware,
    profile: Rc<dyn Profile>,
    server: Rc<Server>,
    client: u32,
}

impl Stage {
    fn new(params: &str, steps: &str, respond: impl Fn(&Seen) -> Answered + 'static) -> Stage {
        Stage::of(0, params, steps, respond)
    }

    /// Client `client`, and its script.
    fn of(client: u32, params: &str, steps: &str, respond: impl Fn(&Seen) -> Answered + 'static) -> Stage {
        let (server, events) = (Server::new(respond), Rc::new(Recorder::default()));
        let account = Account {
            uid: "user1".into(),
            password: Password::new("secret"),
            common_name: "User 1".into(),
            email: "user1@x".into(),
            guid: "".into(),
            pod: "".into(),
        };
        let run = Rc::new(Run {
            seed: Seed(1),
            clock: Clock::starting_at("2026-01-05T09:00:00Z".parse().unwrap()),
            sink: events.clone(),
            accounts: Rc::new([Rc::new(account)]),
            stopped: Rc::default(),
            waker: RefCell::default(),
            measured: (Duration::ZERO, None),
        });
        let target = Target { tls: false, host: "server".into(), port: 80 };
        let software = WebSoftware::new(Grounds::new(server.pipes(), target, Trust::Verify));
        let memory = software.memory(&who(client), &run.accounts[0]);
        let profile = script(params, steps).unwrap_or_else(|why| panic!("{why}"));
        Stage { run, events, memory, software, profile, server, client }
    }

    async fn act(&mut self, trigger: Trigger) -> Result<Outcome, Trouble> {
        let run = &self.run;
        let journal = Journal {
            who: who(self.client),
            profile: None,
            seed: run.seed,
            clock: run.clock,
            phase: run.phase(Duration::ZERO),
            sink: run.sink.clone(),
            due: Cell::new(run.clock.elapsed()),
            unsaid: Default::default(),
            stopped: run.stopped.clone(),
        };
        let cx = Context::new(run.clone(), run.accounts[0].clone(), 0, journal, 0, true);
        let cx = cx.of(Actor::profile(0));
        self.profile.act(&cx, &mut *self.memory, &trigger).await
    }

    /// One visit from its beginning to its end.
    async fn visit(&mut self) -> Result<(), String> {
        let mut outcome = self.act(Trigger::Timer).await;
        while let Ok(Outcome::Pause(time)) = outcome {
            tokio::time::sleep(time).await;
            outcome = self.act(Trigger::Resumed).await;
        }
        outcome.map(|_| ()).map_err(|why| why.to_string())
    }

    /// Method, path and body of all requests.
    fn asked(&self) -> Vec<String> {
        let seen = self.server.seen.borrow();
        let told = |seen: &Seen| {
            let body = String::from_utf8_lossy(&seen.body);
            format!("{} {} {body}", seen.method, seen.path).trim_end().to_owned()
        };
        seen.iter().map(told).collect()
    }

    /// A header of every request.
    fn headers(&self, name: &str) -> Vec<Option<String>> {
        self.server.seen.borrow().iter().map(|seen| seen.header(name).map(str::to_owned)).collect()
    }

    /// The operations that ended, with an exclamation mark those that failed, and how many milliseconds they took.
    fn operations(&self) -> Vec<String> {
        self.events.each(|_, what| match what {
            What::OperationEnd(end) => {
                let mark = if end.unfinished {
                    "..."
                } else if end.success {
                    ""
                } else {
                    "!"
                };
                Some(format!("{}{mark} {}", end.label, (end.end - end.begun).as_millis()))
            }
            _ => None,
        })
    }

    /// What is said of requests that failed.
    fn failures(&self) -> Vec<String> {
        let failed = |what: &What| match what {
            What::Response(end) if !end.success => {
                end.detail.as_ref().map(|detail| format!("{} {detail}", end.label))
            }
            _ => None,
        };
        self.events.each(|_, what| failed(what))
    }
}

/// A script with parameters and steps as a plist has them, or what is wrong with it.
fn script(params: &str, steps: &str) -> Result<Rc<dyn Profile>, String> {
    let diags = Diagnostics::new();
    let text = format!(
        "<plist version=\"1.0\"><dict>{}<key>steps</key><array>{}</array></dict></plist>",
        dict(params),
        steps
            .split('\n')
            .map(str::trim)
            .filter(|step| !step.is_empty())
            .map(|step| format!("<dict>{}</dict>", dict(step)))
            .collect::<String>(),
    );
    let value = read_bytes("test.plist", text.as_bytes(), &diags).unwrap();
    let built = profiles::build(
        "Script",
        &At::named("class"),
        Some(&value),
        &Params::standard(),
        &Files::default(),
        &diags,
    );
    built.map(|built| built.profile).ok_or_else(|| render(&diags))
}

/// `a=1, b=x` as keys and values; what begins with `<` stands for itself.
fn dict(pairs: &str) -> String {
    let value = |value: &str| match value {
        value if value.starts_with('<') => value.to_owned(),
        "true" | "false" => format!("<{value}/>"),
        value if value.parse::<u32>().is_ok() => format!("<integer>{value}</integer>"),
        value => format!("<string>{}</string>", value.replace('&', "&amp;")),
    };
    let pair = |pair: &str| {
        let (key, rest) = pair.split_once('=').unwrap();
        format!("<key>{}</key>{}", key.trim(), value(rest))
    };
    pairs.split(", ").filter(|pair| !pair.is_empty()).map(pair).collect()
}

fn page(html: impl Into<String>) -> Answered {
    let html: String = html.into();
    Response::builder().header("content-type", "text/html").body(Full::new(Bytes::from(html))).unwrap()
}

fn with(mut answer: Answered, headers: &[(&'static str, &str)]) -> Answered {
    for (name, value) in headers {
        answer.headers_mut().append(*name, value.parse().unwrap());
    }
    answer
}

#[test]
fn pages_transactions_and_sessions_are_timed() {
    virtual_time(async {
        let steps = "do=GET, url=/a?x=1, transaction=t
            do=GET, url=/b/17, transaction=t, think=2
            do=POST, url=/c, name=form, body=x=1";
        let mut stage = Stage::new("", steps, |_| text(200, "ok"));
        stage.server.delay.set(Duration::from_millis(10));
        stage.visit().await.unwrap();
        assert_eq!(stage.asked(), ["GET /a?x=1", "GET /b/17", "POST /c x=1"]);
        assert_eq!(stage.events.labels(), ["GET{/a}", "GET{/b/*}", "POST{form}"]);
        assert_eq!(stage.operations(), ["connect 0", "t 20", "page 20", "page 10", "session 2030"]);
        assert_eq!(stage.server.connections.get(), 1);
        stage.events.assert_paired();
    });
}

#[test]
fn what_the_run_cuts_short_is_unfinished() {
    virtual_time(async {
        let mut stage =
            Stage::new("", "do=GET, url=/, transaction=t\ndo=think, time=9\ndo=GET, url=/", |_| {
                text(200, "ok")
            });
        assert!(matches!(stage.act(Trigger::Timer).await, Ok(Outcome::Pause(_))));
        stage.run.stopped.set(true);
        assert!(matches!(stage.act(Trigger::Resumed).await, Err(Trouble::Stopped)));
        stage.software.leave(&who(0), &mut *stage.memory);
        assert_eq!(stage.operations()[3..], ["page... 0", "session... 0"]);
    });
}

#[test]
fn variables_go_from_answers_into_requests() {
    virtual_time(async {
        let steps = "do=GET, url=/login, set=<array><dict><key>name</key><string>token</string><key>form</key><string>csrf</string></dict></array>
            do=set, name=n, jsonpath=$.n, default=x7
            do=set, name=head, header=x-head
            do=set, name=part, regexp=id=(\\d+)
            do=set, name=link, xpath=//a/@href
            do=POST, url=%%link%%?u=%%uid%%, form=<dict><key>token</key><string>%%token%%</string><key>p</key><string>%%password%% %%part%%/%%n%%</string></dict>, headers=<dict><key>X-Back</key><string>%%head%%</string></dict>";
        let login = "<a href='/go on'></a><input name=csrf value='a&amp;b'> id=42";
        let mut stage = Stage::new("", steps, move |_| with(page(login), &[("x-head", "h")]));
        stage.events.bodies.set(true);
        stage.visit().await.unwrap();
        assert_eq!(stage.asked()[1], "POST /go%20on?u=user1 token=a%26b&p=secret+42%2Fx7");
        assert_eq!(stage.headers("x-back")[1].as_deref(), Some("h"));
        let shown: Vec<_> = stage.events.responses().iter().map(|one| one.bodies.clone().unwrap()).collect();
        assert!(!shown[1].request.contains("secret"), "{}", shown[1].request);
    });
}

#[test]
fn what_is_not_found_is_counted_and_says_where() {
    virtual_time(async {
        let steps = "do=GET, url=/, name=home
            do=set, name=x, form=field
            do=GET, url=/%%x%%";
        let mut stage = Stage::new("", steps, |_| text(200, "ok"));
        let why = stage.visit().await.unwrap_err();
        assert_eq!(why, "the variable `x` has no value");
        assert_eq!(stage.failures(), ["GET{home} not found: `x` by the form field `field`"]);
        assert_eq!(stage.operations(), ["connect 0", "page! 0", "session! 0"]);
    });
}

#[test]
fn checks_decide_what_follows() {
    virtual_time(async {
        for (params, asked, fails) in [
            ("", 2, false),
            ("match=o.", 2, false),
            ("match=x", 2, false),
            ("nomatch=k, onFailure=abort", 1, true),
            ("match=x, onFailure=retry, retries=2, retryDelay=5", 3, true),
            ("expect=404", 2, false),
            ("expect=404, onFailure=abort", 1, true),
        ] {
            let mut stage = Stage::new(params, "do=GET, url=/\ndo=GET, url=/", |_| text(200, "ok"));
            assert_eq!((stage.visit().await.is_err(), stage.asked().len()), (fails, asked), "{params}");
        }
        let mut stage = Stage::new("onFailure=retry", "do=GET, url=/", |seen| {
            text(if seen.connection > 0 { 200 } else { 503 }, "ok")
        });
        assert!(stage.visit().await.is_err(), "one connection serves all");
        assert_eq!(stage.run.clock.elapsed(), Duration::from_secs(3));
        assert!(stage.failures()[0].contains("status 503 instead of 200 to 399"), "{:?}", stage.failures());
    });
}

#[test]
fn redirects_are_followed() {
    virtual_time(async {
        let respond = |seen: &Seen| match seen.path.as_str() {
            "/303" => with(text(303, ""), &[("location", "b?c")]),
            "/307" => with(text(307, ""), &[("location", "http://server/b")]),
            "/loop" => with(text(302, ""), &[("location", "/loop")]),
            _ => text(200, "ok"),
        };
        for (params, step, asked, fine) in [
            ("", "do=POST, url=/303, body=x", &["POST /303 x", "GET /b?c"][..], true),
            ("", "do=POST, url=/307, body=x", &["POST /307 x", "POST /b x"][..], true),
            ("redirects=0", "do=GET, url=/303", &["GET /303"][..], true),
            ("expect=303", "do=GET, url=/303", &["GET /303"][..], true),
            ("redirects=2, onFailure=abort", "do=GET, url=/loop", &["GET /loop"; 3][..], false),
        ] {
            let mut stage = Stage::new(params, step, respond);
            assert_eq!(stage.visit().await.is_ok(), fine, "{step}");
            assert_eq!(stage.asked(), asked, "{step}");
        }
    });
}

#[test]
fn cookies_conditions_and_credentials_are_the_browsers() {
    virtual_time(async {
        let respond = |seen: &Seen| match seen.header("authorization") {
            None if seen.path == "/private" => unauthorized(&["Basic realm=\"x\""]),
            _ if seen.header("if-none-match") == Some("\"1\"") => text(304, ""),
            _ => with(
                text(200, "ok"),
                &[("set-cookie", "a=1; Path=/"), ("set-cookie", "b=2"), ("etag", "\"1\"")],
            ),
        };
        let steps = "do=GET, url=/
            do=GET, url=/
            do=GET, url=/private, user=Aladdin, password=open sesame";
        let mut stage =
            Stage::new("conditional=true, userAgent=Tester/1, acceptEncoding=gzip", steps, respond);
        stage.visit().await.unwrap();
        assert_eq!(stage.events.labels(), ["GET{/}", "GET{/}", "CHALLENGE{basic}", "GET{/private}"]);
        let statuses: Vec<_> = stage.events.responses().iter().map(|one| one.status.unwrap()).collect();
        assert_eq!(statuses, [200, 304, 401, 200]);
        assert_eq!(stage.headers("cookie")[1].as_deref(), Some("a=1; b=2"));
        assert_eq!(stage.headers("authorization")[3].as_deref(), Some("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="));
        assert_eq!(stage.headers("user-agent")[0].as_deref(), Some("Tester/1"));
        assert_eq!(stage.headers("accept-encoding")[0].as_deref(), Some("gzip"));
        assert!(stage.failures().is_empty());
    });
}

#[test]
fn connections_are_kept_or_not() {
    virtual_time(async {
        for (params, connections) in [
            ("", 1),
            ("http=<real>1.0</real>", 1),
            ("keepAlive=false", 3),
            ("http=1.0", 1),
            ("http=1.0, keepAlive=false", 3),
            ("idleClose=1", 2),
        ] {
            let steps = "do=GET, url=/\ndo=GET, url=/\ndo=think, time=2\ndo=GET, url=/";
            let mut stage = Stage::new(params, steps, |_| text(200, "ok"));
            stage.visit().await.unwrap();
            assert_eq!(stage.server.connections.get(), connections, "{params}");
        }
    });
}

#[test]
fn what_is_embedded_comes_over_several_connections() {
    virtual_time(async {
        let html: String = (0..10).map(|n| format!("<img src='i{n}.png'>")).collect();
        let respond = move |seen: &Seen| if seen.path == "/" { page(html.clone()) } else { text(200, "x") };
        let mut stage = Stage::new("embedded=true", "do=GET, url=/", respond);
        stage.server.delay.set(Duration::from_millis(10));
        stage.visit().await.unwrap();
        assert_eq!(stage.server.connections.get(), 6);
        assert_eq!(stage.events.labels().iter().filter(|label| **label == "GET{embedded}").count(), 10);
        // The page, and two rounds of objects.
        assert!(stage.operations().contains(&"page 30".to_owned()), "{:?}", stage.operations());
    });
}

#[test]
fn one_connection_of_http2_carries_all_at_once() {
    virtual_time(async {
        let html: String = (0..10).map(|n| format!("<img src='i{n}.png'>")).collect();
        let respond = move |seen: &Seen| match seen.path.as_str() {
            "/" => page(html.clone()),
            "/private?x=1" if seen.header("authorization").is_none() => unauthorized(&["Basic realm=\"x\""]),
            _ => with(text(200, "x"), &[("set-cookie", "a=1")]),
        };
        let steps = "do=GET, url=/, embedded=true
            do=POST, url=/private?x=1, body=%%uid%%, headers=<dict><key>X-Own</key><string>1</string></dict>";
        let mut stage = Stage::new("http=2", steps, respond);
        stage.server.multiplexed.set(true);
        stage.server.delay.set(Duration::from_millis(10));
        stage.visit().await.unwrap();
        assert_eq!((stage.server.connections.get(), stage.failures()), (1, Vec::new()));
        // The page, all objects at once, the question and the answer with credentials.
        assert_eq!(stage.operations(), ["connect 0", "page 40", "session 40"]);
        assert_eq!(stage.asked()[12], "POST /private?x=1 user1");
        assert_eq!(stage.headers("cookie")[12].as_deref(), Some("a=1"));
        assert_eq!(stage.headers("x-own")[12].as_deref(), Some("1"));
    });
}

#[test]
fn faults_of_soap_are_failures() {
    virtual_time(async {
        let fault =
            "<e:Envelope><e:Body><e:Fault><faultstring>boom</faultstring></e:Fault></e:Body></e:Envelope>";
        for (version, kind, action) in [
            ("1.1", "text/xml; charset=utf-8", Some("\"do it\"")),
            ("1.2", "application/soap+xml; charset=utf-8; action=\"do it\"", None),
        ] {
            let step =
                format!("do=POST, url=/s, soap={version}, action=do it, body=<string>&lt;x/&gt;</string>");
            let mut stage = Stage::new("", &step, move |_| text(500, fault));
            stage.visit().await.unwrap();
            assert_eq!(stage.failures(), ["POST{/s} status 500, and a fault: boom"]);
            assert_eq!(stage.headers("content-type")[0].as_deref(), Some(kind));
            assert_eq!(stage.headers("soapaction")[0].as_deref(), action);
        }
    });
}

#[test]
fn loops_conditions_and_counters_go_on_where_they_were() {
    virtual_time(async {
        let inner = "<array><dict><key>do</key><string>set</string><key>name</key><string>n</string><key>counter</key><integer>5</integer></dict>
            <dict><key>do</key><string>if</string><key>variable</key><string>n</string><key>equals</key><string>6</string><key>steps</key>
            <array><dict><key>do</key><string>GET</string><key>url</key><string>/six</string></dict></array><key>else</key>
            <array><dict><key>do</key><string>GET</string><key>url</key><string>/%%n%%</string><key>think</key><integer>1</integer></dict></array></dict></array>";
        let inner = inner.split('\n').map(str::trim).collect::<String>();
        let steps = format!("do=repeat, times=3, steps={inner}\ndo=GET, url=/end");
        let mut stage = Stage::new("", &steps, |_| text(200, "ok"));
        stage.visit().await.unwrap();
        assert_eq!(stage.asked(), ["GET /5", "GET /six", "GET /7", "GET /end"]);
        let until = format!(
            "do=repeat, until=<dict><key>variable</key><string>n</string><key>match</key><string>^8$</string></dict>, steps={inner}"
        );
        let mut stage = Stage::new("", &until, |_| text(200, "ok"));
        stage.visit().await.unwrap();
        assert_eq!(stage.asked(), ["GET /5", "GET /six", "GET /7", "GET /8"]);
    });
}

#[test]
fn rows_of_a_file_are_dealt_out() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.csv");
    std::fs::write(&path, "name,age\nanna,1\nbert,2\n").unwrap();
    let asked = |client, order: &str| {
        let step = format!(
            "do=set, csv={}, order={order}, columns=<dict><key>n</key><string>name</string><key>a</key><string>2</string></dict>",
            path.display()
        );
        let steps = format!("{step}\ndo=GET, url=/%%n%%/%%a%%");
        virtual_time(async move {
            let mut stage = Stage::of(client, "", &steps, |_| text(200, "ok"));
            let first = stage.visit().await.map(|()| stage.asked()[0].clone());
            let second = stage.visit().await.map(|()| stage.asked()[1].clone());
            [first, second].map(|one| one.unwrap_or_else(|why| why))
        })
    };
    assert_eq!(asked(0, "sequential"), ["GET /anna/1", "GET /bert/2"]);
    assert_eq!(asked(3, "sequential"), ["GET /bert/2", "GET /anna/1"]);
    assert_eq!(asked(1, "unique"), ["GET /bert/2", "GET /bert/2"]);
    assert!(asked(2, "unique")[0].contains("the file has 2 rows"));
    assert!(asked(2, "random")[0].starts_with("GET /"));
}

#[test]
fn mistakes_in_scripts_are_told_where_they_stand() {
    for (steps, told) in [
        ("do=get, url=/", "did you mean `GET`?"),
        ("do=thnik, time=1", "did you mean `think`?"),
        ("do=GET", "`url` is missing in a step"),
        ("do=GET, url=/, tink=1", "did you mean `think`?"),
        ("do=think, time=1", "no step asks a server for anything"),
        ("do=GET, url=/, body=x, file=y", "a request has one body"),
        ("do=GET, url=/, match=(", "is no regular expression"),
        ("do=GET, url=/, transaction=page", "cannot be the name of a transaction"),
        ("do=GET, url=/, expect=99", "is no status"),
        ("do=GET, url=/\ndo=set, name=x", "it does not say what the value of the variable is"),
        ("do=set, name=x, form=y\ndo=GET, url=/", "there is no request right before this step"),
        ("do=GET, url=/\ndo=set, name=x, xpath=//a[", "is no path that can be followed"),
        ("do=GET, url=/, file=none", "there is no file \"none\""),
    ] {
        let why = script("", steps).err().unwrap_or_default();
        assert!(why.contains(told), "{steps}: {why}");
    }
}
