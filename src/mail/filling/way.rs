//! How messages get to a server before anybody comes.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::client::{Context, Trouble};
use crate::config::{Diagnostics, FromValue, Value};
use crate::mail::wire::Service;
use crate::mail::wire::imap::Imap;
use crate::mail::wire::smtp::{Envelope, NAME, Smtp};

/// The services of a server by name.
pub type Services = BTreeMap<String, Rc<Service>>;

/// The mailbox in which all of it is.
pub const INBOX: &str = "INBOX";

/// The service by which messages come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// As from outside: nobody logs in.
    Smtp,
    /// As from a user of the server, who logs in where that is offered.
    Submission,
    /// APPEND: each account puts them there itself.
    Imap,
}

impl Way {
    /// All of them by the names of their services; of those that a server has, the first is taken.
    pub const ALL: [(&'static str, Way); 3] =
        [("smtp", Way::Smtp), ("submission", Way::Submission), ("imap", Way::Imap)];

    /// Those by which one message reaches several people.
    pub const TO_MANY: [(&'static str, Way); 2] = [("smtp", Way::Smtp), ("submission", Way::Submission)];

    /// The name of its service.
    pub const fn name(self) -> &'static str {
        match self {
            Way::Smtp => "smtp",
            Way::Submission => "submission",
            Way::Imap => "imap",
        }
    }

    /// The way that is wanted, or the first of these that the server has.
    pub fn find(
        wanted: Option<Way>,
        among: &[(&str, Way)],
        services: &Services,
    ) -> Result<(Way, Rc<Service>), Trouble> {
        let mut ways = among.iter().map(|(_, way)| *way).filter(|way| wanted.is_none_or(|one| one == *way));
        let found = ways.find_map(|way| Some((way, services.get(way.name())?.clone())));
        found.ok_or_else(|| Trouble::Content("the server has no service by which messages come".to_owned()))
    }
}

impl FromValue for Way {
    fn from_value(value: &Value, diags: &Diagnostics) -> Option<Way> {
        value.word("by", &Way::ALL, diags)
    }
}

/// An open session by which messages go.
pub enum Carrier {
    Smtp(Smtp),
    Imap(Imap),
}

impl Carrier {
    /// Opens it, for the account whose act this is.
    pub async fn open(cx: &Context, way: Way, service: &Rc<Service>) -> Result<Carrier, Trouble> {
        match way {
            Way::Smtp => Ok(Carrier::Smtp(Smtp::open(cx, service, NAME).await?)),
            Way::Submission => {
                let mut smtp = Smtp::open(cx, service, NAME).await?;
                if smtp.offers("AUTH") {
                    smtp.login(cx, &cx.account).await?;
                }
                Ok(Carrier::Smtp(smtp))
            }
            Way::Imap => Ok(Carrier::Imap(logged_in(cx, service).await?)),
        }
    }

    /// Hands over one message.
    pub async fn carry(&mut self, cx: &Context, envelope: &Envelope<'_>) -> Result<(), Trouble> {
        match self {
            Carrier::Smtp(smtp) => smtp.send(cx, envelope).await.map(drop),
            Carrier::Imap(imap) => imap.append(cx, INBOX, envelope.message).await,
        }
    }

    pub async fn close(self, cx: &Context) -> Result<(), Trouble> {
        match self {
            Carrier::Smtp(smtp) => smtp.quit(cx).await,
            Carrier::Imap(imap) => imap.logout(cx).await,
        }
    }
}

/// A session of IMAP of the account whose act this is.
pub async fn logged_in(cx: &Context, service: &Rc<Service>) -> Result<Imap, Trouble> {
    let mut imap = Imap::open(cx, service).await?;
    imap.login(cx, &cx.account).await?;
    Ok(imap)
}
