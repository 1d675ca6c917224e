//! Paths in pages and documents: the part of XPath 1.0 that finds values in answers.
//!
//! All axes but `namespace`, conditions with all comparisons, `and`, `or`, sums and the functions of [`KNOWN`], parts joined by
//! `|`. A name without a prefix is one in any namespace, in whatever case; texts are without the space around them; and a path
//! that begins with a name begins anywhere.
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | this one | [`XPath`] |
//! | `expression.rs` | what a path is made of |
//! | `grammar.rs` | its text, read |
//! | `functions.rs` | the functions |
//! | `walk.rs` | what it leads to in a document |

mod expression;
mod functions;
mod grammar;
mod walk;

use std::rc::Rc;

use expression::Expression;

use super::markup::Markup;
use super::path::decode;
use crate::config::{Diagnostics, FromValue, Value};

/// A path.
#[derive(Clone, Debug)]
pub struct XPath {
    text: Rc<str>,
    expression: Rc<Expression>,
}

/// What is known of the language, for whoever wrote something else.
const KNOWN: &str = "known are /a/b, //a, *, ., .., @x, text(), node(), (...), |, axes as ancestor::a, and in brackets numbers, last(), \
    position(), paths, 'texts', = != < > <= >= + -, and, or, not(), count(), contains(), starts-with(), substring-before(), \
    substring-after(), normalize-space(), string(), string-length(), concat(), number(), name(), local-name()";

impl XPath {
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Reads a path.
    ///
    /// # Errors
    /// What is not understood in it.
    pub fn parse(text: &str) -> Result<XPath, String> {
        Ok(XPath { text: text.into(), expression: Rc::new(grammar::read(text)?) })
    }

    /// The value of what it finds first.
    pub fn find(&self, page: &str) -> Option<String> {
        self.find_all(page, 1).pop()
    }

    /// The values of all that it finds, at most so many.
    pub fn find_all(&self, page: &str, most: usize) -> Vec<String> {
        walk::found(&self.expression, &Markup::read(page), most)
    }
}

