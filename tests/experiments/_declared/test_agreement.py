import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skbal.experiments._declared._agreement import agrees


def test_the_reach_is_that_of_the_t_table():
    # Values with mean 110 and standard deviation 10; t with 2 degrees of freedom is
    # 4.303 in tables, so the mean of 3 more lies within 4.303 * 10 * sqrt(2/3) = 35.13.
    values = np.array([100.0, 110.0, 120.0])
    assert agrees(values, 110 + 35.1, 3)
    assert not agrees(values, 110 + 35.2, 3)
    assert agrees(values, 110 - 35.1, 3)
    # A mean of very many has no scatter: 4.303 * 10 / sqrt(3) = 24.84.
    assert agrees(values, 110 + 24.8, 10**9)
    assert not agrees(values, 110 + 24.9, 10**9)


def test_it_is_wrong_as_often_as_it_says():
    rng = np.random.default_rng(0)
    ours, theirs = rng.normal(size=(4000, 3)), rng.normal(size=(4000, 5)).mean(axis=1)
    said = [agrees(values, mean, 5) for values, mean in zip(ours, theirs)]
    # Four standard errors of a share of .95 of 4,000 are .014.
    assert np.mean(said) == pytest.approx(0.95, abs=0.014)


@given(shift=st.floats(-1e3, 1e3), scale=st.floats(0.01, 100))
def test_it_does_not_depend_on_the_unit(shift, scale):
    values, published = np.array([1.0, 2.0, 4.0]), 9.0
    moved = agrees(shift + scale * values, shift + scale * published, 3)
    assert moved == agrees(values, published, 3)


@pytest.mark.parametrize(
    ("values", "n_published"),
    [([1.0, 2.0], None), ([1.0], 3), ([], 3), ([1.0, np.inf], 3), ([2.0, 2.0], 3)],
)
def test_what_cannot_be_told_is_not_told(values, n_published):
    assert agrees(np.array(values), 1.0, n_published) is None
