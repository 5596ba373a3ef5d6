"""The evidence over all weights, against dense determinants and grids."""

import numpy as np
import pytest
import torch
from scipy import stats

from skbal.exceptions import NumericalWarning
from skbal.models import LaplaceClassifier, LaplaceRegressor, MCDropoutRegressor
from tests.models._laplace._all_weights import dense
from tests.models._laplace.networks import rows

GRID = np.geomspace(1e-3, 1e3, 25)


def near_its_targets(n=40, n_outputs=2):
    X = rows(n)[0]
    module = dense.two_layers(n_outputs)
    noise = np.random.default_rng(0).normal(size=(n, n_outputs))
    return module, X, dense.outputs(module, X) + 0.3 * noise * [1.0, 4.0][:n_outputs]


def log_normal(values, variance):
    return stats.norm.logpdf(values, scale=np.sqrt(variance)).sum()


def regression_evidence(module, X, y):
    """Laplace's method: the joint density at the weights times the Gaussian volume."""
    sigma = y.var(axis=0) / y.var(axis=0).mean()
    J, weights = dense.jacobian(module, X), dense.flat_weights(module)
    H = np.einsum("ndi,d,ndj->ij", J, 1 / sigma, J)
    residual = y - dense.outputs(module, X)

    def evidence(prior, noise):
        A = H / noise + np.eye(len(H)) / prior
        joint = log_normal(residual, noise * sigma) + log_normal(weights, prior)
        return joint + 0.5 * (len(A) * np.log(2 * np.pi) - np.linalg.slogdet(A)[1])

    return evidence


def class_evidence(module, X, y, prior):
    A = (
        dense.softmax_gauss_newton(module, X)
        + np.eye(len(dense.flat_weights(module))) / prior
    )
    logits = torch.from_numpy(dense.outputs(module, X))
    joint = -torch.nn.functional.cross_entropy(
        logits, torch.from_numpy(y), reduction="sum"
    ).item()
    joint += log_normal(dense.flat_weights(module), prior)
    return joint + 0.5 * (len(A) * np.log(2 * np.pi) - np.linalg.slogdet(A)[1])


@pytest.mark.parametrize("n", [40, 6])
@pytest.mark.parametrize("n_outputs", [1, 2])
def test_the_evidence_of_numbers_is_that_of_laplaces_method(n, n_outputs):
    module, X, y = near_its_targets(n, n_outputs)
    fixed = {"optimize": None, "prior_variance": 0.6, "noise_variance": 0.2}
    model = LaplaceRegressor(module, weights="all", **fixed).fit(X, y)
    expected = regression_evidence(module, X, y)(0.6, 0.2)
    assert model.log_marginal_likelihood() == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("n", [40, 6])
def test_the_evidence_of_classes_is_that_of_laplaces_method(n):
    X, y = rows(n)
    module = dense.two_layers(3)
    model = LaplaceClassifier(module, weights="all", optimize=None, prior_variance=0.6)
    expected = class_evidence(module, X, y, 0.6)
    assert model.fit(X, y).log_marginal_likelihood() == pytest.approx(
        expected, rel=1e-9
    )


@pytest.mark.parametrize("start", [1e-6, 1.0, 1e6])
@pytest.mark.parametrize("n", [40, 6])
def test_the_variances_of_numbers_are_the_maximum_of_a_grid(n, start):
    module, X, y = near_its_targets(n)
    model = LaplaceRegressor(module, weights="all", prior_variance=start).fit(X, y)
    best = model.log_marginal_likelihood()
    path = model.evidence_path_
    assert best == pytest.approx(path["log_marginal_likelihood"][-1], rel=1e-12)
    prior, noise = model.prior_variance_, model.noise_variance_
    evidence = regression_evidence(module, X, y)
    assert best == pytest.approx(evidence(prior, noise))
    steps = np.array([1e-3, 0.1, 0.5, 0.98, 1.0, 1.02, 2.0, 10.0, 1e3])
    grid = [[evidence(a * prior, b * noise) for b in steps] for a in steps]
    # The grid has the variances that were found in its middle.
    assert np.unravel_index(np.argmax(grid), (9, 9)) == (4, 4)


def test_the_variances_are_the_fixed_point_of_mackay():
    module, X, y = near_its_targets()
    model = LaplaceRegressor(module, weights="all").fit(X, y)
    gamma = model.evidence_path_["n_effective_parameters"][-1]
    sigma = model.output_covariance_.diagonal()
    residual = ((y - dense.outputs(module, X)) ** 2 / sigma).sum()
    length = (dense.flat_weights(module) ** 2).sum()
    assert model.prior_variance_ == pytest.approx(length / gamma)
    assert model.noise_variance_ == pytest.approx(residual / (y.size - gamma))
    assert model.n_iter_ == len(model.evidence_path_)


@pytest.mark.parametrize("hessian", ["full", "kronecker", "diagonal"])
def test_the_prior_variance_of_classes_is_the_maximum_of_a_line(hessian):
    X, y = rows()
    module = dense.two_layers(3)
    settings = {"weights": "all", "hessian": hessian}
    model = LaplaceClassifier(module, optimize="evidence", tol=1e-8, **settings)
    best = model.fit(X, y).log_marginal_likelihood()
    for factor in (*GRID[GRID < 0.99], *GRID[GRID > 1.01], 0.98, 1.02):
        other = LaplaceClassifier(
            module,
            optimize=None,
            prior_variance=factor * model.prior_variance_,
            **settings,
        )
        assert other.fit(X, y).log_marginal_likelihood() < best


def test_with_network_they_are_mean_squares():
    module, X, y = near_its_targets()
    model = LaplaceRegressor(module, weights="all", optimize="network").fit(X, y)
    sigma = model.output_covariance_.diagonal()
    residual = (y - dense.outputs(module, X)) ** 2 / sigma
    weights = dense.flat_weights(module)
    assert model.noise_variance_ == pytest.approx(residual.mean())
    assert model.prior_variance_ == pytest.approx((weights**2).mean())
    classifier = LaplaceClassifier(dense.two_layers(3), weights="all")
    classifier.fit(*rows())
    weights = dense.flat_weights(dense.two_layers(3))
    assert classifier.prior_variance_ == pytest.approx((weights**2).mean())


def test_targets_that_are_fitted_exactly_are_warned_of():
    module, X, _ = near_its_targets()
    y = dense.outputs(module, X)
    with pytest.warns(NumericalWarning, match="fitted exactly"):
        model = LaplaceRegressor(module, weights="all").fit(X, y)
    assert 0 < model.noise_variance_ < 1e-12
    assert np.isfinite(model.predict(X, return_std=True)[1]).all()


def test_the_units_of_y_are_those_of_noise_and_bands():
    X = rows()[0]
    y = np.sin(X[:, :2]) * [1.0, 5.0]
    network = MCDropoutRegressor(module__hidden_units=(8,), max_epochs=5)
    one, other = (
        LaplaceRegressor(network, weights="all", random_state=0).fit(X, scale * y)
        for scale in (1.0, 1e6)
    )
    assert other.prior_variance_ == pytest.approx(one.prior_variance_, rel=1e-3)
    assert other.noise_variance_ == pytest.approx(1e12 * one.noise_variance_, rel=1e-3)
    for ours, theirs in zip(
        other.predict(X, return_std=True), one.predict(X, return_std=True)
    ):
        np.testing.assert_allclose(ours / 1e6, theirs, rtol=1e-3)
