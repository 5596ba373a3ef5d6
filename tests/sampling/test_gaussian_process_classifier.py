import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.optimize import root
from scipy.special import expit, logit
from sklearn.gaussian_process import GaussianProcessClassifier
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel

from skbal.exceptions import NoDrawsError
from skbal.query import BALD, MaxEntropy
from skbal.sampling import predict_samples

NOISE = 0.8
GRID = np.linspace(-3, 3, 7)[:, np.newaxis]


@pytest.fixture(scope="module")
def rows():
    rng = np.random.default_rng(0)
    X = rng.uniform(-2, 2, (20, 1))
    return X, np.where(X[:, 0] + rng.normal(size=20) > 0, "yes", "no")


def process(noise=None, **kwargs):
    kernel = ConstantKernel(2.0) * RBF(0.9)
    if noise is not None:
        kernel += WhiteKernel(noise)
    return GaussianProcessClassifier(kernel, optimizer=None, **kwargs)


def k(a, b):
    return 2.0 * np.exp(-((a - b.T) ** 2) / (2 * 0.9**2))


def laplace(X, y, X_new, noise=0.0):
    """Rasmussen and Williams (3.18), (3.21), (3.24) with explicit inverses."""
    prior, target = k(X, X) + noise * np.eye(len(X)), y == "yes"
    mode = root(lambda f: f - prior @ (target - expit(f)), np.zeros(len(X)), tol=1e-12)
    p = expit(mode.x)
    inner = np.linalg.inv(prior + np.diag(1 / (p * (1 - p))))
    across = k(X_new, X)
    return across @ (target - p), k(X_new, X_new) - across @ inner @ across.T


@pytest.mark.parametrize("noise", [0.0, NOISE])
def test_moments_of_the_logits_are_the_laplace_posterior(noise, rows):
    X, y = rows
    model = process(noise or None).fit(X, y)
    draws = predict_samples(model, GRID, 20_000, random_state=0)
    assert draws.shape == (7, 20_000, 2)
    mean, covariance = laplace(X, y, GRID, noise)
    if noise:  # the probability is the mean over the noise
        nodes, weights = np.polynomial.hermite_e.hermegauss(60)
        rng = np.random.default_rng(0)
        f = rng.multivariate_normal(mean, covariance, 20_000).T
        p = expit(f[..., np.newaxis] + np.sqrt(noise) * nodes) @ weights
        expected = p / weights.sum()
        found = draws[..., 1]
        scale = np.sqrt((found.var(axis=1) + expected.var(axis=1)) / 20_000)
        assert np.all(np.abs(found.mean(axis=1) - expected.mean(axis=1)) < 5 * scale)
        assert_allclose(found.std(axis=1), expected.std(axis=1), rtol=0.05)
        return
    f = logit(draws[..., 1])
    variances = np.diag(covariance)
    error = np.sqrt((np.outer(variances, variances) + covariance**2) / 20_000)
    assert np.all(np.abs(f.mean(axis=1) - mean) < 5 * np.sqrt(variances / 20_000))
    assert np.all(np.abs(np.cov(f) - covariance) < 5 * error)


@pytest.mark.parametrize("noise", [None, NOISE])
def test_the_mean_of_the_draws_is_predict_proba(noise, rows):
    X, y = rows
    model = process(noise).fit(X, y)
    draws = predict_samples(model, GRID, 20_000, random_state=0)
    error = draws.std(axis=1) / np.sqrt(20_000)
    # scikit-learn's integral over the latent function is right to some thousandths.
    gap = np.abs(draws.mean(axis=1) - model.predict_proba(GRID))
    assert np.all(gap < 5 * error + 3e-3)


def test_noise_is_nothing_that_a_label_removes(rows):
    X, y = rows
    quiet = BALD(random_state=0).score_pool(process().fit(X, y), GRID)
    noisy = BALD(random_state=0).score_pool(process(9.0).fit(X, y), GRID)
    assert (noisy < quiet).all()


def test_several_classes_are_each_against_the_others(rows):
    X, _ = rows
    y = np.digitize(X[:, 0], [-0.7, 0.6])
    model = process().fit(X, y)
    draws = predict_samples(model, GRID, 5000, random_state=0)
    assert draws.shape == (7, 5000, 3)
    assert_allclose(draws.sum(axis=2), 1)
    # A ratio of means is not the mean of the ratios, but near it.
    assert_allclose(draws.mean(axis=1), model.predict_proba(GRID), atol=0.03)
    for code, latent in enumerate(model.base_estimator_.estimators_):
        assert (latent.y_train_ == (y == code)).all()
        others = np.delete(draws, code, axis=2).sum(axis=2)
        assert np.corrcoef(draws[3, :, code], others[3])[0, 1] < -0.99


def test_one_against_one_has_no_probabilities_and_no_draws(rows):
    X, _ = rows
    y = np.digitize(X[:, 0], [-0.7, 0.6])
    model = process(multi_class="one_vs_one").fit(X, y)
    with pytest.raises(NoDrawsError, match="multi_class='one_vs_rest'"):
        predict_samples(model, X)
    two = process(multi_class="one_vs_one").fit(X, y > 0)
    assert predict_samples(two, X).shape == (20, 100, 2)


def test_draws_do_not_depend_on_order_repeats_or_chunks(rows):
    X, y = rows
    model = process().fit(X, y)
    draws = predict_samples(model, X, random_state=4)
    order = np.r_[np.random.default_rng(0).permutation(20), 3, 3, 0]
    assert_array_equal(predict_samples(model, X[order], random_state=4), draws[order])
    pieces = predict_samples(model, X, random_state=4, batch_size=3, n_jobs=2)
    assert_array_equal(pieces, draws)


def test_strategies_take_it(rows):
    X, y = rows
    model = process().fit(X, y)
    assert BALD(random_state=0)(model, GRID, 3).shape == (3,)
    entropy = MaxEntropy(n_draws=2000, random_state=0).score_pool(model, GRID)
    p = model.predict_proba(GRID)
    assert_allclose(entropy, -(p * np.log(p)).sum(axis=1), atol=0.03)
