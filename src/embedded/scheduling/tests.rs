use super::*;
use crate::embedded::store::User;
use crate::icalendar::PartStat;

struct World {
    store: Store,
    users: Vec<PrincipalId>,
}

impl World {
    fn new(count: usize) -> World {
        let user = |n: usize| User {
            uid: format!("user0{n}"),
            password: String::new(),
            common_name: format!("User 0{n}"),
            email: format!("user0{n}@example.com"),
            guid: format!("10000000-0000-0000-0000-00000000000{n}"),
        };
        let now = "2026-01-05T09:00:00Z".parse().unwrap();
        let store = Store::new((1..=count).map(user).collect(), "localhost", now);
        let users = store.principals().map(|(id, _)| id).collect();
        World { store, users }
    }

    fn put(&mut self, user: usize, body: &str) -> Result<Stored, &'static Name> {
        let owner = self.users[user - 1];
        let place = self.store.find_uid(owner, "meeting");
        let (collection, name) = place
            .map(|(collection, name)| (collection, name.to_string()))
            .unwrap_or_else(|| (self.store.default_calendar(owner).unwrap(), "meeting.ics".into()));
        let object = Object::calendar(body.to_owned(), "meeting", "VEVENT");
        let calendar = Calendar::parse(object.bytes.as_ref()).unwrap();
        put(&mut self.store, owner, collection, &name, object, calendar)
    }

    fn delete(&mut self, user: usize) {
        let owner = self.users[user - 1];
        let (collection, name) = self.store.find_uid(owner, "meeting").unwrap();
        let resource = self.store.remove(collection, &name).unwrap();
        removed(&mut self.store, owner, collection, &resource, true);
    }

    fn copy(&self, user: usize) -> Option<Resource> {
        let (collection, name) = self.store.find_uid(self.users[user - 1], "meeting")?;
        self.store.resource(collection, &name).cloned()
    }

    fn body(&self, user: usize) -> String {
        String::from_utf8(self.copy(user).unwrap().bytes.to_vec()).unwrap().replace("\r\n ", "")
    }

    /// What `who`'s PARTSTAT is in `user`'s copy.
    fn partstat(&self, user: usize, who: usize) -> Option<PartStat> {
        let calendar = Calendar::parse(&self.copy(user)?.bytes).unwrap();
        calendar.master()?.partstat(&party::addresses(&self.store, self.users[who - 1]))
    }

    /// The METHODs in a user's inbox, oldest first.
    fn inbox(&self, user: usize) -> Vec<String> {
        let inbox = self.store.collection(self.store.inbox(self.users[user - 1])).unwrap();
        let mut items: Vec<_> = inbox.resources().map(|(_, resource)| resource).collect();
        items.sort_by_key(|resource| resource.revision);
        items.iter().map(|item| Calendar::parse(&item.bytes).unwrap().method().unwrap().to_owned()).collect()
    }

    fn answer(&mut self, user: usize, partstat: PartStat) {
        let mut calendar = Calendar::parse(&self.copy(user).unwrap().bytes).unwrap();
        let me = party::addresses(&self.store, self.users[user - 1]);
        assert_eq!(calendar.answer(&me, partstat), 1);
        let body = String::from_utf8(calendar.to_bytes()).unwrap();
        assert!(self.put(user, &body).unwrap().changed);
    }
}

fn meeting(attendees: &[&str], more: &str) -> String {
    let line =
        |mail: &&str| format!("ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:{mail}@example.com\r\n");
    let attendees: String = attendees.iter().map(line).collect();
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:meeting\r\nDTSTART:20260106T090000Z\r\nDTEND:20260106T100000Z\r\n\
         SUMMARY:Simple event\r\nTRANSP:OPAQUE\r\nORGANIZER:MAILTO:user01@example.com\r\n\
         ATTENDEE;PARTSTAT=ACCEPTED:mailto:user01@example.com\r\n{attendees}{more}BEGIN:VALARM\r\nACTION:DISPLAY\r\nEND:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
}

