from functools import partial

import numpy as np
import pandas as pd
import pytest
from modAL.models import ActiveLearner, BayesianOptimizer
from numpy.testing import assert_array_equal
from sklearn.base import BaseEstimator
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import NotFittedError
from sklearn.feature_selection import RFE, RFECV
from sklearn.frozen import FrozenEstimator
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.linear_model import BayesianRidge
from sklearn.model_selection import (
    FixedThresholdClassifier,
    GridSearchCV,
    RandomizedSearchCV,
    TunedThresholdClassifierCV,
)
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.semi_supervised import SelfTrainingClassifier

from skbal._utils.unwrap import unwrap
from skbal.sampling import predict_samples


@pytest.fixture
def forest():
    return RandomForestClassifier(5, max_depth=3, random_state=0)


def test_a_pipeline_gives_the_draws_of_its_last_step_for_transformed_rows(regression):
    X, y = regression
    scaler = StandardScaler().fit(X)
    model = BayesianRidge().fit(scaler.transform(X), y)
    pipeline = make_pipeline(StandardScaler(), BayesianRidge()).fit(X, y)
    assert_array_equal(
        predict_samples(pipeline, X, random_state=0),
        predict_samples(model, scaler.transform(X), random_state=0),
    )


def test_steps_that_do_nothing_do_nothing(iris, forest):
    X, y = iris
    expected = predict_samples(forest.fit(X, y), X)
    steps = [("a", "passthrough"), ("b", None), ("c", FunctionTransformer())]
    pipeline = Pipeline([*steps, ("forest", forest)]).fit(X, y)
    assert_array_equal(predict_samples(pipeline, X), expected)
    alone = Pipeline([("forest", forest)]).fit(X, y)
    assert_array_equal(predict_samples(alone, X), expected)


def test_a_step_without_state_needs_no_fitted_attributes(iris, forest):
    class Doubler:
        def fit(self, X, y=None):
            return self

        def transform(self, X):
            return 2 * X

    X, y = iris
    pipeline = Pipeline([("double", Doubler()), ("forest", forest)]).fit(X, y)
    assert_array_equal(
        predict_samples(pipeline, X), predict_samples(pipeline.steps[-1][1], 2 * X)
    )


def test_names_of_columns_pass_through_pipelines_without_warnings(iris, forest):
    X, y = iris
    frame = pd.DataFrame(X, columns=list("abcd"))
    pipeline = make_pipeline(StandardScaler().set_output(transform="pandas"), forest)
    draws = predict_samples(pipeline.fit(frame, y), frame, batch_size=20)
    assert draws.shape == (75, 5, 3)


@pytest.mark.slow
@pytest.mark.versions
@pytest.mark.parametrize(
    "around",
    [
        FixedThresholdClassifier,
        partial(TunedThresholdClassifierCV, cv=2),
        partial(TunedThresholdClassifierCV, cv=2, store_cv_results=True),
    ],
)
def test_what_keeps_the_probabilities_gives_the_draws_of_what_is_inside(
    around, iris, forest
):
    X, y = iris
    fitted = around(forest).fit(X, y == "setosa")
    draws = predict_samples(fitted, X)
    assert_array_equal(draws, predict_samples(fitted.estimator_, X))
    assert np.allclose(draws.mean(axis=1), fitted.predict_proba(X))


def test_unlabelled_rows_of_self_training_are_no_class(iris, forest):
    X, y = iris
    codes = np.where(np.arange(75) % 3 == 0, np.unique(y, return_inverse=True)[1], -1)
    model = SelfTrainingClassifier(forest).fit(X, codes)
    draws = predict_samples(model, X)
    assert draws.shape == (75, 5, 3)
    assert np.allclose(draws.mean(axis=1), model.predict_proba(X))


