"""Strategies that users write, by the documented hooks."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import BayesianRidge

from skbal import predict_samples
from skbal.query import DrawStrategy, QueryStrategy
from tests.query.fakes import SeededSampler, TableSampler, numbered, random_pool


class Margin(DrawStrategy):
    """Scores a row by how close its two best classes are."""

    def score_draws(self, draws):
        probabilities = np.sort(draws.mean(axis=1), axis=1)
        return probabilities[:, -2] - probabilities[:, -1]


class Weighted(DrawStrategy):
    """Uses both kinds of further inputs, and has a parameter of its own."""

    def __init__(self, X_target, *, random_state=None):
        self.X_target = X_target
        self.random_state = random_state

    def extra_inputs(self, estimator, X_pool, random_state):
        draws = predict_samples(estimator, self.X_target, random_state=random_state)
        return {"target": draws.mean(axis=0)}

    def row_inputs(self, estimator, X_pool, random_state):
        return {"number": np.arange(len(X_pool)) + random_state * 1e-9}

    def score_draws(self, draws, target, number):
        return number + np.einsum("nkc,kc->n", draws, target)


class Ends(QueryStrategy):
    """Chooses the first and the last rows of the pool in turn."""

    def __init__(self, *, random_state=None, pool_subsample=None):
        self.random_state = random_state
        self.pool_subsample = pool_subsample

    def score_pool(self, estimator, X_pool):
        return np.zeros(len(X_pool))

    def select_batch(self, learner, X_pool, n_instances, rng):
        n = len(X_pool)
        return [i // 2 if i % 2 == 0 else n - 1 - i // 2 for i in range(n_instances)]


def returning(result):
    """Return a strategy whose score_draws returns ``result(draws)``."""

    class Wrong(DrawStrategy):
        def score_draws(self, draws):
            return result(draws)

    return Wrong()


def test_five_lines_are_a_strategy_with_all_parameters():
    X, model = random_pool(50), SeededSampler()
    draws = predict_samples(model, X, 7, random_state=3)
    strategy = Margin(n_draws=7, random_state=3, batch_size=9)
    expected = Margin().score_draws(draws)
    assert_allclose(strategy.score_pool(model, X), expected)
    assert_array_equal(strategy(model, X, 5), np.argsort(-expected)[:5])
    assert clone(strategy).get_params() == strategy.get_params()
    with pytest.raises(ValueError, match="n_draws of Margin must be an integer >= 1"):
        Margin(n_draws=0)(model, X)


@pytest.mark.parametrize("n_jobs", [None, 2])
def test_further_inputs_reach_the_rows_they_belong_to(n_jobs):
    X, model = random_pool(60), SeededSampler()
    strategy = Weighted(random_pool(5), random_state=4)
    target = predict_samples(model, strategy.X_target, random_state=4).mean(axis=0)
    draws = predict_samples(model, X, random_state=4)
    expected = strategy.score_draws(draws, target, np.arange(60) + 4e-9)
    strategy.batch_size, strategy.n_jobs = 7, n_jobs
    assert_allclose(strategy.score_pool(model, X), expected)


def test_regressors_are_refused_unless_the_class_says_otherwise():
    class Spread(DrawStrategy):
        takes_regressors = True

        def score_draws(self, draws):
            return np.ptp(draws[:, :, 0], axis=1)

    X = random_pool(20)
    model = BayesianRidge().fit(X, X[:, 0])
    assert Spread(random_state=0)(model, X, 3).shape == (3,)
    with pytest.raises(TypeError, match="Margin needs draws of class probabilities"):
        Margin()(model, X)


@pytest.mark.parametrize(
    ("result", "message"),
    [
        (lambda draws: draws.std(axis=1), r"shape \(8,\) for .* got shape \(8, 2\)"),
        (lambda draws: 1.0, r"shape \(8,\) for .* got shape \(\)"),
        (lambda draws: None, r"got shape \(\)|a number per row"),
        (lambda draws: ["high"] * len(draws), "a number per row: could not convert"),
        (lambda draws: np.where(np.arange(8) == 5, np.nan, 0), "got NaN for row 5 of"),
    ],
)
def test_a_wrong_result_names_the_class_and_the_hook(result, message):
    with pytest.raises(ValueError, match=message) as caught:
        returning(result)(SeededSampler(n_classes=2), random_pool(8))
    assert str(caught.value).startswith("score_draws of Wrong must return a number per")


def test_a_batch_may_be_chosen_together():
    assert Ends()(None, numbered(10), 4).tolist() == [0, 9, 1, 8]
    chosen = Ends(pool_subsample=5, random_state=0)(None, numbered(50), 2)
    assert chosen[0] < chosen[1]


@pytest.mark.parametrize(
    ("batch", "error", "message"),
    [
        ([0], ValueError, "select_batch of Wrong must return 2 indices, got 1"),
        (
            [0, 0],
            ValueError,
            "returned by select_batch of Wrong must all differ, got 0",
        ),
        ([0, 10], ValueError, r"select_batch of Wrong must lie in \[0, 10\), got 10"),
        (
            [0.0, 1.0],
            TypeError,
            "select_batch of Wrong must be integers, got dtype",
        ),
        ([[0, 1]], ValueError, "select_batch of Wrong must be one-dimensional"),
    ],
)
def test_a_wrong_batch_names_the_class_and_the_hook(batch, error, message):
    class Wrong(Ends):
        def select_batch(self, learner, X_pool, n_instances, rng):
            return batch

    with pytest.raises(error, match=message):
        Wrong()(None, numbered(10), 2)


@pytest.mark.parametrize("scores", [np.zeros(9), np.zeros((10, 1)), ["a"] * 10, None])
def test_wrong_scores_name_the_class_and_the_hook(scores):
    class Wrong(QueryStrategy):
        def score_pool(self, estimator, X_pool):
            return scores

    message = "score_pool of Wrong must return a number for each of 10 rows"
    with pytest.raises(ValueError, match=message):
        Wrong()(None, numbered(10), 2)


def test_a_base_cannot_be_used_itself():
    for base in (DrawStrategy, QueryStrategy):
        with pytest.raises(TypeError, match="abstract"):
            base()


def test_infinite_scores_are_allowed_and_have_their_place():
    strategy = returning(lambda draws: np.where(draws[:, 0, 0] > 0.5, -np.inf, 1.0))
    table = np.zeros((4, 3, 2))
    table[:, :, 0] = np.array([0.9, 0.1, 0.2, 0.8])[:, np.newaxis]
    table[:, :, 1] = 1 - table[:, :, 0]
    chosen = strategy(TableSampler(table), numbered(4), 4)
    assert set(chosen[:2].tolist()) == {1, 2}


def test_a_forest_is_asked_like_any_model():
    X = random_pool(40)
    forest = RandomForestClassifier(5, random_state=0).fit(X, X[:, 0] > 0)
    assert len(set(Margin()(forest, X, 10).tolist())) == 10
