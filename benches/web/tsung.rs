//! Tsung.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::Scenario;
use super::nginx::{FILE, Nginx};
use super::process::{Running, is_installed};

/// What Tsung needs beside itself: the port mapper of Erlang, on this machine only. It ends with this.
pub struct Ready {
    _mapper: Running,
}

/// None, and that is said, where Tsung is not installed.
pub fn ready() -> Result<Option<Ready>, String> {
    if !is_installed("tsung") || !is_installed("epmd") {
        return Ok(None);
    }
    // Where one runs already this one ends at once, and does no harm.
    let mapper = Running::start(Command::new("epmd").args(["-address", "127.0.0.1"]))?;
    Ok(Some(Ready { _mapper: mapper }))
}

impl Ready {
    /// Completes a command, `tsung`, so that it runs a scenario; its files lie in the folder.
    pub fn complete(
        &self,
        mut command: Command,
        (nginx, scenario): (&Nginx, Scenario),
        folder: &Path,
    ) -> Result<Command, String> {
        let file = folder.join("tsung.xml");
        fs::write(&file, xml(nginx, scenario)?).map_err(|why| why.to_string())?;
        // Nobody but this machine is listened to.
        command
            .args(["-n", "-I", "127.0.0.1", "-f"])
            .arg(file)
            .arg("-l")
            .arg(folder.join("log"))
            .arg("start")
            .env("HOME", folder)
            .env("ERL_EPMD_ADDRESS", "127.0.0.1")
            .env("ERL_FLAGS", "-kernel inet_dist_use_interface {127,0,0,1}");
        Ok(command)
    }
}

fn xml(nginx: &Nginx, scenario: Scenario) -> Result<String, String> {
    let (host, port) = nginx.address.rsplit_once(':').ok_or("an address without a port")?;
    let Scenario { users, ramp, requests, think } = scenario;
    // There is no "at once" with it: so many a second that it launches them as fast as it can.
    let arrivals = users.checked_div(ramp).map_or(1000 * users, |rate| rate.max(1));
    Ok(format!(
        "<?xml version=\"1.0\"?><!DOCTYPE tsung SYSTEM \"/usr/share/tsung/tsung-1.0.dtd\">
<tsung loglevel=\"notice\" version=\"1.0\">
  <clients><client host=\"localhost\" use_controller_vm=\"true\" maxusers=\"30000\"/></clients>
  <servers><server host=\"{host}\" port=\"{port}\" type=\"tcp\"/></servers>
  <load><arrivalphase phase=\"1\" duration=\"{longest}\" unit=\"second\">
    <users arrivalrate=\"{arrivals}\" unit=\"second\" maxnumber=\"{users}\"/></arrivalphase></load>
  <options><option name=\"tcp_timeout\" value=\"60000\"/></options>
  <sessions><session name=\"all\" probability=\"100\" type=\"ts_http\">
    <for from=\"1\" to=\"{requests}\" var=\"n\">
      <request><http url=\"{FILE}\" method=\"GET\" version=\"1.1\"/></request>
      <thinktime value=\"{think}\" random=\"false\"/>
    </for></session></sessions>
</tsung>
",
        longest = 4 * ramp.max(5),
    ))
}
