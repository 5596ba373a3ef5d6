"""The transform of votes: its ends by scipy, its histogram by random numbers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from skbal.audit import _pit, vote_pit, vote_pit_histogram
from tests.audit.fakes import draws_and_votes


def ends_by_scipy(rho, votes, concentration=np.inf):
    k, n = votes[:, None, :, 0], votes[:, None, :, 1]
    if np.isinf(concentration):
        return [stats.binom.cdf(j, n, rho).mean(axis=1) for j in (k - 1, k)]
    shape = concentration * rho, concentration * (1 - rho)
    return [stats.betabinom.cdf(j, n, *shape).mean(axis=1) for j in (k - 1, k)]


def test_each_row_has_its_own_concentration_however_rows_are_cut(monkeypatch):
    rho, votes = draws_and_votes(40, n_questions=2)
    own = np.random.default_rng(0).uniform(0.5, 40, size=(40, 2))
    k, n = votes[:, None, :, 0], votes[:, None, :, 1]
    law = stats.betabinom(n, own[:, None] * rho, own[:, None] * (1 - rho))
    expected = np.stack([law.cdf(k - 1).mean(axis=1), law.cdf(k).mean(axis=1)], axis=-1)
    for copies in (4, 10**6):  # all at once, and row by row
        monkeypatch.setattr(_pit, "_COPIES", copies)
        for given_as in (own, own.tolist()):
            pit = vote_pit(rho, votes, concentration=given_as)
            np.testing.assert_allclose(pit, expected, atol=1e-12)


@pytest.mark.parametrize("concentration", [np.inf, 3.0])
def test_the_ends_are_scipys_averaged_over_draws(concentration):
    rho, votes = draws_and_votes(40, n_questions=2)
    pit = vote_pit(rho, votes, concentration=concentration)
    expected = np.stack(ends_by_scipy(rho, votes, concentration), axis=-1)
    np.testing.assert_allclose(pit, expected, atol=1e-12)


def test_one_vote_splits_the_unit_interval_at_the_probability_of_no():
    pit = vote_pit([[[0.2], [0.4]]] * 2, [[0, 1], [1, 1]])
    np.testing.assert_allclose(pit[:, 0], [[0, 0.7], [0.7, 1]])


def test_certain_votes_fill_the_unit_interval():
    pit = vote_pit([[[1.0]], [[0.0]]], [[7, 7], [0, 7]])
    np.testing.assert_array_equal(pit[:, 0], [[0, 1], [0, 1]])


def test_impossible_votes_are_a_point_at_the_end_they_lie_beyond():
    pit = vote_pit([[[1.0]], [[0.0]]], [[6, 7], [1, 7]])
    np.testing.assert_array_equal(pit[:, 0], [[0, 0], [1, 1]])


def test_rows_without_votes_have_no_transform():
    pit = vote_pit([[[0.3, 0.6]]] * 2, [[[0, 0], [1, 2]], [[1, 1], [0, 0]]])
    np.testing.assert_array_equal(
        np.isnan(pit).all(axis=2), [[True, False], [False, True]]
    )
    assert np.isnan(vote_pit([[[0.3]]], [[0, 0]])).all()


@settings(max_examples=20)
@given(
    st.lists(st.floats(0.01, 0.99), min_size=1, max_size=4),
    st.integers(1, 60),
    st.sampled_from([None, 0.5, 20.0]),
)
def test_the_intervals_of_all_k_make_up_the_unit_interval(rho, n, a):
    votes = np.stack([np.arange(n + 1), np.full(n + 1, n)], axis=1)
    draws = np.broadcast_to(np.reshape(rho, (1, -1, 1)), (n + 1, len(rho), 1))
    pit = vote_pit(draws, votes, concentration=a)[:, 0]
    np.testing.assert_array_equal(pit[1:, 0], pit[:-1, 1])
    assert pit[0, 0] == 0
    assert pit[-1, 1] == 1


def test_chunks_of_the_rows_equal_the_whole(monkeypatch):
    rho, votes = draws_and_votes(50, n_questions=2, largest=90)
    whole = vote_pit(rho, votes)
    monkeypatch.setattr(_pit, "rows_within", lambda n_bytes: 7)
    np.testing.assert_allclose(vote_pit(rho, votes), whole, atol=1e-13)


def test_the_histogram_is_that_of_many_random_points_in_each_interval():
    rho, votes = draws_and_votes(60, n_questions=2, largest=8)
    votes[::7, 0] = 0
    pit = vote_pit(rho, votes)
    rng = np.random.default_rng(0)
    for question, shares in enumerate(vote_pit_histogram(pit, n_bins=5)):
        low, high = pit[~np.isnan(pit[:, question, 0]), question].T
        points = rng.uniform(low, high, size=(20_000, len(low)))
        found = np.histogram(points, bins=5, range=(0, 1))[0] / points.size
        np.testing.assert_allclose(shares, found, atol=4 * 0.5 / np.sqrt(points.size))


def test_the_histogram_of_a_right_model_is_flat_and_of_a_narrow_one_high_at_the_ends():
    rho, votes = draws_and_votes(5000)
    right = vote_pit_histogram(vote_pit(rho, votes))[0]
    narrow = vote_pit_histogram(vote_pit(rho.mean(axis=1, keepdims=True), votes))[0]
    error = np.sqrt(0.1 * 0.9 / 5000)  # of whole points; parts vary less
    np.testing.assert_allclose(right, 0.1, atol=4 * error)
    assert narrow[[0, -1]].min() > 0.1 + 4 * error
    assert narrow[3:7].max() < 0.1 - 4 * error


def test_points_at_the_ends_fall_into_the_outer_bins():
    pit = [[[0.0, 0.0]], [[1.0, 1.0]], [[1.0, 1.0]]]
    np.testing.assert_allclose(vote_pit_histogram(pit, 3), [[1 / 3, 0, 2 / 3]])


@pytest.mark.parametrize(
    ("rho", "votes", "message"),
    [
        ([[0.5]], [[1, 2]], "rho_draws given to vote_pit must have shape"),
        ([[[0.5]]], [[1, 2]] * 3, "same number of rows, got 1 and 3"),
        ([[[0.5, 0.5]]], [[1, 2]], "same number of questions, got 2 and 1"),
        ([[[0.5]]], [[3, 2]], "votes given to vote_pit: row 0 has k = 3 .* N = 2"),
        ([[[1.5]]], [[1, 2]], r"must be probabilities in \[0, 1\]"),
    ],
)
def test_what_is_wrong_is_named_with_both_numbers(rho, votes, message):
    with pytest.raises(ValueError, match=message):
        vote_pit(rho, votes)


@pytest.mark.parametrize(
    ("pit", "n_bins", "error", "message"),
    [
        ([[0.1, 0.2]], 10, ValueError, "must have shape .* got \\(1, 2\\)"),
        ([[[np.nan, np.nan]]], 10, ValueError, "a question without votes"),
        ([[[0.1, 0.2]]], 0, ValueError, "n_bins of vote_pit_histogram"),
        ([[[0.1, 0.2]]], 2.0, TypeError, "n_bins of vote_pit_histogram"),
    ],
)
def test_what_makes_no_histogram_is_refused(pit, n_bins, error, message):
    with pytest.raises(error, match=message):
        vote_pit_histogram(pit, n_bins)


@pytest.mark.parametrize("ends", [[0.75, 0.25], [-0.1, 0.5], [0.5, 1.1]])
def test_what_is_no_interval_has_no_histogram(ends):
    message = "must have 0 <= F.* but row 1 has .* of question 0"
    with pytest.raises(ValueError, match=message):
        vote_pit_histogram([[[0.0, 0.5]], [ends], [[np.nan, np.nan]]])
