"""Makes knowledge/triage-model.txt, the learnt half of triage, from the example messages beside this file.

Usage: python3 tests/triage/train.py [--clear 1.0] [--check -0.3]     (needs scikit-learn; run from the project's root)
First it measures on holdout.jsonl a model that has never seen it, and prints recall and false alarms; then it learns from
everything and writes the weights. Features and damping are those of src/knowledge/alarm.rs: change both together.
"""
import argparse, collections, glob, json, math, os, re, tomllib, unicodedata
import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

DAMPING = 0.35
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))


def words(text):
    """Folded words, as base::words makes them."""
    text = unicodedata.normalize("NFKC", text)
    for quote in "\u2018\u2019\u02bc`\u00b4":
        text = text.replace(quote, "'")
    text = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.category(c).startswith("M"))
    text = text.lower().translate(str.maketrans("łđøı", "ldoi"))
    text = re.sub(r"(?<=[^\W\d_])[.:](?=[^\W\d_])", " ", text.lower().replace("'", ""))
    out = []
    for found in re.findall(r"\d+(?:[.,]\d+)*|[^\W_]+", text):
        out += list(found) if re.search(r"[\u4e00-\u9fff]", found) else [found]
    return out


def features(text, kinds="wbc"):
    """Words, pairs of words, pieces of four letters."""
    found = set()
    tokens = words(text)
    for at, word in enumerate(tokens):
        found.add("w " + word)
        if at + 1 < len(tokens):
            found.add(f"b {word} {tokens[at + 1]}")
        padded = f"<{word}>"
        if len(padded) >= 5:
            found.update("c " + padded[i : i + 4] for i in range(len(padded) - 3))
    return {f for f in found if f[0] in kinds}


def lines(path):
    with open(path) as file:
        return [json.loads(line) for line in file if line.strip()]


def examples(name):
    return [(d["t"], d["y"]) for d in lines(f"{HERE}/{name}.jsonl")]


def article_questions():
    """What people ask, from the articles: ordinary but for those that asked.jsonl names."""
    cries = {d["t"] for d in lines(f"{HERE}/asked.jsonl")}
    for path in sorted(glob.glob(f"{ROOT}/knowledge/articles/**/*.md", recursive=True)):
        front = open(path).read().split("\n+++\n")[0][4:]
        for asked in tomllib.loads(front).get("questions", {}).values():
            yield from (text for text in asked if text not in cries)


def other_questions():
    """The same in other languages: (language, question)."""
    for path in sorted(glob.glob(f"{ROOT}/knowledge/questions/*.toml")):
        for sections in tomllib.load(open(path, "rb")).values():
            if isinstance(sections, dict):
                for asked in sections.values():
                    yield from ((os.path.basename(path)[:-5], text) for text in asked)


def set_questions():
    """The project's question sets but for the urgent one."""
    for path in sorted(glob.glob(f"{ROOT}/tests/questions/*.jsonl")):
        if not path.endswith("urgent.jsonl"):
            for item in lines(path):
                if not item.get("urgent") and item.get("lang", "en") == "en":
                    yield from item.get("turns") or [item["q"]]


def pieces(text):
    """The message and its sentences, as they are listened to."""
    parts = [p for p in re.split(r"[.!?;]", text) if len(words(p)) >= 3]
    return [text] + (parts if len(parts) > 1 else [])


def matrix(rows, index, scale=None):
    r, c, v = [], [], []
    for number, (found, size) in enumerate(rows):
        for feature in found:
            if feature in index:
                at = index[feature]
                r.append(number), c.append(at), v.append((1 if scale is None else scale[at]) / max(1, size) ** DAMPING)
    return csr_matrix((v, (r, c)), shape=(len(rows), len(index)))


def vocabulary(rows):
    counts = collections.Counter(f for found, _ in rows for f in found)
    return {f: i for i, f in enumerate(sorted(f for f, n in counts.items() if n >= 2))}


