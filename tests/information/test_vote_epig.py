import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import betabinom, binom

from skbal.information import (
    _vote_epig,
    expected_predictive_information_gain,
    expected_vote_information_gain,
    vote_mutual_information,
)


def random_rho(n_samples, n_draws, n_questions=2, seed=0):
    rng = np.random.default_rng(seed)
    return rng.beta(0.5, 0.5, (n_samples, n_draws, n_questions))


def probabilities(rho, n, concentration):
    """Return those of k = 0, ..., n for each draw, by scipy, (n_draws, n + 1)."""
    k, rho = np.arange(n + 1), rho[:, np.newaxis]
    if np.isinf(concentration):
        return binom.pmf(k, n, rho)
    return betabinom.pmf(k, n, concentration * rho, concentration * (1 - rho))


def gain_one_by_one(pool, target, n, n_target, c=np.inf, c_target=np.inf):
    """The sum over all k and k* for each pair of rows and each question."""
    shape = pool.shape[0], pool.shape[2]
    n, c = (np.broadcast_to(value, shape) for value in (n, c))
    shape = target.shape[0], target.shape[2]
    n_target, c_target = (np.broadcast_to(v, shape) for v in (n_target, c_target))
    n_draws = pool.shape[1]
    gain = np.zeros(n.shape)
    for i, j, q in np.ndindex(len(pool), len(target), pool.shape[2]):
        one = probabilities(pool[i, :, q], n[i, q], c[i, q])
        other = probabilities(target[j, :, q], n_target[j, q], c_target[j, q])
        joint = sum(np.outer(a, b) for a, b in zip(one, other)) / n_draws
        apart = np.outer(joint.sum(axis=1), joint.sum(axis=0))
        some = joint > 0
        gain[i, q] += (joint[some] * np.log(joint[some] / apart[some])).sum()
    return gain / len(target)


