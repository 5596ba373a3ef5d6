"""Models work whatever kind of output scikit-learn's transformers are set to."""

import numpy as np
import pytest
from sklearn import config_context
from sklearn.base import clone

from skbal.models import (
    BayesianLinearRegression,
    DeepEnsembleRegressor,
    LaplaceRegressor,
    LastLayerClassifier,
    MCDropoutClassifier,
    MCDropoutRegressor,
    MeanFieldLinearRegression,
)

X = np.random.default_rng(0).normal(size=(30, 3))
SHORT = {"max_epochs": 1, "random_state": 0}


@pytest.mark.parametrize(
    ("estimator", "y"),
    [
        (MCDropoutClassifier(**SHORT), X[:, 0] > 0),
        (MCDropoutRegressor(**SHORT), X[:, 0]),
        (DeepEnsembleRegressor(n_members=2, **SHORT), X[:, 0]),
        (LastLayerClassifier(MCDropoutClassifier(**SHORT)), X[:, 0] > 0),
        (
            LaplaceRegressor(
                MCDropoutRegressor(**SHORT), prior_variance=0.1, optimize=None
            ),
            X[:, 0],
        ),
        (BayesianLinearRegression(), X[:, 0]),
        (MeanFieldLinearRegression(), X[:, 0]),
    ],
    ids=lambda value: type(value).__name__,
)
def test_frames_as_output_change_nothing(estimator, y):
    pytest.importorskip("pandas")
    if hasattr(estimator, "random_state"):
        estimator.set_params(random_state=0)
    expected = clone(estimator).fit(X, y).predict(X)
    with config_context(transform_output="pandas"):
        found = clone(estimator).fit(X, y).predict(X)
    np.testing.assert_array_equal(found, expected)
