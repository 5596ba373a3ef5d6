"""The lazy search, against looking at every row in every step."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from skbal.information import mutual_information
from skbal.query._batch_bald import _greedy
from skbal.query._batch_bald._configurations import Configurations
from skbal.query._batch_bald._greedy import greedy_batch
from skbal.query._batch_bald._held import HeldDraws
from skbal.query._batch_bald._posteriors import Posteriors
from tests.query._batch_bald.arrays import alike_draws, full_greedy, random_draws


def lazy(draws, n_picks, n_joint_samples=10_000, n_held=None, seed=0):
    rows = np.arange(len(draws) if n_held is None else n_held)
    bounds = mutual_information(draws)
    of_samples, of_groups = np.random.default_rng(seed).spawn(2)
    return greedy_batch(
        HeldDraws(lambda some: draws[some], rows, draws[rows], bounds),
        bounds,
        n_picks,
        Configurations(draws.shape[1], n_joint_samples, of_samples),
        priority=np.random.default_rng(seed).random(len(draws)),
        rng=of_groups,
        ticks=iter,
    )


def regrets(draws, n_joint_samples, n_picks, seed=0):
    """Return by how much each pick falls short of the best on its configurations."""
    chosen, gains, errors = lazy(draws, n_picks, n_joint_samples, seed=seed)
    of_samples, _ = np.random.default_rng(seed).spawn(2)
    configurations = Configurations(draws.shape[1], n_joint_samples, of_samples)
    regrets = []
    for row, gain in zip(chosen, gains):
        each = [configurations.posteriors.exact_gain(other.T)[0] for other in draws]
        assert_allclose(each[row], gain, rtol=1e-9, atol=1e-12)
        left = np.delete(each, chosen[: len(regrets)])
        regrets.append(left.max() - gain)
        configurations.add(draws[row].T)
    return np.array(regrets), errors


@pytest.mark.slow
@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1), st.integers(2, 4), st.sampled_from([0.1, 1.0]))
def test_it_is_the_greedy_batch_of_full_enumeration(seed, n_classes, concentration):
    draws = random_draws(30, 12, n_classes, seed, concentration)
    chosen, gains, errors = lazy(draws, 5)
    expected, expected_gains = full_greedy(draws, 5)
    assert_allclose(gains, expected_gains, atol=2e-6)
    assert_array_equal(errors, 0)
    assert_array_equal(chosen[gains > 1e-4], np.array(expected)[gains > 1e-4])


@pytest.mark.parametrize("n_held", [64, 100, 1000])
def test_it_is_the_same_batch_whatever_is_held(n_held):
    draws = alike_draws(1000, 15, 3)
    everything = lazy(draws, 8, n_joint_samples=300)
    less = lazy(draws, 8, n_joint_samples=300, n_held=n_held)
    for array, expected in zip(less, everything):
        assert_array_equal(array, expected)


def test_groups_of_configurations_do_not_change_the_batch(monkeypatch):
    draws = alike_draws(800, 20, 4)
    with_groups = lazy(draws, 6, n_joint_samples=5000)
    monkeypatch.setattr(_greedy, "_MANY", len(draws))
    without = lazy(draws, 6, n_joint_samples=5000)
    assert_array_equal(with_groups[0], without[0])


def test_where_gains_are_exact_no_row_would_have_added_more():
    short, errors = regrets(alike_draws(300, 20, 4), 4**5, 5)
    assert_array_equal(errors, 0)
    assert short.max() < 1e-6


@pytest.mark.parametrize("seed", range(5))
def test_where_they_are_sampled_none_adds_a_standard_error_more(seed):
    draws = alike_draws(300, 50, 4, seed)
    short, errors = regrets(draws, 400, 8, seed)
    assert errors[:4].max() == 0 < errors[6]
    assert (short <= np.maximum(errors, 1e-6)).all()


@pytest.mark.slow
def test_sampled_gains_are_right_on_average():
    draws = alike_draws(40, 20, 3)
    exact_rows, exact, _ = lazy(draws, 6)
    found = []
    for seed in range(200):
        of_samples, _ = np.random.default_rng(seed).spawn(2)
        configurations = Configurations(20, 60, of_samples)
        for row in exact_rows[:5]:
            configurations.add(draws[row].T)
        assert not configurations.exact
        found.append(configurations.posteriors.exact_gain(draws[exact_rows[5]].T))
    gains, deviations = np.array(found).T
    error = gains.std() / np.sqrt(200)
    assert abs(gains.mean() - exact[5]) < 4 * error
    # The stated error counts on independent samples; spread evenly, they do better.
    assert 0.3 < gains.std() / configurations.error(deviations.mean()) < 1.1


def test_copies_of_one_row_add_nothing_and_come_last():
    draws = alike_draws(30, 20, 3)
    sure = np.eye(3)[[[0] * 7 + [1] * 7 + [2] * 6]]
    draws = np.concatenate([draws, sure, sure, sure])
    chosen, gains, _ = lazy(draws, 33)
    assert chosen[0] >= 30
    assert len(set(chosen)) == 33
    assert_allclose(gains[[row >= 30 for row in chosen]][1:], 0, atol=1e-6)


def test_when_nothing_is_left_to_tell_the_rest_is_random():
    two = np.array([[[1.0, 0.0], [0.0, 1.0]]])
    draws = np.repeat(two, 50, axis=0)
    batches = [lazy(draws, 5, seed=seed) for seed in range(20)]
    for _, gains, _ in batches:
        assert_allclose(gains, [np.log(2), 0, 0, 0, 0], atol=1e-12)
    assert len({tuple(rows) for rows, _, _ in batches}) == 20


def test_it_does_a_small_part_of_the_work_of_a_full_search(monkeypatch):
    work, steps = [], {}
    gains = Posteriors.gains

    def counted(self, draws):
        work.append(len(self) * len(draws))
        steps[len(work)] = len(self)
        return gains(self, draws)

    monkeypatch.setattr(Posteriors, "gains", counted)
    draws = alike_draws(5000, 50, 10, n_features=10)
    lazy(draws, 5)
    largest = max(steps.values())
    assert largest > 2000
    assert sum(work) < 0.1 * largest * 5000
