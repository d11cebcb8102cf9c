//! `waymark doctor`: what is set up, what is missing, what works with less. Changes nothing but a probe in the store.
//! What never lives here: repairs.

use std::{path::Path, process::ExitCode};

use anyhow::Result;
use clap::Args;
use waymark::{
    assistant::Desk,
    base::{Chance, Clock},
    config::Config,
    knowledge::{Severity, check, load, read_folder},
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
        services(&config);
        let opened = open::store(&config).and_then(|store| {
            let snapshot = open::snapshot(&config, config.staffing())?;
            let voice = open::voice(&config);
            open::runtime()?.block_on(open::wait_for(&voice));
            Ok(Desk::new(store, Clock::System, Chance::System, snapshot).with_voice(voice))
        });
        match opened {
            Ok(desk) => {
                let health = open::runtime()?.block_on(desk.health());
                well &= health.ready;
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
