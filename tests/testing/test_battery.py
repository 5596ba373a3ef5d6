import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse
from sklearn.datasets import load_iris, make_regression
from sklearn.ensemble import (
    BaggingClassifier,
    BaggingRegressor,
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
    VotingClassifier,
    VotingRegressor,
)
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, WhiteKernel
from sklearn.linear_model import (
    ARDRegression,
    BayesianRidge,
    LogisticRegression,
    Ridge,
)
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from skbal.exceptions import NoDrawsError
from skbal.testing import check_posterior_sampler
from skbal.testing._checks import CHECKS
from tests.testing import samplers

ALL_ROWS = "needs the covariance of all rows at once"

# Which checks may say nothing, and why nothing is missed.
NO_TORCH = {"flags"}
NO_CLASSIFIER = {"probabilities", "classes", "flags"}


@pytest.fixture(scope="module")
def iris():
    X, y = load_iris(return_X_y=True)
    X = X[::3] - X.mean(axis=0)
    return X, np.array(["setosa", "versicolor", "a-virginica"])[y[::3]]


@pytest.fixture(scope="module")
def regression():
    return make_regression(40, 3, noise=5.0, random_state=0)


def skipped(results):
    return {name for name, result in results.items() if result != "passed"}


@pytest.mark.parametrize(
    "estimator",
    [
        RandomForestClassifier(20),
        ExtraTreesClassifier(20),
        BaggingClassifier(KNeighborsClassifier(1), max_features=0.5, max_samples=5),
        BaggingClassifier(LinearSVC(), 8),
        VotingClassifier(
            [("a", LogisticRegression()), ("b", KNeighborsClassifier())], voting="soft"
        ),
        make_pipeline(StandardScaler(), RandomForestClassifier(10)),
        GridSearchCV(ExtraTreesClassifier(10), {"max_depth": [2, 3]}, cv=2),
        samplers.GoodClassifier(),
    ],
    ids=lambda estimator: type(estimator).__name__,
)
def test_classifiers_keep_every_promise(estimator, iris):
    results = check_posterior_sampler(estimator, *iris)
    assert list(results) == list(CHECKS)
    assert skipped(results) == NO_TORCH


@pytest.mark.parametrize(
    "estimator",
    [
        RandomForestRegressor(20),
        ExtraTreesRegressor(20),
        BaggingRegressor(max_features=0.5),
        VotingRegressor([("a", Ridge()), ("b", KNeighborsRegressor())]),
    ],
    ids=lambda estimator: type(estimator).__name__,
)
def test_regressors_keep_every_promise(estimator, regression):
    results = check_posterior_sampler(estimator, *regression)
    assert skipped(results) <= NO_CLASSIFIER | {"refit"}


@pytest.mark.parametrize(
    "estimator",
    [
        BayesianRidge(),
        ARDRegression(),
        make_pipeline(StandardScaler(), BayesianRidge()),
        samplers.GoodRegressor(),
    ],
    ids=lambda estimator: type(estimator).__name__,
)
def test_models_without_chance_in_fit_keep_every_promise(estimator, regression):
    results = check_posterior_sampler(estimator, *regression)
    assert skipped(results) == NO_CLASSIFIER | {"refit"}


def test_a_gaussian_process_keeps_what_a_finite_covariance_can_keep(regression):
    X, y = regression
    kernel = RBF(2.0) + WhiteKernel(0.1)
    process = GaussianProcessRegressor(kernel, optimizer=None, normalize_y=True)
    skip = {"chunks": ALL_ROWS, "company": ALL_ROWS}
    results = check_posterior_sampler(process, X, y, skip=skip)
    assert skipped(results) == {*NO_CLASSIFIER, *skip}
    assert results["chunks"] == f"skipped: {ALL_ROWS}"
    for name in skip:
        others = {other: ALL_ROWS for other in skip if other != name}
        with pytest.raises(AssertionError, match="Draws of"):
            check_posterior_sampler(process, X, y, skip=others)


def test_hard_voting_has_no_probabilities_to_average(iris):
    members = [("a", LogisticRegression()), ("b", KNeighborsClassifier())]
    results = check_posterior_sampler(VotingClassifier(members), *iris)
    assert skipped(results) == {"flags", "mean"}


def test_a_module_that_is_left_alone_keeps_its_flags(iris):
    results = check_posterior_sampler(samplers.WithModule(), *iris)
    assert skipped(results) == set()


@pytest.mark.parametrize(
    "container", [pd.DataFrame, sparse.csr_array, np.ndarray.tolist]
)
def test_rows_may_come_in_any_container(container, iris):
    X, y = iris
    forest = RandomForestClassifier(10)
    results = check_posterior_sampler(forest, container(X), y.tolist(), n_draws=6)
    assert skipped(results) == NO_TORCH


def test_neither_the_estimator_nor_the_rows_of_the_caller_are_touched(iris):
    X, y = (part.copy() for part in iris)
    forest = RandomForestClassifier(5)
    check_posterior_sampler(forest, X, y)
    assert forest.random_state is None
    assert not hasattr(forest, "estimators_")
    with pytest.raises(AssertionError):
        check_posterior_sampler(samplers.WritesIntoRows(), X, y)
    assert_array_equal(X, iris[0])


def test_an_estimator_without_draws_is_refused_by_name(iris):
    with pytest.raises(NoDrawsError, match="LogisticRegression makes no") as caught:
        check_posterior_sampler(LogisticRegression(), *iris)
    assert "In the check 'shape'" in caught.value.__notes__[0]


@pytest.mark.parametrize(
    ("argument", "value", "error", "message"),
    [
        ("skip", {"chunk": "typo"}, ValueError, "must name checks out of shape"),
        ("skip", {"chunks": " "}, ValueError, "must give a reason why 'chunks'"),
        ("skip", ["chunks"], TypeError, "must be a dict of check names to reasons"),
        ("n_draws", 0, ValueError, "n_draws of check_posterior_sampler"),
        ("tolerance", -1.0, ValueError, "tolerance of check_posterior_sampler"),
        ("n_standard_errors", "5", TypeError, "n_standard_errors of check_"),
        ("random_state", -1, ValueError, "random_state of check_posterior_sampler"),
    ],
)
def test_wrong_arguments_are_named(argument, value, error, message, iris):
    with pytest.raises(error, match=message):
        check_posterior_sampler(RandomForestClassifier(3), *iris, **{argument: value})


def test_too_few_rows_are_refused():
    with pytest.raises(ValueError, match="at least 4 rows, got 3"):
        check_posterior_sampler(BayesianRidge(), np.eye(3), np.ones(3))
