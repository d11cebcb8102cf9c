//! `waymark seal`: encrypts what people wrote before the key was set; the service may run meanwhile.
//! What never lives here: what is sealed and how (store), where the key comes from (open.rs).

use std::{path::Path, process::ExitCode};

use anyhow::{Result, bail};
use clap::Args;
use waymark::base::SealKey;

use crate::{open, out};

#[derive(Args)]
pub(crate) struct Seal {}

impl Seal {
    pub(crate) fn run(self, config: Option<&Path>) -> Result<ExitCode> {
        let config = open::config(config)?;
        if open::seal_key()?.is_none() {
            bail!("{} is not set", SealKey::VARIABLE);
        }
        let store = open::kept(&config)?;
        let sealed = open::runtime()?.block_on(store.seal_all())?;
        store.close_blocking();
        out::line(format!(
            "{sealed} values that were plain are sealed now. Older backups still hold them plain"
        ));
        Ok(ExitCode::SUCCESS)
    }
}
