"""The evidence over all weights, against dense determinants and grids."""

import numpy as np
import pytest
import torch
from scipy import stats
from sklearn.exceptions import ConvergenceWarning
from torch import nn

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


def after_a_step(H, weights, ratio):
    """The weights after a Newton step of the log prior, and twice the loss it costs."""
    stepped = np.linalg.solve(H + ratio * np.eye(len(H)), H @ weights)
    return stepped, (stepped - weights) @ H @ (stepped - weights)


def volume(A):
    return 0.5 * (len(A) * np.log(2 * np.pi) - np.linalg.slogdet(A)[1])


def regression_evidence(module, X, y):
    """Laplace's method: the joint density at the weights times the Gaussian volume."""
    sigma = y.var(axis=0) / y.var(axis=0).mean()
    J, weights = dense.jacobian(module, X), dense.flat_weights(module)
    H = np.einsum("ndi,d,ndj->ij", J, 1 / sigma, J)
    residual = y - dense.outputs(module, X)

    def evidence(prior, noise):
        stepped, cost = after_a_step(H, weights, noise / prior)
        joint = log_normal(residual, noise * sigma) - cost / (2 * noise)
        joint += log_normal(stepped, prior)
        return joint + volume(H / noise + np.eye(len(H)) / prior)

    return evidence


def class_evidence(module, X, y):
    H, weights = dense.softmax_gauss_newton(module, X), dense.flat_weights(module)
    logits = torch.from_numpy(dense.outputs(module, X))
    loss = torch.nn.functional.cross_entropy(
        logits, torch.from_numpy(y), reduction="sum"
    )

    def evidence(prior):
        stepped, cost = after_a_step(H, weights, 1 / prior)
        joint = -loss.item() - cost / 2 + log_normal(stepped, prior)
        return joint + volume(H + np.eye(len(H)) / prior)

    return evidence


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
    expected = class_evidence(module, X, y)(0.6)
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


def test_for_a_linear_network_at_least_squares_it_is_the_density_of_the_targets():
    X = rows(12)[0]
    module = dense.randomised(nn.Linear(3, 1))
    J = np.column_stack([X, np.ones(12)])
    noise = np.random.default_rng(0).normal(size=12)
    noise -= J @ np.linalg.lstsq(J, noise, rcond=None)[0]
    y = dense.outputs(module, X)[:, 0] + 0.3 * noise
    fixed = {"optimize": None, "prior_variance": 0.6, "noise_variance": 0.2}
    model = LaplaceRegressor(module, weights="all", **fixed).fit(X, y)
    density = stats.multivariate_normal(cov=0.2 * np.eye(12) + 0.6 * J @ J.T)
    assert model.log_marginal_likelihood() == pytest.approx(density.logpdf(y), rel=1e-9)


def test_the_variances_are_the_fixed_point_of_mackay():
    module, X, y = near_its_targets()
    model = LaplaceRegressor(module, weights="all").fit(X, y)
    prior, noise = model.prior_variance_, model.noise_variance_
    sigma = model.output_covariance_.diagonal()
    J = dense.jacobian(module, X)
    H = np.einsum("ndi,d,ndj->ij", J, 1 / sigma, J)
    stepped, cost = after_a_step(H, dense.flat_weights(module), noise / prior)
    gamma = np.trace(np.linalg.solve(H + noise / prior * np.eye(len(H)), H))
    residual = ((y - dense.outputs(module, X)) ** 2 / sigma).sum() + cost
    path = model.evidence_path_
    assert path["n_effective_parameters"][-1] == pytest.approx(gamma)
    assert prior == pytest.approx((stepped**2).sum() / gamma)
    assert noise == pytest.approx(residual / (y.size - gamma))
    assert model.n_iter_ == len(path)
    evidence = path["log_marginal_likelihood"]
    assert evidence[-1] == pytest.approx(evidence.max(), rel=1e-12)


def test_weights_that_do_not_matter_do_not_count():
    X = rows()[0]
    used = dense.two_layers(1)
    y = dense.outputs(used, X)[:, 0] + 0.1 * np.random.default_rng(0).normal(size=40)
    # A unit more, which never reaches the output, with very large weights.
    more = dense.randomised(nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 1))
    with torch.no_grad():
        more[0].weight[:4], more[0].bias[:4] = used[0].weight, used[0].bias
        more[0].weight[4], more[0].bias[4] = 1e3, 1e8
        more[2].weight[:, :4], more[2].weight[:, 4] = used[2].weight, 0.0
        more[2].bias[:] = used[2].bias
    small, large = (
        LaplaceRegressor(
            module, weights="all", subnetwork=["0"], tol=1e-12
        ).fit(X, y)
        for module in (used, more)
    )  # fmt: skip
    assert large.prior_variance_ == pytest.approx(small.prior_variance_, rel=1e-6)
    assert large.noise_variance_ == pytest.approx(small.noise_variance_, rel=1e-6)


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


def test_targets_without_dependence_are_warned_of():
    X = rows()[0]
    noise = np.random.default_rng(0).normal(size=40)
    module = dense.randomised(nn.Linear(3, 1, bias=False))
    with torch.no_grad():
        module[0].weight *= 1e-3
    with pytest.warns(ConvergenceWarning, match="show no dependence"):
        model = LaplaceRegressor(module, weights="all").fit(X, noise)
    assert model.noise_variance_ == pytest.approx(np.mean(noise**2), rel=1e-2)
    assert model.prior_variance_ < 1e-3


def test_the_units_of_y_are_those_of_noise_and_bands():
    X = rows()[0]
    y = np.sin(X[:, :2]) * [1.0, 5.0]
    network = MCDropoutRegressor(module__hidden_units=(8,), max_epochs=100, lr=0.03)
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
