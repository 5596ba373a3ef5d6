"""The best row by shared weights: against factors of each row, and dense matrices."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import make_moons

from skbal import ActiveLearner
from skbal.features import PoolGraph
from skbal.models import GraphClassifier, GraphRegressor
from skbal.query import ExpectedVarianceReduction
from skbal.query._weight_space import falls_of, row_of_largest_fall

X, Y = make_moons(300, noise=0.1, random_state=0)
GRAPH = PoolGraph(n_components=30, random_state=0).fit(X)
LABELLED = np.arange(0, 300, 40)
REST = np.setdiff1d(np.arange(300), LABELLED)
NEW = X[LABELLED] + 0.03
MODELS = [
    GraphClassifier(GRAPH, random_state=0).fit(X[LABELLED], Y[LABELLED]),
    GraphRegressor(GRAPH).fit(X[LABELLED], X[LABELLED]),
]
EACH = pytest.mark.parametrize("model", MODELS, ids=["classifier", "regressor"])


class RowByRow:
    """What a model says without shared weights."""

    def __init__(self, model):
        self.covariance_factor = model.covariance_factor
        self.label_variance = model.label_variance
        self.output_covariance_ = model.output_covariance_


class Space:
    """Functions and weights as they are given."""

    def __init__(self, functions, root):
        self._functions, self.root = functions, root

    def __len__(self):
        return len(self._functions)

    def functions(self, rows):
        return self._functions[rows]


@EACH
def test_a_model_in_weight_space_has_the_covariance_of_its_factors(model):
    rows = np.vstack([X[:20], NEW])
    space = model.weight_space(rows)
    assert len(space) == len(rows)
    functions = space.functions(slice(None))
    assert_allclose(functions @ space.root, model.covariance_factor(rows), atol=1e-10)
    assert_allclose(space.noise, model.label_variance(rows), rtol=1e-12)
    assert_allclose(space.gram(), functions.T @ functions, atol=1e-10)


@EACH
@pytest.mark.parametrize("noise_variance", [None, 0.7])
@pytest.mark.parametrize("X_target", [None, NEW, X[:40]], ids=["pool", "new", "some"])
@pytest.mark.parametrize("pool", [X[REST], np.vstack([NEW, X[:30]])])
def test_scores_and_choice_are_those_of_factors_of_each_row(
    model, noise_variance, X_target, pool
):
    strategy = ExpectedVarianceReduction(
        X_target, noise_variance=noise_variance, random_state=0
    )
    expected = strategy.score_pool(RowByRow(model), pool)
    assert_allclose(strategy.score_pool(model, pool), expected, rtol=1e-8)
    assert_array_equal(strategy(model, pool), strategy(RowByRow(model), pool))
    assert_allclose(strategy(model, pool), expected.argmax())
    assert_allclose(strategy.gains_, expected.max(), rtol=1e-8)


def test_a_learner_and_a_list_of_rows_give_the_same_row():
    learner = ActiveLearner(
        GraphClassifier(GRAPH, random_state=0),
        ExpectedVarianceReduction(random_state=0),
        X_training=X[LABELLED],
        y_training=Y[LABELLED],
    )
    rows, _ = learner.query(X[REST])
    strategy = ExpectedVarianceReduction(random_state=0)
    assert_array_equal(rows, strategy(MODELS[0], X[REST].tolist()))
    assert_array_equal(rows, strategy(MODELS[0], X[REST], n_instances=3)[:1])


def problem(n_rows, dtype):
    rng = np.random.default_rng(n_rows)
    functions = rng.normal(size=(n_rows, 12)).astype(dtype)
    root = rng.normal(size=(12, 12)) * np.exp(-np.arange(12))
    noise = rng.random(n_rows) + 0.01
    C = functions.astype(np.float64) @ root @ root.T @ functions.T.astype(np.float64)
    falls = (C**2).mean(axis=0) / (noise + C.diagonal())
    moment = functions.T.astype(np.float64) @ functions / n_rows
    return Space(functions, root), noise, moment, falls


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_falls_are_the_formula_with_a_dense_covariance(dtype):
    space, noise, moment, falls = problem(200, dtype)
    rtol = 1e-10 if dtype == np.float64 else 1e-5  # of the moment in float32
    assert_allclose(falls_of(space, noise, moment), falls, rtol=rtol)
    row, fall = row_of_largest_fall(space, noise, moment, np.arange(200))
    assert row == falls.argmax()
    assert fall == pytest.approx(falls.max(), rel=rtol)


def test_of_equal_rows_the_one_of_smallest_priority_is_taken():
    space, noise, moment, falls = problem(50, np.float32)
    best = np.flatnonzero(falls == falls.max())[0]
    twice = Space(np.repeat(space.functions(slice(None)), 2, axis=0), space.root)
    for first in (0, 1):
        priority = np.ones(100)
        priority[2 * best + first] = 0
        row, _ = row_of_largest_fall(twice, np.repeat(noise, 2), moment, priority)
        assert row == 2 * best + first


def test_rows_that_tell_nothing_are_all_equal():
    space = Space(np.zeros((5, 3), np.float32), np.eye(3))
    priority = np.array([3, 2, 0, 1, 4])
    row, fall = row_of_largest_fall(space, 0.1, np.zeros((3, 3)), priority)
    assert (row, fall) == (2, 0.0)
