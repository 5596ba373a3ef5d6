"""The table of MNIST with few labels and a graph of the pool.

``python -m benchmarks.studies.pool_mnist.report [RUNS.jsonl]`` prints a Markdown table.
Without RUNS it reads the runs that are kept here.

The rules behind the default parameters were chosen on training images. Early prototypes
had been scored on the test images before, so these were not unseen.
"""

import argparse

import numpy as np

from .._runs import read
from .run import RUNS

LABELS = (12, 20, 30, 40, 60)


def values(records, n_labels, what):
    """Return one number per run."""
    return np.array([r["scores"][str(n_labels)][what] for r in records])


def largest_fall(record):
    """Return by how many points accuracy fell below its best so far."""
    curve = 100 * np.array([s["accuracy"] for s in record["scores"].values()])
    return (np.maximum.accumulate(curve) - curve).max()


def lines(records):
    yield (
        "| pool | features | runs | "
        + " | ".join(f"{n} labels" for n in LABELS)
        + " | largest fall | ECE at 12, 30, 60 | NLL at 12, 30, 60 |"
    )
    yield "|" + "---|" * (len(LABELS) + 6)
    for size, kind in sorted({(r["n_pool"], r["features"]) for r in records}):
        of = [r for r in records if (r["n_pool"], r["features"]) == (size, kind)]
        cells = [f"{size:,}", kind, str(len(of))]
        for n in LABELS:
            found = 100 * values(of, n, "accuracy")
            cells.append(f"{found.mean():.2f} (worst {found.min():.2f})")
        cells.append(f"{max(map(largest_fall, of)):.2f}")
        for what in ("ece", "nll"):
            means = (values(of, n, what).mean() for n in (12, 30, 60))
            cells.append(", ".join(f"{mean:.3f}" for mean in means))
        yield "| " + " | ".join(cells) + " |"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", nargs="?", default=RUNS)
    print("\n".join(lines(read(parser.parse_args().runs))))


if __name__ == "__main__":
    main()
