//! The grammar, by examples and as properties.

use proptest::prelude::*;

use super::*;

fn fault(text: &str) -> (String, String, String) {
    let fault = text.parse::<Expression>().unwrap_err();
    (text[fault.place].to_owned(), fault.message, fault.help)
}

#[test]
fn what_is_written_is_printed_in_the_one_usual_way() {
    for (written, printed) in [
        ("operation invite response p95 < 2s", "operation invite response p95 < 2s"),
        ("  request PUT{event}   failed<1%", "request PUT{event} failed < 1%"),
        ("lag p99 below 50ms", "lag p99 < 50ms"),
        ("request PUT{*} service p99.9 <= 1m30s", "request PUT{*} service p99.9 <= 90s"),
        ("operation reply done response max < 0.5s", "operation reply done response max < 500ms"),
        ("request failed <= 0", "request failed <= 0"),
        ("operation failed < 2.5%", "operation failed < 2.5%"),
        ("request rate above 10", "request rate > 10/s"),
        ("request rate >= 10/s", "request rate >= 10/s"),
        ("operation 'create' count > 100", "operation create count > 100"),
        ("operation \"my count\" count > 1", "operation \"my count\" count > 1"),
        ("request REPORT{sync} lag mean < 1ms", "request REPORT{sync-coll} lag mean < 1ms"),
        ("operation startup: OS X 10.6 service p50 < 1s", "operation startup service p50 < 1s"),
    ] {
        assert_eq!(
            written.parse::<Expression>().map(|one| one.to_string()),
            Ok(printed.to_owned()),
            "{written}"
        );
    }
}

#[test]
fn a_number_of_failures_is_no_percentage() {
    let measure = |text: &str| text.parse::<Expression>().map(|one| (one.measure, one.limit));
    assert_eq!(measure("request failed < 5%"), Ok((Measure::FailedPercent, 5.0)));
    assert_eq!(measure("request failed < 5"), Ok((Measure::FailedCount, 5.0)));
}

#[test]
fn a_fault_is_at_its_word_and_says_the_way_out() {
    for (text, place, message, help) in [
        ("", "", "is empty", "say what shall hold"),
        (
            "operatin invite response p95 < 2s",
            "operatin",
            "expected `operation`",
            "did you mean `operation`?",
        ),
        ("PUT{event} failed < 1%", "PUT{event}", "expected `operation`", "write `request PUT{event} ...`"),
        ("p95 < 2s", "p95", "of what is not said", "write `operation p95"),
        ("operation invite respons p95 < 2s", "respons", "is no measure", "did you mean `response`?"),
        ("operation invite faild < 1%", "faild", "is no measure", "did you mean `failed`?"),
        ("operation invite p95 < 2s", "p95", "expected `response`", "write `response p95`"),
        ("operation invite < 2s", "<", "expected `response`", "as in"),
        ("operation", "", "expected `response`", "as in"),
        (
            "operation invite response < 2s",
            "<",
            "a percentile, `mean` or `max` after `response`",
            "`response p95`",
        ),
        ("operation invite response 95 < 2s", "95", "a percentile", "write p95"),
        ("operation invite response median < 2s", "median", "a percentile", "write p50"),
        ("operation invite response p999 < 2s", "p999", "is no percentile", "write p99.9"),
        ("operation invite response p0 < 2s", "p0", "is no percentile", "p50 is the median"),
        ("lag p99 = 2s", "=", "expected `<`", ""),
        ("lag p99 2s", "2s", "expected `<`", ""),
        ("lag p99 <", "", "expected the limit", "`50ms`"),
        ("lag p99 < 200", "200", "has no unit", "`200ms` or `200s`"),
        ("lag p99 < 1%", "1%", "is no time", "`50ms`"),
        ("lag p99 < 2 s", "s", "nothing may follow", "`2s`, without a blank"),
        ("lag p99 < 2s abort 10s", "abort", "nothing may follow", "are keys beside"),
        ("lag p99 < 0s", "0s", "nothing is below 0", "`<= 0s`"),
        ("lag p99 < -1s", "-1s", "cannot be negative", ""),
        ("request failed < 101%", "101%", "no percentage", ""),
        ("request failed < x%", "x%", "no percentage", ""),
        ("request failed < 1.5", "1.5", "no percentage and no number", "`1%` or `5`"),
        ("request failed > 100%", "100%", "no more than 100%", ""),
        ("request count > 1%", "1%", "no whole number", "`100`"),
        ("request rate > 1/m", "1/m", "is no rate", "`10/s`"),
        ("operation 'invite failed < 1%", "'invite failed < 1%", "no end", "close it"),
        ("operation '' failed < 1%", "''", "the label is empty", "leave it out"),
    ] {
        let found = fault(text);
        assert_eq!(found.0, place, "{text}: {found:?}");
        assert!(found.1.contains(message) && found.2.contains(help), "{text}: {found:?}");
    }
}

