//! Users.

/// The position of a principal in its store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PrincipalId(u32);

impl PrincipalId {
    pub(super) fn new(index: usize) -> PrincipalId {
        PrincipalId(u32::try_from(index).unwrap_or(u32::MAX))
    }

    /// The position.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// One user as the configuration gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Login name.
    pub uid: String,
    /// Password, in clear: the server has to check digests.
    pub password: String,
    /// Shown name, such as `User 01`.
    pub common_name: String,
    /// E-mail address without `mailto:`; may be empty.
    pub email: String,
    /// GUID, the last part of the principal's and the home's path.
    pub guid: String,
}

/// One user as the server keeps it.
#[derive(Clone, PartialEq, Eq)]
pub struct Principal {
    /// Login name.
    pub uid: Box<str>,
    /// Password.
    pub password: Box<str>,
    /// Shown name.
    pub common_name: Box<str>,
    /// E-mail address without `mailto:`; may be empty.
    pub email: Box<str>,
    /// GUID.
    pub guid: Box<str>,
}

impl From<User> for Principal {
    fn from(user: User) -> Principal {
        Principal {
            uid: user.uid.into(),
            password: user.password.into(),
            common_name: user.common_name.into(),
            email: user.email.into(),
            guid: user.guid.into(),
        }
    }
}

impl Principal {
    /// Whether an address (see [`super::Store::principal_by_address`]) is this principal's, by text alone.
    pub fn addresses(&self) -> Vec<String> {
        let mut addresses = Vec::with_capacity(3);
        if !self.email.is_empty() {
            addresses.push(["mailto:", &self.email].concat());
        }
        addresses.push(["urn:uuid:", &self.guid].concat());
        addresses.push(["urn:x-uid:", &self.guid].concat());
        addresses
    }

    /// The path of the principal resource.
    pub fn path(&self) -> String {
        ["/principals/__uids__/", &self.guid, "/"].concat()
    }

    /// The path of the calendar home.
    pub fn home_path(&self) -> String {
        ["/calendars/__uids__/", &self.guid, "/"].concat()
    }
}

/// Without the password, which must not reach a log.
impl std::fmt::Debug for Principal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Principal({}, {})", self.uid, self.guid)
    }
}
