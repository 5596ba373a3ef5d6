"""Errors of Python and skorch, with the parameter that cures them."""

import numpy as np
import pytest
from skorch.callbacks import EarlyStopping, LRScheduler
from torch import nn

from skbal.models import DeepEnsembleRegressor, MCDropoutClassifier

X = np.random.default_rng(0).normal(size=(40, 3))
Y = np.arange(40) % 2


class Net(nn.Sequential):
    def __init__(self, n_in, width=8, *, n_out):
        super().__init__(nn.Linear(n_in, width), nn.Dropout(), nn.Linear(width, n_out))


class Broken(nn.Module):
    def __init__(self):
        super().__init__()
        Net(3)


def note_of(error, estimator):
    with pytest.raises(error) as caught:
        estimator.fit(X, Y)
    return " ".join(getattr(caught.value, "__notes__", ()))


def test_an_argument_that_the_module_lacks_is_a_parameter_of_the_estimator():
    note = note_of(TypeError, MCDropoutClassifier(Net, module__n_out=2))
    assert note == "MCDropoutClassifier: give it as module__n_in."
    note = note_of(TypeError, DeepEnsembleRegressor(Net))
    assert "give it as module__n_in" in note


def test_a_fault_within_the_module_is_no_lack_of_a_parameter():
    assert note_of(TypeError, MCDropoutClassifier(Broken)) == ""


@pytest.mark.parametrize(
    ("error", "callback"),
    [
        (KeyError, EarlyStopping()),
        (KeyError, EarlyStopping(monitor="valid_acc")),
        (ValueError, LRScheduler("ReduceLROnPlateau", monitor="valid_loss")),
    ],
)
def test_a_callback_that_looks_for_validation_rows_needs_a_split(error, callback):
    model = MCDropoutClassifier(callbacks=[callback], max_epochs=2)
    assert note_of(error, model).endswith("for validation: set train_split=0.2.")
    model.set_params(train_split=0.2).fit(X, Y)


def test_another_name_that_a_callback_misses_is_not_explained():
    model = MCDropoutClassifier(callbacks=[EarlyStopping(monitor="los")], max_epochs=2)
    assert note_of(KeyError, model) == ""
