"""Batches sliced out of arrays train as batches gathered row by row."""

import numpy as np
import pytest
import torch
from skorch.dataset import ValidSplit
from torch.utils.data import default_collate

from skbal.models import (
    MCDropoutClassifier,
    MCDropoutRegressor,
    MCDropoutVoteRegressor,
)

RNG = np.random.default_rng(0)
X = RNG.normal(size=(50, 5))
VOTES = np.c_[RNG.integers(0, 5, 50), np.full(50, 4)]
ROW_BY_ROW = {
    "iterator_train__collate_fn": default_collate,
    "iterator_valid__collate_fn": default_collate,
}


@pytest.mark.parametrize(
    ("estimator", "y"),
    [
        (MCDropoutClassifier, X[:, 0] > 0),
        (MCDropoutRegressor, X[:, 0]),
        (MCDropoutRegressor, X[:, :2]),
        (MCDropoutVoteRegressor, VOTES),
    ],
)
@pytest.mark.parametrize("train_split", [None, ValidSplit(5)])
def test_the_batches_are_those_of_rows_one_by_one(estimator, y, train_split):
    params = {
        "max_epochs": 3,
        "batch_size": 20,
        "train_split": train_split,
        "random_state": 0,
    }
    sliced = estimator(**params).fit(X, y).net_
    gathered = estimator(**params, **ROW_BY_ROW).fit(X, y).net_
    weights = zip(
        sliced.module_.parameters(), gathered.module_.parameters(), strict=True
    )
    for a, b in weights:
        torch.testing.assert_close(a, b)
    losses = [net.history[:, "train_loss"] for net in (sliced, gathered)]
    np.testing.assert_allclose(*losses, rtol=1e-6)


def test_a_function_that_collates_gets_rows():
    seen = []

    def collate(rows):
        seen.extend(type(row) for row in rows)
        return default_collate(rows)

    MCDropoutClassifier(max_epochs=1, iterator_train__collate_fn=collate).fit(
        X, X[:, 0] > 0
    )
    assert seen == [tuple] * 50


def test_rows_without_targets_pass_through_the_fitted_network():
    model = MCDropoutClassifier(max_steps=3, random_state=0).fit(X, X[:, 0] > 0)
    rows = X.astype(np.float32)
    passes = torch.cat(list(model.net_.forward_iter(rows)))
    alone = model.net_.module_.eval()(torch.from_numpy(rows))
    torch.testing.assert_close(passes, alone)
