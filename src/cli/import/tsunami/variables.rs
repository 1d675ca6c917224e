//! Variables that do not come from an answer: Tsung's `setdynvars`.

use super::element::Element;
use super::steps::{Writer, distribution, step};
use crate::cli::import::plist::{Filling, Node};
use crate::web::script::text::is_name;

impl Writer<'_> {
    pub fn assigned(&self, element: &Element<'_>) -> Vec<Node> {
        let names: Vec<String> = element
            .children()
            .filter(|child| child.name() == "var")
            .filter_map(|child| child.required("name"))
            .map(|word| word.text)
            .collect();
        let Some(kind) = element.required("sourcetype") else { return Vec::new() };
        if names.is_empty() || !names.iter().all(|name| is_name(name)) {
            element.not_carried_over().help("a variable is named by letters, digits, `_`, `-`, `.` and `:`");
            return Vec::new();
        }
        let each = |key: &str, value: Node| -> Vec<Node> {
            let one = |name: &String| {
                step("set").with("name", Node::text(name.clone())).with(key, value.clone()).dict()
            };
            names.iter().map(one).collect()
        };
        let steps = match kind.text.as_str() {
            "random_number" => {
                let first = element.number("start", -1e9).unwrap_or(0.0).floor();
                let last = element.number("end", -1e9).unwrap_or(first).floor();
                let params =
                    Filling::default().with("min", Node::Number(first)).with("max", Node::Number(last + 1.0));
                each("number", distribution("UniformInteger", params))
            }
            "random_string" | "urandom_string" => {
                each("text", Node::Number(element.number("length", 0.0).unwrap_or(20.0).floor()))
            }
            "value" => element
                .attribute("value")
                .map_or(Vec::new(), |value| each("value", Node::Text(self.text(&value, true)))),
            "erlang"
                if element
                    .attribute("callback")
                    .is_some_and(|word| word.text == "ts_user_server:get_unique_id") =>
            {
                each("unique", Node::Truth(true))
            }
            "file" => self.rows(element, &names).into_iter().collect(),
            _ => Vec::new(),
        };
        if steps.is_empty() {
            element
                .not_carried_over()
                .help("`set` knows values, files, counters, random numbers and texts, and unique ids");
            return steps;
        }
        self.sets.borrow_mut().extend(names);
        steps
    }

    /// Variables from a row of a file, one column each.
    fn rows(&self, element: &Element<'_>, names: &[String]) -> Option<Node> {
        let id = element.attribute("fileid").map_or("default".to_owned(), |id| id.text);
        let (_, path) = self.options.files.iter().find(|(known, _)| *known == id)?;
        let random = element.attribute("order").is_some_and(|order| order.text == "random");
        let delimiter = element.attribute("delimiter").map_or(";".to_owned(), |word| word.text);
        if delimiter != "," && names.len() > 1 {
            let message = format!("the columns of {path} are parted by {delimiter:?}, and here by a comma");
            self.diags.warning(&element.at(), message).help("write the file with commas");
        }
        let column = |filling: Filling, (index, name): (usize, &String)| {
            filling.with(name, Node::text((index + 1).to_string()))
        };
        let columns = names.iter().enumerate().fold(Filling::default(), column);
        let dict = step("set")
            .with("csv", Node::text(path.clone()))
            .with("header", Node::Truth(false))
            .with("order", Node::text(if random { "random" } else { "sequential" }))
            .with("columns", columns.dict());
        Some(dict.dict())
    }
}
