//! Telegram: the real executable against a Bot API of our own, in both modes; and what of it needs no process.
//! What never lives here: Telegram itself. Nothing here was ever run against it: see tests/README.md, "A live bot".

mod backlog;
mod bot;
mod carry;
mod crash;
mod drawing;
pub(crate) mod emulator;
mod faults;
mod methods;
mod nodes;
mod outbox;
pub(crate) mod person;
mod reading;
mod rights;
mod spec;
mod talk;
mod voice;
