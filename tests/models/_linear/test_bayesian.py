import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import matrix_normal, multivariate_normal
from sklearn.base import clone
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, DotProduct
from sklearn.linear_model import BayesianRidge, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

from skbal import predict_samples
from skbal.models import BayesianLinearRegression
from tests.models._linear.problems import (
    centred,
    contrasts,
    covariance,
    dense_posterior,
    problem,
    relative_error,
)

PRIOR, NOISE = 2.0, 0.3
# More rows than columns, as many, fewer: both forms of the posterior, and the border.
SHAPES = [(40, 6, 3), (6, 6, 2), (5, 12, 3), (1, 4, 2)]


def model(**params):
    return BayesianLinearRegression(PRIOR, NOISE, **params)


# ------------------------------------------------------------------------- posterior


@pytest.mark.parametrize("shape", SHAPES)
def test_posterior_is_that_of_the_dense_inverse(shape):
    X, y = problem(*shape)
    fitted = model(fit_intercept=False).fit(X, y)
    mean, S = dense_posterior(X, y, PRIOR, NOISE)
    assert relative_error(fitted.coef_mean_, mean) < 1e-8
    assert relative_error(fitted.row_covariance_, S) < 1e-8
    assert np.array_equal(fitted.intercept_mean_, np.zeros(shape[2]))


@pytest.mark.parametrize("shape", SHAPES[:3])
def test_a_flat_intercept_is_the_limit_of_a_wide_one(shape):
    X, y = problem(*shape, offset=3.0)
    fitted = model().fit(X, y)
    # The intercept as a column of its own, whose prior precision is zero.
    Z = np.column_stack([np.ones(len(X)), X])
    precision = Z.T @ Z / NOISE + np.diag([0.0] + [1 / PRIOR] * X.shape[1])
    S = np.linalg.inv(precision)
    W = S @ Z.T @ y / NOISE
    assert relative_error(fitted.intercept_mean_, W[0]) < 1e-8
    assert relative_error(fitted.coef_mean_, W[1:]) < 1e-8
    assert relative_error(fitted.row_covariance_, S[1:, 1:]) < 1e-8
    new = problem(*shape, seed=5, offset=3.0)[0]
    Z_new = np.column_stack([np.ones(len(new)), new])
    F = fitted.covariance_factor(new)
    assert relative_error(F @ F.T, Z_new @ S @ Z_new.T) < 1e-8


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("shape", SHAPES[:3])
def test_means_are_those_of_ridge(shape, fit_intercept):
    X, y = problem(*shape, offset=2.0)
    fitted = model(fit_intercept=fit_intercept).fit(X, y)
    ridge = Ridge(NOISE / PRIOR, fit_intercept=fit_intercept, solver="svd").fit(X, y)
    assert relative_error(fitted.coef_mean_, ridge.coef_.T) < 1e-8
    assert relative_error(fitted.predict(X), ridge.predict(X)) < 1e-8


@pytest.mark.parametrize("shape", [(40, 6, 1), (5, 12, 1)])
def test_predictions_are_those_of_a_gp_with_a_linear_kernel(shape):
    X, y = problem(*shape)
    new = problem(9, shape[1], seed=3)[0]
    kernel = ConstantKernel(PRIOR, "fixed") * DotProduct(0.0, "fixed")
    gp = GaussianProcessRegressor(kernel, alpha=NOISE, optimizer=None).fit(X, y)
    fitted = model(fit_intercept=False).fit(X, y)
    mean, cov = gp.predict(new, return_cov=True)
    F = fitted.covariance_factor(new)
    assert relative_error(fitted.predict(new).ravel(), mean) < 1e-8
    assert relative_error(F @ F.T, cov) < 1e-8


# ------------------------------------------------------------------------ predictive


