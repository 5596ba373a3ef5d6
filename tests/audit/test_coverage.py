"""Coverage is the level if the model is right, and less if it is too sure."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats

from skbal.audit import _pit, vote_coverage, vote_pit
from tests.audit.fakes import TREE, draws_and_votes, shares_and_counts

LEVELS = np.array([0.5, 0.8, 0.95])


@pytest.mark.slow
@settings(max_examples=20)
@given(
    st.lists(st.floats(0.05, 0.95), min_size=1, max_size=4),
    st.integers(1, 9),
    st.floats(0.01, 0.99),
    st.sampled_from([None, 0.7, 15.0]),
)
def test_over_all_votes_that_can_come_the_coverage_is_the_level(rho, n, level, a):
    draws = np.reshape(rho, (1, -1, 1))
    covered, probability = [], []
    for k in range(n + 1):
        found = vote_coverage(draws, [[k, n]], levels=level, concentration=a)
        covered.append(found.coverage[0, 0])
        probability.append(np.diff(vote_pit(draws, [[k, n]], concentration=a)).item())
        assert found.expected[0, 0] >= level - 1e-9
    assert np.dot(covered, probability) == pytest.approx(level, abs=1e-9)


def test_votes_from_the_model_itself_are_covered_as_claimed():
    rho, votes = draws_and_votes(6000, n_questions=2)
    found = vote_coverage(rho, votes, levels=LEVELS)
    error = found.standard_error
    assert (error < 0.01).all()
    assert (abs(found.coverage - LEVELS) < 4 * error).all()
    error = np.sqrt(found.expected * (1 - found.expected) / 6000)
    assert (abs(found.interval_coverage - found.expected) < 4 * error).all()
    assert (found.expected >= LEVELS).all()


def test_votes_of_disagreeing_people_need_the_concentration():
    rng = np.random.default_rng(1)
    rho = rng.uniform(0.1, 0.9, size=(4000, 1, 1))
    n = np.full(4000, 30)
    k = rng.binomial(n, rng.beta(5 * rho[:, 0, 0], 5 * (1 - rho[:, 0, 0])))
    votes = np.stack([k, n], axis=1)
    right = vote_coverage(rho, votes, concentration=5.0)
    assert (abs(right.coverage - LEVELS) < 4 * right.standard_error).all()
    too_sure = vote_coverage(rho, votes)
    assert (too_sure.coverage < LEVELS - 0.1).all()


def test_one_model_in_place_of_many_covers_less():
    rho, votes = draws_and_votes(2000)
    single = vote_coverage(rho.mean(axis=1, keepdims=True), votes)
    assert (single.coverage + 4 * single.standard_error < LEVELS).all()
    assert (single.interval_coverage < vote_coverage(rho, votes).coverage).all()


def test_it_is_the_share_of_random_points_inside_the_central_part():
    rho, votes = draws_and_votes(100, n_questions=2, largest=12)
    k, n = votes[:, None, :, 0], votes[:, None, :, 1]
    low = stats.binom.cdf(k - 1, n, rho).mean(axis=1)
    high = stats.binom.cdf(k, n, rho).mean(axis=1)
    rng, n_points = np.random.default_rng(0), 4000
    points = rng.uniform(low, high, size=(n_points, *low.shape))
    found = vote_coverage(rho, votes, levels=LEVELS)
    for place, level in enumerate(LEVELS):
        inside = (abs(points - 0.5) < level / 2).mean(axis=0)
        error = 4 * 0.5 / np.sqrt(n_points * 100)
        np.testing.assert_allclose(
            found.coverage[:, place], inside.mean(axis=0), atol=error
        )
        np.testing.assert_allclose(
            found.standard_error[:, place],
            stats.sem(inside, axis=0),
            rtol=0.05,
        )


def test_whole_numbered_intervals_are_scipys():
    rho, votes = draws_and_votes(300, n_draws=1)
    k, n = votes[:, 0].T
    found = vote_coverage(rho, votes, levels=LEVELS)
    for place, level in enumerate(LEVELS):
        model = stats.binom(n, rho[:, 0, 0])
        low, high = model.ppf((1 - level) / 2), model.ppf((1 + level) / 2)
        inside = ((low <= k) & (k <= high)).mean()
        assert found.interval_coverage[0, place] == pytest.approx(inside)
        expected = (model.cdf(high) - model.cdf(low - 1)).mean()
        assert found.expected[0, place] == pytest.approx(expected)


def test_one_vote_by_hand():
    # No has probability 0.7, from 0 to 0.7; the level 0.8 holds 0.1 to 0.9.
    found = vote_coverage([[[0.3]]] * 2, [[0, 1], [1, 1]], levels=0.8)
    parts = np.array([0.6 / 0.7, 0.2 / 0.3])
    assert found.coverage.item() == pytest.approx(parts.mean())
    assert found.standard_error.item() == pytest.approx(stats.sem(parts))
    assert found.interval_coverage.item() == 1
    assert found.expected.item() == 1


def test_certain_votes_are_covered_by_the_level_exactly():
    found = vote_coverage([[[1.0]], [[0.0]]], [[9, 9], [0, 5]], levels=LEVELS)
    np.testing.assert_allclose(found.coverage, [LEVELS])
    np.testing.assert_allclose(found.interval_coverage, 1)
    np.testing.assert_allclose(found.expected, 1)


def test_impossible_votes_are_outside():
    found = vote_coverage([[[1.0]], [[0.0]]], [[8, 9], [1, 5]], levels=0.999)
    assert found.coverage.item() == 0
    assert found.interval_coverage.item() == 0
    assert found.expected.item() == 1


def test_an_impossible_vote_between_two_sure_models_is_where_the_two_meet():
    found = vote_coverage([[[0.0], [1.0]]], [[2, 4]], levels=0.5)
    assert found.coverage.item() == 1  # F(2) = 1/2, the middle


def test_rows_without_votes_count_for_nothing():
    rho, votes = draws_and_votes(80, n_questions=2)
    votes[::4, 1] = 0
    both = vote_coverage(rho, votes)
    np.testing.assert_array_equal(both.n_rows, [80, 60])
    asked = votes[:, 1, 1] > 0
    alone = vote_coverage(rho[asked, :, 1:], votes[asked, 1:])
    for name in ("coverage", "standard_error", "interval_coverage", "expected"):
        np.testing.assert_allclose(getattr(both, name)[1], getattr(alone, name)[0])


def test_chunks_of_the_rows_equal_the_whole(monkeypatch):
    rho, votes = draws_and_votes(50, n_questions=2, largest=90)
    votes[10:20] = 0  # a whole chunk without votes
    whole = vote_coverage(rho, votes)
    monkeypatch.setattr(_pit, "rows_within", lambda n_bytes: 5)
    parts = vote_coverage(rho, votes)
    for name in ("coverage", "standard_error", "interval_coverage", "expected"):
        np.testing.assert_allclose(getattr(parts, name), getattr(whole, name))


@pytest.mark.slow
def test_memory_does_not_grow_with_rows_times_votes():
    rho = np.full((30_000, 1, 1), 0.4)
    votes = np.broadcast_to([80, 200], (30_000, 2))
    tracemalloc.start()
    vote_coverage(rho, votes, levels=0.9)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 64 * 2**20  # all distributions at once: 46 MiB, and that twice


def test_a_single_row_has_no_standard_error():
    assert np.isnan(vote_coverage([[[0.3]]], [[1, 3]]).standard_error).all()


def test_arrays_of_the_caller_stay_as_they_are():
    rho, votes = draws_and_votes(20)
    before = rho.copy(), votes.copy()
    rho.setflags(write=False)
    votes.setflags(write=False)
    vote_coverage(rho, votes)
    np.testing.assert_array_equal(rho, before[0])
    np.testing.assert_array_equal(votes, before[1])


def test_the_table_has_one_row_a_question_and_level():
    pytest.importorskip("pandas")
    rho, votes = draws_and_votes(30, n_questions=2)
    names = ["smooth", "bar"]
    found = vote_coverage(rho, votes, levels=[0.5, 0.9], question_names=names)
    frame = found.to_frame()
    assert frame["question"].tolist() == ["smooth", "smooth", "bar", "bar"]
    assert frame["level"].tolist() == [0.5, 0.9] * 2
    bar = frame[(frame["question"] == "bar") & (frame["level"] == 0.9)].iloc[0]
    assert bar["coverage"] == found.coverage[1, 1]
    assert bar["standard_error"] == found.standard_error[1, 1]
    assert bar["interval_coverage"] == found.interval_coverage[1, 1]
    assert bar["expected"] == found.expected[1, 1]
    assert bar["n_rows"] == 30
    assert "smooth: " in repr(found)


@pytest.mark.parametrize(
    ("levels", "error", "message"),
    [
        ([0.5, 1.0], ValueError, "between 0 and 1, both excluded, got 1"),
        (0.0, ValueError, "both excluded, got 0"),
        ([0.5, np.nan], ValueError, "both excluded, got nan"),
        ([], ValueError, "at least one level, got shape \\(0,\\)"),
        ([[0.5]], ValueError, "got shape \\(1, 1\\)"),
        ("95%", TypeError, "must be numbers between 0 and 1, got '95%'"),
    ],
)
def test_levels_outside_of_their_range_are_refused(levels, error, message):
    with pytest.raises(error, match=f"^levels of vote_coverage.*{message}"):
        vote_coverage([[[0.5]]], [[1, 2]], levels=levels)


@pytest.mark.parametrize(
    ("rho", "votes", "message"),
    [
        ([[[0.5]]] * 2, [[1, 2]] * 3, "number of rows, got 2 and 3"),
        ([[[0.5] * 3]], [[[1, 2]] * 2], "number of questions, got 3 and 2"),
        ([[[0.5]]] * 2, [[0, 0]] * 2, "none on 'question 0': N is 0 in all 2 rows"),
        ([[[0.5]]], [[-1, 2]], "row 0 has k = -1 yes votes of N = 2"),
        ([[[0.5]], [[1.5]]], [[1, 2]] * 2, r"be probabilities in \[0, 1\], got .* 1.5"),
        ([[[np.nan]]], [[1, 2]], "got values from nan to nan"),
    ],
)
def test_draws_and_votes_that_do_not_fit_are_refused(rho, votes, message):
    with pytest.raises(ValueError, match=f"vote_coverage.*{message}"):
        vote_coverage(rho, votes)


@pytest.mark.parametrize(
    ("concentration", "error", "message"),
    [
        (0, ValueError, "got 0"),
        ("7", TypeError, "got '7'"),
        ([3.0, 4.0], ValueError, r"there are 3 rows and 1 questions, .* shape \(2,\)"),
        (np.ones((4, 1)), ValueError, r"got shape \(4, 1\)"),
        ([[1.0], [2.0], [-3.0]], ValueError, "got -3"),
    ],
)
def test_other_concentrations_are_refused(concentration, error, message):
    with pytest.raises(error, match=f"^concentration of vote_coverage .*{message}"):
        vote_coverage([[[0.5]]] * 3, [[1, 2]] * 3, concentration=concentration)


# Counts of answers


def test_counts_are_covered_answer_by_answer_as_claimed():
    draws, counts = shares_and_counts()
    c = np.tile([8.0, 8.0], (len(counts), 1))
    right = vote_coverage(draws, counts, concentration=c, questions=TREE)
    assert right.coverage.shape == (5, 3)
    assert right.question_names[:4] == (
        "shape: smooth", "shape: disk", "shape: star", "bar: yes",
    )  # fmt: skip
    assert (abs(right.coverage - LEVELS) < 4 * right.standard_error).all()
    assert right.n_rows.tolist()[:3] == [1500] * 3
    assert right.n_rows[3] == right.n_rows[4] == (counts[:, 1] > 0).sum()
    too_sure = vote_coverage(draws, counts, questions=TREE)
    assert (too_sure.coverage[:3] < right.coverage[:3]).all()


def test_counts_are_votes_k_of_n_of_each_answer():
    draws, counts = shares_and_counts(40)
    draws, counts = draws[..., :3], counts[:, :3]
    n = counts.sum(axis=1, keepdims=True)
    votes = np.stack([counts, np.broadcast_to(n, counts.shape)], axis=2)
    found = vote_coverage(draws, counts, concentration=3.0)
    expected = vote_coverage(draws, votes, concentration=3.0)
    assert_allclose(found.coverage, expected.coverage)
    assert_allclose(found.expected, expected.expected)
    assert found.question_names == ("answer 0", "answer 1", "answer 2")


@pytest.mark.parametrize(
    ("draws", "counts", "questions", "message"),
    [
        ([[[0.5, 0.4, 0.3]]], [[1, 2, 0]], None, "sum to one .* are counts of answers"),
        ([[[0.5, 0.5, 0.3, 0.7]]], [[1, 2, 1, 1]], None, "several questions, give que"),
        ([[[0.5, 0.4, 0.1]]], [[1, 2, 0.5]], None, "row 0 has the count 0.5"),
        ([[[0.5, 0.4, 0.1]]], [[1, 2, 0]] * 2, None, "rows, got 1 and 2"),
        ([[[0.5, 0.5]]], [[1, 2]], None, "same number of questions, got 2 and 1"),
        ([[[0.5, 0.5]]], [[1, 2]], TREE, "2 columns, but questions has 5 answers"),
        ([[[1.5, -0.5, 0]]], [[1, 2, 0]], None, r"probabilities in \[0, 1\]"),
    ],
)
def test_counts_that_do_not_fit_are_refused(draws, counts, questions, message):
    with pytest.raises(ValueError, match=message):
        vote_coverage(draws, counts, questions=questions)
