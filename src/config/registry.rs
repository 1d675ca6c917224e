//! Plug-ins by name.

use super::did_you_mean;

/// One plug-in of a registry. Help, lists, "did you mean", schema and docs derive from it.
#[derive(Clone, Copy, Debug)]
pub struct Entry<B> {
    /// The name, as written in a configuration.
    pub name: &'static str,
    /// Other names, the ancestors' class paths among them.
    pub aliases: &'static [&'static str],
    /// What it does, in one sentence.
    pub help: &'static str,
    /// Its parameters.
    pub params: &'static [Param],
    /// The constructor.
    pub build: B,
}

/// One parameter of a plug-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Param {
    /// The key.
    pub name: &'static str,
    /// The default as text; empty when the parameter is required.
    pub default: &'static str,
    /// What it is, with its unit.
    pub help: &'static str,
}

/// The entry that `dotted` names. Only the last dotted part counts, so that the ancestors' class paths
/// and bare names are one. The error is a help text that names the nearest or all entries.
pub fn find<'e, B>(entries: &'e [Entry<B>], dotted: &str) -> Result<&'e Entry<B>, String> {
    find_suffixed(entries, dotted, "")
}

/// As [`find`], where a trailing `suffix` on either side does not count: with `Distribution`, the names
/// `NormalDistribution` and `Normal` are one.
pub fn find_suffixed<'e, B>(
    entries: &'e [Entry<B>],
    dotted: &str,
    suffix: &str,
) -> Result<&'e Entry<B>, String> {
    let wanted = core_name(dotted, suffix);
    entries.iter().find(|entry| names(entry).any(|name| core_name(name, suffix) == wanted)).ok_or_else(|| {
        // A near alias is named by its entry's own name, which is the one that help lists.
        let hint = did_you_mean(wanted, entries.iter().map(|entry| core_name(entry.name, suffix)));
        match entries
            .iter()
            .find(|entry| hint == format!("did you mean `{}`?", core_name(entry.name, suffix)))
        {
            Some(entry) => format!("did you mean `{}`?", entry.name),
            None => hint,
        }
    })
}

/// Whether `dotted` names this: its last part is that, in whatever case.
pub fn is_named(dotted: &str, name: &str) -> bool {
    core_name(dotted, "").eq_ignore_ascii_case(name)
}

impl<B> Entry<B> {
    /// The same without its constructor, so that entries of several registries can stand in one list.
    pub fn plain(&self) -> Entry<()> {
        Entry { name: self.name, aliases: self.aliases, help: self.help, params: self.params, build: () }
    }
}

fn names<B>(entry: &Entry<B>) -> impl Iterator<Item = &'static str> {
    std::iter::once(entry.name).chain(entry.aliases.iter().copied())
}

/// The last dotted part without the suffix; a name that is nothing but the suffix stays whole.
fn core_name<'n>(dotted: &'n str, suffix: &str) -> &'n str {
    let last = dotted.rsplit('.').next().unwrap_or(dotted).trim();
    last.strip_suffix(suffix).filter(|rest| !rest.is_empty()).unwrap_or(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENTRIES: [Entry<u8>; 2] = [
        Entry { name: "Normal", aliases: &["Gauss"], help: "", params: &[], build: 1 },
        Entry { name: "LogNormal", aliases: &[], help: "", params: &[], build: 2 },
    ];

    #[test]
    fn the_last_part_decides() {
        assert_eq!(find(&ENTRIES, "contrib.performance.stats.Normal").map(|entry| entry.build), Ok(1));
        assert_eq!(find(&ENTRIES, "Gauss").map(|entry| entry.build), Ok(1));
        assert!(find(&ENTRIES, "contrib.performance.stats.NormalDistribution").is_err());
        let suffixed = find_suffixed(&ENTRIES, "contrib.stats.LogNormalDistribution", "Distribution");
        assert_eq!(suffixed.map(|entry| entry.build), Ok(2));
    }

    #[test]
    fn a_name_stands_alone_or_last() {
        assert!(is_named("x.y.Mail", "Mail") && is_named("mail", "Mail"));
        assert!(!is_named("Mail.x", "Mail") && !is_named("xMail", "Mail") && !is_named("", "Mail"));
    }

    #[test]
    fn the_error_names_the_nearest() {
        let hint = find_suffixed(&ENTRIES, "x.NormlaDistribution", "Distribution").unwrap_err();
        assert_eq!(hint, "did you mean `Normal`?");
        assert_eq!(find(&ENTRIES, "Zipf").unwrap_err(), "known are Normal, LogNormal");
        assert!(find(&ENTRIES, "").is_err());
    }
}
