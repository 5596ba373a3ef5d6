"""RMSE and test log-likelihood on the UCI regression sets of the literature.

``python -m benchmarks.studies.uci_regression.run FILE [SET ...]``, where FILE holds the
packed sets and their 20 standard splits (``SET__X``, ``SET__y``, ``SET__test_mask``).

In each split a fifth of the training rows chooses the network (width, steps) for each
method by its log-likelihood there. The chosen network is then trained on all training
rows. Test rows take no part. MC dropout also takes its noise from the held-out rows, as
Gal and Ghahramani (2016) do. The last layers find theirs by the evidence, from rows
that the network was trained on, so their noise knows nothing of overfitting. "exact,
held out" adds to it the variance that is missing on the held-out rows. The same trained
network serves all methods that chose it.
"""

import argparse
import warnings
from functools import cache

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import logsumexp
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

from skbal.models import (
    BayesianLinearRegression,
    LaplaceRegressor,
    LastLayerRegressor,
    MCDropoutRegressor,
    MeanFieldLinearRegression,
)

SETS = ("energy", "concrete", "yacht", "wine_quality_red")
WIDTHS = ((400,), (100, 100))
STEPS = (125, 250, 500, 1000, 2000, 4000)
N_DRAWS = 200
METHODS = (
    "MC dropout",
    "exact",
    "exact, held out",
    "mean field",
    "Laplace",
    "Laplace, network",
)


def network(hidden_units, random_state):
    return MCDropoutRegressor(
        standardize=False,
        module__hidden_units=hidden_units,
        module__dropout=0.05,
        lr=0.003,
        batch_size=32,
        n_draws=N_DRAWS,
        warm_start=True,
        random_state=random_state,
    )


def stages(hidden_units, X, y, random_state):
    """Yield numbers of steps, each with the network trained for so many."""
    net = network(hidden_units, random_state)
    done = 0
    for n_steps in STEPS:
        net.set_params(max_steps=n_steps - done).fit(X, y)
        done = n_steps
        yield n_steps, net


class Dropout:
    """The mixture over draws, with Gaussian noise of a given variance."""

    def __init__(self, net, X, y):
        self.net = net

    def draws(self, X):
        return self.net.predict_samples(X, random_state=0)[:, :, 0]

    def best_noise(self, X, y):
        """Return the log noise variance of largest likelihood on held-out rows."""
        draws, scale = self.draws(X), np.log(y.var())
        return minimize_scalar(
            lambda log: -self._mean_log_likelihood(draws, y, np.exp(log)),
            bounds=(scale - 14, scale + 1),
            method="bounded",
        ).x

    def _mean_log_likelihood(self, draws, y, noise):
        errors = (y[:, np.newaxis] - draws) ** 2 / noise
        logs = -0.5 * (np.log(2 * np.pi * noise) + errors)
        return np.mean(logsumexp(logs, axis=1) - np.log(draws.shape[1]))

    def scores(self, X, y, log_noise):
        draws = self.draws(X)
        error = np.sqrt(np.mean((y - draws.mean(axis=1)) ** 2))
        return error, self._mean_log_likelihood(draws, y, np.exp(log_noise))


class Head:
    """A Gaussian predictive distribution with noise from the training rows."""

    def __init__(self, model, net, X, y):
        self.model = model(net).fit(X, y)

    def best_noise(self, X, y):
        """Return the logarithm of the variance to add, which is zero."""
        return -np.inf

    def scores(self, X, y, log_noise):
        mean, std = self.model.predict(X, return_std=True)
        errors = (y - mean) ** 2
        return np.sqrt(errors.mean()), self._mean_log_likelihood(
            errors, std**2 + np.exp(log_noise)
        )

    def _mean_log_likelihood(self, errors, variance):
        return np.mean(-0.5 * (np.log(2 * np.pi * variance) + errors / variance))


class HeldOutNoise(Head):
    """The same, plus the variance that is missing on held-out rows."""

    def best_noise(self, X, y):
        mean, std = self.model.predict(X, return_std=True)
        errors, scale = (y - mean) ** 2, np.log(y.var())
        return minimize_scalar(
            lambda log: -self._mean_log_likelihood(errors, std**2 + np.exp(log)),
            bounds=(scale - 14, scale + 1),
            method="bounded",
        ).x


