//! The one executable, `waymark`: reads the command line and wires the library and the bots together.
//! What never lives here: what to say, SQL, HTTP routes.

mod check;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

/// Information, advice and guidance for people who run their own care.
#[derive(Parser)]
#[command(name = "waymark", version, about, disable_help_subcommand = true)]
struct Cli {
    /// Configuration file.
    #[arg(long, global = true, default_value = "waymark.toml")]
    config: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Lint the knowledge: every complaint with file and line; exit 1 if any is an error.
    Check(check::Check),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let result = match cli.command {
        Command::Check(command) => command.run(),
    };
    match result {
        Ok(code) => code,
        Err(error) => {
            eprintln!("waymark: {error:#}");
            ExitCode::FAILURE
        }
    }
}
