"""A label that is not trusted is kept, can be looked at again, and can be believed."""

import pickle
from copy import deepcopy

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from skbal import ActiveLearner
from skbal.exceptions import RejectedLabelsWarning
from skbal.filters import LabelLikelihoodFilter
from skbal.query import BALD
from tests.learner.filters import Doubting

X, Y = load_iris(return_X_y=True)
START = np.arange(0, 150, 10)
NEW = np.array([1, 51, 101, 2])

# Which rows are taught does not matter in most tests; test_repeats.py looks at it.
pytestmark = pytest.mark.filterwarnings("ignore::skbal.exceptions.TeachingWarning")


def learner(doubted=(2,), **changes):
    parameters = {
        "estimator": LogisticRegression(max_iter=1000),
        "query_strategy": BALD(),
        "X_training": X[START],
        "y_training": Y[START],
        "label_filter": Doubting(doubted),
        **changes,
    }
    return ActiveLearner(**parameters)


def test_only_trusted_labels_are_taught_and_the_others_are_kept():
    learned = learner()
    learned.teach(X[NEW], Y[NEW])
    np.testing.assert_array_equal(learned.X_training, X[[*START, 1, 51, 2]])
    np.testing.assert_array_equal(learned.y_training, Y[[*START, 1, 51, 2]])
    np.testing.assert_array_equal(learned.rejected_.X, X[[101]])
    np.testing.assert_array_equal(learned.rejected_.y, [2])
    np.testing.assert_array_equal(learned.rejected_.indices, [-1])
    expected = LogisticRegression(max_iter=1000).fit(
        X[[*START, 1, 51, 2]], Y[[*START, 1, 51, 2]]
    )
    np.testing.assert_array_equal(learned.estimator.coef_, expected.coef_)


def test_each_answer_is_observed_once():
    learned = learner()
    learned.teach(X[NEW], Y[NEW])
    learned.teach(X[[3, 4]], Y[[3, 4]])
    assert learned.label_filter.n_observed_ == 6


def test_the_first_labels_are_not_judged():
    untaught = ActiveLearner(LogisticRegression(), label_filter=Doubting([0, 1, 2]))
    untaught.teach(X[START], Y[START])
    assert len(untaught.y_training) == len(START)
    assert len(untaught.rejected_) == 0
    assert len(learner([0, 1, 2]).y_training) == len(START)


def test_trusted_labels_pass_the_filter():
    learned = learner()
    learned.teach(X[NEW], Y[NEW], trusted=True)
    assert len(learned.y_training) == len(START) + 4
    assert not hasattr(learned.label_filter, "n_observed_")


def test_if_none_is_trusted_nothing_is_taught_or_lost():
    learned = learner([0, 1, 2])
    coef = learned.estimator.coef_
    with pytest.warns(RejectedLabelsWarning, match="trusts none of the 4 labels"):
        learned.teach(X[NEW], Y[NEW])
    assert learned.estimator.coef_ is coef
    np.testing.assert_array_equal(learned.rejected_.X, X[NEW])
    np.testing.assert_array_equal(learned.rejected_.y, Y[NEW])


@pytest.mark.parametrize(
    "kind",
    [pd.DataFrame, sp.csr_array, np.ndarray.tolist],
    ids=["frame", "csr", "list"],
)
def test_rows_of_every_kind_are_kept_in_their_kind(kind):
    rows = kind(X)
    take = (lambda i: rows.iloc[i]) if hasattr(rows, "iloc") else None
    take = take or (
        lambda i: [rows[j] for j in i] if isinstance(rows, list) else rows[i]
    )
    learned = learner(X_training=take(START))
    for _ in range(2):
        learned.teach(take(NEW), Y[NEW])
    kept = learned.rejected_.X
    assert type(kept) is type(rows)
    kept = kept.toarray() if sp.issparse(kept) else np.asarray(kept)
    np.testing.assert_array_equal(kept, X[[101, 101]])
    learned.accept()
    assert len(learned.y_training) == len(START) + 8


