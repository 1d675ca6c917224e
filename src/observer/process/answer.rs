//! What a plug-in says at the end.

use serde::Deserialize;

/// Its part of the report, and the reasons it gives why the run failed.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Answer {
    pub text: String,
    pub failures: Vec<String>,
    /// What is wrong with the answer.
    pub fault: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    #[serde(default)]
    report: String,
    #[serde(default)]
    failures: Vec<String>,
}

impl Answer {
    /// Reads all that it wrote: lines that begin with `{` are answers, all others are text for the
    /// report as they are.
    pub fn read(said: &str) -> Answer {
        let mut answer = Answer::default();
        for line in said.lines() {
            if !line.starts_with('{') {
                answer.add(line);
                continue;
            }
            match serde_json::from_str::<Form>(line) {
                Ok(form) => {
                    form.report.lines().for_each(|line| answer.add(line));
                    // A failure is one line of the report, whatever is in it.
                    answer.failures.extend(form.failures.iter().map(|failure| failure.replace('\n', " ")));
                }
                Err(fault) => answer.fault = Some(format!("its answer makes no sense: {fault}")),
            }
        }
        answer
    }

    fn add(&mut self, line: &str) {
        // Terminals take orders from control characters; a report gives none.
        self.text.extend(line.chars().filter(|c| !c.is_control() || *c == '\t'));
        self.text.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_and_plain_lines() {
        let answer = Answer::read("hello\n{\"report\": \"a\\nb\", \"failures\": [\"x\\ny\"]}\n");
        assert_eq!(answer.text, "hello\na\nb\n");
        assert_eq!(answer.failures, ["x y"]);
        assert_eq!(Answer::read(""), Answer::default());
        let wrong = Answer::read("{\"reprot\": \"a\"}");
        assert!(wrong.fault.unwrap().contains("unknown field `reprot`"));
    }
}
