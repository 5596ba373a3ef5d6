import pickle
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.stats import matrix_normal
from sklearn.base import clone
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import DotProduct
from sklearn.model_selection import GridSearchCV

from skbal.exceptions import NumericalWarning
from skbal.models import (
    BayesianLinearRegression,
    LastLayerRegressor,
    MCDropoutRegressor,
    MeanFieldLinearRegression,
)
from skbal.query import BatchVariance
from tests.models._linear.problems import (
    contrasts,
    covariance,
    noisy_problem,
    problem,
    relative_error,
)
from tests.query.test_greedy import dense_greedy

KINDS = [BayesianLinearRegression, MeanFieldLinearRegression]
NOISE = 0.3
# More rows than columns, as many, fewer: both forms of the posterior, and the border.
SHAPES = [(40, 6, 3), (6, 6, 2), (5, 12, 3)]


def variances(n_features):
    """Return variances over four orders of magnitude that do not fall in order."""
    exponents = np.random.default_rng(2).permutation(np.linspace(-3, 1, n_features))
    return 10.0**exponents


def same_model(model, other, rows, scale=1.0, tol=1e-10):
    """Compare all but draws; the columns of the other were multiplied by a scale."""
    scale = np.broadcast_to(scale, rows.shape[1:])
    there = rows * scale
    pairs = [
        (model.coef_mean_, scale[:, None] * other.coef_mean_),
        (model.row_covariance_, scale[:, None] * other.row_covariance_ * scale),
        (model.intercept_mean_, other.intercept_mean_),
        *zip(
            model.predict(rows, return_std=True),
            other.predict(there, return_std=True),
            strict=True,
        ),
        (model.noise_variance_, other.noise_variance_),
        (model.log_marginal_likelihood(), other.log_marginal_likelihood()),
    ]
    factors = model.covariance_factor(rows), other.covariance_factor(there)
    pairs.append([F @ F.T for F in factors])
    if isinstance(model, MeanFieldLinearRegression):
        variance = scale[:, None] ** 2 * other.coef_variance_
        pairs += [(model.coef_variance_, variance), (model.elbo(), other.elbo())]
    for value, expected in pairs:
        assert relative_error(np.asarray(value), np.asarray(expected)) < tol


# ------------------------------------------------------------------------- posterior


@pytest.mark.parametrize("shape", SHAPES)
def test_posterior_is_that_of_a_gp_whose_kernel_weighs_the_features(shape):
    X, y = problem(*shape)
    v, new = variances(shape[1]), problem(9, shape[1], seed=3)[0]
    K = X @ np.diag(v) @ X.T + NOISE * np.eye(len(X))
    cross = new @ np.diag(v) @ X.T
    solved = np.linalg.solve(K, cross.T).T
    model = BayesianLinearRegression(v, NOISE, fit_intercept=False).fit(X, y)
    F = model.covariance_factor(new)
    assert relative_error(model.predict(new), solved @ y) < 1e-8
    expected = new @ np.diag(v) @ new.T - solved @ cross.T
    assert relative_error(F @ F.T, expected) < 1e-8


def test_posterior_is_that_of_scikit_learns_gp():
    X, y = problem(30, 4, 1)
    v, new = variances(4), problem(9, 4, seed=3)[0]
    process = GaussianProcessRegressor(
        DotProduct(0.0, "fixed"), alpha=NOISE, optimizer=None
    ).fit(X * np.sqrt(v), y.ravel())
    mean, std = process.predict(new * np.sqrt(v), return_std=True)
    model = BayesianLinearRegression(v, NOISE, fit_intercept=False).fit(X, y.ravel())
    ours, our_std = model.predict(new, return_std=True)
    assert relative_error(ours, mean) < 1e-8
    assert relative_error(our_std**2 - NOISE, std**2) < 1e-8


@pytest.mark.parametrize("shape", SHAPES)
def test_weights_have_the_dense_posterior_and_a_flat_intercept(shape):
    X, y = problem(*shape, offset=2.0)
    v = variances(shape[1])
    Z = np.column_stack([np.ones(len(X)), X])
    S = np.linalg.inv(Z.T @ Z / NOISE + np.diag(np.append(0.0, 1 / v)))
    W = S @ Z.T @ y / NOISE
    model = BayesianLinearRegression(v, NOISE).fit(X, y)
    assert relative_error(model.coef_mean_, W[1:]) < 1e-8
    assert relative_error(model.intercept_mean_, W[0]) < 1e-8
    assert relative_error(model.row_covariance_, S[1:, 1:]) < 1e-8
    F = model.covariance_factor(X)
    assert relative_error(F @ F.T, Z @ S @ Z.T) < 1e-8


