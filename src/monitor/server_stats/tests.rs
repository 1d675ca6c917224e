use super::*;
use tokio::io::DuplexStream;
use tokio::net::TcpListener;

const PATIENCE: Duration = Duration::from_secs(2);

fn monitor() -> ServerStats {
    ServerStats::new(StatsAddress::Tcp("h".into(), 1))
}

fn clock() -> Clock {
    Clock::starting_at("2026-01-05T09:10:00Z".parse().unwrap())
}

/// Asks a server that does what `serve` does with its end of the connection.
async fn asked<F: Future<Output = ()>>(
    serve: impl FnOnce(DuplexStream) -> F,
) -> Result<ServerFigures, String> {
    let (ours, theirs) = tokio::io::duplex(1024);
    let monitor = monitor();
    let (answer, ()) = tokio::join!(monitor.ask_over(ours, clock(), PATIENCE), serve(theirs));
    answer.map_err(|error| error.to_string())
}

const FIVE: &str = r#"{"requests":600,"t":12000,"slots":1200,"cpu":24000}"#;
const NONE: &str = r#"{"requests":0}"#;

#[tokio::test(start_paused = true)]
async fn both_protocols_are_understood() {
    let of_2013 = asked(|mut stream| async move {
        let text = format!("{{\"5 Minutes\":{FIVE},\"Current\":{NONE}}}\r\n");
        stream.write_all(text.as_bytes()).await.unwrap();
    });
    let later = asked(|mut stream| async move {
        let mut command = vec![0; COMMAND.len()];
        stream.read_exact(&mut command).await.unwrap();
        assert_eq!(command, COMMAND);
        let text = format!("{{\"stats\":{{\"5m\":{FIVE},\"current\":{NONE}}}}}\r\n");
        stream.write_all(text.as_bytes()).await.unwrap();
        // It stays open: the monitor must not wait for an end.
        tokio::time::sleep(Duration::from_secs(60)).await;
    });
    for figures in [of_2013.await, later.await] {
        let figures = figures.unwrap();
        assert_eq!((figures.requests_per_s, figures.response_ms, figures.window_s), (2.0, 20.0, 300.0));
    }
}

#[tokio::test(start_paused = true)]
async fn bad_servers_are_one_line_each() {
    let silent = asked(|stream| async move {
        tokio::time::sleep(Duration::from_secs(60)).await;
        drop(stream);
    });
    assert_eq!(silent.await.unwrap_err(), "the statistics socket h:1 has not answered within 2 s");
    let nonsense = asked(|mut stream| async move {
        stream.write_all(b"<html>\n").await.unwrap();
    });
    let said = nonsense.await.unwrap_err();
    assert!(said.starts_with("the statistics socket h:1 answers nonsense: no JSON"), "{said}");
    let endless = asked(|mut stream| async move { while stream.write_all(&[b'x'; 1000]).await.is_ok() {} });
    assert_eq!(endless.await.unwrap_err(), "the statistics socket h:1 sends more than 1048576 bytes");
    let closed = asked(|stream| async move { drop(stream) });
    assert!(closed.await.unwrap_err().contains("nonsense"));
}

#[tokio::test]
async fn a_refused_connection_and_a_missing_socket_are_said() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let tcp = ServerStats::new(StatsAddress::Tcp("127.0.0.1".into(), port));
    let said = tcp.ask(clock(), PATIENCE).await.unwrap_err().to_string();
    assert!(
        said.starts_with(&format!("the statistics socket 127.0.0.1:{port} cannot be reached: ")),
        "{said}"
    );
    let unix = ServerStats::new(StatsAddress::Unix("/nonexistent/stats.sock".into()));
    assert!(matches!(unix.ask(clock(), PATIENCE).await, Err(MonitorError::Connect { .. })));
}

#[tokio::test]
async fn one_deadline_holds_for_connection_and_answer() {
    // Nobody accepts: the system connects, and no answer comes.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let silent = ServerStats::new(StatsAddress::Tcp("127.0.0.1".into(), port));
    let said = silent.ask(clock(), Duration::from_millis(400)).await.unwrap_err().to_string();
    assert!(said.ends_with("has not answered within 0.4 s"), "{said}");
}
