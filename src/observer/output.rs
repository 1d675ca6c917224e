//! Where observers print while a run goes on.

use std::cell::RefCell;
use std::io::Write;
use std::rc::Rc;
use std::time::Duration;

use super::Spool;

/// The one writer of live lines; copies write to the same place.
#[derive(Clone)]
pub struct Output(Rc<RefCell<Writer>>);

enum Writer {
    /// At once and without loss: for rehearsals, where the run waits for its log.
    Direct(Box<dyn Write>),
    /// By a thread behind a queue: for runs, where the log never makes a client wait.
    Spooled(Spool<String>),
}

impl Output {
    /// Writes at once.
    pub fn direct(writer: impl Write + 'static) -> Output {
        Output(Rc::new(RefCell::new(Writer::Direct(Box::new(writer)))))
    }

    /// Writes through a queue; when it is full, lines are dropped and counted.
    pub fn spooled(writer: impl Write + Send + 'static) -> Output {
        Output(Rc::new(RefCell::new(Writer::Spooled(Spool::lines(writer, Duration::ZERO)))))
    }

    /// Writes one line, or several in one text, and the end of the last.
    pub fn line(&self, mut text: String) {
        text.push('\n');
        match &mut *self.0.borrow_mut() {
            // Nobody may read any more; the run goes on for its report.
            Writer::Direct(writer) => drop(writer.write_all(text.as_bytes())),
            Writer::Spooled(spool) => drop(spool.push(text)),
        }
    }

    /// Waits until all is written, but not longer than `patience`; then how many lines were dropped. What is
    /// printed afterwards stands after everything that was printed here.
    pub fn finish(&self, patience: Duration) -> u64 {
        match &mut *self.0.borrow_mut() {
            Writer::Direct(writer) => {
                let _ = writer.flush();
                0
            }
            Writer::Spooled(spool) => {
                spool.finish(patience);
                spool.dropped()
            }
        }
    }
}

#[cfg(test)]
pub mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    /// What an output wrote.
    #[derive(Clone, Default)]
    pub struct Written(Arc<Mutex<Vec<u8>>>);

    impl Write for Written {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    impl Written {
        pub fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }
    }

    #[test]
    fn both_ways_write_every_line() {
        for spooled in [false, true] {
            let written = Written::default();
            let output =
                if spooled { Output::spooled(written.clone()) } else { Output::direct(written.clone()) };
            (0..3).for_each(|number| output.line(number.to_string()));
            assert_eq!(output.finish(Duration::from_secs(10)), 0);
            assert_eq!(written.text(), "0\n1\n2\n");
        }
    }
}
