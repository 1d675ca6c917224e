//! The nearest known name.

/// "did you mean `weight`?" when one of the known names is near enough to `given`; else all of them, if
/// they are few; else an empty text.
pub fn did_you_mean<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    if let Some(name) = nearest(given, known.iter().copied()) {
        return format!("did you mean `{name}`?");
    }
    match known.len() {
        0 => String::new(),
        1 => format!("the only one known is `{}`", known[0]),
        2..=24 => format!("known are {}", known.join(", ")),
        _ => String::new(),
    }
}

/// The known name of which `given` is a slip: no more than one change in three letters.
pub fn nearest<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // The comparison grows with the product of the lengths, so an absurdly long name is not compared.
    if given.len() > 200 {
        return None;
    }
    let given = given.to_lowercase();
    let distance = |name: &&str| strsim::damerau_levenshtein(&given, &name.to_lowercase());
    let most = (given.chars().count() / 3).max(1);
    known.into_iter().min_by_key(distance).filter(|name| distance(name) <= most)
}

#[cfg(test)]
mod tests {
    use super::did_you_mean;

    #[test]
    fn a_slip_is_named_and_another_word_is_not() {
        let known = ["weight", "software", "profiles"];
        assert_eq!(did_you_mean("wieght", known), "did you mean `weight`?");
        assert_eq!(did_you_mean("Weight", known), "did you mean `weight`?");
        assert_eq!(did_you_mean("colour", known), "known are weight, software, profiles");
        assert_eq!(did_you_mean("colour", []), "");
    }
}