CASES = {
    "one number": (7, 3, {}),
    "a number per row": ([0, 1, 5, 12], [4, 1, 0], {}),
    "a number per question": ([[1, 9], [0, 3], [5, 5], [2, 2]], 1, {}),
    "one concentration": (6, 4, {"concentration": 3.0, "concentration_target": 0.5}),
    "a concentration per question": (6, 4, {"concentration": [np.inf, 2.0]}),
    "a concentration per row": (
        [3, 3, 8, 8],
        [2, 2, 5],
        {"concentration_target": [[1.0, 2.0], [np.inf, 4.0], [9.0, 0.1]]},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_gain_is_the_sum_over_all_numbers_of_votes(case):
    n, n_target, concentrations = CASES[case]
    pool, target = random_rho(4, 6), random_rho(3, 6, seed=1)
    gain = expected_vote_information_gain(pool, target, n, n_target, **concentrations)
    # Numbers of one axis are per row, so the loop is given a column.
    n, n_target = (np.reshape(v, (-1, 1)) if np.ndim(v) == 1 else v
                   for v in (n, n_target))  # fmt: skip
    c = concentrations.get("concentration", np.inf)
    c_target = concentrations.get("concentration_target", np.inf)
    expected = gain_one_by_one(pool, target, n, n_target, c, c_target)
    assert_allclose(gain, expected, atol=1e-10)


def test_many_votes_are_as_exact():
    pool, target = random_rho(2, 4, 1), random_rho(2, 4, 1, seed=1)
    gain = expected_vote_information_gain(pool, target, 300, 40)
    assert_allclose(gain, gain_one_by_one(pool, target, 300, 40), atol=1e-10)


def test_one_vote_each_is_the_gain_of_two_classes():
    pool, target = random_rho(6, 9, 1), random_rho(4, 9, 1, seed=1)
    expected = expected_predictive_information_gain(
        *(np.concatenate([1 - rho, rho], axis=2) for rho in (pool, target))
    )
    gain = expected_vote_information_gain(pool, target, 1)
    assert_allclose(gain[:, 0], expected, atol=1e-14)
    spread = expected_vote_information_gain(pool, target, 1, 1, 0.7, 2.0)
    assert_allclose(spread[:, 0], expected, atol=1e-12)


def test_shares_that_are_independent_over_the_draws_have_no_gain():
    # Every pair of a share of the pool and a share of the target is one draw.
    pool, target = np.meshgrid([0.1, 0.5, 1.0], [0.0, 0.3, 0.9, 0.4])
    pool, target = pool.reshape(1, 12, 1), target.reshape(1, 12, 1)
    assert vote_mutual_information(pool, 8)[0, 0] > 0.1
    for concentration in (None, 5.0):
        gain = expected_vote_information_gain(pool, target, 8, 3, concentration)
        assert_array_equal(gain, [[0.0]])


def test_no_votes_and_draws_that_agree_have_no_gain():
    pool, target = random_rho(5, 7), random_rho(3, 7, seed=1)
    assert_array_equal(
        expected_vote_information_gain(pool, target, 0), np.zeros((5, 2))
    )
    assert_array_equal(
        expected_vote_information_gain(pool, target, 4, 0), np.zeros((5, 2))
    )
    agreeing = np.repeat(pool[:, :1], 7, axis=1)
    gain = expected_vote_information_gain(agreeing, target, 20, 5)
    assert_array_equal(gain, np.zeros((5, 2)))


rho_arrays = st.lists(
    st.one_of(st.sampled_from([0.0, 1.0]), st.floats(1e-6, 1 - 1e-6)),
    min_size=12,
    max_size=12,
)


@settings(max_examples=40)
@given(rho_arrays, st.integers(0, 9), st.integers(0, 5), st.sampled_from([None, 2.0]))
def test_a_gain_is_at_most_what_either_side_tells_of_the_weights(values, n, m, c):
    rho = np.reshape(values, (3, 4, 1))
    pool, target = rho[:2], rho[2:]
    gain = expected_vote_information_gain(pool, target, n, m, c, c)
    assert (gain >= 0).all()
    assert (gain <= vote_mutual_information(pool, n, c) + 1e-12).all()
    assert (gain <= vote_mutual_information(target, m, c) + 1e-12).all()
    more = expected_vote_information_gain(pool, target, n + 1, m, c, c)
    assert (more >= gain - 1e-12).all()


def test_the_same_order_of_draws_in_both_does_not_matter_but_another_does():
    pool, target = random_rho(5, 8), random_rho(4, 8, seed=1)
    gain = expected_vote_information_gain(pool, target, 5, 2)
    order = np.random.default_rng(0).permutation(8)
    both = expected_vote_information_gain(pool[:, order], target[:, order], 5, 2)
    assert_allclose(both, gain, atol=1e-13)
    one = expected_vote_information_gain(pool[:, order], target, 5, 2)
    assert np.abs(one - gain).max() > 1e-3
    # Yes and no are alike, on either side.
    assert_allclose(
        expected_vote_information_gain(1 - pool, target, 5, 2), gain, atol=1e-13
    )


def test_the_pieces_do_not_change_the_gain(monkeypatch):
    pool, target = random_rho(30, 8), random_rho(20, 8, seed=1)
    counts = np.arange(30) % 7
    gain = expected_vote_information_gain(pool, target, counts, 4)
    monkeypatch.setattr(_vote_epig, "TARGET_COLUMNS", 12)
    monkeypatch.setattr(_vote_epig, "NUMBERS_IN_CACHE", 200)
    pieces = expected_vote_information_gain(pool, target, counts, 4)
    assert_allclose(pieces, gain, atol=1e-13)


def test_memory_does_not_grow_with_the_pool():
    target = random_rho(50, 20, 1, seed=1)
    peaks = []
    for n_samples in (200, 2000):
        pool = random_rho(n_samples, 20, 1)
        tracemalloc.start()
        expected_vote_information_gain(pool, target, 40)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 2**20
    assert peaks[1] < 2**25


def test_few_draws_make_independent_rows_seem_dependent_as_the_notes_say():
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(2, 400, 1, 1)) + 0.3 * rng.normal(size=(2, 400, 20, 1))
    pool, target = 1 / (1 + np.exp(-logits))
    found = expected_vote_information_gain(pool, target, 5, 3).mean()
    each = (
        vote_mutual_information(rho, n).mean() for rho, n in ((pool, 5), (target, 3))
    )
    expected = 2 * np.prod(list(each)) / 19
    assert found == pytest.approx(expected, rel=0.25)


GOOD = {"rho_pool": [[[0.1], [0.2]]], "rho_target": [[[0.5], [0.6]]], "n_votes": 3}


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"rho_pool": [[[0.1], [1.2]]]}, ValueError, "rho_pool given to expected_vote"),
        ({"rho_target": [[[0.1], [-1]]]}, ValueError, "rho_target given to .* -1 to"),
        ({"rho_target": [[[0.1]]]}, ValueError, r"the same draws .* \(1, 2, 1\) and"),
        ({"rho_target": np.ones((0, 2, 1))}, ValueError, "at least one row"),
        ({"n_votes": -1}, ValueError, "n_votes of expected_vote_information_gain must"),
        ({"n_votes": 0.5}, TypeError, "n_votes of .* must be integers, got 0.5"),
        ({"n_votes": [3, 4]}, ValueError, r"n_votes of .* got shape \(2,\)"),
        ({"n_votes_target": -2}, ValueError, "n_votes_target of .* or more, got -2"),
        ({"n_votes_target": [1, 1]}, ValueError, r"n_votes_target of .* shape \(2,\)"),
        ({"concentration": 0}, ValueError, "concentration of .* got 0"),
        (
            {"concentration_target": "b"},
            TypeError,
            "concentration_target of .* got 'b'",
        ),
    ],
)
def test_wrong_arguments_are_named(change, error, message):
    with pytest.raises(error, match=message):
        expected_vote_information_gain(**{**GOOD, **change})
