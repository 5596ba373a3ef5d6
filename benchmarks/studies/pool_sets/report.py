"""The tables of sets other than digits with a graph of the pool.

``python -m benchmarks.studies.pool_sets.report [RUNS.jsonl]`` prints two Markdown
tables. Without RUNS it reads the runs that are kept here. Of a study that is not yet
finished, it takes the repeats that all ways with the graph have.

The first says how many labels a way needs until its mean accuracy is that of the same
model with all its random labels, and the most by which its mean accuracy was below that
of as many random labels. Both are over the numbers of labels that were scored. The
second has the accuracies with all labels, as the mean and the worst of the runs.
"""

import argparse

import numpy as np

from .._runs import read
from .run import GRAPH, N_FIRST, RUNS, STRATEGIES, WAYS

UNEQUAL = "galaxies"  # its classes have unequal sizes


def whole_repeats(records):
    """Return the records of repeats that have all ways with the graph."""
    done = {(r["set"], r["repeat"], r["way"]) for r in records}
    return [
        r for r in records if all((r["set"], r["repeat"], way) in done for way in GRAPH)
    ]


def curves_of(records, name, way, which):
    """Return the numbers of labels, and accuracies of shape (n_runs, n_numbers)."""
    of = [r["scores"] for r in records if (r["set"], r["way"]) == (name, way)]
    numbers = sorted({int(n) for scores in of for n in scores})
    curves = [[scores[str(n)][which] for n in numbers] for scores in of]
    return np.array(numbers), 100 * np.array(curves)


def cases(records):
    """Return the names of the sets, each with the measure: 0, or 1 for the classes."""
    names = list(dict.fromkeys(r["set"] for r in records))
    found = [(name, name, 0) for name in names]
    if UNEQUAL in names:
        place = names.index(UNEQUAL) + 1
        found.insert(place, (f"{UNEQUAL}, mean over classes", UNEQUAL, 1))
    return found


def against_random(records, name, way, which):
    """Return the labels to random's last accuracy, and the most below random."""
    numbers, curves = curves_of(records, name, "random", which)
    same, found = curves_of(records, name, way, which)
    if list(same) != list(numbers):
        raise ValueError(f"{name}: {way} was scored at other numbers than random.")
    mean, wanted = found.mean(axis=0), curves.mean(axis=0)
    enough = np.flatnonzero(mean >= wanted[-1])
    least = numbers[enough[0]] if len(enough) else f"over {numbers[-1]}"
    below = max((wanted - mean).max(), 0)
    return f"{'at most ' if least == N_FIRST else ''}{least}", f"{below:.1f}"


def mean_and_worst(values):
    """Return the cell of some runs."""
    return f"{values.mean():.1f} ({values.min():.1f})"


def labels_lines(records):
    """Yield the table of labels."""
    heads = [f"{way}: {what}" for way in STRATEGIES for what in ("labels", "below")]
    yield "| set | pool | random | " + " | ".join(heads) + " |"
    yield "|" + "---|" * (3 + len(heads))
    for title, name, which in cases(records):
        numbers, curves = curves_of(records, name, "random", which)
        size = next(r["n_pool"] for r in records if r["set"] == name)
        cells = [title, f"{size:,}", f"{curves[:, -1].mean():.1f} with {numbers[-1]}"]
        for way in STRATEGIES:
            cells += against_random(records, name, way, which)
        yield "| " + " | ".join(cells) + " |"


def accuracy_lines(records):
    """Yield the table of accuracies with all labels."""
    yield "| set | " + " | ".join(WAYS) + " | runs |"
    yield "|" + "---|" * (2 + len(WAYS))
    for title, name, which in cases(records):
        cells, runs = [title], []
        for way in WAYS:
            curves = curves_of(records, name, way, which)[1]
            runs.append(len(curves))
            cells.append(mean_and_worst(curves[:, -1]) if curves.size else "")
        cells.append(", ".join(map(str, runs)))
        yield "| " + " | ".join(cells) + " |"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", nargs="?", default=RUNS)
    records = whole_repeats(read(parser.parse_args().runs))
    print("\n".join([*labels_lines(records), "", *accuracy_lines(records)]))


if __name__ == "__main__":
    main()
