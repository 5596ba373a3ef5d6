import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats
from scipy.special import expit, log_softmax, logit, softmax

from skbal.models import BayesianLogisticRegression
from skbal.models._logistic._slice import SliceSampler, _step

N_DRAWS = 2000
# Four standard errors of a mean of the draws, whose standard deviation is one.
FOUR_ERRORS = 4 / np.sqrt(N_DRAWS)


def sampled(**parameters):
    given = {"optimize": None, "posterior": "slice_sampling", "random_state": 0}
    return BayesianLogisticRegression(**{**given, **parameters})


def test_a_step_leaves_the_posterior_as_it_is():
    # A standard normal times exp(-x**2 / 2) is normal with the variance 1 / 2.
    rng = np.random.default_rng(0)
    point = np.sqrt(0.5) * rng.normal(size=(20_000, 1))
    numbers = (rng.random(20_000) for _ in iter(int, 1))
    for _ in range(3):
        other = rng.normal(size=point.shape)
        point = _step(point, other, lambda x: -0.5 * x[:, 0] ** 2, numbers)
    assert stats.kstest(point[:, 0], stats.norm(0, np.sqrt(0.5)).cdf).pvalue > 1e-3


def test_a_step_moves_to_a_point_above_a_level_below_the_point():
    rng = np.random.default_rng(0)
    point = rng.normal(size=(50, 2))
    levels = []

    def log_rest(x):
        levels.append(-((x - 1) ** 2).sum(axis=1))
        return levels[-1]

    numbers = [np.full(50, 0.9), *rng.random((200, 50))]
    new = _step(point, rng.normal(size=(50, 2)), log_rest, iter(numbers))
    assert np.all(log_rest(new) >= levels[0] + np.log(0.1))
    assert np.all(new != point)


@pytest.mark.parametrize("y", [[1, 1, 0], [0, 0, 1]])
def test_draws_of_one_weight_have_the_moments_of_the_integral(y):
    # The difference of the logits is x d, and d has the prior variance 2 * 4.
    x = np.array([1.0, 2.0, -1.0])
    fitted = sampled(prior_variance=4.0, fit_intercept=False).fit(x[:, None], y)
    d = logit(fitted.predict_samples([[1.0]], N_DRAWS, random_state=0)[0, :, 1])
    grid = np.linspace(-30, 40, 20_001)
    signs = np.where(np.array(y) == 1, 1, -1) * x
    weights = np.exp(-(grid**2) / 16) * expit(np.outer(grid, signs)).prod(axis=1)
    weights /= weights.sum()
    mean = weights @ grid
    deviation = np.sqrt(weights @ (grid - mean) ** 2)
    assert abs(d.mean() - mean) < FOUR_ERRORS * deviation
    assert_allclose(d.std(), deviation, rtol=0.08)
    below = np.interp(np.sort(d), grid, weights.cumsum())
    assert stats.kstest(below, "uniform").pvalue > 1e-3
    # Laplace's approximation of so few labels is another distribution.
    laplace = sampled(posterior="laplace", prior_variance=4.0, fit_intercept=False)
    of_mode = laplace.fit(x[:, None], y).predict_samples([[1.0]], N_DRAWS)[0, :, 1]
    below = np.interp(np.sort(logit(of_mode)), grid, weights.cumsum())
    assert stats.kstest(below, "uniform").pvalue < 1e-6


def test_draws_of_three_classes_have_the_mean_of_weighted_draws_of_the_prior():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(5, 2)), np.array([0, 1, 2, 1, 0])
    row_weights = np.array([1, 1, 2, 1, 1])
    fitted = sampled(prior_variance=2.0, intercept_variance=3.0)
    draws = fitted.fit(X, y, row_weights).predict_samples(X, N_DRAWS, random_state=0)
    # Importance sampling: weights and the level at the mean row from the prior.
    n = 200_000
    W = np.sqrt(2.0) * rng.normal(size=(n, 2, 3))
    level = np.sqrt(3.0) * rng.normal(size=(n, 1, 3))
    logits = (X - np.average(X, axis=0, weights=row_weights)) @ W + level
    log_p = log_softmax(logits, axis=2)[:, np.arange(5), y] @ row_weights
    weights = softmax(log_p)
    p = softmax(logits, axis=2)
    mean = np.tensordot(weights, p, axes=1)
    second = np.tensordot(weights, p**2, axes=1)
    assert 1 / np.sum(weights**2) > 2 * N_DRAWS  # so its own error is smaller
    assert_allclose(draws.mean(axis=1), mean, atol=1.2 * FOUR_ERRORS * 0.3)
    assert_allclose((draws**2).mean(axis=1), second, atol=1.2 * FOUR_ERRORS * 0.3)


def test_more_steps_change_nothing_but_the_numbers():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(12, 3))
    y = X[:, 0] > 0
    few, many = (
        sampled(n_steps=n, n_draws=500).fit(X, y).predict_proba(X) for n in (20, 60)
    )
    assert_allclose(few, many, atol=0.08)
    one_step = sampled(n_steps=1, n_draws=500).fit(X, y).predict_proba(X)
    assert not np.array_equal(one_step, few)


def test_draws_depend_on_the_rows_alone_and_not_on_their_columns():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(8, 12))  # more columns than rows
    y = np.arange(8) % 3
    fitted = sampled().fit(X, y)
    whole = fitted.predict_samples(X, 20, random_state=3)
    assert_allclose(fitted.predict_samples(X[5:], 20, random_state=3), whole[5:])
    assert_allclose(fitted.predict_samples(X, 9, random_state=3), whole[:, :9])
    order = rng.permutation(8)
    moved = sampled().fit(X[order], y[order]).predict_samples(X, 20, random_state=3)
    assert_allclose(moved, whole, atol=1e-6)


def test_one_class_and_no_columns_that_differ_are_no_error():
    X = np.ones((4, 2))
    one = sampled().fit(X, ["cat"] * 4).predict_samples(X, 5, random_state=0)
    assert_allclose(one, 1)
    two = sampled().fit(X, [0, 0, 0, 1]).predict_samples(X, 200, random_state=0)
    assert 0.5 < two[0, :, 0].mean() < 0.9


def test_points_have_the_log_likelihood_of_the_model():
    rng = np.random.default_rng(0)
    features, codes = rng.normal(size=(6, 2)), np.array([0, 1, 2, 0, 1, 2])
    row_weights = rng.uniform(size=6)
    sampler = SliceSampler(features, codes, row_weights, np.zeros((2, 3)), np.eye(6))
    point = rng.normal(size=(4, 6))
    logs = [log_softmax(features @ flat.reshape(3, 2).T, axis=1) for flat in point]
    expected = [row_weights @ log[np.arange(6), codes] for log in logs]
    assert_allclose(sampler._log_likelihood(point), expected)
    # With the prior as Laplace's approximation, it is all that is left.
    assert_allclose(sampler._over_laplace(point), expected)
