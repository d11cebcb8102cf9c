//! A file that is used only if it is the very one we know.
//! What never lives here: where it comes from (bots/cli), what it is good for (the rooms).

/// A file, pinned: only these very bytes are used, whoever served them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pinned {
    /// Its name in its folder.
    pub name: &'static str,
    /// Its size in bytes.
    pub bytes: u64,
    /// SHA-256 in hexadecimal.
    pub sha256: &'static str,
}
