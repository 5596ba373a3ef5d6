import numpy as np
from numpy.testing import assert_allclose, assert_array_equal

from skbal.information._binomials import log_rising, mixture_information, vote_mixture


def test_the_logarithm_of_a_rising_product_is_a_sum_of_logarithms():
    rng = np.random.default_rng(0)
    chance, counts = rng.random((6, 4)), np.array([3, 0, 9, 1, 3, 20])
    mixed = np.array([0.0, 1, 2, 3, 0, 0.1])
    for inverse in (np.zeros(6), np.full(6, 0.3), np.full(6, 1e-9), mixed):
        found = log_rising(chance, counts, inverse)
        for row, count in enumerate(counts):
            factors = chance[row] + inverse[row] * np.arange(count)[:, np.newaxis]
            assert_allclose(found[row], np.log(factors).sum(axis=0), rtol=1e-13)


def test_a_rising_product_of_no_factors_is_one_and_of_a_factor_0_it_is_0():
    chance, counts = np.array([[0.0, 1.0], [0.0, 1.0]]), np.array([0, 1])
    for inverse in (0.0, 0.3):
        found = log_rising(chance, counts, np.full(2, inverse))
        assert_array_equal(found, [[0, 0], [-np.inf, 0]])


def test_a_draw_given_twice_weighs_twice():
    rho = np.random.default_rng(0).random((4, 3))
    for inverse in (np.zeros(4), np.full(4, 0.2)):
        once = vote_mixture(rho, 60, inverse)
        assert_allclose(vote_mixture(np.tile(rho, 2), 60, inverse), once, atol=1e-15)
        information = mixture_information(rho, 60, inverse)
        twice = mixture_information(np.tile(rho, 2), 60, inverse)
        assert_allclose(twice, information, atol=1e-12)
