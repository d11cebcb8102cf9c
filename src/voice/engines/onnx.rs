//! ONNX Runtime as a library that is loaded when it is there: Moonshine and Kokoro run on it.
//! What never lives here: what a model's inputs mean.

use std::path::Path;

use ort::{
    environment::Environment,
    session::Session,
    value::{DynValue, Tensor},
};

/// The runtime, loaded.
#[derive(Clone)]
pub(crate) struct Onnx(std::sync::Arc<Environment>);

impl Onnx {
    /// Loads the library.
    pub(crate) fn open(library: &Path) -> Result<Self, String> {
        let failed = |e: String| format!("{}: {e}", library.display());
        let begun = ort::init_from(library).map_err(|e| failed(e.to_string()))?;
        let environment = begun.with_telemetry(false).build();
        environment
            .map(|e| Self(std::sync::Arc::new(e)))
            .map_err(|e| failed(e.to_string()))
    }

    /// Loads a model; it runs on so many threads.
    pub(crate) fn model(&self, path: &Path, threads: usize) -> Result<Session, String> {
        let failed = |e: String| format!("{}: {e}", path.display());
        let builder = Session::builder(&self.0).map_err(|e| failed(e.to_string()))?;
        let builder = builder
            .with_intra_threads(threads)
            .map_err(|e| failed(e.to_string()))?;
        let mut builder = builder
            .with_inter_threads(1)
            .map_err(|e| failed(e.to_string()))?;
        builder
            .commit_from_file(path)
            .map_err(|e| failed(e.to_string()))
    }
}

/// Numbers as a model takes them.
pub(crate) fn floats(shape: &[usize], numbers: Vec<f32>) -> Result<DynValue, String> {
    let tensor = Tensor::from_array((shape.to_vec(), numbers)).map_err(|e| e.to_string())?;
    Ok(tensor.into_dyn())
}

/// Whole numbers as a model takes them.
pub(crate) fn integers(shape: &[usize], numbers: Vec<i64>) -> Result<DynValue, String> {
    let tensor = Tensor::from_array((shape.to_vec(), numbers)).map_err(|e| e.to_string())?;
    Ok(tensor.into_dyn())
}

/// Yes or no as a model takes it.
pub(crate) fn flag(yes: bool) -> Result<DynValue, String> {
    let tensor = Tensor::from_array((vec![1_usize], vec![yes])).map_err(|e| e.to_string())?;
    Ok(tensor.into_dyn())
}
