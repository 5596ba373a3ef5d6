"""Inputs that break careless linear algebra: a right answer or a clear word."""

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from skbal.exceptions import NumericalWarning
from skbal.models import BayesianLinearRegression, MeanFieldLinearRegression
from tests.models._linear.problems import problem, relative_error

KINDS = [BayesianLinearRegression, MeanFieldLinearRegression]


def everything_finite(model, X):
    mean, std = model.predict(X, return_std=True)
    draws = model.predict_samples(X, 3, random_state=0)
    values = [mean, std, draws, model.coef_mean_, model.log_marginal_likelihood()]
    return all(np.isfinite(value).all() for value in values) and (std > 0).all()


@pytest.mark.parametrize("kind", KINDS)
def test_duplicated_columns_share_the_weight(kind):
    X, y = problem(30, 3, 1)
    twice = np.column_stack([X, X[:, 0]])
    model = kind().fit(twice, y)
    assert relative_error(model.coef_mean_[3], model.coef_mean_[0]) < 1e-8
    ridge = Ridge(1.0).fit(twice, y)
    assert relative_error(
        model.predict(twice).ravel(), ridge.predict(twice).ravel()
    ) < (1e-8)
    assert everything_finite(model, twice)


def test_columns_duplicated_beyond_what_the_prior_can_part_are_said():
    X, y = problem(30, 2, 1)
    twice = np.column_stack([X, X])
    with pytest.warns(NumericalWarning, match="singular to working precision"):
        model = BayesianLinearRegression(prior_variance=1e18).fit(twice, y)
    assert everything_finite(model, twice)
    expected = Ridge(1e-8).fit(X, y.ravel()).predict(X)
    assert np.allclose(model.predict(twice).ravel(), expected, rtol=1e-4)


@pytest.mark.parametrize("optimize", [None, "evidence"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_constant_column_keeps_its_prior(kind, optimize):
    X, y = problem(30, 3, 1)
    with_constant = np.column_stack([X, np.full(30, 7.0)])
    model = kind(optimize=optimize).fit(with_constant, y)
    alone = kind(optimize=optimize).fit(X, y)
    assert model.coef_mean_[3] == 0
    assert relative_error(model.coef_mean_[:3], alone.coef_mean_) < 1e-8
    assert relative_error(model.predict(with_constant), alone.predict(X)) < 1e-8


@pytest.mark.parametrize("kind", KINDS)
def test_one_row_is_learned_and_the_rest_stays_prior(kind):
    model = kind(2.0, 0.5).fit([[1.0, 2.0]], [3.0])
    mean, std = model.predict([[1.0, 2.0], [2.0, 2.0]], return_std=True)
    assert np.allclose(mean, 3.0)
    # Noise, the intercept's noise / 1, and the prior along what no row has shown.
    assert np.allclose(std**2, [1.0, 3.0])


@pytest.mark.parametrize("scale", [1e-8, 1e8])
@pytest.mark.parametrize("kind", KINDS)
def test_a_change_of_units_changes_the_units_only(kind, scale):
    X, y = problem(30, 4, 2, offset=1.0)
    plain = kind(2.0, 0.3).fit(X, y)
    scaled = kind(2.0, 0.3 * scale**2).fit(X * scale, y * scale)
    assert relative_error(scaled.predict(X * scale), plain.predict(X) * scale) < 1e-8
    (_, a), (_, b) = (
        plain.predict(X, return_std=True),
        scaled.predict(X * scale, return_std=True),
    )
    assert relative_error(b, a * scale) < 1e-8


def test_columns_of_very_different_scale_agree_with_ridge_by_singular_values():
    X, y = problem(50, 4, 1)
    X = X * [1.0, 1e8, 1e-4, 1e4]
    model = BayesianLinearRegression().fit(X, y)
    ridge = Ridge(1.0, solver="svd").fit(X, y)
    assert relative_error(model.predict(X), ridge.predict(X).reshape(-1, 1)) < 1e-8


def test_a_large_mean_costs_no_digits_of_the_scatter():
    X, y = problem(50, 3, 1)
    exact = BayesianLinearRegression().fit(X, y)
    # 2**20 is added without rounding of what matters here.
    far = BayesianLinearRegression().fit(X + 2.0**20, y)
    assert relative_error(far.coef_mean_, exact.coef_mean_) < 1e-8


def test_evidence_says_when_scales_hide_columns_from_it():
    X, y = problem(50, 3, 1)
    with pytest.warns(NumericalWarning, match="scales of the columns"):
        model = BayesianLinearRegression(optimize="evidence").fit(X * [1, 1, 1e9], y)
    assert everything_finite(model, X)


@pytest.mark.parametrize("value", [0.0, 3.3, -1e8])
@pytest.mark.parametrize("kind", KINDS)
def test_a_constant_target_is_predicted(kind, value):
    X = problem(30, 3)[0]
    y = np.full(30, value)
    model = kind().fit(X, y)
    assert np.allclose(model.predict(X), value, rtol=1e-12)
    with pytest.warns(NumericalWarning, match="are fitted exactly"):
        model = kind(optimize="evidence").fit(X, y)
    assert np.allclose(model.predict(X), value, rtol=1e-12)
    assert everything_finite(model, X)


def test_a_constant_target_with_fewer_rows_than_columns_is_predicted():
    X = problem(5, 9)[0]
    with pytest.warns(NumericalWarning, match="are fitted exactly"):
        model = BayesianLinearRegression(optimize="evidence").fit(X, np.full(5, 2.5))
    assert np.allclose(model.predict(X), 2.5)
    assert everything_finite(model, X)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_no_number_is_refused(kind, bad):
    X, y = problem()
    spoilt = X.copy()
    spoilt[4, 1] = bad
    with pytest.raises(ValueError, match="X contains"):
        kind().fit(spoilt, y)
    with pytest.raises(ValueError, match="contains"):
        kind().fit(X, np.where(y == y[3, 1], bad, y))
    with pytest.raises(ValueError, match="X contains"):
        kind().fit(X, y).predict_samples(spoilt)


@pytest.mark.filterwarnings("ignore:overflow:RuntimeWarning")
@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
@pytest.mark.parametrize("optimize", [None, "evidence"])
@pytest.mark.parametrize("shape", [(40, 6), (4, 6)])
@pytest.mark.parametrize("kind", KINDS)
def test_values_whose_squares_overflow_are_refused_with_advice(kind, shape, optimize):
    X, y = problem(*shape)
    name = kind.__name__
    with pytest.raises(ValueError, match=rf"X given to {name} .*overflow.*Scaler"):
        kind(optimize=optimize).fit(X * 1e200, y)
    with pytest.raises(ValueError, match=rf"y given to {name} .*overflow.*Scaler"):
        kind(optimize=optimize).fit(X, y * 1e200)
