#!/bin/sh
# Runs Waymark and the other engines over the same questions and writes target/peers/report.md and report.svg.
#   sh tests/peers/run.sh [SETS] [MODELS]
# SETS holds clones of the public sets, MODELS the model's folder; what is absent is named and left out.
# The engines are installed under target/peers/, from the pinned lists beside this file, and nowhere else.
set -eu
cd "$(dirname "$0")/../.."

peers=$PWD/tests/peers
out=${CARGO_TARGET_DIR:-$PWD/target}/peers
sets=${1:-}
models=${2:-}
[ -f "$models/all-MiniLM-L6-v2/model.safetensors" ] || models=""

# haystack would otherwise report its use.
export HAYSTACK_TELEMETRY_ENABLED=False
mkdir -p "$out/corpora" "$out/results" "$out/node"
rm -f "$out"/corpora/*.json "$out"/results/*.json

[ -x "$out/python/bin/python" ] || python3 -m venv "$out/python"
"$out/python/bin/pip" install --quiet --disable-pip-version-check --requirement "$peers/requirements.txt"
cp "$peers/package.json" "$peers/package-lock.json" "$out/node/"
(cd "$out/node" && npm ci --silent --no-audit --no-fund)

"$out/python/bin/python" "$peers/corpora.py" "$sets" "$out/corpora"
PEERS=$out MODELS=$models cargo bench --locked --package waymark-cli --bench bench -- peers
node "$peers/node_peers.mjs" "$out"
# One thread for numpy, as every other engine has one.
OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 "$out/python/bin/python" "$peers/python_peers.py" "$out" ${models:+"$models"}
"$out/python/bin/python" "$peers/report.py" "$out"
echo "$out/report.md"
