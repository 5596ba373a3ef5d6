import numpy as np
import pytest
from scipy.special import softmax
from scipy.stats import dirichlet_multinomial, multinomial

from skbal.models._vote_mixture._layout import Layout, logits_of
from skbal.models._vote_mixture._mode import fisher_information
from skbal.models._vote_mixture._terms import mixture_terms

LAYOUT = Layout(2, 3, 2, prior_variance=0.7, level_variance=4.0)
RNG = np.random.default_rng(0)
VECTOR = RNG.normal(size=LAYOUT.size)
PLACES = RNG.normal(size=(6, 2))
COUNTS = np.array(
    [[3, 0, 2], [0, 0, 7], [1, 0, 0], [0, 0, 0], [9, 4, 1], [0, 20, 0]], dtype=float
)


def terms_at(vector, counts=COUNTS, places=PLACES):
    parts = LAYOUT.parts(vector)
    return mixture_terms(*logits_of(parts, places), parts.log_concentration, counts)


def test_the_likelihood_is_a_mixture_of_those_of_scipy():
    parts = LAYOUT.parts(VECTOR)
    for row, (x, k) in enumerate(zip(PLACES, COUNTS)):
        if not k.sum():  # old versions of SciPy know no 0 of 0 votes
            assert np.isclose(terms_at(VECTOR).value[row], 0)
            continue
        weights = softmax(parts.gate_weights @ x + parts.gate_levels)
        means = softmax(parts.levels + parts.weights @ x, axis=1)
        likelihoods = [
            dirichlet_multinomial.pmf(k.astype(int), np.exp(c) * p, int(k.sum()))
            for c, p in zip(parts.log_concentration, means)
        ]
        # The number of orders is left out: multinomial of a coin with all sides equal.
        n_orders = multinomial.pmf(k, int(k.sum()), [1 / 3] * 3) * 3 ** k.sum()
        expected = np.log(weights @ likelihoods / n_orders)
        assert np.isclose(terms_at(VECTOR).value[row], expected)


def test_slopes_are_differences_of_the_likelihood():
    slopes = LAYOUT.slopes(terms_at(VECTOR), PLACES)
    step = 1e-5
    for entry in range(LAYOUT.size):
        moved = [VECTOR + sign * step * np.eye(LAYOUT.size)[entry] for sign in (1, -1)]
        up, down = (terms_at(vector).value for vector in moved)
        assert np.allclose(slopes[:, entry], (up - down) / (2 * step), atol=1e-7)
    assert np.allclose(LAYOUT.slope(terms_at(VECTOR), PLACES), slopes.sum(axis=0))


@pytest.mark.parametrize("size", [1e-300, 1e-12, 1e12])
def test_terms_are_finite_for_extreme_shares_and_concentrations(size):
    gate, logits = np.zeros((1, 2)), np.array([[[0.0, np.log(size)], [0.0, 0.0]]])
    for log_concentration in (np.array([-12.0, 12.0]), np.array([12.0, -12.0])):
        terms = mixture_terms(gate, logits, log_concentration, np.array([[2.0, 3.0]]))
        assert all(np.isfinite(part).all() for part in terms)


def test_a_vector_and_its_parts_are_the_same_parameters():
    assert np.allclose(LAYOUT.vector(LAYOUT.parts(VECTOR)), VECTOR)
    # Before any vote an entry is standard normal: here one standard deviation up.
    up = LAYOUT.parts(np.ones(LAYOUT.size))
    assert np.allclose(up.weights, np.sqrt(0.7))
    assert np.allclose(up.levels, 2.0)
    assert np.allclose(up.log_concentration, np.log(10) + 2)


def test_the_information_is_the_expectation_over_all_counts():
    total, places = 3, PLACES[:2]
    every = [(a, b, total - a - b) for a in range(4) for b in range(4 - a)]
    expected = np.zeros((LAYOUT.size, LAYOUT.size))
    for counts in np.array(every, dtype=float):
        terms = terms_at(VECTOR, np.tile(counts, (2, 1)), places)
        n_orders = multinomial.pmf(counts, total, [1 / 3] * 3) * 3**total
        slopes = LAYOUT.slopes(terms, places)
        p = n_orders * np.exp(terms.value)
        expected += slopes.T @ (p[:, np.newaxis] * slopes)
    many = np.repeat(places, 2000, axis=0)
    found = fisher_information(LAYOUT, VECTOR, many, np.full(len(many), total), 0, 4)
    found /= 2000
    assert np.abs(found - expected).max() < 0.05 * np.abs(expected).max()
