//! stub while web lands
use anyhow::Result;
use clap::Args;
use std::{path::Path, process::ExitCode};
#[derive(Args)]
pub(crate) struct Serve {}
impl Serve {
    pub(crate) fn run(self, _: Option<&Path>) -> Result<ExitCode> {
        anyhow::bail!("not yet")
    }
}
