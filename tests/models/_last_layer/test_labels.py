"""The rule from a regression of one-hot labels to class probabilities."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import norm

from skbal.models._last_layer._labels import label_probabilities


def probit(lead, noise_variance):
    """Return P(f_1 + e_1 > f_0 + e_0): the difference has twice the noise."""
    return norm.cdf(lead / np.sqrt(2 * noise_variance))


def of_lead(lead, noise_variance):
    lead = np.asarray(lead, dtype=np.float64)
    values = np.stack([np.zeros_like(lead), lead], axis=-1)
    return label_probabilities(values, noise_variance)[..., 1]


@pytest.mark.parametrize("noise_variance", [1e-6, 0.04, 1.0, 50.0])
def test_two_classes_at_par_have_the_slope_of_the_probit(noise_variance):
    step = 1e-5 * np.sqrt(noise_variance)
    slope = (of_lead(step, noise_variance) - of_lead(-step, noise_variance)) / (
        2 * step
    )
    exact = norm.pdf(0) / np.sqrt(2 * noise_variance)
    np.testing.assert_allclose(slope, exact, rtol=1e-8)


def test_two_classes_are_at_most_0_018_from_the_probit():
    lead = np.linspace(-3, 3, 2001)
    off = np.abs(of_lead(lead, 0.1) - probit(lead, 0.1)).max()
    assert 0.017 < off < 0.018


def test_several_classes_are_near_the_noisy_race():
    values, noise_variance = np.array([0.1, 0.5, 0.3]), 0.09
    noise = np.random.default_rng(0).normal(0, 0.3, size=(200_000, 3))
    wins = np.bincount((values + noise).argmax(axis=1), minlength=3) / len(noise)
    assert np.abs(label_probabilities(values, noise_variance) - wins).max() < 0.05


def test_without_noise_the_largest_value_has_it_all():
    values = np.array([[0.2, 0.7, 0.1], [0.5, 0.5, 0.0]])
    expected = [[0, 1, 0], [0.5, 0.5, 0]]
    np.testing.assert_array_equal(label_probabilities(values, 0.0), expected)


def test_one_class_is_certain():
    np.testing.assert_array_equal(label_probabilities(np.zeros((2, 1)), 0.1), 1.0)


@settings(max_examples=20)
@given(
    arrays(np.float64, (3, 4), elements=st.floats(-2, 2)),
    st.floats(1e-3, 10),
    st.floats(-5, 5),
    st.permutations(range(4)),
)
def test_probabilities_sum_to_one_and_know_only_differences(
    values, noise_variance, shift, order
):
    p = label_probabilities(values, noise_variance)
    np.testing.assert_allclose(p.sum(axis=1), 1.0, rtol=1e-12)
    shifted = label_probabilities(values + shift, noise_variance)
    np.testing.assert_allclose(shifted, p, atol=1e-9)
    permuted = label_probabilities(values[:, order], noise_variance)
    np.testing.assert_allclose(permuted, p[:, order], atol=1e-12)
