//! all-MiniLM-L6-v2 from its safetensors and tokenizer.json.
//! What never lives here: the encoder's sums, other models.

use std::collections::HashMap;

use candle_core::{Device, Tensor, bail, safetensors};
use tokenizers::{Tokenizer, TruncationParams};

use super::{
    encoder::{Encoder, Layer, Linear, Norm, Table, positions},
    model::Model,
};

const LAYERS: usize = 6;

/// Named tensors of the file.
struct Tensors(HashMap<String, Tensor>);

impl Tensors {
    fn take(&mut self, name: &str) -> candle_core::Result<Tensor> {
        match self.0.remove(name) {
            Some(tensor) => Ok(tensor),
            None => bail!("no tensor {name}"),
        }
    }

    fn pair(&mut self, name: &str) -> candle_core::Result<(Tensor, Tensor)> {
        Ok((
            self.take(&format!("{name}.weight"))?,
            self.take(&format!("{name}.bias"))?,
        ))
    }

    fn linear(&mut self, name: &str) -> candle_core::Result<Linear> {
        let (weight, bias) = self.pair(name)?;
        Linear::new(&weight, bias)
    }

    fn norm(&mut self, name: &str) -> candle_core::Result<Norm> {
        let (weight, bias) = self.pair(name)?;
        Ok(Norm::new(weight, bias))
    }

    fn layer(&mut self, number: usize) -> candle_core::Result<Layer> {
        let at = format!("encoder.layer.{number}");
        Ok(Layer {
            attend: Linear::attention([
                self.pair(&format!("{at}.attention.self.query"))?,
                self.pair(&format!("{at}.attention.self.key"))?,
                self.pair(&format!("{at}.attention.self.value"))?,
            ])?,
            attended: self.linear(&format!("{at}.attention.output.dense"))?,
            attended_norm: self.norm(&format!("{at}.attention.output.LayerNorm"))?,
            widen: self.linear(&format!("{at}.intermediate.dense"))?,
            narrow: self.linear(&format!("{at}.output.dense"))?,
            norm: self.norm(&format!("{at}.output.LayerNorm"))?,
        })
    }
}

/// The encoder, from the bytes of `model.safetensors`.
pub(super) fn encoder(weights: &[u8]) -> candle_core::Result<Encoder> {
    let mut tensors = Tensors(safetensors::load_buffer(weights, &Device::Cpu)?);
    Ok(Encoder {
        words: Box::new(Table(tensors.take("embeddings.word_embeddings.weight")?)),
        positions: positions(
            &tensors.take("embeddings.position_embeddings.weight")?,
            &tensors.take("embeddings.token_type_embeddings.weight")?,
        )?,
        norm: tensors.norm("embeddings.LayerNorm")?,
        layers: (0..LAYERS)
            .map(|number| tensors.layer(number))
            .collect::<candle_core::Result<_>>()?,
    })
}

/// The tokenizer, from the bytes of `tokenizer.json`. The file asks for 128 tokens and for padding; the model wants neither.
pub(super) fn tokenizer(json: &[u8]) -> tokenizers::Result<Tokenizer> {
    let mut tokenizer = Tokenizer::from_bytes(json)?;
    tokenizer.with_padding(None);
    tokenizer.with_truncation(Some(TruncationParams {
        max_length: Model::MiniLm.token_limit(),
        ..TruncationParams::default()
    }))?;
    Ok(tokenizer)
}
