import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import expit
from scipy.stats import norm

from skbal._utils.logistic_normal import mean_of_logistic


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
