//! Whisper from the form in which packages hold it (CTranslate2, 16 bits) to the one its engine reads (ggml, 8 bits), byte for
//! byte always the same: so the result has a pin too. What never lives here: fetching.

use std::{collections::HashMap, io::Write};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

/// The kinds of numbers met in the packages.
const HALF: u8 = 4;
const SHORT: u8 = 2;
/// Of a record in the result.
const AS_FULL: i32 = 0;
const AS_HALF: i32 = 1;
/// Blocks of 32 weights in 8 bits with one 16-bit scale (ggml's `Q8_0`).
const AS_BYTES: i32 = 8;
const BLOCK: usize = 32;
/// What the head says of a model whose weights are so: the second version of that form, and its number.
const BYTES_WITHIN: usize = 2007;

/// A tensor as it lies in the package.
struct Tensor<'a> {
    shape: Vec<usize>,
    kind: u8,
    bytes: &'a [u8],
}

/// Writes the model of `packed` with the words of `tokenizer` (JSON) in the form of ggml.
pub(super) fn convert(packed: &[u8], tokenizer: &[u8], mut out: impl Write) -> Result<()> {
    let tensors = read(packed)?;
    let model = Model { tensors };
    model.head(&mut out)?;
    vocabulary(
        tokenizer,
        model.size("decoder/embeddings/weight", 0)?,
        &mut out,
    )?;
    model.body(&mut out)
}

/// Takes bytes off the front; the file is not trusted before its result's pin is right.
fn take<'a>(bytes: &mut &'a [u8], length: usize) -> Result<&'a [u8]> {
    let (head, rest) = bytes
        .split_at_checked(length)
        .context("the file breaks off")?;
    *bytes = rest;
    Ok(head)
}

fn number(bytes: &mut &[u8]) -> Result<usize> {
    let four: [u8; 4] = take(bytes, 4)?.try_into()?;
    Ok(usize::try_from(u32::from_le_bytes(four))?)
}

/// A length with the zero behind it, then the text.
fn text(bytes: &mut &[u8]) -> Result<String> {
    let two: [u8; 2] = take(bytes, 2)?.try_into()?;
    let text = take(bytes, usize::from(u16::from_le_bytes(two)))?;
    Ok(String::from_utf8(
        text.strip_suffix(b"\0").unwrap_or(text).to_vec(),
    )?)
}

fn read(mut bytes: &[u8]) -> Result<HashMap<String, Tensor<'_>>> {
    let rest = &mut bytes;
    ensure!(number(rest)? == 6, "another version of the form");
    ensure!(text(rest)? == "WhisperSpec", "not this kind of model");
    ensure!(number(rest)? == 3, "another revision of the form");
    let count = number(rest)?;
    let mut tensors = HashMap::new();
    for _ in 0..count {
        let name = text(rest)?;
        let dimensions = usize::from(*take(rest, 1)?.first().context("breaks off")?);
        let shape = (0..dimensions)
            .map(|_| number(rest))
            .collect::<Result<_>>()?;
        let kind = *take(rest, 1)?.first().context("breaks off")?;
        let length = number(rest)?;
        let bytes = take(rest, length)?;
        tensors.insert(name, Tensor { shape, kind, bytes });
    }
    Ok(tensors)
}

struct Model<'a> {
    tensors: HashMap<String, Tensor<'a>>,
}

