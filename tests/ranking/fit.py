"""Learns what src/retrieval/learnt.toml holds from question sets: ranking weights, the logistic of confidence, and the bands.

    waymark signals tests/questions/*.jsonl --on 2026-11-22 --out target/signals.jsonl        (with the models: leg `meaning`)
    python3 tests/ranking/fit.py target/signals.jsonl --leg meaning [--write]                 (needs numpy)

Ranking: a listwise softmax (the right articles against all candidates), pulled towards zero, weights never negative. Confidence: a
logistic over absolute features of the best candidate. Every figure printed is cross-validated in five folds by the clean question,
so that a mistyped copy never stands on both sides. --write puts the leg into learnt.toml and draws reliability-LEG.svg.
"""
import argparse, hashlib, json, os, re, tomllib
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
LEARNT = os.path.join(HERE, "..", "..", "src", "retrieval", "learnt.toml")
FEATURES = ["coverage", "nearest", "nearest_coverage", "contained", "known", "agreement", "margin", "substance",
            "meaning", "meaning_nearest", "meaning_best", "meaning_agreement", "length"]
FOLDS = 5


def fold(row):
    key = re.sub(r"^(b\d)t-", r"\1-", row.get("clean") or row["id"])
    return hashlib.sha256(key.encode()).digest()[0] % FOLDS


def load(paths):
    rows = []
    for path in paths:
        for line in open(path):
            row = json.loads(line)
            if row["candidates"]:
                row["X"] = np.array([c["signals"] for c in row["candidates"]])
                row["fit"] = np.array([c["fit"] for c in row["candidates"]])
                row["right"] = np.array([c["article"] in (row["articles"] or []) for c in row["candidates"]])
                row["fold"] = fold(row)
                rows.append(row)
    return rows


def scores(w, row):
    return row["fit"] * (row["X"] @ w)


def learn_ranking(rows, start, used, rounds=400, rate=0.05, pull=0.002, sharp=8.0):
    """Adam on the softmax loss of the best right candidate's article mass."""
    rows = [r for r in rows if r["right"].any()]
    w, m, v = start.copy(), np.zeros_like(start), np.zeros_like(start)
    for t in range(1, rounds + 1):
        grad = np.zeros_like(w)
        for r in rows:
            s = sharp * scores(w, r)
            p = np.exp(s - s.max())
            p /= p.sum()
            q = p * r["right"]
            q /= max(q.sum(), 1e-12)
            grad += sharp * ((p - q) * r["fit"]) @ r["X"]
        grad = grad / len(rows) + pull * w
        m, v = 0.9 * m + 0.1 * grad, 0.999 * v + 0.001 * grad**2
        w = np.maximum(0.0, w - rate * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)) * used
    return w


def success(rows, w, depth=1):
    hits = []
    for r in rows:
        if r["articles"]:
            seen = []
            for at in np.argsort(-scores(w, r), kind="stable"):
                a = r["candidates"][at]["article"]
                if a not in seen:
                    seen.append(a)
                if len(seen) == depth:
                    break
            hits.append(any(a in r["articles"] for a in seen))
    return float(np.mean(hits))


def features(row, w):
    """Those of the row, with the ones that depend on which candidate comes first computed anew."""
    s = scores(w, row)
    order = np.argsort(-s, kind="stable")
    best = order[0]
    f = dict(row["features"])
    other = [s[i] for i in order if row["candidates"][i]["article"] != row["candidates"][best]["article"]]
    f["margin"] = float(1 - (other[0] / s[best] if other else 0)) if s[best] > 0 else 0.0
    f["meaning"], f["meaning_nearest"] = (max(0.0, row["X"][best][8]), max(0.0, row["X"][best][9]))
    f["nearest"], f["coverage"] = row["X"][best][2], row["X"][best][3]
    return [f[n] for n in FEATURES]


def learn_logistic(X, y, weight, pull=0.3):
    """Newton's method with a ridge; the constant is free."""
    A = np.c_[np.ones(len(X)), X]
    b = np.zeros(A.shape[1])
    ridge = np.diag([0.0] + [pull] * X.shape[1])
    for _ in range(60):
        p = 1 / (1 + np.exp(-A @ b))
        g = A.T @ (weight * (p - y)) + ridge @ b
        H = (A * (weight * p * (1 - p))[:, None]).T @ A + ridge + 1e-9 * np.eye(len(b))
        step = np.linalg.solve(H, g)
        b -= step
        if np.abs(step).max() < 1e-8:
            break
    return b