impl FromValue for XPath {
    fn from_value(value: &Value, diags: &Diagnostics) -> Option<XPath> {
        decode(value, diags, XPath::parse, KNOWN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PAGE: &str =
        "<html><body><div class='a'>1</div><div id=x class=\"b c\">2<i>3</i></div><a href='/y'>4</a>
        <n:Price xmlns:n='u'>7.5</n:Price></body></html>";

    const FORMS: &str = "<table><tr><td>Name<td>Anna</tr><tr><td>Age<td> 42 </tr></table>
        <form action=/in><label for=t>Token</label><input type=text name=q>
        <input id=t type=hidden name=token value='k1'></form>
        <form action=/out><input type=hidden name=token value='k2'><a href='/p?id=7&amp;x'>out  now</a><a href=/z>in</a></form>";

    fn holds(page: &str, all: &[(&str, Option<&str>)]) {
        for (path, value) in all {
            let read = XPath::parse(path).unwrap_or_else(|why| panic!("{path}: {why}"));
            assert_eq!(read.find(page).as_deref(), *value, "{path}");
        }
    }

    #[test]
    fn paths_find_values() {
        holds(
            PAGE,
            &[
                ("/html/body/div", Some("1")),
                ("//div[2]", Some("23")),
                ("//div[@id='x']/i", Some("3")),
                ("//div[last()]/@class", Some("b c")),
                ("//a/@href", Some("/y")),
                ("//@href", Some("/y")),
                ("//Price", Some("7.5")),
                ("//n:Price/text()", Some("7.5")),
                ("Price", Some("7.5")),
                ("//div[contains(@class, 'c')]/text()", Some("2")),
                ("//i/../@id", Some("x")),
                ("//*[i='3']/@id", Some("x")),
                ("//div[i]/@id", Some("x")),
                ("/body", None),
                ("//div[3]", None),
            ],
        );
    }

    #[test]
    fn paths_are_followed_as_people_write_them() {
        holds(
            FORMS,
            &[
                ("//form//input[@name='token']/@value", Some("k1")),
                ("(//input[@name='token'])[2]/@value", Some("k2")),
                ("(//input)[last()]/@value", Some("k2")),
                ("//form[2]/input[1]/@value", Some("k2")),
                ("//input[@name=\"token\" and @type='hidden']/@value", Some("k1")),
                ("//input[@type='text' or @name='token'][2]/@value", Some("k1")),
                ("//form[@action='/out']//input[not(@id)]/@value", Some("k2")),
                ("//input[@type!='text']/@value", Some("k1")),
                ("//form[.//a]/@action", Some("/out")),
                ("//form[input/@value='k2']/a/@href", Some("/p?id=7&x")),
                ("//a[contains(@href,'z')][1]/@href", Some("/z")),
                ("//a[contains(.,'now')]/@href", Some("/p?id=7&x")),
                ("//a[contains(text(), 'in')]/@href", Some("/z")),
                ("//a[normalize-space()='out now']/@href", Some("/p?id=7&x")),
                ("//a[starts-with(@href, '/z')]", Some("in")),
                ("//a[position()=2]", Some("in")),
                ("//a[position() > 1]", Some("in")),
                ("//td[last()-1]", Some("Name")),
                ("//td[text()='Age']/following-sibling::td", Some("42")),
                ("//td[.='Anna']/preceding-sibling::td[1]", Some("Name")),
                ("//tr[td[1]='Age']/td[2]", Some("42")),
                ("//td[. > 41]", Some("42")),
                ("//td[. = 42]/preceding::td[1]", Some("Age")),
                ("//label[.='Token']/following::input[2]/@value", Some("k1")),
                ("//input[@id=//label/@for]/@value", Some("k1")),
                ("//a[2]/parent::form/@action", Some("/out")),
                ("//a[2]/ancestor::*[1]/@action", Some("/out")),
                ("/descendant::input[3]/attribute::value", Some("k2")),
                ("//a/@href[contains(., 'z')]", Some("/z")),
                ("//a/@href/../text()", Some("out  now")),
                ("//*[local-name()='label']/@for", Some("t")),
                ("//*[name() = 'label']", Some("Token")),
                ("//b | //label", Some("Token")),
                ("count(//input)", Some("3")),
                ("count(//b)", Some("0")),
                ("string(//label/@for)", Some("t")),
                ("substring-before(substring-after(//a/@href, 'id='), '&')", Some("7")),
                ("concat('x-', //label/@for)", Some("x-t")),
                ("//input[string-length(@name) = 1]/@type", Some("text")),
                ("//td[. - 2 = 40]", Some("42")),
                ("//input[@*='hidden']/@value", Some("k1")),
                ("string(//b)", None),
                ("number(//label)", None),
                ("//a[0]", None),
                ("//a[-1]", None),
            ],
        );
        let all = |path: &str| XPath::parse(path).unwrap().find_all(FORMS, 9);
        assert_eq!(all("//a/@href | //label/@for"), ["t", "/p?id=7&x", "/z"]);
        assert_eq!(all("//form/node()/@value"), ["k1", "k2"]);
        assert_eq!(all("//a | //a"), ["out  now", "in"]);
    }

    #[test]
    fn what_is_not_known_is_refused() {
        for path in [
            "",
            "/",
            "//a[",
            "//a]",
            "//a[position()<]",
            "matches(//a, 'x')",
            "//a[@b=c d]",
            "//a b",
            "//a[2",
            "//child:::a",
            "//namespace::a",
            "//a[contains(@x)]",
            "//a['x]",
            "(//a",
            "//a/",
            "//n:*",
            "//a * 2",
            "$a",
            "//a[]",
            "count('x')",
        ] {
            assert!(XPath::parse(path).is_err(), "{path}");
        }
        let deep = format!("//a{}{}", "[a".repeat(100), "]".repeat(100));
        assert!(XPath::parse(&deep).unwrap_err().contains("deep"));
        // A long one is none that is deep.
        for (sign, value) in [(" or ", "true"), (" and ", "true"), (" + ", "100000"), (" = 1 and ", "true")] {
            let long = ["1"; 100_000].join(sign);
            assert_eq!(XPath::parse(&long).unwrap().find("<a>").as_deref(), Some(value));
        }
    }

    /// What an answer is like is not the author's choice, and a path is never followed for ever.
    #[test]
    fn a_path_takes_no_more_than_so_many_steps() {
        let page = "<a>".repeat(400) + &"<b></b>".repeat(20_000);
        assert_eq!(XPath::parse("//*[.//*[.//*[.//*[.='x']]]]").unwrap().find(&page), None);
        assert_eq!(XPath::parse("count(//b)").unwrap().find(&page).as_deref(), Some("20000"));
        // To compare all with all takes its steps, too.
        let page = "<c></c>".to_owned() + &"<a x=1></a><b x=2></b>".repeat(20_000);
        assert_eq!(XPath::parse("count(//c[//a/@x = //b/@x])").unwrap().find(&page), None);
    }

    #[test]
    fn what_many_lead_to_takes_no_place_of_others() {
        let page = "<table>".to_owned() + &"<tr><td>x</td></tr>".repeat(1000);
        let count = XPath::parse("count(//td/preceding::td)").unwrap();
        assert_eq!(count.find(&page).as_deref(), Some("999"));
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(path in "([a/@\\[\\]*.='()1|<>+ -]|and|or|not|::|count|last|\\.\\.|//){0,12}") {
            if let Ok(path) = XPath::parse(&path) {
                let _ = path.find(PAGE);
            }
        }
    }
}
