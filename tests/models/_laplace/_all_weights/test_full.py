"""All correlations, against automatic differentiation and dense inverses."""

import numpy as np
import pytest
import torch
from torch import nn

from skbal.models import LaplaceClassifier, LaplaceRegressor
from skbal.models._laplace._all_weights._full import (
    FewRows,
    ManyRows,
    full_weights,
)
from tests.models._laplace._all_weights import dense
from tests.models._laplace.networks import rows

FIXED = {"optimize": None, "prior_variance": 0.6, "noise_variance": 0.2}


def targets(X, n_outputs=2):
    noise = np.random.default_rng(0).normal(size=(len(X), n_outputs))
    return (np.sin(X[:, :n_outputs]) + 0.3 * noise) * [1.0, 30.0][:n_outputs] + 5


def test_for_a_network_linear_in_its_weights_it_is_the_hessian_of_autograd():
    X = rows()[0]
    y = targets(X, 1)[:, 0]
    module = dense.randomised(nn.Linear(3, 1))
    model = LaplaceRegressor(module, weights="all", **FIXED).fit(X, y)
    x, t = torch.from_numpy(X), torch.from_numpy(y)

    def negative_log_posterior(weights):
        misfit = (t - x @ weights[:3] - weights[3]).square().sum()
        return misfit / (2 * 0.2) + weights.square().sum() / (2 * 0.6)

    at = torch.from_numpy(dense.flat_weights(module))
    A = torch.autograd.functional.hessian(negative_log_posterior, at).numpy()
    new = rows(seed=9)[0]
    g = np.column_stack([new, np.ones(len(new))])
    variance = 0.2 + np.einsum("ni,ij,nj->n", g, np.linalg.inv(A), g)
    mean, std = model.predict(new, return_std=True)
    np.testing.assert_allclose(std**2, variance, rtol=1e-9)
    np.testing.assert_allclose(mean, dense.outputs(module, new)[:, 0], rtol=1e-9)


@pytest.mark.parametrize("n", [40, 7])  # more and fewer rows than weights
def test_for_classes_it_is_the_hessian_of_the_linearised_network(n):
    X, y = rows(n)
    module = dense.two_layers(3)
    model = LaplaceClassifier(
        module, weights="all", optimize=None, prior_variance=0.6, predictive="probit"
    ).fit(X, y)
    J, values = (
        torch.from_numpy(f(module, X)) for f in (dense.jacobian, dense.outputs)
    )

    def negative_log_posterior(step):
        logits = values + J @ step
        loss = nn.functional.cross_entropy(logits, torch.from_numpy(y), reduction="sum")
        return loss + step.square().sum() / (2 * 0.6)

    zero = torch.zeros(J.shape[2], dtype=torch.float64)
    A = torch.autograd.functional.hessian(negative_log_posterior, zero).numpy()
    np.testing.assert_allclose(
        A, dense.softmax_gauss_newton(module, X) + np.eye(len(A)) / 0.6, atol=1e-10
    )
    new = rows(seed=9)[0]
    blocks = dense.covariance(dense.jacobian(module, new), A)
    variance = np.einsum("ncnc->nc", blocks)
    ours = np.concatenate([v for _, v in model._logit_moments(new)])
    np.testing.assert_allclose(ours, variance, rtol=1e-9)
    logits = dense.outputs(module, new) / np.sqrt(1 + np.pi / 8 * variance)
    expected = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(model.predict_proba(new), expected, rtol=1e-9)


@pytest.mark.parametrize("n", [40, 7])
@pytest.mark.parametrize("n_outputs", [1, 2])
def test_predictive_covariance_is_noise_plus_a_dense_solve(n, n_outputs):
    X = rows(n)[0]
    y = targets(X, n_outputs)
    module = dense.two_layers(n_outputs)
    model = LaplaceRegressor(module, weights="all", **FIXED).fit(X, y)
    sigma = np.diag(y.var(axis=0) / y.var(axis=0).mean())
    J = dense.jacobian(module, X)
    A = sum(j.T @ np.linalg.inv(0.2 * sigma) @ j for j in J) + np.eye(J.shape[2]) / 0.6
    new = rows(seed=9)[0]
    at = dense.jacobian(module, new)
    blocks = dense.covariance(at, A)
    expected = 0.2 * sigma + np.einsum("ndne->nde", blocks)
    cov = model.predict(new, return_cov=True)[1]
    np.testing.assert_allclose(cov, expected, rtol=1e-8, atol=1e-10)
    std = model.predict(new, return_std=True)[1]
    np.testing.assert_allclose(std**2, np.einsum("ndd->nd", cov), rtol=1e-9)
    assert hasattr(model, "covariance_factor") == (n_outputs == 1)
    if n_outputs == 1:
        factor = model.covariance_factor(new)
        np.testing.assert_allclose(
            factor @ factor.T, blocks[:, 0, :, 0], rtol=1e-8, atol=1e-10
        )


def test_both_forms_are_the_same_distribution():
    R = np.random.default_rng(0).normal(size=(6, 5))
    many, few = ManyRows(R.T @ R, "it"), FewRows(R.copy())
    J = np.random.default_rng(1).normal(size=(3, 2, 5))
    exact = np.linalg.eigvalsh(R.T @ R)
    for values, squares in (many.spectrum(J[0, 0]), few.spectrum(J[0, 0])):
        np.testing.assert_allclose(np.sort(values), exact, rtol=1e-9)
        # w'Hw, along the eigenvectors and directly
        assert values @ squares == pytest.approx(np.sum((R @ J[0, 0]) ** 2))
    for ratio in (1e-6, 1.0, 1e6):
        one, other = many.at(ratio), few.at(ratio)
        exact = dense.covariance(J, R.T @ R + ratio * np.eye(5))
        for form in (one, other):
            W = form.whiten(J)
            np.testing.assert_allclose(
                np.einsum("ncw,mdw->ncmd", W, W), exact, rtol=1e-8, atol=1e-12
            )


def test_the_smaller_form_is_taken():
    R = np.random.default_rng(0).normal(size=(6, 5))
    assert isinstance(full_weights([R[:4], R[4:]], 6, 5, "it"), ManyRows)
    few = full_weights([R[:1], R[1:4]], 4, 5, "it")
    assert isinstance(few, FewRows)


def test_a_matrix_that_is_too_large_is_refused_before_it_is_made():
    with pytest.raises(ValueError, match=r"20000 x 200000 \(29.8 GiB\).*'kronecker'"):
        full_weights(iter(()), 20_000, 200_000, "LaplaceClassifier")
