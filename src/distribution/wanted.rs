//! Distributions of one sort each: what a parameter of a profile or a client asks for.
//!
//! A parameter that wants numbers refuses a distribution of times when the configuration is read,
//! with its position, and not at the first draw.

use std::rc::Rc;
use std::time::Duration;

use super::{Distribution, Draw, EventTime, Fixed, Sample, SampleError, SampleKind};
use crate::config::{Diagnostics, FromValue, Value};

/// Draws numbers.
#[derive(Clone, Debug)]
pub struct Numbers(Rc<dyn Distribution>);

/// Draws times.
#[derive(Clone, Debug)]
pub struct Moments(Rc<dyn Distribution>);

/// Draws recurrence rules, or none.
#[derive(Clone, Debug)]
pub struct Rules(Rc<dyn Distribution>);

/// Draws texts.
#[derive(Clone, Debug)]
pub struct Texts(Rc<dyn Distribution>);

impl Numbers {
    /// None if `distribution` draws something else.
    pub fn new(distribution: impl Distribution + 'static) -> Option<Numbers> {
        (distribution.kind() == SampleKind::Number).then(|| Numbers(Rc::new(distribution)))
    }

    /// Always `value`.
    pub fn fixed(value: f64) -> Numbers {
        Numbers(Rc::new(Fixed { value: Sample::Number(value) }))
    }

    /// The value of one draw, which is finite.
    pub fn number(&self, draw: &Draw) -> Result<f64, SampleError> {
        match self.0.sample(draw)? {
            Sample::Number(value) if value.is_finite() => Ok(value),
            Sample::Number(_) => Err(SampleError::NotFinite(self.0.name())),
            _ => Err(broken(&*self.0)),
        }
    }

    /// One draw as a length of time in seconds; a negative one is none, and a hundred years is the
    /// longest.
    pub fn seconds(&self, draw: &Draw) -> Result<Duration, SampleError> {
        const CENTURY: f64 = 100.0 * 365.0 * 86_400.0;
        Ok(Duration::from_secs_f64(self.number(draw)?.clamp(0.0, CENTURY)))
    }

    /// One draw as a count: what is behind the point is cut off, as the ancestor does, and a
    /// negative one is 0.
    pub fn count(&self, draw: &Draw) -> Result<u64, SampleError> {
        Ok(self.number(draw)?.max(0.0) as u64)
    }

    /// The mean, if there is one.
    pub fn mean(&self) -> Option<f64> {
        self.0.mean()
    }
}

impl Moments {
    /// None if `distribution` draws something else.
    pub fn new(distribution: impl Distribution + 'static) -> Option<Moments> {
        (distribution.kind() == SampleKind::When).then(|| Moments(Rc::new(distribution)))
    }

    /// The value of one draw.
    pub fn moment(&self, draw: &Draw) -> Result<EventTime, SampleError> {
        match self.0.sample(draw)? {
            Sample::When(time) => Ok(time),
            _ => Err(broken(&*self.0)),
        }
    }
}

impl Rules {
    /// None if `distribution` draws something else.
    pub fn new(distribution: impl Distribution + 'static) -> Option<Rules> {
        (distribution.kind() == SampleKind::Rule).then(|| Rules(Rc::new(distribution)))
    }

    /// The RRULE value of one draw, or none.
    pub fn rule(&self, draw: &Draw) -> Result<Option<&'static str>, SampleError> {
        match self.0.sample(draw)? {
            Sample::Rule(rule) => Ok(rule),
            _ => Err(broken(&*self.0)),
        }
    }
}

impl Texts {
    /// None if `distribution` draws something else.
    pub fn new(distribution: impl Distribution + 'static) -> Option<Texts> {
        (distribution.kind() == SampleKind::Text).then(|| Texts(Rc::new(distribution)))
    }

    /// The value of one draw.
    pub fn text(&self, draw: &Draw) -> Result<String, SampleError> {
        match self.0.sample(draw)? {
            Sample::Text(text) => Ok(text),
            _ => Err(broken(&*self.0)),
        }
    }
}

impl FromValue for Numbers {
    fn from_value(value: &Value, diags: &Diagnostics) -> Option<Numbers> {
        wanted(value, diags, SampleKind::Number).map(Numbers)
    }
}

impl FromValue for Moments {
    fn from_value(value: &Value, diags: &Diagnostics) -> Option<Moments> {
        wanted(value, diags, SampleKind::When).map(Moments)
    }
}

impl FromValue for Rules {
    fn from_value(value: &Value, diags: &Diagnostics) -> Option<Rules> {
        wanted(value, diags, SampleKind::Rule).map(Rules)
    }
}

impl FromValue for Texts {
    fn from_value(value: &Value, diags: &Diagnostics) -> Option<Texts> {
        wanted(value, diags, SampleKind::Text).map(Texts)
    }
}

fn wanted(value: &Value, diags: &Diagnostics, kind: SampleKind) -> Option<Rc<dyn Distribution>> {
    let made: Rc<dyn Distribution> = FromValue::from_value(value, diags)?;
    if made.kind() == kind {
        return Some(made);
    }
    let path = value.at.path().to_string();
    let key = path.rsplit('.').next().filter(|key| !key.is_empty()).unwrap_or("this");
    let (wanted, found) = (kind.plural(), made.kind().plural());
    diags.error(&value.at, format!("{key} wants {wanted}, {} draws {found}", made.name()));
    None
}

fn broken(distribution: &dyn Distribution) -> SampleError {
    SampleError::Kind { name: distribution.name(), wanted: distribution.kind().plural() }
}

#[cfg(test)]
mod tests {
    use super::super::testing::draw;
    use super::*;

    #[test]
    fn numbers_serve_as_times_and_counts() {
        let seconds = |value| Numbers::fixed(value).seconds(&draw(0)).unwrap();
        assert_eq!(seconds(1.5), Duration::from_millis(1500));
        assert_eq!(seconds(-1.5), Duration::ZERO);
        assert_eq!(seconds(1e300).as_secs(), 100 * 365 * 86_400);
        let count = |value| Numbers::fixed(value).count(&draw(0)).unwrap();
        assert_eq!([count(2.9), count(-2.9), count(0.0)], [2, 0, 0]);
        assert!(Numbers::fixed(f64::INFINITY).seconds(&draw(0)).is_err());
    }

    #[test]
    fn a_sort_that_does_not_fit_is_refused() {
        assert!(Numbers::new(Fixed { value: Sample::Text("x".into()) }).is_none());
        assert!(Texts::new(Fixed { value: Sample::Text("x".into()) }).is_some());
        assert!(Rules::new(Fixed { value: Sample::Number(1.0) }).is_none());
        assert!(Moments::new(Fixed { value: Sample::Number(1.0) }).is_none());
    }
}
