import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, gammaln
from scipy.stats import betabinom, binom

from skbal.models._vote_regression._likelihoods import BetaBinomial, Binomial


def vote_terms(logits, yes, total, concentration):
    is_binomial = np.isinf(concentration)
    likelihood = Binomial() if is_binomial else BetaBinomial(concentration)
    return likelihood.terms(logits, yes, total)


def log_ways(yes, total):
    return gammaln(total + 1) - gammaln(yes + 1) - gammaln(total - yes + 1)


@pytest.fixture
def votes():
    rng = np.random.default_rng(0)
    total = np.array([0, 1, 1, 2, 40, 40, 227, 227, 12], dtype=float)
    yes = np.array([0, 0, 1, 1, 0, 40, 100, 3, 5], dtype=float)
    return rng.normal(scale=2, size=len(total)), yes, total


def test_binomial_is_that_of_scipy_without_the_ways(votes):
    logits, yes, total = votes
    expected = binom.logpmf(yes, total, expit(logits)) - log_ways(yes, total)
    assert np.allclose(vote_terms(*votes, np.inf).value, expected, atol=1e-10)


@pytest.mark.parametrize("concentration", [1e-3, 0.7, 5.0, 300.0])
def test_beta_binomial_is_that_of_scipy_without_the_ways(votes, concentration):
    logits, yes, total = votes
    a, b = concentration * expit(logits), concentration * expit(-logits)
    expected = betabinom.logpmf(yes, total, a, b) - log_ways(yes, total)
    found = vote_terms(*votes, concentration).value
    assert np.allclose(found, expected, rtol=1e-9, atol=1e-8)


@settings(max_examples=40)
@given(
    st.floats(-6, 6),
    st.integers(0, 60),
    st.integers(0, 60),
    st.one_of(st.just(np.inf), st.floats(1e-2, 1e4)),
)
def test_slope_and_curvature_are_the_derivatives(logit, yes, no, concentration):
    step = 1e-4
    logits = logit + step * np.array([-1.0, 0.0, 1.0])
    terms = vote_terms(logits, np.full(3, yes), np.full(3, yes + no), concentration)
    slope = (terms.value[2] - terms.value[0]) / (2 * step)
    curvature = -(terms.slope[2] - terms.slope[0]) / (2 * step)
    assert abs(terms.slope[1] - slope) < 1e-5 * (1 + abs(slope))
    assert abs(terms.curvature[1] - curvature) < 1e-5 * (1 + abs(curvature))


@pytest.mark.parametrize("concentration", [0.3, 8.0, 1e3, np.inf])
def test_expected_curvature_is_at_most_the_mean_one(concentration):
    # The mean of the votes holds no more information than the votes do.
    k = np.arange(21.0)
    for logit in (-3.0, 0.0, 1.2):
        terms = vote_terms(np.full(21, logit), k, np.full(21, 20.0), concentration)
        rho = expit(logit)
        if np.isinf(concentration):
            p = binom.pmf(k, 20, rho)
        else:
            p = betabinom.pmf(k, 20, concentration * rho, concentration * (1 - rho))
        fisher = p @ terms.curvature
        assert (terms.expected >= 0).all()
        assert terms.expected[0] <= fisher * (1 + 1e-9)
        assert terms.expected[0] > 0.5 * fisher


@pytest.mark.parametrize("concentration", [5.0, 1e6, np.inf])
def test_certain_logits_leave_everything_finite(concentration):
    logits = np.array([-900.0, 900.0, -900.0, 900.0, 900.0])
    yes, total = np.array([0, 7, 7, 0, 0.0]), np.array([7, 7, 7, 7, 0.0])
    terms = vote_terms(logits, yes, total, concentration)
    for part in terms:
        assert np.isfinite(part).all()
    assert np.allclose(terms.value[[0, 1, 4]], 0.0, atol=1e-6)
    assert (terms.value[[2, 3]] <= -900 + 1).all()


def test_a_large_concentration_is_binomial(votes):
    near, binomial = vote_terms(*votes, 1e6), vote_terms(*votes, np.inf)
    for one, other in zip(near, binomial, strict=True):
        assert np.allclose(one, other, rtol=1e-2, atol=1e-2)


def test_the_way_from_beta_binomial_to_binomial_is_smooth():
    # To first order in 1 / c, which few digits of log Gamma would hide.
    logits, yes, total = np.zeros(1), np.array([13.0]), np.array([40.0])
    exact = vote_terms(logits, yes, total, np.inf).value
    change = 13 * 12 + 27 * 26 - 40 * 39 / 2
    for concentration in (1e5, 1e6, 1e7):
        found = vote_terms(logits, yes, total, concentration).value - exact
        assert np.allclose(found * concentration, change, rtol=3e3 / concentration)


def test_one_vote_is_the_same_whatever_the_concentration():
    logits = np.linspace(-5, 5, 11)
    yes = (np.arange(11) % 2).astype(float)
    binomial = vote_terms(logits, yes, np.ones(11), np.inf)
    for concentration in (1e-3, 1.0, 1e5):
        terms = vote_terms(logits, yes, np.ones(11), concentration)
        for one, other in zip(terms, binomial, strict=True):
            assert np.allclose(one, other, atol=1e-9)