def exact(net):
    head = BayesianLinearRegression(optimize="evidence")
    return LastLayerRegressor(FrozenEstimator(net), head)


def mean_field(net):
    head = MeanFieldLinearRegression(optimize="evidence")
    return LastLayerRegressor(FrozenEstimator(net), head)


def laplace(net):
    return LaplaceRegressor(FrozenEstimator(net))


def laplace_at_network(net):
    return LaplaceRegressor(FrozenEstimator(net), mode="network")


HEADS = {
    "exact": exact,
    "mean field": mean_field,
    "Laplace": laplace,
    "Laplace, network": laplace_at_network,
}


def fitted(method, net, X, y):
    if method == "MC dropout":
        return Dropout(net, X, y)
    if method == "exact, held out":
        return HeldOutNoise(exact, net, X, y)
    return Head(HEADS[method], net, X, y)


def choices(X, y, random_state):
    """Return (held-out log-likelihood, width, steps, log noise) of each method."""
    parts = train_test_split(X, y, test_size=0.2, random_state=random_state)
    X_fit, X_held, y_fit, y_held = parts
    best = {method: (-np.inf, None, None, None) for method in METHODS}
    for width in WIDTHS:
        for n_steps, net in stages(width, X_fit, y_fit, random_state):
            for method in METHODS:
                model = fitted(method, net, X_fit, y_fit)
                noise = model.best_noise(X_held, y_held)
                _, likelihood = model.scores(X_held, y_held, noise)
                if likelihood > best[method][0]:
                    best[method] = (likelihood, width, n_steps, noise)
    return best


def split_scores(X, y, is_test, random_state):
    """Return (RMSE, log-likelihood) of each method on one split."""
    scaler = StandardScaler().fit(X[~is_test])
    X_train, X_test = scaler.transform(X[~is_test]), scaler.transform(X[is_test])
    y_train, y_test = y[~is_test], y[is_test]
    chosen = choices(X_train, y_train, random_state)

    @cache
    def trained(width, n_steps):
        net = clone(network(width, random_state)).set_params(max_steps=n_steps)
        return net.fit(X_train, y_train)

    scores = []
    for method in METHODS:
        _, width, n_steps, noise = chosen[method]
        model = fitted(method, trained(width, n_steps), X_train, y_train)
        scores.append(model.scores(X_test, y_test, noise))
    return scores


def load(file, name):
    X, y = (np.asarray(file[f"{name}__{part}"], dtype=np.float64) for part in "Xy")
    y = y.ravel()
    masks = np.unpackbits(file[f"{name}__test_mask"], axis=1)[:, : len(y)]
    return X, y, masks.astype(bool)


def report(name, scores):
    """Print mean and standard error over splits of each method."""
    scores = np.array(scores)
    mean = scores.mean(axis=0)
    error = scores.std(axis=0, ddof=1) / np.sqrt(len(scores))
    print(f"{name}, {len(scores)} splits: RMSE, log likelihood")
    for method, (rmse, log), (rmse_error, log_error) in zip(METHODS, mean, error):
        errors = f"{rmse:.2f} +- {rmse_error:.2f}"
        logs = f"{log:.2f} +- {log_error:.2f}"
        print(f"  {method:16} {errors}   {logs}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", help="file of the packed sets")
    parser.add_argument("sets", nargs="*", default=SETS)
    parser.add_argument("--splits", type=int, default=20)
    arguments = parser.parse_args()
    # A narrow network's features may be dependent, or its evidence slow to converge.
    # The likelihood decides about both as about any other network.
    warnings.simplefilter("ignore", UserWarning)
    with np.load(arguments.file, allow_pickle=False) as file:
        for name in arguments.sets or SETS:
            X, y, masks = load(file, name)
            rows = enumerate(masks[: arguments.splits])
            report(name, [split_scores(X, y, mask, seed) for seed, mask in rows])


if __name__ == "__main__":
    main()