def auroc(p, y):
    order = np.argsort(p)
    ranks = np.empty(len(p))
    ranks[order] = np.arange(1, len(p) + 1)
    pos = y.sum()
    return (ranks[y].sum() - pos * (pos + 1) / 2) / (pos * (len(y) - pos))


def picture(p, y, path, title):
    """Reliability: of the answers said to be so likely, how many were right."""
    bars, edges = [], np.linspace(0, 1, 11)
    for low, high in zip(edges, edges[1:]):
        inside = (p >= low) & (p < high if high < 1 else p <= 1)
        if inside.sum():
            bars.append((p[inside].mean(), y[inside].mean(), int(inside.sum())))
    dots = "".join(
        f'<circle cx="{60 + 400 * a:.1f}" cy="{440 - 400 * b:.1f}" r="{3 + n ** 0.5:.1f}" fill="#1d70b8" fill-opacity="0.6"/>'
        f'<text x="{60 + 400 * a + 12:.1f}" y="{440 - 400 * b + 4:.1f}" font-size="11">{n}</text>' for a, b, n in bars)
    ticks = "".join(
        f'<text x="{60 + 40 * t}" y="460" text-anchor="middle" font-size="12">{t / 10}</text>'
        f'<text x="50" y="{444 - 40 * t}" text-anchor="end" font-size="12">{t / 10}</text>' for t in range(0, 11, 2))
    said = "; ".join(f"said {a:.2f}, right {b:.2f} ({n})" for a, b, n in bars)
    with open(path, "w") as out:
        out.write(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 520 500" font-family="sans-serif" role="img">'
                  f"<title>{title}</title><desc>{said}</desc>"
                  f'<rect width="520" height="500" fill="#fff"/><text x="60" y="24" font-size="14">{title}</text>'
                  f'<path d="M60 440 L460 40" stroke="#888" stroke-dasharray="4 4"/><path d="M60 40 V440 H460" fill="none" stroke="#000"/>'
                  f'{ticks}{dots}<text x="260" y="485" text-anchor="middle" font-size="13">probability said (number of questions beside each dot)</text>'
                  f'<text x="18" y="240" font-size="13" transform="rotate(-90 18 240)" text-anchor="middle">share that was right</text></svg>\n')


