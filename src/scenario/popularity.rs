//! Popularities: weights of populations that are percentages, as IDX-Tsunami had them (mail-web-chat-network, A2 row 27).

use crate::config::{Diagnostics, FromValue, Table, Value};
use crate::population::Weight;

/// How far from 100 they may be together.
const TOLERANCE: f64 = 0.01;

/// The weight of an entry, which may call it its popularity.
pub fn weight(table: &Table<'_>) -> Weight {
    table.or_any(&["weight", "popularity"], Weight::default())
}

/// Makes sure that the popularities of all entries are 100 together, if there are any.
pub fn check(list: &[Value], diags: &Diagnostics) {
    let popular: Vec<&Value> = list.iter().filter_map(|entry| entry.get("popularity")).collect();
    let Some(first) = popular.first() else { return };
    if popular.len() < list.len() {
        let others = list.iter().filter(|entry| entry.get("popularity").is_none());
        for other in others {
            diags.error(&other.at, "others have a `popularity`, and this client has none");
        }
        return;
    }
    // What is no number is reported where it is read.
    let quiet = Diagnostics::new();
    let numbers = popular.iter().map(|value| f64::from_value(value, &quiet));
    let Some(numbers) = numbers.collect::<Option<Vec<f64>>>() else { return };
    let sum: f64 = numbers.iter().sum();
    if (sum - 100.0).abs() > TOLERANCE {
        diags
            .error(&first.at, format!("popularities are percentages, but together they are {sum}"))
            .help("make them 100 together, or call them `weight`");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::read_bytes;

    fn checked(entries: &str) -> String {
        let diags = Diagnostics::new();
        let text = format!("<plist><array>{entries}</array></plist>");
        let value = read_bytes("t", text.as_bytes(), &diags).unwrap();
        check(value.as_array().unwrap(), &diags);
        diags.all().iter().map(|one| one.message.clone()).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn popularities_are_a_hundred_together() {
        let of = |number: &str| format!("<dict><key>popularity</key><real>{number}</real></dict>");
        assert_eq!(checked(&(of("33.33") + &of("33.33") + &of("33.34"))), "");
        assert_eq!(checked("<dict><key>weight</key><integer>3</integer></dict>"), "");
        assert!(checked(&(of("70") + &of("20"))).contains("together they are 90"));
        assert!(checked(&(of("100") + "<dict/>")).contains("this client has none"));
    }
}
