//! The memory as a whole.

use std::any::Any;
use std::collections::BTreeSet;
use std::rc::Rc;

use super::calendar::{Calendar, Kind};
use super::event::Event;
use super::news::News;
use super::principal::{Home, Principal};
use super::recent::Recent;
use super::sorted::Sorted;
use crate::calendar::program::Program;
use crate::client::Memory;
use crate::dav::path;
use crate::event::Who;
use crate::http::Session;
use crate::icalendar::Addresses;
use crate::population::Account;

/// A sync-token is a URI (RFC 6578 section 4); this one is nobody's.
const STALE: &str = "http://populace.invalid/sync/stale";

/// What a calendar client remembers.
pub struct CalendarMemory {
    pub session: Session,
    /// The client program, shared by all clients of a population on one pod.
    pub program: Rc<Program>,
    pub principal: Principal,
    pub home: Home,
    /// The collections of the home: calendars and the inbox.
    pub calendars: Sorted<Calendar>,
    /// Managed-IDs of attachments that were downloaded or uploaded; kept across runs.
    pub attachments: Recent,
    /// What profiles keep of a client under keys of their own choice.
    pub notes: Vec<(Box<str>, Box<str>)>,
    /// The topics of reactions that profiles wait for, so that none is asked for twice.
    pub pending: BTreeSet<Rc<str>>,
    /// What the server has refused to do for parts of profiles, which do not ask again in this run.
    pub refused: Vec<&'static str>,
    pub(in crate::calendar) news: Vec<News>,
    pub(in crate::calendar) started: bool,
    /// Some event may have a body.
    has_bodies: bool,
}

impl CalendarMemory {
    /// The memory of a client that has never seen its server. Its own address is that of the account
    /// until the server says more.
    pub fn new(program: Rc<Program>, who: &Who, account: &Account) -> CalendarMemory {
        let settings = program.settings(who);
        let session = Session::new(settings, account.uid.clone(), account.password.clone());
        let principal = Principal::of(account);
        CalendarMemory {
            session,
            program,
            principal,
            home: Home::default(),
            calendars: Sorted::default(),
            attachments: Recent::default(),
            notes: Vec::new(),
            pending: BTreeSet::new(),
            refused: Vec::new(),
            news: Vec::new(),
            started: false,
            has_bodies: false,
        }
    }

    /// The calendar memory behind the engine's view of it; None if it belongs to another domain.
    pub fn of(memory: &mut dyn Memory) -> Option<&mut CalendarMemory> {
        memory.as_any_mut().downcast_mut()
    }

    /// All collections, calendars and inbox, in the order of their paths.
    pub fn calendars(&self) -> &[Calendar] {
        self.calendars.as_slice()
    }

