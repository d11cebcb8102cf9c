//! The embedding models there are: their files with pins, and what each wants done to a text.
//! What never lives here: where the files come from (bots/cli), what computes with them (embedder.rs).

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::base::Pinned;

/// Bytes of a fingerprint.
pub(super) const FINGERPRINT: usize = 32;

/// An embedding model. Vectors of two models say nothing about each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Model {
    /// all-MiniLM-L6-v2: English.
    MiniLm,
    /// multilingual-e5-small in 4 bits: a question in one of some hundred languages finds an English section.
    E5,
}

/// What a text is to the search: e5 was taught to tell the two apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// What somebody asks.
    Question,
    /// What may answer it.
    Passage,
}

const MINILM: [Pinned; 2] = [
    Pinned {
        name: "model.safetensors",
        bytes: 90_868_376,
        sha256: "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    },
    Pinned {
        name: "tokenizer.json",
        bytes: 466_247,
        sha256: "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    },
];
const E5: [Pinned; 1] = [Pinned {
    name: "e5-small-q4.bin",
    bytes: 71_622_400,
    sha256: "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
}];

impl Model {
    /// All of them, the one that English questions need first.
    pub const ALL: [Self; 2] = [Self::MiniLm, Self::E5];

    /// Its name, which is its folder's too.
    pub fn name(self) -> &'static str {
        match self {
            Self::MiniLm => "all-MiniLM-L6-v2",
            Self::E5 => "multilingual-e5-small",
        }
    }

    /// Its files.
    pub fn files(self) -> &'static [Pinned] {
        match self {
            Self::MiniLm => &MINILM,
            Self::E5 => &E5,
        }
    }

    /// Which weights these are: a SHA-256 over the pins of its files.
    pub(super) fn fingerprint(self) -> [u8; FINGERPRINT] {
        let mut digest = Sha256::new();
        for file in self.files() {
            digest.update(file.sha256);
        }
        digest.finalize().into()
    }

    /// Where a file of it stands, below the folder of all models.
    pub fn path(self, models: &Path, file: &Pinned) -> PathBuf {
        models.join(self.name()).join(file.name)
    }

    /// The file in which its vectors are kept, in the folder of all vectors.
    pub fn vectors(self, folder: &Path) -> PathBuf {
        folder.join(format!("{}.vectors", self.name()))
    }

    /// How many vectors are kept, and the bytes of their file; by its length alone.
    pub fn kept(self, folder: &Path) -> (usize, u64) {
        let bytes = std::fs::metadata(self.vectors(folder)).map_or(0, |found| found.len());
        // A row is a hash and its numbers; the few bytes around all rows are less than one.
        let row = 32 + self.dimensions() * size_of::<f32>();
        (usize::try_from(bytes).unwrap_or(usize::MAX) / row, bytes)
    }

    /// Numbers in a vector.
    pub fn dimensions(self) -> usize {
        match self {
            Self::MiniLm | Self::E5 => 384,
        }
    }

    /// Tokens read of a text; the rest is cut off.
    pub fn token_limit(self) -> usize {
        match self {
            // What it was taught with; its positions would reach to 512.
            Self::MiniLm => 256,
            Self::E5 => 512,
        }
    }

    /// What is put before a text.
    pub fn prefix(self, role: Role) -> &'static str {
        match (self, role) {
            (Self::MiniLm, _) => "",
            (Self::E5, Role::Question) => "query: ",
            (Self::E5, Role::Passage) => "passage: ",
        }
    }
}
