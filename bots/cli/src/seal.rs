//! `waymark seal`: encrypts what people wrote before the key was set, while the service may run; changes the key while it does not.
//! What never lives here: what is sealed and how (store), where the key comes from (open.rs).

use std::{path::Path, process::ExitCode};

use anyhow::{Context, Result, bail};
use clap::Args;
use waymark::{
    base::{Chance, SealKey},
    config::Config,
};

use crate::{open, out};

/// Where the key that is to come is taken from.
const NEW_KEY: &str = "WAYMARK_SEAL_KEY_NEW";

#[derive(Args)]
pub(crate) struct Seal {
    /// Change the key of a stopped service: from WAYMARK_SEAL_KEY to WAYMARK_SEAL_KEY_NEW.
    #[arg(long)]
    new_key: bool,
}

impl Seal {
    pub(crate) fn run(self, config: Option<&Path>) -> Result<ExitCode> {
        let config = open::config(config)?;
        let Some(key) = open::seal_key()? else {
            bail!("{} is not set", SealKey::VARIABLE);
        };
        match self.new_key {
            true => change(&config, &key)?,
            false => seal(&config)?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn seal(config: &Config) -> Result<()> {
    let store = open::kept(config)?;
    let sealed = open::runtime()?.block_on(store.seal_all())?;
    store.close_blocking();
    out::line(format!(
        "{sealed} values that were plain are sealed now. Older backups still hold them plain"
    ));
    Ok(())
}

fn change(config: &Config, old: &SealKey) -> Result<()> {
    let new = open::key(NEW_KEY)?.with_context(|| format!("{NEW_KEY} is not set"))?;
    let alone = open::alone(config)?;
    let _alone = alone.context("the service is running: stop it first, on every machine")?;
    let store = open::kept(config)?;
    let changed = open::runtime()?.block_on(async {
        let keys = (old, &new);
        let factors = waymark_web::second_factors_resealed(&store, keys, &Chance::System).await?;
        Ok::<_, anyhow::Error>(store.change_key(new.clone(), factors).await?)
    });
    store.close_blocking();
    out::line(format!(
        "{} keys are wrapped with the new one. Set it as {}. Older backups and copies still open with the old one",
        changed?,
        SealKey::VARIABLE
    ));
    Ok(())
}
