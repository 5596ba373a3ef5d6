import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from skbal import ActiveLearner
from skbal.exceptions import DriftWarning
from skbal.loop import StreamLearner
from skbal.oracles import SKIP, LabelOracle
from skbal.query import (
    LCMD,
    DiversityPenalised,
    ExpectedErrorReduction,
    KCenterGreedy,
    Margin,
    PerCost,
    PredictiveVariance,
)
from tests.query.fakes import FirstFeature

START = np.array([[-1.0, 0.0], [1.0, 0.0]])


def learner(strategy=None):
    strategy = FirstFeature() if strategy is None else strategy
    return ActiveLearner(LogisticRegression(), strategy, START, [0, 1])


def rows(scores):
    return np.column_stack([scores, np.zeros(len(scores))])


def plain(scores, budget, window, tolerance):
    """Decide by the definition, with lists."""
    asked, seen = [], []
    for n, score in enumerate(scores, start=1):
        left, recent = budget * n - sum(asked), seen[-window:]
        threshold = -np.inf
        if recent and budget < 1:
            spread = max(recent) - min(recent)
            quantile = np.quantile(recent, 1 - budget)
            threshold = quantile - spread * left / tolerance
        asked.append(score >= threshold and left > 0)
        seen.append(score)
    return asked


@given(
    st.lists(st.integers(-20, 20), min_size=1, max_size=80),
    st.sampled_from([0.05, 0.1, 0.5, 1.0]),
    st.lists(st.integers(1, 9), min_size=1, max_size=9),
)
@settings(deadline=None)
def test_decisions_are_those_of_the_definition_whatever_the_pieces(
    scores, budget, pieces
):
    given = {"budget": budget, "window": 7, "tolerance": 5, "drift_level": None}
    stream, found, start = StreamLearner(learner(), **given), [], 0
    while start < len(scores):
        step = pieces[len(found) % len(pieces)]
        part = scores[start : start + step]
        found.extend(stream.ask(rows(part)).tolist())
        start += step
        assert stream.n_asked_ <= np.ceil(budget * stream.n_seen_)
    assert found == plain(scores, budget, 7, 5)
    assert (stream.n_seen_, stream.n_asked_) == (len(scores), sum(found))


@pytest.mark.parametrize("budget", [0.02, 0.1, 0.4])
def test_the_budget_is_used_for_the_largest_scores(budget):
    scores = np.random.default_rng(0).normal(size=2000)
    stream = StreamLearner(learner(), budget=budget, drift_level=None)
    asked = stream.ask(rows(scores))
    assert 0.9 * budget * 2000 <= asked.sum() <= np.ceil(budget * 2000)
    # Nearly as good as the best rows of the whole stream.
    best = np.sort(scores)[-asked.sum() :].mean()
    assert scores[asked].mean() > 0.8 * best


def test_equal_scores_are_asked_about_at_equal_intervals():
    stream = StreamLearner(learner(), budget=0.25, drift_level=None)
    asked = np.flatnonzero(stream.ask(rows(np.zeros(40))))
    assert_array_equal(np.diff(asked), 4)


def test_falling_scores_do_not_end_the_questions():
    noise = np.random.default_rng(0).random(1000)
    scores = np.exp(-np.arange(1000) / 50) + 0.01 * noise
    stream = StreamLearner(learner(), budget=0.1, drift_level=None)
    asked = stream.ask(rows(scores))
    assert asked[500:].sum() >= 40


def test_a_stream_is_run_with_an_oracle_and_learns():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(600, 2))
    y = (X[:, 0] + X[:, 1] > 0).astype(int)
    one = StreamLearner(learner(Margin(random_state=0)), budget=0.1)
    oracle = LabelOracle(y)
    before = one.learner.score(X, y)
    asked = one.run(X, oracle)
    assert oracle.n_asked == len(asked) == one.n_asked_ == one.n_taught_
    assert len(one.learner.X_training) == 2 + len(asked)
    assert one.learner.score(X, y) > before + 0.1
    several = StreamLearner(learner(Margin(random_state=0)), budget=0.1)
    assert len(several.run(X, LabelOracle(y), n_at_once=50)) <= 60


def test_rows_without_an_answer_are_paid_for_and_not_taught():
    stream = StreamLearner(learner(), budget=1.0)
    X = rows([3.0, 2.0, 1.0])
    assert stream.ask(X).all()
    stream.tell(X, [1, SKIP, None])
    assert (stream.n_asked_, stream.n_taught_) == (3, 1)
    assert_array_equal(stream.learner.X_training[2:], X[:1])
    stream.tell(X[1:], [None, None])
    assert stream.n_taught_ == 1


# ---------------------------------------------------------------------------- drift


def test_a_change_of_the_stream_is_seen_and_compared_with_from_then_on():
    rng = np.random.default_rng(0)
    scores = np.concatenate([rng.normal(size=300), rng.normal(3, 1, size=400)])
    stream = StreamLearner(learner(), drift_window=50)
    for piece in np.split(rows(scores[:345]), 69):
        stream.ask(piece)
    with pytest.warns(DriftWarning, match="The last 50 of 350 rows"):
        stream.ask(rows(scores[345:355]))
    stream.ask(rows(scores[355:]))
    assert stream.drifts_ == [350]