@pytest.mark.parametrize("optimize", [None, "evidence"])
@pytest.mark.parametrize("shape", [(40, 6, 3), (8, 12, 3)])
@pytest.mark.parametrize("kind", KINDS)
def test_it_is_the_model_of_scaled_features_with_one_variance(kind, shape, optimize):
    X, y = noisy_problem(*shape)
    v = variances(shape[1])
    words = {"noise_variance": NOISE, "optimize": optimize}
    model = kind(v, **words).fit(X, y)
    other = kind(1.0, **words).fit(X * np.sqrt(v), y)
    tol = 1e-6 if optimize else 1e-10  # where the iterations stop depends on units
    same_model(model, other, X, np.sqrt(v), tol=tol)


@pytest.mark.parametrize("optimize", [None, "evidence"])
@pytest.mark.parametrize("shape", [(40, 6, 3), (8, 12, 3)])
@pytest.mark.parametrize("kind", KINDS)
def test_equal_variances_are_one_variance(kind, shape, optimize):
    X, y = noisy_problem(*shape)
    words = {"noise_variance": NOISE, "optimize": optimize}
    model = kind(np.full(shape[1], 0.7), **words).fit(X, y)
    other = kind(0.7, **words).fit(X, y)
    same_model(model, other, X, tol=1e-14)
    assert isinstance(other.prior_variance_, float)
    assert np.array_equal(
        model.prior_variance_, np.full(shape[1], other.prior_variance_)
    )
    draws = [m.predict_samples(X, 5, random_state=0) for m in (model, other)]
    assert relative_error(*draws) < 1e-14


def test_mean_field_variances_are_one_over_the_diagonal_of_the_precision():
    X, y = problem()
    v = variances(6)
    model = MeanFieldLinearRegression(v, NOISE, fit_intercept=False).fit(X, y)
    expected = 1 / ((X**2).sum(axis=0) / NOISE + 1 / v)
    assert np.allclose(model.coef_variance_, expected[:, None], rtol=1e-10)
    assert np.allclose(model.row_covariance_, np.diag(expected), rtol=1e-10)
    # Evidence minus bound is KL(q || p), where only the determinants remain.
    precision = X.T @ X / NOISE + np.diag(1 / v)
    gap = -np.log(expected).sum() - np.linalg.slogdet(precision)[1]
    found = model.log_marginal_likelihood() - model.elbo()
    assert found == pytest.approx(3 * 0.5 * gap, rel=1e-8)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind", KINDS)
def test_permuted_features_give_the_same_model(kind, shape):
    X, y = problem(*shape)
    v, order = variances(shape[1]), np.random.default_rng(0).permutation(shape[1])
    model, permuted = (
        kind(v, NOISE).fit(X, y),
        kind(v[order], NOISE).fit(X[:, order], y),
    )
    assert relative_error(permuted.coef_mean_, model.coef_mean_[order]) < 1e-10
    assert (
        relative_error(
            permuted.row_covariance_, model.row_covariance_[np.ix_(order, order)]
        )
        < 1e-10
    )
    assert relative_error(permuted.predict(X[:, order]), model.predict(X)) < 1e-10


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shape", [(30, 4, 2), (4, 9, 2)])
def test_draws_have_the_moments_of_the_posterior(shape, kind):
    X, y = problem(*shape)
    n_draws = 20000
    model = kind(variances(shape[1]), NOISE).fit(X, y)
    new = problem(3, shape[1], seed=6)[0]
    draws = model.predict_samples(new, n_draws, random_state=0)
    F = model.covariance_factor(new)
    expected = np.kron(F @ F.T, np.eye(2))  # over (row, output)
    flat = draws.swapaxes(0, 1).reshape(n_draws, -1)
    spread = expected.diagonal()
    error = np.abs(flat.mean(axis=0) - model.predict(new).ravel())
    assert (error < 5 * np.sqrt(spread / n_draws)).all()
    # The variance of a sample covariance of normal values.
    spread = np.sqrt((np.outer(spread, spread) + expected**2) / n_draws)
    assert (np.abs(np.cov(flat.T) - expected) < 5 * spread).all()


def test_a_feature_of_tiny_variance_is_as_good_as_absent():
    X, y = problem(30, 4, 2)
    model = BayesianLinearRegression([1.0, 1.0, 1e-30, 1.0], NOISE).fit(X, y)
    without = BayesianLinearRegression(1.0, NOISE).fit(X[:, [0, 1, 3]], y)
    assert relative_error(model.predict(X), without.predict(X[:, [0, 1, 3]])) < 1e-10
    assert model.row_covariance_[2, 2] == pytest.approx(1e-30, rel=1e-10)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shape", [(30, 3), (2, 3)])
