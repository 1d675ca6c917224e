//! How many independent samples a part of dependent ones is worth.

use super::special::{normal_quantile, student_quantile};

/// A part of all, and as how many independent samples it is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Judged {
    pub part: f64,
    pub effective: f64,
}

/// With fewer blocks nothing is said.
pub const FEWEST_BLOCKS: usize = 8;

/// Longer blocks are tried as long as there are so many.
const FEWEST_LONGER: usize = 16;

/// What part of `all` are `some`, both by block, and as how many independent samples one knows that when one asks for
/// what happens with probability `tail`. None with too few blocks.
///
/// Were the samples independent, the counts of the blocks would scatter as those of coins. They scatter more where one
/// block is unlike another: by that factor (the design effect of a ratio over clusters of unequal size) they count less.
/// The factor itself is an estimate from so many blocks (as many as they are worth, where some hold most of the
/// samples), for which Student's distribution pays. Neighbours that are alike hide some of the scatter: the same is done
/// with blocks of double length, and what says less is believed.
pub fn effective(some: &[u64], all: &[u64], tail: f64) -> Option<Judged> {
    let blocks: Vec<(f64, f64)> =
        some.iter().zip(all).map(|(some, all)| (*some as f64, *all as f64)).collect();
    let (sum, count) = totals(&blocks);
    if blocks.len() < FEWEST_BLOCKS || count == 0.0 {
        return None;
    }
    let part = sum / count;
    if part <= 0.0 || part >= 1.0 {
        return Some(Judged { part, effective: count });
    }
    let mut effective = worth(&blocks, part, tail);
    let mut longer = pairs(&blocks);
    while longer.len() >= FEWEST_LONGER {
        effective = effective.min(worth(&longer, part, tail));
        longer = pairs(&longer);
    }
    Some(Judged { part, effective })
}

fn worth(blocks: &[(f64, f64)], part: f64, tail: f64) -> f64 {
    let (_, count) = totals(blocks);
    let number = like(blocks);
    let scatter: f64 = blocks.iter().map(|(some, all)| (some - part * all).powi(2)).sum();
    let effect = scatter * number / (number - 1.0) / (count * part * (1.0 - part));
    let paid = normal_quantile(tail) / student_quantile(tail, number - 1.0);
    count / effect.max(1.0) * paid * paid
}

/// As how many blocks of equal size they count (Kish): where most of the samples are in few of them, the others say
/// nothing about how these differ. At least two.
fn like(blocks: &[(f64, f64)]) -> f64 {
    let squares: f64 = blocks.iter().map(|(_, all)| all * all).sum();
    (totals(blocks).1.powi(2) / squares).max(2.0)
}

fn totals(blocks: &[(f64, f64)]) -> (f64, f64) {
    blocks.iter().fold((0.0, 0.0), |sum, block| (sum.0 + block.0, sum.1 + block.1))
}

fn pairs(blocks: &[(f64, f64)]) -> Vec<(f64, f64)> {
    blocks.chunks(2).map(totals).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [u64; 32] = [100; 32];

    fn of(some: impl Fn(u64) -> u64) -> f64 {
        let some: Vec<u64> = (0..32).map(some).collect();
        effective(&some, &ALL, 0.001).unwrap().effective
    }

    #[test]
    fn like_blocks_count_in_full_but_for_the_uncertainty() {
        let even = of(|_| 50);
        // 17 blocks are 16 pairs: the longer ones pay more.
        assert!(even > 3200.0 * 0.6 && even < 3200.0, "{even}");
    }

    #[test]
    fn unlike_blocks_count_less() {
        let wild = of(|n| if n % 2 == 0 { 10 } else { 90 });
        assert!(wild < 100.0, "{wild}");
        // Slow changes are seen in the longer blocks.
        let alternating = of(|n| if n % 2 == 0 { 45 } else { 55 });
        let slow = of(|n| if n / 8 % 2 == 0 { 45 } else { 55 });
        assert!(slow < alternating * 0.8, "{slow} {alternating}");
    }

    #[test]
    fn blocks_without_samples_are_none() {
        let all: Vec<u64> = (0..32).map(|n| if n < 8 { 400 } else { 1 }).collect();
        let some: Vec<u64> = all.iter().map(|all| all / 2).collect();
        let few = effective(&some, &all, 0.001).unwrap().effective;
        assert!(few < of(|_| 50) * 0.5, "{few}");
    }

    #[test]
    fn few_blocks_say_nothing() {
        assert_eq!(effective(&[1; 7], &[2; 7], 0.01), None);
        assert!(effective(&[1; 8], &[2; 8], 0.01).is_some());
        assert_eq!(effective(&[0; 8], &[2; 8], 0.01), Some(Judged { part: 0.0, effective: 16.0 }));
    }
}