def test_false_alarms_are_as_rare_as_they_should_be():
    rng, n_alarms = np.random.default_rng(0), 0
    stream = StreamLearner(learner(), drift_window=20, drift_level=0.05)
    with pytest.warns(DriftWarning):
        stream.ask(rows(rng.normal(size=20 * 400)))
    n_alarms = len(stream.drifts_)
    # 399 tests: 20 expected at most, and more than 33 with a probability of 0.2%.
    assert 1 <= n_alarms <= 33


def test_what_the_model_learns_is_no_drift():
    rng = np.random.default_rng(1)
    X = rng.normal(size=(1500, 2))
    y = (X[:, 0] + 0.5 * X[:, 1] > 0).astype(int)
    stream = StreamLearner(learner(Margin(random_state=0)), drift_window=100)
    stream.run(X, LabelOracle(y), n_at_once=10)
    assert stream.drifts_ == []


# ------------------------------------------------------------------- what it takes


def test_frames_lists_and_pickles():
    names = ["a", "b"]
    frame = pd.DataFrame(rows(np.arange(6.0)), columns=names)
    model = ActiveLearner(
        LogisticRegression(),
        Margin(random_state=0),
        pd.DataFrame(START, columns=names),
        ["no", "yes"],
    )
    stream = StreamLearner(model, budget=0.5, drift_window=2)
    asked = stream.ask(frame)
    stream.tell(frame[asked], np.repeat("yes", asked.sum()))
    again = pickle.loads(pickle.dumps(stream))
    assert_array_equal(again.ask(frame), stream.ask(frame))
    assert stream.ask(frame[:0]).shape == (0,)
    listed = StreamLearner(learner(), budget=0.5, drift_window=2)
    assert listed.ask(rows(np.arange(6.0)).tolist()).shape == (6,)
    assert not hasattr(clone(stream, safe=False), "n_seen_")


def test_a_failure_changes_nothing():
    stream = StreamLearner(learner(FirstFeature(np.log)), budget=0.5)
    stream.ask(rows([1.0, 2.0]))
    before = pickle.dumps(vars(stream))
    with (
        np.errstate(divide="ignore"),
        pytest.raises(ValueError, match="Scores of FirstFeature must be finite"),
    ):
        stream.ask(rows([1.0, 0.0]))
    assert pickle.dumps(vars(stream)) == before


def test_what_cannot_be_asked_is_refused_by_name():
    with pytest.raises(TypeError, match="learner of StreamLearner must have the meth"):
        StreamLearner(LogisticRegression()).ask(START)
    with pytest.raises(TypeError, match="must have a query_strategy with a method"):
        StreamLearner(learner(lambda *a: ([0], None))).ask(START)
    for budget in (0, 1.5):
        with pytest.raises(ValueError, match="budget of StreamLearner must be"):
            StreamLearner(learner(), budget=budget).ask(START)
    with pytest.raises(TypeError, match="makes no posterior draws"):
        StreamLearner(learner(PredictiveVariance())).ask(START)
    # Distances need no draws, but the row's neighbours.
    assert StreamLearner(learner(KCenterGreedy())).ask(START).tolist() == [True, False]


def test_labels_are_as_many_as_rows():
    stream = StreamLearner(learner())
    for labels in ([True], [True] * 3, []):
        with pytest.raises(ValueError, match="X and y given to StreamLearner must"):
            stream.tell(START, labels)
    with pytest.raises(TypeError, match="y given to StreamLearner must be indexable"):
        stream.tell(START, None)
    assert stream.n_taught_ == 0


@pytest.mark.parametrize("strategy", [
    LCMD(),
    PerCost(LCMD()),
    DiversityPenalised(Margin()),
    ExpectedErrorReduction(),
], ids=repr)  # fmt: skip
def test_a_strategy_that_compares_rows_of_a_pool_is_refused(strategy):
    stream = StreamLearner(learner(strategy))
    with pytest.raises(ValueError, match=(
        "learner of StreamLearner must have a query_strategy that scores a row alone"
    )):  # fmt: skip
        stream.ask([[0.0, 0.0]])


def test_with_targets_of_its_own_the_expected_error_scores_a_row_alone():
    forest = RandomForestClassifier(30, min_samples_leaf=5, random_state=0)
    X = np.linspace(-1, 1, 40)[:, np.newaxis]
    y = X[:, 0] + np.random.default_rng(0).normal(size=40) > 0
    strategy = ExpectedErrorReduction(X_target=X, random_state=0)
    known = ActiveLearner(forest, strategy, X, y)
    assert StreamLearner(known, budget=1.0).ask(X).all()
    alone = [strategy.score_pool(known, X[[row]])[0] for row in range(40)]
    assert_allclose(alone, strategy.score_pool(known, X), atol=1e-12)
    # Without, a row is its own target, and the most certain one has the highest score.
    without = ExpectedErrorReduction(random_state=0)
    alone = [without.score_pool(known, X[[row]])[0] for row in range(40)]
    doubt = known.predict_proba(X).min(axis=1)
    assert alone[doubt.argmax()] < alone[doubt.argmin()]
