//! The scale of the distributions of one table: time, logarithmic, the same for all rows.

use serde::Serialize;

/// The width of a drawing, in its own units.
pub const WIDTH: f64 = 240.0;

/// A scale from one power of ten of a second to another.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Axis {
    /// The exponents of its ends.
    from: i32,
    to: i32,
    /// Where each power of ten stands, and what is written there; nothing, where there is no room.
    pub ticks: Vec<Tick>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Tick {
    pub x: String,
    pub text: &'static str,
    /// How the text is set against its place: `start`, `middle` or `end`.
    pub anchor: &'static str,
}

impl Axis {
    /// The scale that holds all these times; what is below 0.1 ms or above 1000 s stands at its ends.
    pub fn over(seconds: impl Iterator<Item = f64>) -> Axis {
        let (lowest, highest) = (f64::from(EXPONENTS.0), f64::from(EXPONENTS.1));
        let exponent = |seconds: f64| seconds.max(1e-9).log10().clamp(lowest, highest);
        let (mut low, mut high) = (f64::MAX, f64::MIN);
        for seconds in seconds {
            low = low.min(exponent(seconds));
            high = high.max(exponent(seconds));
        }
        let from = if low > high { -3 } else { low.floor() as i32 };
        let to = if low > high { 0 } else { high.ceil() as i32 };
        // One power at least; at the upper end there is none above.
        let from = from.min(to - 1).max(EXPONENTS.0);
        let to = to.max(from + 1);
        let mut axis = Axis { from, to, ticks: Vec::new() };
        axis.ticks = (from..=to).map(|exponent| axis.tick(exponent)).collect();
        axis
    }

    fn tick(&self, exponent: i32) -> Tick {
        let seconds = 10f64.powi(exponent);
        // There is no room for all of many.
        let told = self.to - self.from <= 4 || (exponent - self.from) % 2 == 0;
        let text = MARKS.get((exponent - EXPONENTS.0) as usize).copied().filter(|_| told).unwrap_or_default();
        let anchor = match exponent {
            _ if exponent == self.from => "start",
            _ if exponent == self.to => "end",
            _ => "middle",
        };
        Tick { x: format!("{:.0}", self.x(seconds)), text, anchor }
    }

    /// Where a time stands, from 0 to [`WIDTH`].
    pub fn x(&self, seconds: f64) -> f64 {
        let exponent = seconds.max(1e-9).log10();
        let part = (exponent - f64::from(self.from)) / f64::from(self.to - self.from);
        part.clamp(0.0, 1.0) * WIDTH
    }
}

/// What is written at the powers of ten of a second, from the lowest of [`EXPONENTS`] on.
const MARKS: [&str; 8] = ["0.1 ms", "1 ms", "10 ms", "100 ms", "1 s", "10 s", "100 s", "1000 s"];

/// The lowest and the highest power of ten that a scale may have.
const EXPONENTS: (i32, i32) = (-4, 3);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_goes_from_power_to_power() {
        let axis = Axis::over([0.004, 0.3, 12.0].into_iter());
        let texts: Vec<&str> = axis.ticks.iter().map(|tick| tick.text).collect();
        assert_eq!(texts, ["1 ms", "", "100 ms", "", "10 s", ""]);
        assert_eq!((axis.x(0.0), axis.x(0.001), axis.x(100.0), axis.x(5000.0)), (0.0, 0.0, WIDTH, WIDTH));
        let ends = Axis::over([0.0, 1e9].into_iter());
        assert_eq!((ends.ticks[0].text, ends.ticks[6].text), ("0.1 ms", "100 s"));
        assert_eq!(Axis::over(std::iter::empty()).ticks.len(), 4);
    }
}
