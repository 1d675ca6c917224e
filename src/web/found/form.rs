//! The value of a field of a form.

use super::markup::Markup;

/// The value that a browser would send for the first field of this name that has one.
pub fn form_field(page: &str, name: &str) -> Option<String> {
    let markup = Markup::read(page);
    let fields = markup.elements().filter(|node| node.attribute("name") == Some(name));
    for field in fields {
        if field.is("input") {
            let kind = field.attribute("type").unwrap_or("text").to_ascii_lowercase();
            let unchecked =
                ["radio", "checkbox"].contains(&kind.as_str()) && field.attribute("checked").is_none();
            if !unchecked {
                return Some(field.attribute("value").unwrap_or_default().to_owned());
            }
        } else if field.is("textarea") || field.is("button") {
            let text = || markup.number(field).map(|number| markup.text(number));
            return field.attribute("value").map(str::to_owned).or_else(text);
        } else if field.is("select") {
            return markup.number(field).and_then(|number| chosen(&markup, number));
        }
    }
    None
}

/// The option of a list that is chosen, or else the first.
fn chosen(markup: &Markup<'_>, list: usize) -> Option<String> {
    let (mut options, mut rest) = (Vec::new(), vec![list]);
    while let Some(number) = rest.pop() {
        if markup.node(number)?.is("option") {
            options.push(number);
        }
        rest.extend(markup.children(number).iter().rev());
    }
    let selected =
        |number: &&usize| markup.node(**number).is_some_and(|option| option.attribute("selected").is_some());
    let chosen = *options.iter().find(selected).or(options.first())?;
    let value = markup.node(chosen)?.attribute("value").map(str::to_owned);
    Some(value.unwrap_or_else(|| markup.text(chosen).trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_have_the_values_that_a_browser_would_send() {
        let page = "<form><INPUT type=hidden NAME='token' value='a&amp;b'><input name=q>
            <input type=radio name=r value=1><input type=radio name=r value=2 checked>
            <textarea name=t>x &lt; y</textarea>
            <select name=s><option value=1>one<option selected>two </select><select name=u><option value=3></select>";
        let value = |name| form_field(page, name);
        let all = ["token", "q", "r", "t", "s", "u", "none"].map(value);
        let expected = [Some("a&b"), Some(""), Some("2"), Some("x < y"), Some("two"), Some("3"), None];
        assert_eq!(all, expected.map(|value| value.map(str::to_owned)));
    }
}
