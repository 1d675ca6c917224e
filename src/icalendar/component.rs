//! Components: what stands between BEGIN and END, as a tree of lines.
use super::Line;
use std::borrow::Cow;

/// A component with its lines and inner components in the order of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    pub(super) begin: Line,
    pub(super) items: Vec<Item>,
    /// Missing when the text ended, or an outer component ended, before this one did.
    pub(super) end: Option<Line>,
}

/// What stands inside a component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// A property, or a line nobody understands.
    Line(Line),
    /// A component inside; in a box, since most items are lines.
    Component(Box<Component>),
}

impl Component {
    /// An empty component, as `VALARM`.
    pub fn new(name: &str) -> Component {
        let (begin, end) = (Line::new("BEGIN", name), Line::new("END", name));
        Component { begin, items: Vec::new(), end: Some(end) }
    }

    /// The component's name as spelled, as `VEVENT`.
    pub fn name(&self) -> &str {
        self.begin.value().trim()
    }

    /// Is this a `name`, in any case of letters?
    pub fn is(&self, name: &str) -> bool {
        self.name().eq_ignore_ascii_case(name)
    }

    /// Lines and components in order.
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// Lines and components in order, to be changed.
    pub fn items_mut(&mut self) -> &mut Vec<Item> {
        &mut self.items
    }

    /// The lines of this component, not of inner ones.
    pub fn lines(&self) -> impl Iterator<Item = &Line> {
        self.items.iter().filter_map(|item| match item {
            Item::Line(line) => Some(line),
            Item::Component(_) => None,
        })
    }

    /// The lines of this component, to be changed.
    pub fn lines_mut(&mut self) -> impl Iterator<Item = &mut Line> {
        self.items.iter_mut().filter_map(|item| match item {
            Item::Line(line) => Some(line),
            Item::Component(_) => None,
        })
    }

    /// The components directly inside this one.
    pub fn components(&self) -> impl Iterator<Item = &Component> {
        self.items.iter().filter_map(|item| match item {
            Item::Line(_) => None,
            Item::Component(component) => Some(&**component),
        })
    }

    /// The components directly inside this one, to be changed.
    pub fn components_mut(&mut self) -> impl Iterator<Item = &mut Component> {
        self.items.iter_mut().filter_map(|item| match item {
            Item::Line(_) => None,
            Item::Component(component) => Some(&mut **component),
        })
    }

    /// All lines of a property.
    pub fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a Line> {
        self.lines().filter(move |line| line.is(name))
    }

    /// The first line of a property.
    pub fn get(&self, name: &str) -> Option<&Line> {
        self.lines().find(|line| line.is(name))
    }

    /// The first line of a property, to be changed.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Line> {
        self.lines_mut().find(|line| line.is(name))
    }

    /// The value of a property as it stands in its line.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.get(name).map(Line::value)
    }

    /// The value of a TEXT property, escapes undone.
    pub fn text(&self, name: &str) -> Option<Cow<'_, str>> {
        self.get(name).map(Line::text_value)
    }

    /// Puts a line in the place of the first of its name and takes the others away, or appends it
    /// to the properties.
    pub fn set(&mut self, line: Line) {
        let place = self.items.iter().position(|item| item.is_line(line.name()));
        match place {
            Some(place) => {
                let name = line.name().to_owned();
                self.items[place] = Item::Line(line);
                let mut index = 0;
                self.items.retain(|item| {
                    let keep = index <= place || !item.is_line(&name);
                    index += 1;
                    keep
                });
            }
            None => self.push(line),
        }
    }

    /// Sets a property's value, already in the form of its type. The parameters of the line that
    /// was there go, as they may not fit the new value (`TZID`).
    pub fn set_value(&mut self, name: &str, value: &str) {
        self.set(Line::new(name, value));
    }

    /// Sets a TEXT property, which is escaped here.
    pub fn set_text(&mut self, name: &str, text: &str) {
        self.set(Line::text(name, text));
    }

    /// Adds a line after the last property, before inner components, as RFC 5545 orders them.
    pub fn push(&mut self, line: Line) {
        let after = self.items.iter().rposition(|item| matches!(item, Item::Line(_)));
        let last_lines = after.map_or(0, |index| index + 1);
        let first_component = self.items.iter().position(|item| matches!(item, Item::Component(_)));
        let place = first_component.map_or(last_lines, |first| last_lines.min(first));
        self.items.insert(place, Item::Line(line));
    }

    /// Adds a component at the end.
    pub fn push_component(&mut self, component: Component) {
        self.items.push(Item::Component(Box::new(component)));
    }

    /// Takes all lines of a property away. Says how many there were.
    pub fn remove(&mut self, name: &str) -> usize {
        let before = self.items.len();
        self.items.retain(|item| !item.is_line(name));
        before - self.items.len()
    }

    /// Appends the text of the component to `out`.
    pub fn write(&self, out: &mut Vec<u8>) {
        self.begin.write(out);
        for item in &self.items {
            match item {
                Item::Line(line) => line.write(out),
                Item::Component(component) => component.write(out),
            }
        }
        if let Some(end) = &self.end {
            end.write(out);
        }
    }
}

impl Item {
    fn is_line(&self, name: &str) -> bool {
        matches!(self, Item::Line(line) if line.is(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn properties_stand_before_inner_components() {
        let mut event = Component::new("VEVENT");
        event.push(Line::new("UID", "1"));
        event.push_component(Component::new("VALARM"));
        event.set_text("SUMMARY", "a,b");
        event.push(Line::new("X-A", "1"));
        event.push(Line::new("X-A", "2"));
        event.set_value("x-a", "3");
        let mut out = Vec::new();
        event.write(&mut out);
        assert_eq!(
            String::from_utf8_lossy(&out),
            "BEGIN:VEVENT\r\nUID:1\r\nSUMMARY:a\\,b\r\nx-a:3\r\nBEGIN:VALARM\r\nEND:VALARM\r\nEND:VEVENT\r\n"
        );
        assert_eq!(event.remove("UID"), 1);
    }
}
