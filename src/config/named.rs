//! A plug-in as a configuration asks for it: by its name, with its parameters.

use super::{At, Diagnostics, Entry, Level, Table, Value, find};

/// What a configuration says of a plug-in.
#[derive(Clone, Copy)]
pub struct Named<'a> {
    /// What it is, as `profile`.
    pub sort: &'static str,
    /// Whose, where several registries have that sort, as `mail`.
    pub of: Option<&'static str>,
    pub name: &'a str,
    /// Where the name stands.
    pub at: &'a At,
    /// The dict of its parameters, if there is one.
    pub params: Option<&'a Value>,
}

impl Named<'_> {
    /// What `make` makes of the entry of this name and of the table of its parameters, whose keys it takes. Unknown names,
    /// unknown keys and bad values are errors at their places; then the answer is None.
    pub fn build<B, T>(
        self,
        entries: &[Entry<B>],
        diags: &Diagnostics,
        make: impl FnOnce(&Entry<B>, &Table<'_>) -> Option<T>,
    ) -> Option<T> {
        let Named { sort, of, name, at, params } = self;
        let entry = match find(entries, name) {
            Ok(entry) => entry,
            Err(help) => {
                let of = of.map(|of| format!(" of {of}")).unwrap_or_default();
                diags.error(at, format!("there is no {sort}{of} `{name}`")).help(help);
                return None;
            }
        };
        let what = format!("the {sort} {}", entry.name);
        let table = match params {
            Some(value) => Table::new(value, diags, &what)?,
            None => Table::empty(at, diags, &what),
        };
        let errors = diags.count(Level::Error);
        let made = make(entry, &table);
        table.finish();
        // A value that is broken is reported, and then nothing is made from the others.
        made.filter(|_| diags.count(Level::Error) == errors)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::read_bytes;

    const ENTRIES: [Entry<u8>; 1] = [Entry { name: "Eater", aliases: &[], help: "", params: &[], build: 7 }];

    /// What is built, or all faults.
    fn built(name: &str, of: Option<&'static str>, params: Option<&str>) -> Result<(u8, u32), String> {
        let (diags, at) = (Diagnostics::new(), At::named("here"));
        let params = params.map(|body| {
            read_bytes("t", format!("<plist><dict>{body}</dict></plist>").as_bytes(), &diags).unwrap()
        });
        let named = Named { sort: "profile", of, name, at: &at, params: params.as_ref() };
        let made = named.build(&ENTRIES, &diags, |entry, table| Some((entry.build, table.or("often", 1))));
        made.ok_or_else(|| diags.all().iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    }

    #[test]
    fn it_is_made_of_its_parameters_or_of_none() {
        assert_eq!(built("x.Eater", None, None), Ok((7, 1)));
        assert_eq!(built("Eater", None, Some("<key>often</key><integer>3</integer>")), Ok((7, 3)));
    }

    #[test]
    fn faults_are_told_and_nothing_is_made() {
        let told = |name, of, params| built(name, of, params).unwrap_err();
        assert!(told("Eeter", None, None).contains("there is no profile `Eeter`"));
        assert!(told("Eeter", Some("mail"), None).contains("there is no profile of mail `Eeter`"));
        let unknown = told("Eater", None, Some("<key>oftn</key><integer>3</integer>"));
        assert!(unknown.contains("unknown key `oftn` in the profile Eater"), "{unknown}");
        let broken = told("Eater", None, Some("<key>often</key><true/>"));
        assert!(broken.starts_with("t:") && broken.lines().count() == 1, "{broken}");
    }
}
