"""Pickles of trained networks whose classes have no file, and of other devices."""

import pickle
import subprocess
import sys

import numpy as np
import pytest
import torch
from joblib.externals.loky.backend.reduction import dumps
from numpy.testing import assert_array_equal
from skorch import NeuralNet
from skorch.exceptions import DeviceWarning

from skbal.models import DeepEnsembleClassifier, MCDropoutClassifier

RNG = np.random.default_rng(0)
X = RNG.normal(size=(12, 3)).astype(np.float32)
Y = np.arange(12) % 2


def network_without_a_file():
    """Return a class that a pickle cannot find by its name."""

    class Net(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.dense, self.drop = torch.nn.Linear(3, 2), torch.nn.Dropout(0.5)
            self.twice = lambda x: 2 * x

        def forward(self, x):
            return self.twice(self.drop(self.dense(x)))

    return Net


def fitted(estimator=MCDropoutClassifier, **parameters):
    model = estimator(
        network_without_a_file(), max_epochs=1, random_state=0, **parameters
    )
    return model.fit(X, Y)


@pytest.mark.parametrize("estimator", [MCDropoutClassifier, DeepEnsembleClassifier])
def test_a_class_without_a_file_is_sent_as_workers_send_it(estimator):
    model = fitted(estimator, warm_start=True)
    copy = pickle.loads(dumps(model))
    draws = [each.predict_samples(X, random_state=0) for each in (copy, model)]
    assert_array_equal(*draws)
    assert type(copy._modules()[0]) is model.module
    # The optimizer moves the weights of the copied module.
    assert_array_equal(
        copy.fit(X, Y).predict_proba(X), model.fit(X, Y).predict_proba(X)
    )


# It starts a process that imports torch.
@pytest.mark.slow
def test_another_process_can_use_a_class_without_a_file(tmp_path):
    model = fitted()
    (tmp_path / "model").write_bytes(dumps((model, X)))
    code = (
        "import pickle, sys; model, X = pickle.load(open(sys.argv[1], 'rb')); "
        "print(model.predict(X).tolist())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "model"],
        capture_output=True,
        check=True,
        text=True,
    )
    assert done.stdout.strip() == str(model.predict(X).tolist())


def test_a_pickle_that_skorch_wrote_is_read():
    net = MCDropoutClassifier(max_epochs=1, random_state=0).fit(X, Y)._nets()[0]
    copy = type(net).__new__(type(net))
    copy.__setstate__(NeuralNet.__getstate__(net))
    assert_array_equal(copy.predict_proba(X), net.predict_proba(X))


@pytest.mark.skipif(torch.cuda.is_available(), reason="no device may be missing")
def test_a_network_from_a_device_that_is_missing_is_read_onto_the_processor():
    net = MCDropoutClassifier(max_epochs=1, random_state=0).fit(X, Y)._nets()[0]
    state = {**net.__getstate__(), "device": "cuda"}
    copy = type(net).__new__(type(net))
    with pytest.warns(DeviceWarning) as warned:
        copy.__setstate__(state)
    assert len(warned) == 2  # skorch: there is none, and what it takes instead
    assert torch.device(copy.device).type == "cpu"
    assert_array_equal(copy.predict_proba(X), net.predict_proba(X))
