"""The Laplace regressor against exact linear models, and as a user meets it."""

import pickle
import warnings

import numpy as np
import pytest
import torch
from scipy.stats import multivariate_normal
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import DotProduct
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import nn

from skbal import ActiveLearner
from skbal.exceptions import NumericalWarning
from skbal.models import (
    BayesianLinearRegression,
    LaplaceRegressor,
    MCDropoutRegressor,
    MeanFieldLinearRegression,
)
from skbal.query import PredictiveVariance
from tests.models._laplace.networks import (
    extended_features,
    last_layer,
    network,
    rows,
)

FIXED = {"optimize": None, "prior_variance": 0.6, "noise_variance": 0.2}


def targets(X, n_outputs=2, seed=0):
    rng = np.random.default_rng(seed)
    scales = np.array([1.0, 30.0, 0.1])[:n_outputs]
    y = np.sin(X[:, :n_outputs]) + 0.3 * rng.normal(size=(len(X), n_outputs))
    return y * scales + 5


def dense_posterior(phi, y, sigma, prior, noise):
    """Mean, row covariance and log evidence from the textbook, with inverses."""
    covariance = np.linalg.inv(phi.T @ phi / noise + np.eye(phi.shape[1]) / prior)
    mean = covariance @ phi.T @ (y - y.mean(axis=0)) / noise
    marginal = np.kron(sigma, noise * np.eye(len(phi)) + prior * phi @ phi.T)
    flat = (y - y.mean(axis=0)).T.ravel()
    return mean, covariance, multivariate_normal.logpdf(flat, cov=marginal)


# ------------------------------------------------------------------------ formulas


def test_the_posterior_is_that_of_the_dense_inverse():
    X, _ = rows()
    y = targets(X)
    module = network(2)
    model = LaplaceRegressor(module, **FIXED).fit(X, y)
    sigma = np.diag(y.var(axis=0) / y.var(axis=0).mean())
    phi = extended_features(module, X)
    mean, covariance, evidence = dense_posterior(phi, y, sigma, 0.6, 0.2)
    np.testing.assert_allclose(model.output_covariance_, sigma, rtol=1e-12)
    np.testing.assert_allclose(model.coef_mean_, mean[:-1], rtol=1e-8)
    np.testing.assert_allclose(
        model.intercept_mean_, mean[-1] + y.mean(axis=0), rtol=1e-8
    )
    new = rows(seed=9)[0]
    at = extended_features(module, new)
    spread = 0.2 + np.einsum("ni,ij,nj->n", at, covariance, at)
    predicted, cov = model.predict(new, return_cov=True)
    np.testing.assert_allclose(predicted, at @ mean + y.mean(axis=0), rtol=1e-8)
    np.testing.assert_allclose(cov, spread[:, None, None] * sigma, rtol=1e-8)
    std = model.predict(new, return_std=True)[1]
    np.testing.assert_allclose(std**2, np.einsum("ndd->nd", cov), rtol=1e-10)
    assert model.log_marginal_likelihood() == pytest.approx(evidence, rel=1e-8)


@pytest.mark.parametrize("n", [40, 4])
@pytest.mark.parametrize("optimize", [None, "evidence"])
def test_with_map_it_is_bayesian_linear_regression_on_the_features(n, optimize):
    X, _ = rows(n)
    y = targets(X)
    module = network(2)
    settings = {**FIXED, "optimize": optimize}
    model = LaplaceRegressor(module, **settings).fit(X, y)
    linear = BayesianLinearRegression(
        fit_intercept=False, output_covariance=model.output_covariance_, **settings
    ).fit(extended_features(module, X), y - y.mean(axis=0))
    new = rows(seed=9)[0]
    at = extended_features(module, new)
    for ours, theirs in zip(
        model.predict(new, return_cov=True), linear.predict(at, return_cov=True)
    ):
        offset = y.mean(axis=0) if ours.ndim == 2 else 0.0
        np.testing.assert_allclose(ours, theirs + offset, rtol=1e-7, atol=1e-9)
    assert model.log_marginal_likelihood() == pytest.approx(
        linear.log_marginal_likelihood()
    )
    assert model.noise_variance_ == pytest.approx(linear.noise_variance_)


