//! The names that occur in calendar traffic, as statics.
use super::name::{APPLE_ICAL, CALDAV, CALENDARSERVER, CARDDAV, DAV, ME, Name};
use std::sync::LazyLock;

macro_rules! names {
    ($($ns:ident { $($id:ident = $local:literal)* })*) => {
        $($(#[doc = concat!("`", $local, "`")] pub static $id: Name = Name::of($ns, $local);)*)*
        /// The local names of all of them, for interning.
        static LOCALS: &[&str] = &[$($($local,)*)*];
    };
}

names! {
    DAV {
        HREF = "href"
        PROP = "prop"
        RESPONSE = "response"
        PROPSTAT = "propstat"
        STATUS = "status"
        GETETAG = "getetag"
        GETCONTENTTYPE = "getcontenttype"
        GETCONTENTLENGTH = "getcontentlength"
        GETLASTMODIFIED = "getlastmodified"
        CREATIONDATE = "creationdate"
        RESOURCETYPE = "resourcetype"
        COLLECTION = "collection"
        PRINCIPAL = "principal"
        DISPLAYNAME = "displayname"
        OWNER = "owner"
        SYNC_TOKEN = "sync-token"
        SYNC_LEVEL = "sync-level"
        SYNC_COLLECTION = "sync-collection"
        MULTISTATUS = "multistatus"
        PROPFIND = "propfind"
        PROPERTYUPDATE = "propertyupdate"
        ALLPROP = "allprop"
        PROPNAME = "propname"
        SET = "set"
        REMOVE = "remove"
        MKCOL = "mkcol"
        MKCOL_RESPONSE = "mkcol-response"
        ERROR = "error"
        RESPONSEDESCRIPTION = "responsedescription"
        UNAUTHENTICATED = "unauthenticated"
        ADD_MEMBER = "add-member"
        RESOURCE_ID = "resource-id"
        CURRENT_USER_PRINCIPAL = "current-user-principal"
        CURRENT_USER_PRIVILEGE_SET = "current-user-privilege-set"
        PRINCIPAL_URL = "principal-URL"
        PRINCIPAL_COLLECTION_SET = "principal-collection-set"
        GROUP_MEMBERSHIP = "group-membership"
        GROUP_MEMBER_SET = "group-member-set"
        SUPPORTED_REPORT_SET = "supported-report-set"
        SUPPORTED_REPORT = "supported-report"
        REPORT = "report"
        QUOTA_AVAILABLE_BYTES = "quota-available-bytes"
        QUOTA_USED_BYTES = "quota-used-bytes"
        PRIVILEGE = "privilege"
        ALL = "all"
        READ = "read"
        WRITE = "write"
        WRITE_PROPERTIES = "write-properties"
        WRITE_CONTENT = "write-content"
        BIND = "bind"
        UNBIND = "unbind"
        UNLOCK = "unlock"
        READ_ACL = "read-acl"
        WRITE_ACL = "write-acl"
        READ_CURRENT_USER_PRIVILEGE_SET = "read-current-user-privilege-set"
        NEED_PRIVILEGES = "need-privileges"
        VALID_SYNC_TOKEN = "valid-sync-token"
        NUMBER_OF_MATCHES_WITHIN_LIMITS = "number-of-matches-within-limits"
            SYNC_TRAVERSAL_SUPPORTED = "sync-traversal-supported"
        RESOURCE_MUST_BE_NULL = "resource-must-be-null"
        CANNOT_MODIFY_PROTECTED_PROPERTY = "cannot-modify-protected-property"
        PROPFIND_FINITE_DEPTH = "propfind-finite-depth"
        LIMIT = "limit"
        NRESULTS = "nresults"
        EXPAND_PROPERTY = "expand-property"
        PROPERTY = "property"
        PROPERTY_SEARCH = "property-search"
        MATCH = "match"
        PRINCIPAL_MATCH = "principal-match"
        PRINCIPAL_PROPERTY_SEARCH = "principal-property-search"
        PRINCIPAL_SEARCH_PROPERTY_SET = "principal-search-property-set"
        PRINCIPAL_SEARCH_PROPERTY = "principal-search-property"
        DESCRIPTION = "description"
        ACL_PRINCIPAL_PROP_SET = "acl-principal-prop-set"
        APPLY_TO_PRINCIPAL_COLLECTION_SET = "apply-to-principal-collection-set"
    }
    CALDAV {
        CALENDAR = "calendar"
        CALENDAR_DATA = "calendar-data"
        CALENDAR_QUERY = "calendar-query"
        CALENDAR_MULTIGET = "calendar-multiget"
        FREE_BUSY_QUERY = "free-busy-query"
        FILTER = "filter"
        COMP_FILTER = "comp-filter"
        PROP_FILTER = "prop-filter"
        PARAM_FILTER = "param-filter"
        IS_NOT_DEFINED = "is-not-defined"
        TEXT_MATCH = "text-match"
        TIME_RANGE = "time-range"
        EXPAND = "expand"
        LIMIT_RECURRENCE_SET = "limit-recurrence-set"
        LIMIT_FREEBUSY_SET = "limit-freebusy-set"
        TIMEZONE = "timezone"
        COMP = "comp"
        CALDAV_PROP = "prop"
        MKCALENDAR = "mkcalendar"
        CALENDAR_HOME_SET = "calendar-home-set"
        CALENDAR_USER_ADDRESS_SET = "calendar-user-address-set"
        CALENDAR_USER_TYPE = "calendar-user-type"
        SCHEDULE_INBOX_URL = "schedule-inbox-URL"
        SCHEDULE_OUTBOX_URL = "schedule-outbox-URL"
        SCHEDULE_INBOX = "schedule-inbox"
        SCHEDULE_OUTBOX = "schedule-outbox"
        SCHEDULE_TAG = "schedule-tag"
        SCHEDULE_CALENDAR_TRANSP = "schedule-calendar-transp"
        SCHEDULE_DEFAULT_CALENDAR_URL = "schedule-default-calendar-URL"
        TRANSPARENT = "transparent"
        OPAQUE = "opaque"
        CALENDAR_DESCRIPTION = "calendar-description"
        CALENDAR_TIMEZONE = "calendar-timezone"
        CALENDAR_FREE_BUSY_SET = "calendar-free-busy-set"
        CALENDAR_ALARM = "calendar-alarm"
        DEFAULT_ALARM_VEVENT_DATE = "default-alarm-vevent-date"
        DEFAULT_ALARM_VEVENT_DATETIME = "default-alarm-vevent-datetime"
        DEFAULT_ALARM_VTODO_DATE = "default-alarm-vtodo-date"
        DEFAULT_ALARM_VTODO_DATETIME = "default-alarm-vtodo-datetime"
        SUPPORTED_CALENDAR_COMPONENT_SET = "supported-calendar-component-set"
        SUPPORTED_CALENDAR_COMPONENT_SETS = "supported-calendar-component-sets"
        SUPPORTED_CALENDAR_DATA = "supported-calendar-data"
        SUPPORTED_COLLATION_SET = "supported-collation-set"
        MAX_RESOURCE_SIZE = "max-resource-size"
        MAX_ATTENDEES_PER_INSTANCE = "max-attendees-per-instance"
        MANAGED_ATTACHMENTS_SERVER_URL = "managed-attachments-server-URL"
        READ_FREE_BUSY = "read-free-busy"
        SCHEDULE = "schedule"
        SCHEDULE_SEND = "schedule-send"
        SCHEDULE_DELIVER = "schedule-deliver"
        SCHEDULE_RESPONSE = "schedule-response"
        RECIPIENT = "recipient"
        REQUEST_STATUS = "request-status"
        CALDAV_RESPONSE = "response"
        NO_UID_CONFLICT = "no-uid-conflict"
        VALID_CALENDAR_DATA = "valid-calendar-data"
        VALID_CALENDAR_OBJECT_RESOURCE = "valid-calendar-object-resource"
        SUPPORTED_CALENDAR_COMPONENT = "supported-calendar-component"
        SUPPORTED_FILTER = "supported-filter"
        SUPPORTED_COLLATION = "supported-collation"
        VALID_FILTER = "valid-filter"
        CALENDAR_COLLECTION_LOCATION_OK = "calendar-collection-location-ok"
        VALID_MANAGED_ID = "valid-managed-id"
        ALLOWED_ATTENDEE_SCHEDULING_OBJECT_CHANGE = "allowed-attendee-scheduling-object-change"
        ALLOWED_ORGANIZER_SCHEDULING_OBJECT_CHANGE = "allowed-organizer-scheduling-object-change"
        VALID_SCHEDULING_MESSAGE = "valid-scheduling-message"
        ORGANIZER_ALLOWED = "organizer-allowed"
    }
    CALENDARSERVER {
        GETCTAG = "getctag"
        PUSHKEY = "pushkey"
        PUSH_TRANSPORTS = "push-transports"
        XMPP_SERVER = "xmpp-server"
        XMPP_URI = "xmpp-uri"
        SOURCE = "source"
        SUBSCRIBED = "subscribed"
        SUBSCRIBED_STRIP_ALARMS = "subscribed-strip-alarms"
        SUBSCRIBED_STRIP_ATTACHMENTS = "subscribed-strip-attachments"
        SUBSCRIBED_STRIP_TODOS = "subscribed-strip-todos"
        EMAIL_ADDRESS_SET = "email-address-set"
        EMAIL_ADDRESS = "email-address"
        FIRST_NAME = "first-name"
        LAST_NAME = "last-name"
        RECORD_TYPE = "record-type"
        DROPBOX_HOME_URL = "dropbox-home-URL"
        DROPBOX_HOME = "dropbox-home"
        NOTIFICATION_URL = "notification-URL"
        NOTIFICATION = "notification"
        NOTIFICATIONTYPE = "notificationtype"
        INVITE_NOTIFICATION = "invite-notification"
        INVITE = "invite"
        INVITE_REPLY = "invite-reply"
        INVITE_ACCEPTED = "invite-accepted"
        INVITE_DECLINED = "invite-declined"
        INVITE_NORESPONSE = "invite-noresponse"
        INVITE_DELETED = "invite-deleted"
        INVITE_INVALID = "invite-invalid"
        IN_REPLY_TO = "in-reply-to"
        HOSTURL = "hosturl"
        ORGANIZER = "organizer"
        SUMMARY = "summary"
        COMMON_NAME = "common-name"
        UID = "uid"
        USER = "user"
        ACCESS = "access"
        SHARE = "share"
        SHARED = "shared"
        SHARED_OWNER = "shared-owner"
        SHARED_AS = "shared-as"
        SHARED_URL = "shared-url"
        READ_WRITE = "read-write"
        READ_ONLY = "read"
        DTSTAMP = "dtstamp"
        ALLOWED_SHARING_MODES = "allowed-sharing-modes"
        CAN_BE_SHARED = "can-be-shared"
        PUBLISH_URL = "publish-url"
        PRE_PUBLISH_URL = "pre-publish-url"
        ALLOWED_CALENDAR_COMPONENT_SET = "allowed-calendar-component-set"
        CALENDAR_PROXY_READ_FOR = "calendar-proxy-read-for"
        CALENDAR_PROXY_WRITE_FOR = "calendar-proxy-write-for"
        CALENDARSERVER_PRINCIPAL_SEARCH = "calendarserver-principal-search"
        SEARCH_TOKEN = "search-token"
        FREE_BUSY_URL = "free-busy-url"
        ME_CARD = "me-card"
        CALENDAR_AVAILABILITY = "calendar-availability"
        CS_CREATED_BY = "created-by"
    }
    APPLE_ICAL {
        CALENDAR_COLOR = "calendar-color"
        CALENDAR_ORDER = "calendar-order"
        REFRESHRATE = "refreshrate"
        AUTOPROVISIONED = "autoprovisioned"
        LANGUAGE_CODE = "language-code"
        LOCATION_CODE = "location-code"
    }
    CARDDAV {
        MAX_IMAGE_SIZE = "max-image-size"
        CARD_MAX_RESOURCE_SIZE = "max-resource-size"
        ADDRESSBOOK_QUERY = "addressbook-query"
        ADDRESSBOOK_MULTIGET = "addressbook-multiget"
    }
    ME {
        BULK_REQUESTS = "bulk-requests"
    }
}

/// How many lists the local names are spread over, a power of two.
const LISTS: usize = 1024;

/// The local names, for interning, each in the list that [`place`] tells.
static KNOWN: LazyLock<Vec<Vec<&'static str>>> = LazyLock::new(|| {
    let mut lists = vec![Vec::new(); LISTS];
    for local in LOCALS {
        let list: &mut Vec<&'static str> = &mut lists[place(local)];
        if !list.contains(local) {
            list.push(local);
        }
    }
    lists
});

/// The list of a local name: length, first letters and last ones tell most of them apart.
fn place(local: &str) -> usize {
    let bytes = local.as_bytes();
    let at = |index: usize| usize::from(bytes.get(index).copied().unwrap_or(0));
    let end = bytes.len();
    let mixed =
        end * 67 + at(0) + at(end / 2) * 31 + at(end.wrapping_sub(2)) * 131 + at(end.wrapping_sub(1)) * 17;
    mixed % LISTS
}

/// The static text that equals `text`, if it is a local name of this file.
pub(super) fn local(text: &str) -> Option<&'static str> {
    KNOWN[place(text)].iter().find(|known| **known == text).copied()
}
