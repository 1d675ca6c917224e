//! Questions to one SNMP agent, over UDP.

use std::cell::Cell;
use std::io;
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::time::timeout;

use super::Snmp;
use super::ber::Oid;
use super::message::{Ask, Bound, Response, Version, request, response};
use crate::monitor::MonitorError;

/// After so long without an answer a question is sent again: UDP loses some.
const AGAIN: Duration = Duration::from_millis(500);

/// The most names in one question, so that the answer fits into a packet (RFC 1157 4).
const AT_ONCE: usize = 16;

/// The most rows of a table that are read.
const ROWS: usize = 512;

/// The largest packet.
const PACKET: usize = 65_535;

/// What v1 says of a name that it does not know.
const NO_SUCH_NAME: i64 = 2;

/// A socket to the agent of a monitor. Whoever asks bounds the time.
pub struct Asking<'a> {
    of: &'a Snmp,
    socket: UdpSocket,
    number: Cell<i32>,
}

impl<'a> Asking<'a> {
    pub async fn open(of: &'a Snmp) -> Result<Asking<'a>, MonitorError> {
        let refused = |error: io::Error| MonitorError::Connect { who: of.who(), reason: error.to_string() };
        let mut found = tokio::net::lookup_host((of.host.as_str(), of.port)).await.map_err(refused)?;
        let address = found.next().ok_or_else(|| refused(io::Error::other("its name has no address")))?;
        let own = if address.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
        let socket = UdpSocket::bind(own).await.map_err(refused)?;
        socket.connect(address).await.map_err(refused)?;
        Ok(Asking { of, socket, number: Cell::new(0) })
    }

    /// The values of names, in their order; Nothing for those that are not there.
    pub async fn get(&self, names: &[&Oid]) -> Result<Vec<Bound>, MonitorError> {
        let mut values = Vec::new();
        for some in names.chunks(AT_ONCE) {
            values.extend(self.get_some(some).await?);
        }
        Ok(values)
    }

    async fn get_some(&self, names: &[&Oid]) -> Result<Vec<Bound>, MonitorError> {
        let mut values = vec![Bound::Nothing; names.len()];
        let mut left: Vec<usize> = (0..names.len()).collect();
        while !left.is_empty() {
            let asked: Vec<&Oid> = left.iter().map(|place| names[*place]).collect();
            let answer = self.exchange(Ask::Get, &asked).await?;
            if answer.error == NO_SUCH_NAME && (1..=left.len()).contains(&answer.error_index) {
                // In v1 one name that is not there spoils the whole question.
                left.remove(answer.error_index - 1);
                continue;
            }
            self.without_error(&answer)?;
            for (place, (_, value)) in left.iter().zip(answer.bindings) {
                values[*place] = value;
            }
            break;
        }
        Ok(values)
    }

    /// The columns of a table row by row, each by the names of these columns: index and values.
    pub async fn walk(&self, columns: &[&Oid]) -> Result<Vec<Vec<Bound>>, MonitorError> {
        let mut rows = Vec::new();
        let mut at: Vec<Oid> = columns.iter().map(|column| (*column).clone()).collect();
        while rows.len() < ROWS {
            let answer = self.exchange(Ask::GetNext, &at.iter().collect::<Vec<_>>()).await?;
            if answer.error == NO_SUCH_NAME {
                break;
            }
            self.without_error(&answer)?;
            let found = answer.bindings;
            // The first column leads; another may lack a row, and some say nothing at all.
            let Some((name, _)) = found.first() else { break };
            if found.len() != columns.len() || !name.is_below(columns[0]) || *name <= at[0] {
                break;
            }
            let index = name.rest(columns[0]).to_vec();
            let cell = |(column, (name, value)): (&&Oid, &(Oid, Bound))| {
                let same = name.is_below(column) && name.rest(column) == index;
                if same { value.clone() } else { Bound::Nothing }
            };
            rows.push(columns.iter().zip(&found).map(cell).collect());
            at = columns.iter().map(|column| column.with(&index)).collect();
        }
        Ok(rows)
    }

    fn without_error(&self, answer: &Response) -> Result<(), MonitorError> {
        if answer.error == 0 {
            return Ok(());
        }
        Err(MonitorError::Refused { who: self.of.who(), reason: format!("SNMP error {}", answer.error) })
    }

    /// Sends a question until it is answered.
    async fn exchange(&self, ask: Ask, names: &[&Oid]) -> Result<Response, MonitorError> {
        let broken =
            |error: io::Error| MonitorError::Broken { who: self.of.who(), reason: error.to_string() };
        let number = self.number.get() + 1;
        self.number.set(number);
        let packet = request(self.of.version, &self.of.community, ask, number, names);
        let mut buffer = vec![0; PACKET];
        loop {
            self.socket.send(&packet).await.map_err(broken)?;
            let answer = async {
                loop {
                    let length = self.socket.recv(&mut buffer).await?;
                    // What is no answer to this question came late, or from nobody who knows.
                    if let Some(read) = response(&buffer[..length]).filter(|read| read.request == number) {
                        return Ok(read);
                    }
                }
            };
            if let Ok(answer) = timeout(AGAIN, answer).await {
                return answer.map_err(broken);
            }
        }
    }
}

impl Version {
    /// The version of this name.
    pub const WORDS: [(&'static str, Version); 2] = [("1", Version::V1), ("2c", Version::V2c)];
}
