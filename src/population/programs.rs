//! Which population a client belongs to, where people have several programs.

use std::rc::Rc;

use super::mix::{Mix, MixError, Weight};

/// Sorts of people by weight, each with one population for every program that such a person has. Client numbers are dealt
/// out to draws of the mix, as many to each as the sort of people with the most programs has.
#[derive(Clone, Debug)]
pub struct Programs {
    mix: Mix,
    /// The first population of each sort, and at the end the number of all.
    bounds: Rc<[usize]>,
    each: u32,
}

impl Programs {
    /// Sorts of people with these weights, who have so many programs.
    ///
    /// # Errors
    /// There is nobody, or nobody with a weight.
    pub fn new(people: &[(Weight, usize)]) -> Result<Programs, MixError> {
        let weights: Vec<Weight> = people.iter().map(|(weight, _)| *weight).collect();
        let mut bounds = vec![0];
        people.iter().for_each(|(_, programs)| bounds.push(bounds[bounds.len() - 1] + programs));
        let each = people.iter().map(|(_, programs)| *programs as u32).max().unwrap_or(1).max(1);
        Ok(Programs { mix: Mix::new(&weights)?, bounds: bounds.into(), each })
    }

    /// How many client numbers a draw takes.
    pub fn each(&self) -> u32 {
        self.each
    }

    /// The sort of people that draw `n` gives.
    pub fn person(&self, n: u64) -> usize {
        self.mix.nth(n)
    }

    /// The population of a client number; None: its person has fewer programs, and there is no such client.
    pub fn population(&self, client: u32) -> Option<usize> {
        let person = self.person(u64::from(client / self.each));
        let (first, end) = (*self.bounds.get(person)?, *self.bounds.get(person + 1)?);
        Some(first + (client % self.each) as usize).filter(|population| *population < end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_person_has_all_programs_of_its_sort() {
        let weight = |weight| Weight::new(weight).unwrap();
        let programs = Programs::new(&[(weight(1.0), 2), (weight(1.0), 1)]).unwrap();
        assert_eq!(programs.each(), 2);
        let all: Vec<_> = (0..8).map(|client| programs.population(client)).collect();
        let (two, one) = ([Some(0), Some(1)], [Some(2), None]);
        let expected: Vec<_> = (0..4).flat_map(|n| if programs.person(n) == 0 { two } else { one }).collect();
        assert_eq!(all, expected);
        assert_eq!((0..4).filter(|n| programs.person(*n) == 0).count(), 2);
    }

    #[test]
    fn with_one_program_each_it_is_the_mix() {
        let weights = [3.0, 1.0].map(|weight| Weight::new(weight).unwrap());
        let programs = Programs::new(&weights.map(|weight| (weight, 1))).unwrap();
        let mix = Mix::new(&weights).unwrap();
        assert!((0..100).all(|client| programs.population(client) == Some(mix.nth(u64::from(client)))));
    }
}
