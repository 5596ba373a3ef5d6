import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import spearmanr

from skbal.audit._saliency._similarity import rank_correlation, structural_similarity

MAPS = arrays(np.float64, (2, 3, 4), elements=st.integers(-3, 3))


@given(MAPS, MAPS)
def test_the_rank_correlation_is_that_of_scipy_where_a_map_is_not_zero(a, b):
    found = rank_correlation(a, b)
    for first, second, correlation in zip(abs(a), abs(b), found):
        where = (first > 0) | (second > 0)
        if not first.any():
            assert np.isnan(correlation)
        elif np.ptp(first[where]) == 0 or np.ptp(second[where]) == 0:
            assert correlation == 0
        else:
            expected = spearmanr(first[where], second[where]).statistic
            np.testing.assert_allclose(correlation, expected, atol=1e-12)


def test_the_structural_similarity_is_the_mean_over_windows():
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 2, 9, 8))
    found = structural_similarity(a, b)
    for x, y, similarity in zip(abs(a), abs(b), found):
        x, y = (np.pad(z / z.max(), 3, mode="symmetric") for z in (x, y))
        each = []
        for top in range(9):
            for left in range(8):
                u, v = (z[top : top + 7, left : left + 7].ravel() for z in (x, y))
                both = np.cov(u, v, bias=True)
                light = (2 * u.mean() * v.mean() + 1e-4) / (
                    u.mean() ** 2 + v.mean() ** 2 + 1e-4
                )
                each.append(
                    light * (2 * both[0, 1] + 9e-4) / (both[0, 0] + both[1, 1] + 9e-4)
                )
        np.testing.assert_allclose(similarity, np.mean(each))


def test_equal_maps_are_alike_up_to_their_scale_and_sign():
    maps = np.random.default_rng(0).normal(size=(3, 8, 8))
    np.testing.assert_allclose(structural_similarity(maps, -4 * maps), 1)
    np.testing.assert_allclose(rank_correlation(maps, -4 * maps), 1)
    zero = np.zeros_like(maps)
    np.testing.assert_allclose(structural_similarity(zero, zero), 1)
