import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import expit, softmax
from scipy.stats import norm

from skbal._utils.logistic_normal import mean_of_logistic, mean_of_softmax


@pytest.mark.parametrize("std", [0.0, 0.1, 1.0, 1.5, 1.6, 5.0, 40.0])
@pytest.mark.parametrize("mean", [-12.0, -0.5, 0.0, 3.0, 30.0])
def test_is_the_integral(mean, std):
    kink = np.clip(-mean / max(std, 1e-9), -9, 9)
    expected = quad(
        lambda z: expit(mean + std * z) * norm.pdf(z), -10, 10, points=[kink], limit=300
    )[0]
    found = mean_of_logistic(np.array([mean]), np.array([std**2]))[0]
    assert abs(found - expected) < 1e-9


def test_yes_and_no_are_mirror_images_and_no_row_knows_of_another():
    mean, variance = np.linspace(-8, 8, 33), np.geomspace(1e-3, 1e3, 33)
    found = mean_of_logistic(mean, variance)
    assert np.allclose(found + mean_of_logistic(-mean, variance), 1.0, atol=1e-12)
    alone = [mean_of_logistic(mean[[i]], variance[[i]])[0] for i in range(33)]
    assert np.allclose(found, alone, atol=1e-15)


@pytest.mark.parametrize("std", [0.0, 0.4, 2.0, 6.0])
@pytest.mark.parametrize("n_classes", [2, 3, 10])
def test_the_mean_of_softmax_is_that_of_many_draws(n_classes, std):
    rng = np.random.default_rng(n_classes)
    means = rng.normal(scale=3, size=(20, n_classes))
    found = mean_of_softmax(means, np.full(20, std**2))
    # Draws in opposite pairs, in parts that show their own standard error.
    normal = rng.standard_normal((20, 1000, n_classes))
    normal = np.concatenate([normal, -normal], axis=1)
    parts = softmax(means[:, np.newaxis, np.newaxis] + std * normal, axis=3)
    parts = parts.mean(axis=2)
    error = parts.std(axis=1) / np.sqrt(20)
    assert (np.abs(found - parts.mean(axis=1)) <= 5 * error + 0.02).all()
    assert np.sqrt(np.mean((found - parts.mean(axis=1)) ** 2)) < 0.006
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-12)


def test_the_mean_of_softmax_is_largest_where_the_mean_is():
    rng = np.random.default_rng(0)
    means = rng.normal(scale=3, size=(500, 10))
    found = mean_of_softmax(means, rng.uniform(0, 20, size=500))
    first, second = np.sort(found, axis=1)[:, :-3:-1].T
    clear = first - second > 0.02
    assert clear.sum() > 300
    best = found.argmax(axis=1)
    np.testing.assert_array_equal(best[clear], means.argmax(axis=1)[clear])


def test_a_row_of_softmax_knows_of_no_other_and_one_class_is_certain():
    rng = np.random.default_rng(0)
    means, variance = rng.normal(size=(300, 4)), rng.uniform(0, 9, size=300)
    found = mean_of_softmax(means, variance)
    alone = [mean_of_softmax(means[[i]], variance[[i]])[0] for i in range(0, 300, 50)]
    np.testing.assert_allclose(found[::50], alone, atol=1e-12)
    np.testing.assert_array_equal(mean_of_softmax(means[:, :1], variance), 1)
