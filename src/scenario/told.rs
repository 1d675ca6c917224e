//! What a worker is told instead of finding it out by itself: what depends on files and servers of another machine.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::pods::Pod;
use crate::calendar::model::Library;
use crate::config::Files;
use crate::population::{Account, Use};

/// What has been found out already.
pub struct Told {
    /// All accounts of the run in their order; those that are not used here have no password.
    pub accounts: Rc<[Rc<Account>]>,
    pub usage: Use,
    /// The servers as they are reached.
    pub pods: Vec<Pod>,
    /// The client programs that are not in the binary: name to the texts of its files by their names.
    pub models: BTreeMap<String, BTreeMap<String, String>>,
    /// The files that the property lists name, by their paths.
    pub files: BTreeMap<String, Rc<[u8]>>,
}

impl Told {
    pub(super) fn library(&self) -> Library {
        Library::carried(self.models.clone())
    }

    pub(super) fn files(&self) -> Files {
        Files::carried(self.files.clone())
    }
}
