"""Seconds that baal takes for the draws of `bench_draws`.

It runs in an environment of its own, with nothing of skbal::

    python -m venv baal-env && baal-env/bin/pip install torch baal
    python -m benchmarks.speed.bench_draws --peer baal-env/bin/python

"""

import sys
import time

N_ROWS, N_DRAWS = 1000, 100
BATCH = 128  # the batch of the plain loop of `bench_draws`
DEFAULT_BATCH = 32  # that of baal's TrainingArgs


def network():
    """Return the network of `bench_draws`, the CNN of Gal et al. (2017)."""
    from torch import nn

    return nn.Sequential(
        nn.Conv2d(1, 32, 4), nn.ReLU(), nn.Conv2d(32, 32, 4), nn.ReLU(),
        nn.MaxPool2d(2), nn.Dropout(0.25), nn.Flatten(), nn.Linear(3872, 128),
        nn.ReLU(), nn.Dropout(0.5), nn.Linear(128, 10),
    )  # fmt: skip


def main(batch=DEFAULT_BATCH):
    # Imported here: asv imports every file of this directory, baal or no baal.
    import torch
    from baal.bayesian.caching_utils import MCCachingModule
    from baal.bayesian.dropout import MCDropoutModule
    from baal.modelwrapper import ModelWrapper, TrainingArgs

    module = MCCachingModule(MCDropoutModule(network())).eval()
    # Caching asks for passes one by one.
    wrapper = ModelWrapper(module, TrainingArgs(replicate_in_memory=False))
    X = torch.rand(N_ROWS, 1, 28, 28)
    with torch.no_grad():
        wrapper.predict_on_batch(X[:batch], N_DRAWS)  # so that it is not timed cold
        start = time.perf_counter()
        draws = [wrapper.predict_on_batch(x, N_DRAWS) for x in X.split(batch)]
        seconds = time.perf_counter() - start
    if torch.cat(draws).shape != (N_ROWS, 10, N_DRAWS):
        raise RuntimeError("baal gave draws of another shape")
    print(seconds)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
