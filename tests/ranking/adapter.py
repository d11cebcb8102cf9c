#!/usr/bin/env python3
"""Learns a linear adapter: a matrix that turns a frozen model's vectors so that questions of one article come nearer to each
other and to their sections than to anything else; the examples of one rule likewise. Needs numpy.

    waymark embed --out vectors.bin        # of the knowledge: writes vectors.bin and vectors.bin.jsonl
    python3 tests/ranking/adapter.py vectors.bin src/retrieval/embedding/adapter-english.bin
    (the same with --model tongues and adapter-tongues.bin: there each language is centred first, as src/retrieval/meaning.rs does)

Prints how a part of the questions fares that was not learnt from, before and after, then learns from all and writes the file:
SHA-256 of the model (32 bytes), then what the matrix has beyond doing nothing, row by row, as bfloat16.
The loss is the likelihood of the right article under a softmax over all questions and sections (as in neighbourhood component
analysis, Goldberger et al. 2004), with the squared distance from doing nothing as its price.
"""
import argparse
import json

import numpy as np

WARMTH = 0.06       # of the softmax over cosines
BATCH = 1024
RATE = 3e-3         # of Adam
HELD_OUT = 0.3


def unit(rows):
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.maximum(length, 1e-12), length


def learn(rows, article, asked, price, steps):
    """`rows` are unit vectors, `article` their numbers, `asked` the places of those that are questions."""
    width = rows.shape[1]
    chance = np.random.default_rng(2026)
    beyond = np.zeros((width, width), np.float32)
    mean, square = np.zeros_like(beyond), np.zeros_like(beyond)
    for step in range(1, steps + 1):
        batch = chance.choice(asked, min(BATCH, len(asked)), replace=False)
        turned, length = unit(rows @ (np.eye(width, dtype=np.float32) + beyond))
        score = turned[batch] @ turned.T / WARMTH
        score[np.arange(len(batch)), batch] = -1e9
        weight = np.exp(score - score.max(1, keepdims=True))
        right = weight * (article[batch][:, None] == article[None, :])
        weight /= weight.sum(1, keepdims=True)
        right /= np.maximum(right.sum(1, keepdims=True), 1e-30)
        slope = (weight - right) / (len(batch) * WARMTH)
        by_row = slope.T @ turned[batch]
        np.add.at(by_row, batch, slope @ turned)
        by_row = (by_row - turned * (by_row * turned).sum(1, keepdims=True)) / length
        gradient = rows.T @ by_row + 2 * price * beyond
        mean = 0.9 * mean + 0.1 * gradient
        square = 0.999 * square + 0.001 * gradient**2
        beyond -= RATE * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
    return beyond


def fares(beyond, asked, right, rows, article):
    """The right article first, and among the first five, by the nearest row."""
    turn = np.eye(rows.shape[1], dtype=np.float32) + beyond
    likeness = unit(asked @ turn)[0] @ unit(rows @ turn)[0].T
    best = np.full((len(asked), article.max() + 1), -2.0, np.float32)
    np.maximum.at(best.T, article, likeness.T)
    place = (best > best[np.arange(len(asked)), right][:, None]).sum(1)
    return f"first {np.mean(place == 0):.3f}, in five {np.mean(place < 5):.3f}"


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("vectors")
    arguments.add_argument("out", nargs="?")
    arguments.add_argument("--price", type=float, default=0.01)
    arguments.add_argument("--steps", type=int, default=60)
    given = arguments.parse_args()
    with open(given.vectors + ".jsonl", encoding="utf-8") as file:
        head, *texts = map(json.loads, file)
    rows = np.fromfile(given.vectors, "<f4").reshape(len(texts), -1)
    # Sections come first, two texts each: the search compares with the mean of the two.
    pairs = sum(t["what"] == "section" for t in texts)
    rows = unit(np.concatenate([rows[0:pairs:2] + rows[1:pairs:2], rows[pairs:]]))[0]
    texts = texts[0:pairs:2] + texts[pairs:]
    asked = np.array([t["what"] == "question" for t in texts])
    lang = np.array([t["lang"] for t in texts])
    if len(set(lang)) > 1:
        for one in set(lang):
            rows[lang == one] -= rows[(lang == one) & asked].mean(0)
        rows = unit(rows)[0]
    numbers = {}
    article = np.array([numbers.setdefault(t["of"], len(numbers)) for t in texts])
    question = np.array([t["what"] != "section" for t in texts])
    held = asked & (np.random.default_rng(2026).random(len(texts)) < HELD_OUT)
    kept = np.flatnonzero(~held)
    beyond = learn(rows[kept], article[kept], np.flatnonzero(question[kept]), given.price, given.steps)
    for name, what in (("as it is", np.zeros_like(beyond)), ("turned", beyond)):
        print(f"{held.sum()} questions held out, {name}:", fares(what, rows[held], article[held], rows[kept], article[kept]))
    if given.out:
        beyond = learn(rows, article, np.flatnonzero(question), given.price, given.steps)
        bits = np.ascontiguousarray(beyond, "<f4").view("<u4")
        rounded = ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype("<u2")
        with open(given.out, "wb") as file:
            file.write(bytes.fromhex(head["model"]) + rounded.tobytes())
        print(f"{given.out}: learnt from {question.sum()} questions and {(~question).sum()} sections")


if __name__ == "__main__":
    main()