def test_variances_at_the_ends_of_floats_neither_overflow_nor_vanish(kind, shape):
    X, y = problem(*shape, 1)
    v = np.array([1e-300, 1.0, 1e-250])
    model = kind(v, NOISE).fit(X, y)
    assert np.allclose(model.row_covariance_.diagonal()[[0, 2]], v[[0, 2]], rtol=1e-10)
    assert np.array_equal(model.prior_variance_, v)
    if kind is MeanFieldLinearRegression:
        assert np.isfinite(model.elbo())


# --------------------------------------------------------------------------- evidence


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("shape", SHAPES)
def test_evidence_is_the_density_of_the_marginal(shape, fit_intercept):
    X, y = problem(*shape)
    v, sigma = variances(shape[1]), covariance(shape[2])
    model = BayesianLinearRegression(
        v, NOISE, output_covariance=sigma, fit_intercept=fit_intercept
    ).fit(X, y)
    Q = contrasts(len(X)) if fit_intercept else np.eye(len(X))
    K = NOISE * np.eye(len(Q)) + Q @ X @ np.diag(v) @ X.T @ Q.T
    expected = matrix_normal.logpdf(Q @ y, rowcov=K, colcov=sigma)
    assert model.log_marginal_likelihood() == pytest.approx(expected, rel=1e-8)


def test_the_empirical_output_covariance_is_that_of_the_dense_equation():
    X, y = problem(60, 4, 2)
    v = variances(4)
    model = BayesianLinearRegression(
        v, NOISE, output_covariance="empirical", fit_intercept=False
    ).fit(X, y)
    K = NOISE * np.eye(60) + X @ np.diag(v) @ X.T
    best = y.T @ np.linalg.solve(K, y)
    expected = best / np.trace(best) * 2
    assert relative_error(model.output_covariance_, expected) < 1e-8


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shape", [(50, 4, 3), (30, 40, 3)])
def test_evidence_learns_the_best_common_factor_and_noise(shape, kind):
    X, y = noisy_problem(*shape, seed=3)
    v = 10.0 * variances(shape[1])
    model = kind(v, optimize="evidence", tol=1e-12, max_iter=50000).fit(X, y)
    factors = model.prior_variance_ / v
    assert model.prior_variance_.shape == v.shape
    assert np.allclose(factors, factors[0], rtol=1e-14)
    Q = contrasts(len(X))

    def less_evidence(logs):
        factor, noise = np.exp(logs)
        K = noise * np.eye(len(Q)) + factor * Q @ X @ np.diag(v) @ X.T @ Q.T
        return -matrix_normal.logpdf(Q @ y, rowcov=K, colcov=np.eye(3))

    start = np.log([factors[0], model.noise_variance_])
    found = minimize(less_evidence, start + 0.3, method="Nelder-Mead",
                     options={"xatol": 1e-7, "fatol": 1e-12})  # fmt: skip
    assert -found.fun == pytest.approx(model.log_marginal_likelihood(), rel=1e-9)
    assert np.allclose(found.x, start, atol=1e-4)


def test_the_path_has_the_largest_variance():
    X, y = noisy_problem(50, 4, 2)
    v = np.array([0.5, 4.0, 1.0, 2.0])
    model = BayesianLinearRegression(v, optimize="evidence").fit(X, y)
    path = model.evidence_path_["prior_variance"]
    assert path[0] == 4.0
    assert path[-1] == pytest.approx(model.prior_variance_.max(), rel=1e-12)


def test_data_that_teach_no_variances_leave_the_given_ones():
    v = np.array([3.0, 0.1])
    with pytest.warns(NumericalWarning, match="too few different rows"):
        model = BayesianLinearRegression(v, optimize="evidence").fit([[1, 2]], [3.0])
    assert np.array_equal(model.prior_variance_, v)


def test_variances_that_hide_columns_from_the_evidence_are_said():
    X, y = problem(50, 3, 1)
    model = BayesianLinearRegression([1.0, 1.0, 1e-18], optimize="evidence")
    with pytest.warns(NumericalWarning, match="or their prior variances"):
        model.fit(X, y)
    # Variances that undo the scales of the columns leave nothing hidden.
    model = BayesianLinearRegression([1.0, 1.0, 1e-18], optimize="evidence")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.fit(X * [1, 1, 1e9], y)


# ------------------------------------------------------------------------------ pieces