def test_one_output_is_a_gaussian_process_with_a_linear_kernel():
    X, _ = rows()
    y = targets(X, 1).ravel()
    module = network(1)
    model = LaplaceRegressor(
        module, optimize=None, prior_variance=1.0, noise_variance=0.2
    ).fit(X, y)
    kernel = DotProduct(sigma_0=0.0, sigma_0_bounds="fixed")
    process = GaussianProcessRegressor(kernel, alpha=0.2, optimizer=None)
    process.fit(extended_features(module, X), y - y.mean())
    new = rows(seed=9)[0]
    mean, cov = process.predict(extended_features(module, new), return_cov=True)
    np.testing.assert_allclose(model.predict(new), mean + y.mean(), rtol=1e-8)
    factor = model.covariance_factor(new)
    np.testing.assert_allclose(factor @ factor.T, cov, rtol=1e-7, atol=1e-10)


@pytest.mark.parametrize("optimize", [None, "evidence", "network"])
@pytest.mark.parametrize("mode", ["map", "network"])
def test_for_a_squared_error_kronecker_is_full(mode, optimize):
    X, _ = rows()
    y, module = targets(X), network(2)
    settings = {**FIXED, "mode": mode, "optimize": optimize}
    full, kronecker = (
        LaplaceRegressor(module, hessian=hessian, **settings).fit(X, y)
        for hessian in ("full", "kronecker")
    )
    for one, other in zip(
        full.predict(X, return_std=True), kronecker.predict(X, return_std=True)
    ):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("mode", ["map", "network"])
@pytest.mark.parametrize("n_outputs", [1, 3])
def test_variances_of_the_network_are_mean_squares_in_standardised_units(
    mode, n_outputs
):
    X, _ = rows()
    y, module = targets(X, n_outputs), network(n_outputs)
    model = LaplaceRegressor(module, mode=mode, optimize="network").fit(X, y)
    phi, weights = extended_features(module, X), last_layer(module)
    weights[-1] -= y.mean(axis=0)
    residual = y - y.mean(axis=0) - phi @ weights
    unit = np.mean(y.var(axis=0))  # of a variance
    scale = y.std(axis=0)
    assert model.prior_variance_ == pytest.approx(
        np.mean((weights / scale) ** 2) * unit
    )
    assert model.noise_variance_ == pytest.approx(
        np.mean((residual / scale) ** 2) * unit
    )
    assert model.n_iter_ == 1
    assert not hasattr(model, "evidence_path_")


def test_variances_of_the_network_make_its_weights_and_residuals_most_probable():
    X, _ = rows()
    y, module = targets(X), network(2)
    model = LaplaceRegressor(module, mode="network", optimize="network").fit(X, y)
    phi, weights = extended_features(module, X), last_layer(module)
    weights[-1] -= y.mean(axis=0)
    residual, sigma = y - y.mean(axis=0) - phi @ weights, model.output_covariance_

    def log_probability(values, variance):
        return multivariate_normal.logpdf(values, cov=variance * sigma).sum()

    for values, best in (
        (weights, model.prior_variance_),
        (residual, model.noise_variance_),
    ):
        others = [log_probability(values, k * best) for k in (0.9, 1.1)]
        assert max(others) < log_probability(values, best)


def test_the_diagonal_form_is_the_mean_field_posterior():
    X, _ = rows()
    y = targets(X, 1).ravel()
    module = network(1)
    model = LaplaceRegressor(module, hessian="diagonal", **FIXED).fit(X, y)
    linear = MeanFieldLinearRegression(fit_intercept=False, **FIXED)
    linear.fit(extended_features(module, X), y - y.mean())
    new = rows(seed=9)[0]
    mean, std = linear.predict(extended_features(module, new), return_std=True)
    ours = model.predict(new, return_std=True)
    np.testing.assert_allclose(ours[0], mean + y.mean(), rtol=1e-8)
    np.testing.assert_allclose(ours[1], std, rtol=1e-8)


def test_the_hessian_is_that_of_automatic_differentiation():
    X, _ = rows()
    y = targets(X, 1)
    module = network(1)
    model = LaplaceRegressor(module, **FIXED).fit(X, y)
    phi, t = torch.from_numpy(extended_features(module, X)), torch.from_numpy(y)
    t = t - t.mean()

    def negative_log_posterior(weights):
        misfit = (t - phi @ weights[:, None]).square().sum()
        return misfit / (2 * 0.2) + weights.square().sum() / (2 * 0.6)

    mean = np.append(model.coef_mean_, model.intercept_mean_ - y.mean())
    at = torch.from_numpy(mean)
    hessian = torch.autograd.functional.hessian(negative_log_posterior, at).numpy()
    slope = torch.autograd.functional.jacobian(negative_log_posterior, at).numpy()
    np.testing.assert_allclose(slope, 0.0, atol=1e-10)
    factor = model.covariance_factor(X)
    rows_ = phi.numpy()
    np.testing.assert_allclose(
        factor @ factor.T, rows_ @ np.linalg.inv(hessian) @ rows_.T, rtol=1e-8
    )


