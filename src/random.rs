//! Where all chance comes from.
//!
//! A simulation must be repeatable, and must not depend on how many workers share it or on what
//! else happens beside a draw. So no generator lives on between draws. Each draw makes its own
//! from a hash of (seed, user, client, purpose, occurrence n), and that is all it depends on: a
//! request that is tried again, or a second profile of the same client, shifts nobody's dice, and
//! a resting client stores no generator state at all.
//!
//! The mixing is written here and not taken from a library, because its values are part of what a
//! seed promises: the same seed gives the same run on the next version too.

use rand::{Rng, RngExt, SeedableRng};
use rand_pcg::Pcg64;

/// The one number a run's chance hangs on (`run.seed`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Seed(pub u64);

impl Seed {
    /// The stream of draws that `client` of `user` makes for `purpose`.
    ///
    /// `user` and `client` are the numbers of the whole population, not of a worker's share. A
    /// purpose is a short constant text, as `"Eventer due"`; two purposes never share a draw.
    /// What belongs to the run and not to one client uses user and client 0 and its own purpose.
    pub fn stream(self, user: u32, client: u32, purpose: &str) -> Stream {
        self.stream_of(user, client, &[purpose])
    }

    /// The same for a purpose in several parts, which need not be put together.
    pub fn stream_of(self, user: u32, client: u32, purpose: &[&str]) -> Stream {
        Stream { a: 0x6a09_e667_f3bc_c908, b: 0xbb67_ae85_84ca_a73b }
            .absorb(self.0)
            .absorb(u64::from(user) << 32 | u64::from(client))
            .absorb(fnv1a(purpose))
    }
}

/// A numbered sequence of independent draws: 16 bytes, made when needed and never stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Stream {
    a: u64,
    b: u64,
}

/// Keeps `at(n)` and `sub(n)` apart.
const DRAW: u64 = 0x6472_6177;
const SUB: u64 = 0x0073_7562;

impl Stream {
    /// The generator of occurrence `n`.
    pub fn at(self, n: u64) -> Pcg64 {
        let key = self.absorb(DRAW).absorb(n);
        let more = key.absorb(DRAW);
        let mut bytes = [0; 32];
        for (chunk, word) in bytes.chunks_exact_mut(8).zip([key.a, key.b, more.a, more.b]) {
            chunk.copy_from_slice(&word.to_le_bytes());
        }
        Pcg64::from_seed(bytes)
    }

    /// The stream within occurrence `n`, for an operation that draws several things.
    #[allow(clippy::should_implement_trait)] // "sub" as in substream; nothing is subtracted.
    pub fn sub(self, n: u64) -> Stream {
        self.absorb(SUB).absorb(n)
    }

    /// Adds one word. Both halves depend on it, and for a given word the step is one to one, so
    /// that two different histories of equal length meet only by the chance of 128 bits.
    fn absorb(self, word: u64) -> Stream {
        let a = splitmix(self.a.wrapping_add(0x9e37_79b9_7f4a_7c15) ^ word);
        let b = murmur(self.b.wrapping_add(a) ^ splitmix(!word));
        Stream { a: a ^ b.rotate_left(32), b }
    }
}

/// A random UUID (RFC 4122 version 4) in lower case text.
pub fn uuid(rng: &mut Pcg64) -> String {
    let bits: u128 = rng.random();
    let bits = bits & !(0xf << 76) | 4 << 76;
    let bits = bits & !(0b11 << 62) | 0b10 << 62;
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        bits >> 96,
        bits >> 80 & 0xffff,
        bits >> 64 & 0xffff,
        bits >> 48 & 0xffff,
        bits & 0xffff_ffff_ffff
    )
}

/// A real number in [0, 1) with 53 random bits.
pub fn unit(rng: &mut Pcg64) -> f64 {
    (rng.next_u64() >> 11) as f64 / (1u64 << 53) as f64
}

/// A whole number in `0..bound`, evenly; 0 if `bound` is 0.
pub fn below(rng: &mut Pcg64, bound: u64) -> u64 {
    if bound == 0 { 0 } else { rng.random_range(0..bound) }
}

/// Brings `items` into a random order (Fisher and Yates).
pub fn shuffle<T>(rng: &mut Pcg64, items: &mut [T]) {
    for last in (1..items.len()).rev() {
        items.swap(last, below(rng, last as u64 + 1) as usize);
    }
}

/// The finaliser of SplitMix64 (Steele, Lea, Flood 2014, constants of Stafford's variant 13).
fn splitmix(mut z: u64) -> u64 {
    z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ z >> 31
}

/// The finaliser of MurmurHash3 (64 bits).
fn murmur(mut z: u64) -> u64 {
    z = (z ^ z >> 33).wrapping_mul(0xff51_afd7_ed55_8ccd);
    z = (z ^ z >> 33).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    z ^ z >> 33
}

