//! The BERT encoder that both models are: token numbers to one vector of length 1. One thread: the caller's.
//! What never lives here: tokens, files, threads.

use ndarray::{
    Array1, Array2, ArrayView2, ArrayViewMut2, Axis, ShapeError, Slice, linalg::general_mat_mul,
};

const HEADS: usize = 12;
/// Both models were made with it.
const EPSILON: f32 = 1e-12;

/// The word table: as it is, or read from what a file holds when a token asks for its row.
pub(super) trait Words: Send + Sync {
    /// Writes a token's row; nothing for a token that does not exist.
    fn row(&self, token: u32, out: &mut [f32]);
}

/// Brings each row to mean 0 and variance 1, then scales and shifts it.
pub(super) struct Norm {
    scale: Vec<f32>,
    shift: Vec<f32>,
}

/// One matrix with its bias. Kept as (in, out) row by row: multiplying a few tokens is then quicker than with (out, in).
pub(super) struct Linear {
    weight: Array2<f32>,
    bias: Array1<f32>,
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
    /// A row for each place in a text, with the only token type added.
    pub(super) positions: Array2<f32>,
    pub(super) norm: Norm,
    pub(super) layers: Vec<Layer>,
}

impl Norm {
    pub(super) fn new(scale: Vec<f32>, shift: Vec<f32>) -> Self {
        Self { scale, shift }
    }

    fn apply(&self, rows: &mut Array2<f32>) {
        #[expect(clippy::cast_precision_loss, reason = "a width of some hundreds")]
        let width = self.scale.len() as f32;
        for mut row in rows.rows_mut() {
            let mean = row.sum() / width;
            let variance = row.fold(0.0, |sum, x| sum + (x - mean) * (x - mean)) / width;
            let by = (variance + EPSILON).sqrt().recip();
            for ((x, scale), shift) in row.iter_mut().zip(&self.scale).zip(&self.shift) {
                *x = (*x - mean) * by * scale + shift;
            }
        }
    }
}

impl Linear {
    /// From a weight as (out, in), as files hold it.
    pub(super) fn new(weight: Vec<f32>, bias: Vec<f32>) -> Result<Self, ShapeError> {
        let shape = (bias.len(), weight.len() / bias.len().max(1));
        let turned = Array2::from_shape_vec(shape, weight)?.reversed_axes();
        Ok(Self {
            weight: turned.as_standard_layout().into_owned(),
            bias: bias.into(),
        })
    }

    /// Query, key and value in one. Attention divides by the root of a head's width: done here, once.
    pub(super) fn attention(qkv: [(Vec<f32>, Vec<f32>); 3]) -> Result<Self, ShapeError> {
        let [(mut weight, mut bias), (key, key_bias), (value, value_bias)] = qkv;
        #[expect(clippy::cast_precision_loss, reason = "a width of some tens")]
        let scale = ((bias.len() / HEADS) as f32).sqrt().recip();
        for x in weight.iter_mut().chain(&mut bias) {
            *x *= scale;
        }
        weight.extend(key.into_iter().chain(value));
        bias.extend(key_bias.into_iter().chain(value_bias));
        Self::new(weight, bias)
    }

    /// A row of `in` numbers a token to a row of `out` numbers.
    fn apply(&self, x: &Array2<f32>) -> Array2<f32> {
        x.dot(&self.weight) + &self.bias
    }
}

impl Layer {
    /// `x` holds the rows of all texts; `lengths` cuts it into texts.
    fn apply(&self, mut x: Array2<f32>, lengths: &[usize]) -> Array2<f32> {
        let attend = self.attend.apply(&x);
        let mut seen = Array2::zeros(x.raw_dim());
        let mut start = 0;
        for length in lengths {
            let text = Slice::from(start..start + length);
            attention(
                attend.slice_axis(Axis(0), text),
                seen.slice_axis_mut(Axis(0), text),
            );
            start += length;
        }
        x += &self.attended.apply(&seen);
        self.attended_norm.apply(&mut x);
        let mut wide = self.widen.apply(&x);
        wide.mapv_inplace(gelu);
        x += &self.narrow.apply(&wide);
        self.norm.apply(&mut x);
        x
    }
}

/// What each token of one text takes from all of its tokens. A text sees itself only, so nothing is padded or masked.
fn attention(qkv: ArrayView2<f32>, mut seen: ArrayViewMut2<f32>) {
    let width = seen.ncols();
    for from in (0..width).step_by(width / HEADS) {
        let part = |number: usize| {
            let from = from + number * width;
            qkv.slice_axis(Axis(1), Slice::from(from..from + width / HEADS))
        };
        let mut shares = part(0).dot(&part(1).t());
        for mut row in shares.rows_mut() {
            let most = row.fold(f32::NEG_INFINITY, |most, x| most.max(*x));
            row.mapv_inplace(|x| (x - most).exp());
            row /= row.sum();
        }
        let mut head = seen.slice_axis_mut(Axis(1), Slice::from(from..from + width / HEADS));
        general_mat_mul(1.0, &shares, &part(2), 0.0, &mut head);
    }
}