def write(leg, w, names, b, bands, model):
    text = open(LEARNT).read()
    old = re.search(rf"\[{leg}\]\n(.*?)(?=\n\[|\Z)", text, flags=re.S).group(1).split("\n")
    # What is not learnt here stays: rules by example; the model, unless another is named.
    lines = [f"[{leg}]"] + ([f'model = "{model}"'] if model else [l for l in old if l.startswith("model =")])
    lines += [l for l in old if l.startswith("examples =")]
    lines += [f"bands = {{ answer = {bands[0]:.2f}, ask = {bands[1]:.2f} }}", f"bias = {b[0]:.3f}", f"[{leg}.ranking]"]
    lines += [f"{n} = {x:.3f}" for n, x in zip(names, w) if x > 0.0005]
    lines += [f"[{leg}.confidence]"] + [f"{n} = {x:.3f}" for n, x in zip(FEATURES, b[1:]) if abs(x) > 0.0005]
    block = "\n".join(lines) + "\n"
    new = re.sub(rf"\[{leg}\]\n.*?(?=\n\[(?!{leg}\.)|\Z)", lambda _: block, text, flags=re.S)
    assert new != text or block in text
    open(LEARNT, "w").write(new)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("files", nargs="+")
    options.add_argument("--leg", required=True, choices=["words", "meaning", "spoken", "tongues"])
    options.add_argument("--model", help="sha256 that `waymark index info` prints for the model")
    options.add_argument("--answer-keeps", type=float, default=0.9, help="share of right answers that the band of answering keeps")
    options.add_argument("--ask-keeps", type=float, default=0.97, help="share that is answered or asked back")
    options.add_argument("--keep-ranking", action="store_true", help="learn confidence alone, over the ranking that learnt.toml holds")
    options.add_argument("--write", action="store_true")
    o = options.parse_args()
    rows = [r for r in load(o.files) if (r["lang"] == "en") == (o.leg in ("words", "meaning"))]
    names = rows[0]["names"]
    dense = np.array(["meaning" in n for n in names])
    used = {"words": ~dense, "meaning": np.ones(len(names), bool),
            "spoken": np.isin(names, ["summary", "question", "nearest", "article", "article_nearest"])}.get(o.leg, dense | np.isin(names, ["summary", "question", "nearest", "article", "article_nearest"]))
    start = np.where(used, np.array([0.2, 0.35, 0.6, 0.5, 0.3, 0.35, 0.6, 0.5, 1.0, 1.0, 1.0]), 0.0)
    allowed = {"words": FEATURES[:8], "meaning": FEATURES, "spoken": ["nearest", "margin"]}.get(o.leg, ["nearest", "agreement", "margin"] + FEATURES[8:12])
    keep = np.array([n in allowed for n in FEATURES])
    held = tomllib.load(open(LEARNT, "rb"))[o.leg]["ranking"]
    held = np.array([held.get(n, 0.0) for n in names])
    ranking = (lambda rows: held) if o.keep_ranking else (lambda rows: learn_ranking(rows, start, used))
    answerable = [r for r in rows if r["articles"]]
    # In scope: something in the knowledge answers it. Of the others nothing does.
    P, Y, OOS = [], [], []
    s1, s5, base = [], [], []
    for k in range(FOLDS):
        train, test = [r for r in rows if r["fold"] != k], [r for r in rows if r["fold"] == k]
        w = ranking(train)
        w *= 3.0 / max(w.sum(), 1e-9)
        s1.append((success(test, w), sum(bool(r["articles"]) for r in test)))
        s5.append((success(test, w, 5), s1[-1][1]))
        base.append((success(test, start), s1[-1][1]))
        X = np.array([features(r, w) for r in train])[:, keep]
        y = np.array([r["right"][np.argmax(scores(w, r))] for r in train])
        b = learn_logistic(X, y.astype(float), np.ones(len(y)))
        XT = np.array([features(r, w) for r in test])[:, keep]
        P += list(1 / (1 + np.exp(-(np.c_[np.ones(len(XT)), XT] @ b))))
        Y += [bool(r["right"][np.argmax(scores(w, r))]) for r in test]
        OOS += [not r["articles"] for r in test]
    mean = lambda pairs: sum(v * n for v, n in pairs) / sum(n for _, n in pairs)
    P, Y, OOS = np.array(P), np.array(Y), np.array(OOS)
    print(f"{len(rows)} questions, {len(answerable)} answerable; five folds: success@1 {mean(s1):.3f} (start weights {mean(base):.3f}), recall@5 {mean(s5):.3f}")
    if OOS.any():
        print(f"in scope against out: AUROC {auroc(P, ~OOS):.3f}; right against wrong: AUROC {auroc(P, Y):.3f}")
        for kept in (0.95, 0.9, 0.85, 0.8):
            t = np.quantile(P[Y], 1 - kept)
            print(f"  keep {kept:.2f} of right answers at {t:.2f}: {np.mean(P[OOS] >= t):.3f} of out-of-scope and {np.mean(P[~OOS & ~Y] >= t):.3f} of wrongly found are answered")
    w = ranking(rows)
    w *= 3.0 / max(w.sum(), 1e-9)
    X = np.array([features(r, w) for r in rows])[:, keep]
    y = np.array([r["right"][np.argmax(scores(w, r))] for r in rows])
    full = np.zeros(len(FEATURES) + 1)
    full[np.r_[True, keep]] = learn_logistic(X, y.astype(float), np.ones(len(y)))
    bands = (float(np.quantile(P[Y], 1 - o.answer_keeps)), float(np.quantile(P[Y], 1 - o.ask_keeps)))
    print("bands", [round(x, 2) for x in bands], {n: round(float(x), 2) for n, x in zip(names, w) if x})
    if o.write:
        write(o.leg, w, names, full, bands, o.model)
        picture(P, Y, os.path.join(HERE, f"reliability-{o.leg}.svg"), f"Reliability of confidence, {o.leg}, cross-validated")


if __name__ == "__main__":
    main()
