//! `waymark migrate`: from one machine to several, the database of a stopped service from SQLite to PostgreSQL.
//! What never lives here: how it is copied and compared (store).

use std::{path::Path, process::ExitCode};

use anyhow::{Context, Result, bail};
use clap::Args;
use waymark::store::{Store, StoreError};

use crate::{open, out};

/// Copies every table of a stopped service into an empty PostgreSQL database, in one transaction: rows are counted and hashed on both
/// sides, and the logs are checked. The password comes by WAYMARK_STORE_PASSWORD. The file is left as it was.
#[derive(Args)]
pub(crate) struct Migrate {
    /// `sqlite:` and the path of the file, such as sqlite:data/waymark.db.
    #[arg(long)]
    from: String,
    /// The empty database, such as postgres://waymark@db.example:5432/waymark.
    #[arg(long)]
    to: String,
}

impl Migrate {
    pub(crate) fn run(self) -> Result<ExitCode> {
        let Some(file) = self.from.strip_prefix("sqlite:") else {
            bail!("--from: {} is not sqlite:PATH", self.from);
        };
        if !self.to.starts_with("postgres://") && !self.to.starts_with("postgresql://") {
            bail!("--to: it looks like postgres://user@host:5432/database");
        }
        let password = open::store_password();
        let moved = match Store::move_to_server(Path::new(file), &self.to, password.as_ref()) {
            Err(StoreError::Busy) => {
                bail!(
                    "{file} is in use, or the server is busy: stop the service first, then try again"
                )
            }
            other => other.with_context(|| format!("{file} was not moved"))?,
        };
        for table in &moved {
            let hash: String = table.hash.chars().take(16).collect();
            out::line(format!("{:24} {:>9} rows  {hash}", table.table, table.rows));
        }
        let rows: u64 = moved.iter().map(|table| table.rows).sum();
        out::line(format!(
            "{rows} rows of {} tables moved, read back and found the same. Set store.url, start the service, and keep {file} \
             until you trust it; erase it then, for it still holds what people wrote.",
            moved.len()
        ));
        Ok(ExitCode::SUCCESS)
    }
}
