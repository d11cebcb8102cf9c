//! The BERT encoder that both models are: token numbers to one vector of length 1.
//! What never lives here: tokens, files, threads.

use candle_core::{D, Device, Result, Tensor, bail};
use candle_nn::ops::{layer_norm, softmax_last_dim};

const HEADS: usize = 12;
/// Both models were made with it.
const EPSILON: f32 = 1e-12;

/// Rows of the word table: read as they are, or unpacked when a token asks for one.
pub(super) trait Words: Send + Sync {
    /// The rows of these tokens, one below the other.
    fn rows(&self, tokens: &[u32]) -> Result<Tensor>;
}

/// Scale and shift behind a normalisation.
pub(super) struct Norm {
    weight: Tensor,
    bias: Tensor,
}

/// One matrix with its bias. Kept as (in, out), which the multiplication reads at twice the speed of (out, in).
pub(super) struct Linear {
    weight: Tensor,
    bias: Tensor,
}

pub(super) struct Layer {
    /// Query, key and value side by side: one multiplication instead of three.
    pub(super) attend: Linear,
    pub(super) attended: Linear,
    pub(super) attended_norm: Norm,
    pub(super) widen: Linear,
    pub(super) narrow: Linear,
    pub(super) norm: Norm,
}

/// A whole model.
pub(super) struct Encoder {
    pub(super) words: Box<dyn Words>,
    /// Position and token type added up: there is only one type.
    pub(super) positions: Tensor,
    pub(super) norm: Norm,
    pub(super) layers: Vec<Layer>,
}

impl Norm {
    pub(super) fn new(weight: Tensor, bias: Tensor) -> Self {
        Self { weight, bias }
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        layer_norm(x, &self.weight, &self.bias, EPSILON)
    }
}

impl Linear {
    /// From a weight as (out, in), as files hold it.
    pub(super) fn new(weight: &Tensor, bias: Tensor) -> Result<Self> {
        Ok(Self {
            weight: weight.t()?.contiguous()?,
            bias,
        })
    }

    /// Query, key and value in one. Attention divides by the root of the head's width: done here, once.
    pub(super) fn attention(qkv: [(Tensor, Tensor); 3]) -> Result<Self> {
        let [(query, query_bias), (key, key_bias), (value, value_bias)] = qkv;
        let width = query.dim(0)? / HEADS;
        #[expect(clippy::cast_precision_loss, reason = "a width of some tens")]
        let scale = 1.0 / (width as f64).sqrt();
        let weight = Tensor::cat(&[&(query * scale)?, &key, &value], 0)?;
        let bias = Tensor::cat(&[&(query_bias * scale)?, &key_bias, &value_bias], 0)?;
        Self::new(&weight, bias)
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        x.matmul(&self.weight)?.broadcast_add(&self.bias)
    }
}

impl Layer {
    /// `x` is (tokens of all texts, width); `lengths` cuts it into texts.
    fn forward(&self, x: &Tensor, lengths: &[usize]) -> Result<Tensor> {
        let attend = self.attend.forward(x)?;
        let mut heads = Vec::with_capacity(lengths.len());
        let mut start = 0;
        for &length in lengths {
            heads.push(attention(&attend.narrow(0, start, length)?)?);
            start += length;
        }
        let x = (self.attended.forward(&Tensor::cat(&heads, 0)?)? + x)?;
        let x = self.attended_norm.forward(&x)?;
        let wide = self.widen.forward(&x)?.gelu_erf()?;
        self.norm.forward(&(self.narrow.forward(&wide)? + x)?)
    }
}

/// (tokens, query + key + value) of one text to (tokens, width). A text sees itself only, so nothing needs a mask.
fn attention(qkv: &Tensor) -> Result<Tensor> {
    let (tokens, three) = qkv.dims2()?;
    let width = three / 3;
    let part = |number: usize| {
        qkv.narrow(1, number * width, width)?
            .reshape((tokens, HEADS, width / HEADS))?
            .transpose(0, 1)?
            .contiguous()
    };
    let scores = part(0)?.matmul(&part(1)?.t()?)?;
    softmax_last_dim(&scores)?
        .matmul(&part(2)?)?
        .transpose(0, 1)?
        .reshape((tokens, width))
}

impl Encoder {
    /// The vectors of several texts, each its token numbers. All of them go through a matrix at once, none is padded.
    pub(super) fn forward(&self, texts: &[Vec<u32>]) -> Result<Vec<Vec<f32>>> {
        let lengths: Vec<usize> = texts.iter().map(Vec::len).collect();
        if lengths.contains(&0) {
            bail!("a text without tokens");
        }
        if lengths.is_empty() {
            return Ok(Vec::new());
        }
        let positions = lengths
            .iter()
            .map(|length| self.positions.narrow(0, 0, *length))
            .collect::<Result<Vec<_>>>()?;
        let words = self.words.rows(&texts.concat())?;
        let mut x = self.norm.forward(&(words + Tensor::cat(&positions, 0)?)?)?;
        for layer in &self.layers {
            x = layer.forward(&x, &lengths)?;
        }
        let mut start = 0;
        let mut vectors = Vec::with_capacity(lengths.len());
        for length in lengths {
            let mean = x.narrow(0, start, length)?.mean(0)?;
            let norm = mean.sqr()?.sum_all()?.sqrt()?;
            vectors.push(mean.broadcast_div(&norm)?.to_vec1::<f32>()?);
            start += length;
        }
        Ok(vectors)
    }
}

/// A word table held as it is.
pub(super) struct Table(pub(super) Tensor);

impl Words for Table {
    fn rows(&self, tokens: &[u32]) -> Result<Tensor> {
        self.0.index_select(&Tensor::new(tokens, &Device::Cpu)?, 0)
    }
}

/// Positions with the only token type added.
pub(super) fn positions(positions: &Tensor, types: &Tensor) -> Result<Tensor> {
    let (_, width) = positions.dims2()?;
    let first = types.reshape(((), width))?.narrow(0, 0, 1)?;
    debug_assert_eq!(first.dim(D::Minus1)?, width);
    positions.broadcast_add(&first)
}
