//! AMP boxes: however the bytes are cut, the same boxes come out, and each of them is written and read back.
use populace::amp::{Decoder, Error, Frame, Message};

pub fn check(data: &[u8]) {
    let Some((&step, wire)) = data.split_first() else { return };
    let whole = decode(std::iter::once(wire));
    let cut = decode(wire.chunks(usize::from(step).max(1)));
    assert_eq!(whole.0, cut.0, "other boxes in pieces of {step}");
    // A peer that talks another protocol may be found out earlier, but never only in one of the two ways.
    assert_eq!(whole.1.is_some(), cut.1.is_some());
    let mut size = 0;
    for frame in &whole.0 {
        let bytes = frame.encode().expect("what was read can be written");
        size += bytes.len();
        assert_eq!(decode(std::iter::once(bytes.as_slice())), (vec![frame.clone()], None));
        understood(frame);
    }
    assert!(size <= wire.len(), "more came out than went in");
}

/// Feeds piece by piece, as a connection does.
fn decode<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> (Vec<Frame>, Option<Error>) {
    let (mut decoder, mut frames) = (Decoder::default(), Vec::new());
    for piece in pieces {
        decoder.feed(piece);
        loop {
            match decoder.next() {
                Ok(Some(frame)) => frames.push(frame),
                Ok(None) => break,
                Err(error) => return (frames, Some(error)),
            }
        }
    }
    (frames, None)
}

/// A command that was understood says the same when it is asked again; one that was not gets an answer.
fn understood(frame: &Frame) {
    match Message::read(frame) {
        Ok(Message::Ask { serial, command: Ok(command) }) => {
            let serial = serial.unwrap_or_default();
            let expected = Message::Ask { serial: Some(serial.clone()), command: Ok(command.clone()) };
            assert_eq!(Message::read(&command.ask(&serial)), Ok(expected));
        }
        Ok(Message::Ask { serial: Some(serial), command: Err(error) }) => {
            let refusal = Message::refusal(&serial, &error);
            assert!(
                matches!(Message::read(&refusal), Ok(Message::Failure { serial: same, .. }) if same == serial)
            );
            if serial.len() < 1_000 {
                refusal.encode().expect("a refusal can be sent");
            }
        }
        Ok(_) | Err(_) => {}
    }
}
