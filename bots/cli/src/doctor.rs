//! `waymark doctor`: what is set up, what is missing, what works with less. Changes nothing but a probe in the store.
//! What never lives here: repairs.

use std::{path::Path, process::ExitCode};

use anyhow::Result;
use clap::Args;
use waymark::{
    assistant::Desk,
    base::{Chance, Clock, SealKey},
    config::Config,
    knowledge::{Severity, check, load, read_folder},
    store::{Sealing, Store},
};

use crate::open;

#[derive(Args)]
pub(crate) struct Doctor {}

impl Doctor {
    pub(crate) fn run(self, config: Option<&Path>) -> Result<ExitCode> {
        let mut well = true;
        let config = open::config(config)?;
        crate::out::line("configuration  ok");
        let files = read_folder(&config.knowledge.path);
        let complaints = files.map(|files| {
            let (library, mut complaints) = load(&files);
            complaints.extend(check(&library, &files, Clock::System.now().today));
            complaints
        });
        match complaints {
            Ok(found) => {
                let errors = found
                    .iter()
                    .filter(|c| c.severity == Severity::Error)
                    .count();
                well &= errors == 0;
                crate::out::line(format!(
                    "knowledge      {errors} errors, {} other complaints (waymark check tells them)",
                    found.len() - errors
                ));
            }
            Err(error) => {
                well = false;
                crate::out::line(format!("knowledge      cannot be read: {error}"));
            }
        }
        crate::out::line(match config.service.security_contact.as_str() {
            "" => {
                "security.txt   not served: service.security_contact says where researchers write"
                    .to_owned()
            }
            contact => format!("security.txt   names {contact}"),
        });
        services(&config);
        let opened = open::store(&config).and_then(|store| {
            let snapshot = open::snapshot(&config, config.staffing())?;
            let voice = open::voice(&config);
            open::runtime()?.block_on(open::wait_for(&voice));
            Ok(Desk::new(store, Clock::System, Chance::System, snapshot).with_voice(voice))
        });
        match opened {
            Ok(desk) => {
                let runtime = open::runtime()?;
                if let Err(error) = runtime.block_on(desk.look_at_switches()) {
                    crate::out::line(format!("switches       cannot be read: {error}"));
                }
                let health = runtime.block_on(desk.health());
                well &= health.ready & runtime.block_on(kept(&config, desk.store()));
                crate::out::line(format!("store          {}", health.store));
                crate::out::line(format!(
                    "articles       {} with {} sections",
                    health.articles, health.sections
                ));
                for note in health.notes {
                    crate::out::line(format!("note           {note}"));
                }
            }
            Err(error) => {
                well = false;
                crate::out::line(format!("store          {error:#}"));
            }
        }
        Ok(if well {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }
}

/// Whether every page and both logs are whole; how much room is left; how backups are made.
async fn kept(config: &Config, store: &Store) -> bool {
    let sound = crate::backup::sound(store).await;
    match &sound {
        Ok(sound) => crate::out::line(format!("database       {sound}")),
        Err(error) => crate::out::line(format!("database       {error:#}")),
    }
    if let Some(room) = config.store.path.parent().map(fs4::available_space) {
        let room = room.map_or_else(
            |error| error.to_string(),
            |bytes| format!("{} MB free", bytes / 1_000_000),
        );
        crate::out::line(format!("disk           {room}"));
    }
    crate::out::line(match store.sealing().await {
        Ok(found) => sealed(&found),
        Err(error) => format!("words          {error:#}"),
    });
    let sealed = config.backup.recipients.len();
    crate::out::line(match sealed {
        0 => "backup         not encrypted: backup.recipients is empty".to_owned(),
        n => format!("backup         encrypted for {n} recipients"),
    });
    sound.is_ok()
}

/// Whether what people write is encrypted, and what of it is not.
fn sealed(found: &Sealing) -> String {
    let (plain, key) = (found.plain_values(), SealKey::VARIABLE);
    match (found.on, plain) {
        (false, _) => format!("words          NOT encrypted: {key} is not set"),
        (true, 0) => format!(
            "words          encrypted: {} values, none is plain",
            found.sealed
        ),
        (true, _) => {
            let columns = found.plain.iter().filter(|(_, values)| *values > 0);
            let columns: Vec<String> = columns.map(|(c, n)| format!("{c} {n}")).collect();
            format!(
                "words          encrypted: {} values; {plain} are still plain ({}): run `waymark seal`",
                found.sealed,
                columns.join(", ")
            )
        }
    }
}

/// One line an imported directory of local services.
fn services(config: &Config) {
    let today = Clock::System.now().today;
    for feed in open::feeds(config).0 {
        let shown = feed.listings.iter().filter(|l| l.holds(today)).count();
        crate::out::line(format!(
            "services       {}: {shown} of {} to be shown today, fetched {}",
            feed.head.name,
            feed.listings.len(),
            feed.head.fetched
        ));
    }
}
