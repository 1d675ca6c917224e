//! What must hold whatever the server does.

use std::cell::RefCell;
use std::time::Duration;

use proptest::prelude::*;
use tokio::time::{sleep, timeout};

use super::super::testing::{Bench, raw, read_head, virtual_time};
use super::super::{ConnectionRule, SendError};
use crate::event::ErrorKind;

/// What a server does with a request.
const DEEDS: [&str; 11] = [
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok",
    "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=x\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 401 No\r\nWWW-Authenticate: Digest realm=x, nonce=y, stale=true\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nok",
    "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
    "nonsense\r\n\r\n",
    "",
];
/// From here on the server hangs up after the deed; before the last there is something to read.
const LAST_WORDS: usize = 8;

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_request_has_one_end_and_none_hangs(
        deeds in prop::collection::vec((0..DEEDS.len(), 0..40u64, any::<bool>()), 0..40),
        idle in 1..20u64,
        reuse in any::<bool>(),
        percent in prop::sample::select(vec![0.0, 50.0, 100.0]),
    ) {
        virtual_time(async {
            let deeds = std::rc::Rc::new(RefCell::new(deeds));
            let connector = raw(move |_, mut pipe| {
                let deeds = deeds.clone();
                async move {
                    while read_head(&mut pipe).await {
                        let (deed, seconds, leave) = deeds.borrow_mut().pop().unwrap_or((0, 0, false));
                        sleep(Duration::from_secs(seconds)).await;
                        say_if_heard(&mut pipe, DEEDS[deed]).await;
                        if leave || deed >= LAST_WORDS {
                            return;
                        }
                    }
                }
            });
            let mut bench = Bench::new(connector, |settings| {
                settings.timeout = Duration::from_secs(30);
                settings.unauthenticated_percent = percent;
                settings.connections = ConnectionRule { reuse, idle_close: Some(Duration::from_secs(idle)) };
            });
            for (n, method) in ["GET", "POST", "PUT"].iter().cycle().take(30).enumerate() {
                // Three rounds and a probe of 30 s each.
                match timeout(Duration::from_secs(121), bench.send(method)).await {
                    Ok(Ok(answer)) => assert_eq!((answer.status, &*answer.text()), (200, "ok")),
                    Ok(Err(SendError::Failed(failure))) => assert_ne!(failure.kind, ErrorKind::Unanswered),
                    other => panic!("{other:?}"),
                }
                sleep(Duration::from_secs(n as u64 % 5)).await;
            }
            bench.events.assert_paired();
            let own = bench.events.labels().iter().filter(|label| label.ends_with("{test}")).count();
            assert_eq!(own, 30, "each call has one response under its own label");
            for response in bench.events.responses() {
                assert!(response.end >= response.begun && response.begun >= response.due);
                assert_eq!(response.success, response.error.is_none());
            }
        });
    }
}

async fn say_if_heard(pipe: &mut crate::transport::Pipe, text: &str) {
    // The client may have given up; that is its right.
    use tokio::io::AsyncWriteExt;
    let _ = pipe.write_all(text.as_bytes()).await;
}
