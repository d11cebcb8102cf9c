//! all-MiniLM-L6-v2 from its safetensors and tokenizer.json.
//! What never lives here: the encoder's sums, other models.

use safetensors::SafeTensors;
use tokenizers::{Tokenizer, TruncationParams};

use super::{
    embedder::ModelError,
    encoder::{Encoder, Layer, Linear, Norm, Words, positions},
    model::Model,
    numbers,
};

const LAYERS: usize = 6;

/// Named tensors of the file.
struct Tensors<'a>(SafeTensors<'a>);

impl Tensors<'_> {
    fn numbers(&self, name: &str) -> Result<Vec<f32>, ModelError> {
        let tensor = self.0.tensor(name).map_err(ModelError::unreadable)?;
        Ok(numbers(tensor.data()))
    }

    fn pair(&self, name: &str) -> Result<(Vec<f32>, Vec<f32>), ModelError> {
        Ok((
            self.numbers(&format!("{name}.weight"))?,
            self.numbers(&format!("{name}.bias"))?,
        ))
    }

    fn linear(&self, name: &str) -> Result<Linear, ModelError> {
        let (weight, bias) = self.pair(name)?;
        Linear::new(weight, bias).map_err(ModelError::unreadable)
    }

    fn norm(&self, name: &str) -> Result<Norm, ModelError> {
        let (scale, shift) = self.pair(name)?;
        Ok(Norm::new(scale, shift))
    }

    fn layer(&self, number: usize) -> Result<Layer, ModelError> {
        let at = format!("encoder.layer.{number}");
        Ok(Layer {
            attend: Linear::attention([
                self.pair(&format!("{at}.attention.self.query"))?,
                self.pair(&format!("{at}.attention.self.key"))?,
                self.pair(&format!("{at}.attention.self.value"))?,
            ])
            .map_err(ModelError::unreadable)?,
            attended: self.linear(&format!("{at}.attention.output.dense"))?,
            attended_norm: self.norm(&format!("{at}.attention.output.LayerNorm"))?,
            widen: self.linear(&format!("{at}.intermediate.dense"))?,
            narrow: self.linear(&format!("{at}.output.dense"))?,
            norm: self.norm(&format!("{at}.output.LayerNorm"))?,
        })
    }
}

/// A word table held as it is, row by row.
struct Table(Vec<f32>);

impl Words for Table {
    fn row(&self, token: u32, out: &mut [f32]) {
        let number = usize::try_from(token).unwrap_or(usize::MAX);
        if let Some(row) = self.0.chunks_exact(out.len()).nth(number) {
            out.copy_from_slice(row);
        }
    }
}

/// The encoder, from the bytes of `model.safetensors`.
pub(super) fn encoder(weights: &[u8]) -> Result<Encoder, ModelError> {
    let tensors = Tensors(SafeTensors::deserialize(weights).map_err(ModelError::unreadable)?);
    Ok(Encoder {
        words: Box::new(Table(tensors.numbers("embeddings.word_embeddings.weight")?)),
        positions: positions(
            tensors.numbers("embeddings.position_embeddings.weight")?,
            tensors.numbers("embeddings.token_type_embeddings.weight")?,
            Model::MiniLm.dimensions(),
        )
        .map_err(ModelError::unreadable)?,
        norm: tensors.norm("embeddings.LayerNorm")?,
        layers: (0..LAYERS)
            .map(|number| tensors.layer(number))
            .collect::<Result<_, _>>()?,
    })
}

/// The tokenizer, from the bytes of `tokenizer.json`. The file asks for 128 tokens and for padding; the model wants neither.
pub(super) fn tokenizer(json: &[u8]) -> Result<Tokenizer, ModelError> {
    let mut tokenizer = Tokenizer::from_bytes(json).map_err(ModelError::unreadable)?;
    tokenizer.with_padding(None);
    let truncation = TruncationParams {
        max_length: Model::MiniLm.token_limit(),
        ..TruncationParams::default()
    };
    tokenizer
        .with_truncation(Some(truncation))
        .map_err(ModelError::unreadable)?;
    Ok(tokenizer)
}
