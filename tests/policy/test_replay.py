import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skbal.policy._replay import ReplayMemory


def filled(size, n):
    memory = ReplayMemory(size, (2,))
    for step in range(n):
        memory.add([step, -step], step % 3, step / 2, [step + 1, 0], step % 2 == 1)
    return memory


def test_a_step_is_kept_as_it_was():
    steps = filled(5, 2).steps()
    assert steps.observations.tolist() == [[0, 0], [1, -1]]
    assert steps.actions.tolist() == [0, 1]
    assert steps.rewards.tolist() == [0.0, 0.5]
    assert steps.following.tolist() == [[1, 0], [2, 0]]
    assert steps.terminated.tolist() == [False, True]


@given(size=st.integers(1, 9), n=st.integers(1, 30))
def test_the_oldest_steps_are_forgotten(size, n):
    kept = filled(size, n).steps().observations[:, 0]
    assert sorted(kept) == list(range(max(n - size, 0), n))


def test_the_parts_of_a_sampled_step_belong_together():
    sample = filled(4, 7).sample(500, np.random.default_rng(0))
    number = sample.observations[:, 0]
    assert set(number) == {3, 4, 5, 6}  # and nothing that was never written
    assert (sample.observations[:, 1] == -number).all()
    assert (sample.rewards == number / 2).all()
    assert (sample.actions == number % 3).all()
    assert (sample.following[:, 0] == number + 1).all()
    assert (sample.terminated == (number % 2 == 1)).all()
    counts = np.unique(number, return_counts=True)[1]
    assert counts / 500 == pytest.approx([0.25] * 4, abs=0.08)


def test_a_sample_of_a_memory_that_is_not_full_has_what_is_in_it():
    sample = filled(1000, 2).sample(50, np.random.default_rng(0))
    assert set(sample.observations[:, 0]) == {0, 1}
