"""Uncertainty over the rows that are left, against scores of all of them."""

import numpy as np
import pytest
from scipy.sparse import csr_array
from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier

from skbal.query import BALD, MaxEntropy, Random
from skbal.stopping import UncertaintyBelow
from tests.stopping.loops import loop_with

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 3))
MODEL = RandomForestClassifier(10, random_state=0).fit(X, X[:, 0] + X[:, 1] > 0.3)
LEFT = np.arange(5, 55)


class FirstColumn(Random):
    """Scores a row by its first number, and remembers what it was asked."""

    asked = []

    def score_pool(self, estimator, X_pool):
        self.asked.append(np.asarray(X_pool)[:, 0])
        return np.asarray(X_pool)[:, 0]


@pytest.fixture(autouse=True)
def _nothing_asked():
    FirstColumn.asked.clear()


@pytest.mark.parametrize("strategy", [MaxEntropy(), BALD()])
@pytest.mark.parametrize("statistic", ["mean", "max"])
def test_the_value_is_the_statistic_of_the_scores(strategy, statistic):
    rule = UncertaintyBelow(9.0, strategy=strategy, statistic=statistic)
    reason = rule(loop_with(learner=MODEL, X=X, left=LEFT))
    expected = getattr(np, statistic)(strategy.score_pool(MODEL, X[LEFT]))
    assert rule.values_ == [pytest.approx(expected)]
    name = type(strategy).__name__
    assert reason == (
        f"uncertainty below 9: {statistic} of {name} {expected:.4g} over 50 rows"
    )


def test_it_stops_below_the_threshold_and_not_at_it():
    scores = np.array([[0.25], [0.75]])
    loop = loop_with(X=scores)
    assert UncertaintyBelow(0.5, strategy=FirstColumn())(loop) is None
    assert UncertaintyBelow(0.51, strategy=FirstColumn())(loop) is not None
    largest = UncertaintyBelow(0.51, strategy=FirstColumn(), statistic="max")
    assert largest(loop) is None


def test_entropy_is_what_is_looked_at_unless_another_is_given():
    loop = loop_with(learner=MODEL, X=X, left=LEFT)
    rules = UncertaintyBelow(), UncertaintyBelow(strategy=MaxEntropy())
    for rule in rules:
        rule(loop)
    assert rules[0].values_ == rules[1].values_


def test_the_sample_keeps_the_rows_that_are_still_left():
    X = np.arange(100.0)[:, None]
    rule = UncertaintyBelow(strategy=FirstColumn(), n_rows=20, random_state=0)
    rule(loop_with(X=X))
    first = set(FirstColumn.asked[-1])
    gone = sorted(first)[:5]
    rule(loop_with(X=X, left=np.setdiff1d(np.arange(100), gone)))
    second = set(FirstColumn.asked[-1])
    assert len(first) == len(second) == 20
    assert first - second == set(gone)


def test_a_seed_chooses_the_sample_and_fills_that_of_the_strategy():
    loop = loop_with(X=np.arange(100.0)[:, None])
    strategy = FirstColumn()
    for _ in range(2):
        rule = UncertaintyBelow(strategy=strategy, n_rows=20, random_state=3)
        rule(loop)
        assert isinstance(rule.strategy_.random_state, int)
    np.testing.assert_array_equal(*FirstColumn.asked)
    assert strategy.random_state is None
    assert not hasattr(clone(rule), "values_")
    with pytest.raises(AttributeError, match="after the first step"):
        clone(rule).strategy_  # noqa: B018


@pytest.mark.parametrize("size", [20, 21, None])
def test_small_pools_are_looked_at_whole(size):
    X = np.arange(20.0)[:, None]
    UncertaintyBelow(strategy=FirstColumn(), n_rows=size)(loop_with(X=X))
    np.testing.assert_array_equal(FirstColumn.asked[-1], X[:, 0])


def test_an_empty_pool_is_no_reason():
    rule = UncertaintyBelow(strategy=FirstColumn())
    assert rule(loop_with(X=X, left=[])) is None


def test_pools_may_be_sparse():
    loop = loop_with(learner=MODEL, X=X, left=LEFT)
    dense, sparse = UncertaintyBelow(), UncertaintyBelow()
    dense(loop)
    loop.X_pool = csr_array(X)
    sparse(loop)
    assert sparse.values_ == dense.values_


@pytest.mark.parametrize(
    ("params", "error", "message"),
    [
        ({"threshold": "low"}, TypeError, "threshold of UncertaintyBelow .* 'low'"),
        ({"statistic": "sum"}, ValueError, "statistic .* 'mean' or 'max', got 'sum'"),
        ({"n_rows": 0}, ValueError, "n_rows of UncertaintyBelow .* got 0"),
        ({"strategy": BALD}, TypeError, "strategy of UncertaintyBelow .* class BALD"),
        ({"strategy": max}, TypeError, "strategy of UncertaintyBelow .* got <built"),
    ],
)
def test_wrong_parameters_are_refused_when_they_are_used(params, error, message):
    with pytest.raises(error, match=message):
        UncertaintyBelow(**params)(loop_with(learner=MODEL, X=X))