impl Model<'_> {
    fn get(&self, name: &str) -> Result<&Tensor<'_>> {
        self.tensors
            .get(name)
            .with_context(|| format!("{name} is missing"))
    }

    fn size(&self, name: &str, dimension: usize) -> Result<usize> {
        let shape = &self.get(name)?.shape;
        shape
            .get(dimension)
            .copied()
            .with_context(|| format!("{name} has another shape"))
    }

    fn heads(&self, side: &str) -> Result<usize> {
        let held = self.get(&format!("{side}/num_heads"))?;
        ensure!(held.kind == SHORT, "the number of heads is of another kind");
        Ok(usize::from(u16::from_le_bytes(held.bytes.try_into()?)))
    }

    fn layers(&self, side: &str) -> usize {
        let is = |n: &usize| {
            self.tensors
                .contains_key(&format!("{side}/layer_{n}/ffn/linear_0/weight"))
        };
        (0..).take_while(is).count()
    }

    fn head(&self, out: &mut impl Write) -> Result<()> {
        let mels = self.size("encoder/conv1/weight", 1)?;
        let sizes = [
            0x6767_6d6c,
            self.size("decoder/embeddings/weight", 0)?,
            self.size("encoder/position_encodings/encodings", 0)?,
            self.size("encoder/position_encodings/encodings", 1)?,
            self.heads("encoder")?,
            self.layers("encoder"),
            self.size("decoder/position_encodings/encodings", 0)?,
            self.size("decoder/position_encodings/encodings", 1)?,
            self.heads("decoder")?,
            self.layers("decoder"),
            mels,
            BYTES_WITHIN,
            mels,
            BINS,
        ];
        for size in sizes {
            out.write_all(&i32::try_from(size)?.to_le_bytes())?;
        }
        for weight in filters(mels) {
            out.write_all(&weight.to_le_bytes())?;
        }
        Ok(())
    }

    /// Every tensor in the order of the pin: embeddings, sound, blocks, norms.
    fn body(&self, out: &mut impl Write) -> Result<()> {
        for side in ["encoder", "decoder"] {
            let from = format!("{side}/position_encodings/encodings");
            self.whole(&from, &format!("{side}.positional_embedding"), AS_FULL, out)?;
        }
        self.whole(
            "decoder/embeddings/weight",
            "decoder.token_embedding.weight",
            AS_BYTES,
            out,
        )?;
        for layer in ["conv1", "conv2"] {
            let width = self.size(&format!("encoder/{layer}/bias"), 0)?;
            let (from, to) = (format!("encoder/{layer}"), format!("encoder.{layer}"));
            self.whole(
                &format!("{from}/weight"),
                &format!("{to}.weight"),
                AS_HALF,
                out,
            )?;
            let bias = self.get(&format!("{from}/bias"))?;
            record(
                &format!("{to}.bias"),
                &[width, 1],
                bias.kind,
                bias.bytes,
                AS_FULL,
                out,
            )?;
        }
        let blocks = ["encoder", "decoder"]
            .into_iter()
            .flat_map(|side| (0..self.layers(side)).map(move |n| (side, n)));
        for (side, n) in blocks.clone() {
            self.block(side, n, out)?;
        }
        self.norm("encoder/layer_norm", "encoder.ln_post", out)?;
        self.norm("decoder/layer_norm", "decoder.ln", out)?;
        for (side, n) in blocks {
            let (from, to) = (format!("{side}/layer_{n}"), format!("{side}.blocks.{n}"));
            self.norm(
                &format!("{from}/self_attention/layer_norm"),
                &format!("{to}.attn_ln"),
                out,
            )?;
            self.norm(
                &format!("{from}/ffn/layer_norm"),
                &format!("{to}.mlp_ln"),
                out,
            )?;
            if side == "decoder" {
                let held = format!("{from}/attention/layer_norm");
                self.norm(&held, &format!("{to}.cross_attn_ln"), out)?;
            }
        }
        Ok(())
    }

    fn block(&self, side: &str, n: usize, out: &mut impl Write) -> Result<()> {
        let (from, to) = (format!("{side}/layer_{n}"), format!("{side}.blocks.{n}"));
        let own = format!("{from}/self_attention");
        // Query, key and value lie in one; a key has no bias.
        self.third(
            &format!("{own}/linear_0"),
            (0, 3),
            &format!("{to}.attn.query"),
            true,
            out,
        )?;
        self.third(
            &format!("{own}/linear_0"),
            (1, 3),
            &format!("{to}.attn.key"),
            false,
            out,
        )?;
        self.third(
            &format!("{own}/linear_0"),
            (2, 3),
            &format!("{to}.attn.value"),
            true,
            out,
        )?;
        self.linear(&format!("{own}/linear_1"), &format!("{to}.attn.out"), out)?;
        if side == "decoder" {
            let (cross, to) = (format!("{from}/attention"), format!("{to}.cross_attn"));
            self.linear(&format!("{cross}/linear_0"), &format!("{to}.query"), out)?;
            self.third(
                &format!("{cross}/linear_1"),
                (0, 2),
                &format!("{to}.key"),
                false,
                out,
            )?;
            self.third(
                &format!("{cross}/linear_1"),
                (1, 2),
                &format!("{to}.value"),
                true,
                out,
            )?;
            self.linear(&format!("{cross}/linear_2"), &format!("{to}.out"), out)?;
        }
        self.linear(&format!("{from}/ffn/linear_0"), &format!("{to}.mlp.0"), out)?;
        self.linear(&format!("{from}/ffn/linear_1"), &format!("{to}.mlp.2"), out)
    }

    fn linear(&self, from: &str, to: &str, out: &mut impl Write) -> Result<()> {
        self.third(from, (0, 1), to, true, out)
    }

    /// One of several equal parts of a linear layer, weight and bias.
    fn third(
        &self,
        from: &str,
        (part, of): (usize, usize),
        to: &str,
        bias: bool,
        out: &mut impl Write,
    ) -> Result<()> {
        for (name, as_kind) in [("weight", AS_BYTES), ("bias", AS_FULL)] {
            if name == "bias" && !bias {
                continue;
            }
            let held = self.get(&format!("{from}/{name}"))?;
            let mut shape = held.shape.clone();
            let first = shape.first_mut().context("no shape")?;
            *first /= of;
            let length = held.bytes.len() / of;
            let bytes = held
                .bytes
                .get(part * length..(part + 1) * length)
                .context("breaks off")?;
            record(
                &format!("{to}.{name}"),
                &shape,
                held.kind,
                bytes,
                as_kind,
                out,
            )?;
        }
        Ok(())
    }

    fn norm(&self, from: &str, to: &str, out: &mut impl Write) -> Result<()> {
        self.whole(
            &format!("{from}/gamma"),
            &format!("{to}.weight"),
            AS_FULL,
            out,
        )?;
        self.whole(&format!("{from}/beta"), &format!("{to}.bias"), AS_FULL, out)
    }

    fn whole(&self, from: &str, to: &str, as_kind: i32, out: &mut impl Write) -> Result<()> {
        let held = self.get(from)?;
        record(to, &held.shape, held.kind, held.bytes, as_kind, out)
    }
}

