//! A histogram of durations that costs nothing until the first sample comes.

use std::io::Read;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::read::ZlibDecoder;
use hdrhistogram::serialization::{Deserializer, Serializer, V2DeflateSerializer, V2Serializer};
use serde::{Deserialize, Serialize};

/// Counts of durations: whole microseconds from 0 to [`Histogram::HIGHEST`], to three significant
/// digits. What is longer counts as the highest.
#[derive(Clone, Debug, Default)]
pub struct Histogram(Option<Box<hdrhistogram::Histogram<u32>>>);

impl Histogram {
    /// The longest duration that is told apart: an hour.
    pub const HIGHEST: Duration = Duration::from_secs(3600);
    const DIGITS: u8 = 3;

    /// Counts one duration.
    pub fn record(&mut self, sample: Duration) {
        let micros = sample.min(Self::HIGHEST).as_micros() as u64;
        if let Some(inner) = self.inner() {
            // It grows as far as it must, and the hour is far below what it could hold.
            let _ = inner.record(micros);
        }
    }

    /// Adds the counts of the other.
    pub fn merge(&mut self, other: &Histogram) {
        if let (Some(theirs), Some(ours)) = (&other.0, other.0.as_ref().and_then(|_| self.inner())) {
            // Both grow with their samples and have one precision, so there is nothing to refuse.
            let _ = ours.add(&**theirs);
        }
    }

    /// How many samples were taken.
    pub fn count(&self) -> u64 {
        self.0.as_ref().map_or(0, |inner| inner.len())
    }

    /// The sample that stands at `rank` of all in order, from 1; the upper end of its bucket, which
    /// is less than 0.1 % above it. None without samples.
    pub fn at_rank(&self, rank: u64) -> Option<Duration> {
        let inner = self.0.as_ref().filter(|inner| !inner.is_empty())?;
        let rank = rank.clamp(1, inner.len());
        // Half a place before the rank, so that rounding in the division cannot reach the next one.
        let micros = match inner.value_at_quantile((rank as f64 - 0.5) / inner.len() as f64) {
            // A count ends at four billion of one value; ranks beyond all counts are those of the highest.
            0 if rank > u64::from(inner.count_at(0)) => inner.max(),
            micros => micros,
        };
        Some(Duration::from_micros(micros))
    }

    /// The sample below or at which the part `quantile` (0 to 1) of all samples lies.
    pub fn quantile(&self, quantile: f64) -> Option<Duration> {
        self.at_rank((quantile * self.count() as f64).ceil() as u64)
    }

    /// HdrHistogram's V2 deflated form in base64, values in microseconds; every tool of that family reads it.
    pub fn to_base64(&self) -> String {
        let mut bytes = Vec::new();
        let written = match &self.0 {
            Some(inner) => V2DeflateSerializer::new().serialize(&**inner, &mut bytes).is_ok(),
            None => false,
        };
        if written { STANDARD.encode(bytes) } else { String::new() }
    }

    /// The histogram of such a text, whoever wrote it. None when it is none, or of another shape; empty for an empty text.
    pub fn of_base64(text: &str) -> Option<Histogram> {
        if text.is_empty() {
            return Some(Histogram::default());
        }
        let deflated = STANDARD.decode(text).ok()?;
        // Before the deflated V2 form stand its cookie and its length.
        let mut bytes = Vec::new();
        let inflated = ZlibDecoder::new(deflated.get(8..)?);
        inflated.take(LONGEST).read_to_end(&mut bytes).ok()?;
        Self::of_bytes(&bytes)
    }

    /// The histogram of the V2 form.
    fn of_bytes(bytes: &[u8]) -> Option<Histogram> {
        if !is_ours(bytes) {
            return None;
        }
        let mut bytes = bytes;
        let read: hdrhistogram::Histogram<u32> = Deserializer::new().deserialize(&mut bytes).ok()?;
        let mut histogram = Histogram::default();
        histogram.inner()?.add(read).ok()?;
        Some(histogram)
    }

    /// Every value in microseconds that has samples, and how many.
    pub fn counts(&self) -> impl Iterator<Item = (u64, u32)> {
        let inner = self.0.iter();
        inner.flat_map(|inner| inner.iter_recorded()).map(|v| (v.value_iterated_to(), v.count_at_value()))
    }

    fn of_counts(counts: Vec<(u64, u32)>) -> Histogram {
        let mut histogram = Histogram::default();
        // No value that was recorded is near twice the highest.
        let highest = 2 * Self::HIGHEST.as_micros() as u64;
        for (micros, count) in counts {
            if let Some(inner) = histogram.inner() {
                let _ = inner.record_n(micros.min(highest), count);
            }
        }
        histogram
    }

    /// The counts, made on first use.
    fn inner(&mut self) -> Option<&mut hdrhistogram::Histogram<u32>> {
        if self.0.is_none() {
            self.0 = hdrhistogram::Histogram::new(Self::DIGITS).ok().map(Box::new);
        }
        self.0.as_deref_mut()
    }
}

