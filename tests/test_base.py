"""The base of query strategies: which rows, in which order, and how ties are broken."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skbal._utils.random import check_seed
from skbal.base import PosteriorSamplerMixin, QueryStrategy, best_first, rounded


class FirstColumn(QueryStrategy):
    """Scores a row by its first value."""

    def __init__(self, random_state=None, pool_subsample=None):
        self.random_state = random_state
        self.pool_subsample = pool_subsample

    def score_pool(self, estimator, X_pool):
        return np.asarray(X_pool)[:, 0]


class Taught:
    def __init__(self, n_rows):
        self.X_training = np.zeros((n_rows, 1))


@settings(max_examples=50)
@given(st.lists(st.integers(-50, 50), min_size=1, max_size=30), st.integers(1, 30))
def test_best_first_is_a_sort_that_returns_no_row_twice(scores, n_instances):
    n_instances = min(n_instances, len(scores))
    chosen = best_first(np.array(scores), n_instances, np.random.default_rng(0))
    assert len(set(chosen.tolist())) == n_instances
    values = np.array(scores)[chosen]
    np.testing.assert_array_equal(values, np.sort(scores)[::-1][:n_instances])


def test_ties_are_broken_by_the_generator_and_each_wins_its_share():
    wins = [
        best_first(np.zeros(4), 1, np.random.default_rng(seed))[0]
        for seed in range(400)
    ]
    counts = np.bincount(wins, minlength=4)
    assert counts.min() > 60


def test_rounding_does_not_break_ties():
    scores = np.array([0.3, 0.3 + 1e-9, 0.3 - 1e-9, 0.2])
    rng = np.random.default_rng
    orders = {tuple(best_first(scores, 3, rng(seed)).tolist()) for seed in range(50)}
    assert len(orders) == 6


def test_nan_and_minus_infinity_come_last():
    scores = np.array([np.nan, 1.0, -np.inf, 2.0])
    chosen = best_first(scores, 4, np.random.default_rng(0))
    assert chosen[:2].tolist() == [3, 1]
    assert set(chosen[2:].tolist()) == {0, 2}


def test_queries_repeat_with_a_seed_and_move_on_with_pool_and_labels():
    X = np.zeros((50, 2))
    strategy = FirstColumn(random_state=3)
    first = strategy(None, X, 5).tolist()
    assert strategy(None, X, 5).tolist() == first
    # The same positions at each step of a loop would favour one end of a sorted pool.
    assert strategy(None, X[:45], 5).tolist() != first
    assert strategy(Taught(10), X, 5).tolist() != strategy(Taught(20), X, 5).tolist()


def test_without_a_seed_ties_are_fresh():
    X = np.zeros((1000, 1))
    found = {tuple(FirstColumn()(None, X, 3).tolist()) for _ in range(5)}
    assert len(found) == 5


def test_a_subsample_returns_positions_in_the_whole_pool():
    X = np.arange(100.0)[:, None]
    for seed in range(5):
        chosen = FirstColumn(random_state=seed, pool_subsample=20)(None, X, 20)
        assert len(set(chosen.tolist())) == 20
        assert np.all(np.diff(X[chosen, 0]) < 0)
    assert FirstColumn(pool_subsample=200)(None, X, 1).tolist() == [99]
    with pytest.raises(ValueError, match="is 21, but pool_subsample allows only 20"):
        FirstColumn(pool_subsample=20)(None, X, 21)
    with pytest.raises(TypeError, match="pool_subsample of FirstColumn"):
        FirstColumn(pool_subsample=2.5)(None, X, 1)


def test_the_contracts_cannot_be_instantiated():
    with pytest.raises(TypeError, match="abstract"):
        QueryStrategy()
    with pytest.raises(TypeError, match="abstract"):
        PosteriorSamplerMixin()


@pytest.mark.parametrize("unit", [1e-12, 1.0, 1e9])
@pytest.mark.parametrize("n_outliers", [1, 8])
def test_outliers_do_not_make_all_other_scores_equal(unit, n_outliers):
    rng = np.random.default_rng(0)
    scores = unit * rng.permutation(np.linspace(0.01, 1, 300))
    scores[:n_outliers] = unit * 1e10 * np.arange(1, n_outliers + 1)
    chosen = best_first(scores, 60, rng)
    np.testing.assert_array_equal(chosen, np.argsort(-scores)[:60])


@pytest.mark.parametrize("size", [1e-9, 1.0, 1e9])
def test_rounding_of_any_score_is_a_tie(size):
    scores = np.array([1.0, 2.0, 3.0, 4.0, size, size * (1 + 1e-9)])
    found = rounded(scores)
    assert found[4] == found[5]


def test_integers_are_exact_so_that_times_and_numbers_of_rows_have_an_order():
    rng = np.random.default_rng(0)
    seconds = 1_764_000_000 + 60 * rng.permutation(500)
    assert rounded(seconds).tolist() == seconds.tolist()
    np.testing.assert_array_equal(best_first(-seconds, 9, rng), np.argsort(seconds)[:9])


def test_rounding_keeps_the_order_and_changes_little():
    rng = np.random.default_rng(0)
    scores = np.sort(
        np.concatenate([10 ** rng.uniform(-3, 12, 2000), rng.random(3000)])
    )
    scores = np.concatenate([-scores[::-1], scores])
    found = rounded(scores)
    assert (np.diff(found) >= 0).all()
    typical = np.median(np.abs(scores))
    assert (
        np.abs(found - scores) <= 1e-6 * np.maximum(np.abs(scores), typical * 10)
    ).all()


def test_scores_without_an_outlier_are_rounded_to_a_millionth_of_the_largest():
    scores = np.random.default_rng(0).random(100)
    steps = rounded(scores) / (1e-6 * scores.max())
    np.testing.assert_allclose(
        steps, np.round(scores / (1e-6 * scores.max())), rtol=1e-9
    )


@pytest.mark.parametrize("n_scores", [3, 4, 101, 102])
def test_an_outlier_leaves_the_others_a_millionth_of_ten_medians(n_scores):
    scores = np.random.default_rng(n_scores).random(n_scores) + 0.5
    scores[0] = 1e9
    step = 1e-6 * 10 * np.median(scores)
    np.testing.assert_allclose(
        rounded(scores)[1:], np.round(scores[1:] / step) * step, rtol=1e-12
    )


def test_infinite_scores_stay_first_and_nan_last():
    found = rounded([np.inf, 1.0, np.nan, -np.inf, 0.0])
    np.testing.assert_allclose(found, [np.inf, 1, -np.inf, -np.inf, 0], rtol=1e-12)


class Noisy(QueryStrategy):
    """Scores a row by a number that is drawn anew at every call without a seed."""

    def __init__(self, inner=None, random_state=None, pool_subsample=None):
        self.inner = inner
        self.random_state = random_state
        self.pool_subsample = pool_subsample

    def score_pool(self, estimator, X_pool):
        if self.inner is not None:
            return self.inner.score_pool(estimator, X_pool)
        rng = np.random.default_rng(check_seed(self.random_state))
        return rng.random(len(X_pool))


class Together(Noisy):
    """Chooses the last rows that have the largest scores, whatever their order."""

    def select_batch(self, learner, X_pool, n_instances, rng):
        scores = self.score_pool(learner, X_pool)
        self.best_ = float(scores.max())
        return np.argsort(scores)[-n_instances:]


POOL = np.arange(40.0)[:, np.newaxis]


@pytest.mark.parametrize("inner", [None, Noisy()])
def test_scores_and_choice_come_from_the_same_draws_without_a_seed(inner):
    _, scores = Noisy(inner)(None, POOL, 40, return_scores=True)
    assert (np.diff(scores) < 0).all()
    strategy = Together(inner)
    _, scores = strategy(None, POOL, 40, return_scores=True)
    assert (np.diff(scores) > 0).all()
    assert scores[-1] == strategy.best_
    assert strategy.random_state is None
    assert inner is None or inner.random_state is None


@pytest.mark.parametrize("kind", [Noisy, Together])
def test_with_a_subsample_scores_belong_to_the_rows_that_are_returned(kind):
    class Row(kind):
        def score_pool(self, estimator, X_pool):
            return X_pool[:, 0]

    strategy = Row(pool_subsample=9, random_state=0)
    indices, scores = strategy(None, POOL, 5, return_scores=True)
    assert scores.tolist() == indices.tolist()
    assert indices.tolist() == strategy(None, POOL, 5).tolist()


def test_a_stream_of_the_users_moves_on_once_a_question():
    one, two = (Noisy(random_state=np.random.default_rng(0)) for _ in range(2))
    first = one(None, POOL, 9, return_scores=True)[1]
    second = one(None, POOL, 9, return_scores=True)[1]
    assert not np.array_equal(first, second)
    assert np.array_equal(two(None, POOL, 9, return_scores=True)[1], first)


def test_who_has_no_scores_says_so():
    class Choice(Together):
        def select_batch(self, learner, X_pool, n_instances, rng):
            return np.arange(n_instances)

        def score_pool(self, estimator, X_pool):
            raise NotImplementedError

    assert Choice()(None, POOL, 2).tolist() == [0, 1]
    with pytest.raises(TypeError, match="Choice has no scores of single rows"):
        Choice()(None, POOL, 2, return_scores=True)
    with pytest.raises(ValueError, match="return_scores of Noisy must be False or"):
        Noisy()(None, POOL, 2, return_scores="yes")


def test_a_score_that_is_no_number_is_refused():
    class Half(Noisy):
        def score_pool(self, estimator, X_pool):
            return np.where(X_pool[:, 0] < 38, 1.0, np.nan)

    must = "score_pool of Half must return a number for each of 40 rows"
    with pytest.raises(ValueError, match=f"{must}, got NaN for 2 rows, first row 38"):
        Half(random_state=0)(None, POOL, 3)