fn record(
    name: &str,
    shape: &[usize],
    kind: u8,
    bytes: &[u8],
    as_kind: i32,
    out: &mut impl Write,
) -> Result<()> {
    ensure!(kind == HALF, "{name}: numbers of another kind");
    for size in [shape.len(), name.len()] {
        out.write_all(&i32::try_from(size)?.to_le_bytes())?;
    }
    out.write_all(&as_kind.to_le_bytes())?;
    for size in shape.iter().rev() {
        out.write_all(&i32::try_from(*size)?.to_le_bytes())?;
    }
    out.write_all(name.as_bytes())?;
    if as_kind == AS_HALF {
        return Ok(out.write_all(bytes)?);
    }
    let halves = bytes.chunks_exact(2);
    let numbers = halves.map(|two| half::f16::from_le_bytes([two[0], two[1]]).to_f32());
    if as_kind == AS_BYTES {
        let width = shape.last().copied().unwrap_or_default();
        ensure!(width.is_multiple_of(BLOCK), "{name} is of another width");
        let numbers: Vec<f32> = numbers.collect();
        return numbers
            .chunks_exact(BLOCK)
            .try_for_each(|block| in_bytes(block, out));
    }
    for number in numbers {
        out.write_all(&number.to_le_bytes())?;
    }
    Ok(())
}

