"""The contract of predict_samples, over all kinds of estimators."""

import joblib
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import ARDRegression, BayesianRidge

import skbal
from skbal.sampling import predict_samples
from tests.sampling.estimators import RandomPlanes, classifiers, name, regressors

SPLITTING = [BayesianRidge(), RandomForestRegressor(6, random_state=0), RandomPlanes()]


# The contract


@pytest.mark.parametrize("estimator", regressors(), ids=name)
def test_an_integer_seed_gives_the_same_draws_and_none_others(estimator, regression):
    X, y = regression
    estimator.fit(X, y)
    first = predict_samples(estimator, X, 3, random_state=0)
    assert_array_equal(predict_samples(estimator, X, 3, random_state=0), first)
    fresh = [predict_samples(estimator, X, 3) for _ in range(10)]
    assert any(not np.array_equal(draws, first) for draws in fresh)


@settings(max_examples=30)
@given(seed=st.integers(0, 2**32 - 1), batch_size=st.integers(1, 80))
def test_no_piece_size_changes_the_draws(seed, batch_size):
    X = np.random.default_rng(0).normal(size=(60, 3))
    model = BayesianRidge().fit(X, X.sum(axis=1) + np.sin(9 * X[:, 0]))
    whole = predict_samples(model, X, 4, random_state=seed)
    pieces = predict_samples(model, X, 4, random_state=seed, batch_size=batch_size)
    assert_allclose(pieces, whole, atol=1e-12)


@pytest.mark.parametrize("batch_size", [1, 37, 1000])
@pytest.mark.parametrize("estimator", classifiers(), ids=name)
def test_pieces_of_the_rows_give_the_draws_of_the_whole(estimator, batch_size, iris):
    X, y = iris
    estimator.fit(X, y)
    whole = predict_samples(estimator, X, 2, random_state=1)
    pieces = predict_samples(estimator, X, 2, random_state=1, batch_size=batch_size)
    assert_allclose(pieces, whole, atol=1e-12)


@pytest.mark.slow
@pytest.mark.versions
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # of multiprocessing
@pytest.mark.parametrize("backend", ["loky", "threading", "multiprocessing"])
@pytest.mark.parametrize("estimator", SPLITTING, ids=name)
def test_workers_give_the_draws_of_one(estimator, backend, regression):
    X, y = regression
    estimator.fit(X, y)
    alone = predict_samples(estimator, X, 3, random_state=2)
    with joblib.parallel_config(backend=backend):
        together = predict_samples(estimator, X, 3, random_state=2, n_jobs=2)
    assert_allclose(together, alone, atol=1e-12)


def test_workers_named_by_parallel_config_are_used(regression):
    X, y = regression
    forest = RandomForestRegressor(6, random_state=0).fit(X, y)
    with joblib.parallel_config(backend="threading", n_jobs=2):
        draws = predict_samples(forest, X)
    assert_array_equal(draws, predict_samples(forest, X))


def test_dask_gives_the_draws_of_one_process(iris):
    distributed = pytest.importorskip("distributed")
    X, y = iris
    forest = RandomForestClassifier(6, random_state=0).fit(X, y)
    cluster = {"n_workers": 1, "threads_per_worker": 2, "processes": False}
    with (
        distributed.Client(dashboard_address=None, **cluster),
        joblib.parallel_config(backend="dask"),
    ):
        draws = predict_samples(forest, X, 4, random_state=0)
    assert_array_equal(draws, predict_samples(forest, X, 4, random_state=0))


@pytest.mark.parametrize("estimator", classifiers() + regressors(), ids=name)
def test_rows_stay_as_they_are(estimator, iris):
    X, y = iris
    y = y if hasattr(estimator, "predict_proba") else X.sum(axis=1)
    estimator.fit(X, y)
    X = X.copy()
    X.flags.writeable = False  # writing would raise
    predict_samples(estimator, X, 2)


def test_the_global_stream_does_not_move(regression):
    X, y = regression
    before = np.random.get_state()  # noqa: NPY002
    for estimator in regressors():
        predict_samples(estimator.fit(X, y), X, 3)
    after = np.random.get_state()  # noqa: NPY002
    assert_array_equal(after[1], before[1])
    assert after[2:] == before[2:]


# Rows in any container


@pytest.mark.parametrize("container", [list, pd.DataFrame, np.asfortranarray])
def test_rows_may_be_a_list_or_a_frame(container, iris):
    X, y = iris
    rows = container(X.tolist() if container is list else X)
    forest = RandomForestClassifier(4, random_state=0).fit(rows, y)
    draws = predict_samples(forest, rows, batch_size=31)
    assert_array_equal(draws, predict_samples(forest, rows))


def test_rows_may_be_images():
    images = np.random.default_rng(0).normal(size=(9, 2, 3, 4))
    planes = RandomPlanes().fit(images)

    class Images(RandomPlanes):
        def predict_samples(self, X, n_draws=None, *, random_state=None):
            assert X.shape[1:] == (2, 3, 4)
            flat = X.mean(axis=(1, 2))
            return super().predict_samples(flat, n_draws, random_state=random_state)

    planes = Images().fit(images)
    whole = predict_samples(planes, images, random_state=0)
    assert whole.shape == (9, 10, 1)
    draws = predict_samples(planes, images, random_state=0, batch_size=4)
    assert_allclose(draws, whole, atol=1e-12)


# Number of draws


@pytest.mark.parametrize("model", [BayesianRidge(), ARDRegression()], ids=name)
def test_models_that_are_no_committee_give_100_draws_or_any_number(model, regression):
    X, y = regression
    model.fit(X, y)
    assert predict_samples(model, X).shape == (60, 100, 1)
    assert predict_samples(model, X, 300).shape == (60, 300, 1)


@pytest.mark.parametrize(
    ("argument", "value", "error"),
    [
        ("n_draws", 0, ValueError),
        ("n_draws", -3, ValueError),
        ("n_draws", 3.0, TypeError),
        ("n_draws", True, TypeError),
        ("batch_size", 0, ValueError),
        ("batch_size", 2.5, TypeError),
        ("n_jobs", 0, ValueError),
        ("n_jobs", 1.0, TypeError),
        ("random_state", -1, ValueError),
        ("random_state", "seed", TypeError),
    ],
)
def test_wrong_arguments_are_named(argument, value, error, regression):
    X, y = regression
    model = BayesianRidge().fit(X, y)
    with pytest.raises(error, match=f"{argument} of predict_samples must"):
        predict_samples(model, X, **{argument: value})


def test_predict_samples_is_a_name_of_the_package():
    assert skbal.predict_samples is predict_samples
