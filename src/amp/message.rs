//! What a box says: a command, its answer, or an error.
use super::{Error, Frame};

/// The commands of the push protocol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Client to server: tell me when `id` changes.
    SubscribeToId {
        /// A UUID that ties the subscriptions of one subscriber together inside the server.
        token: String,
        /// A push key, or `any` for every key.
        id: String,
    },
    /// Client to server: no longer. The ancestor's last state sends no token.
    UnsubscribeFromId {
        /// The token given when subscribing.
        token: Option<String>,
        /// The push key.
        id: String,
    },
    /// Server to client: `id` has changed.
    NotificationForId {
        /// The push key.
        id: String,
        /// When the data changed, in seconds since 1970.
        data_changed: Option<i64>,
        /// 1 low, 5 medium, 10 high.
        priority: Option<u8>,
    },
}

impl Command {
    fn name(&self) -> &'static str {
        match self {
            Command::SubscribeToId { .. } => "SubscribeToID",
            Command::UnsubscribeFromId { .. } => "UnsubscribeFromID",
            Command::NotificationForId { .. } => "NotificationForID",
        }
    }

    fn arguments(&self) -> Vec<(&'static str, String)> {
        match self {
            Command::SubscribeToId { token, id } => vec![("token", token.clone()), ("id", id.clone())],
            Command::UnsubscribeFromId { token, id } => {
                let token = token.iter().map(|token| ("token", token.clone()));
                token.chain([("id", id.clone())]).collect()
            }
            Command::NotificationForId { id, data_changed, priority } => {
                let changed = data_changed.map(|time| ("dataChangedTimestamp", time.to_string()));
                let priority = priority.map(|priority| ("priority", priority.to_string()));
                [("id", id.clone())].into_iter().chain(changed).chain(priority).collect()
            }
        }
    }

    /// The box that asks for this command; `serial` comes from [`Serials`].
    pub fn ask(&self, serial: &str) -> Frame {
        let head = [("_ask", serial.to_owned()), ("_command", self.name().to_owned())];
        Frame::new(head.into_iter().chain(self.arguments()))
    }

    fn read(name: &str, frame: &Frame) -> Result<Command, Error> {
        let missing = |argument| Error::Argument { command: name.to_owned(), argument };
        let id = || frame.text("id").ok_or_else(|| missing("id"));
        match name {
            "SubscribeToID" => {
                let token = frame.text("token").ok_or_else(|| missing("token"))?;
                Ok(Command::SubscribeToId { token, id: id()? })
            }
            "UnsubscribeFromID" => Ok(Command::UnsubscribeFromId { token: frame.text("token"), id: id()? }),
            "NotificationForID" => Ok(Command::NotificationForId {
                id: id()?,
                data_changed: number(frame, "dataChangedTimestamp").map_err(missing)?,
                priority: number(frame, "priority").map_err(missing)?,
            }),
            other => Err(Error::UnknownCommand(other.chars().take(80).collect())),
        }
    }
}

/// An optional decimal argument; the argument's name when it is no number.
fn number<T: std::str::FromStr>(frame: &Frame, argument: &'static str) -> Result<Option<T>, &'static str> {
    frame.text(argument).map(|text| text.trim().parse().map_err(|_| argument)).transpose()
}

/// A box, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// A command; without a serial no answer is expected.
    Ask {
        /// The serial the answer must carry.
        serial: Option<String>,
        /// The command, or why it cannot be obeyed (which belongs into an error answer).
        command: Result<Command, Error>,
    },
    /// The answer to the command of that serial.
    Answer {
        /// The command's serial.
        serial: String,
        /// `OK`, in this protocol.
        status: Option<String>,
    },
    /// The command of that serial failed.
    Failure {
        /// The command's serial.
        serial: String,
        /// A code as `UNHANDLED`.
        code: String,
        /// A text for people.
        description: String,
    },
}

