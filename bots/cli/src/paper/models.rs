//! The models that take part in answering, as the transparency record tells of them.
//! What never lives here: figures that change (tests/results.md), the models themselves.

use waymark::config::Config;

/// A model or a word list that takes part in answering.
pub(super) struct Model {
    pub(super) name: &'static str,
    pub(super) task: &'static str,
    pub(super) input: &'static str,
    pub(super) output: &'static str,
    pub(super) architecture: &'static str,
    pub(super) data: &'static str,
    pub(super) performance: &'static str,
}

/// Those of this installation.
pub(super) fn models(config: &Config, hears: bool) -> Vec<Model> {
    let mut all = vec![
        Model {
            name: "Urgent help: word lists and a linear model",
            task: "Tell messages of people who may need urgent help",
            input: "The words of one message",
            output: "The kind of help to show, or none; in doubt a gentle question",
            architecture: "Phrase lists, and a linear model over words and pieces of words",
            data: "About 7,700 made-up example messages, kept with the program (`tests/triage/`)",
            performance: "On the project's own sets: `tests/results.md` and `tests/triage/README.md`. It misses some, and asks some people who are in no danger",
        },
        Model {
            name: "Search by words",
            task: "Rank sections of the guides for a question, with a probability that they answer it",
            input: "The question's words, council, day",
            output: "Ranked sections",
            architecture: "BM25 with a linear ranking of a few features (`src/retrieval/learnt.toml`)",
            data: "Questions written for the project (`tests/questions/`)",
            performance: "`tests/results.md`, with confidence intervals and every question that is not right yet",
        },
    ];
    if config.models.dir.join("all-MiniLM-L6-v2").is_dir() {
        all.push(Model {
            name: "all-MiniLM-L6-v2; multilingual-e5-small for other languages",
            task: "Likeness of meaning between a question and a section",
            input: "One text",
            output: "One vector",
            architecture: "Small transformer encoders, unchanged",
            data: "Taught by their publishers on public texts; nothing was added here",
            performance: "As part of the search, above",
        });
    }
    if hears {
        all.push(Model {
            name: "Whisper base and Moonshine tiny, with Silero's speech gate",
            task: "Turn a recording into words",
            input: "One recording",
            output: "Words, with how sure they are; what is not sure is asked",
            architecture: "Transformers, unchanged",
            data: "Taught by their publishers on public recordings; nothing was added here",
            performance: "`tests/voice/README.md`: on spoken questions made by a machine, for no real carer was recorded",
        });
    }
    all
}