def test_a_review_tells_how_likely_each_label_is_now():
    learned = learner()
    assert learned.review().shape == (0,)
    learned.teach(X[NEW], Y[NEW])
    learned.teach(X[[120]], [0], trusted=False)
    learned.set_aside(X[[60]], np.array([0]))
    likelihood = learned.review()
    expected = learned.predict_proba(X[[101, 60]])[[0, 1], [2, 0]]
    np.testing.assert_allclose(likelihood, expected)


def test_a_filters_own_likelihood_is_asked_for():
    filtering = LabelLikelihoodFilter(threshold=1.0)
    learned = learner(
        estimator=RandomForestClassifier(10, random_state=0), label_filter=filtering
    )
    learned.set_aside(X[NEW], Y[NEW])
    np.testing.assert_array_equal(
        learned.review(), filtering.likelihood(learned, X[NEW], Y[NEW])
    )


def test_what_was_set_aside_can_be_accepted_as_it_is():
    learned = learner()
    learned.teach(X[NEW], Y[NEW])
    learned.accept([0])
    assert len(learned.rejected_) == 0
    np.testing.assert_array_equal(learned.X_training[-1], X[101])
    assert learned.y_training[-1] == 2
    # Somebody has decided: the filter was not asked again.
    assert learned.label_filter.n_observed_ == 4


def test_what_was_set_aside_can_be_corrected():
    learned = learner([1, 2])
    learned.teach(X[NEW], Y[NEW])
    learned.accept([1], y=[0])
    np.testing.assert_array_equal(learned.rejected_.X, X[[51]])
    assert learned.y_training[-1] == 0
    np.testing.assert_array_equal(learned.X_training[-1], X[101])


def test_accepting_nothing_changes_nothing():
    learned = learner()
    coef = learned.estimator.coef_
    learned.accept()
    learned.accept([])
    assert learned.estimator.coef_ is coef


def test_what_was_taught_can_be_distrusted():
    learned = learner()
    learned.distrust([0, 3])
    np.testing.assert_array_equal(learned.rejected_.X, X[START[[0, 3]]])
    kept = np.delete(START, [0, 3])
    np.testing.assert_array_equal(learned.X_training, X[kept])
    expected = LogisticRegression(max_iter=1000).fit(X[kept], Y[kept])
    np.testing.assert_array_equal(learned.estimator.coef_, expected.coef_)
    learned.accept()
    assert sorted(map(tuple, learned.X_training)) == sorted(map(tuple, X[START]))


@pytest.mark.parametrize("act", ["teach", "accept", "distrust"])
def test_an_error_leaves_learner_and_filter_as_they_were(act, monkeypatch):
    learned = learner()
    learned.teach(X[NEW], Y[NEW])
    before = pickle.dumps(vars(learned))

    def broken(*args, **kwargs):
        raise OSError("no")

    monkeypatch.setattr(LogisticRegression, "fit", broken)
    with pytest.raises(OSError, match="no"):
        {
            "teach": lambda: learned.teach(X[NEW], Y[NEW]),
            "accept": lambda: learned.accept(),
            "distrust": lambda: learned.distrust([0]),
        }[act]()
    assert len(learned.rejected_) == 1
    assert len(learned.y_training) == len(START) + 3
    assert learned.label_filter.n_observed_ == 4
    assert pickle.dumps(vars(learned)) == before


def test_a_filter_that_raises_leaves_the_learner_as_it_was():
    learned = learner(label_filter=Doubting(error=OSError("no")))
    with pytest.raises(OSError, match="no"):
        learned.teach(X[NEW], Y[NEW])
    assert len(learned.y_training) == len(START)
    assert len(learned.rejected_) == 0


