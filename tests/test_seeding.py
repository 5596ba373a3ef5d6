"""Seeds: as many rows as asked for, of every class where that is the promise."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone

from skbal.seeding import BalancedSeed, RandomSeed


@settings(max_examples=50, deadline=None)
@given(n=st.integers(1, 40), extra=st.integers(0, 40), seed=st.integers(0, 2**32 - 1))
def test_random_rows_are_different_rows_of_the_pool(n, extra, seed):
    chosen = RandomSeed(n_instances=n, random_state=seed).select(np.empty(n + extra))
    assert chosen.shape == (n,)
    assert chosen.dtype == np.intp
    assert len(set(chosen.tolist())) == n
    assert set(chosen.tolist()) <= set(range(n + extra))


def test_random_rows_are_chosen_equally_often():
    counts = np.zeros(10)
    for seed in range(2000):
        counts[RandomSeed(n_instances=3, random_state=seed).select(np.empty(10))] += 1
    # Each count is binomial with p = .3: mean 600, standard deviation 20.5.
    assert np.abs(counts - 600).max() < 5 * 20.5


@settings(max_examples=50, deadline=None)
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


@pytest.mark.parametrize("seed", [RandomSeed(4), BalancedSeed(2)], ids=repr)
def test_the_same_random_state_chooses_the_same_rows(seed):
    y = np.repeat([0, 1], 20)
    seed = clone(seed).set_params(random_state=5)
    first = seed.select(y, y)
    np.testing.assert_array_equal(first, clone(seed).select(y, y))
    other = clone(seed).set_params(random_state=6).select(y, y)
    assert first.tolist() != other.tolist()


def test_without_a_random_state_each_choice_is_fresh():
    choices = {tuple(RandomSeed(5).select(np.empty(1000))) for _ in range(5)}
    assert len(choices) == 5


def test_numpys_global_stream_stays_where_it_was():
    before = np.random.get_state()  # noqa: NPY002
    RandomSeed(2).select(np.empty(5))
    BalancedSeed(1).select(np.empty(4), [0, 0, 1, 1])
    after = np.random.get_state()  # noqa: NPY002
    np.testing.assert_array_equal(before[1], after[1])
    assert before[2:] == after[2:]


@pytest.mark.parametrize(
    ("seed", "y", "error", "message"),
    [
        (RandomSeed(7), None, ValueError, "RandomSeed is 7, but X holds only 6 rows"),
        (RandomSeed(0), None, ValueError, "n_instances of RandomSeed must be"),
        (RandomSeed(2.0), None, TypeError, "n_instances of RandomSeed must be"),
        (
            RandomSeed(2, random_state=-1),
            None,
            ValueError,
            "random_state of RandomSeed",
        ),
        (BalancedSeed(2), None, ValueError, "y of BalancedSeed must hold the class"),
        (BalancedSeed(0), [0] * 6, ValueError, "n_per_class of BalancedSeed must be"),
        (
            BalancedSeed(3),
            list("aabbbb"),
            ValueError,
            "n_per_class of BalancedSeed is 3, but class 'a' has only 2 rows",
        ),
        (BalancedSeed(1), [0, 1], ValueError, "inconsistent numbers of samples"),
        (BalancedSeed(1), np.linspace(0, 1, 6), ValueError, "continuous"),
    ],
)
def test_bad_requests_are_refused(seed, y, error, message):
    with pytest.raises(error, match=message):
        seed.select(np.empty((6, 2)), y)


def test_a_balanced_seed_of_no_rows_is_refused():
    with pytest.raises(ValueError, match="y of BalancedSeed is empty"):
        BalancedSeed(1).select([], [])