@pytest.mark.parametrize("optimize", [None, "evidence"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("cuts", [[1, 2, 3], [5, 6, 7, 30], [39]])
def test_pieces_equal_the_whole(cuts, kind, optimize):
    X, y = problem(offset=5.0)
    whole = kind(variances(6), NOISE, optimize=optimize).fit(X, y)
    pieces = kind(variances(6), NOISE, optimize=optimize)
    with warnings.catch_warnings():
        # Of one to three rows the evidence says that they teach no variances.
        warnings.simplefilter("ignore")
        for part_X, part_y in zip(np.split(X, cuts), np.split(y, cuts), strict=True):
            pieces.partial_fit(part_X, part_y)
    same_model(pieces, whole, X, tol=1e-8)
    draws = [m.predict_samples(X, 5, random_state=0) for m in (pieces, whole)]
    assert relative_error(*draws) < 1e-8


@pytest.mark.parametrize("cut", [3, 20])
@pytest.mark.parametrize("kind", KINDS)
def test_a_variance_changed_between_pieces_is_that_of_all_rows(kind, cut):
    X, y = problem()
    v = variances(6)
    for first, then in [(v, v[::-1]), (2.0, v), (v, 2.0)]:
        model = kind(first, NOISE).fit(X[:cut], y[:cut])
        model.set_params(prior_variance=then).partial_fit(X[cut:], y[cut:])
        same_model(model, kind(then, NOISE).fit(X, y), X)


@settings(max_examples=60)
@given(
    st.lists(st.floats(-4, 4), min_size=1, max_size=8),
    st.integers(1, 12),
    st.floats(1e-2, 1e2),
    st.booleans(),
    st.integers(0, 10**6),
    st.data(),
)
def test_any_variances_give_the_dense_predictions(
    exponents, n, noise, fit_intercept, seed, data
):
    v = 10.0 ** np.array(exponents)
    X, y = problem(n, len(v), 2, seed=seed)
    weights = np.random.default_rng(seed).uniform(0.1, 3.0, size=n)
    cut = data.draw(st.integers(0, n - 1))
    model = BayesianLinearRegression(v, noise, fit_intercept=fit_intercept)
    if cut:
        model.partial_fit(X[:cut], y[:cut], weights[:cut])
    model.partial_fit(X[cut:], y[cut:], weights[cut:])
    average = weights / weights.sum() if fit_intercept else np.zeros(n)
    mean_x, mean_y = average @ X, average @ y
    root = np.sqrt(weights)[:, None]
    Xc, yc = root * (X - mean_x), root * (y - mean_y)
    # In terms of rows, so that no number is divided by a small variance.
    K = noise * np.eye(n) + Xc * v @ Xc.T
    cross = ((X - mean_x) * v) @ Xc.T
    solved = np.linalg.solve(K, cross.T).T
    assert relative_error(model.predict(X), mean_y + solved @ yc) < 1e-8
    expected = ((X - mean_x) * v) @ (X - mean_x).T - solved @ cross.T
    level = noise / weights.sum() if fit_intercept else 0.0
    F = model.covariance_factor(X)
    largest = (((X - mean_x) * v) @ (X - mean_x).T).max() + level + 1e-300
    assert np.abs(F @ F.T - level - expected).max() < 1e-8 * largest


# ---------------------------------------------------------------------- as an estimator


def test_parameters_survive_clone_pickle_and_set_params():
    X, y = problem()
    v = variances(6)
    model = BayesianLinearRegression(v, NOISE)
    assert model.get_params()["prior_variance"] is v
    copied = clone(model)
    assert np.array_equal(copied.prior_variance, v)
    assert "prior_variance=array(" in repr(model)
    assert "prior_variance" in model._repr_html_()
    fitted = model.fit(X, y)
    back = pickle.loads(pickle.dumps(fitted))
    assert np.array_equal(back.predict(X), fitted.predict(X))
    same_model(back.partial_fit(X, y), clone(model).fit(X, y).partial_fit(X, y), X)
    as_list = clone(model).set_params(prior_variance=list(v)).fit(X, y)
    assert np.array_equal(as_list.coef_mean_, fitted.coef_mean_)


def test_the_callers_variances_stay_as_they_were_and_may_change_later():
    X, y = problem()
    v = variances(6)
    kept = v.copy()
    model = BayesianLinearRegression(v, NOISE, optimize="evidence").fit(X, y)
    assert np.array_equal(v, kept)
    model.set_params(optimize=None).fit(X, y)
    before = model.covariance_factor(X)
    v *= 3.0
    assert np.array_equal(model.prior_variance_, kept)
    assert np.array_equal(model.covariance_factor(X), before)


@pytest.mark.parametrize("scalar_too", [False, True])
def test_a_grid_search_chooses_among_arrays(scalar_too):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(30, 20))
    y = X[:, 0] + 0.1 * rng.normal(size=30)
    first, last = 10.0 ** -np.arange(20.0), 10.0 ** -np.arange(20.0)[::-1]
    grid = [last, first, *([1.0] if scalar_too else [])]
    search = GridSearchCV(
        BayesianLinearRegression(noise_variance=0.01), {"prior_variance": grid}, cv=3
    ).fit(X, y)
    assert np.array_equal(search.best_params_["prior_variance"], first)
    assert len(search.cv_results_["param_prior_variance"]) == len(grid)


def test_a_batch_is_chosen_by_the_covariance_under_this_prior():
    X, y = problem(20, 4, 1)
    pool, v = problem(15, 4, seed=9)[0], variances(4)
    model = BayesianLinearRegression(v, NOISE, fit_intercept=False).fit(X, y.ravel())
    chosen = BatchVariance(random_state=0)(model, pool, 4)
    S = np.linalg.inv(X.T @ X / NOISE + np.diag(1 / v))
    blocks = (pool @ np.linalg.cholesky(S))[:, np.newaxis] / np.sqrt(NOISE)
    assert list(chosen) == dense_greedy(blocks, 4)[0]


def test_it_is_the_prior_of_a_last_layer():
    X, y = problem(60, 4, 1)
    network = MCDropoutRegressor(module__hidden_units=(8,), max_epochs=2)
    head = BayesianLinearRegression(0.5 ** np.arange(8), NOISE)
    model = LastLayerRegressor(network, head, random_state=0).fit(X, y)
    features = model.transform(X).astype(np.float64)
    by_hand = clone(head).fit(features, y)
    assert relative_error(model.predict(X), by_hand.predict(features)) < 1e-10
    draws = model.predict_samples(X, 5, random_state=1)
    expected = by_hand.predict_samples(features, 5, random_state=1)
    assert relative_error(draws, expected) < 1e-10
    head.set_params(prior_variance=np.ones(3))
    with pytest.raises(ValueError, match=r"prior_variance of Bayesian.* \(8,\).* \(3,"):
        LastLayerRegressor(network, head, random_state=0).fit(X, y)


def test_float32_rows_give_float32_results():
    X, y = problem(50, 6)
    X = X.astype(np.float32)
    model = BayesianLinearRegression(variances(6).astype(np.float32), NOISE).fit(X, y)
    assert model.coef_mean_.dtype == model.prior_variance_.dtype == np.float64
    results = [
        model.predict(X),
        model.predict_samples(X, 3, random_state=0),
        model.covariance_factor(X),
    ]
    assert {result.dtype for result in results} == {np.dtype(np.float32)}


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        (np.ones(5), ValueError, r"must be a number or have shape \(6,\).* \(5,\)"),
        ([], ValueError, r"must be a number or have shape \(6,\).* \(0,\)"),
        (np.ones((6, 1)), ValueError, r"shape \(n_features,\) .* got shape \(6, 1\)"),
        (np.array(1.0), ValueError, r"shape \(n_features,\) .* got shape \(\)"),
        ([1, 1, 0, 1, 1, 1], ValueError, "must be positive .* got 0.0 for feature 2"),
        ([1, -1, 0, 1, 1, 1], ValueError, "must be positive .* got -1.0 for feature 1"),
        ([1, 1, 1, 1, 1, np.nan], ValueError, "positive .* got nan for feature 5"),
        ([np.inf, 1, 1, 1, 1, 1], ValueError, "positive .* got inf for feature 0"),
        (["a"] * 6, ValueError, r"shape \(n_features,\) of such numbers: "),
        ([1, 1, 1, None, 1, 1], ValueError, "got None"),
        ("flat", TypeError, r"shape \(n_features,\) of such numbers, got 'flat'"),
        (None, TypeError, r"shape \(n_features,\) of such numbers, got None"),
        (True, TypeError, r"got True \(bool\)"),
        (-1.0, ValueError, "must be a real number >= 0, got -1.0"),
    ],
)
@pytest.mark.parametrize("kind", KINDS)
def test_other_values_are_refused_by_name(kind, value, error, message):
    with pytest.raises(error, match=rf"prior_variance of {kind.__name__} .*{message}"):
        kind(value).fit(*problem())


def test_a_refused_length_leaves_the_fitted_model():
    X, y = problem()
    model = BayesianLinearRegression(variances(6), NOISE).fit(X, y)
    mean = model.predict(X)
    model.set_params(prior_variance=np.ones(5))
    with pytest.raises(ValueError, match=r"shape \(6,\)"):
        model.partial_fit(X, y)
    assert np.array_equal(model.predict(X), mean)
