//! The functions of paths.

/// A function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    Position,
    Last,
    Count,
    Not,
    True,
    False,
    String,
    Number,
    Name,
    LocalName,
    Concat,
    Contains,
    StartsWith,
    SubstringBefore,
    SubstringAfter,
    NormalizeSpace,
    StringLength,
}

/// Their names, and how many values they take: at least, and at most.
const FUNCTIONS: [(&str, Function, usize, usize); 17] = [
    ("position", Function::Position, 0, 0),
    ("last", Function::Last, 0, 0),
    ("count", Function::Count, 1, 1),
    ("not", Function::Not, 1, 1),
    ("true", Function::True, 0, 0),
    ("false", Function::False, 0, 0),
    ("string", Function::String, 0, 1),
    ("number", Function::Number, 0, 1),
    ("name", Function::Name, 0, 1),
    ("local-name", Function::LocalName, 0, 1),
    ("concat", Function::Concat, 2, 16),
    ("contains", Function::Contains, 2, 2),
    ("starts-with", Function::StartsWith, 2, 2),
    ("substring-before", Function::SubstringBefore, 2, 2),
    ("substring-after", Function::SubstringAfter, 2, 2),
    ("normalize-space", Function::NormalizeSpace, 0, 1),
    ("string-length", Function::StringLength, 0, 1),
];

impl Function {
    /// The function of this name, called with so many values.
    pub fn called(name: &str, values: usize) -> Result<Function, String> {
        let known = FUNCTIONS.iter().find(|(known, ..)| *known == name);
        let (_, function, least, most) =
            known.ok_or_else(|| format!("there is no function `{name}()` here"))?;
        if !(*least..=*most).contains(&values) {
            return Err(format!("`{name}()` does not take {values} values"));
        }
        Ok(*function)
    }

    /// Whether it looks at nodes, and not at what is in them.
    pub fn takes_nodes(self) -> bool {
        matches!(self, Function::Count | Function::Name | Function::LocalName)
    }
}
