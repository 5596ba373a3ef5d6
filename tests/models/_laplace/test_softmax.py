"""The penalised softmax likelihood and its maximum."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

from skbal.models._laplace._softmax import (
    NegativeLogPosterior,
    SoftmaxMode,
    log_likelihood,
)


def problem(n=30, n_features=4, n_classes=3, seed=0):
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(n, n_features))
    features[:, -1] = 1.0
    return features, rng.integers(n_classes, size=n)


def torch_value(features, codes, penalty):
    """The same function in torch, whose derivatives are automatic."""
    phi, target = torch.from_numpy(features), torch.from_numpy(codes)

    def value(flat):
        weights = flat.reshape(features.shape[1], -1)
        loss = torch.nn.functional.cross_entropy(phi @ weights, target, reduction="sum")
        return loss + 0.5 * penalty * weights.square().sum()

    return value


def test_value_gradient_and_products_are_those_of_automatic_differentiation():
    features, codes = problem()
    ours = NegativeLogPosterior(features, codes, 3, 0.7)
    theirs = torch_value(features, codes, 0.7)
    rng = np.random.default_rng(1)
    flat, vector = rng.normal(size=(2, 12))
    at = torch.from_numpy(flat).requires_grad_()
    value, gradient = ours.value_and_gradient(flat)
    loss = theirs(at)
    np.testing.assert_allclose(value, loss.item(), rtol=1e-12)
    np.testing.assert_allclose(
        gradient, torch.autograd.grad(loss, at)[0].numpy(), rtol=1e-10, atol=1e-12
    )
    hessian = torch.autograd.functional.hessian(theirs, at).numpy()
    np.testing.assert_allclose(
        ours.hessian_product(flat, vector), hessian @ vector, rtol=1e-10, atol=1e-12
    )
    # The probabilities are kept from call to call, but not for other weights.
    other = torch.autograd.functional.hessian(theirs, at + 1.5 * at**2).detach()
    product = ours.hessian_product(flat + 1.5 * flat**2, vector)
    np.testing.assert_allclose(product, other.numpy() @ vector, rtol=1e-9, atol=1e-11)


def test_gradient_is_that_of_complex_steps():
    features, codes = problem(n=5)
    flat = np.random.default_rng(2).normal(size=12)
    chosen = np.eye(3)[codes]

    def value(weights):
        logits = features @ weights.reshape(4, 3)
        exact = np.log(np.exp(logits).sum(axis=1)) - (logits * chosen).sum(axis=1)
        return exact.sum() + 0.15 * (weights**2).sum()

    steps = [value(flat + 1e-30j * unit).imag / 1e-30 for unit in np.eye(12)]
    ours = NegativeLogPosterior(features, codes, 3, 0.3).value_and_gradient(flat)
    np.testing.assert_allclose(ours[0], value(flat), rtol=1e-12)
    np.testing.assert_allclose(ours[1], steps, rtol=1e-10)


def test_log_likelihood_survives_logits_of_any_size():
    logits = np.array([[1e4, 0.0], [-1e4, 0.0]])
    assert log_likelihood(logits, np.array([0, 1])) == 0.0
    assert log_likelihood(logits, np.array([1, 0])) == -2e4


@pytest.mark.parametrize("prior_variance", [1e-3, 1.0, 100.0])
def test_the_mode_is_that_of_logistic_regression(prior_variance):
    X, y = load_iris(return_X_y=True)
    features = np.column_stack([X - X.mean(axis=0), np.ones(len(X))])
    weights = SoftmaxMode(features, y, 3).at(1 / prior_variance, "it")
    reference = LogisticRegression(
        C=prior_variance, fit_intercept=False, tol=1e-13, max_iter=10_000,
        solver="newton-cg",
    ).fit(features, y)  # fmt: skip
    # Theirs stops where the value no longer changes, so at half of all digits.
    np.testing.assert_allclose(weights, reference.coef_.T, rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(weights.sum(axis=1), 0.0, atol=1e-10)


def test_two_classes_are_logistic_regression_with_twice_the_prior_variance():
    features, codes = problem(n_classes=2)
    weights = SoftmaxMode(features, codes, 2).at(1 / 0.8, "it")
    reference = LogisticRegression(C=1.6, fit_intercept=False, tol=1e-12)
    reference.fit(features, codes)
    np.testing.assert_allclose(
        weights[:, 1] - weights[:, 0], reference.coef_[0], rtol=1e-5, atol=1e-7
    )


@settings(max_examples=20)
@given(
    n=st.integers(1, 30),
    n_features=st.integers(1, 8),
    n_classes=st.integers(2, 4),
    log_scale=st.integers(-8, 8),
    log_prior=st.integers(-6, 6),
    seed=st.integers(0, 100),
)
def test_the_gradient_vanishes_at_the_mode(
    n, n_features, n_classes, log_scale, log_prior, seed
):
    features, codes = problem(n, n_features, n_classes, seed)
    features[:, :-1] *= 10.0**log_scale
    precision = 10.0 ** (-log_prior) * np.mean(features**2)
    weights = SoftmaxMode(features, codes, n_classes).at(precision, "it")
    check = NegativeLogPosterior(features, codes, n_classes, precision)
    start = np.linalg.norm(check.value_and_gradient(np.zeros(weights.size))[1])
    left = np.linalg.norm(check.value_and_gradient(weights.ravel())[1])
    # Where classes balance there is nothing but rounding from the beginning.
    assert left <= 1e-8 * start + 1e-13 * np.linalg.norm(features)


def test_the_mode_does_not_depend_on_where_the_search_begins():
    features, codes = problem()
    fresh = SoftmaxMode(features, codes, 3).at(0.5, "it")
    warm = SoftmaxMode(features, codes, 3)
    for precision in (1e3, 1e-6):
        warm.at(precision, "it")
    np.testing.assert_allclose(warm.at(0.5, "it"), fresh, rtol=1e-9, atol=1e-12)


def test_one_class_leaves_the_weights_at_the_prior():
    features, _ = problem()
    weights = SoftmaxMode(features, np.zeros(30, dtype=int), 1).at(1.0, "it")
    np.testing.assert_array_equal(weights, 0.0)


def test_separable_rows_are_told_apart_with_confidence():
    X, y = load_iris(return_X_y=True)
    features = np.column_stack([X[:100], np.ones(100)])
    weights = SoftmaxMode(features, y[:100], 2).at(1e-10, "it")
    probabilities = special.softmax(features @ weights, axis=1)
    assert probabilities[np.arange(100), y[:100]].min() > 1 - 1e-6


def test_a_row_weight_is_the_number_of_equal_rows():
    rng = np.random.default_rng(0)
    features, codes = rng.normal(size=(12, 3)), np.arange(12) % 3
    counts = rng.integers(0, 4, 12)
    many = features.repeat(counts, axis=0), codes.repeat(counts)
    flat, direction = rng.normal(size=(2, 9))
    weighted = NegativeLogPosterior(features, codes, 3, 0.7, counts)
    repeated = NegativeLogPosterior(*many, 3, 0.7)
    for found, expected in zip(
        weighted.value_and_gradient(flat), repeated.value_and_gradient(flat)
    ):
        assert np.allclose(found, expected)
    found = weighted.hessian_product(flat, direction)
    assert np.allclose(found, repeated.hessian_product(flat, direction))
    mode = SoftmaxMode(features, codes, 3, counts).at(0.5, "it")
    assert np.allclose(mode, SoftmaxMode(*many, 3).at(0.5, "it"), atol=1e-9)
