"""Held-out likelihoods against folds made by hand."""

import numpy as np
import pytest
import scipy.sparse as sp
from numpy.testing import assert_allclose
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skbal import ActiveLearner, predict_samples
from skbal.filters import (
    find_label_errors,
    out_of_fold_likelihood,
    out_of_fold_probabilities,
)
from skbal.query import Random

X, NUMBERS = load_iris(return_X_y=True)
Y = np.array(["setosa", "versicolor", "virginica"])[NUMBERS]


def by_hand(estimator, y, cv):
    probabilities = np.empty((len(X), 3))
    for train, test in cv.split(X, y):
        fitted = clone(estimator).fit(X[train], y[train])
        probabilities[test] = fitted.predict_proba(X[test])
    return probabilities


@pytest.mark.parametrize("n_jobs", [None, 2])
def test_each_row_is_judged_by_a_model_of_the_other_folds(n_jobs):
    model = make_pipeline(StandardScaler(), LogisticRegression())
    expected = by_hand(model, Y, StratifiedKFold(5))
    got = out_of_fold_probabilities(model, X, Y, n_jobs=n_jobs)
    assert_allclose(got, expected)
    likelihood = out_of_fold_likelihood(model, X, Y, n_jobs=n_jobs)
    assert_allclose(likelihood, expected[np.arange(len(X)), NUMBERS])


def test_the_predictive_is_the_mean_over_draws():
    forest = RandomForestClassifier(n_estimators=9, random_state=0)
    got = out_of_fold_probabilities(
        forest, X, Y, cv=StratifiedKFold(3), n_draws=4, random_state=1
    )
    for train, test in StratifiedKFold(3).split(X, Y):
        fitted = clone(forest).fit(X[train], Y[train])
        draws = predict_samples(fitted, X[test], 4, random_state=1)
        assert_allclose(got[test], draws.mean(axis=1))


def test_of_a_learner_its_estimator_is_cloned_and_nothing_is_changed():
    forest = RandomForestClassifier(n_estimators=9, random_state=0)
    learner = ActiveLearner(forest, Random(), X, Y)
    before = learner.estimator.estimators_
    got = out_of_fold_likelihood(learner, learner.X_training, learner.y_training)
    assert_allclose(got, out_of_fold_likelihood(clone(forest), X, Y))
    assert learner.estimator.estimators_ is before


@pytest.mark.slow
def test_a_class_that_a_fold_does_not_hold_is_nan():
    y = np.where(np.arange(150) == 3, "other", Y)
    model = LogisticRegression(max_iter=500)
    got = out_of_fold_probabilities(
        model, X, y, cv=KFold(5, shuffle=True, random_state=0)
    )
    unknown = np.isnan(got[:, 0])  # "other" comes first of the sorted classes
    assert unknown[3]
    assert not unknown.all()
    assert not np.isnan(got[:, 1:]).any()
    likelihood = out_of_fold_likelihood(
        model, X, y, cv=KFold(5, shuffle=True, random_state=0)
    )
    assert np.flatnonzero(np.isnan(likelihood)).tolist() == [3]


@pytest.mark.slow
def test_rows_of_a_sparse_matrix_are_judged_as_others():
    model = LogisticRegression(max_iter=500)
    got = out_of_fold_probabilities(model, sp.csr_matrix(X), Y)
    assert_allclose(got, out_of_fold_probabilities(model, X, Y), rtol=1e-3)


def test_the_labels_reach_the_estimator_as_they_are():
    class Remembers(ClassifierMixin, BaseEstimator):
        def fit(self, X, y):
            self.classes_ = np.unique(y)
            assert set(self.classes_) <= {"setosa", "versicolor", "virginica"}
            return self

        def predict_proba(self, X):
            return np.full((len(X), len(self.classes_)), 1 / len(self.classes_))

    assert_allclose(out_of_fold_likelihood(Remembers(), X, Y), 1 / 3)


@pytest.mark.slow
def test_a_label_changed_by_hand_is_the_least_likely():
    y = Y.copy()
    y[7] = "virginica"
    forest = RandomForestClassifier(n_estimators=50, random_state=0)
    assert out_of_fold_likelihood(forest, X, y, random_state=0).argmin() == 7


def test_what_cannot_be_done_is_refused():
    with pytest.raises(TypeError, match="is a regressor"):
        out_of_fold_likelihood(LinearRegression(), X, NUMBERS)
    with pytest.raises(TypeError, match="either strings or numbers, got int and str"):
        out_of_fold_likelihood(LogisticRegression(), X, np.array(["a", 1] * 75, object))
    with pytest.raises(ValueError, match="got 150 rows and 149 labels"):
        out_of_fold_likelihood(LogisticRegression(), X, Y[:-1])
    with pytest.raises(ValueError, match="continuous"):
        out_of_fold_likelihood(LogisticRegression(), X, X[:, 0])
    with pytest.raises(ValueError, match="n_splits=5"):
        out_of_fold_likelihood(LogisticRegression(), X[:4], [0, 0, 1, 1])
    with pytest.raises(ValueError, match="n_draws of out_of_fold"):
        out_of_fold_likelihood(LogisticRegression(), X, Y, n_draws=0)


@pytest.mark.parametrize(
    "function", [find_label_errors, out_of_fold_likelihood, out_of_fold_probabilities]
)
def test_an_error_names_the_function_that_was_called(function):
    with pytest.raises(TypeError, match=f"{function.__name__} needs probab"):
        function(LinearRegression(), X, NUMBERS)
    with pytest.raises(ValueError, match=f"n_draws of {function.__name__} must be"):
        function(LogisticRegression(), X, Y, n_draws=0)
    with pytest.raises(ValueError, match=f"given to {function.__name__}"):
        function(LogisticRegression(), X, Y[1:])


def test_an_unfitted_learner_will_do():
    learner = ActiveLearner(LogisticRegression(max_iter=500), Random())
    assert np.isfinite(out_of_fold_likelihood(learner, X, Y)).all()
    with pytest.raises(NotFittedError):
        learner.predict(X)
