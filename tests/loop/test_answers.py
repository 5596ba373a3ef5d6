"""What the oracle answers: labels, nothing, or something that is no label."""

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.naive_bayes import GaussianNB

from skbal import ActiveLearner
from skbal.exceptions import OneClassWarning
from skbal.loop import ActiveLearningLoop
from skbal.models import BayesianVoteRegression
from skbal.oracles import SKIP, CallableOracle, CrowdOracle, LabelOracle, NoisyOracle
from skbal.query import BALD
from tests.loop.test_loop import N_POOL, LastRows, labels, pool, toy_loop

ANSWERED = np.arange(N_POOL) % 3 != 0  # of the last rows: 38, 37, 35, 34, 32, 31


def without(*missing):
    """Return the labels as objects, with nothing where some value says so."""
    found = labels().astype(object)
    found[~ANSWERED] = np.resize(np.array(missing, dtype=object), (~ANSWERED).sum())
    return found


@pytest.mark.parametrize(
    "answer",
    [
        lambda rows: np.where(ANSWERED, labels(), np.nan)[rows],
        lambda rows: without(None)[rows],
        lambda rows: without(None, np.nan, SKIP, pd.NA)[rows].tolist(),
        lambda rows: np.ma.array(labels(), mask=~ANSWERED)[rows],
        lambda rows: pd.Series(without(pd.NA))[rows],
        LabelOracle(np.where(ANSWERED, labels(), np.nan)),
        CallableOracle(lambda row: int(labels()[row]) if ANSWERED[row] else None),
        CrowdOracle(np.flatnonzero(ANSWERED), labels()[ANSWERED]),
        NoisyOracle(without(None), noise=0),
    ],
    ids=range(9),
)
def test_an_unanswered_row_leaves_the_pool_and_the_next_is_asked(answer):
    if isinstance(answer, CrowdOracle):  # it knows no row beyond the last answered one
        answer = CrowdOracle([*answer.items, 39], [*answer.labels, 3])
        expected = [(39, 38), (37, 36, 35), (34, 33, 32)]
    else:
        expected = [(39, 38, 37), (36, 35, 34), (33, 32, 31)]
    loop = toy_loop(oracle=answer, initial=[5, 31, 1]).run()
    if isinstance(answer, CrowdOracle):
        assert [record.indices for record in loop.history_[1:]] == expected
        return
    assert loop.history_[0].indices == (5, 31, 1)
    taken = [record.indices for record in loop.history_[1:]]
    assert taken == [(39, 38, 37), (36, 35, 34), (33, 32, 30, 29)]
    skipped = [record.skipped for record in loop.history_[1:]]
    assert skipped == [(39,), (36,), (33, 30)]
    assert loop.skipped_.tolist() == [39, 36, 33, 30]
    np.testing.assert_array_equal(loop.history_.n_labels, [3, 6, 9, 13])
    asked = [row for record in loop.history_ for row in record.indices]
    assert sorted([*asked, *loop.remaining_]) == list(range(N_POOL))
    known = [row for row in asked if ANSWERED[row]]
    np.testing.assert_array_equal(loop.learner.X_training, pool()[known])
    np.testing.assert_array_equal(loop.learner.y_training, labels()[known])


@pytest.mark.parametrize("convert", [int, str])
def test_null_of_a_polars_series_leaves_a_row_unanswered(convert):
    polars = pytest.importorskip("polars")
    values = [convert(label) if one else None for label, one in zip(labels(), ANSWERED)]
    loop = toy_loop(
        oracle=lambda rows: polars.Series([values[row] for row in rows]),
        initial=[5, 31, 1],
        X_test=None,
        y_test=None,
    ).run()
    assert loop.skipped_.tolist() == [39, 36, 33, 30]
    asked = [row for record in loop.history_ for row in record.indices]
    taught = [values[row] for row in asked if ANSWERED[row]]
    assert loop.learner.y_training.tolist() == taught