@pytest.mark.parametrize("shape", SHAPES[:3])
def test_predictive_covariance_is_row_variance_times_output_covariance(shape):
    X, y = problem(*shape)
    sigma = covariance(shape[2])
    fitted = model(output_covariance=sigma, fit_intercept=False).fit(X, y)
    _, S = dense_posterior(X, y, PRIOR, NOISE)
    new = problem(7, shape[1], seed=4)[0]
    row = NOISE + np.einsum("ij,jk,ik->i", new, S, new)
    expected = row[:, None, None] * sigma
    mean, cov = fitted.predict(new, return_cov=True)
    assert relative_error(cov, expected) < 1e-8
    _, std = fitted.predict(new, return_std=True)
    assert relative_error(std**2, np.diagonal(expected, axis1=1, axis2=2)) < 1e-8
    assert np.array_equal(mean, fitted.predict(new))


def test_one_output_given_as_a_vector_comes_back_as_vectors():
    X, y = problem(20, 3, 1)
    flat, column = model().fit(X, y.ravel()), model().fit(X, y)
    mean, std = flat.predict(X, return_std=True)
    assert mean.shape == std.shape == (20,)
    assert flat.predict(X, return_cov=True)[1].shape == (20, 1, 1)
    assert column.predict(X, return_std=True)[1].shape == (20, 1)
    assert np.array_equal(column.predict(X).ravel(), mean)


def test_output_covariance_leaves_the_means():
    X, y = problem()
    plain = model().fit(X, y)
    for output in (covariance(3), "empirical"):
        other = model(output_covariance=output).fit(X, y)
        assert np.array_equal(other.coef_mean_, plain.coef_mean_)


# ------------------------------------------------------------------------------ draws


@pytest.mark.parametrize("shape", [(30, 4, 2), (4, 9, 2)])
def test_draws_have_the_moments_of_the_posterior(shape):
    X, y = problem(*shape)
    sigma = covariance(2)
    fitted = model(output_covariance=sigma).fit(X, y)
    new = problem(3, shape[1], seed=6)[0]
    n_draws = 20000
    draws = fitted.predict_samples(new, n_draws, random_state=0)
    F = fitted.covariance_factor(new)
    expected = np.kron(F @ F.T, sigma)  # over (row, output)
    flat = draws.swapaxes(0, 1).reshape(n_draws, -1)
    variances = expected.diagonal()
    mean_error = np.abs(flat.mean(axis=0) - fitted.predict(new).ravel())
    assert (mean_error < 5 * np.sqrt(variances / n_draws)).all()
    # The variance of a sample covariance of normal values.
    spread = np.sqrt((np.outer(variances, variances) + expected**2) / n_draws)
    assert (np.abs(np.cov(flat.T) - expected) < 5 * spread).all()


def test_draws_are_one_linear_function_each():
    X, y = problem(n_outputs=2)
    fitted = model().fit(X, y)
    # Of an affine function, the middle of two rows has the middle of their values.
    rows = np.stack([X[0], X[1], (X[0] + X[1]) / 2])
    draws = fitted.predict_samples(rows, 50, random_state=3)
    assert np.allclose(draws[2], draws[:2].mean(axis=0), rtol=1e-10)


def test_the_first_of_many_draws_are_those_of_a_few():
    X, y = problem()
    fitted = model().fit(X, y)
    many = fitted.predict_samples(X, 30, random_state=1)
    few = fitted.predict_samples(X, 7, random_state=1)
    assert np.allclose(many[:, :7], few, rtol=1e-12)


def test_without_intercept_all_draws_are_zero_at_zero():
    X, y = problem()
    fitted = model(fit_intercept=False).fit(X, y)
    draws = fitted.predict_samples(np.zeros((1, 6)), 5, random_state=0)
    assert np.array_equal(draws, np.zeros((1, 5, 3)))


# --------------------------------------------------------------------------- evidence


@pytest.mark.parametrize("shape", SHAPES)
def test_evidence_is_the_density_of_the_marginal(shape):
    X, y = problem(*shape)
    sigma = covariance(shape[2])
    fitted = model(output_covariance=sigma, fit_intercept=False).fit(X, y)
    K = NOISE * np.eye(len(X)) + PRIOR * X @ X.T
    expected = multivariate_normal.logpdf(y.ravel(), cov=np.kron(K, sigma))
    assert fitted.log_marginal_likelihood() == pytest.approx(expected, rel=1e-8)
    again = matrix_normal.logpdf(y, rowcov=K, colcov=sigma)
    assert fitted.log_marginal_likelihood() == pytest.approx(again, rel=1e-8)


