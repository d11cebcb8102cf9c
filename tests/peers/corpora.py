"""Writes each public set that is there as one corpus: sections with an id, and questions with the ids that are right.

    corpora.py SETS OUT      SETS holds clones named BERT-FAQ, xquad, HINT3; one that is absent is said to be skipped
"""

import csv
import json
import sys
from pathlib import Path


def document(id, title, body, questions=()):
    return {"id": id, "title": title, "body": body, "questions": list(questions)}


def stackfaq(folder):
    """125 threads of Stack Exchange; people's rephrasings find the thread."""
    threads = json.loads((folder / "BERT-FAQ/data/StackFAQ/stackExchange-FAQ.json").read_text())
    documents, queries = [], []
    for number, thread in enumerate(threads["root"]["qapair"]):
        id = f"thread-{number}"
        answers = thread["answer"] if isinstance(thread["answer"], list) else [thread["answer"]]
        documents.append(document(id, thread["question"], "\n".join(answers)))
        queries += [{"q": q, "right": [id]} for q in thread["rephr"] if (q or "*").strip() != "*"]
    return documents, queries


def covidfaq(folder):
    """Answers with their official questions; what people really typed finds the answer."""
    pairs = json.loads((folder / "BERT-FAQ/data/CovidFAQ/query_answer_pairs.json").read_text())
    titles = {}
    for pair in pairs:
        if pair["query_type"] == "faq":
            titles.setdefault(pair["answer"], pair["question"].strip())
    ids = {answer: f"answer-{number}" for number, answer in enumerate(titles)}
    documents = [document(ids[answer], title, answer) for answer, title in titles.items()]
    queries = [
        {"q": pair["question"], "right": [ids[pair["answer"]]]}
        for pair in pairs
        if pair["query_type"] != "faq" and pair["answer"] in ids
    ]
    return documents, queries


def xquad(folder):
    """240 paragraphs; questions written about one of them."""
    data = json.loads((folder / "xquad/xquad.en.json").read_text())["data"]
    documents, queries = [], []
    for article in data:
        for paragraph in article["paragraphs"]:
            id = f"paragraph-{len(documents)}"
            title = article["title"].replace("_", " ")
            documents.append(document(id, title, paragraph["context"]))
            queries += [{"q": qa["question"], "right": [id]} for qa in paragraph["qas"]]
    return documents, queries


def hint3(bot):
    """Intents of a shop's or a game's bot with example questions; what customers really typed finds the intent."""

    def read(folder, part):
        path = folder / f"HINT3/dataset/v2/{part}/{bot}_{part}.csv"
        with path.open(newline="") as lines:
            return [(row["sentence"], row["label"]) for row in csv.DictReader(lines)]

    def corpus(folder):
        examples = {}
        for sentence, label in read(folder, "train"):
            examples.setdefault(label, []).append(sentence)
        documents = [
            document(label, label.replace("_", " ").lower(), "", some)
            for label, some in examples.items()
        ]
        test = read(folder, "test")
        queries = [{"q": q, "right": [label]} for q, label in test if label in examples]
        return documents, queries

    return corpus


SETS = {
    "StackFAQ": stackfaq,
    "CovidFAQ": covidfaq,
    "XQuAD (English)": xquad,
    "HINT3 curekart": hint3("curekart"),
    "HINT3 powerplay11": hint3("powerplay11"),
    "HINT3 sofmattress": hint3("sofmattress"),
}


def main(sets, out):
    for name, read in SETS.items():
        try:
            documents, queries = read(Path(sets))
        except FileNotFoundError as absent:
            print(f"skipped: {name}; {absent.filename} is not there")
            continue
        corpus = {"name": name, "documents": documents, "queries": queries}
        path = Path(out) / (name.replace(" ", "-").lower() + ".json")
        path.write_text(json.dumps(corpus))
        print(f"{name}: {len(documents)} sections, {len(queries)} questions")


if __name__ == "__main__":
    main(*sys.argv[1:])
