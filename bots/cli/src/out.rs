//! What commands print: one line at a time on stdout; a reader that has gone (`| head`) ends the command quietly.
//! What never lives here: complaints and errors (stderr).

use std::io::{ErrorKind, Write};

/// Prints a line.
pub(crate) fn line(text: impl std::fmt::Display) {
    if let Err(error) = writeln!(std::io::stdout().lock(), "{text}") {
        let gone = error.kind() == ErrorKind::BrokenPipe;
        std::process::exit(if gone { 0 } else { 1 });
    }
}
