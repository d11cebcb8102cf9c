//! The JSON API of contract.md, one file for each group of routes.
//! What never lives here: HTML, cookies, wording (trouble.rs).

pub(crate) mod events;
pub(crate) mod history;
pub(crate) mod messages;
pub(crate) mod person;
pub(crate) mod start;
pub(crate) mod voice;

mod caller;
