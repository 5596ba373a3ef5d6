"""What a learner keeps of what it is taught, and what it warns of."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.exceptions import NotFittedError
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB

from skbal import ActiveLearner, BayesianOptimizer
from skbal.exceptions import TeachingWarning
from skbal.models import BayesianVoteRegression
from skbal.query import BALD, PredictiveVariance, VoteBALD
from tests.learner.filters import Doubting

X, Y = load_iris(return_X_y=True)
FIRST, MORE = np.arange(0, 150, 10), np.array([1, 51, 102])


def learner(**changes):
    return ActiveLearner(LogisticRegression(max_iter=1000), BALD(), **changes)


@pytest.mark.parametrize(
    "kind",
    [np.asarray, pd.DataFrame, sp.csr_array, np.ndarray.tolist],
    ids=["array", "frame", "csr", "list"],
)
def test_the_callers_rows_can_change_afterwards(kind):
    taught, rows, y = learner(), kind(X[FIRST]), Y[FIRST].copy()
    taught.teach(rows, y)
    if sp.issparse(rows):
        rows.data[:] = 7
    elif isinstance(rows, list):
        rows[0][0] = 7
    else:
        rows[:] = 7
    y[:] = 7
    kept = taught.X_training
    kept = kept.toarray() if sp.issparse(kept) else np.asarray(kept)
    np.testing.assert_array_equal(kept, X[FIRST])
    np.testing.assert_array_equal(taught.y_training, Y[FIRST])


def test_one_buffer_can_be_taught_again_and_again():
    taught, buffer = ActiveLearner(GaussianNB()), np.empty((1, 4))
    for row in (0, 60, 120):
        buffer[0] = X[row]
        taught.teach(buffer, Y[[row]])
    np.testing.assert_array_equal(taught.X_training, X[[0, 60, 120]])


def test_a_memory_map_is_read(tmp_path):
    np.save(tmp_path / "rows.npy", X[FIRST])
    rows = np.load(tmp_path / "rows.npy", mmap_mode="r")
    taught = learner(X_training=rows, y_training=Y[FIRST])
    assert type(taught.X_training) is np.ndarray


def fitted(rows, weights, **parameters):
    estimator = LogisticRegression(max_iter=1000, **parameters)
    return estimator.fit(X[rows], Y[rows], sample_weight=weights).coef_


def test_weights_stay_with_their_rows():
    old, new = np.linspace(1, 2, 15), np.array([5.0, 6.0, 7.0])
    taught = learner(X_training=X[FIRST], y_training=Y[FIRST], sample_weight=old)
    taught.teach(X[MORE], Y[MORE], sample_weight=new)
    both = np.concatenate([FIRST, MORE])
    np.testing.assert_array_equal(
        taught.estimator.coef_, fitted(both, np.concatenate([old, new]))
    )
    taught.teach(X[[3]], Y[[3]])  # a row without a weight weighs 1
    all_rows, all_weights = [*both, 3], [*old, *new, 1]
    np.testing.assert_array_equal(taught.estimator.coef_, fitted(all_rows, all_weights))
    taught.distrust([0, 16])
    np.testing.assert_array_equal(
        taught.estimator.coef_,
        fitted(np.delete(all_rows, [0, 16]), np.delete(all_weights, [0, 16])),
    )
    taught.accept()
    order = [*np.delete(np.arange(19), [0, 16]), 0, 16]
    np.testing.assert_array_equal(
        taught.estimator.coef_,
        fitted(np.array(all_rows)[order], np.array(all_weights)[order]),
    )


def test_weights_that_come_late_are_one_for_the_rows_before():
    taught = learner(X_training=X[FIRST], y_training=Y[FIRST])
    taught.teach(X[MORE], Y[MORE], sample_weight=[2, 3, 4])
    both = np.concatenate([FIRST, MORE])
    expected = fitted(both, np.concatenate([np.ones(15), [2, 3, 4]]))
    np.testing.assert_array_equal(taught.estimator.coef_, expected)


def test_weights_of_doubted_rows_are_kept_with_them():
    taught = learner(label_filter=Doubting([2]))
    taught.teach(X[FIRST], Y[FIRST], sample_weight=np.ones(15))
    taught.teach(X[MORE], Y[MORE], sample_weight=[2, 3, 4])
    kept = [*FIRST, 1, 51]
    expected = fitted(kept, [*np.ones(15), 2, 3])
    np.testing.assert_array_equal(taught.estimator.coef_, expected)
    taught.accept()
    expected = fitted([*kept, 102], [*np.ones(15), 2, 3, 4])
    np.testing.assert_array_equal(taught.estimator.coef_, expected)


def test_more_or_fewer_weights_than_rows_are_refused():
    taught = learner(X_training=X[FIRST], y_training=Y[FIRST])
    with pytest.raises(ValueError, match="there are 3 rows and 18 weights"):
        taught.teach(X[MORE], Y[MORE], sample_weight=np.ones(18))
    assert len(taught.y_training) == 15


@pytest.mark.parametrize(
    "kind",
    [np.asarray, pd.DataFrame, sp.csr_array, np.ndarray.tolist],
    ids=["array", "frame", "csr", "list"],
)
def test_rows_that_are_taught_again_are_warned_about(kind):
    rows = kind(np.round(X))
    take = (lambda i: rows.iloc[i]) if hasattr(rows, "iloc") else None
    take = take or (
        lambda i: [rows[j] for j in i] if isinstance(rows, list) else rows[i]
    )
    taught = learner(X_training=take(FIRST), y_training=Y[FIRST])
    known = {tuple(row) for row in np.round(X[FIRST])}
    n_repeated = sum(tuple(row) in known for row in np.round(X[:40:3]))
    assert n_repeated
    new = np.arange(0, 40, 3)
    with pytest.warns(TeachingWarning, match=f"^{n_repeated} of the 14 rows given"):
        taught.teach(take(new), Y[new])


def test_rows_of_text_that_are_taught_again_are_warned_about():
    table = pd.DataFrame({"kind": ["a", "b", "c"], "size": [1, 2, 3]})
    taught = ActiveLearner(Remembers(), X_training=table[:2], y_training=[0, 1])
    taught.teach(table[2:], [0])
    with pytest.warns(TeachingWarning, match="^1 of the 1 rows"):
        taught.teach(table[1:2], [0])


class Remembers:
    """Takes whatever rows there are."""

    def fit(self, X, y):
        self.n_rows_ = len(X)


def test_further_votes_and_a_second_look_at_a_maximum_are_no_mistake():
    votes = np.tile([3, 5], (15, 1))
    taught = ActiveLearner(BayesianVoteRegression(), VoteBALD())
    taught.teach(X[FIRST], votes)
    taught.teach(X[FIRST], votes)
    optimizer = BayesianOptimizer(GaussianProcessRegressor(alpha=0.1))
    optimizer.teach(X[FIRST], X[FIRST, 0])
    optimizer.teach(X[FIRST], X[FIRST, 0])


def test_a_model_that_was_fitted_elsewhere_forgets_with_a_warning():
    forest = RandomForestClassifier(5, random_state=0).fit(X, Y)
    taught = ActiveLearner(forest)
    with pytest.warns(TeachingWarning, match=r"3 new rows .* and its classes \[2\]"):
        taught.teach(X[[0, 50, 51]], Y[[0, 50, 51]])
    taught.teach(X[[100]], Y[[100]])  # said once
    assert taught.classes_.tolist() == [0, 1, 2]
    with pytest.warns(TeachingWarning, match=r"its own: sklearn.base.clone\(estimator"):
        ActiveLearner(forest).teach(X[FIRST], Y[FIRST])
    # To fit to given rows alone is what fit is for.
    ActiveLearner(RandomForestClassifier(5).fit(X, Y)).fit(X[FIRST], Y[FIRST])


def test_a_model_that_continues_does_not_forget():
    forest = RandomForestClassifier(5, random_state=0, warm_start=True).fit(X, Y)
    forest.set_params(n_estimators=6)
    ActiveLearner(forest).teach(X[FIRST], Y[FIRST])


@pytest.mark.parametrize(
    ("estimator", "expected"),
    [
        (RandomForestClassifier(), BALD()),
        (RandomForestRegressor(), PredictiveVariance()),
        (BayesianVoteRegression(), VoteBALD()),
    ],
)
def test_the_default_strategy_suits_the_estimator(estimator, expected):
    strategy = ActiveLearner(estimator).query_strategy
    assert type(strategy) is type(expected)
    assert ActiveLearner(estimator).query_strategy is not strategy


@pytest.mark.parametrize("method", ["predict", "predict_proba", "query"])
def test_before_the_first_label_it_says_teach_it_first(method):
    taught = ActiveLearner(RandomForestClassifier())
    with pytest.raises(NotFittedError, match=r"This ActiveLearner .* teach it first"):
        getattr(taught, method)(X)
    with pytest.raises(NotFittedError, match="teach it first"):
        taught.score(X, Y)


def test_a_single_row_is_told_to_be_an_array_of_rows():
    with pytest.raises(ValueError, match=r"X\[\[3\]\] and y\[\[3\]\], not X\[3\]"):
        learner().teach(X[3], Y[3])


def test_a_misspelt_argument_is_not_passed_to_fit():
    with pytest.raises(TypeError, match=r"'X_trainig'\]\. Did you mean 'X_training'"):
        learner(X_trainig=X[FIRST], y_training=Y[FIRST])
    with pytest.raises(TypeError, match=r"Did you mean 'label_filter'"):
        learner(X_training=X[FIRST], y_training=Y[FIRST], lable_filter=None)


@pytest.mark.parametrize(
    ("missing", "row"),
    [([0, None, 1], 1), (["a", "b", None], 2)],
    ids=["number", "text"],
)
def test_a_missing_label_is_named(missing, row):
    with pytest.raises(ValueError, match=f"row {row} has no label"):
        learner().teach(X[:3], np.array(missing, dtype=object))


@pytest.mark.parametrize(
    ("n_instances", "error"),
    [(0, ValueError), (-1, ValueError), (2.0, TypeError), (51, ValueError)],
)
def test_the_number_of_rows_is_checked_for_strategies_of_others(n_instances, error):
    optimizer = BayesianOptimizer(GaussianProcessRegressor(alpha=1.0))
    optimizer.teach(X[:20], X[:20, 0])
    for asked in (optimizer, ActiveLearner(GaussianNB(), optimizer.query_strategy)):
        name = type(asked).__name__
        with pytest.raises(error, match=f"n_instances of {name}"):
            asked.query(X[:50], n_instances=n_instances)


def test_a_mask_says_which_labels_are_trusted():
    taught = learner(X_training=X[FIRST], y_training=Y[FIRST])
    taught.teach(X[MORE], Y[MORE], trusted=[True, False, True], indices=MORE)
    assert taught.indices_training.tolist() == [-1] * 15 + [1, 102]
    assert taught.rejected_.indices.tolist() == [51]
    with pytest.raises(TypeError, match="one of them for each of 3 rows, got float64"):
        taught.teach(X[MORE], Y[MORE], trusted=[0.1, 0.2, 0.3], indices=MORE)


@pytest.mark.parametrize(
    ("indices", "error", "message"),
    [
        ([1], ValueError, "one for each of the 3 rows, got 1"),
        ([1, 51, 102, 103], ValueError, "one for each of the 3 rows, got 4"),
        ([], ValueError, "one for each of the 3 rows, got 0"),
        (1, ValueError, r"one-dimensional, got shape \(\)"),
        ([[1, 51, 102]], ValueError, "one-dimensional"),
        ([1.0, 51.0, 102.5], TypeError, "integers, got dtype float64"),
        ([True, False, True], TypeError, "integers, got dtype bool"),
        ([1, 51, -2], ValueError, r"lie in \[0, inf\), got -2"),
        ([1, 51, None], TypeError, "integers, got dtype object"),
    ],
)
def test_indices_are_one_for_each_row(indices, error, message):
    taught = learner(X_training=X[FIRST], y_training=Y[FIRST])
    before = taught.predict(X)
    with pytest.raises(error, match=f"indices of ActiveLearner.teach must .*{message}"):
        taught.teach(X[MORE], Y[MORE], indices=indices)
    assert len(taught.indices_training) == len(taught.y_training) == len(FIRST)
    np.testing.assert_array_equal(taught.predict(X), before)


def test_indices_of_no_pool_and_of_repeated_rows_are_kept():
    taught = learner(X_training=X[FIRST], y_training=Y[FIRST])
    taught.teach(X[MORE], Y[MORE], indices=[51, -1, 51])
    assert taught.indices_training[-3:].tolist() == [51, -1, 51]


@pytest.mark.parametrize("name", ["classes_", "n_features_in_", "feature_names_in_"])
def test_what_is_learned_is_missing_before_the_first_label(name):
    learner = ActiveLearner(RandomForestClassifier(5, random_state=0))
    with pytest.raises(AttributeError, match=f"has no {name}: teach it first"):
        getattr(learner, name)


def test_a_class_of_estimators_is_told_before_it_predicts():
    learner = ActiveLearner(RandomForestClassifier)
    with pytest.raises(TypeError, match=r"such as RandomForestClassifier\(\)"):
        learner.predict(X)


def test_other_columns_are_named_by_the_first_that_differs():
    table = pd.DataFrame(np.eye(8), columns=list("abcdefgh"))
    learner = ActiveLearner(RandomForestClassifier(5, random_state=0))
    learner.teach(table, np.arange(8) % 2)
    for other, words in (
        (table[list("hbcdefga")], "in their order: column 0 must be 'a', got 'h'"),
        (table.rename(columns={"c": "x"}), r"\['c'\] missing, \['x'\] unknown"),
        (table.rename(columns=str.upper), r"'D', 'E'\] and 3 more unknown"),
    ):
        with pytest.raises(ValueError, match=words):
            learner.teach(other, np.arange(8) % 2)


def test_a_row_or_indices_in_place_of_rows_are_told_what_to_give():
    learner = ActiveLearner(RandomForestClassifier(5, random_state=0))
    with pytest.raises(ValueError, match=r"hold one row for the label, .* X\[\[3\]\]"):
        learner.teach(X[3], [1])
    learner.teach(X[:4], [0, 1, 0, 1])
    with pytest.raises(ValueError, match=r"got \(\)\. Give rows: not their indices"):
        learner.teach([3, 4], [0, 1])


def test_labels_held_as_objects_are_told_to_be_converted():
    forest = RandomForestClassifier(5, random_state=0)
    with pytest.raises(ValueError, match="Unknown label type: unknown") as told:
        ActiveLearner(forest, X_training=X[FIRST], y_training=Y[FIRST].astype(object))
    assert "give y.astype(int)" in told.value.__notes__[0]
