//! What stands in a file, by kind.

use super::Dialect;
use super::element::Element;

/// The elements of a file, wherever the dialect has put them.
pub struct Parts<'d> {
    pub dialect: Dialect,
    pub root: Element<'d>,
    pub clients: Vec<Element<'d>>,
    pub servers: Vec<Element<'d>>,
    pub monitors: Vec<Element<'d>>,
    /// `load`, which only Tsung has around its phases.
    pub load: Option<Element<'d>>,
    pub phases: Vec<Element<'d>>,
    pub options: Vec<Element<'d>>,
    pub sessions: Vec<Element<'d>>,
}

impl<'d> Parts<'d> {
    /// Sorts what is in the file; what is unknown is told.
    pub fn of(root: Element<'d>, dialect: Dialect) -> Parts<'d> {
        let mut parts = Parts {
            dialect,
            clients: Vec::new(),
            servers: Vec::new(),
            monitors: Vec::new(),
            load: None,
            phases: Vec::new(),
            options: Vec::new(),
            sessions: Vec::new(),
            root,
        };
        let children: Vec<Element<'d>> = parts.root.children().collect();
        children.into_iter().for_each(|child| parts.take(child));
        parts
    }

    fn take(&mut self, element: Element<'d>) {
        match element.name() {
            "clients" | "servers" | "monitoring" | "options" | "sessions" => {
                element.children().for_each(|child| self.take(child));
                element.finish();
            }
            "load" if self.load.is_none() => {
                element.children().for_each(|child| self.take(child));
                self.load = Some(element);
            }
            "client" => self.clients.push(element),
            "server" => self.servers.push(element),
            "monitor" => self.monitors.push(element),
            "arrivalphase" => self.phases.push(element),
            "default" | "option" => self.options.push(element),
            "session" => self.sessions.push(element),
            // What a person should know of the file, which nobody needs to run it.
            "information" => {}
            "user" => {
                let note = element.not_carried_over();
                note.help("users come by phases only; a phase of `DayCurve` brings some at one moment");
            }
            _ => drop(element.not_carried_over()),
        }
    }
}
