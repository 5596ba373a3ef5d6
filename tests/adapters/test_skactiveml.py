"""Strategies of scikit-activeml in our learners, and ours in its loops."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import BayesianRidge, LogisticRegression

from skbal import ActiveLearner
from skbal.adapters import FromSkactiveml, ToSkactiveml
from skbal.loop import ActiveLearningLoop
from skbal.oracles import LabelOracle
from skbal.query import BALD, KMeansBatch, MaxEntropy, PredictiveVariance, Random

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 2))
Y = np.where(X[:, 0] + X[:, 1] > 0, "yes", "no")
LABELLED = np.r_[0:12]
POOL = np.r_[12:60]


class LargestFirst:
    """The ``query`` of scikit-activeml: unlabelled rows with the largest feature."""

    missing_label = np.nan

    def __init__(self):
        self.seen = []

    def query(self, X, y, batch_size=1, return_utilities=False, sign=1):
        self.seen.append((X, y))
        utilities = np.where(np.isnan(y), sign * X[:, 0], np.nan)
        chosen = np.argsort(np.where(np.isnan(utilities), -np.inf, utilities))[::-1]
        chosen = chosen[:batch_size]
        if not return_utilities:
            return chosen
        return chosen, np.tile(utilities, (batch_size, 1))


def learner_with(strategy, y=Y):
    return ActiveLearner(LogisticRegression(), strategy, X[LABELLED], y[LABELLED])


def test_theirs_is_given_labels_and_missing_labels_and_answers_for_the_pool():
    theirs = LargestFirst()
    strategy = FromSkactiveml(theirs)
    indices, rows = learner_with(strategy).query(X[POOL], n_instances=3)
    assert indices.tolist() == np.argsort(X[POOL, 0])[::-1][:3].tolist()
    np.testing.assert_array_equal(rows, X[POOL][indices])
    given_X, given_y = theirs.seen[0]
    np.testing.assert_array_equal(given_X, X)
    np.testing.assert_array_equal(given_y[LABELLED], Y[LABELLED] == "yes")
    assert np.isnan(given_y[POOL]).all()
    scores = strategy.score_pool(learner_with(strategy), X[POOL])
    np.testing.assert_array_equal(scores, X[POOL, 0])
    smallest = FromSkactiveml(LargestFirst(), query_params={"sign": -1})
    first = smallest(learner_with(smallest), X[POOL])
    assert first.tolist() == [X[POOL, 0].argmin()]


def test_theirs_runs_in_our_loop_and_on_a_part_of_the_pool():
    strategy = FromSkactiveml(LargestFirst(), pool_subsample=10, random_state=0)
    loop = ActiveLearningLoop(
        learner_with(strategy),
        X[POOL],
        LabelOracle(Y[POOL]),
        n_queries=3,
        n_instances=4,
    )
    loop.run()
    asked = np.array([row for record in loop.history_ for row in record.indices])
    assert len(set(asked.tolist())) == 12
    assert X[POOL][asked].mean(axis=0)[0] > X[POOL, 0].mean()
    copy = clone(FromSkactiveml(LargestFirst(), pool_subsample=10))
    assert copy.pool_subsample == 10


def test_regression_keeps_its_values():
    theirs = LargestFirst()
    values = X[:, 0] * 2.5
    learner = ActiveLearner(
        BayesianRidge(), FromSkactiveml(theirs), X[LABELLED], values[LABELLED]
    )
    learner.query(X[POOL])
    np.testing.assert_array_equal(theirs.seen[0][1][LABELLED], values[LABELLED])


def partly(y=Y, missing=None):
    labels = y.astype(object)
    labels[POOL] = missing
    return labels


def test_ours_answers_for_the_unlabelled_rows():
    forest = RandomForestClassifier(12, random_state=0)
    strategy = ToSkactiveml(BALD(random_state=0), missing_label=None)
    chosen, utilities = strategy.query(
        X, partly(), forest, batch_size=3, return_utilities=True
    )
    fitted = clone(forest).fit(X[LABELLED], Y[LABELLED])
    learner = ActiveLearner(fitted, BALD(random_state=0), X[LABELLED], Y[LABELLED])
    assert chosen.tolist() == POOL[learner.query(X[POOL], 3)[0]].tolist()
    scores = BALD(random_state=0).score_pool(fitted, X[POOL])
    np.testing.assert_allclose(utilities[0, POOL], scores)
    assert np.isnan(utilities[:, LABELLED]).all()
    assert np.isnan(utilities[2, chosen[:2]]).all()
    assert np.nanmax(utilities[2]) == pytest.approx(utilities[2, chosen[2]])
    assert not hasattr(forest, "estimators_")
    ready = strategy.query(X, partly(), fitted, fit_clf=False, batch_size=3)
    scores = dict(zip(POOL.tolist(), scores))  # of equal rows, any may be chosen
    assert [scores[i] for i in ready] == pytest.approx([scores[i] for i in chosen])


def test_missing_labels_may_be_nan_or_a_word():
    codes = (Y == "yes").astype(float)
    codes[POOL] = np.nan
    by_nan = ToSkactiveml(MaxEntropy(random_state=0))
    found = by_nan.query(X, codes, LogisticRegression(), batch_size=4)
    by_word = ToSkactiveml(MaxEntropy(random_state=0), missing_label="?")
    again = by_word.query(X, partly(missing="?"), LogisticRegression(), batch_size=4)
    assert found.tolist() == again.tolist()
    assert (found >= 12).all()


def test_candidates_are_indices_or_rows():
    strategy = ToSkactiveml(MaxEntropy(random_state=0), missing_label=None)
    model = LogisticRegression()
    given = np.array([50, 20, 33, 41])
    chosen, utilities = strategy.query(
        X, partly(), model, candidates=given, batch_size=2, return_utilities=True
    )
    assert set(chosen.tolist()) <= set(given.tolist())
    assert np.flatnonzero(~np.isnan(utilities[0])).tolist() == sorted(given.tolist())
    rows, of_rows = strategy.query(
        X, partly(), model, candidates=X[given], batch_size=2, return_utilities=True
    )
    assert given[rows].tolist() == chosen.tolist()
    assert of_rows.shape == (2, 4)
    np.testing.assert_allclose(of_rows[0], utilities[0, given])


def test_ours_takes_regressors():
    values = X[:, 0].copy()
    values[POOL] = np.nan
    strategy = ToSkactiveml(PredictiveVariance(random_state=0))
    chosen = strategy.query(X, values, BayesianRidge(), batch_size=2)
    spread = np.linalg.norm(X[POOL] - X[LABELLED].mean(axis=0), axis=1)
    assert spread[chosen - 12].min() > np.median(spread)


def test_errors_say_what_is_wrong():
    for strategy, message in [
        (FromSkactiveml(BALD()), "strategy of FromSkactiveml must be a pool strategy"),
        (FromSkactiveml(LargestFirst), "strategy of FromSkactiveml must be a pool"),
        (FromSkactiveml(LargestFirst(), query_params=3), "query_params of FromSkac"),
    ]:
        with pytest.raises(TypeError, match=message):
            strategy(learner_with(Random()), X[POOL])
    with pytest.raises(TypeError, match="needs a learner that was taught rows, with"):
        FromSkactiveml(LargestFirst())(LogisticRegression().fit(X, Y), X[POOL])
    theirs = LargestFirst()
    theirs.missing_label = None
    with pytest.raises(ValueError, match="missing_label of the strategy of FromSkac"):
        FromSkactiveml(theirs)(learner_with(Random()), X[POOL])
    ours, model = ToSkactiveml(MaxEntropy(), missing_label=None), LogisticRegression()
    with pytest.raises(TypeError, match="strategy of ToSkactiveml must be a query str"):
        ToSkactiveml(LargestFirst()).query(X, partly(), model)
    with pytest.raises(ValueError, match="one label for each of the 60 rows of X, got"):
        ours.query(X, partly()[:5], model)
    with pytest.raises(ValueError, match="batch_size of ToSkactiveml must be an"):
        ours.query(X, partly(), model, batch_size=0)
    with pytest.raises(ValueError, match=r"candidates of ToSkactiveml must lie in"):
        ours.query(X, partly(), model, candidates=[60])
    no_scores = ToSkactiveml(KMeansBatch(random_state=0), missing_label=None)
    assert len(no_scores.query(X, partly(), model, batch_size=3)) == 3


# scikit-activeml needs a newer NumPy than the lowest that skbal promises, so it is not
# among the packages of the test extra. benchmarks/peers/adapters.py asks more of it.
def test_with_scikit_activeml_itself():
    pool = pytest.importorskip("skactiveml.pool", reason="needs scikit-activeml")
    theirs = pool.UncertaintySampling(method="entropy", random_state=0)
    found = learner_with(FromSkactiveml(theirs)).query(X[POOL])[0]
    expected = learner_with(MaxEntropy(random_state=0)).query(X[POOL])[0]
    assert found.tolist() == expected.tolist()
