//! What a page wants to be fetched with it.

use super::markup::Markup;

/// The most objects of a page.
const MOST: usize = 200;

/// The addresses of pictures, scripts, style sheets and frames, each once, in the order of the page.
pub fn objects(page: &str) -> Vec<String> {
    let markup = Markup::read(page);
    let mut found: Vec<String> = Vec::new();
    for node in markup.elements() {
        let key = match node.name.to_ascii_lowercase().as_str() {
            "img" | "script" | "iframe" | "frame" | "embed" | "audio" | "video" | "source" => "src",
            "input" if node.attribute("type").is_some_and(|kind| kind.eq_ignore_ascii_case("image")) => "src",
            "body" => "background",
            "link" if is_fetched(node.attribute("rel").unwrap_or_default()) => "href",
            _ => continue,
        };
        let Some(address) = node.attribute(key).map(str::trim) else { continue };
        let elsewhere =
            ["data:", "javascript:", "about:", "blob:"].iter().any(|scheme| address.starts_with(scheme));
        if !address.is_empty() && !elsewhere && found.iter().all(|known| known != address) {
            found.push(address.to_owned());
        }
        if found.len() == MOST {
            break;
        }
    }
    found
}

/// Whether a browser fetches what a link of this kind leads to.
fn is_fetched(rel: &str) -> bool {
    let kinds = ["stylesheet", "icon", "preload", "modulepreload", "manifest"];
    rel.split_ascii_whitespace().any(|word| kinds.iter().any(|kind| kind.eq_ignore_ascii_case(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_fetched_with_a_page() {
        let page = "<head><link rel='Stylesheet' href=/a.css><link rel=canonical href=/x><script src=b.js></script>
            <script>var s = '<img src=no.png>'</script></head><body><img src='/c.png?a=1&amp;b=2'><img src=b.js>
            <img src='data:x'><a href=/no></a><iframe src='//h/d'></iframe>";
        assert_eq!(objects(page), ["/a.css", "b.js", "/c.png?a=1&b=2", "//h/d"]);
    }
}