@pytest.mark.parametrize("kind", [RFE, RFECV])
def test_a_selection_of_columns_gives_the_draws_for_these_columns(kind, iris, forest):
    X, y = iris
    kwargs = {"cv": 2} if kind is RFECV else {"n_features_to_select": 2}
    fitted = kind(forest, **kwargs).fit(X, y)
    expected = predict_samples(fitted.estimator_, X[:, fitted.support_])
    assert_array_equal(predict_samples(fitted, X), expected)


@pytest.mark.parametrize(
    "kind", [RFE, SelfTrainingClassifier, FixedThresholdClassifier]
)
def test_what_is_around_and_not_fitted_says_so(kind, iris, forest):
    with pytest.raises(NotFittedError, match=kind.__name__):
        predict_samples(kind(forest), iris[0])


def test_a_search_of_another_library_is_known_by_its_best_estimator(iris, forest):
    class OtherSearch(BaseEstimator):
        def fit(self, X, y):
            self.best_estimator_ = forest.fit(X, y)
            return self

    X, y = iris
    assert unwrap(OtherSearch().fit(X, y)) == ([], forest)


@pytest.mark.parametrize("search", [GridSearchCV, RandomizedSearchCV])
def test_a_search_gives_the_draws_of_its_best_estimator(search, iris, forest):
    X, y = iris
    kwargs = {} if search is GridSearchCV else {"n_iter": 2, "random_state": 0}
    fitted = search(forest, {"max_depth": [1, 2]}, cv=2, **kwargs).fit(X, y)
    assert_array_equal(
        predict_samples(fitted, X), predict_samples(fitted.best_estimator_, X)
    )


def test_a_search_that_was_not_fitted_says_so(iris, forest):
    with pytest.raises(NotFittedError, match="GridSearchCV"):
        predict_samples(GridSearchCV(forest, {"max_depth": [1, 2]}), iris[0])


def test_a_search_without_refit_says_what_to_set(iris, forest):
    X, y = iris
    search = GridSearchCV(forest, {"max_depth": [1, 2]}, cv=2, refit=False).fit(X, y)
    with pytest.raises(ValueError, match="set refit=True"):
        predict_samples(search, X)


def test_a_learner_gives_the_draws_of_its_estimator(iris, regression, forest):
    X, y = iris
    learner = ActiveLearner(forest, X_training=X, y_training=y)
    assert_array_equal(
        predict_samples(learner, X), predict_samples(learner.estimator, X)
    )
    X, y = regression
    optimizer = BayesianOptimizer(BayesianRidge(), X_training=X, y_training=y)
    assert_array_equal(
        predict_samples(optimizer, X, random_state=0),
        predict_samples(optimizer.estimator, X, random_state=0),
    )


def test_a_frozen_estimator_gives_its_draws(iris, forest):
    X, y = iris
    frozen = FrozenEstimator(forest.fit(X, y))
    assert_array_equal(predict_samples(frozen, X), predict_samples(forest, X))


def test_wrappers_may_hold_each_other(iris, forest):
    X, y = iris
    pipeline = make_pipeline(StandardScaler(), make_pipeline(StandardScaler(), forest))
    search = GridSearchCV(pipeline, {"memory": [None]}, cv=2)
    learner = ActiveLearner(search, X_training=X, y_training=y)
    transformers, model = unwrap(learner)
    assert [type(step) for step in transformers] == [StandardScaler] * 2
    assert isinstance(model, RandomForestClassifier)
    np.testing.assert_allclose(
        predict_samples(learner, X).mean(axis=1), learner.predict_proba(X)
    )


def test_a_process_behind_a_pipeline_is_still_not_cut(regression):
    X, y = regression
    pipeline = make_pipeline(StandardScaler(), GaussianProcessRegressor(alpha=1.0))
    pipeline.fit(X, y)
    whole = predict_samples(pipeline, X, 5, random_state=0)
    draws = predict_samples(pipeline, X, 5, random_state=0, batch_size=7)
    assert_array_equal(draws, whole)


def test_a_class_is_no_estimator(iris):
    with pytest.raises(TypeError, match="got the class BayesianRidge"):
        predict_samples(BayesianRidge, iris[0])
