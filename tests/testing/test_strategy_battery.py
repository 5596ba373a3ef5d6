"""check_query_strategy passes a good strategy and catches each broken one by name."""

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression

from skbal.learner import ActiveLearner
from skbal.query import BALD, DrawStrategy, Random
from skbal.testing import check_query_strategy
from skbal.testing._strategy_case import StrategyCase
from skbal.testing._strategy_checks import STRATEGY_CHECKS
from tests.testing import strategies

X = np.random.default_rng(0).normal(size=(30, 2))
MODEL = LinearRegression().fit(X, X[:, 0])

BROKEN = [
    ("parameters", strategies.StoresACopy, "weights is not what was given"),
    ("parameters", strategies.TakesOthers, r"leave out what is in \*\*kwargs"),
    ("parameters", strategies.ChecksInInit, "must store its parameters unchanged"),
    ("scores", strategies.TwoColumns, r"each of 30 rows, got shape \(30, 1\)"),
    ("scores", strategies.SinglePrecision, "in float64, got float32"),
    ("scores", strategies.NotFinite, "30 are not, the first at row 0"),
    ("indices", strategies.Twice, r"got \[\d+\] twice"),
    ("indices", strategies.TooFew, r"return 2 .* got shape \(1,\)"),
    ("indices", strategies.Mask, "as integers in an ndarray, got .* dtype bool"),
    ("indices", strategies.FromTheEnd, r"got \[-\d+\] outside of them"),
    ("best_first", strategies.LowestFirst, "in the order of their scores"),
    ("ties", strategies.FirstOfEqual, "Another .* 10 calls chose row 0 of 20"),
    ("ties", strategies.NeverFresh, "No random_state must give another order"),
    ("repeat", strategies.NeverTheSame, "same random_state must give the same rows; "),
    ("repeat", strategies.WithoutSeed, "name it in __init__. The same call must give"),
    ("order", strategies.ByPosition, "Equal rows must have equal scores"),
    ("order", strategies.ByNeighbour, r"order of the rows\. Largest difference"),
    ("chunks", strategies.CentredInChunks, "batch_size=1 must not change the scores"),
    ("workers", strategies.HalfByTwoWorkers, "n_jobs=2 must not change the scores"),
    ("subsample", strategies.FirstRowsOnly, "must consider random rows"),
    ("subsample", strategies.IgnoresSubsample, "must consider random rows"),
    ("one_row", strategies.NeedsTwoRows, "1 different positions in 1 rows, got"),
    ("all_rows", strategies.RepeatsTheLast, r"30 rows, got \[\d+\] twice"),
    ("too_many", strategies.AsManyAsThereAre, "Nothing was raised"),
    ("too_many", strategies.TooManyWithoutNumbers, "must name both numbers"),
    ("empty", strategies.NothingOfNothing, "A call with an empty pool must be"),
    ("empty", strategies.NoScoresOfNothing, "score_pool of an empty pool must be"),
    ("n_instances", strategies.TakesTrue, "n_instances=2.5 must be a ValueError"),
    ("unchanged", strategies.WritesIntoThePool, "The pool must not change"),
    ("unchanged", strategies.ChangesItself, "Parameters must not change: batch_size"),
    ("streams", strategies.GlobalStream, "stream of NumPy must not move"),
    ("pickle", strategies.ForgetsInPickle, "A pickled copy must choose the same"),
    ("learner", strategies.LooksAtTheClass, "A learner that holds the estimator"),
]


def case_of(strategy):
    return StrategyCase(strategy, MODEL, X.copy(), seed=0, tolerance=1e-5)


def test_a_good_strategy_keeps_every_promise():
    results = check_query_strategy(strategies.Good(), MODEL, X)
    assert results == dict.fromkeys(STRATEGY_CHECKS, "passed")


@pytest.mark.filterwarnings("ignore:divide by zero")
@pytest.mark.filterwarnings("ignore:invalid value")
@pytest.mark.parametrize(("check", "broken", "message"), BROKEN)
def test_a_check_catches_its_broken_strategy(check, broken, message):
    with pytest.raises(AssertionError, match=message) as caught:
        STRATEGY_CHECKS[check](case_of(broken()))
    assert str(caught.value).startswith(f"{broken.__name__}: ")


@pytest.mark.parametrize(
    "broken", dict.fromkeys(row[1] for row in BROKEN), ids=lambda s: s.__name__
)
def test_the_battery_refuses_every_broken_strategy(broken):
    pool = X.copy()
    with pytest.raises(AssertionError) as caught:
        check_query_strategy(broken(), MODEL, pool)
    assert broken.__name__ in str(caught.value)
    assert "of check_query_strategy." in caught.value.__notes__[0]
    np.testing.assert_array_equal(pool, X)


def test_every_check_has_a_strategy_that_it_catches():
    assert {row[0] for row in BROKEN} == set(STRATEGY_CHECKS)


def test_what_does_not_apply_is_skipped_with_a_reason():
    results = check_query_strategy(Random(), None, X)
    skipped = {name: text for name, text in results.items() if text != "passed"}
    assert skipped == {"order": "skipped: scores of equal rows differ at random"}
    results = check_query_strategy(
        strategies.FirstOfEqual(), MODEL, X, skip={"ties": "rows are never equal"}
    )
    assert results["ties"] == "skipped: rows are never equal"


@pytest.mark.slow
def test_a_strategy_of_a_users_own_is_tested_in_one_line():
    class Range(DrawStrategy):
        def score_draws(self, draws):
            return np.ptp(draws, axis=1).max(axis=1)

    forest = RandomForestClassifier(10, random_state=0).fit(X, X[:, 0] > 0)
    skip = {"pickle": "this class is local"}
    results = check_query_strategy(Range(), forest, X, skip=skip)
    assert set(results.values()) == {"passed", "skipped: this class is local"}


@pytest.mark.slow
def test_a_learner_is_taken_for_the_estimator():
    forest = RandomForestClassifier(10, random_state=0)
    learner = ActiveLearner(forest, X_training=X, y_training=X[:, 0] > 0)
    results = check_query_strategy(BALD(), learner, X)
    assert results["learner"] == "skipped: it was given a learner"


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"strategy": BALD}, TypeError, "strategy of check_query_strategy must be"),
        ({"strategy": lambda learner, X: 0}, TypeError, "must be a QueryStrategy"),
        ({"X": X[:3]}, ValueError, "at least 4 rows, got 3"),
        ({"skip": ["ties"]}, TypeError, "must be a dict of check names to reasons"),
        ({"skip": {"tie": "?"}}, ValueError, "must name checks out of parameters, sc"),
        ({"skip": {"ties": " "}}, ValueError, "must give a reason why 'ties'"),
        ({"tolerance": -1}, ValueError, "tolerance of check_query_strategy"),
        ({"random_state": "0"}, TypeError, "random_state of check_query_strategy"),
    ],
)
def test_wrong_arguments_are_named(arguments, error, message):
    given = {"strategy": strategies.Good(), "estimator": MODEL, "X": X, **arguments}
    with pytest.raises(error, match=message):
        check_query_strategy(**given)