/// A part in quotes ends at the first quote of its kind.
fn writable(label: &str) -> bool {
    label.split(' ').all(|part| !(part.contains('"') && part.contains('\'')))
}

fn labels() -> impl Strategy<Value = Labels> {
    prop_oneof![
        Just(Labels::Together),
        "[A-Z]{1,4}\\{[a-z*-]{1,6}\\}".prop_map(|name| Labels::named(&name)),
        "[a-zé'\"<>=0-9 *?{}:]{1,12}".prop_filter_map("no label that can be written", |name| {
            (!name.trim().is_empty() && writable(&name)).then(|| Labels::named(&name))
        }),
        prop_oneof![Just("count"), Just("p95"), Just("my lag p9 x"), Just("reply done")]
            .prop_map(Labels::named),
    ]
}

fn quantiles() -> impl Strategy<Value = Quantile> {
    let percentile = (1u32..=100_000).prop_map(|n| Quantile::Percentile(f64::from(n) / 1000.0));
    prop_oneof![Just(Quantile::Mean), Just(Quantile::Max), percentile]
}

fn measures() -> impl Strategy<Value = (Measure, f64)> {
    let spans = prop_oneof![Just(Span::Response), Just(Span::Service), Just(Span::Lag)];
    let times = (spans, quantiles(), 1u64..4_000_000_000)
        .prop_map(|(span, quantile, micros)| (Measure::Time(span, quantile), micros as f64 / 1e6));
    let percent = (1u32..1000).prop_map(|n| (Measure::FailedPercent, f64::from(n) / 10.0));
    let rate = (1u32..100_000).prop_map(|n| (Measure::Rate, f64::from(n) / 100.0));
    let whole = (prop_oneof![Just(Measure::FailedCount), Just(Measure::Count)], 1u32..)
        .prop_map(|(m, n)| (m, f64::from(n)));
    prop_oneof![times, percent, rate, whole]
}

fn expressions() -> impl Strategy<Value = Expression> {
    let relations = prop_oneof![
        Just(Relation::Below),
        Just(Relation::AtMost),
        Just(Relation::Above),
        Just(Relation::AtLeast)
    ];
    (labels(), any::<bool>(), measures(), relations).prop_map(
        |(labels, operation, (measure, limit), relation)| {
            let subject = match (&labels, measure) {
                (Labels::Together, Measure::Time(Span::Lag, _)) if operation => Subject::Everything,
                _ if operation => Subject::Operations(labels),
                _ => Subject::Requests(labels),
            };
            Expression { subject, measure, relation, limit }
        },
    )
}

proptest! {
    #[test]
    fn what_is_printed_parses_to_the_same(expression in expressions()) {
        let text = expression.to_string();
        prop_assert_eq!(text.parse::<Expression>(), Ok(expression), "{}", text);
    }

    #[test]
    fn no_text_panics_and_a_fault_is_within_it(text in ".{0,40}", words in "((operation|request|lag|p9|<|failed|1%|2s|'|é) ?){0,8}") {
        for text in [text, words] {
            if let Err(fault) = text.parse::<Expression>() {
                prop_assert!(text.get(fault.place).is_some());
            }
        }
    }
}
