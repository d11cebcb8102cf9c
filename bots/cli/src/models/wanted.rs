//! What can be fetched: the models of finding and those of speech, side by side.
//! What never lives here: the pins (retrieval, voice), where files come from (sources.rs).

use std::path::{Path, PathBuf};

use waymark::{base::Pinned, retrieval::Model, voice::Weights};

/// A set of files that is fetched as one.
#[derive(Clone, Copy)]
pub(super) enum Wanted {
    /// For finding by meaning.
    Finding(Model),
    /// For hearing and speaking.
    Speech(Weights),
}

impl Wanted {
    /// Everything that is of use on this machine.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        let speech = Weights::ALL.into_iter().filter(|w| w.fits_here());
        let finding = Model::ALL.into_iter().map(Self::Finding);
        finding.chain(speech.map(Self::Speech))
    }

    pub(super) fn speech(self) -> bool {
        matches!(self, Self::Speech(_))
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Finding(model) => model.name(),
            Self::Speech(weights) => weights.name(),
        }
    }

    pub(super) fn files(self) -> &'static [Pinned] {
        match self {
            Self::Finding(model) => model.files(),
            Self::Speech(weights) => weights.files(),
        }
    }

    pub(super) fn path(self, models: &Path, file: &Pinned) -> PathBuf {
        models.join(self.name()).join(file.name)
    }

    /// What it is good for, in a few words.
    pub(super) fn purpose(self) -> &'static str {
        match self {
            Self::Finding(Model::MiniLm) => "finds by meaning in English",
            Self::Finding(Model::E5) => "finds English sections for questions in other languages",
            Self::Speech(Weights::Gate) => "tells speech from noise",
            Self::Speech(Weights::Whisper) => "hears English, carefully",
            Self::Speech(Weights::Moonshine) => "hears English, quickly, as a second opinion",
            Self::Speech(Weights::Kokoro) => "speaks",
            Self::Speech(Weights::Phonemes) => "the numbers of its sounds",
            Self::Speech(Weights::Voices) => "its British voices",
            Self::Speech(Weights::Runtime) => "the library that the last four run on",
        }
    }

    /// Under which licence it may be used.
    pub(super) fn licence(self) -> &'static str {
        match self {
            Self::Finding(Model::MiniLm) => "Apache-2.0 (the packages around it: MIT)",
            Self::Finding(Model::E5)
            | Self::Speech(
                Weights::Gate | Weights::Whisper | Weights::Moonshine | Weights::Runtime,
            ) => "MIT",
            Self::Speech(Weights::Kokoro | Weights::Phonemes | Weights::Voices) => "Apache-2.0",
        }
    }
}
