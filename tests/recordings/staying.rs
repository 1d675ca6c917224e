//! What is kept from one run to the next.

use populace::calendar::program::Program;
use populace::calendar::wire::{self, labels};

use crate::stage::{Stage, home, keeper, play};

const EVENT: &[u8] = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//EN\r\nBEGIN:VEVENT\r\nUID:e1\r\nDTSTAMP:20261121T000000Z\r\nDTSTART:20261201T100000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

#[test]
fn a_warm_start_asks_for_changes_only() {
    let folder = tempfile::tempdir().unwrap();
    play(async {
        let kept =
            |program| Program { state: keeper(folder.path(), "http://localhost:8008", true), ..program };
        let stage = Stage::new();
        let mut first = stage.client_with("OS_X_10_11", 1, kept);
        stage.arrive(&mut first).await;
        let calendar = format!("{}calendar/", home(1));
        let cx = stage.context(&first);
        let href =
            wire::put_new_event(&cx, first.known(), &calendar, "e1", EVENT.to_vec(), labels::PUT_EVENT)
                .await
                .unwrap();
        stage.poll(&mut first).await;
        first.known().set_note("Test", "kept");
        first.leave();
        stage.take();

        let mut second = stage.client_with("OS_X_10_11", 1, kept);
        stage.arrive(&mut second).await;
        // As the ancestor's transcript of a warm start shows.
        assert_eq!(
            stage.labels(),
            ["PROPFIND{principal}", "REPORT{pset}", "REPORT{sync-home}", "PROPFIND{inbox}"]
        );
        let memory = second.known();
        assert_eq!(memory.event(&href).unwrap().1.body.as_deref(), Some(EVENT));
        assert_eq!(memory.note("Test"), Some("kept"));
        assert!(memory.pushkeys().next().is_some());
        assert_eq!(stage.notices(), [""; 0]);
    });
}

#[test]
fn what_belongs_to_another_or_cannot_be_read_is_not_believed() {
    let folder = tempfile::tempdir().unwrap();
    play(async {
        let at = |server: &'static str, old| {
            let folder = folder.path().to_owned();
            move |program| Program { state: keeper(&folder, server, old), ..program }
        };
        let stage = Stage::new();
        let leave = async || {
            let mut client = stage.client_with("OS_X_10_7", 1, at("http://a", true));
            stage.arrive(&mut client).await;
            client.leave();
            stage.take();
        };
        let cold = async |server, old| {
            let mut client = stage.client_with("OS_X_10_7", 1, at(server, old));
            stage.arrive(&mut client).await;
            stage.labels()[0] == "PROPFIND{well-known}"
        };
        leave().await;
        assert!(!cold("http://a", true).await);
        assert!(cold("http://b", true).await, "another server");
        let mut files: Vec<_> =
            std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().path()).collect();
        assert_eq!(files.len(), 1);
        let file = files.remove(0);
        std::fs::write(folder.path().join("mine.txt"), "precious").unwrap();
        std::fs::write(&file, "{\"form\":1}").unwrap();
        assert!(cold("http://a", true).await, "unreadable");
        assert!(stage.notices()[0].contains("starts cold"));
        leave().await;
        assert!(cold("http://a", false).await, "old data is not wanted");
        assert!(!file.exists());
        assert!(folder.path().join("mine.txt").exists());
    });
}
