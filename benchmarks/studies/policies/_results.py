"""The areas of all episodes, from runs or from the short files that are kept."""

import json
from collections import defaultdict
from pathlib import Path

import numpy as np

from .._runs import read
from ._strategies import STRATEGIES
from ._tables import TABLES

KEPT = Path(__file__).parent / "results"


def kept_files():
    """Return the files of areas that are kept."""
    return sorted(KEPT.glob("*.jsonl"))


def areas_of(paths):
    """Return the areas under the accuracy of all episodes.

    Parameters
    ----------
    paths : list of path
        Files of ``run.py``, or what `keep` wrote.

    Returns
    -------
    areas : dict of (model, strategy, table) to dict of int to float
        By the number of the episode.
    """
    areas = defaultdict(dict)
    for path in paths:
        for record in read(path):
            found = record.get("areas") or {record["episode"]: record["area"]}
            place = areas[record["model"], record["strategy"], record["table"]]
            place.update({int(number): area for number, area in found.items()})
    return dict(areas)


def keep(areas, path):
    """Write areas to a file, a line for each model, strategy and table."""
    lines = [
        json.dumps(
            {"model": model, "strategy": strategy, "table": table}
            | {"areas": {n: round(area, 5) for n, area in sorted(of.items())}}
        )
        for (model, strategy, table), of in sorted(areas.items())
    ]
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text("\n".join(lines) + "\n", encoding="utf-8")


def names_in(areas, model):
    """Return the strategies and tables that a model was played with, in order."""
    strategies = {s for m, s, _ in areas if m == model}
    tables = {t for m, _, t in areas if m == model}
    order = [*STRATEGIES, *sorted(strategies - set(STRATEGIES))]
    return [s for s in order if s in strategies], [t for t in TABLES if t in tables]


def paired(areas, model, strategy, other, table):
    """Return the differences of areas, strategy minus other, of episodes of both."""
    one = areas.get((model, strategy, table), {})
    two = areas.get((model, other, table), {})
    return np.array([one[n] - two[n] for n in sorted(one.keys() & two.keys())])
