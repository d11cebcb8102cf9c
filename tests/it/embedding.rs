//! Texts to vectors with the real model files where they are: the same numbers as other implementations give, and what is kept.
//! What is checked without files: that an absent or a damaged one is told as such.

use std::{
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
};

use waymark::retrieval::{Embedder, Model, ModelError, Role, Vectors};

use crate::world::{self, Folder};

/// A model from `WAYMARK_MODELS` or the repository's own data folder; where it is not, the test says that it was skipped.
fn model(model: Model, test: &str) -> Option<Embedder> {
    let folder = std::env::var_os("WAYMARK_MODELS")
        .map_or_else(|| world::root().join("data/models"), PathBuf::from);
    match Embedder::open(model, &folder) {
        Ok(embedder) => Some(embedder),
        Err(ModelError::Absent(file)) => {
            eprintln!("SKIPPED {test}: {} is not there", file.display());
            None
        }
        Err(error) => panic!("{error}"),
    }
}

fn cosine(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The vector of one text, which must be of length 1 and begin like this.
fn begins(embedder: &Embedder, role: Role, text: &str, wanted: [f32; 4], within: f32) {
    let vector = embedder.embed(role, &[text]).unwrap().remove(0);
    assert_eq!(vector.len(), embedder.model().dimensions());
    assert!((cosine(&vector, &vector) - 1.0).abs() < 1e-4);
    for (found, wanted) in vector.iter().zip(wanted) {
        let off = (found - wanted).abs();
        assert!(off < within, "{text}: {:?} for {wanted:?}", &vector[..4]);
    }
}

const ILL: &str = "do I have to pay my PA when she is ill?";
const ILL_IN_POLISH: &str = "Muszę zapłacić mojej asystentce, kiedy jest chora?";
const ILL_IN_HINDI: &str = "क्या मुझे अपने सहायक को बीमार होने पर भुगतान करना होगा?";
const ODD: &str = "½ ＡＢＣ ﬁne print №5 — “quotes”… 😀 x² \ttab";

#[test]
fn minilm_gives_the_numbers_that_another_implementation_gives() {
    let Some(minilm) = model(Model::MiniLm, "minilm") else {
        return;
    };
    let of = |text: &str, wanted| begins(&minilm, Role::Question, text, wanted, 1e-5);
    // From a plain implementation of the paper in 64 bits.
    of(ILL, [-0.027775, 0.057786, 0.079591, -0.022680]);
    // Cut at 256 tokens.
    let long = "Direct payments and personal assistants. ".repeat(120);
    of(&long, [-0.034307, -0.038862, 0.008741, -0.016622]);
}

#[test]
fn e5_gives_the_numbers_of_its_own_package() {
    let Some(e5) = model(Model::E5, "e5") else {
        return;
    };
    // From `e5.c` of the package, which rounds inside to 8 bits: a little off.
    begins(
        &e5,
        Role::Question,
        ILL_IN_POLISH,
        [0.024589, -0.019732, -0.071762, -0.055792],
        3e-3,
    );
    begins(
        &e5,
        Role::Question,
        ILL_IN_HINDI,
        [0.071023, 0.004357, -0.055464, -0.043493],
        3e-3,
    );
    begins(
        &e5,
        Role::Passage,
        ODD,
        [0.019469, -0.038170, -0.069499, -0.069883],
        3e-3,
    );
}

#[test]
fn a_question_in_another_language_is_nearest_to_its_own_passage() {
    let Some(e5) = model(Model::E5, "languages") else {
        return;
    };
    let passages = [
        "Statutory Sick Pay is paid from the first day that your personal assistant is ill.",
        "A wheelchair can be repaired by the local wheelchair service.",
        "The council must give you a personal budget in your care plan.",
    ];
    let passages = e5.embed(Role::Passage, &passages).unwrap();
    for text in [ILL, ILL_IN_POLISH, ILL_IN_HINDI] {
        let question = e5.embed(Role::Question, &[text]).unwrap().remove(0);
        let likeness: Vec<f32> = passages.iter().map(|p| cosine(p, &question)).collect();
        assert!(
            likeness[0] > likeness[1] && likeness[0] > likeness[2],
            "{text}: {likeness:?}"
        );
    }
}

#[test]
fn what_was_computed_once_is_kept() {
    let Some(minilm) = model(Model::MiniLm, "kept") else {
        return;
    };
    let folder = Folder::new("vectors");
    let computed = AtomicUsize::new(0);
    let all = |texts: &[&str]| {
        computed.store(0, Ordering::Relaxed);
        let mut kept = Vectors::open(&folder.0, &minilm);
        let tell = |done: usize, _: usize| {
            computed.fetch_max(done, Ordering::Relaxed);
        };
        let rows = minilm.embed_all(Role::Passage, texts, &mut kept, &tell);
        (rows.unwrap(), computed.load(Ordering::Relaxed))
    };
    let texts: Vec<String> = (0..40)
        .map(|n| format!("question {} of them", n % 39))
        .collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let (first, computed_first) = all(&texts);
    assert_eq!(computed_first, 39, "the same text twice is one");
    assert_eq!(first.len(), 40);
    assert_eq!(first[0], first[39]);
    let alone = minilm.embed(Role::Passage, &texts[3..4]).unwrap().remove(0);
    assert!(
        (cosine(&alone, &first[3]) - 1.0).abs() < 1e-5,
        "in order, alone or together"
    );
    assert_eq!(all(&texts), (first.clone(), 0), "nothing is computed twice");
    assert_eq!(all(&["something new", texts[0]]).1, 1, "only what is new");
    assert_eq!(Model::MiniLm.kept(&folder.0).0, 40);

    let file = Model::MiniLm.vectors(&folder.0);
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[1000] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    let (again, computed_again) = all(&texts);
    assert_eq!(computed_again, 39, "a damaged file is as good as none");
    assert_eq!(again, first);
}

#[test]
fn an_absent_or_damaged_model_is_told() {
    let folder = Folder::new("models");
    for model in Model::ALL {
        let error = Embedder::open(model, Path::new("nowhere")).unwrap_err();
        assert!(matches!(error, ModelError::Absent(_)), "{error}");
        for file in model.files() {
            folder.put(&format!("{}/{}", model.name(), file.name), "half a file");
        }
        let error = Embedder::open(model, &folder.0).unwrap_err();
        assert!(matches!(error, ModelError::Wrong(_)), "{error}");
        assert!(error.to_string().contains("SHA-256"), "{error}");
    }
}
