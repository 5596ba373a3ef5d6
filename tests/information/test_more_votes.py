from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from skbal.information import (
    more_vote_information,
    vote_distribution,
    vote_mutual_information,
)

CONCENTRATIONS = [None, 0.4, 6.0, 1e9]


def random_rho(n_samples=4, n_draws=5, n_questions=2):
    rng = np.random.default_rng(0)
    return rng.beta(0.7, 0.7, (n_samples, n_draws, n_questions))


def probability_of(answers, rho, concentration):
    """Polya's urn: the probability of answers in this order, vote by vote."""
    p, yes = 1.0, 0
    for i, answer in enumerate(answers):
        share = rho
        if concentration is not None:
            share = (concentration * rho + yes) / (concentration + i)
        p *= share if answer else 1 - share
        yes += answer
    return p


def information_of_answers(rho, k, total, n, concentration):
    """The information of n more answers about the draw, by all their orders."""
    first = [1] * k + [0] * (total - k)  # the order does not matter
    prior = np.array([probability_of(first, r, concentration) for r in rho])
    joint = (
        np.array(
            [
                [probability_of([*first, *more], r, concentration) for r in rho]
                for more in product((0, 1), repeat=n)
            ]
        )
        / prior.sum()
    )  # (2**n, n_draws)
    apart = np.outer(joint.sum(axis=1), joint.sum(axis=0))
    some = joint > 0
    return (joint[some] * np.log(joint[some] / apart[some])).sum()


@pytest.mark.parametrize("concentration", CONCENTRATIONS)
def test_it_is_the_information_of_all_orders_of_answers(concentration):
    rho = random_rho()
    votes = np.array(
        [[[0, 0], [1, 1]], [[2, 5], [0, 4]], [[3, 3], [7, 9]], [[1, 6]] * 2]
    )
    counts = np.array([[1, 4], [3, 0], [2, 5], [4, 1]])
    found = more_vote_information(rho, votes, counts, concentration)
    for row, question in np.ndindex(4, 2):
        expected = information_of_answers(
            rho[row, :, question],
            *votes[row, question],
            counts[row, question],
            concentration,
        )
        # With an urn of 1e9 balls, rounding of the loop matters.
        assert_allclose(found[row, question], expected, atol=1e-10, rtol=1e-6)


@pytest.mark.parametrize("learned", [False, True])
@pytest.mark.parametrize("concentration", CONCENTRATIONS)
def test_without_votes_it_is_the_information_of_the_first_ones(concentration, learned):
    rho, votes = random_rho(), np.zeros((4, 2, 2), dtype=int)
    found = more_vote_information(rho, votes, 30, concentration, learned=learned)
    expected = vote_mutual_information(rho, 30, concentration)
    assert_allclose(found, expected, atol=1e-11)


@settings(max_examples=40)
@given(
    st.lists(st.floats(0, 1), min_size=4, max_size=4),
    st.integers(0, 8),
    st.integers(0, 8),
    st.sampled_from([None, 0.5, 8.0]),
)
def test_first_and_further_votes_add_up_to_the_information_of_all(
    values, total, n, concentration
):
    rho = np.reshape(values, (1, 4, 1))
    p_first = vote_distribution(rho, total, concentration)[0, 0]
    possible = np.flatnonzero(p_first > 0)
    votes = np.stack([possible, np.full(len(possible), total)], axis=1)
    each = more_vote_information(
        np.repeat(rho, len(votes), axis=0), votes, n, concentration
    )
    first = vote_mutual_information(rho, total, concentration)[0, 0]
    both = vote_mutual_information(rho, total + n, concentration)[0, 0]
    assert_allclose(first + p_first[possible] @ each[:, 0], both, atol=1e-10)


def test_votes_that_the_model_has_learned_from_do_not_count_twice():
    # One yes has the likelihood 1/4 under the first draw and 3/4 under the second: the
    # model that has learned it draws the second three times as often.
    before, after = [[[0.25], [0.75]]], [[[0.25], [0.75], [0.75], [0.75]]]
    for concentration in (None, 3.0):
        new = more_vote_information(before, [[1, 1]], 7, concentration)
        learned = more_vote_information(after, [[1, 1]], 7, concentration, learned=True)
        assert_allclose(new, learned, atol=1e-12)
    twice = more_vote_information(after, [[1, 1]], 7)
    assert np.abs(twice - new).max() > 0.01


def test_learned_binomial_votes_make_no_difference():
    rho = random_rho()
    votes = np.array([[[3, 4], [5, 90]]] * 4)
    found = more_vote_information(rho, votes, 12, learned=True)
    assert_allclose(found, vote_mutual_information(rho, 12), atol=1e-12)


@pytest.mark.parametrize("learned", [False, True])
def test_a_beta_binomial_row_with_many_votes_is_nearly_known(learned):
    rho, rows = random_rho(1, 6, 1), np.arange(4)
    votes = np.stack([2 * 10**rows // 5, 10**rows], axis=1)
    rho = np.repeat(rho, 4, axis=0)
    found = more_vote_information(rho, votes, 10, 5.0, learned=learned)[:, 0]
    assert (np.diff(found) < 0).all()
    assert found[-1] < 1e-3


def test_the_pieces_of_many_rows_change_nothing():
    rho = random_rho(3000, 20, 1)
    votes = np.stack([np.arange(3000) % 7, np.full(3000, 9)], axis=1)
    counts = np.arange(3000) % 13
    found = more_vote_information(rho, votes, counts, 4.0)
    some = np.array([0, 17, 1500, 2999])
    alone = more_vote_information(rho[some], votes[some], counts[some], 4.0)
    assert_allclose(found[some], alone, atol=1e-13)


def test_nothing_is_told_by_no_votes_or_about_draws_that_agree():
    rho, votes = random_rho(), np.array([[[2, 3], [1, 4]]] * 4)
    assert_array_equal(more_vote_information(rho, votes, 0, 2.0), np.zeros((4, 2)))
    agreeing = np.repeat(rho[:, :1], 5, axis=1)
    assert_array_equal(more_vote_information(agreeing, votes, 9, 2.0), np.zeros((4, 2)))


def test_draws_that_the_votes_rule_out_do_not_count():
    rho = [[[0.0], [0.3], [0.8]]]
    found = more_vote_information(rho, [[1, 2]], 5)
    expected = information_of_answers(np.array([0.3, 0.8]), 1, 2, 5, None)
    assert_allclose(found[0, 0], expected, atol=1e-12)


@pytest.mark.parametrize(
    ("votes", "n_votes", "error", "message"),
    [
        ([[1, 1], [2, 1]], 3, ValueError, "row 1 has k = 2 yes votes of N = 1"),
        ([[1, 1]], 3, ValueError, r"must have the shape \(2, 1, 2\), .* \(1, 1, 2\)"),
        (
            [[1, 1], [1, 1]],
            -3,
            ValueError,
            "n_votes of more_vote_information must be 0",
        ),
        ([[1, 1], [1, 3]], 3, ValueError, "row 1 has k = 1 .* N = 3, .* impossible"),
    ],
)
def test_wrong_votes_are_named(votes, n_votes, error, message):
    rho = [[[0.2], [0.4]], [[0.0], [1.0]]]
    with pytest.raises(error, match=message):
        more_vote_information(rho, votes, n_votes)
