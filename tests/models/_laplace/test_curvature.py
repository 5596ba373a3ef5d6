"""The Hessian in its three forms, and the Gaussians that they give."""

import numpy as np
import pytest
import torch
from scipy import special

from skbal.models._laplace._diagonal import DiagonalCurvature
from skbal.models._laplace._full import (
    FullCurvature,
    check_full_size,
    softmax_hessian,
)
from skbal.models._laplace._kronecker import KroneckerCurvature
from tests.models._laplace.test_softmax import problem, torch_value

FORMS = [FullCurvature, DiagonalCurvature, KroneckerCurvature]
PRECISION = 0.3


def setting(n=20, n_features=3, n_classes=4):
    features, codes = problem(n, n_features, n_classes, seed=3)
    weights = np.random.default_rng(4).normal(size=(n_features, n_classes))
    return features, codes, weights, special.softmax(features @ weights, axis=1)


def class_major(matrix, n_features, n_classes):
    """Reorder a Hessian over weights row by row to one class by class."""
    blocks = matrix.reshape(n_features, n_classes, n_features, n_classes)
    return blocks.transpose(1, 0, 3, 2).reshape(matrix.shape)


def dense(form, features, probabilities):
    """Return the Hessian of a form as a matrix, written out from its definition."""
    n_classes = probabilities.shape[1]
    over_classes = [np.diag(p) - np.outer(p, p) for p in probabilities]
    if form is KroneckerCurvature:
        return np.kron(np.mean(over_classes, axis=0), features.T @ features)
    full = sum(
        np.kron(block, np.outer(phi, phi)) for block, phi in zip(over_classes, features)
    )
    assert len(full) == n_classes * features.shape[1]
    return np.diag(np.diag(full)) if form is DiagonalCurvature else full


def test_the_full_hessian_is_that_of_automatic_differentiation():
    features, codes, weights, probabilities = setting()
    flat = torch.from_numpy(weights.ravel())
    reference = torch.autograd.functional.hessian(
        torch_value(features, codes, 0.0), flat
    )
    hessian = softmax_hessian(features, probabilities)
    np.testing.assert_allclose(
        hessian, class_major(reference.numpy(), 3, 4), rtol=1e-8, atol=1e-12
    )


def test_the_full_hessian_is_that_of_differences_of_the_gradient():
    from skbal.models._laplace._softmax import NegativeLogPosterior

    features, codes, weights, probabilities = setting()
    gradient = NegativeLogPosterior(features, codes, 4, 0.0).value_and_gradient
    flat, step = weights.ravel(), 1e-3

    def slope(unit):
        # Fourth order: its error, step^4 / 30 times a fifth derivative, is of the size
        # of the rounding, 1e-16 / step.
        near, far = (
            gradient(flat + k * step * unit)[1] - gradient(flat - k * step * unit)[1]
            for k in (1, 2)
        )
        return (8 * near - far) / (12 * step)

    numerical = np.array([slope(unit) for unit in np.eye(flat.size)])
    hessian = softmax_hessian(features, probabilities)
    np.testing.assert_allclose(
        hessian, class_major(numerical, 3, 4), rtol=1e-8, atol=1e-9
    )


@pytest.mark.parametrize("form", FORMS)
def test_each_form_agrees_with_the_dense_matrix(form):
    features, _, _, probabilities = setting()
    hessian = dense(form, features, probabilities)
    curvature = form(features, probabilities, "it")
    np.testing.assert_allclose(
        np.sort(curvature.eigenvalues()),
        np.linalg.eigvalsh(hessian),
        rtol=1e-8,
        atol=1e-12,
    )
    precision = hessian + PRECISION * np.eye(len(hessian))
    covariance = np.linalg.inv(precision)
    posterior = curvature.at(PRECISION)
    np.testing.assert_allclose(
        posterior.log_det(), np.linalg.slogdet(precision)[1], rtol=1e-10
    )
    np.testing.assert_allclose(
        curvature.n_effective(posterior), np.trace(hessian @ covariance), rtol=1e-10
    )
    rows = np.random.default_rng(5).normal(size=(6, 3))
    blocks = covariance.reshape(4, 3, 4, 3)
    expected = np.einsum("ni,kikj,nj->nk", rows, blocks, rows)
    np.testing.assert_allclose(posterior.logit_variance(rows), expected, rtol=1e-10)


