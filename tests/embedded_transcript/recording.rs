//! The recording's text to exchanges.

/// A request or an answer.
#[derive(Debug, Clone)]
pub struct Message {
    /// The request line or status line.
    pub start: String,
    /// Headers with lower-case names.
    pub headers: Vec<(String, String)>,
    /// The body, lines ended by LF (by CR LF when it is calendar data in a request).
    pub body: String,
}

/// A request and its answer.
#[derive(Debug)]
pub struct Exchange {
    /// The section's letter and the number in it.
    pub name: String,
    pub request: Message,
    pub answer: Message,
}

impl Message {
    fn read(text: &str) -> Message {
        let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
        let mut lines = head.lines();
        let start = lines.next().unwrap_or("").to_owned();
        let headers = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        Message { start, headers, body: body.trim_end_matches('\n').to_owned() }
    }

    /// Method and target of a request.
    pub fn first_line(&self) -> (&str, &str) {
        let mut words = self.start.split(' ');
        (words.next().unwrap_or(""), words.next().unwrap_or(""))
    }

    /// The status of an answer.
    pub fn status(&self) -> u16 {
        self.start.split(' ').nth(1).and_then(|s| s.parse().ok()).unwrap_or(0)
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// The user in the Authorization header.
    pub fn user(&self) -> Option<&str> {
        let header = self.header("authorization")?;
        header.split_once("username=\"")?.1.split('"').next()
    }
}

/// All exchanges in the order in which they were answered: some overlapped, and what one changed is seen by
/// those that were answered after it.
pub fn read(text: &str) -> Vec<Exchange> {
    let mut section = String::new();
    let mut exchanges = Vec::new();
    let mut part_of = 0;
    for part in text.split("\n======== exchange ") {
        if let Some((request, answer)) =
            part.split_once(">>> REQUEST\n").and_then(|(_, rest)| rest.split_once("<<< RESPONSE\n"))
        {
            let number = part.split(' ').next().unwrap_or("");
            let answer = answer.split("\n####").next().unwrap_or("");
            // Behind the last answer of a part stands the program's own report.
            let answer = answer.split_inclusive("</multistatus>").next().unwrap_or("");
            let mut request = Message::read(request);
            if request.body.starts_with("BEGIN:VCALENDAR") {
                request.body = request.body.replace('\n', "\r\n") + "\r\n";
            }
            if number == "1" {
                part_of += 1;
            }
            let exchange =
                Exchange { name: format!("{section}{number}"), request, answer: Message::read(answer) };
            exchanges.push((part_of, answered_at(part), exchange));
        }
        if let Some(at) = part.rfind("\n# ") {
            section = part[at + 3..].chars().take(1).collect();
        }
    }
    exchanges.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    exchanges.into_iter().map(|(_, _, exchange)| exchange).collect()
}

/// Seconds since the part's begin, from `t=1.854  answered after 0.006 s`.
fn answered_at(part: &str) -> f64 {
    let line = part.lines().next().unwrap_or("");
    let number = |after: &str| {
        let rest = line.split_once(after).map_or("", |(_, rest)| rest);
        rest.split_whitespace().next().and_then(|n| n.parse::<f64>().ok()).unwrap_or(0.0)
    };
    number("t=") + number("answered after ")
}
