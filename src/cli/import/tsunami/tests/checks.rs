//! The names under which what is looked for is counted.

use super::*;

#[test]
fn every_check_has_a_name_of_its_own() {
    let session = "<session name=\"s\" probability=\"100\" type=\"ts_http\"><request>\n\
        <match name=\"ok\">a</match>\n<match name=\"ok\">b</match>\n<match name=\"ok\">a</match>\n\
        <match>ok</match>\n<match name=\"match a\">c</match>\n<match/>\n<http url=\"/\"/></request></session>";
    let (made, said) = tsung("", LOAD, session);
    let made = made.unwrap_or_else(|| panic!("{said}"));
    let count = "clients.0.profiles.0.params.steps.0.count";
    for (name, pattern) in
        [("ok", "a"), ("ok 2", "b"), ("ok 3", "ok"), ("count match a", "c"), ("match a", "nothing")]
    {
        holds(&made, &[(&format!("{count}.{name}"), pattern)]);
    }
    for told in [
        "t.xml:10:2: warning: what is counted there as `ok` is counted as `ok 2` here",
        "t.xml:11:2: warning: what `ok` looks for is counted once",
        "t.xml:12:2: warning: what is counted there as `ok` is counted as `ok 3` here",
        "t.xml:13:2: warning: what is counted there as `match a` is counted as `count match a` here",
        "t.xml:14:2: warning: this check is not carried over",
    ] {
        assert!(said.contains(told), "{told}:\n{said}");
    }
}
