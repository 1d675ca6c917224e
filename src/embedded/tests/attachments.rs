use super::*;

#[tokio::test]
async fn an_attachment_is_added_read_changed_and_removed() {
    let server = server();
    put(&server, 1, "a.ics", &event("a", "20260105T100000Z", "")).await;
    let path = format!("{}calendar/a.ics", home(1));
    let head = format!(
        "POST {path}?action=attachment-add\nContent-Disposition: attachment; filename=\"file-300.txt\""
    );
    let answer = send(&server, 1, &head, &"x".repeat(300)).await;
    assert_eq!(answer.status, 201);
    let id = answer.header("cal-managed-id").to_owned();
    let location = answer.header("location").to_owned();
    assert_ne!(answer.header("etag"), "");
    assert!(location.ends_with(&format!("file-300-{}.txt", &id[..8])), "{location}");
    let text = send(&server, 1, &format!("GET {path}"), "").await.body.replace("\r\n ", "");
    let line = text.lines().find(|l| l.starts_with("ATTACH")).unwrap();
    assert!(line.contains(&id) && line.contains("SIZE=300") && line.ends_with(&location), "{line}");
    let get = format!("GET {}", location.strip_prefix("http://localhost:8008").unwrap());
    assert_eq!(send(&server, 1, &get, "").await.body.len(), 300);
    assert_eq!(send(&server, 0, &get, "").await.status, 401);
    let update = format!("POST {path}?action=attachment-update&managed-id={id}");
    let answer = send(&server, 1, &update, "new").await;
    assert_eq!(answer.status, 200);
    let id = answer.header("cal-managed-id").to_owned();
    assert_eq!(send(&server, 1, &get, "").await.status, 404);
    let remove = format!("POST {path}?action=attachment-remove&managed-id=");
    assert_eq!(send(&server, 1, &(remove.clone() + "other"), "").await.status, 403);
    assert_eq!(send(&server, 1, &(remove + &id), "").await.status, 204);
    assert!(!send(&server, 1, &format!("GET {path}"), "").await.body.contains("ATTACH"));
}

#[tokio::test]
async fn a_deleted_event_takes_its_attachments_along() {
    let server = server();
    put(&server, 1, "a.ics", &event("a", "20260105T100000Z", "")).await;
    let path = format!("{}calendar/a.ics", home(1));
    let answer = send(&server, 1, &format!("POST {path}?action=attachment-add"), "x").await;
    let get = format!("GET {}", answer.header("location").strip_prefix("http://localhost:8008").unwrap());
    assert_eq!(send(&server, 1, &get, "").await.status, 200);
    send(&server, 1, &format!("DELETE {path}"), "").await;
    assert_eq!(send(&server, 1, &get, "").await.status, 404);
}
