//! Diagnostics with their source lines, for people.

use std::ops::Range;
use std::rc::Rc;

use annotate_snippets::{AnnotationKind, Group, Level as Grade, Origin, Renderer, Snippet};

use super::plain::shown;
use super::{At, Diagnostic, Diagnostics, Level};

/// More than this many are not shown, only counted.
const SHOWN: usize = 100;

/// A source line longer than this many bytes is not shown.
const LONGEST_LINE: usize = 2_000;

/// Renders everything that was found, file by file in the order of their lines: the message, the place
/// as `file:line:column`, the source line with the place underlined, and the way out. Plain text without
/// colours, ending in a line end; empty when nothing was found. Beside errors there are no notices: they say what a run
/// does, and there will be none.
pub fn render(diags: &Diagnostics) -> String {
    render_first(diags, SHOWN)
}

/// The same of at most so many; how many more there are is said.
pub fn render_first(diags: &Diagnostics, most: usize) -> String {
    let most = most.min(SHOWN);
    let mut all = sorted(diags.all());
    if diags.has_errors() {
        all.retain(|one| one.level != Level::Notice);
    }
    let renderer = Renderer::plain();
    let mut text = String::new();
    for one in all.iter().take(most) {
        for line in renderer.render(&[group(one)]).trim_end().split('\n') {
            text.extend(line.chars().map(shown));
            text.push('\n');
        }
        text.push('\n');
    }
    let more = all.len().saturating_sub(most) + diags.beyond();
    if more > 0 {
        text.push_str(&format!("... and {more} more\n\n"));
    }
    text
}

/// Files in the order in which they were first named, and each from top to bottom.
fn sorted(mut all: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut files = Vec::new();
    for one in &all {
        if !files.contains(&Rc::as_ptr(one.at.source())) {
            files.push(Rc::as_ptr(one.at.source()));
        }
    }
    all.sort_by_cached_key(|one| {
        let file = files.iter().position(|&file| file == Rc::as_ptr(one.at.source()));
        (file, one.at.range().map_or(0, |range| range.start))
    });
    all
}

fn group(one: &Diagnostic) -> Group<'_> {
    let grade = match one.level {
        Level::Error => Grade::ERROR,
        Level::Warning => Grade::WARNING,
        Level::Notice => Grade::NOTE.with_name("notice"),
    };
    let mut group =
        place(grade.primary_title(one.message.as_str()).elements(Vec::<Origin>::new()), &one.at, None);
    for (at, label) in &one.also {
        group = place(group, at, Some(label));
    }
    for help in &one.help {
        group = group.element(Grade::HELP.message(help.as_str()));
    }
    group
}

/// Adds the line that a place stands on, or only its name where there is no line to show.
fn place<'a>(group: Group<'a>, at: &'a At, label: Option<&'a str>) -> Group<'a> {
    let name = at.source().name();
    let Some((number, line, span)) = line_of(at) else {
        let path = if at.path().is_empty() || at.position().is_some() {
            at.to_string()
        } else {
            format!("{name}: {}", at.path())
        };
        return group.element(Origin::path(path));
    };
    let kind = if label.is_some() { AnnotationKind::Context } else { AnnotationKind::Primary };
    let annotation = kind.span(span).label(label);
    group.element(Snippet::source(line).line_start(number).path(name).annotation(annotation))
}

/// The number and text of the first line of a place, and the part of that line that it covers.
fn line_of(at: &At) -> Option<(usize, &str, Range<usize>)> {
    let range = at.range()?;
    let (number, start, line) = at.source().line_at(range.start)?;
    if line.len() > LONGEST_LINE {
        return None;
    }
    let from = line.floor_char_boundary(range.start - start);
    let to = line.ceil_char_boundary((range.end - start).min(line.len())).max(from);
    Some((number, line, from..to))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{KeyPath, Source};

    #[test]
    fn the_line_is_shown_and_underlined() {
        let source = Source::text("sim.plist", "<dict>\n  <key>wieght</key>\n</dict>\n");
        let diags = Diagnostics::new();
        diags
            .error(&At::span(&source, 9..26, KeyPath::default()), "unknown key `wieght`")
            .help("did you mean `weight`?");
        let expected = "\
error: unknown key `wieght`
 --> sim.plist:2:3
  |
2 |   <key>wieght</key>
  |   ^^^^^^^^^^^^^^^^^
  |
  = help: did you mean `weight`?

";
        assert_eq!(render(&diags), expected);
    }

    #[test]
    fn a_place_of_several_lines_shows_its_first() {
        let source = Source::text("sim.plist", "<dict>\n</dict>\n");
        let diags = Diagnostics::new();
        diags.warning(&At::span(&source, 0..14, KeyPath::default()), "empty");
        diags.notice(&At::named("--seed"), "drawn");
        let text = render(&diags);
        assert!(text.contains("warning: empty\n --> sim.plist:1:1\n  |\n1 | <dict>\n  | ^^^^^^"), "{text}");
        assert!(text.contains("notice: drawn\n--> --seed\n"), "{text}");
    }

    #[test]
    fn notices_do_not_stand_before_errors() {
        let diags = Diagnostics::new();
        diags.notice(&At::named("a"), "worth knowing");
        assert!(render(&diags).contains("worth knowing"));
        diags.warning(&At::named("a"), "odd");
        diags.error(&At::named("a"), "wrong");
        let text = render(&diags);
        assert!(!text.contains("worth knowing") && text.contains("odd") && text.contains("wrong"), "{text}");
    }

    #[test]
    fn the_rest_is_counted() {
        let diags = Diagnostics::new();
        for _ in 0..12 {
            diags.error(&At::named("a"), "odd");
        }
        let text = render_first(&diags, 10);
        assert!(text.matches("odd").count() == 10 && text.ends_with("... and 2 more\n\n"), "{text}");
    }

    #[test]
    fn lines_are_in_order() {
        let source = Source::text("a", "one\ntwo\n");
        let diags = Diagnostics::new();
        for (start, message) in [(4, "later"), (0, "earlier")] {
            diags.error(&At::span(&source, start..start + 1, KeyPath::default()), message);
        }
        let text = render(&diags);
        assert!(text.find("earlier") < text.find("later"), "{text}");
    }
}