@pytest.mark.parametrize("hessian", ["full", "diagonal"])
@pytest.mark.parametrize("mode", ["map", "network"])
def test_covariance_is_noise_plus_factors_times_output_covariance(hessian, mode):
    X, _ = rows()
    y = targets(X, 3)
    model = LaplaceRegressor(network(3), hessian=hessian, mode=mode).fit(X, y)
    _, cov = model.predict(X, return_cov=True)
    factor = model.covariance_factor(X)
    spread = model.noise_variance_ + (factor**2).sum(axis=1)
    np.testing.assert_allclose(
        cov, spread[:, None, None] * model.output_covariance_, rtol=1e-12
    )


@pytest.mark.parametrize("mode", ["map", "network"])
def test_draws_have_the_covariance_of_the_factors_over_rows_and_outputs(mode):
    X, _ = rows()
    y = targets(X)
    model = LaplaceRegressor(network(2), mode=mode, **FIXED).fit(X, y)
    few, n = X[:3], 20_000
    draws = model.predict_samples(few, n, random_state=0)
    flat = draws.transpose(1, 2, 0).reshape(n, -1)
    factor = model.covariance_factor(few)
    expected = np.kron(model.output_covariance_, factor @ factor.T)
    variances = np.diag(expected)
    deviations = flat - model.predict(few).T.ravel()
    assert (np.abs(deviations.mean(axis=0)) < 5 * np.sqrt(variances / n)).all()
    error = np.sqrt((np.outer(variances, variances) + expected**2) / n)
    assert (np.abs(deviations.T @ deviations / n - expected) < 5 * error).all()


# ------------------------------------------------------------- the network's weights


def test_with_network_the_predictions_are_those_of_the_network():
    X, _ = rows()
    y = targets(X)
    module = network(2)
    model = LaplaceRegressor(module, mode="network").fit(X, y)
    with torch.no_grad():
        expected = module(torch.from_numpy(X)).numpy()
    np.testing.assert_allclose(model.predict(X), expected, rtol=1e-10)
    trained = MCDropoutRegressor(
        module__hidden_units=(8,), max_epochs=5, deterministic=True, random_state=0
    ).fit(X, y)
    model = LaplaceRegressor(FrozenEstimator(trained), mode="network").fit(X, y)
    np.testing.assert_allclose(model.predict(X), trained.predict(X), rtol=1e-4)


def test_with_network_the_variances_are_a_fixed_point_of_mackay():
    X, _ = rows()
    y = targets(X)
    module = network(2)
    model = LaplaceRegressor(module, mode="network").fit(X, y)
    phi = extended_features(module, X)
    sigma = model.output_covariance_.diagonal()
    ratio = model.noise_variance_ / model.prior_variance_
    values = np.linalg.eigvalsh(phi.T @ phi)
    gamma = (values / (values + ratio)).sum()
    weights = last_layer(module)
    residual = ((y - phi @ weights) ** 2 / sigma).mean(axis=1).sum()
    weights[-1] -= y.mean(axis=0)
    length = (weights**2 / sigma).mean(axis=1).sum()
    assert model.prior_variance_ == pytest.approx(length / gamma)
    assert model.noise_variance_ == pytest.approx(residual / (len(X) - gamma))
    path = model.evidence_path_
    assert path["n_effective_parameters"][-1] == pytest.approx(gamma)
    assert path["log_marginal_likelihood"][-1] == model.log_marginal_likelihood()


@pytest.mark.parametrize("mode", ["map", "network"])
@pytest.mark.parametrize("factor", [1e-8, 1e8])
def test_the_units_of_y_are_the_units_of_everything(mode, factor):
    X, _ = rows()
    y = targets(X)
    layers = MCDropoutRegressor(module__hidden_units=(8,), max_epochs=5)
    one, other = (
        LaplaceRegressor(layers, mode=mode, random_state=0).fit(X, scale * y)
        for scale in (1.0, factor)
    )
    for ours, theirs in zip(
        other.predict(X, return_std=True), one.predict(X, return_std=True)
    ):
        np.testing.assert_allclose(ours / factor, theirs, rtol=1e-4)


# ----------------------------------------------------------------------- behaviour


