"""Makes knowledge/triage-vectors.txt: the half of triage that goes by meaning, for when the embedding models are there.

    python3 tests/triage/train_vectors.py --waymark target/release/waymark --models data/models     (needs numpy, scikit-learn)

English: one linear sum over the vector of a whole short message, mixed with the word model's; of a long message the loudest piece
of about thirty words and the word model's sum count, learnt by multiple instances: every piece of an ordinary story is ordinary, of a cry the loudest piece is
one. Other languages: one linear sum over the many-language model's vector. A linear sum a kind of help.
Pieces are those of src/assistant/triage.rs: change both together.
"""
import argparse, json, os, re, subprocess, sys, tempfile
import numpy as np
from sklearn.linear_model import LogisticRegression

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, HERE)
import train

PIECE, LONG = 30, 40
# The articles' questions are many times as many as the examples and far easier: each counts less, in English and in other languages, so
# that they do not teach it to be deaf. Messages in other languages are few among the examples: each counts three times.
CALM, CALM_TONGUES, TONGUES = 0.05, 0.2, 3.0


def pieces(text):
    """Neighbouring sentences of about thirty words."""
    out, held = [], []
    for sentence in re.split(r"(?<=[.!?;])\s+", text):
        if held and sum(len(s.split()) for s in held) + len(sentence.split()) > PIECE:
            out.append(" ".join(held))
            held = []
        held.append(sentence)
    return out + ([" ".join(held)] if held else [])


FILLERS = {"um", "umm", "uhm", "er", "err", "erm", "uh", "uhh", "hmm", "mm", "ah", "eh"}


def spoken(text):
    """Without fillers, as the conversation reads it (base::without_fillers; stutters are rare in writing and left here)."""
    return " ".join(w for w in text.split() if re.sub(r"^\W+|\W+$", "", w).lower() not in FILLERS)


def vectors(texts, model, options):
    with tempfile.TemporaryDirectory() as folder:
        path, out = os.path.join(folder, "texts"), os.path.join(folder, "vectors")
        with open(path, "w") as file:
            file.writelines(spoken(t) + "\n" for t in texts)
        subprocess.run([options.waymark, "embed", path, "--out", out, "--model", model, "--models", options.models], check=True)
        return np.fromfile(out, dtype="<f4").reshape(len(texts), -1).astype(float)


def fit(X, y, weight, C):
    return LogisticRegression(C=C, max_iter=3000).fit(X, y, sample_weight=weight)


def write(out, name, model, mean=None, shift=0.0):
    bias = model.intercept_[0] - (model.coef_[0] @ mean if mean is not None else 0.0) + shift
    out.write(f"{name} {bias:.5f} " + " ".join(f"{x:.5f}" for x in model.coef_[0]) + "\n")


def kinds(out, X, labels, C, mean=None):
    for kind in sorted(set(labels)):
        model = LogisticRegression(C=C, max_iter=2000, class_weight="balanced").fit(X, [k == kind for k in labels])
        write(out, f"kind {kind}", model, mean)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--waymark", required=True)
    options.add_argument("--models", default="data/models")
    options = options.parse_args()
    held = [d for name in ("cries", "ordinary", "stories", "languages", "holdout", "hard-lives", "second", "third", "pleasantries")
            for d in train.lines(f"{HERE}/{name}.jsonl")]
    held += [d for d in train.lines(f"{HERE}/asked.jsonl") if d["y"]]
    english = [(d["t"], d["y"]) for d in held if d.get("lang", "en") == "en"]
    asked = [(d["q"], "") for d in train.lines(f"{ROOT}/tests/questions/urgent.jsonl") if d.get("lang", "en") == "en"]
    short = [(t, True) for t, y in english if y] + [(t, True) for t, _ in asked]
    short += [(t, False) for t, y in english if not y] + [(t, False) for t in train.set_questions()]
    calm = [t for t in train.article_questions()]
    long = [(t, y) for t, y in short if len(t.split()) > LONG]
    short = [(t, y) for t, y in short if len(t.split()) <= LONG]
    cut = [[p for p in pieces(t)] for t, _ in long]
    flat = [p for ps in cut for p in ps]
    texts = [t for t, _ in short] + calm + flat
    V = vectors(texts, "english", options)
    Vs, Vc, Vf = np.split(V, [len(short), len(short) + len(calm)])
    starts = np.cumsum([0] + [len(ps) for ps in cut])
    y, weight = [s[1] for s in short] + [False] * len(calm), [1.0] * len(short) + [CALM] * len(calm)
    model = fit(np.vstack([Vs, Vc]), y, weight, 10)
    for _ in range(3):
        rows, marks = [np.vstack([Vs, Vc])], list(y)
        weights = list(weight)
        for (text, cry), a, b in zip(long, starts, starts[1:]):
            mine = Vf[a:b]
            rows.append(mine[[int(np.argmax(model.decision_function(mine)))]] if cry else mine)
            marks += [cry] * len(rows[-1])
            weights += [1.0] * len(rows[-1])
        model = fit(np.vstack(rows), marks, weights, 10)
    with open(f"{ROOT}/knowledge/triage-vectors.txt", "w") as out:
        out.write("# Triage by meaning: linear sums over a message's vector, made by tests/triage/train_vectors.py. Not edited by hand.\n")
        # Thresholds were chosen on messages that no weight had seen (tests/triage/README.md).
        out.write(f"leg english\nclear 1.0\ncheck -1.6\nlong 5.0 0.3 1.0\nmix 0.77 0.60 0.09\n")
        write(out, "alarm", model)
        labelled = [(t, k) for t, k in english if k and len(t.split()) <= LONG]
        at = {t: i for i, (t, _) in enumerate(short)}
        kinds(out, np.array([Vs[at[t]] for t, _ in labelled]), [k for _, k in labelled], 10)
        every = [(d["t"], d["y"]) for d in held]
        every += [(text, None) for at, (_, text) in enumerate(train.other_questions()) if at % 3 == 0]
        W = vectors([t for t, _ in every], "tongues", options)
        mean = W.mean(0)
        out.write("leg tongues\nclear 1.0\ncheck -1.2\nlong 1.0 -1.2 0\nmix 0 1 0\n")
        weight = [TONGUES if d.get("lang", "en") != "en" else 1.0 for d in held]
        weight += [CALM_TONGUES] * (len(every) - len(held))
        write(out, "alarm", fit(W - mean, [bool(k) for _, k in every], weight, 3), mean)
        cries = [i for i, (_, k) in enumerate(every) if k]
        kinds(out, W[cries] - mean, [every[i][1] for i in cries], 30, mean)


if __name__ == "__main__":
    main()
