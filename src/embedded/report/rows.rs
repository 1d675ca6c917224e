//! Writes members with their properties and calendar data.
use super::super::paths::Target;
use super::super::properties::{Context, Wanted, dead};
use super::super::store::Resource;
use super::data::Data;
use crate::dav::{Element, MultistatusWriter, Name, names};

/// What a report wants of each member.
pub struct Rows {
    props: Vec<(Wanted, Option<Data>)>,
}

impl Rows {
    /// Reads the D:prop of a report; without one, everything that `allprop` shows.
    pub fn read(root: &Element) -> Rows {
        let props = match root.child(&names::PROP) {
            Some(prop) => prop
                .children
                .iter()
                .map(|p| {
                    let data = (p.name == names::CALENDAR_DATA).then(|| Data::read(p));
                    (Wanted::new(p.name.clone()), data)
                })
                .collect(),
            None => Wanted::allprop().into_iter().map(|wanted| (wanted, None)).collect(),
        };
        Rows { props }
    }

    /// Writes one member.
    pub fn write(
        &self,
        context: &Context<'_>,
        out: &mut MultistatusWriter,
        target: &Target,
        resource: &Resource,
    ) {
        let href = target.href(context.store);
        let dead = dead(context.store, target);
        out.response(&href, |xml| {
            let mut missing: Vec<&Name> = Vec::new();
            let mut found = 0;
            for (wanted, data) in &self.props {
                let is_there = match data {
                    Some(data) => data.write(&resource.bytes, xml),
                    None => wanted.write(context, target, dead, xml),
                };
                if is_there {
                    found += 1;
                } else {
                    missing.push(&wanted.name);
                }
            }
            (found, missing)
        });
    }
}
