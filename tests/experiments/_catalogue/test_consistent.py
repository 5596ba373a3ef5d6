from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from skbal.experiments import load_experiment
from skbal.experiments._catalogue._consistent import (
    _scatter,
    best_in_common,
    sd_of_differences,
    shifted,
)

SCORES = hnp.arrays(
    float, st.tuples(st.integers(3, 8), st.integers(2, 3)), elements=st.floats(0, 2.5)
)


@given(scores=SCORES)
def test_the_variance_is_that_of_every_pair(scores):
    pairs = combinations(range(scores.shape[1]), 2)
    each = [np.var(scores[:, i] - scores[:, j], ddof=1) for i, j in pairs]
    assert sd_of_differences(scores) ** 2 == pytest.approx(np.mean(each), abs=1e-12)


@given(scores=SCORES)
def test_a_shift_keeps_the_scores_of_each_row_and_shares_no_draws(scores):
    n_repetitions, n_rows = scores.shape
    moved = shifted(scores)
    assert np.sort(moved, axis=0).tolist() == np.sort(scores, axis=0).tolist()
    # In a repetition each row has the draws of another one.
    numbers = np.repeat(np.arange(n_repetitions)[:, np.newaxis], n_rows, axis=1)
    assert all(len(set(row)) == n_rows for row in shifted(numbers).tolist())


def test_a_shift_gives_scores_as_independent_as_separate_draws():
    # Two rows with one common part: Var(a - b) is 2 with joint draws, and 2 * (1 + 9)
    # with draws of their own. Four standard errors of a variance of n are 4 sqrt(2/n).
    rng = np.random.default_rng(0)
    n = 20_000
    scores = 3 * rng.normal(size=(n, 1)) + rng.normal(size=(n, 2))
    near = {"rel": 4 * np.sqrt(2 / n)}
    assert sd_of_differences(scores) ** 2 == pytest.approx(2, **near)
    assert sd_of_differences(shifted(scores)) ** 2 == pytest.approx(20, **near)


def test_a_copy_is_compared_with_its_own_image():
    rng = np.random.default_rng(2)
    rows = rng.normal(size=(9, 4))
    shift = np.arange(9.0)[:, np.newaxis]  # the same for all rows of a repetition
    found = _scatter(np.hstack([rows, rows + shift]), 2)
    # The variance of 0, 1, ..., 8 is (81 - 1) / 12 * 9 / 8.
    assert found["sd_to_copy"] ** 2 == pytest.approx(7.5)
    assert found["sd_of_difference"] == sd_of_differences(rows)
    assert found["sd_of_score"] ** 2 == pytest.approx(rows.var(axis=0, ddof=1).mean())


def test_more_rows_than_repetitions_are_refused():
    with pytest.raises(ValueError, match=r"n_repetitions of consistent .* 3, got 2"):
        shifted(np.zeros((2, 3)))


def test_the_best_in_common_are_counted_over_all_pairs():
    rng = np.random.default_rng(1)
    scores = rng.normal(size=(7, 9))
    best = [set(np.argsort(-row)[:4].tolist()) for row in scores]
    shares = [len(a & b) / 4 for a, b in combinations(best, 2)]
    assert best_in_common(scores, 4) == pytest.approx(np.mean(shares))


def test_the_ratio_is_that_of_variances():
    [ratio] = [
        measure
        for measure in load_experiment("consistent").measures
        if measure.name.startswith("variance between two images, 10 draws")
    ]
    joint, separate = ({"10": {"sd_of_difference": sd}} for sd in (0.1, 0.3))
    assert ratio.of(joint, separate) == pytest.approx(9)
    assert np.isnan(ratio.of({}, {}))
