"""all-MiniLM-L6-v2 from its safetensors file, in numpy: the same weights for every engine that wants vectors, without torch.

Each text is embedded once and remembered with the milliseconds it took, so that every engine pays the same for it.
"""

import time
from pathlib import Path

import numpy
from safetensors.numpy import load_file
from tokenizers import Tokenizer

HEADS = 12
LAYERS = 6
TOKENS = 256


class MiniLm:
    def __init__(self, folder):
        folder = Path(folder) / "all-MiniLM-L6-v2"
        self.weights = load_file(folder / "model.safetensors")
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.enable_truncation(TOKENS)
        self.tokenizer.no_padding()
        self.remembered = {}

    def embed(self, text):
        """The vector of a text, of length 1, and the milliseconds it took."""
        if text not in self.remembered:
            began = time.perf_counter()
            vector = self.forward(self.tokenizer.encode(text).ids)
            self.remembered[text] = vector, (time.perf_counter() - began) * 1000
        return self.remembered[text]

    def forward(self, tokens):
        table = "embeddings.{}_embeddings.weight".format
        x = self.weights[table("word")][tokens] + self.weights[table("position")][: len(tokens)]
        x = self.norm(x + self.weights[table("token_type")][0], "embeddings.LayerNorm")
        for number in range(LAYERS):
            layer = f"encoder.layer.{number}."
            q, k, v = (
                self.linear(x, f"{layer}attention.self.{part}").reshape(len(tokens), HEADS, -1).swapaxes(0, 1)
                for part in ("query", "key", "value")
            )
            scores = q @ k.swapaxes(1, 2) / numpy.sqrt(q.shape[-1])
            scores = numpy.exp(scores - scores.max(-1, keepdims=True))
            told = (scores / scores.sum(-1, keepdims=True)) @ v
            told = told.swapaxes(0, 1).reshape(len(tokens), -1)
            x = self.norm(x + self.linear(told, f"{layer}attention.output.dense"), f"{layer}attention.output.LayerNorm")
            wide = gelu(self.linear(x, f"{layer}intermediate.dense"))
            x = self.norm(x + self.linear(wide, f"{layer}output.dense"), f"{layer}output.LayerNorm")
        mean = x.mean(0)
        return mean / numpy.linalg.norm(mean)

    def linear(self, x, name):
        return x @ self.weights[f"{name}.weight"].T + self.weights[f"{name}.bias"]

    def norm(self, x, name):
        centred = x - x.mean(-1, keepdims=True)
        scaled = centred / numpy.sqrt((centred**2).mean(-1, keepdims=True) + 1e-12)
        return scaled * self.weights[f"{name}.weight"] + self.weights[f"{name}.bias"]


def gelu(x):
    """With erf to seven digits (Abramowitz and Stegun 7.1.26): numpy has none of its own."""
    z = numpy.abs(x) / numpy.sqrt(2)
    t = 1 / (1 + 0.3275911 * z)
    poly = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    return x * 0.5 * (1 + numpy.sign(x) * (1 - poly * numpy.exp(-z * z)))
