//! nginx with pages of its own, and PHP behind it: a form, and a service of SOAP.
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | this one | how both are configured and started |
//! | `site/` | what PHP runs |
//! | `visits` | what populations of the program do there |
//! | `imported` | what the files of ancestors make of them there |
//! | `controlled` | a run with warm-up and cool-down |
//! | `chance` | whether what happened agrees with chance |

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use crate::http::Request;
use crate::nginx;
use crate::process::program;
use crate::running::{self, Running};

mod chance;
mod controlled;
mod imported;
mod visits;

pub struct Web;

/// What PHP runs.
const SITE: [(&str, &str); 3] = [
    ("form.php", include_str!("site/form.php")),
    ("soap.php", include_str!("site/soap.php")),
    ("prices.wsdl", include_str!("site/prices.wsdl")),
];

impl Web {
    /// A web server, `http` and `https`, or `None` where it is not installed.
    pub fn start() -> Option<Running> {
        running::available("web", lacking()).then(|| running::start("web", "/", "/", launch))
    }
}

fn lacking() -> Option<&'static str> {
    let soap =
        || fs::read_dir("/usr/lib/php").ok()?.flatten().find(|folder| folder.path().join("soap.so").exists());
    let installed = program("nginx").is_some() && program("php").is_some() && soap().is_some();
    (!installed).then_some("(nginx, php-cli, php-soap) is not installed")
}

fn launch(server: &mut Running) -> Result<(), String> {
    let (php, http, https) = (server.reserve("php"), server.reserve("http"), server.reserve("https"));
    write_site(server).map_err(|error| format!("the site cannot be written: {error}"))?;
    let mut behind = Command::new(program("php").unwrap_or_default());
    behind.args(["-d", "display_errors=0", "-S", &php, "-t"]).arg(server.path("site"));
    behind.env("PHP_CLI_SERVER_WORKERS", "6");
    behind.env("FORM_LOG", server.path("form.log")).env("FORM_SESSIONS", server.path("sessions"));
    server.spawn(&mut behind, "TERM")?;

    nginx::start(server, |folder| pages((&php, &http, &https), folder))?;
    let probe = Request::new("GET", "/form.php");
    server.wait_for("an answer over HTTP", || probe.send(&http).is_ok_and(|answer| answer.status == 200))
}

fn write_site(server: &Running) -> std::io::Result<()> {
    for folder in ["site", "www", "sessions", "tls"] {
        fs::create_dir(server.path(folder))?;
    }
    for (name, text) in SITE {
        fs::write(server.path("site").join(name), text)?;
    }
    let www = server.path("www");
    let page = "<!DOCTYPE html><html><head><link rel=stylesheet href=/style.css></head><body>
        <img src=/a.png><img src=b.png><a href=/page.html>more</a></body></html>";
    let files =
        [("index.html", page), ("page.html", page), ("style.css", "a{}"), ("a.png", "A"), ("b.png", "B")];
    for (name, text) in files {
        fs::write(www.join(name), text.repeat(if name.ends_with("html") { 1 } else { 500 }))?;
    }
    nginx::write_passwords(server)?;
    let certified = rcgen::generate_simple_self_signed(["localhost".to_owned(), "127.0.0.1".to_owned()])
        .map_err(std::io::Error::other)?;
    fs::write(server.path("tls/cert.pem"), certified.cert.pem())?;
    fs::write(server.path("tls/key.pem"), certified.signing_key.serialize_pem())?;
    fs::set_permissions(server.path("passwords"), fs::Permissions::from_mode(0o644))
}

/// What nginx has beside its usual head.
fn pages((php, http, https): (&str, &str, &str), folder: &str) -> String {
    format!(
        "  types {{ text/html html; text/css css; image/png png; }}
  log_format told '$request_method $request_uri $status $connection $ssl_protocol $server_protocol';
  access_log {folder}/access.log told; gzip on; gzip_min_length 100;
  gzip_types text/css;
  server {{
    listen {http}; listen {https} ssl http2; ssl_certificate {folder}/tls/cert.pem; ssl_certificate_key {folder}/tls/key.pem;
    root {folder}/www;
    location /private {{ auth_basic \"r\"; auth_basic_user_file {folder}/passwords; try_files /page.html =404; }}
    location = /moved {{ return 302 /page.html; }}
    location = /cookie {{ add_header Set-Cookie \"sid=$request_id; Path=/\"; default_type text/plain; return 200 \"$cookie_sid\\n\"; }}
    location = /busy {{ return 503; }}
    location ~ \\.php$ {{ proxy_pass http://{php}; proxy_set_header Host $http_host; }}
  }}
"
    )
}
