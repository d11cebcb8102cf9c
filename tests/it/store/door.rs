//! What is refused at the door, in one line and untouched, and how a new database is made.
//! What never lives here: a sound database in use.

use waymark::store::{Store, StoreError};

use super::{Folder, filled, run};

/// Opening fails with one line that names the file; every file is as it was (the shared index of the log aside).
fn refused(folder: &Folder) -> StoreError {
    let files = || {
        let names = std::fs::read_dir(&folder.0).unwrap();
        let paths = names.map(|f| f.unwrap().path());
        let kept = paths.filter(|p| !p.to_string_lossy().ends_with("-shm"));
        let mut all: Vec<_> = kept.map(|p| (std::fs::read(&p).ok(), p)).collect();
        all.sort();
        all
    };
    let before = files();
    let error = Store::open(&folder.db()).unwrap_err();
    let line = error.to_string();
    assert!(!line.contains('\n') && line.len() < 400, "{line}");
    assert!(files() == before, "{line}");
    error
}

#[test]
fn what_is_not_a_sound_database_is_refused_and_left_alone() {
    let shopping = Folder::new();
    std::fs::write(shopping.db(), "milk, bread, a database\n").unwrap();
    let error = refused(&shopping);
    assert!(matches!(&error, StoreError::Corrupt(line) if line.contains("waymark.db")));

    let empty = Folder::new();
    std::fs::write(empty.db(), "").unwrap();
    assert!(matches!(refused(&empty), StoreError::Corrupt(_)));

    let somebody_elses = Folder::new();
    somebody_elses
        .by_hand("CREATE TABLE recipes (name TEXT)")
        .unwrap();
    assert!(
        matches!(refused(&somebody_elses), StoreError::Corrupt(line) if line.contains("not Waymark's"))
    );

    let lost = Folder::new();
    std::fs::write(lost.0.join("waymark.db-wal"), "what is left").unwrap();
    assert!(matches!(refused(&lost), StoreError::Corrupt(line) if line.contains("-wal")));

    let folder_instead = Folder::new();
    std::fs::create_dir(folder_instead.db()).unwrap();
    assert!(matches!(refused(&folder_instead), StoreError::Corrupt(_)));

    // Damaged in the middle, and cut off.
    let damaged = Folder::new();
    filled(&damaged, 200);
    let mut bytes = std::fs::read(damaged.db()).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 8192].fill(0x5A);
    std::fs::write(damaged.db(), &bytes).unwrap();
    assert!(matches!(refused(&damaged), StoreError::Corrupt(line) if line.contains("damaged")));
    std::fs::write(damaged.db(), &bytes[..middle]).unwrap();
    assert!(matches!(refused(&damaged), StoreError::Corrupt(_)));
}

#[test]
fn another_schema_is_refused() {
    let newer = Folder::new();
    filled(&newer, 1);
    newer.by_hand("PRAGMA user_version = 4711").unwrap();
    let error = refused(&newer);
    assert!(
        matches!(error, StoreError::NewerSchema { found: 4711, .. }),
        "{error}"
    );

    // The same out of a log that a crash has left: it is not folded in.
    let (alive, crashed) = (Folder::new(), Folder::new());
    filled(&alive, 1);
    let db = rusqlite::Connection::open(alive.db()).unwrap();
    db.execute_batch("PRAGMA user_version = 4712").unwrap();
    for file in ["waymark.db", "waymark.db-wal"] {
        std::fs::copy(alive.0.join(file), crashed.0.join(file)).unwrap();
    }
    let error = refused(&crashed);
    assert!(
        matches!(error, StoreError::NewerSchema { found: 4712, .. }),
        "{error}"
    );

    let changed = Folder::new();
    filled(&changed, 1);
    changed
        .by_hand("UPDATE migrations SET sha256 = 'other' WHERE number = 1")
        .unwrap();
    let line = refused(&changed).to_string();
    assert!(
        line.contains("0001_start") && line.contains("waymark.db"),
        "{line}"
    );
}

#[cfg(unix)]
#[test]
fn a_read_only_folder_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    filled(&folder, 1);
    let mode = |m| {
        std::fs::set_permissions(&folder.0, std::fs::Permissions::from_mode(m)).unwrap();
    };
    mode(0o500);
    if std::fs::write(folder.0.join("probe"), "").is_ok() {
        mode(0o700);
        eprintln!("SKIPPED a_read_only_folder_is_refused: this user (root?) may write anywhere");
        return;
    }
    let old = refused(&folder);
    let new = Store::open(&folder.0.join("deeper/waymark.db")).unwrap_err();
    mode(0o700);
    assert!(
        matches!(&old, StoreError::ReadOnly(line) if line.contains("waymark.db")),
        "{old}"
    );
    assert!(matches!(new, StoreError::ReadOnly(_)), "{new}");
    std::fs::set_permissions(folder.db(), std::fs::Permissions::from_mode(0o400)).unwrap();
    assert!(matches!(refused(&folder), StoreError::ReadOnly(_)));
}

#[cfg(unix)]
#[test]
fn a_new_database_is_its_owners_only() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let path = folder.0.join("data/deeper/waymark.db");
    let store = Store::open(&path).unwrap();
    run(store.write_probe()).unwrap();
    for (file, expected) in [
        ("waymark.db", 0o600),
        ("waymark.db-wal", 0o600),
        ("", 0o700),
    ] {
        let file = path.parent().unwrap().join(file);
        let mode = std::fs::metadata(&file).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, expected, "{}", file.display());
    }
}
