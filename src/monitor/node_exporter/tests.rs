//! Against texts such as a node exporter writes, and against sockets that are none.

use super::*;
use crate::config::{Diagnostics, read_bytes};
use crate::http::testing::real_time;

const TEXT: &str = "node_cpu_seconds_total{cpu=\"0\",mode=\"idle\"} 800
node_cpu_seconds_total{cpu=\"0\",mode=\"iowait\"} 50
node_cpu_seconds_total{cpu=\"0\",mode=\"user\"} 100
node_cpu_seconds_total{cpu=\"1\",mode=\"system\"} 50
node_memory_MemTotal_bytes 1000
node_memory_MemAvailable_bytes 750
node_load1 0.25
node_network_receive_bytes_total{device=\"lo\"} 1e9
node_network_receive_bytes_total{device=\"eth0\"} 2000
node_disk_reads_total{device=\"sda\"} 7
";

fn monitor(params: &str) -> Result<Rc<dyn Monitor>, String> {
    let diags = Diagnostics::new();
    let text = format!("<plist><dict>{params}</dict></plist>");
    let value = read_bytes("c", text.as_bytes(), &diags).unwrap();
    let table = Table::new(&value, &diags, "the parameters").unwrap();
    let built = build(&table, "127.0.0.1");
    table.finish();
    match diags.all().first() {
        Some(first) => Err(first.message.clone()),
        None => Ok(built.unwrap()),
    }
}

fn exporter(metrics: Vec<Metric>) -> NodeExporter {
    let place = Place::parse("http://127.0.0.1:1", Trust::Verify).unwrap();
    NodeExporter { place, standard: true, metrics }
}

#[test]
fn the_machine_is_read() {
    let reads = Metric {
        name: "reads".into(),
        metric: "node_disk_reads_total".into(),
        labels: vec![("device".into(), "sda".into())],
        unit: Unit::PerSecond,
        total: true,
    };
    let monitor = exporter(vec![reads]);
    let Answer::Values(found) = monitor.values(TEXT).unwrap() else { panic!() };
    let expected = [
        Value::share("cpu", 150.0, 1000.0),
        Value::now("memory", Unit::Bytes, 250.0),
        Value::now("load", Unit::Number, 0.25),
        Value::total("network in", Unit::BytesPerSecond, 2000.0),
        Value::total("reads", Unit::PerSecond, 7.0),
    ];
    assert_eq!(found, expected);
    let without = TEXT.replace("node_disk", "node_disc");
    let Answer::Partly(found, why) = monitor.values(&without).unwrap() else { panic!() };
    assert_eq!(found, expected[..4]);
    assert!(why.to_string().ends_with("there is no `node_disk_reads_total` with these labels"), "{why}");
}

#[test]
fn what_is_not_there_is_said() {
    let why = exporter(Vec::new()).values("a 1\n").unwrap_err().to_string();
    assert_eq!(why, "http://127.0.0.1:1/metrics answers nonsense: there are no metrics of a node exporter");
    let chosen = |text: &str| format!("<key>metrics</key><array><dict>{text}</dict></array>");
    assert_eq!(
        monitor(&chosen("<key>name</key><string>a</string>")).err().unwrap(),
        "`metric` is missing in a metric"
    );
    assert!(monitor("<key>url</key><string>ftp://a</string>").err().unwrap().contains("ftp"));
    assert!(
        monitor(&chosen("<key>metric</key><string>a</string><key>unit</key><string>bytes</string>")).is_ok()
    );
}

#[test]
fn nobody_there_is_one_line() {
    let asked = |params: &'static str| {
        real_time(async move {
            let asked = monitor(params).unwrap();
            asked.ask(Clock::starting_now(), Duration::from_millis(600)).await.unwrap_err().to_string()
        })
    };
    let why = asked("<key>url</key><string>http://127.0.0.1:1</string>");
    assert!(why.starts_with("http://127.0.0.1:1/metrics cannot be reached: GET: "), "{why}");
}

#[test]
fn a_token_in_the_url_is_in_no_message() {
    let place = Place::parse("http://127.0.0.1:1/metrics?token=s3cret\u{1}", Trust::Verify).unwrap();
    let patience = Duration::from_secs(1);
    let why = real_time(async { place.get(Clock::starting_now(), patience).await.unwrap_err() });
    assert_eq!(
        why.to_string(),
        "http://127.0.0.1:1/metrics cannot be reached: GET: /metrics cannot be sent by HTTP"
    );
}
