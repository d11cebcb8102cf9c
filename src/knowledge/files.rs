//! The knowledge folder as plain text in memory: the only place that reads it from disk.
//! What never lives here: what the files mean (load.rs).

use std::{collections::BTreeMap, fs, io, path::Path};

/// Path inside the knowledge folder (with `/`) -> text.
pub type Files = BTreeMap<String, String>;

/// No content file is anywhere near this; a larger one is a mistake and is left out.
const LARGEST: u64 = 2 * 1024 * 1024;

/// Whether a file of that name and of so many bytes belongs to the knowledge.
pub fn is_content(path: &Path, bytes: u64) -> bool {
    let kind = path.extension().and_then(|e| e.to_str());
    matches!(kind, Some("md" | "toml" | "txt")) && bytes <= LARGEST
}

/// Reads every `.md`, `.toml` and `.txt` file below `folder`. Text that is not UTF-8 is read with replacement characters, which
/// `check` then complains about.
///
/// # Errors
/// When the folder itself cannot be read.
pub fn read_folder(folder: &Path) -> io::Result<Files> {
    let mut files = Files::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(path) = waiting.pop() {
        for entry in fs::read_dir(&path)? {
            let entry = entry?;
            let path = entry.path();
            let kind = entry.file_type()?;
            if kind.is_dir() {
                waiting.push(path);
                continue;
            }
            if !kind.is_file() || !is_content(&path, entry.metadata()?.len()) {
                continue;
            }
            let Ok(inside) = path.strip_prefix(folder) else {
                continue;
            };
            let name = inside.to_string_lossy().replace('\\', "/");
            files.insert(
                name,
                String::from_utf8_lossy(&fs::read(&path)?).into_owned(),
            );
        }
    }
    Ok(files)
}
