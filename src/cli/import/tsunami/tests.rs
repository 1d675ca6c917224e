mod checks;

use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::cli::import::test::{at, read};
use crate::config::Value;

/// What is made of a file, and what is said about it.
fn imported(text: &str) -> (Option<Value>, String) {
    let diags = Diagnostics::new();
    let made = import(&Source::text("t.xml", text), &diags).filter(|_| !diags.has_errors());
    let said = diags.all().iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    (made.map(|text| read(&text)), said)
}

/// One of the ancestor's own examples.
fn example(name: &str) -> Option<(Option<Value>, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/seed/idx-tsunami").join(name);
    let text = std::fs::read_to_string(&path).ok();
    assert!(
        text.is_some() || std::env::var_os("POPULACE_REQUIRE_SEED").is_none(),
        "{} is not there",
        path.display()
    );
    Some(imported(&text?))
}

fn holds(made: &Value, facts: &[(&str, &str)]) {
    for (path, value) in facts {
        assert!(at(made, path).ends_with(value), "{path}: {} and not {value}", at(made, path));
    }
}

#[test]
fn the_ancestors_sessions_become_populations() {
    let Some((made, said)) = example("http.xml") else { return };
    let made = made.unwrap_or_else(|| panic!("{said}"));
    holds(
        &made,
        &[
            ("server", "http://10.9.195.1:8080"),
            ("workers.0.name", "louxor"),
            ("workers.0.command", "louxor exec populace worker"),
            ("workers.0.weight", "1"),
            ("workers.0.maxUsers", "500"),
            ("workers.1.maxUsers", "250"),
            ("workers.2.maxUsers", "250"),
            ("workers.0.addresses.1", "10.9.195.13"),
            ("workers.1.name", "memphis-1"),
            ("workers.2.name", "memphis-2"),
            ("workers.2.weight", "1.5"),
            ("workers.2.addresses.0", "10.9.195.14"),
            ("workers.3", "nothing"),
            ("monitors.0.type", "Agent"),
            ("monitors.5.name", "db"),
            ("monitors.5.params.command", "db exec populace agent"),
            ("arrival.factory", "Poisson"),
            ("arrival.params.phases.0.duration", "600"),
            ("arrival.params.phases.0.interarrival", "2"),
            ("arrival.params.phases.2.interarrival", "0.1"),
            ("arrival.params.phases.3", "nothing"),
            ("run", "nothing"),
            ("observers.1.type", "TsunamiLog"),
            ("observers.1.params.path", "idx-tsunami.log"),
            ("observers.2", "nothing"),
            ("clients.0.software", "Web"),
            ("clients.0.mix", "once"),
            ("clients.0.weight", "the real 0.7"),
            ("clients.0.params.title", "http-example"),
            ("clients.0.params.timeout", "600"),
            ("clients.0.params.redirects", "0"),
            ("clients.1.params.title", "backoffice"),
            ("clients.1.weight", "the real 0.3"),
            ("clients.1.profiles.0.params.steps.0.url", "/backoffice"),
        ],
    );
    let steps = made.get("clients").and_then(Value::as_array).and_then(|all| all[0].get("profiles"));
    let steps =
        steps.and_then(Value::as_array).and_then(|all| all[0].get("params")).and_then(|all| all.get("steps"));
    holds(
        steps.unwrap(),
        &[
            ("0.do", "GET"),
            ("0.url", "/"),
            ("0.http", "nothing"),
            ("1.headers.If-Modified-Since", "Fri, 14 Nov 2003 02:43:31 GMT"),
            // The default of three seconds is above what the session says (row 24).
            ("2.do", "think"),
            ("2.time", "3"),
            ("3.do", "transaction"),
            ("3.name", "index_request"),
            ("3.steps.1.url", "/images/header.gif"),
            ("4.time", "3"),
            ("5.do", "POST"),
            ("5.body", "bla=blu"),
            ("6.do", "GET"),
            ("6.body", "bla=blu&name=glop"),
            ("6.user", "Aladdin"),
            ("6.password", "open sesame"),
            ("6.auth", "basic"),
            ("7", "nothing"),
        ],
    );
    for told in
        ["t.xml:32:2", "`ssl_ciphers` is not carried over", "t.xml:5:2: notice: with `maxusers` users"]
    {
        assert!(said.contains(told), "{told}: {said}");
    }
    assert_eq!(said.lines().count(), 3, "{said}");
}