@pytest.mark.parametrize("copied", [deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
def test_a_copy_keeps_what_was_set_aside_and_a_clone_does_not(copied):
    learned = learner()
    learned.teach(X[NEW], Y[NEW])
    assert copied(learned).rejected_ == learned.rejected_
    assert len(clone(learned).rejected_) == 0
    assert clone(learned).label_filter.doubted == (2,)


def test_fit_starts_anew():
    learned = learner()
    learned.teach(X[NEW], Y[NEW])
    learned.fit(X[START], Y[START])
    assert len(learned.rejected_) == 0


def test_parameters_of_the_filter_are_parameters_of_the_learner():
    learned = learner(label_filter=LabelLikelihoodFilter())
    learned.set_params(label_filter__threshold=0.25)
    assert learned.label_filter.threshold == 0.25


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        (
            Doubting,
            TypeError,
            "label_filter of ActiveLearner must be an object with trust",
        ),
        (0.1, TypeError, "label_filter of ActiveLearner must be an object with trust"),
    ],
)
def test_what_is_no_filter_is_refused(wrong, error, message):
    with pytest.raises(error, match=message):
        learner(label_filter=wrong).teach(X[NEW], Y[NEW])


def test_a_judgement_that_is_no_yes_or_no_is_refused():
    class Vague(BALD):
        def trust(self, estimator, X, y):
            return np.full(len(y), 0.5)

    with pytest.raises(
        TypeError, match="true or false for each of 4 labels, got float"
    ):
        learner(label_filter=Vague()).teach(X[NEW], Y[NEW])


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda a: a.accept([1]),
            ValueError,
            r"positions of .*accept must lie in \[0, 1",
        ),
        (
            lambda a: a.accept([0], y=[1, 1]),
            ValueError,
            "each of the 1 positions, got 2",
        ),
        (
            lambda a: a.distrust([99]),
            ValueError,
            r"positions of .*distrust must lie in",
        ),
        (lambda a: a.distrust(range(18)), ValueError, "all 18 rows that were taught"),
        (lambda a: a.distrust(Y[:18] == 0), TypeError, r"np.flatnonzero\(mask\)"),
    ],
)
def test_positions_that_do_not_exist_are_named(call, error, message):
    learned = learner()
    learned.teach(X[NEW], Y[NEW])
    with pytest.raises(error, match=message):
        call(learned)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((X[:3], Y[:2]), "got 3 rows and 2 labels"),
        ((X[:3, :2], Y[:3]), r"rows of shape \(4,\), like what it was taught before"),
        ((X[:3], ["a", "b", "c"]), "y given to ActiveLearner must be numbers"),
        (
            (X[:3], Y[:3], [7]),
            "indices of ActiveLearner.set_aside must be one for each",
        ),
        ((X[:3], Y[:3], [0, 1, -2]), "indices of ActiveLearner.set_aside must lie in"),
    ],
)
def test_what_is_set_aside_fits_together_and_to_what_was_taught(arguments, message):
    learned = learner()
    with pytest.raises(ValueError, match=message):
        learned.set_aside(*arguments)
    assert len(learned.rejected_) == 0


def test_rows_that_could_not_be_taught_are_not_judged():
    learned = learner()
    with pytest.raises(ValueError, match="like what it was taught before"):
        learned.filter_labels(X[NEW, :2], Y[NEW])
    assert not hasattr(learned.label_filter, "n_observed_")


def test_labels_set_aside_belong_to_rows_and_are_of_one_kind():
    taught = ActiveLearner(RandomForestClassifier(5), BALD(), X[START], Y[START])
    with pytest.raises(
        ValueError, match="same number of rows, got 0 rows and 3 labels"
    ):
        taught.set_aside([], Y[:3])
    for y in ([1, "a", 2.5], [[1, 2], 1, 2]):
        labels = np.empty(3, dtype=object)
        labels[:] = y
        with pytest.raises(TypeError, match=r"y of ActiveLearner.set_aside must hold"):
            taught.set_aside(X[:3], labels)
    assert not len(taught.rejected_)