fn gelu(x: f32) -> f32 {
    x * 0.5 * (1.0 + erf(x * std::f32::consts::FRAC_1_SQRT_2))
}

/// The error function as a quotient of polynomials, as Eigen and XLA compute it: within 1e-7, and without branches, so that
/// the compiler takes several numbers at once. It runs a hundred thousand times a question.
fn erf(x: f32) -> f32 {
    const UPPER: [f32; 7] = [
        -2.726_142e-10,
        2.770_681_4e-8,
        -2.101_024e-6,
        -5.692_506_4e-5,
        -7.349_906e-4,
        -2.954_6e-3,
        -1.609_603_3e-2,
    ];
    const LOWER: [f32; 5] = [
        -1.456_607_2e-5,
        -2.133_740_6e-4,
        -1.682_827e-3,
        -7.373_329e-3,
        -1.426_473_9e-2,
    ];
    let x = x.clamp(-4.0, 4.0);
    let square = x * x;
    let at = |factors: &[f32]| {
        factors
            .iter()
            .fold(0.0, |sum, factor| sum * square + factor)
    };
    x * at(&UPPER) / at(&LOWER)
}

impl Encoder {
    /// The vectors of several texts, each its token numbers (at least one, no more than there are positions). All of them go
    /// through a matrix at once.
    pub(super) fn apply(&self, texts: &[Vec<u32>]) -> Vec<Vec<f32>> {
        let lengths: Vec<usize> = texts.iter().map(Vec::len).collect();
        let mut x = Array2::zeros((lengths.iter().sum(), self.positions.ncols()));
        let places = texts
            .iter()
            .flat_map(|t| t.iter().zip(self.positions.rows()));
        for (mut row, (token, position)) in x.rows_mut().into_iter().zip(places) {
            if let Some(row) = row.as_slice_mut() {
                self.words.row(*token, row);
            }
            row += &position;
        }
        self.norm.apply(&mut x);
        for layer in &self.layers {
            x = layer.apply(x, &lengths);
        }
        let mut start = 0;
        let mut vectors = Vec::with_capacity(lengths.len());
        for length in lengths {
            // The direction of the mean is that of the sum.
            let sum = x
                .slice_axis(Axis(0), Slice::from(start..start + length))
                .sum_axis(Axis(0));
            let norm = sum.dot(&sum).sqrt();
            vectors.push((sum / norm).to_vec());
            start += length;
        }
        vectors
    }
}

/// A row for each place in a text, from those of the places and those of the token types, of which only the first is used.
pub(super) fn positions(
    places: Vec<f32>,
    mut types: Vec<f32>,
    width: usize,
) -> Result<Array2<f32>, ShapeError> {
    types.truncate(width);
    let places = Array2::from_shape_vec((places.len() / width.max(1), width), places)?;
    Ok(places + Array1::from(types))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_function_is_as_tables_say() {
        let table = [
            (0.0, 0.0),
            (0.1, 0.112_462_92),
            (0.5, 0.520_499_9),
            (1.0, 0.842_700_8),
            (2.0, 0.995_322_3),
            (3.0, 0.999_977_9),
            (9.0, 1.0),
        ];
        for (x, y) in table {
            assert!((erf(x) - y).abs() < 2e-7, "{x}: {}", erf(x));
            assert!((erf(-x) + y).abs() < 2e-7, "{x}: {}", erf(-x));
        }
    }

    #[test]
    fn a_token_takes_from_its_own_text_what_fits_its_question() {
        // Two tokens; the first asks for what the second offers, the second for nothing in particular.
        let qkv = Array2::from_shape_fn((2, 3 * HEADS), |(token, at)| match (token, at / HEADS) {
            (0, 0) => 30.0,
            (1, 1) => 1.0,
            (0, 2) => 5.0,
            (1, 2) => 7.0,
            _ => 0.0,
        });
        let mut seen = Array2::zeros((2, HEADS));
        attention(qkv.view(), seen.view_mut());
        assert!(seen.row(0).iter().all(|x| (x - 7.0).abs() < 1e-5), "{seen}");
        assert!(seen.row(1).iter().all(|x| (x - 6.0).abs() < 1e-5), "{seen}");
    }
}
