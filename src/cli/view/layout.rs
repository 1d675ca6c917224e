//! The figures of a run as lines that fit a terminal.

use std::time::Duration;

use super::line::{Ink, Line, flow};
use super::state::{Recent, Row, State};
use crate::event::Phase;
use crate::report::page::numbers::{count, moment, plain, share};
use crate::scenario::Presence;

/// How many cells the bar has, at most.
const CELLS: usize = 24;

/// Columns of the table beside the label: each takes so many.
const COLUMN: usize = 9;

/// The longest label that is shown whole, and the shortest width that labels have in any case.
const LABEL: usize = 30;
const SHORT: usize = 12;

/// The least lines that are worth a table: its head and a row of each kind.
const TABLE: usize = 5;

/// How many rows of labels the table may have in a terminal of this height.
pub fn rows(height: usize) -> usize {
    height.saturating_sub(10).min(16)
}

/// As many lines as fit: the last of the terminal is for the cursor.
pub fn lines(state: &State, (width, height): (usize, usize)) -> Vec<Line> {
    let room = height.saturating_sub(1);
    // A full line makes some terminals begin another one.
    let width = width.saturating_sub(1);
    let mut lines = flow(progress(state, width), width);
    lines.extend(flow(crowd(state), width));
    lines.extend(flow(recent(state), width));
    let so_far = flow(so_far(state), width);
    let rows = state.operations.len() + state.labels.len();
    if rows > 0 && lines.len() + so_far.len() + TABLE <= room {
        lines.push(Line::default());
        lines.extend(so_far);
        lines.extend(table(state, width));
    } else {
        lines.extend(so_far);
    }
    lines.truncate(room);
    lines
}

fn progress(state: &State, width: usize) -> Vec<Line> {
    let end = state.left.map(|left| state.elapsed + left);
    let mut parts = vec![Line::default().and(Ink::Strong, phase(state.phase))];
    if let Some(end) = end.filter(|end| !end.is_zero()) {
        let cells = CELLS.min(width.saturating_sub(30));
        let done = state.elapsed.as_secs_f64() / end.as_secs_f64();
        let full = ((done * cells as f64) as usize).min(cells);
        let bar = format!("[{}{}]", "=".repeat(full), " ".repeat(cells - full));
        parts.push(if cells > 4 { Line::of(&bar) } else { Line::default() });
        parts.push(Line::of(&format!("{} of {}{}", clock(state.elapsed), clock(end), kind(state))));
    } else {
        parts.push(Line::of(&format!("{}{} (Ctrl-C ends it)", clock(state.elapsed), kind(state))));
    }
    parts.extend(left(state).map(|text| Line::of(&text)));
    parts.retain(|part| part.width() > 0);
    parts
}

/// The part of the run, in words.
pub fn phase(phase: Option<Phase>) -> &'static str {
    match phase {
        Some(Phase::Measured) => "measured phase",
        Some(other) => other.words(),
        None => "ending",
    }
}

/// Which time is meant, where there are two.
pub fn kind(state: &State) -> &'static str {
    if state.rehearsed { " in virtual time" } else { "" }
}

/// How long it will still take, by the machine's clock.
pub fn left(state: &State) -> Option<String> {
    let left = state.left?;
    if !state.rehearsed {
        return Some(format!("{} left", clock(whole(left))));
    }
    let pace = state.pace?;
    let left = Duration::from_secs_f64((left.as_secs_f64() / pace.max(1e-9)).min(1e12));
    Some(format!("{} times real time, of which {} is left", plain(pace), clock(whole(left))))
}

/// A second that has begun counts.
fn whole(time: Duration) -> Duration {
    Duration::from_secs_f64(time.as_secs_f64().ceil())
}

fn crowd(state: &State) -> Vec<Line> {
    let presence = |what: &str, Presence { there, expected }: Presence| {
        let of = if there < expected { format!(" of {}", count(expected)) } else { String::new() };
        Line::of(&format!("{what} {}{of}", count(there)))
    };
    vec![presence("users", state.users), presence("clients", state.clients)]
}

fn recent(state: &State) -> Vec<Line> {
    let recent = &state.recent;
    let figure =
        |name: &str, value: Option<Duration>| Line::of(&format!("{name} ")).and(Ink::Strong, &time(value));
    vec![
        Line::default().and(Ink::Faint, &format!("last {} s{}", recent.span.as_secs(), kind(state))),
        Line::default().and(Ink::Strong, &plain(recent.rate())).and(Ink::Plain, " requests/s"),
        figure("p50", recent.p50),
        figure("p95", recent.p95),
        figure("p99", recent.p99),
        Line::of(&lag(recent)),
    ]
}

/// How late things began.
pub fn lag(recent: &Recent) -> String {
    match recent.lag_mean {
        None => "lag -".to_owned(),
        mean => format!("lag {}, at most {}", time(mean), time(Some(recent.lag_max))),
    }
}

fn so_far(state: &State) -> Vec<Line> {
    vec![
        Line::default().and(Ink::Faint, "so far"),
        Line::of(&format!("{} requests", count(state.requests))),
        failures(state.failed, state.requests),
    ]
}

fn failures(failed: u64, of: u64) -> Line {
    match failed {
        0 => Line::of("0 failed"),
        failed => {
            let share = share(failed, of);
            Line::default().and(Ink::Bad, &spaced(&format!("{} failed ({share})", count(failed))))
        }
    }
}

