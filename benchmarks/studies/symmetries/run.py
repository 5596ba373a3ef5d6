"""How invariant is a network of digits, with and without augmentation?

``python -m benchmarks.studies.symmetries.run FOLDER [--labels 300 100] [--seeds 3]``.
For each seed, a `skbal.models.MCDropoutClassifier` with its standard network, that of
Gal et al. (2017), is trained for 600 steps on balanced labels of MNIST, once for each
augmentation. `skbal.audit.invariance_report` then measures its accuracy on 1,000 other
digits under each transform at each strength, the same digits for all augmentations.
Dropout is off in predictions. Fitted networks and their accuracies are kept in FOLDER,
so a study that was stopped goes on.
"""

import argparse
import warnings
from pathlib import Path

import joblib
import numpy as np

from benchmarks.studies._runs import append, read
from skbal.audit import invariance_report
from skbal.datasets import load_mnist_5k
from skbal.models import (
    Compose,
    ElasticDeformation,
    MCDropoutClassifier,
    RandomBlur,
    RandomRotation,
    RandomScale,
    RandomShift,
)
from skbal.seeding import BalancedSeed

AUGMENTATIONS = {
    "none": None,
    "shift 3": RandomShift(3),
    "all": Compose(
        [
            ElasticDeformation(1.0),
            RandomRotation(15),
            RandomScale(1.2),
            RandomBlur(1.0),
            RandomShift(3),
        ]
    ),
}
N_TEST = 1000
TRANSFORMS = {
    "shift": [2, 4],
    "rotation": [10, 20],
    "scale": [0.8, 1.25],
    "blur": [1, 2],
    "elastic": [1, 2],
}


def rows_of(n_labels, seed, y):
    """Return the labelled rows, and as many test rows for all seeds."""
    labelled = BalancedSeed(n_labels // 10, random_state=seed).select(y[:, None], y)
    others = np.setdiff1d(np.arange(len(y)), labelled)
    return labelled, np.random.default_rng(seed).choice(others, N_TEST, replace=False)


def trained(folder, name, n_labels, seed):
    """Return the network of an augmentation, from the folder if it is there."""
    path = Path(folder) / f"{name} {n_labels} {seed}.joblib".replace(" ", "_")
    if path.exists():
        return joblib.load(path)
    X, y = load_mnist_5k(return_X_y=True)
    labelled, _ = rows_of(n_labels, seed, y)
    model = MCDropoutClassifier(
        image_shape=(28, 28),
        max_steps=600,
        augment=AUGMENTATIONS[name],
        deterministic=True,
        random_state=seed,
    )
    model.fit(X[labelled], y[labelled])
    path.parent.mkdir(parents=True, exist_ok=True)
    joblib.dump(model, path)
    return model


def accuracies(model, n_labels, seed):
    """Return the accuracy in each line of the report, by its words."""
    X, y = load_mnist_5k(return_X_y=True)
    _, test = rows_of(n_labels, seed, y)
    report = invariance_report(model, X[test], TRANSFORMS, y[test], random_state=seed)
    return dict(zip(report.words, report.accuracy.tolist()))


def one_run(folder, name, n_labels, seed):
    """Return the record of a network, from the folder if it is there."""
    path = Path(folder) / "accuracies.jsonl"
    key = {"augment": name, "n_labels": n_labels, "seed": seed}
    for record in read(path):
        if all(record[part] == value for part, value in key.items()):
            return record["accuracies"]
    found = accuracies(trained(folder, name, n_labels, seed), n_labels, seed)
    append(path, {**key, "accuracies": found})
    return found


def show(runs, n_labels):
    """Print the mean accuracies, and the standard error over seeds of each."""
    n_seeds = len(next(iter(runs.values())))
    print(f"{n_labels} labels, mean of {n_seeds} seeds (standard error)")
    print(" " * 20, *(f"{name:>16}" for name in runs))
    for words in next(iter(runs.values()))[0]:
        cells = []
        for found in runs.values():
            values = np.array([each[words] for each in found])
            spread = values.std(ddof=1) / np.sqrt(n_seeds) if n_seeds > 1 else np.nan
            cells.append(f"{values.mean():.3f} ({spread:.3f})".rjust(16))
        print(f"{words:20}", *cells)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder")
    parser.add_argument("--labels", type=int, nargs="+", default=[300, 100])
    parser.add_argument("--seeds", type=int, default=3)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore", UserWarning)
    runs = {}
    for seed in range(arguments.seeds):
        for n_labels in arguments.labels:
            of_labels = runs.setdefault(n_labels, {})
            for name in AUGMENTATIONS:
                found = one_run(arguments.folder, name, n_labels, seed)
                of_labels.setdefault(name, []).append(found)
    for n_labels, of_labels in runs.items():
        show(of_labels, n_labels)


if __name__ == "__main__":
    main()