#[test]
fn an_invitation_is_delivered_accepted_and_cancelled() {
    let mut world = World::new(3);
    let stored = world.put(1, &meeting(&["user02", "user03", "stranger"], ""));
    assert_eq!(stored, Ok(Stored { changed: true }));
    let own = world.body(1);
    assert!(own.contains("RSVP=TRUE;CN=User 02;EMAIL=user02@example.com;SCHEDULE-STATUS=1.2:urn:x-uid:10000000-0000-0000-0000-000000000002"), "{own}");
    assert!(own.contains("SCHEDULE-STATUS=3.7:mailto:stranger@example.com"), "{own}");
    assert_eq!(
        (world.inbox(1).len(), world.inbox(2), world.inbox(3)),
        (0, vec!["REQUEST".into()], vec!["REQUEST".into()])
    );
    let copy = world.body(2);
    assert!(!copy.contains("VALARM") && !copy.contains("METHOD") && !copy.contains("SCHEDULE-STATUS"));
    assert!(copy.contains("TRANSP:TRANSPARENT"));
    let tags = |world: &World| [1, 2, 3].map(|user| world.copy(user).unwrap().schedule_tag());
    let before = tags(&world);

    world.answer(2, PartStat::Accepted);
    assert_eq!([1, 2, 3].map(|user| world.partstat(user, 2)), [Some(PartStat::Accepted); 3]);
    assert_eq!(world.partstat(1, 3), Some(PartStat::NeedsAction));
    assert!(world.body(1).contains("SCHEDULE-STATUS=2.0") && world.body(2).contains("SCHEDULE-STATUS=1.2"));
    assert_eq!((world.inbox(1), world.inbox(3)), (vec!["REPLY".into()], vec!["REQUEST".into()]));
    let after = tags(&world);
    assert_eq!((&before[0], &before[2]), (&after[0], &after[2]));
    assert_ne!(before[1], after[1]);

    world.delete(1);
    assert_eq!(world.inbox(2), ["REQUEST", "CANCEL"]);
    assert!(world.body(2).contains("STATUS:CANCELLED"));
    world.delete(2);
    assert_eq!(world.inbox(1), ["REPLY"]);
}

#[test]
fn an_attendee_who_deletes_declines_unless_silenced() {
    let mut world = World::new(3);
    world.put(1, &meeting(&["user02", "user03"], "")).unwrap();
    world.delete(2);
    assert_eq!((world.partstat(1, 2), world.inbox(1)), (Some(PartStat::Declined), vec!["REPLY".into()]));
    assert_eq!(world.partstat(3, 2), Some(PartStat::Declined));
    let owner = world.users[2];
    let (collection, name) = world.store.find_uid(owner, "meeting").unwrap();
    let resource = world.store.remove(collection, &name).unwrap();
    removed(&mut world.store, owner, collection, &resource, false);
    assert_eq!(world.inbox(1), ["REPLY"]);
}

#[test]
fn attendees_come_and_go_and_private_changes_are_not_told() {
    let mut world = World::new(3);
    world.put(1, &meeting(&["user02"], "")).unwrap();
    world.answer(2, PartStat::Accepted);
    world.put(1, &meeting(&["user02"], "X-MINE:1\r\n")).unwrap();
    assert_eq!(world.inbox(2), ["REQUEST"]);
    assert_eq!(world.partstat(1, 2), Some(PartStat::Accepted));
    world.put(1, &meeting(&["user02", "user03"], "")).unwrap();
    assert_eq!((world.inbox(2).len(), world.inbox(3)), (2, vec!["REQUEST".into()]));
    world.put(1, &meeting(&["user03"], "")).unwrap();
    assert_eq!(world.inbox(2).last().unwrap(), "CANCEL");
    assert_eq!(world.inbox(3).len(), 2);
}

#[test]
fn a_moved_event_asks_again() {
    let mut world = World::new(2);
    world.put(1, &meeting(&["user02"], "")).unwrap();
    world.answer(2, PartStat::Accepted);
    world.put(1, &world.body(1).replace("20260106T09", "20260106T08")).unwrap();
    assert_eq!([1, 2].map(|user| world.partstat(user, 2)), [Some(PartStat::NeedsAction); 2]);
    assert_eq!(world.inbox(2).len(), 2);
}