#[test]
fn the_ancestors_dynamic_parts_become_variables() {
    let Some((made, said)) = example("dynamic.xml") else { return };
    let made = made.unwrap_or_else(|| panic!("{said}"));
    let steps = "clients.0.profiles.0.params.steps";
    for (path, value) in [
        // What a function of one's own gives nobody knows here.
        ("0.name", "symbol:new"),
        ("0.value", "undefined"),
        ("1.http", "1.0"),
        ("1.set.0.name", "random_num"),
        ("1.set.0.form", "random_num"),
        ("1.set.0.default", "undefined"),
        ("2.body", "username=nic&random_num=%%random_num%%&op=login"),
        ("2.contentType", "application/x-www-form-urlencoded"),
        ("3.set.0.regexp", "<title>(.*)</title>"),
        ("4.count.Welcome !", "Welcome !"),
        ("4.body", "username=nic&user_password=sesame"),
        ("5.do", "set"),
        ("5.unique", "true"),
        ("6.url", "/echo?id=%%unique_id%%"),
        ("7.url", "/echo?symbol=%%symbol:new%%"),
        ("8", "nothing"),
    ] {
        assert!(
            at(&made, &format!("{steps}.{path}")).ends_with(value),
            "{path}: {}",
            at(&made, &format!("{steps}.{path}"))
        );
    }
    assert!(
        said.contains("warning: `symbol:new` is \"undefined\": no function can be called here"),
        "{said}"
    );
}

#[test]
fn sessions_of_other_protocols_are_named() {
    let Some((made, said)) = example("jabber.xml") else { return };
    assert!(made.is_none());
    for told in [
        "t.xml:29:2: warning: the session `jabber-example` of type ts_jabber is not carried over",
        "the session `jabber-example2`",
        "t.xml:23:2: warning: the option `global_number` of ts_jabber is not carried over",
        "error: no session is one of HTTP",
    ] {
        assert!(said.contains(told), "{told}: {said}");
    }
}

/// A file of Tsung with these options, this load and these sessions.
fn tsung(options: &str, load: &str, sessions: &str) -> (Option<Value>, String) {
    imported(&format!(
        "<?xml version=\"1.0\"?>\n<!DOCTYPE tsung SYSTEM \"/usr/share/tsung/tsung-1.0.dtd\">\n\
         <tsung loglevel=\"notice\" version=\"1.0\">\n<clients><client host=\"localhost\" use_controller_vm=\"true\" maxusers=\"3\"/></clients>\n\
         <servers><server host=\"h\" port=\"81\" type=\"ssl\"/></servers>\n{load}\n<options>{options}</options>\n\
         <sessions>{sessions}</sessions></tsung>"
    ))
}

const LOAD: &str = "<load><arrivalphase phase=\"1\" duration=\"1\" unit=\"minute\"><users arrivalrate=\"2\" unit=\"second\"/>\
                    </arrivalphase></load>";

