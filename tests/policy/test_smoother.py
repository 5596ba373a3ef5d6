import numpy as np
import pytest
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF

from skbal.policy._smoother import NOISE, Smoother

KERNEL = RBF(1.0, "fixed")


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    X, codes = rng.normal(size=(12, 2)), np.arange(12) % 3
    return X, codes, rng.normal(size=(5, 2))


def process(X, codes):
    model = GaussianProcessRegressor(KERNEL, alpha=NOISE, optimizer=None)
    return model.fit(X, np.eye(3)[codes] - 1 / 3)


def test_shares_and_factors_are_those_of_a_gaussian_process(data):
    X, codes, new = data
    smoother = Smoother(KERNEL(X), codes, 3)
    factors = smoother.factors(KERNEL(new, X))
    mean, covariance = process(X, codes).predict(new, return_cov=True)
    expected = np.maximum(1 / 3 + mean, 0)
    expected /= expected.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(smoother.shares(factors), expected, atol=1e-6)
    explained = factors @ factors.T
    # scikit-learn gives one covariance for each of the three outputs.
    np.testing.assert_allclose(KERNEL(new) - explained, covariance[..., 0], atol=1e-9)


def test_a_row_is_left_out_as_if_it_had_no_label(data):
    X, codes, _ = data
    found = Smoother(KERNEL(X), codes, 3).left_out
    for row in range(12):
        others = np.delete(np.arange(12), row)
        mean = 1 / 3 + process(X[others], codes[others]).predict(X[[row]])[0]
        np.testing.assert_allclose(found[row], mean, atol=1e-9)


def test_far_from_all_labels_nothing_is_known(data):
    X, codes, _ = data
    smoother = Smoother(KERNEL(X), codes, 3)
    factors = smoother.factors(KERNEL(np.array([[99.0, 99.0]]), X))
    np.testing.assert_allclose(smoother.shares(factors), np.full((1, 3), 1 / 3))
    assert np.square(factors).sum() == 0
