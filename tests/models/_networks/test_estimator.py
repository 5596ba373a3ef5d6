"""What all networks share: checks before training, and failures that leave no trace."""

import numpy as np
import pytest
from torch import nn

from skbal.models import (
    MCDropoutClassifier,
    MCDropoutRegressor,
    MCDropoutVoteRegressor,
    RandomShift,
)

X = np.random.default_rng(0).normal(size=(30, 3)).astype(np.float32)
LABELS = np.arange(30) % 3


def stop(batch):
    raise KeyboardInterrupt


@pytest.mark.parametrize("error", [KeyboardInterrupt, ArithmeticError])
def test_a_fit_that_fails_leaves_what_was_fitted(error):
    def fail(batch):
        raise error

    model = MCDropoutClassifier(max_epochs=1, random_state=0).fit(X, LABELS)
    before = model.predict_proba(X)
    learned = {name for name in vars(model) if name.endswith("_")}
    model.set_params(augment=fail)
    with pytest.raises(error):
        model.fit(X[:, :2], LABELS % 2)
    np.testing.assert_array_equal(model.predict_proba(X), before)
    assert {name for name in vars(model) if name.endswith("_")} == learned


def test_a_first_fit_that_fails_learns_nothing():
    model = MCDropoutRegressor(augment=stop)
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, LABELS)
    assert not [name for name in vars(model) if name.endswith("_")]


def test_votes_that_cannot_be_learned_leave_the_old_likelihood():
    votes = np.stack([LABELS, np.full(30, 3)], axis=1)
    model = MCDropoutVoteRegressor(max_epochs=1, random_state=0).fit(X, votes)
    before = model.predict_votes(X, 4)
    model.set_params(likelihood="beta-binomial", augment=stop)
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, np.stack([votes, votes], axis=1))
    np.testing.assert_array_equal(model.predict_votes(X, 4), before)


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ({"callbacks": 3}, TypeError, "callbacks of .* must be a list of skorch"),
        ({"callbacks": ["x"]}, TypeError, "callbacks of .* must be a list of skorch"),
        ({"augment": lambda X: 1}, TypeError, "augment must return .* got int"),
        (
            {"augment": lambda X: X[..., :2]},
            ValueError,
            r"augment must return a batch of shape .* got shape \(\d+, 2\)",
        ),
        ({"augment": RandomShift}, TypeError, r"a class: write RandomShift\(\)"),
        ({"augment": "shift"}, TypeError, "augment of .* must be a callable or None"),
        ({"augment": [RandomShift()]}, TypeError, r"Compose\(\.\.\.\) makes one"),
        ({"train_split": 5}, ValueError, "train_split of .* must be a share"),
        ({"optimizer": 3}, TypeError, "optimizer of .* must be a class or the name"),
        ({"criterion": 3}, TypeError, "criterion of .* must be 'auto' or a torch"),
        ({"image_shape": (0, 3)}, ValueError, "image_shape of .* must be an integer"),
        ({"warm_start": "no"}, TypeError, "warm_start of .* must be True or False"),
        ({"deterministic": [1]}, TypeError, "deterministic of .* must be True or"),
        ({"random_state": -1}, ValueError, "between 0 and 2"),
        ({"random_state": np.random.default_rng(0)}, TypeError, "numpy RandomState"),
        ({"verbose": "yes"}, TypeError, "verbose of .* must be True or False or"),
    ],
)
def test_wrong_parameters_are_named(parameters, error, message):
    model = MCDropoutClassifier(max_epochs=1, **parameters)
    with pytest.raises(error, match=message):
        model.fit(X, LABELS)
    assert not hasattr(model, "classes_")


def test_a_loss_of_torch_is_taken():
    model = MCDropoutClassifier(criterion=nn.CrossEntropyLoss, max_epochs=1)
    assert model.fit(X, LABELS).predict_proba(X).shape == (30, 3)