#[test]
fn tsung_has_the_same_under_other_names() {
    let options = "<option name=\"thinktime\" value=\"3\"/><option name=\"seed\" value=\"42\"/>\
                   <option name=\"file_server\" id=\"users\" value=\"users.csv\"/><option name=\"idle_timeout\" value=\"5000\"/>\
                   <option type=\"ts_http\" name=\"user_agent\"><user_agent probability=\"80\">\n  A b\n </user_agent></option>";
    let load = "<load duration=\"1\" unit=\"hour\" loop=\"1\">\
                <arrivalphase phase=\"2\" duration=\"10\" unit=\"second\"><users interarrival=\"500\" unit=\"millisecond\" maxnumber=\"4\"/></arrivalphase>\
                <arrivalphase phase=\"1\" duration=\"1\" unit=\"minute\"><users arrivalrate=\"120\" unit=\"minute\"/></arrivalphase></load>";
    let session = "<session name=\"s\" weight=\"3\" type=\"ts_http\">\
        <setdynvars sourcetype=\"file\" fileid=\"users\" delimiter=\",\" order=\"iter\"><var name=\"u\"/><var name=\"p\"/></setdynvars>\
        <setdynvars sourcetype=\"random_number\" start=\"3\" end=\"9\"><var name=\"n\"/></setdynvars>\
        <thinktime/><thinktime min=\"1\" max=\"4\"/><thinktime value=\"7\" random=\"true\"/>\
        <for from=\"2\" to=\"4\" var=\"i\"><request subst=\"true\"><http url=\"/%%_i%%/%%_u%%\"/></request></for>\
        <repeat name=\"again\" max_repeat=\"5\"><request><dyn_variable name=\"r\" re=\"a(.)\"/><http url=\"/r\"/></request>\
        <while var=\"r\" eq=\"x\"/></repeat>\
        <if var=\"n\" neq=\"3\"><request><match do=\"loop\" when=\"nomatch\" max_loop=\"2\" sleep_loop=\"1\">ok</match>\
        <dyn_variable name=\"j\" jsonpath=\"a[?b=c].d\"/>\
        <http url=\"/x\" method=\"PUT\" contents=\"%%_p%%\"><soap action=\"do\"/><http_header name=\"X\" value=\"1\"/></http></request></if>\
        <transaction name=\"page\"><request><http url=\"/t\"/></request></transaction>\
        <request><match name=\"ok\">o+k</match><match do=\"log\">x</match><dyn_variable name=\"all\" xpath=\"//img/@src\"/>\
        <http url=\"/l\"/></request>\
        <foreach name=\"one\" in=\"all\" include=\"png\"><request subst=\"true\"><http url=\"%%_one%%\"/></request></foreach></session>";
    let (made, said) = tsung(options, load, session);
    let made = made.unwrap_or_else(|| panic!("{said}"));
    holds(
        &made,
        &[
            ("server", "https://h:81"),
            ("workers", "nothing"),
            ("run.duration", "3600"),
            ("run.seed", "42"),
            ("arrival.params.phases.0.rate", "2"),
            ("arrival.params.phases.1.interarrival", "0.5"),
            ("arrival.params.phases.1.duration", "2"),
            ("arrival.params.phases.3.duration", "2"),
            ("arrival.params.phases.4", "nothing"),
            ("observers.1.params.path", "tsung.log"),
            ("clients.0.weight", "3"),
            ("clients.0.params.timeout", "5"),
            ("clients.0.params.userAgent.0.agent", "A b"),
        ],
    );
    let steps = "clients.0.profiles.0.params.steps";
    for (path, value) in [
        ("0.csv", "users.csv"),
        ("0.columns.p", "2"),
        ("0.order", "sequential"),
        ("1.number.params.max", "10"),
        ("2.time", "3"),
        ("3.time.type", "Uniform"),
        ("4.time.params.mean", "7"),
        ("5.times", "3"),
        ("5.steps.0.counter", "2"),
        ("5.steps.1.url", "/%%i%%/%%u%%"),
        ("6.name", "again-ended"),
        ("7.times", "5"),
        ("7.steps.0.differs", "yes"),
        ("7.steps.0.steps.0.set.0.regexp", "a(.)"),
        // It goes on while it is x: it has ended if it is not.
        ("7.steps.0.steps.1.differs", "x"),
        ("7.steps.0.steps.1.steps.0.value", "yes"),
        ("8.differs", "3"),
        ("10.count.ok", "o+k"),
        ("10.count.x", "x"),
        ("10.set.0.all", "true"),
        ("11.in", "all"),
        ("11.match", "png"),
        ("11.steps.0.url", "%%one%%"),
        ("8.steps.0.match", "ok"),
        ("8.steps.0.onFailure", "retry"),
        ("8.steps.0.retries", "2"),
        ("8.steps.0.set.0.jsonpath", "$.a[?@.b == 'c'].d"),
        ("8.steps.0.action", "do"),
        ("8.steps.0.headers.X", "1"),
        // Without `subst` nothing is filled in there.
        ("8.steps.0.body", "%%_p%%"),
        ("9.name", "tr_page"),
    ] {
        let found = at(&made, &format!("{steps}.{path}"));
        assert!(found.ends_with(value), "{path}: {found} and not {value}");
    }
    for told in ["`maxnumber` makes the phase shorter", "%%_p%% does not mean here"] {
        assert!(said.contains(told), "{told}: {said}");
    }
    assert_eq!(said.lines().count(), 2, "{said}");
}

