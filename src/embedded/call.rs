//! One request, after authentication.
use super::asked::Asked;
use super::config::Config;
use super::paths::Target;
use super::properties::Context;
use super::reply::Refusal;
use super::store::{PrincipalId, Store};
use crate::dav::{Element, MultistatusWriter};
use bytes::Bytes;
use hyper::Method;
use hyper::header::HeaderMap;
use std::cell::RefCell;

/// One request, after authentication.
pub struct Call<'a> {
    /// The set-up.
    pub config: &'a Config,
    /// The method.
    pub method: &'a Method,
    /// What the path names.
    pub target: Target,
    /// The canonical path, as it was asked for.
    pub path: String,
    /// What is behind `?`, empty when there is none.
    pub query: String,
    /// The headers.
    pub headers: &'a HeaderMap,
    /// The whole body.
    pub body: Bytes,
    /// Who asks.
    pub by: PrincipalId,
    /// What earlier requests asked for.
    pub asked: &'a RefCell<Asked>,
    /// Whether it came over TLS.
    pub secure: bool,
    /// `HOST:PORT` of the request.
    pub host: &'a str,
}

/// `http://HOST:PORT`, for absolute URLs in an answer.
pub fn base(secure: bool, host: &str) -> String {
    format!("{}://{host}", if secure { "https" } else { "http" })
}

impl Call<'_> {
    /// `http://HOST:PORT` of the request, for absolute URLs in the answer.
    pub fn base(&self) -> String {
        base(self.secure, self.host)
    }

    /// What properties may depend on.
    pub fn context<'c>(&'c self, store: &'c Store) -> Context<'c> {
        Context { store, config: self.config, by: self.by }
    }

    /// An empty 207 answer, which leaves out what is not there if the client prefers it so.
    pub fn multistatus(&self) -> MultistatusWriter {
        MultistatusWriter::new().minimal(self.prefers_minimal())
    }

    /// `Prefer: return=minimal` (RFC 8144), or `Brief: t` of older clients.
    pub fn prefers_minimal(&self) -> bool {
        let prefer = self.header("prefer").is_some_and(|p| p.to_ascii_lowercase().contains("return=minimal"));
        prefer || self.header("brief").is_some_and(|b| b.eq_ignore_ascii_case("t"))
    }

    /// A header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim)
    }

    /// The Depth header; `None` is infinity. Without the header it is `default`.
    pub fn depth(&self, default: Option<u8>) -> Result<Option<u8>, Refusal> {
        match self.header("depth") {
            None => Ok(default),
            Some("0") => Ok(Some(0)),
            Some("1") => Ok(Some(1)),
            Some(text) if text.eq_ignore_ascii_case("infinity") => Ok(None),
            Some(_) => Err(Refusal::status(400)),
        }
    }

    /// The body as XML; 400 when it is none.
    pub fn xml(&self) -> Result<Element, Refusal> {
        let text = std::str::from_utf8(&self.body).map_err(|_| Refusal::status(400))?;
        Element::parse(text.trim_start_matches('\u{feff}')).map_err(|_| Refusal::status(400))
    }

    /// 404 for what is not there, 403 for what is another user's.
    pub fn check_access(&self, store: &Store, write: bool) -> Result<(), Refusal> {
        let denied = Refusal::condition(&crate::dav::names::NEED_PRIVILEGES);
        match &self.target {
            Target::Missing => Err(Refusal::status(404)),
            Target::Principal(_) => {
                if write {
                    Err(denied)
                } else {
                    Ok(())
                }
            }
            target => match target.owner() {
                Some(owner) if owner != self.by && !self.is_shared_attachment(store) => Err(denied),
                Some(_) if write && !self.may_write(store) => Err(denied),
                _ => Ok(()),
            },
        }
    }

    /// Attachments of a shared calendar stand in the owner's home, where the sharees may read them.
    fn is_shared_attachment(&self, store: &Store) -> bool {
        let Target::Attachment(owner, key) = &self.target else {
            return false;
        };
        // An attendee's copy of a meeting links to the organizer's attachment, too: the managed id in
        // the path is the secret that opens it.
        store.attachment(owner.id, key).is_some()
    }

    fn may_write(&self, store: &Store) -> bool {
        match &self.target {
            Target::Collection(place) | Target::Member(place, _) => {
                let share = place.binding(store).and_then(|b| b.share.as_ref());
                share.is_none_or(|share| share.write)
            }
            _ => true,
        }
    }
}