/// Operations and requests under their labels, with as many columns as there is room for.
fn table(state: &State, width: usize) -> Vec<Line> {
    let columns: &[&str] = &["count", "failed", "p95", "p50", "p99"];
    let shown = (width.saturating_sub(SHORT) / COLUMN).clamp(1, columns.len());
    let label = width.saturating_sub(shown * COLUMN).clamp(SHORT, LABEL);
    let has = |name: &str| columns[..shown].contains(&name);
    let order = ["count", "failed", "p50", "p95", "p99"];
    let order: Vec<&str> = order.into_iter().filter(|name| has(name)).collect();
    let mut lines = Vec::new();
    for (what, rows) in [("operation", &state.operations), ("request", &state.labels)] {
        if rows.is_empty() {
            continue;
        }
        let head: String = order.iter().map(|name| format!("{name:>COLUMN$}")).collect();
        let head = Line::default().and(Ink::Faint, &format!("{what:<label$}{head}"));
        lines.push(head.cut(width));
        lines.extend(rows.iter().map(|one| row(one, label, &order).cut(width)));
    }
    lines
}

fn row(row: &Row, label: usize, order: &[&str]) -> Line {
    let name = Line::of(row.label.as_str()).cut(label);
    let room = label.saturating_sub(name.width());
    let mut line = name.and(Ink::Plain, &" ".repeat(room));
    for name in order {
        let (ink, text) = match *name {
            "count" => (Ink::Plain, count(row.count)),
            "failed" if row.failed > 0 => (Ink::Bad, count(row.failed)),
            "failed" => (Ink::Plain, count(row.failed)),
            "p50" => (Ink::Plain, time(row.p50)),
            "p95" => (Ink::Plain, time(row.p95)),
            _ => (Ink::Plain, time(row.p99)),
        };
        line = line.and(ink, &format!("{text:>COLUMN$}"));
    }
    line
}

/// A time as the report page writes it, with a plain blank; `-` without one.
pub fn time(value: Option<Duration>) -> String {
    value.map_or_else(
        || "-".to_owned(),
        |value| spaced(&crate::report::page::numbers::time(value.as_secs_f64())),
    )
}

fn spaced(text: &str) -> String {
    text.replace('\u{a0}', " ")
}

/// Hours only where there are any: `4:07`, `13:04:07`.
pub fn clock(time: Duration) -> String {
    moment(time.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::Label;

    fn state() -> State {
        let ms = |ms| Some(Duration::from_millis(ms));
        let row = |label: &'static str, failed| Row {
            label: Label::of(label),
            count: 12_345,
            failed,
            p50: ms(12),
            p95: ms(120),
            p99: None,
        };
        State {
            phase: Some(Phase::Measured),
            elapsed: Duration::from_secs(90),
            left: Some(Duration::from_secs(270)),
            pace: None,
            rehearsed: false,
            users: Presence { there: 40, expected: 100 },
            clients: Presence { there: 200, expected: 200 },
            recent: Recent {
                span: Duration::from_secs(10),
                requests: 1520,
                failed: 0,
                p50: ms(9),
                p95: ms(51),
                p99: ms(1200),
                lag_mean: Some(Duration::from_micros(100)),
                lag_max: Duration::from_millis(3),
            },
            requests: 45_678,
            failed: 3,
            operations: vec![row("poll", 0)],
            labels: vec![row("PROPFIND{home}", 3)],
        }
    }

    fn shown(state: &State, size: (usize, usize)) -> Vec<String> {
        lines(state, size).iter().map(|line| line.text(false).trim_end().to_owned()).collect()
    }

    #[test]
    fn an_ordinary_terminal_shows_everything() {
        assert_eq!(
            shown(&state(), (80, 24)),
            [
                "measured phase   [======                  ]   1:30 of 6:00   4:30 left",
                "users 40 of 100   clients 200",
                "last 10 s   152 requests/s   p50 9.0 ms   p95 51 ms   p99 1.2 s",
                "lag 100 µs, at most 3.0 ms",
                "",
                "so far   45,678 requests   3 failed (below 0.01 %)",
                "operation                         count   failed      p50      p95      p99",
                "poll                             12,345        0    12 ms   120 ms        -",
                "request                           count   failed      p50      p95      p99",
                "PROPFIND{home}                   12,345        3    12 ms   120 ms        -",
            ]
        );
    }

    #[test]
    fn every_terminal_has_room_for_what_is_shown() {
        for width in 0..130 {
            for height in [0, 1, 3, 8, 12, 40] {
                let lines = lines(&state(), (width, height));
                assert!(lines.len() < height.max(1), "{width} {height}");
                assert!(lines.iter().all(|line| line.width() < width.max(1)), "{width}: {lines:?}");
            }
        }
        let narrow = shown(&state(), (40, 30));
        assert!(narrow.contains(&"operation       count   failed      p95".to_owned()), "{narrow:#?}");
    }

    #[test]
    fn runs_without_an_end_and_rehearsals_say_so() {
        let endless = State { left: None, ..state() };
        assert_eq!(shown(&endless, (80, 24))[0], "measured phase   1:30 (Ctrl-C ends it)");
        // A minute and a half took a twentieth of a second; now it is slower.
        let rehearsed = State { rehearsed: true, pace: Some(27.0), phase: None, ..state() };
        let lines = shown(&rehearsed, (120, 24));
        assert!(
            lines[0].ends_with("1:30 of 6:00 in virtual time   27.0 times real time, of which 0:10 is left"),
            "{lines:#?}"
        );
        assert!(lines[2].starts_with("last 10 s in virtual time   152 requests/s"), "{lines:#?}");
    }
}
