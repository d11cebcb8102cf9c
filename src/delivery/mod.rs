//! Events in and messages out, the same for every channel that we push to: the `Channel` trait, what a send's outcome
//! means, the pace, and the two workers' work (lanes of the inbox, messages of the outbox), one round at a time.
//! What never lives here: SQL (store), what is answered (assistant), any channel's own form, timers and tasks (bots).

mod channel;
mod inbox;
mod sender;
mod speech;

pub use channel::{
    Caps, Channel, Doing, Extra, FetchError, Inbound, Kind, Look, Media, Outcome, Stretch,
};
pub use inbox::{Inbox, KEEP, Received};
pub use sender::{LISTEN, Pace, Sender, dressed};