def test_text_in_a_frame_of_one_column_is_an_answer():
    values = np.array([str(label) for label in labels()], dtype=object)
    values[~ANSWERED] = None
    loop = toy_loop(
        oracle=lambda rows: pd.DataFrame({"kind": values[rows]}),
        initial=[5, 31, 1],
        X_test=None,
        y_test=None,
    ).run()
    assert loop.skipped_.tolist() == [39, 36, 33, 30]
    asked = [row for record in loop.history_ for row in record.indices]
    taught = [[values[row]] for row in asked if ANSWERED[row]]
    assert loop.learner.y_training.tolist() == taught


def test_a_first_label_that_is_missing_is_not_replaced():
    loop = toy_loop(oracle=lambda rows: without(None)[rows], initial=[0, 1, 2]).run()
    assert loop.history_[0].indices == (0, 1, 2)
    assert loop.history_[0].skipped == (0,)
    np.testing.assert_array_equal(loop.learner.y_training[:2], [1, 2])


def test_a_pool_without_answers_is_asked_out_and_the_loop_ends():
    loop = toy_loop(oracle=lambda rows: [None] * len(rows), learner=LastRows()).run()
    assert loop.history_[-1].n_labels == N_POOL
    assert loop.stop_reason_ == "pool exhausted"
    assert loop.learner.y_training is None


def test_several_outputs_are_missing_if_all_are():
    targets = np.c_[labels(), labels()].astype(float)
    targets[39] = np.nan
    loop = toy_loop(oracle=LabelOracle(targets), n_queries=1).run()
    assert loop.history_[-1].skipped == (39,)
    targets[37, 1] = np.nan
    with pytest.raises(ValueError, match="must answer finite, but for row 37"):
        toy_loop(oracle=LabelOracle(targets), n_queries=1).run()


def last_rows(learner, X_pool, n_instances=1):
    return np.arange(len(X_pool))[::-1][:n_instances]


VOTE_MODELS = {
    "k of N": ({}, [[1, 4], [0, 3]]),
    "two questions": ({}, [[[0, 0], [1, 2]], [[0, 2], [0, 0]]]),
    "counts": ({"likelihood": "multinomial"}, [[0, 1, 2], [3, 0, 0]]),
}


@pytest.mark.parametrize("name", VOTE_MODELS)
@pytest.mark.parametrize("as_list", [False, True])
def test_no_votes_of_anybody_are_no_answer(name, as_list):
    parameters, given = VOTE_MODELS[name]
    votes = np.array(given)[np.arange(N_POOL) % 2]
    votes[[39, 36]] = 0
    oracle = LabelOracle(votes)
    loop = ActiveLearningLoop(
        ActiveLearner(BayesianVoteRegression(optimize=None, **parameters), last_rows),
        pool(),
        (lambda rows: oracle(rows).tolist()) if as_list else oracle,
        n_queries=2,
        n_instances=3,
        initial=[0, 1, 39],
    ).run()
    assert [record.indices for record in loop.history_] == [
        (0, 1, 39), (38, 37, 36, 35), (34, 33, 32)
    ]  # fmt: skip
    assert loop.skipped_.tolist() == [39, 36]
    assert oracle.cost == 10
    assert np.any(loop.learner.y_training, axis=-1).reshape(8, -1).any(axis=1).all()


def test_zeros_are_labels_unless_they_are_votes():
    zeros = np.zeros((N_POOL, 2))
    loop = toy_loop(oracle=LabelOracle(zeros), n_queries=1).run()
    assert len(loop.skipped_) == 0


class Wrong:
    """Answers wrongly in the second call, rightly in all others."""

    def __init__(self, answer):
        self.answer, self.n_calls = answer, 0

    def __call__(self, rows):
        self.n_calls += 1
        right = labels()[rows].tolist()
        return self.answer(right) if self.n_calls == 2 else right


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda right: right[:1], r"one label per row: 2 rows were .* shape \(1,\)"),
        (lambda right: "cat", "one label per row"),
        (lambda right: [right[0], "cat"], "row 38 it answered 'cat'"),
        (lambda right: ["cat", "cat"], "a number, like the labels before.*row 39"),
        (lambda right: [right[0], {}], r"a string or a number, but for row 38"),
        (lambda right: [right[0], float("inf")], "finite, but for row 38"),
        (lambda right: [[0], [1]], r"labels of shape \(\), like those before"),
        (lambda right: [right[0], [1, 2]], "a label of shape"),
    ],
)
def test_a_wrong_answer_is_named_and_asked_for_again(answer, message):
    oracle = Wrong(answer)
    loop = toy_loop(oracle=oracle)
    with pytest.raises(ValueError, match=message):
        loop.run()
    assert loop.pending_ is None
    expected = [record.indices for record in toy_loop().run().history_]
    assert [record.indices for record in loop.run().history_] == expected
    assert oracle.n_calls == len(expected) + 1


