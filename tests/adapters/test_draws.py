"""Draws in the order of axes of baal and batchbald_redux."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skbal.adapters import (
    from_baal,
    from_batchbald_redux,
    to_baal,
    to_batchbald_redux,
)


@settings(max_examples=20)
@given(seed=st.integers(0, 1000), shape=st.tuples(*[st.integers(1, 4)] * 3))
def test_there_and_back_changes_nothing(seed, shape):
    draws = np.random.default_rng(seed).dirichlet(np.ones(shape[2]), size=shape[:2])
    there = to_baal(draws)
    for row, draw, output in np.ndindex(shape):
        assert there[row, output, draw] == draws[row, draw, output]
    np.testing.assert_array_equal(from_baal(there), draws)
    logs = to_batchbald_redux(draws)
    assert logs.shape == draws.shape
    np.testing.assert_allclose(from_batchbald_redux(logs), draws, atol=1e-12)


def test_logits_become_probabilities_over_the_classes():
    logits = np.log([[[1.0, 1.0], [2.0, 1.0], [1.0, 6.0]]])  # a row, 3 classes, 2 draws
    expected = [[[0.25, 0.5, 0.25], [0.125, 0.125, 0.75]]]
    np.testing.assert_allclose(from_baal(logits, logits=True), expected)


def test_a_probability_of_zero_has_a_finite_logarithm_that_counts_nothing():
    logs = to_batchbald_redux(np.array([[[1.0, 0.0]]], dtype=np.float32))
    assert logs.dtype == np.float32
    assert np.isfinite(logs).all()
    assert (np.exp(logs) * logs).sum() == pytest.approx(0, abs=1e-30)
    assert from_batchbald_redux([[[0.0, -np.inf]]]).tolist() == [[[1.0, 0.0]]]


def test_errors_say_what_is_wrong():
    for function in (from_baal, to_baal, from_batchbald_redux, to_batchbald_redux):
        with pytest.raises(ValueError, match=f"given to {function.__name__} must have"):
            function([[0.5, 0.5]])
    with pytest.raises(ValueError, match="with at least one draw, got"):
        from_baal(np.zeros((2, 3, 0)))
    with pytest.raises(ValueError, match=r"0 or less, got 0\.5"):
        from_batchbald_redux([[[0.5, 0.5]]])
    with pytest.raises(ValueError, match=r"must be class probabilities, got -0\.69"):
        to_batchbald_redux(np.log([[[0.5, 0.5]]]))
