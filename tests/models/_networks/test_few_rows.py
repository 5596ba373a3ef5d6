"""A row predicted alone enters a network beside others, and gets the same numbers."""

import numpy as np
import pytest
import torch
from torch import nn

from skbal.models import (
    DeepEnsembleClassifier,
    LastLayerClassifier,
    MCDropoutClassifier,
)
from skbal.models._networks._few_rows import filled_up


@pytest.mark.parametrize(
    ("n_rows", "largest", "n_filled"), [(1, 100, 16), (15, 100, 16), (20, 100, 20)]
)
def test_rows_are_filled_up_with_the_last_one(n_rows, largest, n_filled):
    x = torch.arange(2.0 * n_rows).reshape(n_rows, 2)
    filled = filled_up(x, largest)
    assert filled.shape == (n_filled, 2)
    assert torch.equal(filled[:n_rows], x)
    assert (filled[n_rows:] == x[-1]).all()


def test_no_more_rows_are_added_than_memory_holds():
    assert len(filled_up(torch.zeros(2, 1, 8, 8), 3)) == 3
    assert len(filled_up(torch.zeros(2, 1, 8, 8), 1)) == 2


class Counting(nn.Linear):
    """Remembers the numbers of rows that it was given in evaluation mode."""

    seen = []

    def forward(self, x):
        if not self.training:
            self.seen.append(len(x))
        return super().forward(x)


def counting():
    return nn.Sequential(Counting(4, 8), nn.ReLU(), nn.Dropout(), nn.Linear(8, 2))


@pytest.mark.parametrize(
    ("estimator", "method"),
    [
        (MCDropoutClassifier(counting(), deterministic=True), "predict_proba"),
        (DeepEnsembleClassifier(counting(), n_members=2), "predict_samples"),
        (LastLayerClassifier(MCDropoutClassifier(counting())), "transform"),
        (MCDropoutClassifier(counting()), "transform"),
    ],
)
def test_no_network_sees_a_row_alone(estimator, method):
    X = np.random.default_rng(0).normal(size=(20, 4))
    inner = estimator.get_params().get("network", estimator)
    inner.set_params(max_epochs=1)
    estimator.fit(X, X[:, 0] > 0)
    getattr(estimator, method)(X[:1])  # what comes first measures memory with one row
    Counting.seen.clear()
    result = getattr(estimator, method)(X[:3])
    assert len(result) == 3
    assert Counting.seen[-1] == 16
