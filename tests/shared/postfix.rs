//! The part of Postfix's `main.cf` that everybody here needs who starts one in a folder of its own.

/// Where Postfix keeps its programs.
pub const BINARIES: &str = "/usr/lib/postfix/sbin";

/// Settings for a Postfix that keeps all it has in the folder `base`, takes mail from this machine only, and asks no name
/// server. Limits on clients, which would keep a load test waiting, are off. What follows may say more.
pub fn main_cf(base: &str, domain: &str) -> String {
    format!(
        "compatibility_level = 3.6
queue_directory = {base}/spool
data_directory = {base}/data
command_directory = /usr/sbin
daemon_directory = {BINARIES}
mail_owner = postfix
setgid_group = postdrop
maillog_file = {base}/log
maillog_file_prefixes = /
myhostname = mx.{domain}
mydestination =
local_recipient_maps =
alias_maps =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
disable_dns_lookups = yes
smtpd_peername_lookup = no
smtpd_client_connection_count_limit = 0
smtpd_client_connection_rate_limit = 0
in_flow_delay = 0
"
    )
}