#[test]
fn an_attendee_may_not_move_the_event() {
    let mut world = World::new(2);
    world.put(1, &meeting(&["user02"], "")).unwrap();
    let moved = world.body(2).replace("20260106T09", "20260106T08");
    let refused = world.put(2, &moved).unwrap_err();
    assert_eq!(refused.local(), "allowed-attendee-scheduling-object-change");
    let silent = world.body(2).replace("TRANSP:TRANSPARENT", "TRANSP:OPAQUE");
    assert_eq!(world.put(2, &silent), Ok(Stored { changed: false }));
    assert_eq!(world.inbox(1).len(), 0);
}

#[test]
fn one_instance_can_be_declined() {
    let mut world = World::new(2);
    world.put(1, &meeting(&["user02"], "RRULE:FREQ=DAILY\r\n")).unwrap();
    world.answer(2, PartStat::Accepted);
    let calendar = Calendar::parse(&world.copy(2).unwrap().bytes).unwrap();
    let mut out = Vec::new();
    calendar.master().unwrap().write(&mut out);
    let instance =
        String::from_utf8(out).unwrap().replace("RRULE:FREQ=DAILY", "RECURRENCE-ID:20260107T090000Z");
    let instance = instance
        .replace("0260106T", "0260107T")
        .replace("\r\n ", "")
        .replace("ACCEPTED;CN=User 02", "DECLINED;CN=User 02");
    world.put(2, &world.body(2).replace("END:VCALENDAR", &format!("{instance}END:VCALENDAR"))).unwrap();
    let event = Calendar::parse(&world.copy(1).unwrap().bytes).unwrap();
    let who = party::addresses(&world.store, world.users[1]);
    let answers: Vec<_> = event.entries().map(|entry| entry.partstat(&who).unwrap()).collect();
    assert_eq!(answers, [PartStat::Accepted, PartStat::Declined]);
    assert_eq!(world.inbox(1), ["REPLY", "REPLY"]);
}

#[test]
fn plain_events_are_stored_as_they_are() {
    let mut world = World::new(2);
    let body = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:meeting\nEND:VEVENT\nEND:VCALENDAR\n";
    assert_eq!(world.put(1, body), Ok(Stored { changed: false }));
    assert_eq!((world.body(1).as_str(), world.copy(1).unwrap().schedule_tag()), (body, None));
    world.put(1, &meeting(&["user02"], "")).unwrap();
    assert!(world.copy(1).unwrap().schedule_tag().is_some());
    assert_eq!(world.inbox(2), ["REQUEST"]);
    world.put(1, body).unwrap();
    assert_eq!(world.inbox(2), ["REQUEST", "CANCEL"]);
}

#[test]
fn one_instance_taken_away_is_declined() {
    let mut world = World::new(2);
    world.put(1, &meeting(&["user02"], "RRULE:FREQ=DAILY\r\n")).unwrap();
    world.answer(2, PartStat::Accepted);
    let without = world.body(2).replace("RRULE", "EXDATE:20260107T090000Z,20260108T090000Z\r\nRRULE");
    world.put(2, &without).unwrap();
    let event = Calendar::parse(&world.copy(1).unwrap().bytes).unwrap();
    let who = party::addresses(&world.store, world.users[1]);
    let answers: Vec<_> = event
        .entries()
        .map(|entry| (entry.value("DTSTART").unwrap(), entry.partstat(&who).unwrap()))
        .collect();
    let expected = [
        ("20260106T090000Z", PartStat::Accepted),
        ("20260107T090000Z", PartStat::Declined),
        ("20260108T090000Z", PartStat::Declined),
    ];
    assert_eq!(answers, expected);
    assert!(world.body(2).contains("EXDATE:20260107"));
    assert_eq!(world.inbox(1).len(), 2);
    let again = world.body(2);
    world.put(2, &again).unwrap();
    assert_eq!(world.inbox(1).len(), 2);
}