impl Message {
    /// What a box says.
    ///
    /// # Errors
    /// The box is neither command nor answer.
    pub fn read(frame: &Frame) -> Result<Message, Error> {
        if let Some(name) = frame.text("_command") {
            let command = Command::read(&name, frame);
            return Ok(Message::Ask { serial: frame.text("_ask"), command });
        }
        if let Some(serial) = frame.text("_answer") {
            return Ok(Message::Answer { serial, status: frame.text("status") });
        }
        let serial = frame.text("_error").ok_or(Error::NoKind)?;
        let code = frame.text("_error_code").unwrap_or_default();
        let description = frame.text("_error_description").unwrap_or_default();
        Ok(Message::Failure { serial, code, description })
    }

    /// The box that answers the command of that serial with status OK.
    pub fn ok(serial: &str) -> Frame {
        Frame::new([("_answer", serial), ("status", "OK")])
    }

    /// The box that refuses the command of that serial.
    pub fn refusal(serial: &str, error: &Error) -> Frame {
        let code = match error {
            Error::UnknownCommand(_) => "UNHANDLED",
            _ => "UNKNOWN",
        };
        let description = error.to_string();
        Frame::new([("_error", serial), ("_error_code", code), ("_error_description", description.as_str())])
    }
}

/// The serials of one connection's commands: lower-case hexadecimal from 1.
#[derive(Debug, Default)]
pub struct Serials(u64);

impl Serials {
    /// A serial not used before on this connection.
    pub fn draw(&mut self) -> String {
        self.0 += 1;
        format!("{:x}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_notification_has_the_bytes_of_the_transcript() {
        let id = "/CalDAV/localhost/10000000-0000-0000-0000-000000000051/".to_owned();
        let command =
            Command::NotificationForId { id, data_changed: Some(1_795_288_358), priority: Some(10) };
        let bytes = command.ask("1").encode().unwrap();
        assert_eq!(bytes.len(), 149);
        assert!(bytes.starts_with(b"\x00\x04_ask\x00\x011\x00\x08_command\x00\x11NotificationForID\x00\x14dataChangedTimestamp\x00\n1795288358\x00\x02id\x007/CalDAV/"));
        assert!(bytes.ends_with(b"/\x00\x08priority\x00\x0210\x00\x00"));
    }

    #[test]
    fn a_command_that_cannot_be_obeyed_still_has_its_serial() {
        let frame = Frame::new([("_ask", "a"), ("_command", "SubscribeToID"), ("id", "x")]);
        let Ok(Message::Ask { serial, command: Err(error) }) = Message::read(&frame) else { panic!() };
        assert_eq!(serial.as_deref(), Some("a"));
        assert_eq!(error.to_string(), "AMP command SubscribeToID: argument token is missing or malformed");
        let refusal = Message::read(&Message::refusal("a", &error)).unwrap();
        assert!(matches!(refusal, Message::Failure { serial, .. } if serial == "a"));
        assert_eq!(Message::read(&Frame::new([("x", "y")])), Err(Error::NoKind));
    }

    #[test]
    fn serials_are_hexadecimal() {
        let mut serials = Serials::default();
        assert_eq!((0..10).map(|_| serials.draw()).last().as_deref(), Some("a"));
    }

    proptest! {
        #[test]
        fn commands_are_read_back(token in any::<Option<u16>>(), id in "[a-z/]{0,20}", data_changed: Option<i64>, priority: Option<u8>) {
            let token = token.map(|token| token.to_string());
            let commands = [
                Command::SubscribeToId { token: token.clone().unwrap_or_default(), id: id.clone() },
                Command::UnsubscribeFromId { token, id: id.clone() },
                Command::NotificationForId { id, data_changed, priority },
            ];
            for command in commands {
                let expected = Message::Ask { serial: Some("7".into()), command: Ok(command.clone()) };
                prop_assert_eq!(Message::read(&command.ask("7")), Ok(expected));
            }
        }
    }
}