/// A block of weights, each as a share of the largest in 127 steps, behind the size of a step.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a share of the largest is within -127 to 127"
)]
fn in_bytes(block: &[f32], out: &mut impl Write) -> Result<()> {
    let largest = block
        .iter()
        .fold(0.0_f32, |most, weight| most.max(weight.abs()));
    let step = largest / 127.0;
    let share = if step > 0.0 { 1.0 / step } else { 0.0 };
    out.write_all(&half::f16::from_f32(step).to_le_bytes())?;
    for weight in block {
        out.write_all(&((weight * share).round() as i8).to_le_bytes())?;
    }
    Ok(())
}

#[derive(Deserialize)]
struct Tokenizer {
    model: Words,
}

#[derive(Deserialize)]
struct Words {
    vocab: HashMap<String, usize>,
}

/// The plain tokens as bytes, in order; the engine names the special ones itself.
fn vocabulary(tokenizer: &[u8], size: usize, out: &mut impl Write) -> Result<()> {
    let plain = if size >= 51_865 { 50_257 } else { 50_256 };
    let read: Tokenizer = serde_json::from_slice(tokenizer).context("the list of tokens")?;
    let mut tokens: Vec<(usize, &String)> = read
        .model
        .vocab
        .iter()
        .map(|(token, id)| (*id, token))
        .filter(|(id, _)| *id < plain)
        .collect();
    tokens.sort_unstable();
    if tokens.len() != plain {
        bail!("{} tokens where {plain} should be", tokens.len());
    }
    let bytes_of = byte_letters();
    out.write_all(&i32::try_from(plain)?.to_le_bytes())?;
    for (_, token) in tokens {
        let bytes = token.chars().map(|c| bytes_of.get(&c).copied());
        let bytes = bytes
            .collect::<Option<Vec<u8>>>()
            .context("a token of strange letters")?;
        out.write_all(&i32::try_from(bytes.len())?.to_le_bytes())?;
        out.write_all(&bytes)?;
    }
    Ok(())
}

/// Which byte a letter stands for: what can be printed for itself, the others for letters from U+0100 on.
fn byte_letters() -> HashMap<char, u8> {
    let (mut letters, mut next) = (HashMap::new(), 0x100_u32);
    for byte in u8::MIN..=u8::MAX {
        if matches!(byte, 33..=126 | 161..=172 | 174..=255) {
            letters.insert(char::from(byte), byte);
        } else {
            letters.extend(char::from_u32(next).map(|c| (c, byte)));
            next += 1;
        }
    }
    letters
}

/// Frequencies that sound is taken apart into, 40 hertz from one to the next.
const BINS: usize = 201;

/// The bank of filters on the scale of Slaney: rounded twice to 32 bits, as the model was taught with.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "the rounding is part of the form"
)]
fn filters(mels: usize) -> Vec<f32> {
    const STEP: f64 = 200.0 / 3.0;
    let slope = 6.4_f64.ln() / 27.0;
    let to_mel = |hertz: f64| match hertz < 1000.0 {
        true => hertz / STEP,
        false => 15.0 + (hertz / 1000.0).ln() / slope,
    };
    let to_hertz = |mel: f64| match mel < 15.0 {
        true => mel * STEP,
        false => 1000.0 * ((mel - 15.0) * slope).exp(),
    };
    let highest = to_mel(8000.0);
    let edge = |n: usize| to_hertz(highest * n as f64 / (mels + 1) as f64);
    let mut weights = Vec::with_capacity(mels * BINS);
    for mel in 0..mels {
        let (low, middle, high) = (edge(mel), edge(mel + 1), edge(mel + 2));
        for bin in 0..BINS {
            let hertz = bin as f64 * 40.0;
            let rising = (hertz - low) / (middle - low);
            let falling = (high - hertz) / (high - middle);
            let triangle = rising.min(falling).max(0.0) as f32;
            weights.push((f64::from(triangle) * 2.0 / (high - low)) as f32);
        }
    }
    weights
}
