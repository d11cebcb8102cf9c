//! A linear adapter on a frozen model: a matrix, learnt from the knowledge's own questions, that turns vectors so that questions of
//! one article come nearer to each other than to others. tests/ranking/adapter.py learns it and says how it fares.
//! What never lives here: the model's own sums (encoder.rs), comparing vectors (../meaning.rs).

use ndarray::{Array2, ArrayView1};

use super::{
    super::meaning::of_length_one,
    embedder::ModelError,
    model::{FINGERPRINT, Model},
};

/// What was learnt for each model: its fingerprint, then what the matrix has beyond doing nothing, as bfloat16.
const ENGLISH: &[u8] = include_bytes!("adapter-english.bin");
const TONGUES: &[u8] = include_bytes!("adapter-tongues.bin");

/// A square matrix as wide as the model's vectors.
pub(super) struct Adapter {
    matrix: Array2<f32>,
}

impl Adapter {
    /// What was learnt for a model.
    ///
    /// # Errors
    /// When it was learnt with another model than this one: learn it again.
    pub(super) fn of(model: Model) -> Result<Self, ModelError> {
        let learnt = match model {
            Model::MiniLm => ENGLISH,
            Model::E5 => TONGUES,
        };
        Self::read(learnt, model.dimensions(), &model.fingerprint())
    }

    fn read(
        bytes: &[u8],
        width: usize,
        fingerprint: &[u8; FINGERPRINT],
    ) -> Result<Self, ModelError> {
        let beyond = bytes.strip_prefix(fingerprint).ok_or_else(|| {
            ModelError::unreadable(
                "the adapter was learnt with another model: run tests/ranking/adapter.py",
            )
        })?;
        let beyond = beyond
            .chunks_exact(size_of::<u16>())
            .filter_map(|two| Some(u16::from_le_bytes(two.try_into().ok()?)))
            .map(|bits| f32::from_bits(u32::from(bits) << 16))
            .collect();
        let beyond =
            Array2::from_shape_vec((width, width), beyond).map_err(ModelError::unreadable)?;
        Ok(Self {
            matrix: beyond + Array2::<f32>::eye(width),
        })
    }

    /// The vector turned, of length 1.
    pub(super) fn apply(&self, vector: &[f32]) -> Vec<f32> {
        of_length_one(ArrayView1::from(vector).dot(&self.matrix).to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_turns_row_by_row_and_belongs_to_one_model() {
        // 1.0 as bfloat16 at row 0, column 1: the first number is added to the second.
        let mut bytes = vec![7; FINGERPRINT];
        bytes.extend([0x00, 0x00, 0x80, 0x3F, 0x00, 0x00, 0x00, 0x00]);
        let adapter = Adapter::read(&bytes, 2, &[7; FINGERPRINT]).unwrap();
        let half = std::f32::consts::FRAC_1_SQRT_2;
        assert_eq!(adapter.apply(&[1.0, 0.0]), [half, half]);
        assert_eq!(adapter.apply(&[0.0, 3.0]), [0.0, 1.0]);
        assert!(Adapter::read(&bytes, 2, &[8; FINGERPRINT]).is_err());
        assert!(Adapter::read(&bytes, 3, &[7; FINGERPRINT]).is_err());
    }

    #[test]
    fn what_is_compiled_in_is_for_the_models_that_are_fetched() {
        assert!(Adapter::of(Model::MiniLm).is_ok());
        assert!(Adapter::of(Model::E5).is_ok());
    }
}