@pytest.mark.parametrize("shape", SHAPES[:3])
def test_evidence_with_an_intercept_is_that_of_the_contrasts(shape):
    X, y = problem(*shape, offset=4.0)
    fitted = model().fit(X, y)
    Q = contrasts(len(X))
    K = NOISE * np.eye(len(X) - 1) + PRIOR * Q @ X @ X.T @ Q.T
    expected = sum(multivariate_normal.logpdf(Q @ y, cov=K) for y in y.T)
    assert fitted.log_marginal_likelihood() == pytest.approx(expected, rel=1e-8)


def test_evidence_does_not_move_when_rows_or_targets_are_shifted():
    X, y = problem()
    before = model().fit(X, y).log_marginal_likelihood()
    after = model().fit(X + 10.0, y - 7.0).log_marginal_likelihood()
    assert after == pytest.approx(before, rel=1e-10)


def test_one_hot_targets_have_a_singular_covariance_and_a_density_on_its_support():
    X = problem(30, 4)[0]
    y = np.eye(3)[np.arange(30) % 3]
    fitted = model(output_covariance="empirical").fit(X, y)
    sigma = fitted.output_covariance_
    assert np.allclose(sigma.sum(axis=0), 0, atol=1e-14)
    Q = contrasts(30)
    K = NOISE * np.eye(29) + PRIOR * Q @ X @ X.T @ Q.T
    # Along an orthonormal basis of the support, an ordinary density.
    basis = np.linalg.svd(np.ones((1, 3)))[2][1:].T
    expected = matrix_normal.logpdf(
        Q @ y @ basis, rowcov=K, colcov=basis.T @ sigma @ basis
    )
    assert fitted.log_marginal_likelihood() == pytest.approx(expected, rel=1e-8)


def test_the_empirical_output_covariance_has_the_largest_evidence_of_its_trace():
    X, y = problem(60, 4, 2)
    empirical = model(output_covariance="empirical").fit(X, y)
    sigma = empirical.output_covariance_
    assert np.trace(sigma) == pytest.approx(2.0)
    # Its shape is the maximum's: scaled freely, no change of shape gains anything.
    _, Yc = centred(X, y)
    Xc, _ = centred(X, y)
    K = NOISE * np.eye(60) + PRIOR * Xc @ Xc.T
    best = Yc.T @ np.linalg.solve(K, Yc)
    assert relative_error(sigma, best / np.trace(best) * 2) < 1e-8


# ------------------------------------------------------------------- pieces and weights


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("cuts", [[1, 2, 3], [20], [5, 6, 7, 30], [39]])
def test_pieces_equal_the_whole(cuts, fit_intercept):
    X, y = problem(offset=5.0)
    whole = model(fit_intercept=fit_intercept).fit(X, y)
    pieces = model(fit_intercept=fit_intercept)
    for part_X, part_y in zip(np.split(X, cuts), np.split(y, cuts)):
        pieces.partial_fit(part_X, part_y)
    assert relative_error(pieces.coef_mean_, whole.coef_mean_) < 1e-8
    assert relative_error(pieces.row_covariance_, whole.row_covariance_) < 1e-8
    assert pieces.log_marginal_likelihood() == pytest.approx(
        whole.log_marginal_likelihood(), rel=1e-8
    )
    draws = [m.predict_samples(X, 5, random_state=0) for m in (pieces, whole)]
    assert relative_error(*draws) < 1e-8


@pytest.mark.slow
@settings(max_examples=40)
@given(
    st.integers(1, 10),
    st.lists(st.integers(1, 9), min_size=1, max_size=5),
    st.booleans(),
    st.integers(0, 10**6),
)
def test_any_pieces_with_any_weights_equal_the_whole(
    n_features, sizes, fit_intercept, seed
):
    X, y = problem(sum(sizes), n_features, 2, seed=seed, offset=3.0)
    weights = np.random.default_rng(seed).uniform(0.1, 3.0, size=len(X))
    whole = model(fit_intercept=fit_intercept).fit(X, y, weights)
    pieces = model(fit_intercept=fit_intercept)
    cuts = np.cumsum(sizes)[:-1]
    for part in zip(*(np.split(values, cuts) for values in (X, y, weights))):
        pieces.partial_fit(*part)
    means, stds = zip(*(m.predict(X, return_std=True) for m in (pieces, whole)))
    assert relative_error(*means) < 1e-8
    assert relative_error(*stds) < 1e-8