#[test]
fn what_is_not_carried_over_is_named_line_by_line() {
    let session = "<session name=\"s\" probability=\"100\" type=\"ts_http\" persistent=\"false\">\n\
        <foreach name=\"a b\" in=\"b\"/>\n<change_type new_type=\"ts_raw\"/>\n<thinktime value=\"wait_global\"/>\n\
        <request><match do=\"restart\">a</match><http url=\"/\" colour=\"red\"/></request>\n\
        <setdynvars sourcetype=\"eval\" code=\"x\"><var name=\"v\"/></setdynvars>\n\
        <request subst=\"true\"><http url=\"/%%_nobody%%\"/></request>\n<request><raw data=\"x\"/></request>\n\
        <if var=\"x\" gt=\"1\"/>\n<request><dyn_variable name=\"f\"/><http url=\"/\"/></request>\n\
        <foreach name=\"one\" in=\"f\"><request><http url=\"/\"/></request></foreach>\n\
        <request><dyn_variable name=\"g\" xpath=\"sum(//a)\"/><dyn_variable name=\"h\" jsonpath=\"a[b\"/><http url=\"/\"/></request></session>";
    let (made, said) = tsung("<option name=\"hibernate\" value=\"1\"/>", LOAD, session);
    for told in [
        "the option `hibernate` is not carried over",
        "t.xml:8:12: warning: `persistent` = false",
        "t.xml:9:2: warning: <foreach> is not carried over",
        "t.xml:10:2: warning: <change_type> is not carried over",
        "t.xml:11:19: warning: a think time of \"wait_global\"",
        "t.xml:12:11: warning: <match> is not carried over",
        "t.xml:12:53: warning: `colour` of <http> is not carried over",
        "t.xml:13:2: warning: <setdynvars> is not carried over",
        "warning: `nobody` is \"undefined\": nothing sets it",
        "t.xml:15:11: warning: <raw> is not carried over",
        "t.xml:16:2: warning: <if> is not carried over",
        "t.xml:18:2: warning: <foreach> is not carried over",
        "t.xml:19:11: warning: the path \"sum(//a)\" is not carried over: there is no function `sum()` here",
        "t.xml:19:52: warning: the path \"$.a[b\" is not carried over",
    ] {
        assert!(said.contains(told), "{told}:\n{said}");
    }
    assert!(made.is_some(), "{said}");
}

