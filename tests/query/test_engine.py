import tracemalloc

import joblib
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.sparse import csr_matrix
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import BayesianRidge

from skbal.information import mutual_information
from skbal.query import (
    BALD,
    EPIG,
    BatchVariance,
    MaxEntropy,
    MeanSTD,
    PredictiveVariance,
    Random,
)
from skbal.query._engine import draw_rows, score_and_keep, score_rows
from skbal.query._selection import Selection
from skbal.sampling import predict_samples
from tests._utils.pools import KINDS, make
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


@pytest.mark.slow
def test_rows_in_a_piece_follow_from_the_size_of_the_draws():
    table = random_draws(40, 2, 2)
    model = TableSampler(np.repeat(table, 150_000, axis=1))  # 4.8 MB a row
    BALD(random_state=0).score_pool(model, numbered(40)[:20])
    sizes = [size for size, _, _ in model.calls]
    assert sizes == [8, 4, 4, 4]


def test_rows_of_a_piece_follow_from_the_size_of_a_row_too():
    model = TableSampler(random_draws(40, 2, 2))
    X = np.zeros((20, 2_000_000), dtype=np.float32)  # 8 MB a row, mostly untouched
    X[:, 0] = np.arange(20)
    BALD(random_state=0).score_pool(model, X)
    assert [size for size, _, _ in model.calls] == [8, 8, 4]


@pytest.mark.filterwarnings("ignore::skbal.exceptions.TooFewDrawsWarning")
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


@pytest.mark.parametrize("kind", KINDS)
def test_pools_of_any_kind_give_the_same_scores(kind, forest):
    X = np.abs(random_pool(50, 3))
    strategy = BALD(random_state=0, batch_size=13)
    expected = strategy.score_pool(forest, X)
    assert_allclose(strategy.score_pool(forest, make(kind, X)), expected, atol=1e-12)


@pytest.mark.parametrize("pool_subsample", [None, 20])
@pytest.mark.parametrize("kind", KINDS)
def test_pools_of_any_kind_give_the_same_choice(kind, pool_subsample, forest):
    X = np.abs(random_pool(50, 3))
    for strategy in (BALD, EPIG, Random, MaxEntropy):
        ask = strategy(random_state=0, pool_subsample=pool_subsample)
        assert_array_equal(ask(forest, make(kind, X), 5), ask(forest, X, 5))


@pytest.mark.parametrize("kind", KINDS)
def test_regression_pools_of_any_kind_give_the_same_choice(kind):
    X = np.abs(random_pool(50, 3))
    model = BayesianRidge().fit(X[:30], X[:30] @ [1, 2, 3])
    for strategy in (PredictiveVariance, BatchVariance, MeanSTD):
        ask = strategy(random_state=0)
        assert_array_equal(ask(model, make(kind, X), 4), ask(model, X, 4))


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


@pytest.mark.filterwarnings("ignore::skbal.exceptions.TooFewDrawsWarning")
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


# The scores of all rows and the draws of the best


def kept(scores, n_keep):
    """Return the rows to keep, worked out from all scores at once."""
    return np.sort(np.lexsort((np.arange(len(scores)), -scores))[:n_keep])


@pytest.mark.parametrize("n_keep", [1, 10, 59, 60, 100])
@pytest.mark.parametrize("batch_size", [1, 7, 1000, None])
def test_the_draws_of_the_best_rows_are_kept(batch_size, n_keep):
    model, X = SeededSampler(), random_pool(60)
    draws = predict_samples(model, X, 12, random_state=3)
    scores, rows, best = score_and_keep(
        mutual_information, model, X, n_keep, n_draws=12, seed=3, batch_size=batch_size
    )
    assert_allclose(scores, mutual_information(draws), atol=1e-12)
    assert_array_equal(rows, kept(mutual_information(draws), n_keep))
    assert_allclose(best, draws[rows], atol=1e-12)


@pytest.mark.parametrize("batch_size", [7, None])
@pytest.mark.parametrize("backend", ["loky", "threading"])
def test_what_is_kept_does_not_depend_on_the_workers(backend, batch_size, forest):
    X = random_pool(300, 3)

    def keep(n_jobs):
        return score_and_keep(
            mutual_information, forest, X, 20,
            n_draws=None, seed=0, batch_size=batch_size, n_jobs=n_jobs,
        )  # fmt: skip

    with joblib.parallel_config(backend=backend):
        for one, two in zip(keep(1), keep(2)):
            assert_allclose(one, two, atol=1e-12)


@pytest.mark.parametrize("batch_size", [1, 4, None])
def test_of_equal_scores_the_smaller_rows_are_kept(batch_size):
    table = np.full((30, 2, 2), 0.5)
    table[[4, 9, 25]] = [[1, 0], [0, 1]]
    _, rows, draws = score_and_keep(
        mutual_information, TableSampler(table), numbered(30), 5,
        n_draws=None, seed=0, batch_size=batch_size,
    )  # fmt: skip
    assert rows.tolist() == [0, 1, 4, 9, 25]
    assert_array_equal(draws, table[rows])


