"""Training that ends early, is interrupted, or fails."""

import copy
import signal

import numpy as np
import pytest
import torch
from numpy.testing import assert_array_equal
from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted
from skorch.callbacks import Callback, EarlyStopping
from skorch.dataset import ValidSplit

from skbal.models import (
    DeepEnsembleClassifier,
    MCDropoutClassifier,
    MCDropoutRegressor,
)

RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 3)).astype(np.float32)
Y = np.arange(40) % 2


@pytest.fixture(autouse=True)
def listens_to_ctrl_c():
    """Take Ctrl-C as a program in the foreground does, also in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


class CtrlC(Callback):
    """A person presses Ctrl-C while a callback runs."""

    def __init__(self, now=True):
        self.now = now

    def on_epoch_end(self, net, **kwargs):
        if self.now:
            signal.raise_signal(signal.SIGINT)


class Ends(Callback):
    """A callback ends the training as those of skorch do."""

    def on_epoch_end(self, net, **kwargs):
        raise KeyboardInterrupt


@pytest.mark.slow
@pytest.mark.parametrize("estimator", [MCDropoutClassifier, DeepEnsembleClassifier])
def test_a_ctrl_c_in_a_callback_is_not_swallowed(estimator):
    model = estimator(callbacks=[CtrlC()])
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, Y)
    with pytest.raises(NotFittedError):
        check_is_fitted(model)


def raise_interrupt(number, frame):
    raise KeyboardInterrupt


def test_a_ctrl_c_with_a_handler_of_ones_own_is_not_swallowed():
    before = signal.signal(signal.SIGINT, raise_interrupt)
    try:
        with pytest.raises(KeyboardInterrupt):
            MCDropoutClassifier(callbacks=[CtrlC()]).fit(X, Y)
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_callback_may_end_the_training():
    model = MCDropoutClassifier(callbacks=[Ends()], max_epochs=5).fit(X, Y)
    assert len(model.net_.history) == 1
    stops = EarlyStopping(patience=2, threshold=10.0)
    model.set_params(callbacks=[stops], train_split=ValidSplit(4), max_epochs=50)
    assert len(model.fit(X, Y).net_.history) < 6


def test_an_interrupted_warm_start_leaves_the_old_network():
    ctrl_c = CtrlC(now=False)
    model = MCDropoutClassifier(
        warm_start=True, max_epochs=3, callbacks=[ctrl_c], random_state=0
    ).fit(X, Y)
    before = model.predict_proba(X)
    ctrl_c.now = True
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, Y)
    np.testing.assert_array_equal(model.predict_proba(X), before)
    assert len(model.net_.history) == 3


@pytest.mark.slow
@pytest.mark.parametrize(
    ("estimator", "y"), [(MCDropoutClassifier, Y), (MCDropoutRegressor, X[:, 0])]
)
def test_training_that_diverged_is_an_error(estimator, y):
    model = estimator(max_epochs=20, random_state=0).fit(X, y)
    before = model.predict(X)
    model.set_params(optimizer="SGD", lr=1e8)
    with pytest.raises(ValueError, match=rf"{estimator.__name__} diverged.*smaller lr"):
        model.fit(X, y)
    np.testing.assert_array_equal(model.predict(X), before)


class Splits(Callback):
    """Keeps the rows of the two sets."""

    def on_epoch_begin(self, net, dataset_train=None, dataset_valid=None, **kwargs):
        self.train = sorted(dataset_train.indices)
        self.valid = sorted(dataset_valid.indices)


def test_a_share_for_validation_is_drawn_from_each_class():
    y = np.array(["a"] * 24 + ["b"] * 14 + ["c"] + ["d"])
    splits = Splits()
    model = MCDropoutClassifier(
        train_split=0.25, callbacks=[splits], max_epochs=1, random_state=0
    ).fit(X, y)
    assert splits.train + splits.valid != list(range(40))  # shuffled
    assert sorted(splits.train + splits.valid) == list(range(40))
    found = [int((y[splits.valid] == label).sum()) for label in "abcd"]
    assert found == [6, 4, 0, 0]
    assert np.isfinite(model.net_.history[-1, "valid_loss"])
    first = splits.valid
    assert model.fit(X, y).score(X, y) >= 0
    assert splits.valid == first
    other = model.set_params(random_state=1).fit(X, y)
    assert splits.valid != first
    assert len(other.classes_) == 4


def test_a_share_of_numbers_for_validation():
    splits = Splits()
    MCDropoutRegressor(train_split=0.2, callbacks=[splits], max_epochs=1).fit(
        X, X[:, 0]
    )
    assert len(splits.valid) == 8


@pytest.mark.parametrize(
    ("model", "y", "needs", "given"),
    [
        (MCDropoutClassifier(train_split=0.2), ["a", "b", "c"], "some class", "one of"),
        (MCDropoutClassifier(train_split=0.2), ["a"], "some class", "got 1 row. "),
        (MCDropoutRegressor(train_split=0.5), [1.0], "at least two", "got 1 row. "),
    ],
)
def test_a_share_of_single_rows_says_what_it_needs(model, y, needs, given):
    message = rf"train_split=0\.\d of {type(model).__name__} needs .*{needs}.*{given}"
    with pytest.raises(ValueError, match=message):
        model.fit(X[: len(y)], y)


@pytest.mark.parametrize(
    ("value", "error"), [(5, ValueError), (0.0, ValueError), ("half", TypeError)]
)
def test_a_wrong_share_is_named(value, error):
    with pytest.raises(error, match="train_split of MCDropoutClassifier must be"):
        MCDropoutClassifier(train_split=value).fit(X, Y)


def test_a_split_must_return_two_sets():
    model = MCDropoutClassifier(train_split=lambda dataset, y: 1, max_epochs=1)
    with pytest.raises(TypeError, match="train_split of MCDropoutClassifier must retu"):
        model.fit(X, Y)


def test_targets_may_be_what_diverges():
    model = MCDropoutRegressor(max_epochs=20, optimizer="SGD", lr=1e8)
    with pytest.raises(ValueError, match="or scale X and y to unit variance"):
        model.fit(X, X[:, 0])


class KeepsItsOutput(torch.nn.Module):
    """A module that keeps a tensor with its graph, which torch does not copy."""

    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(3, 2)
        self.dropout = torch.nn.Dropout(0.5)

    def forward(self, X):
        self.kept = self.layer(self.dropout(X))
        return self.kept


@pytest.mark.parametrize("keeps", [False, True])
def test_a_copied_net_is_another_net_with_the_same_training(keeps):
    module = {"module": KeepsItsOutput()} if keeps else {}
    model = MCDropoutClassifier(
        max_epochs=2, warm_start=True, random_state=0, optimizer="Adam", **module
    ).fit(X, Y)
    copied = copy.deepcopy(model)
    ours, theirs = model.net_, copied.net_
    weights = next(theirs.module_.parameters())
    assert weights is not next(ours.module_.parameters())
    assert theirs.optimizer_.param_groups[0]["params"][0] is weights
    again, expected = copied.fit(X, Y), model.fit(X, Y)
    assert_array_equal(again.predict_proba(X), expected.predict_proba(X))