def learn(cries, ordinary, ours=(), least=0.04):
    """Naive-Bayes-weighted logistic regression (Wang and Manning 2012): bias and weights. `ours`, the project's own question
    sets, count eight times: CI holds them free of false alarms."""
    # No piece of an ordinary message is a cry; of a cry only the whole is known to be one.
    heavy = {p for t in ours for p in pieces(t)}
    ordinary = [p for t in [*ordinary, *ours] for p in pieces(t)]
    rows = [(f := features(t), len(f)) for t in cries + ordinary]
    index = vocabulary(rows)
    label = np.array([1] * len(cries) + [0] * len(ordinary))
    seen = np.ones((2, len(index)))
    for (found, _), y in zip(rows, label):
        for feature in found:
            if feature in index:
                seen[y][index[feature]] += 1
    ratio = np.log((seen[1] / seen[1].sum()) / (seen[0] / seen[0].sum()))
    weight = np.where(label == 1, 0.7 * len(ordinary) / len(cries), 1.0)
    weight *= np.array([1.0] * len(cries) + [8.0 if t in heavy else 1.0 for t in ordinary])
    model = LogisticRegression(C=1.0, max_iter=400).fit(matrix(rows, index, ratio), label, sample_weight=weight)
    learnt = model.coef_[0] * ratio
    return model.intercept_[0], {f: learnt[i] for f, i in index.items() if abs(learnt[i]) >= least}


def hear(model, text):
    """The highest score of the message and its sentences."""
    bias, weights = model
    scores = []
    for part in pieces(text):
        found = features(part)
        scores.append(bias + sum(weights.get(f, 0) for f in found) / max(1, len(found)) ** DAMPING)
    return max(scores)


def learn_kinds(labelled):
    kinds = sorted({kind for _, kind in labelled})
    rows = [(features(t, "wb"), len(features(t))) for t, _ in labelled]
    index = vocabulary(rows)
    data, names = matrix(rows, index), {i: f for f, i in index.items()}
    for kind in kinds:
        model = LogisticRegression(C=3, max_iter=300, class_weight="balanced").fit(data, [k == kind for _, k in labelled])
        top = sorted(range(len(index)), key=lambda i: -abs(model.coef_[0][i]))[:300]
        yield kind, model.intercept_[0], {names[i]: model.coef_[0][i] for i in top}


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--clear", type=float, default=1.1)
    options.add_argument("--check", type=float, default=-0.75)
    options = options.parse_args()
    shown = [e for name in ("cries", "languages", "ordinary", "stories", "second", "third", "pleasantries") for e in examples(name)]
    shown += [(d["t"], d["y"]) for d in lines(f"{HERE}/asked.jsonl") if d["y"]]
    unseen = examples("holdout")
    asked = [(d["q"], "") for d in lines(f"{ROOT}/tests/questions/urgent.jsonl")]
    cries = [t for t, y in shown if y] + [t for t, _ in asked]
    ordinary = [t for t, y in shown if not y] + list(article_questions())
    ordinary += [text for at, (_, text) in enumerate(other_questions()) if at % 4 == 0]
    ours = list(set_questions())
    model = learn(cries, ordinary, ours)
    scores = [(hear(model, t), bool(y)) for t, y in unseen]
    print(f"{len(cries)} cries, {len(ordinary) + len(ours)} ordinary; on the unseen hold-out of {len(unseen)}:")
    for least in (-1.0, -0.5, 0.0, 0.5, options.check, 1.0, 1.5, 2.0):
        recall = np.mean([s >= least for s, y in scores if y])
        false = np.mean([s >= least for s, y in scores if not y])
        print(f"  at {least:4}: recall {recall:.3f}, false alarms {false:.3f} (half of the ordinary ones are hard near misses)")
    bias, weights = learn(cries + [t for t, y in unseen if y], ordinary + [t for t, y in unseen if not y], ours)
    with open(f"{ROOT}/knowledge/triage-model.txt", "w") as out:
        out.write("# The learnt half of triage: weights of a linear model, made by tests/triage/train.py. Not edited by hand.\n")
        out.write(f"bias {bias:.4f}\nclear {options.clear}\ncheck {options.check}\n")
        out.writelines(f"{weights[f]:.3f}\t{f}\n" for f in sorted(weights))
        for kind, bias, weights in learn_kinds([(t, y) for t, y in shown + unseen if y]):
            out.write(f"kind {kind} {bias:.3f}\n")
            out.writelines(f"{weights[f]:.3f}\t{f}\n" for f in sorted(weights))


if __name__ == "__main__":
    main()