@pytest.mark.parametrize("form", FORMS)
def test_draws_have_the_covariance_of_the_form(form):
    features, _, _, probabilities = setting()
    hessian = dense(form, features, probabilities)
    covariance = np.linalg.inv(hessian + PRECISION * np.eye(len(hessian)))
    posterior = form(features, probabilities, "it").at(PRECISION)
    n = 40_000
    draws = posterior.draw(np.random.default_rng(0), n)
    assert draws.shape == (n, 3, 4)
    flat = draws.swapaxes(1, 2).reshape(n, -1)
    variances = np.diag(covariance)
    assert (np.abs(flat.mean(axis=0)) < 5 * np.sqrt(variances / n)).all()
    error = np.sqrt((np.outer(variances, variances) + covariance**2) / n)
    assert (np.abs(flat.T @ flat / n - covariance) < 5 * error).all()


@pytest.mark.parametrize("form", FORMS)
def test_the_first_of_many_draws_are_those_of_a_few(form):
    features, _, _, probabilities = setting()
    posterior = form(features, probabilities, "it").at(PRECISION)
    few, many = (posterior.draw(np.random.default_rng(0), n) for n in (3, 9))
    np.testing.assert_allclose(many[:3], few, rtol=1e-12)


def test_one_row_has_an_exact_kronecker_factorisation():
    features, _, _, probabilities = setting(n=1)
    full, kronecker = (
        form(features, probabilities, "it").at(PRECISION)
        for form in (FullCurvature, KroneckerCurvature)
    )
    rows = np.random.default_rng(6).normal(size=(5, 3))
    np.testing.assert_allclose(
        kronecker.logit_variance(rows), full.logit_variance(rows), rtol=1e-10
    )
    np.testing.assert_allclose(kronecker.log_det(), full.log_det(), rtol=1e-10)


def test_equal_probabilities_have_an_exact_kronecker_factorisation():
    features, _, _, _ = setting()
    probabilities = np.tile([0.1, 0.2, 0.3, 0.4], (len(features), 1))
    full, kronecker = (
        np.sort(form(features, probabilities, "it").eigenvalues())
        for form in (FullCurvature, KroneckerCurvature)
    )
    np.testing.assert_allclose(kronecker, full, rtol=1e-9, atol=1e-12)


def test_a_wide_prior_leaves_all_determined_weights_and_a_narrow_one_none():
    features, _, _, probabilities = setting()
    for form in FORMS:
        curvature = form(features, probabilities, "it")
        rank = np.sum(curvature.eigenvalues() > 1e-9)
        assert curvature.n_effective(curvature.at(1e-10)) == pytest.approx(
            rank, rel=1e-4
        )
        assert curvature.n_effective(curvature.at(1e10)) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("precision", [1e8, 1e12, 1e20])
def test_a_narrow_prior_leaves_a_number_of_weights_without_rounding(form, precision):
    features, _, _, probabilities = setting()
    curvature = form(features, probabilities, "it")
    values = curvature.eigenvalues()
    expected = np.sum(values / (values + precision))
    found = curvature.n_effective(curvature.at(precision))
    assert found == pytest.approx(expected, rel=1e-12)


def test_a_full_hessian_beyond_two_gibibytes_is_refused():
    check_full_size((129, 10), "LaplaceClassifier")
    with pytest.raises(ValueError, match=r"40970 x 40970 \(12.5 GiB\) .*'kronecker'"):
        check_full_size((4097, 10), "LaplaceClassifier")
