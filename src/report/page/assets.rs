//! The files that pages are made of, and the policy that admits only these.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior, Value, context};
use sha2::{Digest, Sha256};

use super::view::View;

const PAGE: &str = include_str!("assets/page.html");
const REPORT: &str = include_str!("assets/report.html");
const NOT_YET: &str = include_str!("assets/not_yet.html");
const HEAD: &str = include_str!("assets/head.html");
const MACROS: &str = include_str!("assets/tables.html");
pub const STYLE: &str = include_str!("assets/page.css");
const SCRIPT: &str = include_str!("assets/page.js");

/// What the page has besides while its run goes on.
const LIVE_STYLE: &str = include_str!("assets/live.css");
const LIVE_SCRIPT: &str = include_str!("assets/live.js");

/// The chart library; see `assets/uplot/ORIGIN`.
const LIBRARY: &str = include_str!("assets/uplot/uPlot.iife.min.js");
const LIBRARY_STYLE: &str = include_str!("assets/uplot/uPlot.min.css");
const LIBRARY_LICENCE: &str = include_str!("assets/uplot/LICENSE");

/// Puts what is shown into the template.
pub fn fill(view: &View) -> Result<String, minijinja::Error> {
    document(PAGE, &[LIBRARY_STYLE, STYLE], &[&library(), SCRIPT], shown(view))
}

/// The same as a page that follows its run, and the policy that it has; with the report as a file of its own, when the run has
/// ended.
pub fn fill_live(view: &View, whole: Option<&str>) -> Result<(String, String), minijinja::Error> {
    let library = library();
    let (scripts, styles) = ([library.as_str(), SCRIPT, LIVE_SCRIPT], [LIBRARY_STYLE, STYLE, LIVE_STYLE]);
    // It asks where it came from for what is new.
    let policy = format!("{}; connect-src 'self'", policy(&scripts, &styles));
    let shown = context! {
        whole => whole.map(|page| Value::from_safe_string(super::escape::json(&page))),
        ..shown(view)
    };
    Ok((filled(PAGE, &styles, &scripts, &policy, shown)?, policy))
}

/// What stands where such a page will be before there is anything to show, and its policy. It asks again by itself.
pub fn fill_not_yet() -> Result<(String, String), minijinja::Error> {
    let policy = policy(&[], &[STYLE]);
    let shown = context! { title => "Getting ready", again_s => 2 };
    Ok((filled(NOT_YET, &[STYLE], &[], &policy, shown)?, policy))
}

/// The part of the page that changes while a run goes on, without its data.
pub fn part(view: &View) -> Result<String, minijinja::Error> {
    environment(PAGE)?.get_template("report.html")?.render(Serde(view))
}

fn library() -> String {
    format!("/*\n{LIBRARY_LICENCE}*/\n{LIBRARY}")
}

fn shown(view: &View) -> Value {
    context! {
        data => Value::from_safe_string(super::escape::json(&view.charts)),
        ..Serde(view)
    }
}

/// A page by this template, which begins with `head.html`: with these styles and scripts and no others, and with what is
/// shown.
pub fn document(
    template: &str,
    styles: &[&str],
    scripts: &[&str],
    shown: Value,
) -> Result<String, minijinja::Error> {
    filled(template, styles, scripts, &policy(scripts, styles), shown)
}

fn filled(
    template: &str,
    styles: &[&str],
    scripts: &[&str],
    policy: &str,
    shown: Value,
) -> Result<String, minijinja::Error> {
    let safe =
        |texts: &[&str]| texts.iter().map(|text| Value::from_safe_string((*text).into())).collect::<Vec<_>>();
    environment(template)?.get_template("page.html")?.render(context! {
        policy => policy,
        styles => safe(styles),
        scripts => safe(scripts),
        ..shown
    })
}

/// What renders a page by this template.
fn environment(template: &str) -> Result<Environment<'_>, minijinja::Error> {
    let mut environment = Environment::new();
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    // What the template asks for is there, or it is a fault.
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.add_filter("code", |text: &str| Value::from_safe_string(super::escape::code(text)));
    // All names end with `.html`: so everything in them is escaped unless it says that it is safe.
    let parts =
        [("page.html", template), ("report.html", REPORT), ("head.html", HEAD), ("tables.html", MACROS)];
    for (name, text) in parts {
        environment.add_template(name, text)?;
    }
    Ok(environment)
}

/// Nothing may be loaded from anywhere, and no script or style may run but these.
fn policy(scripts: &[&str], styles: &[&str]) -> String {
    let hashes = |texts: &[&str]| {
        let hash = |text: &&str| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)));
        texts.iter().map(hash).collect::<Vec<_>>().join(" ")
    };
    format!(
        "default-src 'none'; script-src {}; style-src {}; img-src data:; base-uri 'none'; form-action 'none'",
        hashes(scripts),
        hashes(styles)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_ours_ends_its_element() {
        for text in [SCRIPT, LIVE_SCRIPT, LIBRARY, LIBRARY_STYLE, STYLE, LIVE_STYLE, LIBRARY_LICENCE] {
            assert!(!text.contains("</") && !text.contains("<!--") && !text.contains('\r'));
        }
        assert!(!LIBRARY_LICENCE.contains("*/"));
    }

    #[test]
    fn the_policy_admits_nothing_else() {
        let policy = policy(&["a"], &["b"]);
        assert!(policy.starts_with(
            "default-src 'none'; script-src 'sha256-ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs=';"
        ));
        assert!(!policy.contains("unsafe") && !policy.contains("http"));
    }
}
