import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import (
    BaggingClassifier,
    RandomForestClassifier,
    RandomForestRegressor,
    StackingClassifier,
    StackingRegressor,
)
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.linear_model import BayesianRidge, LinearRegression
from sklearn.multioutput import (
    MultiOutputClassifier,
    MultiOutputRegressor,
    RegressorChain,
)
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skbal.exceptions import NoDrawsError
from skbal.models import BayesianLogisticRegression
from skbal.sampling import predict_samples


@pytest.fixture
def two_targets(regression):
    X, y = regression
    return X, np.column_stack([y, 3 * X[:, 0] + np.sin(9 * X[:, 1])])


# Stacking


@pytest.mark.parametrize("passthrough", [False, True])
def test_a_stack_gives_the_draws_of_its_final_estimator(passthrough, iris):
    X, y = iris
    members = [("nb", GaussianNB()), ("near", KNeighborsClassifier())]
    final = BaggingClassifier(GaussianNB(), 7, random_state=0)
    stack = StackingClassifier(members, final, cv=2, passthrough=passthrough).fit(X, y)
    draws = predict_samples(stack, X)
    assert draws.shape == (75, 7, 3)
    assert_allclose(draws.mean(axis=1), stack.predict_proba(X))
    below = [stack.named_estimators_[name].predict_proba(X) for name in ("nb", "near")]
    features = np.hstack([*below, X] if passthrough else below)
    assert_allclose(draws[:, 2], stack.final_estimator_[2].predict_proba(features))


def test_a_stack_of_regressors_gives_draws_around_its_prediction(regression):
    X, y = regression
    stack = StackingRegressor([("near", KNeighborsRegressor())], BayesianRidge(), cv=2)
    draws = predict_samples(stack.fit(X, y), X, 4000, random_state=0)[..., 0]
    error = draws.std(axis=1) / np.sqrt(4000)
    assert np.all(np.abs(draws.mean(axis=1) - stack.predict(X)) < 5 * error)


# Transformed targets


def test_draws_come_back_in_the_units_of_y(regression):
    X, y = regression
    scaler = StandardScaler().fit(y[:, np.newaxis])
    inner = BayesianRidge().fit(X, (y - scaler.mean_) / scaler.scale_)
    model = TransformedTargetRegressor(BayesianRidge(), transformer=StandardScaler())
    draws = predict_samples(model.fit(X, y), X, random_state=3)
    expected = predict_samples(inner, X, random_state=3) * scaler.scale_ + scaler.mean_
    assert_allclose(draws, expected)


def test_each_draw_is_transformed_and_not_their_mean(regression):
    X, y = regression
    y = np.exp(y / 100)
    model = TransformedTargetRegressor(
        BayesianRidge(), func=np.log, inverse_func=np.exp
    )
    draws = predict_samples(model.fit(X, y), X, random_state=0)
    logs = predict_samples(model.regressor_, X, random_state=0)
    assert_allclose(np.log(draws), logs)
    assert (draws.mean(axis=1)[:, 0] > np.exp(logs.mean(axis=1)[:, 0])).all()


def test_several_targets_are_transformed_together(two_targets):
    X, Y = two_targets
    forest = RandomForestRegressor(4, random_state=0)
    model = TransformedTargetRegressor(forest, transformer=StandardScaler()).fit(X, Y)
    draws = predict_samples(model, X)
    assert draws.shape == (60, 4, 2)
    assert_allclose(draws.mean(axis=1), model.predict(X))


# One regressor per output


def test_outputs_have_the_draws_of_their_regressors(two_targets):
    X, Y = two_targets
    model = MultiOutputRegressor(make_pipeline(StandardScaler(), BayesianRidge()))
    draws = predict_samples(model.fit(X, Y), X, 4000, random_state=0)
    assert draws.shape == (60, 4000, 2)
    for output, inner in enumerate(model.estimators_):
        mean, std = inner.predict(X, return_std=True)
        std = np.sqrt(std**2 - 1 / inner[-1].alpha_)
        assert np.all(np.abs(draws[..., output].mean(axis=1) - mean) < 5 * std / 63)
        assert_allclose(draws[..., output].std(axis=1), std, rtol=5 / np.sqrt(8000))


def test_draws_of_two_outputs_are_independent(two_targets):
    X, Y = two_targets
    twice = np.column_stack([Y[:, 0], Y[:, 0]])
    model = MultiOutputRegressor(BayesianRidge()).fit(X, twice)
    draws = predict_samples(model, X[:1], 4000, random_state=0)[0]
    assert abs(np.corrcoef(draws.T)[0, 1]) < 5 / np.sqrt(4000)


def test_rows_of_gaussian_processes_are_not_cut_also_inside(two_targets):
    X, Y = two_targets
    process = GaussianProcessRegressor(alpha=1.0, optimizer=None)
    model = MultiOutputRegressor(process).fit(X, Y)
    whole = predict_samples(model, X, 5, random_state=0)
    assert_array_equal(
        predict_samples(model, X, 5, random_state=0, batch_size=7), whole
    )


@pytest.mark.parametrize(
    "model",
    [
        MultiOutputRegressor(LinearRegression()),
        RegressorChain(LinearRegression()),
        TransformedTargetRegressor(LinearRegression()),
    ],
    ids=lambda model: type(model).__name__,
)
def test_regressors_without_draws_inside_are_refused(model, two_targets):
    X, Y = two_targets
    with pytest.raises(NoDrawsError, match=r"makes no posterior .*BaggingRegressor"):
        predict_samples(model.fit(X, Y), X)


# Several labels


def test_one_classifier_per_label_gives_its_own_draws_of_yes(iris):
    X, y = iris
    y = np.stack([y == "setosa", X[:, 0] > 6, np.zeros(75)], axis=1).astype(int)
    inner = make_pipeline(StandardScaler(), RandomForestClassifier(5, random_state=0))
    model = MultiOutputClassifier(inner).fit(X, y)
    draws = predict_samples(model, X)
    assert draws.shape == (75, 5, 3)
    for label in range(2):
        expected = predict_samples(model.estimators_[label], X)[..., 1]
        assert_array_equal(draws[..., label], expected)
        mean = model.predict_proba(X)[label][:, 1]
        assert_allclose(draws[..., label].mean(axis=1), mean)
    assert_array_equal(draws[..., 2], 0)  # yes was never seen


def test_draws_of_different_labels_are_independent(iris):
    X, y = iris
    y = np.tile(X[:, :1] > 6, 2).astype(int)
    model = MultiOutputClassifier(BayesianLogisticRegression(random_state=0)).fit(X, y)
    draws = predict_samples(model, X[:3], 2000, random_state=0)
    assert_allclose(*draws.mean(axis=1).T, atol=0.05)
    correlation = np.corrcoef(draws[0].T)[0, 1]
    assert abs(correlation) < 5 / np.sqrt(2000)


def test_one_classifier_per_column_of_other_classes_is_refused(iris):
    X, y = iris
    model = MultiOutputClassifier(RandomForestClassifier(3)).fit(X, np.c_[y, y])
    with pytest.raises(ValueError, match="MultiOutputClassifier was fitted on 2 col"):
        predict_samples(model, X)
