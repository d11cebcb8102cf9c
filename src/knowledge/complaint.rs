//! What is wrong with the content, with file and line: bad content is a complaint, never an error.
//! What never lives here: what is looked for (check, load.rs).

use std::fmt;

use serde::Serialize;

/// How much it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Must be mended: the content is wrong or cannot be used.
    Error,
    /// Should be mended; fails `--strict`.
    Warning,
    /// Falls due; never fails.
    Notice,
}

/// One complaint.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Complaint {
    /// Path inside the knowledge folder.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// How much it matters.
    pub severity: Severity,
    /// What is wrong and what to do.
    pub text: String,
}

impl Complaint {
    /// An error at a line.
    pub fn error(file: &str, line: usize, text: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            line,
            severity: Severity::Error,
            text: text.into(),
        }
    }

    /// A warning at a line.
    pub fn warning(file: &str, line: usize, text: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            line,
            severity: Severity::Warning,
            text: text.into(),
        }
    }

    /// A notice at a line.
    pub fn notice(file: &str, line: usize, text: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            line,
            severity: Severity::Notice,
            text: text.into(),
        }
    }
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Notice => "notice",
        };
        write!(f, "{}:{}: {severity}: {}", self.file, self.line, self.text)
    }
}
