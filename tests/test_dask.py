"""Dask, on a real cluster of two processes: the same results, also when workers die."""

import os
import signal
import threading
import time
from contextlib import contextmanager

import joblib
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import GridSearchCV

from skbal import ActiveLearningClassifier, predict_samples
from skbal.information import mutual_information
from skbal.models import MCDropoutClassifier
from skbal.query import BALD, Random
from skbal.query._engine import score_and_keep
from skbal.simulation import learning_curve_area_score
from tests._utils.pools import make
from tests.dask_models import Deadly, Failing, Slow
from tests.query.fakes import SeededSampler, random_pool

pytestmark = [
    pytest.mark.slow,
    # The cluster's own sockets are not ours to close.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

# Float32 products differ in their last bits between shapes and numbers of threads.
SAME = {"rtol": 1e-4, "atol": 1e-6}


@pytest.fixture(scope="module")
def digits():
    X, y = load_digits(return_X_y=True)
    return (X[:600] / 16).astype(np.float32), y[:600]


@contextmanager
def cluster_of(n_processes, n_threads=1):
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(
            n_workers=n_processes, threads_per_worker=n_threads, dashboard_address=":0"
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


@pytest.fixture(scope="module")
def cluster():
    """One cluster for all tests, since its workers import everything again."""
    with cluster_of(2) as client:
        yield client


@pytest.fixture
def client(cluster):
    """The cluster, once both of its workers are there."""
    cluster.wait_for_workers(2)
    return cluster


def on_dask():
    return joblib.parallel_config(backend="dask")


def test_draws_and_queries_are_the_same(client, digits, tmp_path):
    X, y = digits
    network = MCDropoutClassifier(
        image_shape=(8, 8), n_draws=20, max_epochs=5, random_state=0
    ).fit(X[:200], y[:200])
    settings = {"n_draws": None, "seed": 0, "batch_size": 200}
    scores, rows, best = score_and_keep(mutual_information, network, X, 50, **settings)
    whole = predict_samples(network, X, random_state=0)
    ask = BALD(random_state=0, batch_size=200)
    ask_some = clone(ask).set_params(pool_subsample=200)
    chosen, chosen_of_some = ask(network, X, 20), ask_some(network, X, 20)
    np.save(tmp_path / "X.npy", X)
    memmap = np.load(tmp_path / "X.npy", mmap_mode="r")
    with on_dask():
        draws = predict_samples(network, X, random_state=0, n_jobs=2, batch_size=200)
        np.testing.assert_allclose(draws, whole, **SAME)
        found = score_and_keep(
            mutual_information, network, memmap, 50, n_jobs=2, **settings
        )
        np.testing.assert_allclose(found[0], scores, **SAME)
        np.testing.assert_array_equal(found[1], rows)
        np.testing.assert_allclose(found[2], best, **SAME)
        ask_some.set_params(n_jobs=2)
        np.testing.assert_array_equal(ask_some(network, X, 20), chosen_of_some)
        ask.set_params(n_jobs=2)
        for pool in (memmap, make("dask", X), make("TensorDataset", X)):
            np.testing.assert_array_equal(ask(network, pool, 20), chosen)


@pytest.mark.parametrize("module", ["forest", "network"])
def test_a_search_over_runs_is_the_same(client, digits, module):
    X, y = digits[0][:200], digits[1][:200]
    estimator = RandomForestClassifier(n_estimators=10)
    if module == "network":
        estimator = MCDropoutClassifier(
            module__hidden_units=(16,), max_steps=20, n_draws=8
        )
    run = ActiveLearningClassifier(
        estimator, BALD(), n_queries=2, n_instances=5, random_state=0
    )
    grid = {"query_strategy": [BALD(), Random()]}
    search = GridSearchCV(run, grid, cv=2, scoring=learning_curve_area_score)
    here = clone(search).set_params(n_jobs=1).fit(X, y)
    with on_dask():
        there = clone(search).set_params(n_jobs=2).fit(X, y)
    for name in ("split0_test_score", "split1_test_score"):
        np.testing.assert_array_equal(here.cv_results_[name], there.cv_results_[name])
    assert here.best_estimator_.history_ == there.best_estimator_.history_


def test_an_error_of_the_model_comes_back_as_it_is(client, caplog):
    strategy = BALD(random_state=0, batch_size=20, n_jobs=2)
    with on_dask(), pytest.raises(RuntimeError, match="the model's own") as caught:
        strategy.score_pool(Failing(), random_pool(600))
    assert not hasattr(caught.value, "__notes__")
    assert not [r for r in caplog.records if r.name.startswith("skbal")]


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
@pytest.mark.parametrize("n_weights", [0, 1_500_000])
def test_scores_arrive_all_the_same_when_workers_are_killed(
    client, n_weights, tmp_path, caplog
):
    X = random_pool(600)
    settings = {"n_draws": None, "seed": 0, "batch_size": 20}
    expected = score_and_keep(mutual_information, SeededSampler(), X, 30, **settings)
    killer = kill_workers(client, tmp_path, 6)
    slow = Slow(tmp_path, n_weights)
    with on_dask():
        found = score_and_keep(mutual_information, slow, X, 30, n_jobs=2, **settings)
    killer.join()
    for one, two in zip(found, expected):
        np.testing.assert_allclose(one, two, atol=1e-12)
    again = [r for r in caplog.records if r.name.startswith("skbal")]
    assert bool(again) == bool(n_weights)
    # What was there is kept: far from all 31 calls were made twice.
    assert len(os.listdir(tmp_path)) <= 31 + 16


def test_a_model_that_kills_every_worker_ends_in_an_error_with_advice():
    # Each process that dies is started again, so one of two threads is enough.
    dask = pytest.importorskip("dask")
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 0}),
        cluster_of(1, n_threads=2),
        on_dask(),
        pytest.raises(Exception, match="died while running it") as caught,
    ):
        BALD(random_state=0, n_jobs=2).score_pool(Deadly(), random_pool(100))
    assert type(caught.value).__name__ == "KilledWorker"
    assert "Try a smaller batch_size or fewer workers" in caught.value.__notes__[0]
