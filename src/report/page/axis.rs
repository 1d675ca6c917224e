//! The scale of the distributions of one table: time, logarithmic, the same for all rows.

use serde::Serialize;

use super::numbers::time;

/// The width of a drawing, in its own units.
pub const WIDTH: f64 = 240.0;

/// A scale from one power of ten of a second to another.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Axis {
    /// The exponents of its ends.
    from: i32,
    to: i32,
    /// Where each power of ten stands, and what is written there.
    pub ticks: Vec<Tick>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Tick {
    pub x: String,
    pub text: String,
    /// How the text is set against its place: `start`, `middle` or `end`.
    pub anchor: &'static str,
}

impl Axis {
    /// The scale that holds all these times; what is below 0.1 ms or above 1000 s stands at its ends.
    pub fn over(seconds: impl Iterator<Item = f64>) -> Axis {
        let exponent = |seconds: f64| seconds.clamp(1e-4, 1e3).log10();
        let (mut low, mut high) = (f64::MAX, f64::MIN);
        for seconds in seconds {
            low = low.min(exponent(seconds));
            high = high.max(exponent(seconds));
        }
        let from = if low > high { -3 } else { low.floor() as i32 };
        let to = if low > high { 0 } else { (high.ceil() as i32).max(from + 1) };
        let mut axis = Axis { from, to, ticks: Vec::new() };
        axis.ticks = (from..=to).map(|exponent| axis.tick(exponent)).collect();
        axis
    }

    fn tick(&self, exponent: i32) -> Tick {
        let seconds = 10f64.powi(exponent);
        let anchor = match exponent {
            _ if exponent == self.from => "start",
            _ if exponent == self.to => "end",
            _ => "middle",
        };
        Tick { x: format!("{:.0}", self.x(seconds)), text: mark(seconds), anchor }
    }

    /// Where a time stands, from 0 to [`WIDTH`].
    pub fn x(&self, seconds: f64) -> f64 {
        let exponent = seconds.max(1e-9).log10();
        let part = (exponent - f64::from(self.from)) / f64::from(self.to - self.from);
        part.clamp(0.0, 1.0) * WIDTH
    }
}

/// A power of ten of a second.
fn mark(seconds: f64) -> String {
    let text = time(seconds);
    text.replace(".0 ", " ")
        .replace("100 \u{b5}s", "0.1 ms")
        .replace("1 min 40 s", "100 s")
        .replace("16 min 40 s", "1000 s")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_goes_from_power_to_power() {
        let axis = Axis::over([0.004, 0.3, 12.0].into_iter());
        let texts: Vec<&str> = axis.ticks.iter().map(|tick| tick.text.as_str()).collect();
        assert_eq!(texts, ["1 ms", "10 ms", "100 ms", "1 s", "10 s", "100 s"]);
        assert_eq!((axis.x(0.0), axis.x(0.001), axis.x(100.0), axis.x(5000.0)), (0.0, 0.0, WIDTH, WIDTH));
        let ends = Axis::over([0.0, 1e9].into_iter());
        assert_eq!((ends.ticks[0].text.as_str(), ends.ticks[7].text.as_str()), ("0.1 ms", "1000 s"));
        assert_eq!(Axis::over(std::iter::empty()).ticks.len(), 4);
    }
}
