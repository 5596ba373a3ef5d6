"""Random seeds: as many different rows as asked for, each as likely."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skbal.seeding import RandomSeed


@settings(max_examples=50)
@given(n=st.integers(1, 40), extra=st.integers(0, 40), seed=st.integers(0, 2**32 - 1))
def test_random_rows_are_different_rows_of_the_pool(n, extra, seed):
    chosen = RandomSeed(n_instances=n, random_state=seed).select(np.empty(n + extra))
    assert chosen.shape == (n,)
    assert chosen.dtype == np.intp
    assert len(set(chosen.tolist())) == n
    assert set(chosen.tolist()) <= set(range(n + extra))


@pytest.mark.slow
def test_random_rows_are_chosen_equally_often():
    counts = np.zeros(10)
    for seed in range(2000):
        counts[RandomSeed(n_instances=3, random_state=seed).select(np.empty(10))] += 1
    # Each count is binomial with p = .3: mean 600, standard deviation 20.5.
    assert np.abs(counts - 600).max() < 5 * 20.5


def test_without_a_random_state_each_choice_is_fresh():
    choices = {tuple(RandomSeed(5).select(np.empty(1000))) for _ in range(5)}
    assert len(choices) == 5
