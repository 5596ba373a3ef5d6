"""A Bayesian last layer on frozen features of the CNN: Figure 3.

The network learns the first labels and is then frozen. The last layer regresses one-hot
labels on its features. Both posteriors are compared on the labels of either.
"""

import warnings

import numpy as np
from sklearn.frozen import FrozenEstimator

from skbal._utils.random import stream
from skbal._utils.threads import one_thread
from skbal.exceptions import NumericalWarning
from skbal.experiments._catalogue._uncertainty2025._rows import (
    N_CLASSES,
    rows_of,
    small_network,
)
from skbal.models import (
    BayesianLinearRegression,
    LastLayerClassifier,
    MeanFieldLinearRegression,
)
from skbal.query import PredictiveVariance
from skbal.seeding import BalancedSeed

POSTERIORS = {
    "exact": BayesianLinearRegression,
    "mean field": MeanFieldLinearRegression,
}


def regressed(unit, posterior):
    """Return the run of one posterior of the last layer.

    Parameters
    ----------
    unit : ExperimentUnit
        Its settings have the size of the run.
    posterior : {"exact", "mean field"}
        The posterior whose predictive variance asks.

    Returns
    -------
    result : dict
        ``n_labels``, ``queried`` (the rows asked about next), ``score`` (the accuracy
        of the largest output of the posterior that asks), and for each posterior on the
        same labels ``rmse`` and ``variance``, the mean over test rows of the trace of
        the predictive covariance, divided by the number of classes.
    """
    settings, seed = unit.settings, unit.seed
    phi, y, phi_test, y_test = _features(unit)
    targets, targets_test = np.eye(N_CLASSES)[y], np.eye(N_CLASSES)[y_test]
    labelled = _first(settings, seed, y)
    query = PredictiveVariance(random_state=seed)
    steps = []
    for _ in range(settings["n_queries"] + 1):
        heads = _heads(phi[labelled], targets[labelled])
        left = np.setdiff1d(np.arange(len(y)), labelled)
        best = query(heads[posterior], phi[left], n_instances=settings["n_instances"])
        step = {
            "n_labels": len(labelled),
            "queried": left[best].tolist(),
            "score": _accuracy(heads[posterior], phi_test, y_test),
        }
        for name, head in heads.items():
            rmse, variance = errors(head, phi_test, targets_test)
            step |= {f"rmse, {name}": rmse, f"variance, {name}": variance}
        steps.append(step)
        labelled = np.append(labelled, left[best])
    return {name: [step[name] for step in steps] for name in steps[0]}


def _heads(phi, targets):
    with warnings.catch_warnings():
        # The network has learnt the first labels, and may fit them without any noise.
        warnings.simplefilter("ignore", NumericalWarning)
        return {
            name: make(optimize="evidence").fit(phi, targets)
            for name, make in POSTERIORS.items()
        }


def _first(settings, seed, y):
    return BalancedSeed(settings["n_per_class"], random_state=seed).select(y, y)


def _features(unit):
    """Return the features of a random part of the pool and of the test rows."""
    X, y, X_test, y_test = rows_of(unit)
    settings, seed = unit.settings, unit.seed
    part = stream(seed, "pool").permutation(len(y))[: settings["n_rows_penalty"]]
    X, y = X[part], y[part]
    rows = _first(settings, seed, y)
    net = small_network(unit, settings["max_steps"], settings["lr"], seed)
    with one_thread(net):
        frozen = FrozenEstimator(net.fit(X[rows], y[rows]))
        model = LastLayerClassifier(frozen).fit(X[rows], y[rows])
        return model.transform(X), y, model.transform(X_test), y_test


def errors(head, phi, targets):
    """Return the RMSE and the mean predictive variance of a last layer.

    Parameters
    ----------
    head : estimator
        A fitted last layer.
    phi : ndarray of shape (n_samples, n_features)
        Features of test rows.
    targets : ndarray of shape (n_samples, n_classes)
        Their one-hot labels.

    Returns
    -------
    rmse : float
        Over rows and classes.
    variance : float
        Mean over rows of the trace of the predictive covariance, divided by the number
        of classes. It includes the noise.
    """
    mean, std = head.predict(phi, return_std=True)
    rmse = np.sqrt(np.mean((mean - targets) ** 2))
    return round(float(rmse), 6), round(float(np.mean(std**2)), 6)


def _accuracy(head, phi, y):
    return round(float((head.predict(phi).argmax(axis=1) == y).mean()), 4)
