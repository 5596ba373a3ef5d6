import tracemalloc

import joblib
import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.sparse import csr_matrix
from sklearn.ensemble import RandomForestClassifier

from skbal.information import mutual_information
from skbal.query import BALD
from skbal.query._engine import score_rows
from skbal.sampling import predict_samples
from tests.information.arrays import random_draws
from tests.query.fakes import SeededSampler, TableSampler, numbered, random_pool


@pytest.fixture(scope="module")
def forest():
    X = random_pool(80, 3)
    y = np.array(["a", "b", "c"])[(X @ [1, 2, 3] > 0).astype(int) + (X[:, 0] > 1)]
    return RandomForestClassifier(10, random_state=0).fit(X, y)


def whole(estimator, X, seed=0):
    return mutual_information(predict_samples(estimator, X, random_state=seed))


@pytest.mark.parametrize("batch_size", [1, 7, 37, 1000, None])
def test_scores_are_those_of_one_array_of_draws_for_the_whole_pool(batch_size):
    model, X = SeededSampler(), random_pool()
    scores = BALD(random_state=0, batch_size=batch_size).score_pool(model, X)
    assert_allclose(scores, whole(model, X), atol=1e-12)


@pytest.mark.parametrize("batch_size", [7, None])
@pytest.mark.parametrize("backend", ["loky", "threading"])
def test_scores_do_not_depend_on_how_many_workers_or_which(backend, batch_size, forest):
    X = random_pool(60, 3)
    alone = BALD(random_state=0, batch_size=batch_size).score_pool(forest, X)
    strategy = BALD(random_state=0, batch_size=batch_size, n_jobs=2)
    with joblib.parallel_config(backend=backend):
        assert_allclose(strategy.score_pool(forest, X), alone, atol=1e-12)


def test_parallel_config_sets_the_number_of_workers(forest):
    X = random_pool(60, 3)
    with joblib.parallel_config(backend="threading", n_jobs=2):
        scores = BALD(random_state=0).score_pool(forest, X)
    assert_allclose(scores, whole(forest, X), atol=1e-12)


def test_without_a_seed_the_draws_are_joint_within_a_call_and_fresh_in_the_next():
    model, X = TableSampler(random_draws(30, 4, 3)), numbered(30)
    BALD(batch_size=10).score_pool(model, X)
    BALD(batch_size=10).score_pool(model, X)
    seeds = [seed for _, _, seed in model.calls]
    assert len(set(seeds[:3])) == len(set(seeds[3:])) == 1
    assert seeds[0] != seeds[3]


def test_batch_size_and_n_draws_reach_the_model():
    model, X = TableSampler(random_draws(25, 6, 3)), numbered(25)
    BALD(n_draws=4, random_state=3, batch_size=10).score_pool(model, X)
    assert model.calls == [(10, 4, 3), (10, 4, 3), (5, 4, 3)]


def test_rows_in_a_piece_follow_from_the_size_of_the_draws():
    table = np.full((40, 1, 2), 0.5)
    model = TableSampler(np.repeat(table, 300_000, axis=1))  # 4.8 MB a row
    BALD(random_state=0).score_pool(model, numbered(40)[:20])
    sizes = [size for size, _, _ in model.calls]
    assert sizes == [8, 4, 4, 4]


def test_memory_does_not_grow_with_the_pool():
    class Uniform:
        def predict_samples(self, X, n_draws=None, *, random_state=None):
            return np.full((len(X), 100, 10), 0.1, dtype=np.float32)

    X = np.zeros((50_000, 1), dtype=np.float32)  # its draws would be 200 MB
    tracemalloc.start()
    try:
        BALD(random_state=0).score_pool(Uniform(), X)
        extra = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert extra < 70e6


def test_a_pool_of_one_and_of_as_many_rows_as_are_scored_first():
    for n_rows in (1, 7, 8, 9):
        model, X = SeededSampler(), random_pool(n_rows)
        scores = BALD(random_state=0).score_pool(model, X)
        assert_allclose(scores, whole(model, X), atol=1e-12)


def test_pools_of_other_kinds_give_the_same_scores():
    model, X = SeededSampler(), random_pool()
    strategy = BALD(random_state=0, batch_size=13)
    expected = strategy.score_pool(model, X)
    for pool in (pd.DataFrame(X), X.tolist(), X[::-1][::-1]):
        assert_array_equal(strategy.score_pool(model, pool), expected)


def test_a_memory_map_is_handed_on_in_pieces_of_itself(tmp_path):
    X = random_pool()
    np.save(tmp_path / "X.npy", X)
    pool = np.load(tmp_path / "X.npy", mmap_mode="r")
    pieces = []

    class Model(SeededSampler):
        def predict_samples(self, X, n_draws=None, *, random_state=None):
            pieces.append(X)
            return super().predict_samples(X, n_draws, random_state=random_state)

    strategy = BALD(random_state=0, batch_size=13)
    scores = strategy.score_pool(Model(), pool)
    assert all(np.shares_memory(piece, pool) for piece in pieces)
    assert_array_equal(scores, strategy.score_pool(SeededSampler(), X))


@pytest.mark.parametrize("kind", ["csr", "csc", "coo"])
def test_sparse_pools_are_taken(forest, kind):
    X = random_pool(30, 3)
    X[X < 0] = 0
    strategy = BALD(random_state=0, batch_size=7)
    scores = strategy.score_pool(forest, csr_matrix(X).asformat(kind))
    assert_allclose(scores, strategy.score_pool(forest, X), atol=1e-12)


def test_images_are_taken():
    class Images:
        def predict_samples(self, X, n_draws=None, *, random_state=None):
            assert X.shape[1:] == (1, 2, 2)
            return np.full((len(X), 3, 2), 0.5)

    scores = BALD(random_state=0).score_pool(Images(), np.zeros((20, 1, 2, 2)))
    assert_array_equal(scores, np.zeros(20))


def test_score_rows_takes_any_function_of_draws():
    scores = score_rows(
        lambda draws: draws[:, 0, 0],
        TableSampler(np.arange(12.0).reshape(12, 1, 1)),
        numbered(12),
        n_draws=None,
        seed=0,
        batch_size=5,
    )
    assert_array_equal(scores, np.arange(12))