def test_a_number_that_is_no_class_is_refused():
    learner = ActiveLearner(RandomForestClassifier(5, random_state=0))
    oracle = LabelOracle(labels() + 0.5)
    loop = toy_loop(learner=learner, oracle=oracle)
    with pytest.raises(ValueError, match="must answer a class, but for row 5"):
        loop.run()


def test_an_oracle_that_keeps_its_answers_forgets_the_wrong_one():
    answers = iter([0, 1, 2, 3, "cat", 3, 2])
    oracle = CallableOracle(lambda row: next(answers))
    loop = toy_loop(oracle=oracle, n_queries=1)
    with pytest.raises(ValueError, match="row 38 it answered 'cat'"):
        loop.run()
    assert 38 not in oracle.answers_
    loop.run()
    assert loop.learner.y_training.tolist() == [0, 1, 2, 3, 2]


def stuck_loop():
    """Return a loop whose learner refused the labels of the first step."""
    learner = ActiveLearner(GaussianNB(priors=[0.5, 0.5]))  # two classes, it gets three
    oracle = Wrong(list)
    loop = toy_loop(learner=learner, oracle=oracle, n_queries=0, initial=[5, 30, 3])
    with pytest.raises(ValueError, match="priors") as caught:
        loop.run()
    assert "pending_" in caught.value.__notes__[0]
    assert loop.pending_[0].tolist() == [5, 30, 3]
    return loop


def test_labels_that_wait_can_be_corrected():
    loop = pickle.loads(pickle.dumps(stuck_loop()))
    loop.pending_ = [5, 30, 3], [0, 1, 1]
    assert loop.pending_[1].tolist() == [0, 1, 1]
    loop.run()
    assert loop.learner.y_training.tolist() == [0, 1, 1]
    assert loop.oracle.n_calls == 1
    with pytest.raises(ValueError, match="no answers wait"):
        loop.pending_ = [5], [0]


def test_labels_that_wait_can_be_dropped_and_asked_for_again():
    loop = stuck_loop()
    with pytest.raises(ValueError, match=r"or the indices \[5, 30, 3\] with"):
        loop.pending_ = [5, 30], [0, 1]
    loop.pending_ = None
    assert loop.pending_ is None
    loop.learner.set_params(estimator__priors=None)
    assert loop.run().learner.y_training.tolist() == labels()[[5, 30, 3]].tolist()
    assert loop.oracle.n_calls == 2
    loop.pending_ = None  # nothing waits, nothing happens


def rare(n_rare, **changes):
    y = np.zeros(N_POOL, dtype=int)
    y[:n_rare] = 1
    learner = ActiveLearner(RandomForestClassifier(5, random_state=0))
    learner.query_strategy.set_params(random_state=3)
    parameters = {"oracle": LabelOracle(y), "initial": [20, 30], **changes}
    return toy_loop(learner=learner, **parameters)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::skbal.exceptions.TooFewDrawsWarning")
def test_rows_are_random_until_a_second_class_is_known_with_one_warning():
    loop = rare(2, n_queries=None)
    with pytest.warns(OneClassWarning, match="All labels so far are 0, so") as caught:
        loop.run()
    assert sum(w.category is OneClassWarning for w in caught) == 1
    assert loop.history_[-1].n_labels == N_POOL
    with pytest.warns(OneClassWarning):
        again = rare(2, n_queries=None).run()
    assert again.history_ == loop.history_


