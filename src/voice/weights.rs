//! The files that hearing and speaking need, with their pins. Each set may be missing: less works then.
//! What never lives here: where they come from (bots/cli), what computes with them (engines).

use std::path::{Path, PathBuf};

use crate::base::Pinned;

/// A set of files that stand and fall together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Weights {
    /// Silero: whether anybody speaks.
    Gate,
    /// Whisper base: the careful engine of hearing, in 8 bits.
    Whisper,
    /// Moonshine tiny: the quick engine of hearing.
    Moonshine,
    /// Kokoro: speaking, in 8 bits.
    Kokoro,
    /// The numbers of Kokoro's phonemes.
    Phonemes,
    /// Kokoro's British voices.
    Voices,
    /// ONNX Runtime, a library: Moonshine and Kokoro run on it.
    Runtime,
}

const fn pin(name: &'static str, bytes: u64, sha256: &'static str) -> Pinned {
    Pinned {
        name,
        bytes,
        sha256,
    }
}

/// All voices are of this size: 510 rows of 256 numbers.
const fn voice(name: &'static str, sha256: &'static str) -> Pinned {
    pin(name, 522_240, sha256)
}

const GATE: [Pinned; 1] = [pin(
    "ggml-silero-v6.2.0.bin",
    885_098,
    "2aa269b785eeb53a82983a20501ddf7c1d9c48e33ab63a41391ac6c9f7fb6987",
)];
const WHISPER: [Pinned; 1] = [pin(
    "ggml-base-q8_0.bin",
    81_768_585,
    "39098ab9c40736086920ebcc5134db3e70e8a2c844fecb212c63617e207589e3",
)];
const MOONSHINE: [Pinned; 3] = [
    pin(
        "encoder_model.ort",
        13_281_600,
        "94e90a4654fc45cdfedb77c4c08e1739f48862998e58fada384b25118134f221",
    ),
    pin(
        "decoder_model_merged.ort",
        30_412_256,
        "cf524c4862d36e9e5ab032eddc73637efd822d70e868ac575cf1a46e1e4708a0",
    ),
    pin(
        "tokenizer.bin",
        249_974,
        "6884b35fd6377d4c4d32336a0bc152f36b64d1e45b6503683cdc238250a8472d",
    ),
];
const KOKORO: [Pinned; 1] = [pin(
    "kokoro-v1.0.int8.onnx",
    92_361_271,
    "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb",
)];
const PHONEMES: [Pinned; 1] = [pin(
    "vocab.json",
    1_155,
    "ba536e2187cf4a12827b4e6138f29c17b795fcc3f8155386408d8d4edc229a41",
)];
const VOICES: [Pinned; 8] = [
    voice(
        "bf_emma.bin",
        "669fe0647f9dd04fcab92f1439a40eeb4c8b4ab1f82e4996fe3d918ce4a63b73",
    ),
    voice(
        "bf_isabella.bin",
        "3754352c4aaa46d17f27654ab7518d65b62ad6163a0f55a5f4330c2da2c4e94f",
    ),
    voice(
        "bf_alice.bin",
        "08afa6ba24da61ea5e8efa139e5aadc938d83f0a6da5a900adaf763ac1da5573",
    ),
    voice(
        "bf_lily.bin",
        "5e0ee32ebe64a467124976b14e69590746f1c4ce41a12b587a50c862edfea335",
    ),
    voice(
        "bm_george.bin",
        "c4b235a4c1f2cd3b939fed08b899ce9385638b763f7b73a59616c4fc9bd6c9bc",
    ),
    voice(
        "bm_fable.bin",
        "f889083196807b4adb15e9204252165f503b8d33d3982e681c52443c49d798f1",
    ),
    voice(
        "bm_daniel.bin",
        "6b3194bbceffb746733cbc22c8f593dd44e401a71d53895a2dca891bc595a1e8",
    ),
    voice(
        "bm_lewis.bin",
        "b8f671cef828c30e66fdf0b0756a76bba58f6bb3398cbbf27058642acbcedb97",
    ),
];
const RUNTIME: [Pinned; 1] = [pin(
    "libonnxruntime.so.1.31.1",
    29_352_200,
    "fc44112fbe06d7d689c57e11d3862031f64711007e4ee020f8eed5185fd2c1d3",
)];

impl Weights {
    /// All of them, in the order in which they are worth having.
    pub const ALL: [Self; 7] = [
        Self::Gate,
        Self::Whisper,
        Self::Runtime,
        Self::Moonshine,
        Self::Kokoro,
        Self::Phonemes,
        Self::Voices,
    ];

    /// Its name, which is its folder's too.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gate => "silero-vad",
            Self::Whisper => "whisper-base",
            Self::Moonshine => "moonshine-tiny",
            Self::Kokoro => "kokoro-82m",
            Self::Phonemes => "kokoro-phonemes",
            Self::Voices => "kokoro-voices",
            Self::Runtime => "onnxruntime",
        }
    }

    /// Its files.
    pub fn files(self) -> &'static [Pinned] {
        match self {
            Self::Gate => &GATE,
            Self::Whisper => &WHISPER,
            Self::Moonshine => &MOONSHINE,
            Self::Kokoro => &KOKORO,
            Self::Phonemes => &PHONEMES,
            Self::Voices => &VOICES,
            Self::Runtime => &RUNTIME,
        }
    }

    /// Whether its files run on this kind of machine: the library is held for Linux on x86-64 only.
    pub fn fits_here(self) -> bool {
        self != Self::Runtime || cfg!(all(target_os = "linux", target_arch = "x86_64"))
    }

    /// Where a file of it stands, below the folder of all models.
    pub fn path(self, models: &Path, file: &Pinned) -> PathBuf {
        models.join(self.name()).join(file.name)
    }

    /// Whether all its files are there, by their lengths alone.
    pub fn present(self, models: &Path) -> bool {
        self.files().iter().all(|file| {
            let found = std::fs::metadata(self.path(models, file));
            found.is_ok_and(|found| found.len() == file.bytes)
        })
    }
}

/// The names of the voices, the default one first: `bf_` are women, `bm_` men.
pub fn voices() -> impl Iterator<Item = &'static str> {
    VOICES
        .iter()
        .filter_map(|file| file.name.strip_suffix(".bin"))
}

/// The files of a set, each checked by its SHA-256: what is loaded as code or weights must be what we know.
#[cfg(feature = "voice")]
pub(super) fn checked(weights: Weights, models: &Path) -> Result<Vec<PathBuf>, String> {
    use std::io::Read;

    use sha2::{Digest, Sha256};

    let mut paths = Vec::new();
    for file in weights.files() {
        let path = weights.path(models, file);
        let told = |what: &str| format!("{} is {what}", path.display());
        let mut opened = std::fs::File::open(&path).map_err(|_| told("not there"))?;
        let (mut digest, mut block) = (Sha256::new(), vec![0; 1 << 16]);
        loop {
            let length = opened.read(&mut block).map_err(|e| told(&e.to_string()))?;
            match block.get(..length) {
                None | Some([]) => break,
                Some(read) => digest.update(read),
            }
        }
        let found: String = digest
            .finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        if found != file.sha256 {
            return Err(told(
                "not the pinned file: `waymark models fetch` brings the right one",
            ));
        }
        paths.push(path);
    }
    Ok(paths)
}
