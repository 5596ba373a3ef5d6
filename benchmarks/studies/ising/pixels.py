"""What a convolution is worth if the order of the columns means something, or not."""

import numpy as np
from sklearn.preprocessing import StandardScaler
from torch import nn

from skbal.models import MCDropoutClassifier

from .collisions import make_events
from .transfer import clusters, quenches, rows_of

N_TRAIN, N_TEST, N_STEPS = 300, 1500, 200
DATA = ("quenches", "equilibrium", "collisions")
NETWORKS = ("convolutions", "dense")


class Convolutions(nn.Sequential):
    """Two convolutions of 3 x 3, a pool and two dense layers, for a square image."""

    def __init__(self, side, n_outputs=2):
        super().__init__(
            nn.Conv2d(1, 16, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(16, 16, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Dropout(0.25),
            nn.Linear(16 * (side // 2) ** 2, 128),
            nn.ReLU(),
            nn.Dropout(0.5),
            nn.Linear(128, n_outputs),
        )


def table(name, repeat):
    """Return flat rows of float32 and their labels."""
    n = N_TRAIN + N_TEST
    if name == "collisions":
        X, y = make_events(n, repeat)
        return StandardScaler().fit_transform(X).astype(np.float32), y
    source = {"quenches": quenches, "equilibrium": clusters}[name]
    X, y = rows_of(source, n, repeat)
    return X.reshape(n, -1), y.astype(int)


def network(name, n_columns, seed):
    """Return a network of the convolutions or of dense layers alone."""
    options = {"max_steps": N_STEPS, "n_draws": 20, "random_state": seed}
    if name == "dense":
        return MCDropoutClassifier(**options)
    side = round(n_columns**0.5)
    return MCDropoutClassifier(
        Convolutions, module__side=side, image_shape=(1, side, side), **options
    )


def measured(name, repeat):
    """Return the accuracy of each network on columns as they are and permuted."""
    X, y = table(name, repeat)
    permuted = X[:, np.random.default_rng(repeat).permutation(X.shape[1])]
    record = {"data": name, "repeat": repeat}
    for kind in NETWORKS:
        for order, rows in (("plain", X), ("permuted", permuted)):
            model = network(kind, X.shape[1], repeat)
            model.fit(rows[:N_TRAIN], y[:N_TRAIN])
            score = model.score(rows[N_TRAIN:], y[N_TRAIN:])
            record[f"{kind}, {order}"] = round(float(score), 4)
    return record


def runs(repeats, done):
    """Give one record per data set and repeat that is not done yet."""
    for repeat in range(repeats):
        for name in DATA:
            if (name, repeat) not in done:
                yield measured(name, repeat)
