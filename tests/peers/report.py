"""Judges what every engine found, the same way for all, and writes one table and one chart.

    report.py FOLDER        reads FOLDER/corpora and FOLDER/results, writes FOLDER/report.md and FOLDER/report.svg
"""

import json
import math
import os
import sys
from pathlib import Path
from xml.sax.saxutils import escape


def judge(found, right):
    """success@1, recall@5, nDCG@10 and the reciprocal rank of one question."""
    ranks = [found.index(id) for id in right if id in found]
    first = min(ranks, default=None)
    ideal = sum(1 / math.log2(p + 2) for p in range(min(len(right), 10)))
    return (
        first == 0,
        first is not None and first < 5,
        sum(1 / math.log2(p + 2) for p in ranks) / ideal,
        0 if first is None else 1 / (first + 1),
    )


def figures(run, queries):
    """The means over all questions, then p50 and p99 of the milliseconds."""
    judged = [judge(found, query["right"]) for found, query in zip(run["found"], queries, strict=True)]
    means = [sum(column) / len(judged) for column in zip(*judged, strict=True)]
    ms = sorted(run["ms"])
    return [*means, ms[len(ms) // 2], ms[min(len(ms) * 99 // 100, len(ms) - 1)]]


def better(sets, name, queries):
    """The figures of a set; of an engine that was tried two ways those of the way that ranks better."""
    run = sets[name]
    runs = [run] if "found" in run else run.values()
    return max((figures(one, queries) for one in runs), key=lambda row: row[2])


def table(corpora, results):
    lines = [
        "| set | engine | success@1 | recall@5 | nDCG@10 | MRR@10 | p50 ms | p99 ms |",
        "|---|---|---|---|---|---|---|---|",
    ]
    bars = {}
    for corpus in corpora:
        name, queries = corpus["name"], corpus["queries"]
        rows = [(r["peer"], better(r["sets"], name, queries)) for r in results if name in r["sets"]]
        rows.sort(key=lambda row: -row[1][2])
        for peer, row in rows:
            shown = f"**{peer}**" if peer.startswith("Waymark") else peer
            quality = " | ".join(f"{value:.3f}" for value in row[:4])
            lines.append(f"| {name} | {shown} | {quality} | {row[4]:.2f} | {row[5]:.2f} |")
        bars[name] = [(peer, row[2]) for peer, row in rows]
    return "\n".join(lines), bars


def chart(bars):
    """nDCG@10 as bars, a panel a set; a table with the same figures stands beside it."""
    parts, y = [], 30
    for name, rows in bars.items():
        parts.append(f'<text x="10" y="{y}" font-weight="bold">{escape(name)}: nDCG@10</text>')
        for peer, value in rows:
            y += 22
            fill = "#1d4ed8" if peer.startswith("Waymark") else "#9ca3af"
            width = round(value * 320)
            parts.append(f'<text x="330" y="{y + 12}" text-anchor="end">{escape(peer)}</text>')
            parts.append(f'<rect x="340" y="{y}" width="{width}" height="16" fill="{fill}"/>')
            parts.append(f'<text x="{346 + width}" y="{y + 12}">{value:.3f}</text>')
        y += 48
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="740" height="{y}" font-family="sans-serif" font-size="13" role="img">'
    title = "<title>nDCG@10 of each engine on each set</title>"
    return "\n".join([head, title, f'<rect width="740" height="{y}" fill="#fff"/>', *parts, "</svg>", ""])


def main(folder):
    folder = Path(folder)
    corpora = [json.loads(path.read_text()) for path in sorted((folder / "corpora").glob("*.json"))]
    results = [json.loads(path.read_text()) for path in sorted((folder / "results").glob("*.json"))]
    rows, bars = table(corpora, results)
    sizes = "\n".join(
        f"| {c['name']} | {len({d['id'] for d in c['documents']})} | {len(c['documents'])} | {len(c['queries'])} |"
        for c in corpora
    )
    versions = ", ".join(f"{r['peer']} {r['version']}" for r in results)
    page = f"""# Other engines on the same questions

The last run of `make bench-peers`; `tests/peers/README.md` tells how each engine was asked. Load of the machine
over the last quarter of an hour: {os.getloadavg()[2]:.1f} on {os.cpu_count()} cores; above the number of cores milliseconds say little, and
those of engines with vectors least. Engines: {versions}.

![nDCG@10 of each engine on each set](report.svg)

{rows}

| set | ids | sections | questions |
|---|---|---|---|
{sizes}
"""
    (folder / "report.md").write_text(page)
    (folder / "report.svg").write_text(chart(bars))


if __name__ == "__main__":
    main(*sys.argv[1:])
