"""One seed, one set of draws, one choice: whatever the workers and the chunks."""

import os
import signal
import threading
import time
from contextlib import contextmanager
from uuid import uuid4

import joblib
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import GridSearchCV

from skbal import ActiveLearner, ActiveLearningClassifier, predict_samples
from skbal.information import mutual_information
from skbal.loop import ActiveLearningLoop
from skbal.models import MCDropoutClassifier
from skbal.oracles import LabelOracle
from skbal.query import BALD, EPIG, Random
from skbal.query._engine import score_and_keep
from skbal.simulation import learning_curve_area_score
from tests._utils.pools import make
from tests.query.fakes import SeededSampler, random_pool


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


def test_histories_are_the_same_on_workers(digits):
    def choices(history):
        return [(step["indices"], step["score"]) for step in history]

    expected = [choices(run(digits, seed)) for seed in range(2)]
    assert expected[0] != expected[1]
    for backend in ("threading", "loky"):
        with joblib.parallel_config(backend=backend, n_jobs=2):
            found = joblib.Parallel()(joblib.delayed(run)(digits, s) for s in range(2))
        assert [choices(history) for history in found] == expected


# Dask: a real cluster of two processes


def on_dask(test):
    """Mark a test: it is slow, and the cluster's own sockets are not ours to close."""
    for what in ("ResourceWarning", "pytest.PytestUnraisableExceptionWarning"):
        test = pytest.mark.filterwarnings(f"ignore::{what}")(test)
    return pytest.mark.slow(test)


@contextmanager
def two_workers():
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=":0"
        ) as cluster,
        distributed.Client(cluster) as client,
        joblib.parallel_config(backend="dask"),
    ):
        yield client


@on_dask
def test_a_dask_cluster_gives_the_same(network, digits, whole, tmp_path):
    X = digits[0]
    settings = {"n_draws": None, "seed": 0}
    scores, rows, best = score_and_keep(mutual_information, network, X, 50, **settings)
    strategies = [BALD(random_state=0), BALD(random_state=0, pool_subsample=500)]
    expected = [strategy(network, X, 20) for strategy in strategies]
    np.save(tmp_path / "X.npy", X)
    with two_workers():
        draws = predict_samples(network, X, random_state=0, n_jobs=2)
        np.testing.assert_allclose(draws, whole, **SAME)
        pools = [
            X,
            np.load(tmp_path / "X.npy", mmap_mode="r"),
            make("dask", X),
            make("TensorDataset", X),
        ]
        for pool in pools:
            for strategy, rows_expected in zip(strategies, expected):
                chosen = clone(strategy).set_params(n_jobs=2)(network, pool, 20)
                np.testing.assert_array_equal(chosen, rows_expected)
            found = score_and_keep(
                mutual_information, network, pool, 50, n_jobs=2, **settings
            )
            np.testing.assert_allclose(found[0], scores, **SAME)
            np.testing.assert_array_equal(found[1], rows)
            np.testing.assert_allclose(found[2], best, **SAME)


class Slow(SeededSampler):
    """Leaves a file in a folder for each call, and takes its time."""

    def __init__(self, folder, n_weights):
        super().__init__()
        self.folder = folder
        self.weights = np.zeros(n_weights)

    def predict_samples(self, X, n_draws=None, *, random_state=None):
        (self.folder / uuid4().hex).touch()
        time.sleep(0.1)
        return super().predict_samples(X, n_draws, random_state=random_state)


def kill_workers(client, folder, n_calls):
    """Kill both workers when some calls were made."""
    pids = client.run(os.getpid).values()

    def kill():
        while len(os.listdir(folder)) < n_calls:
            time.sleep(0.01)
        for pid in pids:
            os.kill(pid, signal.SIGKILL)

    thread = threading.Thread(target=kill)
    thread.start()
    return thread


# A model of 12 MB is kept by dask apart from the calls, and dies with the workers; a
# small one travels with each call, and dask itself makes the calls again.
@on_dask
@pytest.mark.parametrize("n_weights", [0, 1_500_000])
def test_scores_arrive_all_the_same_when_dask_workers_are_killed(
    n_weights, tmp_path, caplog
):
    X = random_pool(600)
    settings = {"n_draws": None, "seed": 0, "batch_size": 20}
    expected = score_and_keep(mutual_information, SeededSampler(), X, 30, **settings)
    with two_workers() as client:
        killer = kill_workers(client, tmp_path, 6)
        found = score_and_keep(
            mutual_information, Slow(tmp_path, n_weights), X, 30, n_jobs=2, **settings
        )
        killer.join()
    for one, two in zip(found, expected):
        np.testing.assert_allclose(one, two, atol=1e-12)
    again = [r for r in caplog.records if r.name.startswith("skbal")]
    assert bool(again) == bool(n_weights)
    # What was there is kept: far from all 31 calls were made twice.
    assert len(os.listdir(tmp_path)) <= 31 + 16


class Deadly(SeededSampler):
    """Ends every process but the one it was made in."""

    def __init__(self):
        super().__init__()
        self.home = os.getpid()

    def predict_samples(self, X, n_draws=None, *, random_state=None):
        if os.getpid() != self.home:
            os._exit(1)
        return super().predict_samples(X, n_draws, random_state=random_state)


@on_dask
def test_a_model_that_kills_every_dask_worker_ends_in_an_error_with_advice():
    dask = pytest.importorskip("dask")
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 0}),
        two_workers(),
        pytest.raises(Exception, match="died while running it") as caught,
    ):
        BALD(random_state=0, n_jobs=2).score_pool(Deadly(), random_pool(100))
    assert type(caught.value).__name__ == "KilledWorker"
    assert "Try a smaller batch_size or fewer workers" in caught.value.__notes__[0]


class Failing(SeededSampler):
    def predict_samples(self, X, n_draws=None, *, random_state=None):
        if (np.asarray(X)[:, 0] > 2).any():
            raise RuntimeError("the model's own")
        return super().predict_samples(X, n_draws, random_state=random_state)


@on_dask
def test_an_error_of_the_model_comes_back_from_dask_as_it_is(caplog):
    with two_workers(), pytest.raises(RuntimeError, match="the model's own") as caught:
        BALD(random_state=0, batch_size=20, n_jobs=2).score_pool(
            Failing(), random_pool(600)
        )
    assert not hasattr(caught.value, "__notes__")
    assert not [r for r in caplog.records if r.name.startswith("skbal")]


@on_dask
@pytest.mark.parametrize("module", ["forest", "network"])
def test_a_search_over_runs_is_the_same_on_dask(digits, module):
    X, y = digits[0][:300], digits[1][:300]
    estimator = RandomForestClassifier(n_estimators=10)
    if module == "network":
        estimator = MCDropoutClassifier(
            module__hidden_units=(16,), max_steps=20, n_draws=8
        )
    run = ActiveLearningClassifier(
        estimator, BALD(), n_queries=2, n_instances=5, random_state=0
    )
    grid = {"query_strategy": [BALD(), Random()], "n_instances": [3, 5]}
    search = GridSearchCV(run, grid, cv=2, scoring=learning_curve_area_score)
    here = clone(search).set_params(n_jobs=1).fit(X, y)
    with two_workers():
        there = clone(search).set_params(n_jobs=2).fit(X, y)
    for name in ("split0_test_score", "split1_test_score"):
        np.testing.assert_array_equal(here.cv_results_[name], there.cv_results_[name])
    assert here.best_estimator_.history_ == there.best_estimator_.history_
