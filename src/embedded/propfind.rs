//! PROPFIND (RFC 4918 section 9.1).
use super::absent::{Missing, Written};
use super::call::Call;
use super::paths::{Owner, Place, Target};
use super::properties::{self, Context, Wanted};
use super::reply::{self, Refusal, Reply};
use super::store::Store;
use crate::dav::writer::Absent;
use crate::dav::{MultistatusWriter, Name, names};
use std::cell::Cell;
use std::rc::Rc;

/// The whole answer.
pub fn propfind(call: &Call<'_>, store: &Store) -> Result<Reply, Refusal> {
    call.check_access(store, false)?;
    let wanted = wanted(call)?;
    // Without a Depth header it is infinity, which CalendarServer refuses for collections.
    let Some(depth) = call.depth(Some(0))? else {
        return Err(Refusal::condition(&names::PROPFIND_FINITE_DEPTH));
    };
    let context = call.context(store);
    if !exists(store, &call.target) {
        return Err(Refusal::status(404));
    }
    let children = if depth == 1 { children(store, &call.target) } else { Vec::new() };
    let count = children.len() + 1;
    let mut out = call.multistatus().with_room_for(wanted.room(count));
    write(&context, &mut out, &call.target, &wanted);
    for child in children {
        write(&context, &mut out, &child, &wanted);
    }
    wanted.took(out.written(), count);
    Ok(tagged(reply::multistatus(out.finish()), store, &call.target))
}

/// Writes the response of one resource.
pub fn write(context: &Context<'_>, out: &mut MultistatusWriter, target: &Target, wanted: &What) {
    let href = target.href(context.store);
    let dead = properties::dead(context.store, target);
    let props = &wanted.props;
    out.response(&href, |xml| match wanted.kind {
        Kind::Some => {
            let mut missing = Missing::default();
            for (index, prop) in props.iter().enumerate() {
                if !prop.write(context, target, dead, xml) {
                    missing.add(index);
                }
            }
            (props.len() - missing.count, wanted.absent.of(props, &missing))
        }
        Kind::All => {
            let mut count = props.iter().filter(|prop| prop.write(context, target, dead, xml)).count();
            for dead in dead {
                xml.element(dead);
                count += 1;
            }
            (count, Absent::Names(Vec::new()))
        }
        Kind::Names => {
            for prop in props {
                let mut value = crate::dav::XmlWriter::fragment();
                if prop.write(context, target, dead, &mut value) {
                    xml.empty(&prop.name);
                }
            }
            (1, Absent::Names(Vec::new()))
        }
    });
}

/// What a PROPFIND or a REPORT asks for.
pub struct What {
    kind: Kind,
    props: Vec<Wanted>,
    absent: Written,
    /// How many bytes a resource took in the last answer.
    room: Cell<usize>,
}

/// How many bytes are set aside for an answer at most, before any of it is written.
const MOST_ROOM: usize = 1024 * 1024;

/// How a request names the properties.
enum Kind {
    /// These.
    Some,
    /// `allprop`, with `include`.
    All,
    /// `propname`.
    Names,
}

impl What {
    fn new(kind: Kind, props: Vec<Wanted>) -> What {
        let room = Cell::new(200 + 50 * props.len());
        What { kind, props, absent: Written::default(), room }
    }

    /// About how many bytes the answer about so many resources has: a little more than the last one had.
    fn room(&self, resources: usize) -> usize {
        (self.room.get() * resources * 17 / 16).min(MOST_ROOM)
    }

    /// Notes how many bytes an answer had.
    fn took(&self, bytes: usize, resources: usize) {
        self.room.set((bytes / resources + 1).min(MOST_ROOM));
    }

    /// The properties inside a `D:prop`.
    pub fn prop(prop: &crate::dav::Element) -> What {
        What::new(Kind::Some, prop.children.iter().map(|p| Wanted::new(p.name.clone())).collect())
    }

    /// The properties a REPORT asks for.
    pub fn of_report(root: &crate::dav::Element) -> What {
        match root.child(&names::PROP) {
            Some(prop) => What::prop(prop),
            None => What::new(Kind::All, Wanted::allprop()),
        }
    }
}

fn wanted(call: &Call<'_>) -> Result<Rc<What>, Refusal> {
    if let Some(known) = call.asked.borrow().propfinds.get(&call.body) {
        return Ok(known);
    }
    let wanted = Rc::new(read(call)?);
    call.asked.borrow_mut().propfinds.keep(&call.body, &wanted);
    Ok(wanted)
}

fn read(call: &Call<'_>) -> Result<What, Refusal> {
    if call.body.is_empty() {
        return Ok(What::new(Kind::All, Wanted::allprop()));
    }
    let root = call.xml()?;
    if root.name != names::PROPFIND {
        return Err(Refusal::status(400));
    }
    if let Some(prop) = root.child(&names::PROP) {
        return Ok(What::prop(prop));
    }
    if root.child(&names::PROPNAME).is_some() {
        return Ok(What::new(Kind::Names, Wanted::allprop()));
    }
    let mut all = Wanted::allprop();
    if let Some(include) = root.child(&Name::of("DAV:", "include")) {
        all.extend(include.children.iter().map(|p| Wanted::new(p.name.clone())));
    }
    Ok(What::new(Kind::All, all))
}

/// Whether there is something at the target.
pub fn exists(store: &Store, target: &Target) -> bool {
    match target {
        Target::Missing | Target::Free(..) => false,
        Target::Collection(place) => place.get(store).is_some(),
        Target::Member(place, name) => store.resource(place.collection, name).is_some(),
        Target::Attachment(owner, key) => store.attachment(owner.id, key).is_some(),
        _ => true,
    }
}

/// What stands directly in a collection.
pub fn children(store: &Store, target: &Target) -> Vec<Target> {
    match target {
        Target::Root => {
            vec![Target::Principals("/principals/".to_owned()), Target::Calendars("/calendars/".to_owned())]
        }
        Target::Principals(path) => match path.as_str() {
            "/principals/" => ["/principals/users/", "/principals/__uids__/"]
                .map(|path| Target::Principals(path.to_owned()))
                .to_vec(),
            _ => {
                let by_name = path.ends_with("/users/");
                store.principals().map(|(id, _)| Target::Principal(Owner { id, by_name })).collect()
            }
        },
        Target::Home(home) => {
            let places = Place::all(store, *home).into_iter().map(Target::Collection);
            places.chain([Target::Outbox(*home), Target::FreeBusy(*home), Target::Dropbox(*home)]).collect()
        }
        Target::Collection(place) => match place.get(store) {
            Some(collection) => collection
                .resources()
                .map(|(name, _)| Target::Member(place.clone(), name.to_string()))
                .collect(),
            None => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// Adds the ETag header of the resource that the answer is about.
pub fn tagged(reply: Reply, store: &Store, target: &Target) -> Reply {
    match properties::etag(store, target) {
        Some(etag) => reply::with(reply, hyper::header::ETAG, &etag),
        None => reply,
    }
}
