"""How often generalisation_report says which word, of models whose truth is known.

``python -m benchmarks.studies.generalisation_verdicts.run`` fits models to simulations
many times, and asks `skbal.audit.generalisation_report` about each. A forest learns
labels of which some are wrong; a forest learns an artefact that tells the label in the
simulation but not in the sky; a logistic regression does neither. The true errors are
those on 20,000 further rows, and the true word follows from them and the margin. The
words go to ``results/cells.jsonl`` or to ``--results``, one line per cell. Cells that
are there are not computed again. ``report.py`` prints the table.
"""

import argparse
from pathlib import Path

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from skbal._utils.random import stream
from skbal.audit import generalisation_report

from .._runs import append, read

CELLS = Path(__file__).parent / "results" / "cells.jsonl"
N_TRUE, MARGIN = 20_000, 0.05
# Share of wrong labels, whether there is an artefact, the model, training rows.
KINDS = {
    "good": (0.0, False, "logistic", 2000),
    "forest of overlapping classes": (0.0, False, "forest", 2000),
    "noise": (0.2, False, "forest", 500),
    "artefact": (0.0, True, "forest", 500),
    "artefact and noise": (0.2, True, "forest", 500),
}
SIZES = (10, 100, 400, 2000)  # of the test and of the independent rows


def simulated(rng, n_rows, noise, artefact):
    """Return four noisy signals, a column with or without the artefact, and labels."""
    y = rng.random(n_rows) < 0.5
    signals = rng.normal(size=(n_rows, 4)) + 1.5 * y[:, np.newaxis]
    column = (y if artefact else 0.5) + 0.1 * rng.normal(size=n_rows)
    wrong = rng.random(n_rows) < noise
    return np.column_stack([signals, column]), np.where(wrong, ~y, y)


def fitted(kind, rng):
    """Return a model, its training rows, and its true errors in both worlds."""
    noise, artefact, model, n_rows = KINDS[kind]
    train = simulated(rng, n_rows, noise, artefact)
    if model == "logistic":
        estimator = LogisticRegression()
    else:
        estimator = RandomForestClassifier(30, random_state=0)
    estimator.fit(*train)
    errors = [
        1 - estimator.score(*simulated(rng, N_TRUE, noise, there))
        for there in (artefact, False)
    ]
    return estimator, train, errors


def cell(kind, n_samples):
    """Return for each size how often which words are said, and wrongly."""
    noise, artefact, *_ = KINDS[kind]
    counts = {size: {} for size in SIZES}
    wrong = {size: [0, 0] for size in SIZES}
    true = []
    for number in range(n_samples):
        rng = stream(0, kind, number)
        model, train, errors = fitted(kind, rng)
        train_error = 1 - model.score(*train)
        differences = (errors[0] - train_error, errors[1] - errors[0])
        true.append([difference > MARGIN for difference in differences])
        for size in SIZES:
            test = simulated(rng, size, noise, artefact)
            sky = simulated(rng, size, noise, False)
            found = generalisation_report(model, train, test, sky)
            words = counts[size]
            words[found.conclusion] = words.get(found.conclusion, 0) + 1
            said = (found.overfit, found.overspecialised)
            for place, (one, truth) in enumerate(zip(said, true[-1])):
                wrong[size][place] += one is not None and one != truth
    share = {
        size: {w: n / n_samples for w, n in c.items()} for size, c in counts.items()
    }
    return {
        "truly overfit, overspecialised": np.mean(true, axis=0).tolist(),
        "said": share,
        "wrongly": {
            size: [n / n_samples for n in both] for size, both in wrong.items()
        },
    }


def run(options):
    """Compute the cells that the file does not have yet."""
    done = {record["kind"] for record in read(options.results)}
    for kind in KINDS:
        if kind not in done:
            found = cell(kind, options.samples)
            append(options.results, {"kind": kind, "n": options.samples, **found})
            print(kind, flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=int, default=300, help="samples per cell")
    parser.add_argument("--results", type=Path, default=CELLS)
    run(parser.parse_args())


if __name__ == "__main__":
    main()