def test_a_new_fit_forgets_what_was_added():
    X, y = problem()
    again = model().fit(X, y).partial_fit(X, y).fit(X, y)
    assert np.array_equal(again.coef_mean_, model().fit(X, y).coef_mean_)


@pytest.mark.parametrize(
    ("shape", "optimize"),
    [((20, 4, 2), None), ((20, 4, 2), "evidence"), ((5, 12, 2), None)],
)
def test_a_weight_counts_a_row_so_many_times(shape, optimize):
    X, y = problem(*shape)
    counts = np.arange(shape[0]) % 3
    weighted = model(optimize=optimize).fit(X, y, sample_weight=counts)
    repeated = model(optimize=optimize).fit(
        np.repeat(X, counts, axis=0), np.repeat(y, counts, axis=0)
    )
    assert relative_error(weighted.coef_mean_, repeated.coef_mean_) < 1e-7
    assert weighted.noise_variance_ == pytest.approx(repeated.noise_variance_, rel=1e-7)
    assert weighted.log_marginal_likelihood() == pytest.approx(
        repeated.log_marginal_likelihood(), rel=1e-8
    )


def test_weighted_pieces_equal_the_weighted_whole():
    X, y = problem(20, 6)
    weights = np.random.default_rng(0).uniform(0.1, 2.0, size=20)
    whole = model().fit(X, y, weights)
    pieces = model().partial_fit(X[:3], y[:3], weights[:3])
    pieces.partial_fit(X[3:], y[3:], weights[3:])
    assert relative_error(pieces.coef_mean_, whole.coef_mean_) < 1e-8
    # A first piece without weights counts each row once.
    ones_first = np.concatenate([np.ones(3), weights[3:]])
    mixed = model().partial_fit(X[:3], y[:3]).partial_fit(X[3:], y[3:], weights[3:])
    assert relative_error(
        mixed.coef_mean_, model().fit(X, y, ones_first).coef_mean_
    ) < (1e-8)


def test_duplicating_every_row_halves_the_noise_in_the_posterior():
    X, y = problem()
    twice = model(fit_intercept=False).fit(np.tile(X, (2, 1)), np.tile(y, (2, 1)))
    half = BayesianLinearRegression(PRIOR, NOISE / 2, fit_intercept=False).fit(X, y)
    assert relative_error(twice.row_covariance_, half.row_covariance_) < 1e-8


def test_a_huge_prior_gives_least_squares_and_a_tiny_one_the_mean():
    X, y = problem()
    wide = BayesianLinearRegression(prior_variance=1e12).fit(X, y)
    Xc, yc = centred(X, y)
    least_squares = np.linalg.lstsq(Xc, yc)[0]
    assert relative_error(wide.coef_mean_, least_squares) < 1e-8
    narrow = BayesianLinearRegression(prior_variance=1e-20).fit(X, y)
    assert np.allclose(narrow.predict(X), y.mean(axis=0))


# ---------------------------------------------------------------------- as an estimator


def test_float32_rows_give_float32_results_from_float64_algebra():
    X, y = problem(200, 6)
    wide, narrow = model().fit(X, y), model().fit(X.astype(np.float32), y)
    assert narrow.coef_mean_.dtype == np.float64
    X = X.astype(np.float32)
    results = [
        narrow.predict(X),
        narrow.predict(X, return_std=True)[1],
        narrow.predict(X, return_cov=True)[1],
        narrow.predict_samples(X, 3, random_state=0),
        narrow.covariance_factor(X),
    ]
    assert {result.dtype for result in results} == {np.dtype(np.float32)}
    assert relative_error(narrow.coef_mean_, wide.coef_mean_) < 1e-5