/// FNV-1a, 64 bits, of all parts together.
fn fnv1a(parts: &[&str]) -> u64 {
    let bytes = parts.iter().flat_map(|part| part.as_bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn first(stream: Stream, n: u64) -> u64 {
        stream.at(n).next_u64()
    }

    #[test]
    fn the_same_coordinates_give_the_same_values_for_ever() {
        let stream = Seed(1).stream(2, 3, "due");
        assert_eq!([first(stream, 0), first(stream, 1)], GOLDEN);
        assert_eq!(first(stream.sub(1), 0), GOLDEN_SUB);
        assert_eq!(uuid(&mut stream.at(0)), GOLDEN_UUID);
        assert_eq!(Seed(1).stream_of(2, 3, &["d", "", "ue"]), stream);
    }
    const GOLDEN: [u64; 2] = [14688487998242650199, 6254509905923537705];
    const GOLDEN_SUB: u64 = 14626081932535394389;
    const GOLDEN_UUID: &str = "19834c43-4c52-476c-8bd7-fe02eed77857";

    #[test]
    fn every_coordinate_matters() {
        let mut seen = BTreeSet::new();
        for seed in 0..8 {
            for user in 0..8 {
                for client in 0..8 {
                    for purpose in ["due", "title", "eud"] {
                        let stream = Seed(seed).stream(user, client, purpose);
                        for n in 0..8 {
                            seen.insert(first(stream, n));
                            seen.insert(first(stream.sub(n), n));
                        }
                    }
                }
            }
        }
        assert_eq!(seen.len(), 8 * 8 * 8 * 3 * 8 * 2);
    }

    /// One flipped bit of any coordinate flips about half of the 64 bits drawn.
    #[test]
    fn neighbours_are_far_apart() {
        let value = |seed, user, client, n| first(Seed(seed).stream(user, client, "due"), n);
        let mut flips = vec![];
        for base in 0..64u64 {
            let (u, c) = (base as u32 * 7, base as u32 % 3);
            let plain = value(base, u, c, base);
            for bit in 0..32 {
                flips.push((plain ^ value(base ^ 1 << bit, u, c, base)).count_ones());
                flips.push((plain ^ value(base, u ^ 1 << bit, c, base)).count_ones());
                flips.push((plain ^ value(base, u, c ^ 1 << bit, base)).count_ones());
                flips.push((plain ^ value(base, u, c, base ^ 1 << bit)).count_ones());
            }
        }
        let mean = f64::from(flips.iter().sum::<u32>()) / flips.len() as f64;
        assert!((31.8..32.2).contains(&mean), "mean {mean}");
        assert!(flips.iter().all(|flip| (8..=56).contains(flip)), "{flips:?}");
    }

    /// The draws of neighbouring users, and of neighbouring occurrences, are not correlated.
    #[test]
    fn neighbouring_streams_are_independent() {
        let n = 20_000u32;
        let xs: Vec<f64> = (0..n).map(|u| unit(&mut Seed(9).stream(u, 0, "due").at(0)) - 0.5).collect();
        let ys: Vec<f64> =
            (0..n).map(|k| unit(&mut Seed(9).stream(0, 0, "due").at(u64::from(k))) - 0.5).collect();
        for values in [&xs, &ys] {
            let mean = values.iter().sum::<f64>() / f64::from(n);
            assert!(mean.abs() < 0.01, "mean {mean}");
            let lag = values.windows(2).map(|w| w[0] * w[1]).sum::<f64>() / f64::from(n) * 12.0;
            assert!(lag.abs() < 0.03, "correlation {lag}");
        }
        let cross = xs.iter().zip(&ys).map(|(x, y)| x * y).sum::<f64>() / f64::from(n) * 12.0;
        assert!(cross.abs() < 0.03, "correlation {cross}");
    }

    #[test]
    fn uuids_are_version_4_of_rfc_4122() {
        for n in 0..100 {
            let text = uuid(&mut Seed(5).stream(0, 0, "uid").at(n));
            assert_eq!(text.len(), 36);
            assert_eq!(text.as_bytes()[14], b'4', "{text}");
            assert!("89ab".contains(char::from(text.as_bytes()[19])), "{text}");
            assert!(text.bytes().enumerate().all(|(i, b)| match i {
                8 | 13 | 18 | 23 => b == b'-',
                _ => b.is_ascii_digit() || (b'a'..=b'f').contains(&b),
            }));
        }
    }

    #[test]
    fn a_shuffle_keeps_the_items_and_reaches_every_order() {
        let mut orders = BTreeSet::new();
        for n in 0..200 {
            let mut items = [1, 2, 3];
            shuffle(&mut Seed(5).stream(0, 0, "shuffle").at(n), &mut items);
            orders.insert(items);
        }
        assert_eq!(orders.len(), 6);
    }
}
