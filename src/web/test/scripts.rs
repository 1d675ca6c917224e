//! Scripts: variables, loops, conditions, rows of files, and mistakes in them.

use super::{Stage, page, script, with};
use crate::http::testing::{text, virtual_time};

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
        ("do=GET, url=/\ndo=set, name=x, form=y, all=true", "has one value"),
        ("do=foreach, name=x, steps=<array/>\ndo=GET, url=/", "`in` is missing"),
        ("do=GET, url=/, count=<dict><key>n</key><string>(</string></dict>", "is no regular expression"),
        (
            "do=GET, url=/, count=<dict><key>match &lt;a</key><string>b</string></dict>",
            "those of `match` and `nomatch` are called so",
        ),
        ("do=GET, url=/, match=(", "is no regular expression"),
        ("do=GET, url=/, transaction=page", "cannot be the name of a transaction"),
        ("do=GET, url=/, expect=99", "is no status"),
        ("do=GET, url=/\ndo=set, name=x", "it does not say what the value of the variable is"),
        ("do=set, name=x, form=y\ndo=GET, url=/", "there is no request right before this step"),
        ("do=GET, url=/\ndo=set, name=x, xpath=//a[", "is no path that can be followed"),
        ("do=GET, url=/\ndo=set, name=x, xpath=starts(//a)", "known are /a/b, //a,"),
        ("do=GET, url=/\ndo=set, name=x, jsonpath=$.a.length()", "test.plist:1:"),
        ("do=GET, url=/\ndo=set, name=x, jsonpath=$.a.length()", "not understood from `()` on"),
        ("do=GET, url=/\ndo=set, name=x, jsonpath=$.a.length()", "known are $, .name,"),
        ("do=GET, url=/, file=none", "there is no file \"none\""),
    ] {
        let why = script("", steps).err().unwrap_or_default();
        assert!(why.contains(told), "{steps}: {why}");
    }
}

#[test]
fn a_loop_goes_over_all_values_that_were_found() {
    virtual_time(async {
        let get = |name: &str| {
            format!(
                "<array><dict><key>do</key><string>GET</string><key>url</key><string>/%%{name}%%</string></dict></array>"
            )
        };
        let html = "<a href=one>1</a><a href=two>22</a><a href=three>3</a>";
        for (source, more, rounds) in [
            ("xpath=//a/@href", "", &["one", "two", "three"][..]),
            ("regexp=>(\\d+)", "", &["1", "22", "3"][..]),
            ("xpath=//a/@href", ", match=t, nomatch=^two", &["three"][..]),
            ("xpath=//b, default=none", "", &[][..]),
            ("header=x-one", "", &["h1", "h2"][..]),
        ] {
            let steps = format!(
                "do=GET, url=/\ndo=set, name=all, all=true, {source}\ndo=foreach, name=x, in=all{more}, steps={}\ndo=GET, url=/%%all%%",
                get("x")
            );
            let mut stage =
                Stage::new("", &steps, move |_| with(page(html), &[("x-one", "h1"), ("x-one", "h2")]));
            stage.visit().await.unwrap();
            let first = if source.contains("none") { "none" } else { rounds[0] };
            let first = if source.contains("//a") { "one" } else { first };
            let paths: Vec<String> =
                rounds.iter().copied().chain([first]).map(|path| format!("GET /{path}")).collect();
            assert_eq!(stage.asked()[1..], paths, "{source}{more}");
        }
    });
}

#[test]
fn a_loop_over_nothing_that_was_found_is_passed_over() {
    virtual_time(async {
        let steps = |found: &str| {
            format!(
                "do=GET, url=/\n{found}\ndo=foreach, name=x, in=all, steps=<array><dict><key>do</key>\
                 <string>GET</string><key>url</key><string>/%%x%%</string></dict></array>\ndo=GET, url=/end"
            )
        };
        // It was found before, and is not now.
        let twice =
            "do=set, name=all, all=true, xpath=//a\ndo=GET, url=/none\ndo=set, name=all, all=true, xpath=//b";
        for found in ["do=set, name=all, all=true, xpath=//b", twice] {
            let mut stage = Stage::new("", &steps(found), |_| page("<a>1</a>"));
            stage.visit().await.unwrap();
            assert_eq!(stage.asked().last().map(String::as_str), Some("GET /end"));
            assert_eq!(stage.asked().iter().filter(|asked| *asked == "GET /1").count(), 0);
            // It is told all the same.
            assert!(stage.failures()[0].contains("not found: `all` by the XPath `//b`"));
        }
        let mut stage =
            Stage::new("", &steps("do=set, name=all, all=true, xpath=//b, default=%%password%%"), |_| {
                page("")
            });
        stage.visit().await.unwrap();
        assert_eq!((stage.asked().len(), stage.failures().len()), (2, 0));
        let none = steps("do=set, name=all, all=true, xpath=//b").replace("/end", "/%%all%%");
        let mut stage = Stage::new("", &none, |_| page(""));
        assert_eq!(stage.visit().await.unwrap_err(), "the variable `all` has no value");
        // Nobody has looked for it.
        let failed = steps("do=set, name=all, all=true, xpath=//b").replace("url=/\n", "url=/, nomatch=a\n");
        let mut stage = Stage::new("", &failed, |_| page("<a>1</a>"));
        assert!(stage.visit().await.unwrap_err().contains("no answer has set it so far"));
    });
}
