import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import f as f_distribution
from scipy.stats import kstest
from sklearn.neighbors import NearestNeighbors

from skbal.audit._leakage._gaps import dimension_prior, gap_p_values


def test_the_first_gap_is_an_f_test():
    # s_1 against the mean of the others is F with 2 and 2 (k - 2) degrees of freedom.
    rng = np.random.default_rng(0)
    distances = np.sort(rng.uniform(1, 2, size=(20, 9)), axis=1)
    p_values, n_copies = gap_p_values(distances, 1)
    for row, p in zip(np.log(distances), p_values):
        spacings = [j * (row[j] - row[j - 1]) for j in range(1, 9)]
        ratio = spacings[0] / np.mean(spacings[1:])
        assert p == pytest.approx(f_distribution.sf(ratio, 2, 2 * 7))
    assert (n_copies == 1).all()


@pytest.mark.parametrize("dimension", [1, 3, 8])
def test_p_values_are_uniform_in_uniform_data_of_any_dimension(dimension):
    # Each set on its own: neighbours of one row in independent uniform points. The
    # ball of 15 neighbours among 2,000 hardly reaches the border.
    rng = np.random.default_rng(dimension)
    distances = []
    for _ in range(300):
        directions = rng.normal(size=(15, dimension))
        directions /= np.linalg.norm(directions, axis=1, keepdims=True)
        radius = rng.random((15, 1)) ** (1 / dimension)  # uniform in a ball
        points = directions * radius
        search = NearestNeighbors(n_neighbors=15).fit(points)
        distances.append(search.kneighbors(np.zeros((1, dimension)))[0][0])
    p_values, _ = gap_p_values(np.array(distances), 1)
    assert kstest(p_values, "uniform").pvalue > 0.01


def spacings_to_distances(spacings):
    """Return distances with these spacings, s_j = j (log d_(j+1) - log d_j)."""
    steps = spacings / np.arange(1, spacings.shape[1] + 1)
    return np.exp(np.hstack([np.zeros((len(steps), 1)), np.cumsum(steps, axis=1)]))


def test_p_values_are_uniform_where_the_dimension_varies_as_assumed():
    rng = np.random.default_rng(0)
    dimension = rng.gamma(8, 1, size=(4000, 1))
    distances = spacings_to_distances(rng.exponential(1 / dimension, (4000, 29)))
    p_values, _ = gap_p_values(distances, 1)
    assert kstest(p_values, "uniform").pvalue > 0.01
    # The prior matters: far out, the F test would say less.
    spacings = np.log(distances[:, 1] / distances[:, 0])
    rest = (np.diff(np.log(distances), axis=1) * np.arange(1, 30))[:, 1:].mean(axis=1)
    alone = f_distribution.sf(spacings / rest, 2, 2 * 28)
    largest = alone.argmin()
    assert abs(np.log(p_values[largest] / alone[largest])) > 0.2


@pytest.mark.parametrize("shape", [3.0, 10.0])
def test_the_prior_has_the_shape_and_rate_of_the_dimensions(shape):
    rng = np.random.default_rng(3)
    dimension = rng.gamma(shape, 1 / 0.7, size=5000)
    sums = rng.gamma(38, 1 / dimension)
    sums[:50] *= 20  # rows with copies, of which the sum holds a gap
    found_shape, found_rate = dimension_prior(sums, 38)
    assert found_shape == pytest.approx(shape, rel=0.15)
    assert found_rate == pytest.approx(0.7, rel=0.2)
    assert dimension_prior(sums[:20], 38) == (0, 0)


def test_the_prior_weighs_no_more_than_the_row_itself():
    sums = np.random.default_rng(0).gamma(38, 1 / 5, size=3000)  # one dimension, 5
    shape, rate = dimension_prior(sums, 38)
    assert shape == 38
    assert shape / rate == pytest.approx(5, rel=0.05)


@settings(max_examples=30, deadline=None)
@given(
    scale=st.floats(1e-3, 1e3),
    power=st.floats(0.2, 5),
    seed=st.integers(0, 1000),
    max_copies=st.integers(1, 4),
)
def test_units_and_dimension_do_not_matter(scale, power, seed, max_copies):
    rng = np.random.default_rng(seed)
    distances = np.sort(rng.uniform(0.5, 1, size=(5, 12)), axis=1)
    p_values, n_copies = gap_p_values(distances, max_copies)
    again, n_again = gap_p_values(scale * distances**power, max_copies)
    np.testing.assert_allclose(again, p_values, rtol=1e-6)
    np.testing.assert_array_equal(n_again, n_copies)
    assert ((p_values > 0) & (p_values <= 1)).all()


def test_two_copies_are_counted_and_equal_distances_are_no_gap():
    usual = np.linspace(1, 1.5, 20)
    copies = usual.copy()
    copies[:2] = 0.001, 0.0012
    p_values, n_copies = gap_p_values(np.array([usual, copies, np.ones(20)]), 3)
    assert p_values[1] < 1e-10
    assert n_copies[1] == 2
    assert p_values[0] > 0.05
    assert p_values[2] == 1


def test_a_distance_of_zero_is_a_gap():
    distances = np.linspace(1, 1.5, 20)
    distances[0] = 0
    p_values, n_copies = gap_p_values(distances[np.newaxis], 3)
    assert p_values[0] < 1e-10
    assert n_copies[0] == 1
    assert gap_p_values(np.zeros((1, 20)), 3)[0][0] == 1
