"""Balanced seeds: equally many rows of every class."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skbal.seeding import BalancedSeed


@settings(max_examples=50)
@given(
    sizes=st.lists(st.integers(2, 9), min_size=1, max_size=6),
    n_per_class=st.integers(1, 2),
    seed=st.integers(0, 2**32 - 1),
)
def test_every_first_part_of_a_balanced_seed_is_balanced(sizes, n_per_class, seed):
    y = np.repeat(np.arange(len(sizes)), sizes)
    chosen = BalancedSeed(n_per_class, random_state=seed).select(y, y)
    assert chosen.dtype == np.intp
    assert len(set(chosen.tolist())) == len(chosen) == n_per_class * len(sizes)
    for end in range(1, len(chosen) + 1):
        counts = np.bincount(y[chosen[:end]], minlength=len(sizes))
        assert counts.max() - counts.min() <= 1


@pytest.mark.parametrize("kind", [list, np.array, tuple])
def test_string_labels_work(kind):
    y = ["no", "yes", "no", "yes", "no"]
    chosen = BalancedSeed(2, random_state=3).select(np.empty((5, 2)), kind(y))
    assert sorted(y[i] for i in chosen) == ["no", "no", "yes", "yes"]


def test_a_balanced_seed_of_no_rows_is_refused():
    with pytest.raises(ValueError, match="y of BalancedSeed is empty"):
        BalancedSeed(1).select([], [])