    /// The calendars that take `component`, as `VEVENT`.
    pub fn calendars_for<'m>(&'m self, component: &'m str) -> impl Iterator<Item = &'m Calendar> + 'm {
        self.calendars().iter().filter(move |calendar| calendar.takes(component))
    }

    /// A collection by its canonical path.
    pub fn calendar(&self, href: &str) -> Option<&Calendar> {
        self.calendars.get(href)
    }

    /// The collection that a resource stands in, and what is known of the resource.
    pub fn event(&self, href: &str) -> Option<(&Calendar, &Event)> {
        let calendar = self.calendar(path::parent(href))?;
        Some((calendar, calendar.events.get(calendar.name_in(href)?)?))
    }

    /// What is known of a resource, to be changed.
    pub fn event_mut(&mut self, href: &str) -> Option<&mut Event> {
        self.has_bodies = true;
        let calendar = self.calendars.get_mut(path::parent(href))?;
        let name = href.strip_prefix(&*calendar.href)?;
        calendar.events.get_mut(name)
    }

    /// The paths of the resources with this UID in collections of this kind.
    pub fn find_uid(&self, kind: Kind, uid: &str) -> Vec<String> {
        let collections = self.calendars().iter().filter(|calendar| calendar.kind == kind);
        collections
            .flat_map(|calendar| calendar.events().iter().map(move |event| (calendar, event)))
            .filter(|(_, event)| event.uid.as_deref() == Some(uid))
            .map(|(calendar, event)| calendar.href_of(event))
            .collect()
    }

    /// The address that stands for the user in invitations, as `mailto:user01@example.com`; None when neither the
    /// account nor the server gives one.
    pub fn address(&self) -> Option<&str> {
        self.principal.address.as_deref()
    }

    /// The addresses by which servers name the user.
    pub fn me(&self) -> &Addresses {
        &self.principal.me
    }

    /// The keys under which the server tells of changes: the home's, and those of calendars that others share with the
    /// user. The user's own calendars have the key of the home (spec 9.1).
    pub fn pushkeys(&self) -> impl Iterator<Item = &Rc<str>> {
        let shared = self.calendars().iter().filter(|calendar| !calendar.is_owned());
        self.home.pushkey.iter().chain(shared.filter_map(|calendar| calendar.pushkey.as_ref()))
    }

    /// What the act that has just ended brought.
    pub fn news(&self) -> &[News] {
        &self.news
    }

    /// What a profile kept under `key`.
    pub fn note(&self, key: &str) -> Option<&str> {
        self.notes.iter().find(|(known, _)| **known == *key).map(|(_, value)| &**value)
    }

    /// Keeps something for a profile under `key`, which begins with the profile's name.
    pub fn set_note(&mut self, key: &str, value: &str) {
        match self.notes.iter_mut().find(|(known, _)| **known == *key) {
            Some((_, kept)) => *kept = value.into(),
            None => self.notes.push((key.into(), value.into())),
        }
    }

    /// Remembers a resource; false if its calendar is not known.
    pub(in crate::calendar) fn keep(&mut self, href: &str, event: Event) -> bool {
        let Some(calendar) = self.calendars.get_mut(path::parent(href)) else { return false };
        self.has_bodies |= event.body.is_some();
        calendar.events.insert(event);
        true
    }

    /// Forgets a resource, and says so to the profiles if `tell`.
    pub(in crate::calendar) fn drop_event(&mut self, href: &str, tell: bool) -> Option<Event> {
        let calendar = self.calendars.get_mut(path::parent(href))?;
        let name = href.strip_prefix(&*calendar.href)?;
        let event = calendar.events.remove(name)?;
        if tell {
            let calendar = calendar.href.clone();
            self.news.push(News::Removed { calendar, href: href.into() });
        }
        Some(event)
    }

    /// Forgets these resources of a calendar, and says so to the profiles: there may be many, so that all go at once.
    pub(in crate::calendar) fn drop_events(&mut self, calendar: &str, gone: &BTreeSet<String>) {
        let Some(calendar) = self.calendars.get_mut(calendar) else { return };
        let names = gone.iter().filter_map(|item| item.strip_prefix(&*calendar.href));
        let removed = calendar.events.remove_all(names);
        self.news.extend(removed.iter().map(|event| News::Removed {
            calendar: calendar.href.clone(),
            href: calendar.href_of(event).into(),
        }));
    }

    /// Tells the profiles of a resource that this act has not told of before.
    pub(in crate::calendar) fn tell_new(&mut self, href: &str) {
        let Some(calendar) = self.calendar(path::parent(href)) else { return };
        let news = News::Changed { calendar: calendar.href.clone(), href: href.into() };
        self.news.push(news);
    }

    /// Tells the profiles that a resource is new or has changed.
    pub(in crate::calendar) fn tell_changed(&mut self, href: &str) {
        let told = |news: &News| matches!(news, News::Changed { href: told, .. } if **told == *href);
        if !self.news.iter().any(told) {
            self.tell_new(href);
        }
    }

    /// What is left when the program ends: what it keeps from one day to the next.
    pub fn ended(self, who: &Who, account: &Account) -> CalendarMemory {
        let home = Home { settled: None, ..self.home };
        CalendarMemory {
            principal: self.principal,
            home,
            calendars: self.calendars,
            attachments: self.attachments,
            notes: self.notes,
            has_bodies: self.has_bodies,
            ..CalendarMemory::new(self.program, who, account)
        }
    }

    /// Makes every token one that no server has given, so that each server refuses it as it does one whose history it has
    /// lost (RFC 6578 section 3.2), and every change token one that it does not show.
    pub fn lose_tokens(&mut self) {
        let lose = |token: &mut Option<Box<str>>| {
            if token.is_some() {
                *token = Some(STALE.into());
            }
        };
        let home = &mut self.home;
        lose(&mut home.token);
        lose(&mut home.notification_token);
        lose(&mut home.notification_change);
        for calendar in self.calendars.iter_mut() {
            lose(&mut calendar.token);
            lose(&mut calendar.change);
        }
    }

    /// Forgets everything the server said, as if the program had just been installed. What profiles keep stays.
    pub fn reset(&mut self, account: &Account) {
        self.principal = Principal::of(account);
        self.home = Home::default();
        self.calendars.clear();
        self.news.clear();
        self.pending.clear();
        self.started = false;
    }
}

impl Memory for CalendarMemory {
    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }

    fn is_started(&self) -> bool {
        self.started
    }

    /// Bodies are let go here too, unless a profile of the population works with them.
    fn forget_news(&mut self) {
        self.news = Vec::new();
        if !self.program.keep_bodies && std::mem::take(&mut self.has_bodies) {
            for calendar in self.calendars.iter_mut() {
                calendar.events.iter_mut().for_each(|event| event.body = None);
            }
        }
        self.calendars.iter_mut().for_each(|calendar| calendar.events.shrink());
        self.calendars.shrink();
    }
}
