"""Does `shortcut_test` find planted shortcuts, and is it silent on clean images?

``python -m benchmarks.studies.shortcuts.run RUNS.jsonl --data FOLDER``, where FOLDER
holds packed digits, clothes and galaxies (those of them that it lacks are left out),
adds a line for each run. Runs that the file holds are not made again, so a study that
was stopped goes on when the command is given again.

A repeat draws rows to learn from and held-out rows, and plants one of five kinds of
shortcut (`plants`) on 60 to 100% of one class in both. A forest or a small network
learns, and the test gets the held-out rows and nothing else. For each planted run there
is one without a plant. Settings of the test were chosen with other seeds.
"""

import argparse
import time
from pathlib import Path

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from torch import nn

from skbal._utils.random import next_seed, stream
from skbal.audit import shortcut_test
from skbal.models import MCDropoutClassifier

from .._runs import append, read
from .plants import KINDS, planted

RUNS = Path(__file__).parent / "results" / "runs.jsonl"
FILES = {
    "digits": "mnist.npz",
    "clothes": "fashion_mnist_h_6k.npz",
    "galaxies": "gz2_spirals.npz",
}
N_LEARN, N_HELD_OUT = 1000, 1000
N_LEARN_GALAXIES, N_HELD_OUT_GALAXIES = 1200, 800  # of 2,000
N_CLEAN = len(KINDS)  # clean runs of a repeat


class Network(nn.Sequential):
    """A small network of two convolutions."""

    def __init__(self, side=28, n_classes=10):
        last = ((side - 4) // 2 - 2) // 2
        super().__init__(
            nn.Conv2d(1, 8, 5),
            nn.MaxPool2d(2),
            nn.ReLU(),
            nn.Conv2d(8, 16, 3),
            nn.MaxPool2d(2),
            nn.ReLU(),
            nn.Flatten(),
            nn.Dropout(0.25),
            nn.Linear(16 * last * last, 64),
            nn.ReLU(),
            nn.Dropout(0.25),
            nn.Linear(64, n_classes),
        )


class Model:
    """A classifier, the form in which it takes images, and what the test needs to know.

    Parameters
    ----------
    name : str
        "forest" or "network".
    """

    def __init__(self, name):
        self.name = name

    def as_input(self, X):
        """Return images (n_samples, height, width) as the classifier takes them."""
        return X[:, None] if self.name == "network" else X.reshape(len(X), -1)

    def fit(self, X, y, seed):
        """Fit a new classifier."""
        self.shape = X.shape[1:]
        self.estimator = RandomForestClassifier(random_state=seed)
        if self.name == "network":
            self.estimator = MCDropoutClassifier(
                Network,
                module__side=X.shape[1],
                module__n_classes=len(np.unique(y)),
                standardize=True,
                deterministic=True,
                max_steps=200,
                lr=0.003,
                random_state=seed,
            )
        self.estimator.fit(self.as_input(X), y)
        return self

    def is_right(self, X, y):
        """Return which images are predicted right."""
        return self.estimator.predict(self.as_input(X)) == y

    def tested(self, X, y, seed):
        """Return the result of `shortcut_test`."""
        shape = None if self.name == "network" else self.shape
        return shortcut_test(
            self.estimator, self.as_input(X), y, image_shape=shape, random_state=seed
        )


def load(folder):
    """Return images with values in [0, 1] and labels of each set that is there."""
    sets = {}
    for name, file in FILES.items():
        if not Path(folder, file).exists():
            continue
        with np.load(Path(folder, file)) as data:
            X, y = (
                (data["X"], data["y"])
                if "X" in data
                else (data["X_train"], data["y_train"])
            )
        X = X.astype(np.float32) / 255
        if X.shape[1] == 64:  # galaxies: means of 2 x 2 pixels
            X = X.reshape(len(X), 32, 2, 32, 2).mean(axis=(2, 4))
        sets[name] = X, y.astype(int)
    return sets


def plan(sets, seeds):
    """Return all runs as (set, model, kind, seed), also those without a plant."""
    kinds = [*KINDS, *(f"clean {number}" for number in range(N_CLEAN))]
    return [
        (name, model, kind, seed)
        for seed in seeds
        for kind in kinds
        for name in sets
        for model in ("forest", "network")
    ]


def one_run(name, model, kind, seed, data):
    """Return the record of a run."""
    rng = stream(seed, "shortcuts", name, kind)
    clean, y, n_learn = drawn_rows(name, *data, rng)
    X, carries, mask, label, share = clean, np.zeros(len(y), dtype=bool), None, None, 0
    if kind in KINDS:
        X, carries, mask, label, share = planted(clean, y, kind, rng)
    fitted = Model(model).fit(X[:n_learn], y[:n_learn], next_seed(rng))
    begin = time.perf_counter()
    result = fitted.tested(X[n_learn:], y[n_learn:], next_seed(rng))
    seconds = time.perf_counter() - begin
    held_out = np.arange(len(y)) >= n_learn
    on = carries & held_out
    return {
        "set": name,
        "model": model,
        "kind": kind,
        "seed": seed,
        "label": label,
        "share": round(share, 3),
        "found": result.found,
        "p_value": result.p_value,
        "found_kind": result.kind,
        "found_label": int(result.class_label),
        "hits": [result.n_hits, result.n_donors, result.n_other_hits, result.n_others],
        "odds_ratio": result.odds_ratio,
        "iou": overlap(result.region, mask),
        "accuracy": mean(fitted.is_right(X[held_out], y[held_out])),
        "with_plant": mean(fitted.is_right(X[on], y[on])) if on.any() else None,
        "without_plant": mean(fitted.is_right(clean[on], y[on])) if on.any() else None,
        "seconds": round(seconds, 2),
    }


def drawn_rows(name, X, y, rng):
    """Return random images and labels, and how many of them are to learn from."""
    n_learn, n_held_out = N_LEARN, N_HELD_OUT
    if name == "galaxies":
        n_learn, n_held_out = N_LEARN_GALAXIES, N_HELD_OUT_GALAXIES
    rows = rng.permutation(len(y))[: n_learn + n_held_out]
    return X[rows], y[rows], n_learn


def overlap(region, mask):
    """Return intersection over union of two masks, 0 without a region."""
    if region is None or mask is None:
        return 0.0
    return round(float(np.sum(region & mask) / np.sum(region | mask)), 3)


def mean(values):
    return round(float(np.mean(values)), 4)


def run(options):
    data = load(options.data)
    done = {(r["set"], r["model"], r["kind"], r["seed"]) for r in read(options.runs)}
    for one in plan(data, options.seeds):
        if one not in done:
            append(options.runs, one_run(*one, data[one[0]]))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs")
    parser.add_argument("--data", required=True, help="folder of the packed images")
    parser.add_argument("--seeds", type=int, nargs="+", default=list(range(10)))
    run(parser.parse_args())


if __name__ == "__main__":
    main()
