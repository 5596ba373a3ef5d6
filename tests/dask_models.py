"""Models that workers of dask call. They are here so that workers load little."""

import os
import time
from uuid import uuid4

import numpy as np

from tests.query.fakes import SeededSampler


class Failing(SeededSampler):
    def predict_samples(self, X, n_draws=None, *, random_state=None):
        if (np.asarray(X)[:, 0] > 2).any():
            raise RuntimeError("the model's own")
        return super().predict_samples(X, n_draws, random_state=random_state)


class Slow(SeededSampler):
    """Leaves a file in a folder for each call, and takes its time."""

    def __init__(self, folder, n_weights):
        super().__init__()
        self.folder = folder
        self.weights = np.zeros(n_weights)

    def predict_samples(self, X, n_draws=None, *, random_state=None):
        (self.folder / uuid4().hex).touch()
        time.sleep(0.1)
        return super().predict_samples(X, n_draws, random_state=random_state)


class Deadly(SeededSampler):
    """Ends every process but the one it was made in."""

    def __init__(self):
        super().__init__()
        self.home = os.getpid()

    def predict_samples(self, X, n_draws=None, *, random_state=None):
        if os.getpid() != self.home:
            os._exit(1)
        return super().predict_samples(X, n_draws, random_state=random_state)
