//! The configuration file: absent it is all defaults; what is wrong in it is one line that names the key.
//! What never lives here: what the executable does with it (cli.rs).

use std::path::{Path, PathBuf};

use waymark::config::Config;

use crate::world::Folder;

#[test]
fn an_absent_file_serves_on_a_fresh_machine() {
    let config = Config::read(Path::new("there-is-no-such-file.toml"), false).unwrap();
    assert_eq!(config, Config::default());
    assert_eq!(
        config,
        Config::parse("").unwrap(),
        "an empty file is the same"
    );
    assert_eq!(config.store.path, PathBuf::from("data/waymark.db"));
    assert_eq!(config.server.listen.port(), 8080);
    assert!(
        config.server.listen.ip().is_loopback() && config.server.metrics_listen.ip().is_loopback()
    );
    assert!(
        !config.staffing().advisers,
        "no reply time is promised before advisers are set up"
    );
}

#[test]
fn a_file_that_was_named_must_be_there() {
    let error = Config::read(Path::new("there-is-no-such-file.toml"), true).unwrap_err();
    let line = error.to_string();
    assert!(
        line.starts_with("there-is-no-such-file.toml: cannot be read"),
        "{line}"
    );
}

#[test]
fn every_key_is_read() {
    let config = Config::parse(
        "[service]\nname = \"Our Waymark\"\n[server]\nlisten = \"0.0.0.0:80\"\n[store]\npath = \"/srv/w.db\"\n\
         [knowledge]\npath = \"/srv/k\"\n[advisers]\nenabled = true\nduty_adviser = true\nreply_within_hours = 4\n",
    )
    .unwrap();
    let staffing = config.staffing();
    assert!(staffing.advisers && staffing.duty_adviser);
    assert_eq!(staffing.reply_minutes, 240);
    assert_eq!(config.service.name, "Our Waymark");
    assert_eq!(config.knowledge.path, PathBuf::from("/srv/k"));
}

#[test]
fn what_is_wrong_is_one_line_that_names_the_key() {
    // (text, line it stands on, what the line must name)
    let wrong = [
        ("[service]\nnmae = \"x\"\n", "line 2", "nmae"),
        ("[servrice]\nname = \"x\"\n", "line 1", "servrice"),
        ("[server]\nlisten = 8080\n", "line 2", "listen"),
        ("[server]\nlisten = \"here\"\n", "line 2", "listen"),
        (
            "[server]\n\nsecure_cookies = \"yes\"\n",
            "line 3",
            "secure_cookies",
        ),
        ("[store]\npath = 7\n", "line 2", "path"),
        (
            "[advisers]\nreply_within_hours = -1\n",
            "line 2",
            "reply_within_hours",
        ),
        ("[advisers]\nenabled = maybe\n", "line 2", "enabled"),
        ("[knowledge\n", "line 1", "[knowledge"),
        ("[service]\nname = \"a\"\nname = \"b\"\n", "line 3", "name"),
        ("[service]\nname = \"  \"\n", "", "service.name"),
        (
            "[advisers]\nduty_adviser = true\n",
            "",
            "advisers.duty_adviser",
        ),
    ];
    let folder = Folder::new("config");
    for (text, at, key) in wrong {
        let file = folder.put("waymark.toml", text);
        let line = Config::read(&file, true).unwrap_err().to_string();
        assert!(line.contains(at) && line.contains(key), "{text:?}: {line}");
        assert!(
            !line.contains('\n') && line.contains("waymark.toml: "),
            "{text:?}: {line}"
        );
    }
}

#[test]
fn a_file_that_is_not_text_is_one_line() {
    let folder = Folder::new("config");
    let file = folder.put("waymark.toml", [0xff, 0xfe, 0x00]);
    let line = Config::read(&file, true).unwrap_err().to_string();
    assert!(
        !line.contains('\n') && line.contains("waymark.toml: "),
        "{line}"
    );
    let line = Config::read(&folder.0, true).unwrap_err().to_string();
    assert!(!line.contains('\n'), "a folder instead: {line}");
}
