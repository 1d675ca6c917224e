//! Always the same value.

use std::rc::Rc;

use super::decode::{self, Build};
use super::{Distribution, Draw, Sample, SampleError, SampleKind};
use crate::config::{Entry, Param, Table};

pub const ENTRY: Entry<Build> = Entry {
    name: "Fixed",
    aliases: &["FixedDistribution"],
    help: "Always the same value: a number, a text or a date. A bare value means the same.",
    params: &[Param { name: "value", default: "", help: "the value" }],
    build,
};

/// Always `value`.
#[derive(Clone, Debug)]
pub struct Fixed {
    /// A number, a text or a time in UTC.
    pub value: Sample,
}

fn build(params: &Table<'_>) -> Option<Rc<dyn Distribution>> {
    let value = decode::sample(params.required_value("value")?, params.diags())?;
    Some(Rc::new(Fixed { value }))
}

impl Distribution for Fixed {
    fn kind(&self) -> SampleKind {
        self.value.kind()
    }

    fn sample(&self, _: &Draw) -> Result<Sample, SampleError> {
        Ok(self.value.clone())
    }

    fn mean(&self) -> Option<f64> {
        match self.value {
            Sample::Number(value) => Some(value),
            _ => None,
        }
    }

    fn name(&self) -> &'static str {
        ENTRY.name
    }
}