def test_scores_that_are_nan_count_as_the_lowest():
    scores = np.array([np.nan, 1.0, np.nan, 3.0, 2.0, -np.inf])
    found, rows, _ = score_and_keep(
        first_number, TableSampler(scores[:, np.newaxis, np.newaxis]), numbered(6), 4,
        n_draws=None, seed=0,
    )  # fmt: skip
    assert_array_equal(found, scores)
    assert rows.tolist() == [0, 1, 3, 4]


def first_number(draws):
    return draws[:, 0, 0]


def test_how_many_are_kept_may_depend_on_what_a_row_takes():
    asked = []

    def n_keep(bytes_per_row):
        asked.append(bytes_per_row)
        return 7

    table = random_draws(30, 5, 3).astype(np.float32)
    _, rows, draws = score_and_keep(
        mutual_information, TableSampler(table), numbered(30), n_keep,
        n_draws=None, seed=0,
    )  # fmt: skip
    assert asked == [5 * 3 * 4]
    assert len(rows) == len(draws) == 7
    assert draws.dtype == np.float32


def test_only_draws_that_can_still_be_kept_are_handed_over(monkeypatch):
    handed_over = []
    add = Selection.add

    def noted(self, rows, scores, draws):
        handed_over.append(len(draws))
        add(self, rows, scores, draws)

    monkeypatch.setattr(Selection, "add", noted)
    table = np.random.default_rng(0).random((2000, 1, 1))
    model = TableSampler(table)
    for n_jobs in (1, 2):
        handed_over.clear()
        with joblib.parallel_config(backend="threading"):
            score_and_keep(
                first_number, model, numbered(2000), 10,
                n_draws=None, seed=0, batch_size=10, n_jobs=n_jobs,
            )  # fmt: skip
        # In random order, 10 (1 + ln(2000 / 10)) = 63 rows are ever among the best 10;
        # with two workers, 16 pieces are on their way before the first comes back.
        assert sum(handed_over) < 63 + 40 + 160 * (n_jobs - 1)


@pytest.mark.parametrize("batch_size", [1, 7, None])
def test_draws_of_some_rows_are_those_of_the_pass(batch_size):
    model, X = SeededSampler(), random_pool(60)
    rows = np.array([40, 3, 3, 59, *range(10, 30)])
    draws = draw_rows(model, X, rows, n_draws=6, seed=2, batch_size=batch_size)
    whole = predict_samples(model, X, 6, random_state=2)
    assert_allclose(draws, whole[rows], atol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_pools_of_any_kind_keep_and_draw_the_same(kind, forest):
    X = np.abs(random_pool(50, 3))
    settings = {"n_draws": None, "seed": 0, "batch_size": 9}
    expected = score_and_keep(mutual_information, forest, X, 12, **settings)
    pool = make(kind, X)
    found = score_and_keep(mutual_information, forest, pool, 12, **settings)
    for one, two in zip(found, expected):
        assert_allclose(one, two, atol=1e-12)
    again = draw_rows(forest, pool, found[1][::-1], **settings)
    assert_allclose(again, found[2][::-1], atol=1e-12)


class Uneven:
    """Makes 20 x 10 probabilities a row, sharp where its first feature is large."""

    def predict_samples(self, X, n_draws=None, *, random_state=None):
        draws = np.full((len(X), 20, 10), 0.1, dtype=np.float32)
        share = np.clip(np.asarray(X)[:, 0], 0, 1)[:, np.newaxis] * 0.9
        draws[:, ::2, 0] += share
        draws[:, ::2, 1:] -= share[:, :, np.newaxis] / 9
        return draws


@pytest.fixture(scope="module")
def large_pool(tmp_path_factory):
    path = tmp_path_factory.mktemp("pool") / "X.npy"
    X = np.lib.format.open_memmap(path, "w+", np.float32, (200_000, 50))  # 40 MB
    X[:, 0] = np.random.default_rng(0).random(len(X))
    return X


@pytest.mark.slow
def test_a_pass_over_a_large_memory_map_holds_little(large_pool):
    tracemalloc.start()
    try:
        scores = BALD(random_state=0).score_pool(Uneven(), large_pool)
        first = tracemalloc.get_traced_memory()[1]
        tracemalloc.reset_peak()
        same, rows, draws = score_and_keep(
            mutual_information, Uneven(), large_pool, 5000, n_draws=None, seed=0
        )
        second = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert first < 30e6  # all draws are 160 MB
    assert second < 30e6 + draws.nbytes
    assert_array_equal(same, scores)
    assert_array_equal(rows, kept(scores, 5000))


# Progress


@pytest.mark.parametrize("verbose", [0, 1])
def test_a_bar_over_the_rows_shows_when_asked_for(verbose, forest, capsys):
    X = random_pool(60, 3)
    model = BayesianRidge().fit(X, X[:, 0])
    for strategy in (BALD, EPIG, MaxEntropy):
        strategy(random_state=0, verbose=verbose)(forest, X, 3)
        assert ("60/60" in capsys.readouterr().err) == bool(verbose)
    for strategy in (PredictiveVariance, BatchVariance, MeanSTD):
        strategy(random_state=0, verbose=verbose)(model, X, 3)
        assert ("60/60" in capsys.readouterr().err) == bool(verbose)
