//! The one test binary of the workspace: a module a room or a face.
//! What never lives here: tests themselves.

#![expect(
    clippy::duplicate_mod,
    reason = "the store's stories are told twice: on SQLite and on PostgreSQL"
)]
#![expect(
    clippy::unwrap_used,
    reason = "a test stops where something is not as told; helpers are no test functions to clippy"
)]

mod alerts;
mod browser;
mod cli;
mod config;
mod console;
mod council;
mod crash;
mod directory;
#[cfg(feature = "semantic")]
mod embedding;
mod hours;
mod knowledge;
mod languages;
mod letter;
mod meaning;
mod reports;
mod server;
mod store;
mod switch;
mod telegram;
mod tidy;
mod transcripts;
mod voice;
mod web;
mod world;