@pytest.mark.parametrize("value", [0.0, 3.0, 1e8])
def test_a_constant_target_is_predicted_as_it_is(value):
    X, _ = rows()
    with pytest.warns(NumericalWarning, match="are fitted exactly"):
        model = LaplaceRegressor(network(1)).fit(X, np.full(len(X), value))
    mean, std = model.predict(X, return_std=True)
    np.testing.assert_allclose(mean, value)
    assert (std <= 1e-6 * max(value, 1e-100)).all()


def test_a_constant_column_beside_others_takes_their_scale():
    X, _ = rows()
    y = np.column_stack([targets(X, 1), np.full(len(X), 4.0)])
    model = LaplaceRegressor(network(2)).fit(X, y)
    np.testing.assert_allclose(model.output_covariance_, np.eye(2), rtol=1e-12)
    np.testing.assert_allclose(model.predict(X)[:, 1], 4.0)


@pytest.mark.parametrize("mode", ["map", "network"])
@pytest.mark.parametrize("n", [1, 2, 5])
def test_a_few_rows_give_finite_numbers(mode, n):
    X, _ = rows()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = LaplaceRegressor(network(1), mode=mode).fit(X[:n], targets(X, 1)[:n])
    for values in model.predict(X, return_std=True):
        assert np.isfinite(values).all()
    assert np.isfinite(model.log_marginal_likelihood())


@pytest.mark.parametrize(
    ("params", "n_outputs", "message"),
    [
        ({"network": network(2)}, 1, "has 2 outputs, but y has 1"),
        ({"network": network(1, nn.ReLU())}, 1, "ends in ReLU, so that its last dense"),
        ({"network": network(1), "feature_layer": "1"}, 1, "needs the weights of the"),
        (
            {"hessian": "block"},
            1,
            "must be 'full', 'kronecker' or 'diagonal', got 'blo",
        ),
        ({"noise_variance": 0}, 1, "noise_variance of .* must be larger than 0"),
        ({"optimize": "cv"}, 1, "must be 'network', 'evidence' or None, got 'cv'"),
    ],
)
def test_what_is_wrong_is_named(params, n_outputs, message):
    X, _ = rows()
    with pytest.raises(ValueError, match=message):
        LaplaceRegressor(**{"mode": "network", **params}).fit(X, targets(X, n_outputs))


def test_two_kinds_of_error_bars_at_once_are_refused():
    X, _ = rows()
    model = LaplaceRegressor(network(1), **FIXED).fit(X, X[:, 0])
    with pytest.raises(ValueError, match="either return_std or return_cov"):
        model.predict(X, return_std=True, return_cov=True)
    with pytest.raises(NotFittedError):
        LaplaceRegressor().predict(X)


def test_shapes_types_clones_pickles_and_pipelines():
    X, _ = rows()
    y = targets(X, 1)
    small = MCDropoutRegressor(module__hidden_units=(8,), max_epochs=5)
    model = LaplaceRegressor(small, random_state=0)
    flat, column = (clone(model).fit(X, t) for t in (y.ravel(), y))
    assert flat.predict(X).shape == (40,)
    assert column.predict(X, return_std=True)[1].shape == (40, 1)
    assert flat.predict_samples(X, 6).shape == (40, 6, 1)
    for rows_ in (X, X.astype(np.float32)):
        results = [*flat.predict(rows_, return_cov=True), flat.covariance_factor(rows_)]
        results.append(flat.predict_samples(rows_, 2, random_state=0))
        assert {result.dtype for result in results} == {rows_.dtype}
    copy = pickle.loads(pickle.dumps(flat))
    np.testing.assert_array_equal(copy.predict(X), flat.predict(X))
    again = clone(flat).fit(X, y.ravel())
    np.testing.assert_array_equal(again.predict(X), flat.predict(X))
    pipeline = make_pipeline(StandardScaler(), model).fit(X, y)
    assert np.isfinite(pipeline.predict(X)).all()


def test_a_learner_teaches_without_training():
    X, _ = rows()
    y = targets(X, 1).ravel()
    small = MCDropoutRegressor(module__hidden_units=(8,), max_epochs=5)
    model = LaplaceRegressor(small, random_state=0)
    learner = ActiveLearner(model, PredictiveVariance(random_state=0), X[:20], y[:20])
    trained = learner.estimator.network_
    chosen = learner.query(X[20:], n_instances=3)[0]
    learner.teach(X[20:][chosen], y[20:][chosen], refit_network=False)
    assert learner.estimator.network_ is trained
    assert len(learner.X_training) == 23