def test_the_callers_arrays_stay_as_they_were():
    X, y = problem(offset=1.0)
    kept = X.copy(), y.copy()
    fitted = model().fit(X, y).partial_fit(X[:2], y[:2])
    fitted.predict_samples(X)
    assert np.array_equal(X, kept[0])
    assert np.array_equal(y, kept[1])


def test_pickle_and_clone():
    X, y = problem()
    fitted = model(optimize="evidence").fit(X, y)
    back = pickle.loads(pickle.dumps(fitted))
    assert np.array_equal(back.predict(X), fitted.predict(X))
    back.partial_fit(X, y)
    assert not hasattr(clone(fitted), "coef_mean_")


def test_in_a_pipeline_and_a_grid_search_whose_draws_are_found():
    X, y = problem(60, 2, 1, seed=1)
    pipe = make_pipeline(StandardScaler(), PolynomialFeatures(2), model())
    search = GridSearchCV(
        pipe, {"bayesianlinearregression__prior_variance": [1e-6, 1.0]}, cv=3
    ).fit(X, y.ravel())
    assert search.best_params_ == {"bayesianlinearregression__prior_variance": 1.0}
    assert predict_samples(search, X, 4, random_state=0).shape == (60, 4, 1)


def test_draws_agree_in_law_with_those_of_bayesian_ridge():
    X, y = problem(60, 3, 1)
    ridge = BayesianRidge(fit_intercept=False).fit(X, y.ravel())
    ours = BayesianLinearRegression(
        1 / ridge.lambda_, 1 / ridge.alpha_, fit_intercept=False
    ).fit(X, y)
    assert relative_error(ours.row_covariance_, ridge.sigma_) < 1e-8
    a, b = (predict_samples(m, X[:4], 8000, random_state=0) for m in (ours, ridge))
    error = np.abs(a.std(axis=1) / b.std(axis=1) - 1)
    assert (error < 5 / np.sqrt(8000)).all()


@pytest.mark.parametrize(
    ("params", "error", "message"),
    [
        ({"prior_variance": 0}, ValueError, "prior_variance of Bayesian.* larger than"),
        ({"noise_variance": -1}, ValueError, "noise_variance of .* must be a real"),
        ({"noise_variance": "a"}, TypeError, "noise_variance of .* got 'a'"),
        ({"optimize": "cv"}, ValueError, "optimize of .* 'evidence' or None, got 'cv'"),
        ({"output_covariance": "full"}, ValueError, "None, 'empirical' or a matrix"),
        ({"output_covariance": np.eye(2)}, ValueError, r"shape \(3, 3\).* \(2, 2\)"),
        ({"output_covariance": -np.eye(3)}, ValueError, "positive semi-definite"),
        (
            {"output_covariance": np.triu(np.ones((3, 3)))},
            ValueError,
            "output_covariance of BayesianLinearRegression must be symmetric",
        ),
        ({"max_iter": 0}, ValueError, "max_iter of BayesianLinearRegression"),
    ],
)
def test_wrong_parameters_are_named(params, error, message):
    with pytest.raises(error, match=message):
        BayesianLinearRegression(**params).fit(*problem())


def test_wrong_calls_are_named():
    X, y = problem()
    fitted = model().fit(X, y)
    with pytest.raises(ValueError, match="either return_std or return_cov"):
        fitted.predict(X, return_std=True, return_cov=True)
    with pytest.raises(ValueError, match="must have 3 outputs as before, got 2"):
        fitted.partial_fit(X, y[:, :2])
    with pytest.raises(ValueError, match="X has 5 features"):
        fitted.partial_fit(X[:, :5], y)
    with pytest.raises(ValueError, match="zero"):
        model().fit(X, y, sample_weight=np.zeros(40))
    with pytest.raises(ValueError, match="n_draws of BayesianLinearRegression"):
        fitted.predict_samples(X, 0)


def test_a_failed_partial_fit_leaves_what_was_learned():
    X, y = problem()
    fitted = model().fit(X, y)
    before = fitted.predict(X)
    bad = X.copy()
    bad[3, 2] = np.nan
    with pytest.raises(ValueError, match="NaN"):
        fitted.partial_fit(bad, y)
    assert np.array_equal(fitted.predict(X), before)
    assert fitted.partial_fit(X, y)._statistics.weight == 80