#[test]
fn faults_are_told_at_their_places() {
    let session = |popularity: &str| {
        format!(
            "<session name=\"s\" probability=\"{popularity}\" type=\"ts_http\"><request><http url=\"/\"/></request></session>"
        )
    };
    for (load, sessions, fault) in [
        (
            LOAD,
            session("99.98"),
            "t.xml:8:12: error: the popularities of the sessions add up to 99.98, and not to 100",
        ),
        (LOAD, session("many"), "\"many\" is not a number of at least 0"),
        (LOAD, session("-1"), "\"-1\" is not a number of at least 0"),
        (LOAD, String::new(), "there is no <session>"),
        ("<load/>", session("100"), "there is no <arrivalphase>"),
        (
            "<load><arrivalphase phase=\"1\" duration=\"1\" unit=\"week\"><users interarrival=\"1\" unit=\"second\"/></arrivalphase></load>",
            session("100"),
            "\"week\" is no unit of time",
        ),
        (
            "<load><arrivalphase phase=\"1\" duration=\"1\" unit=\"hour\"><users unit=\"second\"/></arrivalphase></load>",
            session("100"),
            "<users> has no `interarrival` above 0",
        ),
    ] {
        let (made, said) = tsung("", load, &sessions);
        assert!(made.is_none() && said.contains(fault), "{fault}: {said}");
    }
    assert!(tsung("", LOAD, &session("99.995")).0.is_some());
    for (text, fault) in [
        ("<plist/>", "t.xml:1:2: error: expected <idx-tsunami> or <tsung>, found <plist>"),
        ("<tsung>\n<sessions>\n</tsung>", "t.xml:3:1: error: expected </sessions>, found </tsung>"),
        (
            "<!DOCTYPE tsung [<!ENTITY a \"b\">]><tsung/>",
            "t.xml:1:17: error: a document type with declarations",
        ),
        ("", "t.xml:1:1: error: the file holds no element: this is not a configuration of IDX-Tsunami"),
    ] {
        let (made, said) = imported(text);
        assert!(made.is_none() && said.contains(fault), "{fault}: {said}");
    }
    let deep = format!("{}{}", "<transaction name=\"t\">".repeat(5000), "</transaction>".repeat(5000));
    let (made, said) = tsung("", LOAD, &format!("<session name=\"s\" probability=\"100\">{deep}</session>"));
    assert!(made.is_none() && said.contains("more than 24 deep"), "{said}");
}

#[test]
fn regular_expressions_are_written_as_here() {
    use super::texts::{of_groups_with_backslash, without_counts};
    for (there, here) in [
        (r"<title>\(.*\)</title>", "<title>(.*)</title>"),
        (r"a(b)\|c{2}", r"a\(b\)|c\{2\}"),
        (r"x\.[]a[(\]+\(y\)", r"x\.[\]a\[(\\]+(y)"),
        (r"[^]]\", r"[^\]]\\"),
    ] {
        assert_eq!(of_groups_with_backslash(there), here);
    }
    assert_eq!(without_counts(r"(a|b){c}\{"), r"(a|b)\{c\}\{");
}

const PIECES: [&str; 16] = [
    "<session name=\"s\" probability=\"100\">",
    "</session>",
    "<request subst=\"true\" match=\"(\">",
    "</request>",
    "<http url=\"/%%_a%%%\" version=\"1.0\"/>",
    "<dyn_variable name=\"a\" regexp=\"\\([\"/>",
    "<for from=\"1\" to=\"9\" var=\"a\">",
    "</for>",
    "<repeat name=\"\" max_repeat=\"-1\"><until var=\"a\" eq=\"%%\"/>",
    "</repeat>",
    "<setdynvars sourcetype=\"value\" value=\"%%_ä%%\"><var name=\"ä\"/></setdynvars>",
    "<thinktime value=\"1e99\" random=\"true\"/>",
    "<transaction name=\"\">",
    "</transaction>",
    "<if var=\"a\" eq=\"\">",
    "</if>",
];

proptest! {
    #[test]
    fn no_text_panics(pieces in proptest::collection::vec(0..PIECES.len(), 0..12), junk in "[ -~ä\u{7}<>\"]{0,30}") {
        let session: String = pieces.iter().map(|index| PIECES[*index]).collect();
        tsung(&junk, LOAD, &session);
        tsung("", LOAD, &format!("<session name=\"s\" probability=\"100\" type=\"ts_http\">{session}</session>"));
        imported(&junk);
        imported(&format!("<idx-tsunami>{junk}{session}</idx-tsunami>"));
    }

    /// Whatever an expression is there, it is one here.
    #[test]
    fn no_expression_panics(pattern in "[\\\\()|{}\\[\\]^a.*]{0,12}") {
        super::texts::of_groups_with_backslash(&pattern);
        super::texts::without_counts(&pattern);
    }
}