impl PartialEq for Histogram {
    /// Equal when the counts are, however much room either has reserved.
    fn eq(&self, other: &Histogram) -> bool {
        self.counts().eq(other.counts())
    }
}

/// On the wire: the V2 form in base64, or an empty text for an empty histogram.
impl Serialize for Histogram {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !serializer.is_human_readable() {
            // What a worker counts in a second is a few values: these are short, and quick to add.
            return self.counts().collect::<Vec<_>>().serialize(serializer);
        }
        let mut bytes = Vec::new();
        if let Some(inner) = &self.0 {
            V2Serializer::new().serialize(&**inner, &mut bytes).map_err(serde::ser::Error::custom)?;
        }
        serializer.serialize_str(&STANDARD.encode(bytes))
    }
}

impl<'de> Deserialize<'de> for Histogram {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Histogram, D::Error> {
        use serde::de::Error;
        if !deserializer.is_human_readable() {
            return Ok(Histogram::of_counts(Vec::deserialize(deserializer)?));
        }
        let text = String::deserialize(deserializer)?;
        if text.is_empty() {
            return Ok(Histogram::default());
        }
        let bytes = STANDARD.decode(text).map_err(D::Error::custom)?;
        Histogram::of_bytes(&bytes)
            .ok_or_else(|| D::Error::custom("not a histogram, or one of another shape"))
    }
}

/// The most bytes that the V2 form may have: each value that is told apart takes nine at most.
const LONGEST: u64 = 512 * 1024;

/// Whether the V2 form is as long and as exact as it says: its reader makes all the room that it is told to, be it
/// gigabytes.
fn is_ours(bytes: &[u8]) -> bool {
    const HEADER: usize = 40;
    let number = |at: usize| bytes.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes);
    let length = bytes.len().checked_sub(HEADER).and_then(|length| u32::try_from(length).ok());
    length.is_some() && number(4) == length && number(12) == Some(Histogram::DIGITS.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(millis: &[u64]) -> Histogram {
        let mut histogram = Histogram::default();
        millis.iter().for_each(|&ms| histogram.record(Duration::from_millis(ms)));
        histogram
    }

    #[test]
    fn ranks_are_exact_to_three_digits() {
        let histogram = of(&(1..=1000).collect::<Vec<_>>());
        for (quantile, ms) in [(0.5, 500.0), (0.9, 900.0), (0.99, 990.0), (1.0, 1000.0)] {
            let found = histogram.quantile(quantile).unwrap().as_secs_f64() * 1000.0;
            assert!((found - ms).abs() / ms < 0.001, "{quantile}: {found}");
        }
        assert_eq!(Histogram::default().quantile(0.5), None);
    }

    #[test]
    fn full_counts_have_their_highest_at_the_end() {
        let full = vec![(5_000, u32::MAX), (5_000, u32::MAX), (7_000, 1)];
        let histogram = Histogram::of_counts(full);
        assert!(histogram.quantile(0.2) <= histogram.quantile(0.99));
        assert_eq!(histogram.quantile(0.99), Some(Duration::from_micros(7_003)));
    }

    #[test]
    fn more_than_an_hour_counts_as_an_hour() {
        let histogram = of(&[7_200_000]);
        assert_eq!(histogram.count(), 1);
        assert!(histogram.quantile(1.0).unwrap().as_secs() <= 3604);
    }

    #[test]
    fn the_wire_form_keeps_every_count() {
        for histogram in [of(&[]), of(&[0, 1, 1, 60_000]), of(&[3])] {
            let text = serde_json::to_string(&histogram).unwrap();
            assert_eq!(serde_json::from_str::<Histogram>(&text).unwrap(), histogram);
            assert_eq!(Histogram::of_base64(&histogram.to_base64()), Some(histogram.clone()));
            let bytes = postcard::to_stdvec(&histogram).unwrap();
            assert_eq!(postcard::from_bytes::<Histogram>(&bytes).unwrap(), histogram);
        }
        assert!(serde_json::from_str::<Histogram>("\"aGVsbG8=\"").is_err());
        assert_eq!(Histogram::of_base64("aGVsbG8="), None);
        assert_ne!(of(&[1]), of(&[2]));
    }

    #[test]
    fn a_header_that_claims_much_makes_no_room() {
        let text = serde_json::to_string(&of(&[1])).unwrap();
        let mut bytes = STANDARD.decode(text.trim_matches('"')).unwrap();
        for (at, value) in [(4, 0x7f), (15, 5)] {
            let before = std::mem::replace(&mut bytes[at], value);
            let text = format!("\"{}\"", STANDARD.encode(&bytes));
            assert!(serde_json::from_str::<Histogram>(&text).is_err());
            bytes[at] = before;
        }
    }

    #[test]
    fn a_read_histogram_still_grows() {
        let mut histogram: Histogram =
            serde_json::from_str(&serde_json::to_string(&of(&[1])).unwrap()).unwrap();
        histogram.record(Duration::from_secs(100));
        assert_eq!(histogram, of(&[1, 100_000]));
    }
}