def test_a_classifier_without_a_first_label_asks_about_random_rows():
    loop = rare(20, oracle=LabelOracle(np.where(np.arange(N_POOL) == 30, None, 1)))
    loop.initial = [30]
    with pytest.warns(OneClassWarning, match="No label is known yet"):
        loop.run()
    assert np.isnan(loop.history_.scores[0])
    assert len(loop.learner.y_training) == 6


def test_an_oracle_written_for_rows_is_told_that_it_gets_indices():
    learner = ActiveLearner(RandomForestClassifier(5, random_state=0))
    loop = toy_loop(learner=learner, oracle=lambda rows: [row[0] for row in rows])
    with pytest.raises((TypeError, IndexError)) as caught:
        loop.run()
    assert "called with indices of rows of X_pool" in caught.value.__notes__[0]
    loop = toy_loop(learner=learner, oracle=lambda rows: (np.asarray(rows) > 99) * 1)
    with pytest.warns(OneClassWarning, match="called with indices of rows of X_pool"):
        loop.run()


def test_the_class_of_an_oracle_is_no_oracle():
    with pytest.raises(TypeError, match=r"oracle of .* got the class LabelOracle"):
        toy_loop(oracle=LabelOracle).run()


def test_another_oracle_goes_on_from_what_was_paid():
    loop = toy_loop(oracle=LabelOracle(labels(), cost_per_label=2.0)).run()
    assert [record.cost for record in loop.history_] == [6, 10, 14, 18]
    loop.oracle = LabelOracle(labels(), cost_per_label=5.0)
    loop.oracle([1, 2, 3])  # by somebody else
    loop.n_queries = 5
    loop.run()
    assert [record.cost for record in loop.history_[4:]] == [28, 38]


@pytest.mark.parametrize("name", ["history_", "pending_", "remaining_", "skipped_"])
def test_before_the_first_step_the_loop_says_what_to_do(name):
    with pytest.raises(AttributeError, match=f"no {name} before its first step: call"):
        getattr(toy_loop(), name)
    with pytest.raises(AttributeError, match="no attribute 'histroy_'"):
        getattr(toy_loop(), "histroy_")  # noqa: B009


def test_who_looks_for_a_step_is_told_how_to_make_one():
    with pytest.raises(AttributeError, match=r"'step': next\(iter\(loop\)\) makes one"):
        toy_loop().step()


def test_weights_of_the_pool_are_taught_with_their_rows():
    weights = np.arange(N_POOL) + 1.0
    learner = ActiveLearner(RandomForestRegressor(5, random_state=0))
    loop = toy_loop(learner=learner, sample_weight=weights).run()
    known = loop.learner.indices_training
    expected = RandomForestRegressor(5, random_state=0)
    expected.fit(pool()[known], labels()[known], sample_weight=weights[known])
    np.testing.assert_array_equal(learner.predict(pool()), expected.predict(pool()))
    with pytest.raises(
        ValueError, match="one weight per row of the pool, 40, got shape"
    ):
        toy_loop(sample_weight=[1, 2, 3]).run()
    loop = toy_loop(sample_weight=np.where(weights == 3, np.nan, weights))
    with pytest.raises(ValueError, match="finite numbers, got nan for row 2"):
        loop.run()


def test_labels_and_order_are_those_of_a_strategy_that_was_asked_for_more():
    learner = ActiveLearner(RandomForestClassifier(9, random_state=0))
    learner.query_strategy = BALD(random_state=0)
    y = np.where(ANSWERED, labels(), np.nan)
    loop = toy_loop(learner=learner, oracle=LabelOracle(y), n_queries=1, n_instances=9)
    loop.initial = np.flatnonzero(ANSWERED)[:8]
    first, second = list(loop)
    again = ActiveLearner(RandomForestClassifier(9, random_state=0))
    again.teach(pool()[list(first.indices)], y[list(first.indices)])
    left = np.setdiff1d(np.arange(N_POOL), first.indices)
    order = left[BALD(random_state=0)(again, pool()[left], len(second.indices))]
    assert tuple(order.tolist()) == second.indices
    assert len(second.indices) - len(second.skipped) == 9
