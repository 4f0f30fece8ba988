"""Generates the page and the charts of the benchmarks from the figures that `make bench SAVE=…` wrote."""

import json
import re
from collections.abc import Sequence

from lab.bench.figures import Figure
from scripts.reference.figures import charts
from scripts.reference.markdown import page, section, table
from scripts.reference.product import ROOT

FIGURES = ROOT / "docs" / "reference" / "benchmarks.json"

_INTRODUCTION = """
The figures of runs of `make bench` on one machine. Each compares the product with a baseline of the same run; only
the ratio means something on another machine. The plain handler is a Lambda function as the blog post describes it: SNS
invokes it, it queries a shift and then updates it, scans the table for REQUEST, and knows its numbers from the
environment. It runs on the same embedded cloud.
"""
_MIN_CASES = 3


def pages() -> dict[str, str]:
    """Returns the page, and a chart of each benchmark with at least three cases, by path in docs/."""
    figures = [Figure(**row) for row in json.loads(FIGURES.read_text(encoding="utf-8"))]
    by_benchmark: dict[str, list[Figure]] = {}
    for figure in figures:
        by_benchmark.setdefault(figure.benchmark, []).append(figure)
    drawn = {name: rows for name, rows in by_benchmark.items() if len(rows) >= _MIN_CASES}
    images = [section(name, f"![chart](../{_path(name)})", rank=3) for name in drawn]
    text = page(
        "Benchmarks",
        _INTRODUCTION,
        section(
            "Figures",
            table(("benchmark", "case", "product", "baseline", "ratio", "target"), map(_row, figures)),
        ),
        section("Charts", *images),
    )
    return {"reference/benchmarks.md": text} | {
        _path(name): _chart(name, rows) for name, rows in drawn.items()
    }


def _row(figure: Figure) -> Sequence[str]:
    product, baseline = (f"{value:,.4g}" for value in (figure.product, figure.baseline))
    return figure.benchmark, figure.case, product, baseline, f"{figure.ratio:.3g}", figure.target


def _path(benchmark: str) -> str:
    return f"images/benchmark-{re.sub(r'[^a-z0-9]+', '-', benchmark.lower()).strip('-')}.svg"


def _chart(benchmark: str, figures: Sequence[Figure]) -> str:
    return charts.bars(
        benchmark,
        [figure.case for figure in figures],
        {
            "product": [figure.product for figure in figures],
            "baseline": [figure.baseline for figure in figures],
        },
    )
