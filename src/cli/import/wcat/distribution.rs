//! The distribution: pairs of a class and how many of a hundred pages are of it (row 17).

use std::rc::Rc;

use crate::cli::import::words::{Word, lines};
use crate::config::{At, Diagnostics, Source};

/// How often a class is drawn.
#[derive(Debug)]
pub struct Share {
    pub class: u64,
    pub percent: f64,
    pub at: Word,
}

/// How far from 100 they may add up to.
const TOLERANCE: f64 = 0.01;

impl Share {
    pub fn all(source: &Rc<Source>, diags: &Diagnostics) -> Vec<Share> {
        let mut shares: Vec<Share> = Vec::new();
        for line in lines(source, source, diags) {
            if line.text.starts_with('[') {
                continue;
            }
            let whole = line.whole();
            let end = whole.text.find('#').unwrap_or(whole.text.len());
            let words =
                line.pieces(&line.part(0, end), |c| c.is_whitespace() || matches!(c, ',' | ':' | '='));
            let [class, percent] = &words[..] else {
                let note = diags.error(&whole.at, "this is no pair of a class and a percentage");
                note.help("write both on a line, as `2 9.06`");
                continue;
            };
            let number = class.number("a class, which is a whole number", |_: &u64| true, diags);
            let part =
                percent.number("a percentage", |part: &f64| (0.0..=100.0 + TOLERANCE).contains(part), diags);
            let (Some(class_number), Some(part)) = (number, part) else { continue };
            if let Some(before) = shares.iter().find(|share| share.class == class_number) {
                let note = diags
                    .error(&class.at, format!("the class {class_number} stands here for the second time"));
                note.also(&before.at.at, "it stands here first");
                continue;
            }
            shares.push(Share { class: class_number, percent: part, at: class.clone() });
        }
        let sum: f64 = shares.iter().map(|share| share.percent).sum();
        if (sum - 100.0).abs() > TOLERANCE && !diags.has_errors() {
            let at = shares.first().map_or(At::named(source.name()), |share| share.at.at.clone());
            let note =
                diags.error(&at, format!("the percentages of the classes add up to {sum}, and not to 100"));
            note.help("each is how many of a hundred pages are of this class");
        }
        shares
    }
}
