//! A client program that nobody compiled in.

use crate::command::{populace, root, texts};

#[test]
fn a_folder_is_a_client_program() {
    let folder = tempfile::tempdir().unwrap();
    let models = folder.path().join("clients/models");
    let made_up = models.join("Diary_1_0");
    std::fs::create_dir_all(&made_up).unwrap();
    for file in std::fs::read_dir(root().join("clients/models/OS_X_10_7")).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), made_up.join(file.file_name())).unwrap();
    }
    let model = made_up.join("model.plist");
    let text = std::fs::read_to_string(&model).unwrap();
    let changed = text.replace("CalendarStore/5.0.2", "Diary/1.0");
    assert_ne!(text, changed);
    std::fs::write(&model, changed).unwrap();
    let clients = folder.path().join("clients.plist");
    std::fs::write(
        &clients,
        r#"<plist version="1.0"><dict><key>clients</key><array><dict>
<key>software</key><string>Diary_1_0</string>
<key>params</key><dict><key>title</key><string>diary</string>
  <key>calendarHomePollInterval</key><integer>2</integer></dict>
<key>profiles</key><array/>
<key>weight</key><integer>1</integer>
</dict></array></dict></plist>"#,
    )
    .unwrap();
    let arguments = ["run", "--clients", clients.to_str().unwrap(), "--runtime", "8s", "--users", "3"];
    let output = populace(&arguments).current_dir(folder.path()).output().unwrap();
    let (stdout, stderr) = texts(&output);
    assert_eq!(output.status.code(), Some(0), "{stdout}\n{stderr}");
    assert!(stdout.contains("startup") && stdout.contains("poll"), "{stdout}");
}
