//! Lines of a head (`RequestHeader`) as headers and parameters of ours.

use crate::cli::import::plist::{Filling, Node};

/// What the lines of a head say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Head {
    /// Headers as they are.
    pub headers: Vec<(String, String)>,
    pub content_type: Option<String>,
    /// Whether the connection shall stay, if that is said.
    pub keeps: Option<bool>,
    /// Where the server is, by the header Host.
    pub host: Option<String>,
}

impl Head {
    /// Reads the lines of a text.
    pub fn read(text: &str) -> Head {
        let mut head = Head::default();
        for line in text.lines() {
            let Some((name, value)) = line.split_once(':') else { continue };
            let (name, value) = (name.trim(), value.trim());
            match name.to_ascii_lowercase().as_str() {
                "host" => head.host = Some(value.to_owned()),
                "content-type" => head.content_type = Some(value.to_owned()),
                "connection" => head.keeps = Some(value.eq_ignore_ascii_case("keep-alive")),
                // Each request says this by itself.
                "content-length" | "" => {}
                _ => head.set(name, value),
            }
        }
        head
    }

    /// Of two lines of one name the later counts: that of a request stands in the place of the script's, to which it was
    /// appended.
    pub fn set(&mut self, name: &str, value: &str) {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.to_owned()));
    }

    /// As they are written for a request, or for all.
    pub fn written(&self, filling: Filling) -> Filling {
        let header =
            |all: Filling, (name, value): &(String, String)| all.with(name, Node::text(value.clone()));
        let headers = self.headers.iter().fold(Filling::default(), header);
        let filling = if headers.is_empty() { filling } else { filling.with("headers", headers.dict()) };
        filling.maybe("contentType", self.content_type.clone().map(Node::Text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_later_of_two_lines_counts() {
        let head = Head::read("Accept: */*\r\nX-A: 1\r\naccept: image/gif\r\n");
        let expected = [("X-A", "1"), ("accept", "image/gif")];
        assert_eq!(head.headers, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }
}
