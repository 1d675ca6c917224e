//! Request bodies of a model, with blanks.

use std::rc::Rc;

use crate::dav::escape;

macro_rules! bodies {
    ($($(#[$doc:meta])* $id:ident = $file:literal [$($blank:literal),*],)*) => {
        /// A request body that a model has a template for.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Body { $($(#[$doc])* $id,)* }

        impl Body {
            /// All of them.
            pub const ALL: &'static [Body] = &[$(Body::$id,)*];

            /// The name of the template's file, without `.xml`.
            pub fn name(self) -> &'static str {
                match self { $(Body::$id => $file,)* }
            }

            /// The blanks that the template must have, each at least once.
            pub fn blanks(self) -> &'static [&'static str] {
                match self { $(Body::$id => &[$($blank),*],)* }
            }
        }
    };
}

bodies! {
    /// PROPFIND for the principal, at the well-known place or where the template points.
    FindPrincipal = "find-principal" [],
    /// PROPFIND of the principal.
    Principal = "principal" [],
    /// REPORT principal-search-property-set.
    SearchProperties = "search-properties" [],
    /// PROPFIND of the home.
    Home = "home" [],
    /// REPORT sync-collection of the home.
    SyncHome = "sync-home" ["token"],
    /// PROPPATCH of a calendar's colour.
    Color = "color" [],
    /// PROPPATCH of a calendar's place in the list.
    Order = "order" [],
    /// PROPPATCH of a calendar's time zone.
    Timezone = "timezone" [],
    /// PROPFIND of a calendar's items.
    Calendar = "calendar" [],
    /// REPORT sync-collection of a calendar.
    Sync = "sync" ["token"],
    /// REPORT calendar-query for recent events.
    Events = "events" ["start"],
    /// REPORT calendar-query for tasks.
    Tasks = "tasks" [],
    /// REPORT calendar-multiget; the hrefs are put in as elements.
    Multiget = "multiget" ["hrefs"],
    /// REPORT expand-property for the delegates.
    Delegates = "delegates" [],
    /// REPORT that looks up a person.
    Search = "search" ["prefix"],
    /// PROPFIND of the inbox at every poll.
    Inbox = "inbox" [],
    /// REPORT sync-collection of the notification collection.
    SyncNotifications = "sync-notifications" ["token"],
    /// POST that shares a calendar.
    Share = "share" ["address", "summary"],
    /// POST that accepts a shared calendar.
    AcceptShare = "accept-share" ["address", "host", "uid", "summary"],
    /// REPORT calendar-query for the events of a time.
    TimeRange = "time-range" ["start", "end"],
}

impl Body {
    /// The properties that a program may set at its start.
    pub const PROPPATCHES: &'static [Body] = &[Body::Color, Body::Order, Body::Timezone];

    /// The body whose template's file has this name.
    pub fn named(name: &str) -> Option<Body> {
        Body::ALL.iter().copied().find(|body| body.name() == name)
    }
}

/// A model lacks the template of a request that it should send.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the client model has no template {0}.xml")]
pub struct TemplateError(pub &'static str);

/// The templates of a model. A blank is written `{{name}}`.
#[derive(Clone, Debug, Default)]
pub struct Templates {
    texts: Vec<(Body, Rc<[Piece]>)>,
}

/// A text, and the name of the blank behind it.
#[derive(Debug)]
struct Piece {
    text: Box<str>,
    blank: Option<Box<str>>,
}

/// Takes a template apart. A blank without an end is text.
fn pieces(template: &str) -> Rc<[Piece]> {
    let (mut pieces, mut rest) = (Vec::new(), template);
    while let Some((text, behind)) = rest.split_once("{{")
        && let Some((blank, behind)) = behind.split_once("}}")
    {
        pieces.push(Piece { text: text.into(), blank: Some(blank.trim().into()) });
        rest = behind;
    }
    pieces.push(Piece { text: rest.into(), blank: None });
    pieces.into()
}

impl Templates {
    pub fn set(&mut self, body: Body, text: &str) {
        self.texts.retain(|(known, _)| *known != body);
        self.texts.push((body, pieces(text)));
    }

    pub fn has(&self, body: Body) -> bool {
        self.texts.iter().any(|(known, _)| *known == body)
    }

    /// A body, its blanks filled with texts, which are escaped.
    pub fn fill(&self, body: Body, blanks: &[(&str, &str)]) -> Result<String, TemplateError> {
        let escaped: Vec<_> = blanks.iter().map(|(name, text)| (*name, escape(text))).collect();
        self.render(body, &escaped)
    }

    /// A body, its blanks filled with XML.
    pub fn fill_raw(&self, body: Body, blanks: &[(&str, &str)]) -> Result<String, TemplateError> {
        let raw: Vec<_> = blanks.iter().map(|(name, xml)| (*name, (*xml).into())).collect();
        self.render(body, &raw)
    }

    fn render(
        &self,
        body: Body,
        blanks: &[(&str, std::borrow::Cow<'_, str>)],
    ) -> Result<String, TemplateError> {
        let (_, pieces) =
            self.texts.iter().find(|(known, _)| *known == body).ok_or(TemplateError(body.name()))?;
        let value = |piece: &Piece| {
            let name = piece.blank.as_deref()?;
            blanks.iter().find(|(known, _)| *known == name).map(|(_, value)| &**value)
        };
        let parts = pieces.iter().flat_map(|piece| [&*piece.text, value(piece).unwrap_or_default()]);
        let mut out = String::with_capacity(parts.clone().map(str::len).sum());
        out.extend(parts);
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_are_filled_and_escaped_once() {
        let mut templates = Templates::default();
        templates.set(Body::Sync, "<t>{{token}}</t>{{ token }}{{none}}");
        let filled = templates.fill(Body::Sync, &[("token", "a&{{token}}")]).unwrap();
        assert_eq!(filled, "<t>a&amp;{{token}}</t>a&amp;{{token}}");
        assert_eq!(templates.fill(Body::Home, &[]), Err(TemplateError("home")));
        templates.set(Body::Sync, "{{token}}{{no end {{token");
        assert_eq!(templates.fill(Body::Sync, &[("token", "t")]).unwrap(), "t{{no end {{token");
    }
}
