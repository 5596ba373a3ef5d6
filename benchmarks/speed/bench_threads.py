"""Networks on two threads of the processor and on one, alone and beside a busy process.

Prints the seconds on two threads divided by those on one: below 1, two are faster. The
same for processor time, which others pay for: 2 means that two threads take twice as
much. Networks up to ``LARGEST_SMALL`` of ``skbal/models/_networks/_work.py`` use one
thread; here, this rule is switched off.

Run by asv, or as ``python -m benchmarks.speed.bench_threads``, and again with
``OMP_WAIT_POLICY=passive`` in front, which must be set before torch is loaded. "Alone"
is only true on an idle machine.
"""

import os
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager
from unittest import mock

import numpy as np

from ._timing import command_line

CASES = {
    "DropoutMLP, 20 columns": ((20,), 50),
    "GalCNN, 28x28 pixels": ((1, 28, 28), 10),
    "GalaxyCNN, 64x64 pixels": ((3, 64, 64), 4),
    "GalaxyCNN, 128x128 pixels": ((3, 128, 128), 2),
}
NEIGHBOURS = {"alone": 0, "beside a busy process": 1}


def trained(name):
    """Return a fitted estimator, its rows, and their labels or votes."""
    from skbal.models import MCDropoutClassifier, MCDropoutVoteRegressor

    shape, n_steps = CASES[name]
    X = np.random.default_rng(0).normal(size=(64, *shape)).astype(np.float32)
    if name.startswith("GalaxyCNN"):
        kind, y = MCDropoutVoteRegressor, np.stack([np.arange(64) % 40, [40] * 64], 1)
    else:
        kind, y = MCDropoutClassifier, np.arange(64) % 2
    model = kind(max_steps=n_steps, n_draws=20, random_state=0)
    return model.fit(X, y), X, y


@contextmanager
def busy(n_neighbours):
    """Keep some other processes busy inside the block."""
    command = [sys.executable, "-c", "while True: pass"]
    processes = [subprocess.Popen(command) for _ in range(n_neighbours)]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


def cost(function, n_threads):
    """Return the seconds and the processor seconds of a call on some threads."""
    import torch

    from skbal.models._networks import _work

    before = torch.get_num_threads()
    torch.set_num_threads(n_threads)
    try:
        with mock.patch.object(_work, "LARGEST_SMALL", -1):
            start = time.perf_counter(), time.process_time()
            function()
            return time.perf_counter() - start[0], time.process_time() - start[1]
    finally:
        torch.set_num_threads(before)


def ratios(function, n_pairs, n_threads=2):
    """Return the median ratios of seconds and of processor seconds."""
    pairs = [
        np.divide(cost(function, n_threads), cost(function, 1)) for _ in range(n_pairs)
    ]
    return [statistics.median(column) for column in zip(*pairs)]


class Threads:
    """asv: seconds of training on two threads divided by those on one."""

    params = (sorted(CASES), sorted(NEIGHBOURS))
    timeout = 600

    def setup(self, name, neighbours):
        self.model, self.X, self.y = trained(name)

    def train(self):
        self.model.fit(self.X, self.y)

    def draw(self):
        self.model.predict_samples(self.X, random_state=0)

    def track_training(self, name, neighbours):
        with busy(NEIGHBOURS[neighbours]):
            return ratios(self.train, n_pairs=3)[0]

    def track_draws(self, name, neighbours):
        with busy(NEIGHBOURS[neighbours]):
            return ratios(self.draw, n_pairs=3)[0]


def main():
    options = command_line(__doc__, pairs=5).parse_args()
    policy = os.environ.get("OMP_WAIT_POLICY", "not set")
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    print(f"OMP_WAIT_POLICY {policy}, {os.cpu_count()} cores, load {load:.1f}")
    for name in CASES:
        case = Threads()
        case.setup(name, "alone")
        millions = case.model.net_.n_products_ / 1e6
        print(f"{name}, {millions:.2g} million multiplications per row")
        for neighbours, n_busy in NEIGHBOURS.items():
            for what, function in (("training", case.train), ("draws", case.draw)):
                with busy(n_busy):
                    seconds, processor = ratios(function, options.pairs)
                print(
                    f"  {what} {neighbours}: seconds x {seconds:.2f}, "
                    f"processor time x {processor:.2f}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
