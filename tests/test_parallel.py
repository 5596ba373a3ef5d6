"""One seed, one set of draws, one choice: whatever the workers and the chunks."""

import joblib
import numpy as np
import pytest
from sklearn.datasets import load_digits

from skbal import ActiveLearner, predict_samples
from skbal.loop import ActiveLearningLoop
from skbal.models import MCDropoutClassifier
from skbal.oracles import LabelOracle
from skbal.query import BALD, EPIG, Random


@pytest.fixture(scope="module")
def digits():
    X, y = load_digits(return_X_y=True)
    return (X / 16).astype(np.float32), y


@pytest.fixture(scope="module")
def network(digits):
    X, y = digits
    return MCDropoutClassifier(
        image_shape=(8, 8), n_draws=20, max_epochs=10, random_state=0
    ).fit(X[:200], y[:200])


@pytest.fixture(scope="module")
def whole(network, digits):
    return predict_samples(network, digits[0], random_state=0)


# Float32 products differ in their last bits between shapes and numbers of threads.
SAME = {"rtol": 1e-4, "atol": 1e-6}


@pytest.mark.slow
@pytest.mark.versions
@pytest.mark.parametrize("batch_size", [37, 1000, 1797])
def test_draws_are_the_same_in_chunks(network, digits, whole, batch_size):
    draws = predict_samples(network, digits[0], random_state=0, batch_size=batch_size)
    np.testing.assert_allclose(draws, whole, **SAME)


@pytest.mark.parametrize("n_jobs", [1, 2])
@pytest.mark.parametrize("backend", ["loky", "threading"])
def test_draws_are_the_same_on_workers(network, digits, whole, backend, n_jobs):
    with joblib.parallel_config(backend=backend, n_jobs=n_jobs):
        draws = predict_samples(network, digits[0], random_state=0)
    np.testing.assert_allclose(draws, whole, **SAME)


@pytest.mark.slow
@pytest.mark.parametrize("strategy", [BALD, EPIG, Random])
def test_queries_are_the_same_in_chunks_and_on_workers(network, digits, strategy):
    expected = strategy(random_state=0)(network, digits[0], 20)
    if strategy is not Random:
        for batch_size in (37, 1000):
            ask = strategy(random_state=0, batch_size=batch_size)
            np.testing.assert_array_equal(ask(network, digits[0], 20), expected)
    for backend in ("loky", "threading"):
        with joblib.parallel_config(backend=backend, n_jobs=2):
            found = strategy(random_state=0)(network, digits[0], 20)
        np.testing.assert_array_equal(found, expected)


def run(digits, seed):
    X, y = digits
    learner = ActiveLearner(
        MCDropoutClassifier(
            image_shape=(8, 8), n_draws=5, max_epochs=3, random_state=seed
        ),
        BALD(random_state=seed),
    )
    loop = ActiveLearningLoop(
        learner, X[:500], LabelOracle(y[:500]), n_queries=2, n_instances=3,
        initial=np.arange(30), X_test=X[500:600], y_test=y[500:600],
    )  # fmt: skip
    return loop.run().history_.to_records()


@pytest.mark.slow
def test_histories_are_the_same_on_workers(digits):
    def choices(history):
        return [(step["indices"], step["score"]) for step in history]

    expected = [choices(run(digits, seed)) for seed in range(2)]
    assert expected[0] != expected[1]
    for backend in ("threading", "loky"):
        with joblib.parallel_config(backend=backend, n_jobs=2):
            found = joblib.Parallel()(joblib.delayed(run)(digits, s) for s in range(2))
        assert [choices(history) for history in found] == expected
