//! The knowledge as it stood at a git revision, read into memory with `git archive`.
//! What never lives here: writing anything, in the repository or beside it.

use std::{
    io::Read,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};
use waymark::knowledge::{Files, is_content};

/// The repository that holds a knowledge folder.
pub(super) struct Repository<'a> {
    knowledge: &'a Path,
}

impl<'a> Repository<'a> {
    /// Of this knowledge folder.
    pub(super) fn of(knowledge: &'a Path) -> Self {
        Self { knowledge }
    }

    /// Its top folder.
    pub(super) fn top(&self) -> Result<PathBuf> {
        let said = self.git(&["rev-parse", "--show-toplevel"])?;
        let said = said
            .with_context(|| format!("{} lies in no git repository", self.knowledge.display()))?;
        Ok(PathBuf::from(String::from_utf8(said)?.trim_end()))
    }

    /// The commit that a revision means, in full.
    pub(super) fn commit(&self, revision: &str) -> Result<String> {
        let commit = format!("{revision}^{{commit}}");
        let said = self.git(&[
            "rev-parse",
            "--verify",
            "--quiet",
            "--end-of-options",
            &commit,
        ])?;
        let said =
            said.with_context(|| format!("'{revision}' is no revision of the git repository"))?;
        Ok(String::from_utf8(said)?.trim_end().to_owned())
    }

    /// The knowledge folder's files at a commit.
    pub(super) fn files(&self, commit: &str) -> Result<Files> {
        let archive = self.git(&["archive", "--format=tar", commit])?;
        let archive = archive.with_context(|| {
            let folder = self.knowledge.display();
            format!("{folder} was not there yet at {commit}")
        })?;
        let mut files = Files::new();
        for entry in tar::Archive::new(archive.as_slice()).entries()? {
            let mut entry = entry?;
            let path = entry.path()?.into_owned();
            if entry.header().entry_type().is_file() && is_content(&path, entry.size()) {
                let mut bytes = Vec::new();
                entry.read_to_end(&mut bytes)?;
                let name = path.to_string_lossy().replace('\\', "/");
                files.insert(name, String::from_utf8_lossy(&bytes).into_owned());
            }
        }
        Ok(files)
    }

    /// What git prints when it is asked inside the knowledge folder; `None` when it refuses.
    fn git(&self, arguments: &[&str]) -> Result<Option<Vec<u8>>> {
        let run = Command::new("git")
            .arg("-C")
            .arg(self.knowledge)
            .args(arguments)
            .output()
            .context("git is needed and cannot be started")?;
        Ok(run.status.success().then_some(run.stdout))
    }
}
