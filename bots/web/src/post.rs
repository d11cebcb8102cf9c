//! What the pages need of a mail server: one letter out, to one address.
//! What never lives here: the mail server itself and its settings (bots/cli).

/// Sends letters that people ask for.
pub trait Post: Send + Sync {
    /// Sends plain text to one address, once. Blocks until the mail server has taken it.
    ///
    /// # Errors
    /// Why it did not leave.
    fn send(&self, to: &str, subject: &str, body: &str) -> Result<(), Unsent>;
}

/// Why a letter did not leave. Never holds the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unsent {
    /// Nothing that a mail server could deliver to.
    #[error("the address cannot be read")]
    BadAddress,
    /// The mail server cannot be reached, or refuses.
    #[error("the mail server did not take it")]
    NotTaken,
}
