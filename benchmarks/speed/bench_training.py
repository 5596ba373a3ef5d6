"""Training of the default networks against ten lines of torch and ``MLPClassifier``.

Run by asv, or as ``python -m benchmarks.speed.bench_training``.
"""

import warnings

import numpy as np

from ._timing import command_line, report, seconds

N_EPOCHS = {200: 32, 640: 10, 5000: 3}


def table(n_rows):
    """Return rows of 20 numbers and two classes."""
    X = np.random.default_rng(0).normal(size=(n_rows, 20)).astype(np.float32)
    return X, (X[:, 0] > 0).astype(np.int64)


def ours(X, y, n_epochs):
    """Train by the estimator."""
    from skbal.models import MCDropoutClassifier

    MCDropoutClassifier(max_epochs=n_epochs, random_state=0).fit(X, y)


def bare_torch(X, y, n_epochs, fused):
    """Train the same network in ten lines; ``fused`` as in torch's Adam."""
    import torch

    from skbal.models import DropoutMLP

    network = DropoutMLP(X.shape[1], 2)
    optimizer = torch.optim.Adam(network.parameters(), fused=fused)
    criterion = torch.nn.CrossEntropyLoss()
    X, y = torch.from_numpy(X), torch.from_numpy(y)
    for _ in range(n_epochs):
        for rows in torch.randperm(len(X)).split(64):
            optimizer.zero_grad()
            criterion(network(X[rows]), y[rows]).backward()
            optimizer.step()


def sklearns(X, y, n_epochs):
    """Train scikit-learn's network of the same size, without dropout."""
    from sklearn.neural_network import MLPClassifier

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        MLPClassifier(
            (100, 100), batch_size=64, max_iter=n_epochs, tol=0, n_iter_no_change=1000
        ).fit(X, y)


OTHERS = {
    "torch": lambda *given: bare_torch(*given, fused=False),
    "torch, fused Adam": lambda *given: bare_torch(*given, fused=True),
    "MLPClassifier": sklearns,
}


class Training:
    """asv: some 100 to 250 steps."""

    params = (sorted(N_EPOCHS), sorted(OTHERS))
    timeout = 600

    def setup(self, n_rows, other):
        self.given = (*table(n_rows), N_EPOCHS[n_rows])
        ours(*self.given)
        OTHERS[other](*self.given)

    def pair(self, other):
        """Return the seconds that another takes, and ours."""
        return seconds(OTHERS[other], *self.given), seconds(ours, *self.given)

    def track_ratio(self, n_rows, other):
        theirs, own = self.pair(other)
        return theirs / own


def main():
    options = command_line(__doc__, pairs=7).parse_args()
    for n_rows in N_EPOCHS:
        for other in OTHERS:
            case = Training()
            case.setup(n_rows, other)
            pairs = [case.pair(other) for _ in range(options.pairs)]
            report(f"{n_rows} rows: {other}", *zip(*pairs))


if __name__ == "__main__":
    main()
