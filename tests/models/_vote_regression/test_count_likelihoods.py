import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import gammaln, softmax
from scipy.stats import dirichlet_multinomial, multinomial

from skbal.models._vote_regression._count_likelihoods import (
    DirichletMultinomial,
    Multinomial,
)
from skbal.models._vote_regression._likelihoods import BetaBinomial, Binomial


def count_terms(logits, counts, concentration):
    is_multinomial = np.isinf(concentration)
    likelihood = (
        Multinomial() if is_multinomial else DirichletMultinomial(concentration)
    )
    return likelihood.terms(np.asarray(logits, float), np.asarray(counts, float))


def problem(n_answers=4):
    rng = np.random.default_rng(0)
    total = np.array([0, 1, 2, 40, 227, 3])
    counts = rng.multinomial(total, rng.dirichlet(np.ones(n_answers)))
    counts[3] = np.eye(n_answers, dtype=int)[1] * 40
    return rng.normal(scale=2, size=counts.shape), counts


@pytest.mark.parametrize("concentration", [1e-3, 0.7, 300.0, np.inf])
def test_value_is_that_of_scipy_without_the_orders(concentration):
    logits, counts = problem()
    shares = softmax(logits, axis=1)
    found = count_terms(logits, counts, concentration).value
    for row, (k, p) in enumerate(zip(counts, shares)):
        if k.sum() == 0:  # SciPy 1.15 refuses 0 of 0
            expected = 0.0
        elif np.isinf(concentration):
            expected = multinomial.logpmf(k, k.sum(), p)
        else:
            expected = dirichlet_multinomial.logpmf(k, concentration * p, k.sum())
        expected -= gammaln(k.sum() + 1) - gammaln(k + 1).sum()
        assert np.isclose(found[row], expected, rtol=1e-9, atol=1e-8)


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.floats(-6, 6), st.integers(0, 40)), min_size=2, max_size=4),
    st.one_of(st.just(np.inf), st.floats(1e-2, 1e4)),
)
def test_slope_and_curvature_are_the_derivatives(answers, concentration):
    logits, counts = np.array(answers).T
    step = 1e-4 * np.eye(len(logits))
    many = np.tile(counts, (len(logits), 1))
    here = count_terms(logits[np.newaxis], counts[np.newaxis], concentration)
    above = count_terms(logits + step, many, concentration)
    below = count_terms(logits - step, many, concentration)
    slope = (above.value - below.value) / 2e-4
    curvature = -(above.slope - below.slope) / 2e-4
    assert np.abs(here.slope[0] - slope).max() < 1e-5 * (1 + np.abs(slope).max())
    error = np.abs(here.curvature[0] - curvature).max()
    assert error < 1e-5 * (1 + np.abs(curvature).max())
    # A shift of all logits changes nothing.
    assert np.allclose(here.slope.sum(), 0, atol=1e-9)
    assert np.allclose(here.curvature.sum(axis=2), 0, atol=1e-8)
    eigenvalues = np.linalg.eigvalsh(here.expected[0])
    assert eigenvalues.min() > -1e-9


@pytest.mark.parametrize("concentration", [0.3, 20.0, np.inf])
def test_two_answers_are_votes(concentration):
    logits, counts = problem(2)
    yes, total = counts[:, 0].astype(float), counts.sum(axis=1).astype(float)
    is_binomial = np.isinf(concentration)
    votes = Binomial() if is_binomial else BetaBinomial(concentration)
    expected = votes.terms(logits[:, 0] - logits[:, 1], yes, total)
    found = count_terms(logits, counts, concentration)
    assert np.allclose(found.value, expected.value, atol=1e-10)
    assert np.allclose(found.slope[:, 0], expected.slope, atol=1e-10)
    assert np.allclose(found.curvature[:, 0, 0], expected.curvature, atol=1e-10)
    assert np.allclose(found.expected[:, 0, 1], -expected.expected, atol=1e-10)


def test_a_large_concentration_is_nearly_a_multinomial():
    logits, counts = problem()
    found = count_terms(logits, counts, 1e9)
    expected = count_terms(logits, counts, np.inf)
    for name in ("value", "slope", "curvature", "expected"):
        near = getattr(found, name), getattr(expected, name)
        assert np.allclose(*near, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("concentration", [5.0, np.inf])
def test_extreme_logits_are_finite(concentration):
    counts = [[3, 0, 0], [0, 3, 1], [0, 0, 0]]
    terms = count_terms([[800.0, 0, -800.0]] * 3, counts, concentration)
    assert all(np.isfinite(term).all() for term in terms)
    assert np.isclose(terms.value[0], 0)
    assert terms.value[1] < -800
    assert terms.value[2] == 0
