//! A certificate that nobody vouches for.

use super::adapted::Adapted;
use super::ran::run;
use crate::cyrus::Cyrus;

#[test]
fn a_certificate_of_its_own_is_refused_unless_insecure() {
    let Some(server) = Cyrus::start() else { return };
    let config = Adapted::new(&server, &server.tls_url().expect("Cyrus speaks TLS"));
    let mix = "tests/servers/mixes/everything.plist";
    let arguments = ["--config", config.path(), "--clients", mix, "--users", "2", "--runtime", "5s"];

    let refused = run(&arguments);
    assert_eq!(refused.code, 3, "{}", refused.said());
    let told = format!("{}{}", refused.stdout, refused.stderr);
    assert!(told.contains("certificate"), "{}", refused.said());
    assert!(told.contains("`verify`") && told.contains("--insecure"), "{}", refused.said());

    let trusted = run(&[&arguments[..], &["--insecure"]].concat());
    assert_eq!(trusted.code, 0, "{}", trusted.said());
    assert!(trusted.succeeded("startup") >= 2, "{}", trusted.said());
}
