"""The Python engines over every corpus: haystack and llama-index, by words, by meaning, and both.

    python_peers.py FOLDER [MODELS]     reads FOLDER/corpora, writes FOLDER/results; MODELS holds all-MiniLM-L6-v2/
"""

import importlib.metadata
import json
import logging
import sys
import time
from pathlib import Path

from haystack import Document
from haystack.components.joiners import DocumentJoiner
from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack.document_stores.types import DuplicatePolicy
from llama_index.core import VectorStoreIndex
from llama_index.core.embeddings import BaseEmbedding
from llama_index.core.schema import TextNode
from llama_index.retrievers.bm25 import BM25Retriever
from minilm import MiniLm
from Stemmer import Stemmer

# More than the ten that are judged: several texts may belong to one section.
DEPTH = 60


def texts(corpus, way):
    """(id, text) of a corpus: each section whole with its questions, or each question as a text of its own beside it."""
    for section in corpus["documents"]:
        alone = "\n".join(filter(None, [section["title"], section["body"]]))
        if way == "whole":
            yield section["id"], "\n".join([alone, *section["questions"]])
        else:
            yield section["id"], alone
            for question in section["questions"]:
                yield section["id"], question


class Haystack:
    package = "haystack-ai"

    def store(self, held, model=None):
        store = InMemoryDocumentStore(embedding_similarity_function="cosine")
        documents = [
            Document(
                id=str(number),
                content=text,
                meta={"section": id},
                embedding=model.embed(text)[0].tolist() if model else None,
            )
            for number, (id, text) in enumerate(held)
        ]
        store.write_documents(documents, policy=DuplicatePolicy.OVERWRITE)
        return store


class HaystackWords(Haystack):
    name = "haystack BM25"

    def __init__(self, held, _):
        self.words = InMemoryBM25Retriever(self.store(held), top_k=DEPTH)

    def ask(self, question):
        return [d.meta["section"] for d in self.words.run(query=question)["documents"]], 0


class HaystackMeaning(Haystack):
    name = "haystack embeddings (MiniLM)"

    def __init__(self, held, model):
        self.model = model
        self.meaning = InMemoryEmbeddingRetriever(self.store(held, model), top_k=DEPTH)

    def ask(self, question):
        vector, took = self.model.embed(question)
        found = self.meaning.run(query_embedding=vector.tolist())["documents"]
        return [d.meta["section"] for d in found], took


class HaystackBoth(Haystack):
    name = "haystack BM25 + embeddings (MiniLM), fused"

    def __init__(self, held, model):
        self.model = model
        store = self.store(held, model)
        self.words = InMemoryBM25Retriever(store, top_k=DEPTH)
        self.meaning = InMemoryEmbeddingRetriever(store, top_k=DEPTH)
        self.joiner = DocumentJoiner(join_mode="reciprocal_rank_fusion")

    def ask(self, question):
        vector, took = self.model.embed(question)
        words = self.words.run(query=question)["documents"]
        meaning = self.meaning.run(query_embedding=vector.tolist())["documents"]
        found = self.joiner.run(documents=[words, meaning])["documents"]
        return [d.meta["section"] for d in found], took


class LlamaIndexWords:
    name = "llama-index BM25"
    package = "llama-index-core"

    def __init__(self, held, _):
        nodes = [TextNode(text=text, metadata={}, id_=f"{number}|{id}") for number, (id, text) in enumerate(held)]
        self.retriever = BM25Retriever.from_defaults(
            nodes=nodes, similarity_top_k=min(DEPTH, len(nodes)), stemmer=Stemmer("english"), language="en"
        )

    def ask(self, question):
        return [n.node.node_id.split("|", 1)[1] for n in self.retriever.retrieve(question)], 0


class Embedding(BaseEmbedding):
    """What llama-index asks for vectors: ours, with the time kept apart."""

    def _get_query_embedding(self, query):
        return self._model.embed(query)[0].tolist()

    def _get_text_embedding(self, text):
        return self._model.embed(text)[0].tolist()

    async def _aget_query_embedding(self, query):
        return self._get_query_embedding(query)


class LlamaIndexMeaning:
    name = "llama-index embeddings (MiniLM)"
    package = "llama-index-core"

    def __init__(self, held, model):
        self.model = model
        embedding = Embedding(model_name="all-MiniLM-L6-v2")
        object.__setattr__(embedding, "_model", model)
        nodes = [
            TextNode(text=text, metadata={}, id_=f"{number}|{id}", embedding=model.embed(text)[0].tolist())
            for number, (id, text) in enumerate(held)
        ]
        self.retriever = VectorStoreIndex(nodes, embed_model=embedding).as_retriever(similarity_top_k=DEPTH)

    def ask(self, question):
        _, took = self.model.embed(question)
        return [n.node.node_id.split("|", 1)[1] for n in self.retriever.retrieve(question)], took


BY_WORDS = [HaystackWords, LlamaIndexWords]
BY_MEANING = [HaystackMeaning, HaystackBoth, LlamaIndexMeaning]


def run(peer, corpus, way, model):
    """Everything found for every question, at most ten sections each, with the time of each."""
    began = time.perf_counter()
    engine = peer(list(texts(corpus, way)), model)
    built = (time.perf_counter() - began) * 1000
    found, ms = [], []
    for query in corpus["queries"]:
        # The vector is made beforehand and its time added, so that no engine finds it warm.
        if model:
            model.embed(query["q"])
        began = time.perf_counter()
        ids, embedding = engine.ask(query["q"])
        ms.append((time.perf_counter() - began) * 1000 + embedding)
        found.append(list(dict.fromkeys(ids))[:10])
    return {"found": found, "ms": ms, "build_ms": built}


def main(folder, models=None):
    logging.disable(logging.WARNING)
    folder = Path(folder)
    corpora = [json.loads(path.read_text()) for path in sorted((folder / "corpora").glob("*.json"))]
    model = MiniLm(models) if models else None
    if not model:
        print("skipped: haystack and llama-index with embeddings; MODELS names no folder with the model")
    for peer in BY_WORDS + (BY_MEANING if model else []):
        sets = {}
        for corpus in corpora:
            asked = any(section["questions"] for section in corpus["documents"])
            ways = ["whole", "apart"] if asked else ["whole"]
            sets[corpus["name"]] = {way: run(peer, corpus, way, model) for way in ways}
            print(f"{peer.name}: {corpus['name']}", flush=True)
        row = {"peer": peer.name, "version": importlib.metadata.version(peer.package), "sets": sets}
        name = "".join(c if c.isalnum() else "-" for c in peer.name)
        (folder / "results" / f"{name}.json").write_text(json.dumps(row))


if __name__ == "__main__":
    main(*sys.argv[1:])
