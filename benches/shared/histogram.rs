//! The histograms of a results file.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hdrhistogram::Histogram;
use hdrhistogram::serialization::Deserializer;
use serde_json::Value;

/// The samples of a distribution in a results file, in microseconds; none where there are none.
pub fn of(distribution: &Value) -> Result<Histogram<u64>, String> {
    let text = distribution["histogram"].as_str().ok_or("a distribution without a histogram")?;
    let bytes = STANDARD.decode(text).map_err(|why| why.to_string())?;
    if bytes.is_empty() {
        return Histogram::new(3).map_err(|why| why.to_string());
    }
    Deserializer::new().deserialize(&mut &bytes[..]).map_err(|why| why.to_string())
}
