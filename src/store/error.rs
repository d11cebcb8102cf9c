//! What can go wrong in the store: only what somebody acts on differently.
//! What never lives here: people's words. No message quotes stored text.

/// Why the store did not do what was asked. Each reads as one line that says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Overloaded, or another process holds the database. Nothing was written; the same request may be sent again.
    #[error("the database is busy: try again in a moment")]
    Busy,
    /// No room left. Nothing was written.
    #[error("the disk is full: free some space; nothing was half written")]
    Full,
    /// Cannot be written to. The text names the file or folder and what to do.
    #[error("{0}")]
    ReadOnly(String),
    /// Not a Waymark database, or a damaged one. It was left as it is. The text names the file and what to do.
    #[error("{0}")]
    Corrupt(String),
    /// Written by a newer Waymark than this one.
    #[error(
        "the database has schema {found}, this Waymark knows schemas up to {known}: start the newer Waymark that wrote it"
    )]
    NewerSchema {
        /// Schema of the file.
        found: u32,
        /// Newest schema that this program knows.
        known: u32,
    },
    /// Named something that is not here (never was, or was erased).
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// An id or reference is taken: draw a fresh one and try again.
    #[error("this {0} exists already")]
    Duplicate(&'static str),
    /// The request itself is wrong. The text says what was expected.
    #[error("{0}")]
    Refused(&'static str),
    /// What was to be done with a case may not be done now.
    #[error(transparent)]
    Case(#[from] crate::casework::Refusal),
    /// A data protection request may not be moved on so.
    #[error(transparent)]
    Request(#[from] crate::casework::RequestRefusal),
    /// Anything else: our fault, the operating system's or the disk's.
    #[error("{0}")]
    Other(String),
}

/// What every function of this room returns.
pub(super) type Result<T> = std::result::Result<T, StoreError>;

impl StoreError {
    /// Something stored that cannot be read back; says which kind of thing, never its content.
    pub(super) fn unreadable(what: &'static str) -> Self {
        Self::Corrupt(format!(
            "the database holds a {what} that cannot be read: run `waymark doctor`, or restore a backup"
        ))
    }
}
