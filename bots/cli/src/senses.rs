//! The models of this process: opened once, read the knowledge with a progress bar on a terminal.
//! What never lives here: the models (retrieval), fetching them (models.rs).

#[cfg(feature = "semantic")]
use anyhow::Context;
use anyhow::Result;
use waymark::{assistant::Snapshot, config::Config};

#[cfg(feature = "semantic")]
use waymark::retrieval;

/// The opened models; none in a build without them.
#[derive(Clone, Default)]
pub(crate) struct Senses {
    #[cfg(feature = "semantic")]
    models: retrieval::Senses,
}

impl Senses {
    /// Opens what is there; other bytes than the pinned ones are refused.
    #[cfg(feature = "semantic")]
    pub(crate) fn open(config: &Config) -> Result<Self> {
        let (dir, vectors) = (&config.models.dir, &config.models.vectors);
        let models = retrieval::Senses::open(dir, vectors)
            .with_context(|| format!("models.dir: {}", dir.display()))?;
        Ok(Self { models })
    }

    /// Nothing to open.
    #[cfg(not(feature = "semantic"))]
    pub(crate) fn open(_: &Config) -> Result<Self> {
        Ok(Self::default())
    }

    /// Whether there is no model: words alone find.
    #[cfg(feature = "semantic")]
    pub(crate) fn is_empty(&self) -> bool {
        self.models.is_empty()
    }

    /// Always so.
    #[cfg(not(feature = "semantic"))]
    pub(crate) fn is_empty(&self) -> bool {
        true
    }

    /// What can be read first, then all of it.
    #[cfg(feature = "semantic")]
    pub(crate) fn in_turn(&self) -> Vec<Self> {
        let english = Self {
            models: self.models.english(),
        };
        let steps = [english, self.clone()];
        steps.into_iter().filter(|s| !s.is_empty()).collect()
    }

    /// Nothing.
    #[cfg(not(feature = "semantic"))]
    pub(crate) fn in_turn(&self) -> Vec<Self> {
        Vec::new()
    }

    /// The snapshot going by meaning too. What was never read before takes time: some minutes for the whole knowledge.
    #[cfg(feature = "semantic")]
    pub(crate) fn read(&self, snapshot: Snapshot) -> Result<Snapshot> {
        use indicatif::{ProgressBar, ProgressStyle};
        let bar = ProgressBar::hidden();
        let style = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} {eta}");
        bar.set_style(style.context("progress bar")?);
        let tell = |model: retrieval::Model, done: usize, all: usize| {
            if bar.is_hidden() {
                bar.set_draw_target(indicatif::ProgressDrawTarget::stderr());
            }
            bar.set_message(format!("{} reads the knowledge", model.name()));
            bar.set_length(u64::try_from(all).unwrap_or(u64::MAX));
            bar.set_position(u64::try_from(done).unwrap_or(0));
        };
        let meaning = self.models.read(&snapshot.library, &tell)?;
        bar.finish_and_clear();
        snapshot
            .with_meaning(meaning)
            .context("the models do not fit this engine")
    }

    /// The snapshot as it is.
    #[cfg(not(feature = "semantic"))]
    pub(crate) fn read(&self, snapshot: Snapshot) -> Result<Snapshot> {
        Ok(snapshot)
    }
}
