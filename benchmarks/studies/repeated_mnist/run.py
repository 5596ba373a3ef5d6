"""Repeated MNIST: BatchBALD, BALD, PowerBALD and random on a pool with noisy copies.

``python -m benchmarks.studies.repeated_mnist.run MNIST RUNS``, where MNIST is the
packed digits and RUNS a folder that gets one file per run, with one line per
acquisition. A run that was stopped goes on after its last line when the command is
given again. Several commands may share the folder if their ``--strategies``,
``--draws`` or ``--seeds`` differ. ``report.py`` makes the table and the figure.

The setting is that of Kirsch, van Amersfoort and Gal (2019, section 4.1): the 60,000
training images in units of their standard deviation, three copies of each with Gaussian
noise of .1, two first labels of each digit, ten more labels per acquisition. Numbers of
labels include the first twenty. The test set is MNIST's own, without noise, as in the
paper's code, and the accuracy is that of the mean over as many draws as the strategy
has.

Two things differ from the paper. The network has half the filters, and dropout in its
dense layers only, so that one convolution serves all draws. It is trained from new
weights for a fixed number of gradient steps, without a validation set.

``--originals 5000`` makes it cheaper: each acquisition considers all copies of 5,000
images, fresh ones every time, instead of all 180,000 rows. Such a pool is as redundant
in copies, but less so in images that merely look alike. The runs in ``results/`` have
the full pool with ten draws, and ``--originals 20000``, a third of it, with a hundred.
"""

import argparse
from pathlib import Path
from time import perf_counter

import numpy as np

from skbal import query
from skbal._utils.random import stream
from skbal.datasets import fetch_mnist, make_repeated
from skbal.models import MCDropoutClassifier
from skbal.seeding import BalancedSeed

from .._mnist import MEAN, STD, Network
from .._runs import append, read

N_IMAGES, N_REPEATS, NOISE = 60_000, 3, 0.1
N_INSTANCES = 10
STRATEGIES = {
    "BatchBALD": {},
    "BALD": {},
    "PowerBALD": {"beta": 4},
    "Random": None,
}


class Data:
    """The pool of a seed and the test images, in units of the standard deviation."""

    def __init__(self, path, seed):
        X, y = digits(path, "train")
        self.X, self.y = make_repeated(X, y, N_REPEATS, NOISE, random_state=seed)
        self.X_test, self.y_test = digits(path, "test")


def digits(path, subset):
    X, y = fetch_mnist(data_home=path, subset=subset, return_X_y=True)
    X -= MEAN
    X /= STD
    return X.reshape(-1, 1, 28, 28), y


class Run:
    """One strategy, number of draws and seed; its past is in its file."""

    def __init__(self, name, n_draws, seed, options):
        self.name, self.n_draws, self.seed = name, n_draws, seed
        self.options = options
        file = f"{name}_K{n_draws}_seed{seed}.jsonl"
        self.path = Path(options.runs, file)

    def settings(self):
        names = ("originals", "steps", "lr")
        options = {name: getattr(self.options, name) for name in names}
        return {"strategy": self.name, "K": self.n_draws, "seed": self.seed, **options}

    def go_on(self, data):
        """Make the acquisitions that the file does not hold yet."""
        labelled = self.initial(data)
        for record in self._past():
            labelled = np.append(labelled, record["queried"])
        while len(labelled) <= self.options.labels:
            record = self._acquisition(data, labelled)
            append(self.path, record)
            labelled = np.append(labelled, record["queried"])

    def initial(self, data):
        return BalancedSeed(2, random_state=self.seed).select(data.y, data.y)

    def is_done(self):
        return any(r["n_labels"] >= self.options.labels for r in self._past())

    def _past(self):
        if not self.path.exists():
            append(self.path, self.settings())
        settings, *records = read(self.path)
        if settings != self.settings():
            raise ValueError(f"{self.path} holds a run of other settings: {settings}.")
        return records

    def _acquisition(self, data, labelled):
        start = perf_counter()
        net = self.fitted(data, labelled)
        trained = perf_counter()
        accuracy = net.score(data.X_test, data.y_test)
        scored = perf_counter()
        rows = self.candidates(labelled)
        chosen = self.strategy(len(labelled))(net, data.X[rows], N_INSTANCES)
        return {
            "n_labels": len(labelled),
            "accuracy": round(accuracy, 4),
            "queried": rows[chosen].tolist(),
            "seconds": [
                round(trained - start, 2),
                round(scored - trained, 2),
                round(perf_counter() - scored, 2),
            ],
        }

    def fitted(self, data, labelled):
        net = MCDropoutClassifier(
            Network,
            n_draws=self.n_draws,
            max_steps=self.options.steps,
            lr=self.options.lr,
            random_state=self._seed("training", len(labelled)),
        )
        return net.fit(data.X[labelled], data.y[labelled])

    def strategy(self, n_labels):
        own = STRATEGIES[self.name]
        seed = self._seed("query", n_labels)
        if own is None:
            return query.Random(random_state=seed)
        strategy = getattr(query, self.name)
        return strategy(**own, n_draws=self.n_draws, random_state=seed)

    def candidates(self, labelled):
        """Return the rows to consider: all copies of some images, or the whole pool."""
        rng = stream(self.seed, "originals", len(labelled))
        n = self.options.originals or N_IMAGES
        images = np.sort(rng.choice(N_IMAGES, n, replace=False))
        rows = (images + N_IMAGES * np.arange(N_REPEATS)[:, np.newaxis]).ravel()
        return np.setdiff1d(rows, labelled)

    def _seed(self, *keys):
        return int(stream(self.seed, *keys).integers(2**32))


def run(options):
    if not Path(options.mnist).exists():
        print(f"Skipped: there is no file {options.mnist} with MNIST.")
        return
    for seed in options.seeds:
        runs = [
            Run(name, n_draws, seed, options)
            for n_draws in options.draws
            for name in options.strategies
        ]
        missing = [one for one in runs if not one.is_done()]
        data = Data(options.mnist, seed) if missing else None
        for one in missing:
            one.go_on(data)
            print(f"{one.path.name}: done", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("mnist", help="file of the packed digits")
    parser.add_argument("runs", help="folder")
    parser.add_argument(
        "--strategies", nargs="+", default=list(STRATEGIES), choices=STRATEGIES
    )
    parser.add_argument("--draws", nargs="+", type=int, default=[10, 100])
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    parser.add_argument("--labels", type=int, default=200, help="where a run ends")
    parser.add_argument("--originals", type=int, help="images considered by a query")
    parser.add_argument("--steps", type=int, default=200, help="per training")
    parser.add_argument("--lr", type=float, default=0.002)
    run(parser.parse_args())


if __name__ == "__main__":
    main()
