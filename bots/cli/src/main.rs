//! The one executable, `waymark`: reads the command line and wires the library and the bots together.
//! What never lives here: what to say, SQL, HTTP routes.

mod adviser;
mod alerts;
mod ask;
mod backup;
mod cases;
mod check;
mod diff;
mod doctor;
#[cfg(feature = "semantic")]
mod embed;
mod eval;
mod index;
mod letters;
mod migrate;
mod models;
mod open;
mod out;
mod paper;
mod person;
mod questions;
mod report;
mod retention;
mod seal;
mod senses;
mod serve;
mod services;
mod signals;
mod switch;
mod telegram;
mod voice;
mod workers;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

/// Information, advice and guidance for people who run their own care.
#[derive(Parser)]
#[command(name = "waymark", version, about, disable_help_subcommand = true)]
struct Cli {
    /// Configuration file; without it, `waymark.toml` if it is there.
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Web chat and API, until stopped.
    Serve(serve::Serve),
    /// One answer on the terminal; without a question a conversation; reads stdin when piped.
    Ask(ask::Ask),
    /// Lint the knowledge: every complaint with file and line; exit 1 if any is an error.
    Check(check::Check),
    /// Run question sets and print metrics as JSON.
    Eval(eval::Eval),
    /// Replay question sets against the knowledge of a git revision and now: answers that change.
    Diff(diff::Diff),
    /// The search index: build it once and print its figures.
    Index(index::Index),
    /// What the ranking saw of each candidate: for learning its weights.
    #[command(hide = true)]
    Signals(signals::Signals),
    /// The vectors of texts: for learning.
    #[cfg(feature = "semantic")]
    #[command(hide = true)]
    Embed(embed::Embed),
    /// Local services: import a directory, list, forget.
    Services(services::Services),
    /// Optional model files: list where they come from, fetch, verify.
    Models(models::Models),
    /// Hear a recording, or speak a text into a file.
    Voice(voice::Voice),
    /// Hand-overs: list, show, reply, verify the log.
    Cases(cases::Cases),
    /// Stop answering on a channel, with a reason; answer again.
    Switch(switch::Switch),
    /// The Telegram bot: tell Telegram what it is and how events come.
    Telegram(telegram::Telegram),
    /// Everything about one person: export it, erase it.
    Person(person::Person),
    /// Delete what is past its time, as `serve` does every day.
    Retention(retention::Retention),
    /// Encrypt what people wrote before the key was set.
    Seal(seal::Seal),
    /// The figures of a quarter or any period: csv, json, xlsx, md.
    Report(report::Report),
    /// Accounts of those who work here: add, list, grant, reset, disable.
    Adviser(adviser::Adviser),
    /// Back the database up into one file, while the service runs.
    Backup(backup::Backup),
    /// Put a backup in place, where no database is.
    Restore(backup::Restore),
    /// Move a stopped service's database from SQLite to PostgreSQL.
    Migrate(migrate::Migrate),
    /// The transparency record (ATRS) of this service, as Markdown with blanks for the council.
    Atrs(paper::Atrs),
    /// The evidence for a data protection impact assessment, as Markdown with blanks for the officer.
    Dpia(paper::Dpia),
    /// What is set up, what is missing, what works with less.
    Doctor(doctor::Doctor),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let config = cli.config.as_deref();
    let result = match cli.command {
        Command::Serve(command) => command.run(config),
        Command::Ask(command) => command.run(config),
        Command::Check(command) => command.run(config),
        Command::Eval(command) => command.run(config),
        Command::Diff(command) => command.run(config),
        Command::Index(command) => command.run(config),
        Command::Models(command) => command.run(config),
        Command::Signals(command) => command.run(config),
        #[cfg(feature = "semantic")]
        Command::Embed(command) => command.run(config),
        Command::Services(command) => command.run(config),
        Command::Voice(command) => command.run(config),
        Command::Cases(command) => command.run(config),
        Command::Switch(command) => command.run(config),
        Command::Telegram(command) => command.run(config),
        Command::Person(command) => command.run(config),
        Command::Retention(command) => command.run(config),
        Command::Seal(command) => command.run(config),
        Command::Report(command) => command.run(config),
        Command::Adviser(command) => command.run(config),
        Command::Backup(command) => command.run(config),
        Command::Restore(command) => command.run(config),
        Command::Migrate(command) => command.run(),
        Command::Atrs(command) => command.run(config),
        Command::Dpia(command) => command.run(config),
        Command::Doctor(command) => command.run(config),
    };
    match result {
        Ok(code) => code,
        Err(error) => {
            // One clear line, whatever the chain of causes.
            let line = format!("{error:#}").replace('\n', " ");
            eprintln!("waymark: {line}");
            ExitCode::FAILURE
        }
    }
}
