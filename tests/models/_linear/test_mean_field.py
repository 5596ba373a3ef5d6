import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.stats import norm

from skbal.models import BayesianLinearRegression, MeanFieldLinearRegression
from tests.models._linear.problems import centred, problem, relative_error

PRIOR, NOISE = 2.0, 0.3


def both(X, y, **params):
    exact = BayesianLinearRegression(PRIOR, NOISE, **params).fit(X, y)
    return exact, MeanFieldLinearRegression(PRIOR, NOISE, **params).fit(X, y)


def divergence(model, exact):
    """Return KL(q || p) between two Gaussians over the weights, densely."""
    S, V = exact.row_covariance_, model.coef_variance_
    total = 0.0
    for variance in V.T:
        ratio = np.linalg.solve(S, np.diag(variance))
        total += 0.5 * (np.trace(ratio) - len(S) - np.linalg.slogdet(ratio)[1])
    return total


@pytest.mark.parametrize("shape", [(40, 6, 3), (5, 12, 2)])
def test_means_are_the_exact_ones_and_variances_smaller(shape):
    exact, factorised = both(*problem(*shape))
    assert np.array_equal(factorised.coef_mean_, exact.coef_mean_)
    exact_variance = exact.row_covariance_.diagonal()[:, None]
    assert (factorised.coef_variance_ < exact_variance).all()


def test_variances_are_those_of_the_seeds_equation():
    X, y = problem()
    factorised = both(X, y, fit_intercept=False)[1]
    expected = 1 / ((X**2).sum(axis=0) / NOISE + 1 / PRIOR)
    assert relative_error(factorised.coef_variance_, expected[:, None]) < 1e-8
    assert relative_error(factorised.row_covariance_, np.diag(expected)) < 1e-8


def test_with_orthogonal_features_nothing_is_lost():
    X = np.linalg.qr(problem(40, 6)[0])[0]
    exact, factorised = both(X, problem()[1], fit_intercept=False)
    assert (
        relative_error(np.diag(factorised.coef_variance_[:, 0]), exact.row_covariance_)
        < 1e-8
    )
    assert factorised.elbo() == pytest.approx(
        factorised.log_marginal_likelihood(), rel=1e-10
    )


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("shape", [(40, 6, 3), (5, 12, 2)])
def test_the_gap_to_the_evidence_is_the_divergence_from_the_posterior(
    shape, fit_intercept
):
    exact, factorised = both(*problem(*shape), fit_intercept=fit_intercept)
    gap = exact.log_marginal_likelihood() - factorised.elbo()
    assert gap > 0
    assert gap == pytest.approx(divergence(factorised, exact), rel=1e-8)
    assert factorised.log_marginal_likelihood() == pytest.approx(
        exact.log_marginal_likelihood(), rel=1e-12
    )


def numerical_elbo(parameters, X, y):
    """Return the bound for any means and log variances, from its definition."""
    p = X.shape[1]
    mean, variance = parameters[:p], np.exp(parameters[p:])
    residual = ((y - X @ mean) ** 2).sum() + (X**2 @ variance).sum()
    likelihood = -0.5 * (residual / NOISE + len(y) * np.log(2 * np.pi * NOISE))
    prior = (
        norm.logpdf(mean, scale=np.sqrt(PRIOR)).sum() - 0.5 * (variance / PRIOR).sum()
    )
    entropy = 0.5 * np.log(2 * np.pi * np.e * variance).sum()
    return likelihood + prior + entropy


def test_numerical_maximisation_finds_no_better_bound():
    X, y = problem(25, 3, 1)
    factorised = both(X, y, fit_intercept=False)[1]
    found = minimize(
        lambda parameters: -numerical_elbo(parameters, X, y.ravel()),
        np.zeros(6),
        options={"gtol": 1e-9},
        method="L-BFGS-B",
        tol=1e-15,
    )
    assert -found.fun == pytest.approx(factorised.elbo(), rel=1e-8)
    assert np.allclose(found.x[:3], factorised.coef_mean_.ravel(), rtol=1e-4)
    assert np.allclose(
        np.exp(found.x[3:]), factorised.coef_variance_.ravel(), rtol=1e-3
    )


@settings(max_examples=30)
@given(
    st.integers(1, 12),
    st.integers(1, 8),
    st.integers(0, 10**6),
    st.floats(1e-3, 1e3),
    st.floats(1e-3, 1e3),
)
def test_the_bound_never_exceeds_the_evidence(n, p, seed, prior, noise):
    X, y = problem(n, p, 2, seed=seed)
    model = MeanFieldLinearRegression(prior, noise).fit(X, y)
    slack = 1e-8 * max(abs(model.log_marginal_likelihood()), 1.0)
    assert model.elbo() <= model.log_marginal_likelihood() + slack


def test_predictive_variance_is_the_seeds_sum_of_squares():
    X, y = problem()
    factorised = both(X, y)[1]
    new = problem(9, seed=8)[0]
    Xc = new - X.mean(axis=0)
    row = NOISE + NOISE / len(X) + Xc**2 @ factorised.coef_variance_
    _, std = factorised.predict(new, return_std=True)
    assert relative_error(std**2, row) < 1e-8
    _, cov = factorised.predict(new, return_cov=True)
    assert np.allclose(cov[0], np.diag(row[0]), rtol=1e-10)


def test_draws_have_the_factorised_moments():
    X, y = problem(30, 4, 2)
    factorised = both(X, y)[1]
    new = X[:3]
    draws = factorised.predict_samples(new, 20000, random_state=0)
    F = factorised.covariance_factor(new)
    variance = np.einsum("ij,ij->i", F, F)
    error = draws.var(axis=1) / variance[:, None] - 1
    assert (np.abs(error) < 5 * np.sqrt(2 / 20000)).all()
    Xc = centred(X, y)[0][:3]
    expected = Xc * factorised.coef_variance_[:, 0] @ Xc.T + NOISE / 30
    assert relative_error(F @ F.T, expected) < 1e-8


def test_evidence_is_that_of_the_exact_model():
    X, y = problem()
    exact, factorised = (
        kind(optimize="evidence").fit(X, y)
        for kind in (BayesianLinearRegression, MeanFieldLinearRegression)
    )
    assert factorised.noise_variance_ == exact.noise_variance_
    assert factorised.prior_variance_ == exact.prior_variance_


def test_pieces_equal_the_whole():
    X, y = problem()
    whole = both(X, y)[1]
    pieces = MeanFieldLinearRegression(PRIOR, NOISE)
    pieces.partial_fit(X[:3], y[:3]).partial_fit(X[3:], y[3:])
    assert relative_error(pieces.coef_variance_, whole.coef_variance_) < 1e-8
    assert pieces.elbo() == pytest.approx(whole.elbo(), rel=1e-8)
