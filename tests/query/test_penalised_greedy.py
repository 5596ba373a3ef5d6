from unittest import mock

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.metrics.pairwise import cosine_similarity, rbf_kernel

from skbal.query._penalised_greedy import penalised_greedy, within_reach
from skbal.query._similarities import Cosines, Similarities


def brute_force(scores, similarities, n_picks, penalty, mean, priority):
    """Compare every row with every chosen one, each time."""
    chosen = []
    for _ in range(n_picks):
        values, rounding = scores.copy(), 0.0
        if chosen:
            to_chosen = similarities[:, chosen]
            likeness = to_chosen.mean(axis=1) if mean else to_chosen.max(axis=1)
            values, rounding = scores - penalty * likeness, 1e-6 * abs(penalty)
        values[chosen] = -np.inf
        tied = np.flatnonzero(values >= values.max() - rounding)
        chosen.append(tied[np.argmin(priority[tied])])
    return chosen


def case(seed, n_rows, n_features, coarse):
    """Return scores, features and priorities; coarse ones have many ties."""
    rng = np.random.default_rng(seed)
    scores = rng.random(n_rows)
    X = rng.normal(size=(n_rows, n_features))
    if coarse:
        scores, X = scores.round(1), X.round(0)  # rows of zeros and equal rows
    return scores, X, rng.random(n_rows)


CASES = {
    "seed": st.integers(0, 10**6),
    "n_rows": st.integers(1, 50),
    "n_features": st.integers(1, 4),
    "coarse": st.booleans(),
    "penalty": st.sampled_from([-3, -1, -0.3, -0.01, 0.01, 0.3, 1, 3]),
    "mean": st.booleans(),
    "part": st.floats(0, 1),
}


@pytest.mark.slow
@settings(max_examples=150)
@given(
    **CASES,
    kind=st.sampled_from(["double", "single", "sparse", "kernel"]),
    large=st.booleans(),
    tried=st.sampled_from([1, 4]),
)
def test_the_choice_is_that_of_brute_force(
    seed, n_rows, n_features, coarse, penalty, mean, part, kind, large, tried
):
    scores, X, priority = case(seed, n_rows, n_features, coarse)
    n_picks = max(round(part * n_rows), 1)
    X = X.astype(np.float32) if kind == "single" else X
    if kind == "kernel":
        expected_similarities = rbf_kernel(X)
        similarity = Similarities(X, rbf_kernel, "A")
    else:
        expected_similarities = cosine_similarity(X.astype(float))
        similarity = Cosines(sp.csr_matrix(X) if kind == "sparse" else X.copy())
        if large:
            similarity.directions = None  # rows are compared only if they may be next
    expected = brute_force(
        scores, expected_similarities, n_picks, penalty, mean, priority
    )
    how = {"penalty": penalty, "mean": mean}
    with mock.patch("skbal.query._penalised_greedy._TRIED", tried):
        found = penalised_greedy(scores, similarity, n_picks, priority=priority, **how)
    assert_array_equal(found, expected)
    assert found.dtype == np.intp


@pytest.mark.slow
@settings(max_examples=100)
@given(**CASES)
def test_rows_out_of_reach_are_never_chosen(
    seed, n_rows, n_features, coarse, penalty, mean, part
):
    scores, X, priority = case(seed, n_rows, n_features, coarse)
    n_picks = max(round(part * n_rows), 1)
    similarities = cosine_similarity(X)
    chosen = brute_force(scores, similarities, n_picks, penalty, mean, priority)
    reach = within_reach(scores, n_picks, penalty)
    assert set(chosen) <= set(reach.tolist())
    assert_array_equal(reach, np.unique(reach))


def test_a_row_just_within_reach_is_chosen_where_likeness_is_extreme():
    # The first two are the same, the third is the opposite: it gains all it can.
    X = np.array([[1.0], [1.0], [-1.0]])
    for third, expected in ((0.81, 2), (0.79, 1)):
        scores = np.array([1.0, 1.0 - 1e-9, third])
        cosines = Cosines(X.copy())
        rows = within_reach(scores, 2, 0.1)
        assert_array_equal(rows, [0, 1, 2] if third > 0.8 else [0, 1])
        found = penalised_greedy(scores, cosines, 2, penalty=0.1, priority=np.arange(3))
        assert found[1] == expected


class Counted(Cosines):
    """Cosines that count how many pairs were asked for."""

    n_pairs = 0

    def __call__(self, rows, others):
        self.n_pairs += len(rows) * len(others)
        return super().__call__(rows, others)


def check_sixty(cosines, scores, penalty, mean, priority):
    """Compare the choice of 60 rows, as if the pool were large, with brute force."""
    cosines.directions = None
    how = {"penalty": penalty, "mean": mean, "priority": priority}
    found = penalised_greedy(scores, cosines, 60, **how)
    similarities = cosine_similarity(cosines.features.astype(np.float64))
    expected = brute_force(scores, similarities, 60, penalty, mean, priority)
    assert_array_equal(found, expected)


@pytest.mark.parametrize("penalty", [-3, -0.3, 0.3, 3])
@pytest.mark.parametrize("mean", [False, True])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_many_rows_of_many_features_are_those_of_brute_force(penalty, mean, dtype):
    rng = np.random.default_rng(0)
    X = (rng.normal(size=(1500, 300)) + 1).astype(dtype)
    X[500:600] = X[:100]  # copies, between which rounding must not decide
    scores, priority = rng.permutation(1500) / 1499, rng.random(1500)
    scores[500:600] = scores[:100]
    cosines = Cosines(X.copy())
    check_sixty(cosines, scores, penalty, mean, priority)


@settings(max_examples=30)
@given(st.integers(0, 10**6), st.integers(2, 4096), st.booleans())
def test_the_error_of_near_cosines_is_bounded(seed, n_features, positive):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(50, n_features)).astype(np.float32)
    cosines = Cosines(np.abs(X) if positive else X)
    expected = cosines(np.arange(50), np.array([7]))[:, 0]
    found = cosines.along(cosines.direction(7))
    assert np.abs(found - expected).max() < cosines.error


@pytest.mark.parametrize(("penalty", "mean"), [(0.3, False), (0.3, True)])
def test_few_rows_are_compared_with_the_batch(penalty, mean):
    rng = np.random.default_rng(0)
    cosines = Counted(rng.normal(size=(3000, 20)))
    cosines.directions = None  # as if the pool were large
    how = {"penalty": penalty, "mean": mean, "priority": rng.random(3000)}
    penalised_greedy(rng.random(3000), cosines, 20, **how)
    assert 0 < cosines.n_pairs < 0.35 * 20 * 3000


@pytest.mark.parametrize(("penalty", "mean"), [(-1, False), (1, True)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_pivots_leave_few_rows_to_compare(penalty, mean, dtype):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(4000, 6)) @ rng.normal(size=(6, 200))
    X = (X + 0.3 * rng.normal(size=X.shape)).astype(dtype)
    scores, priority = rng.permutation(4000) / 3999, rng.random(4000)
    cosines = Counted(X.copy())
    check_sixty(cosines, scores, penalty, mean, priority)
    assert cosines.n_pairs < 0.1 * 60 * 4000


def test_cosines_are_those_of_scikit_learn_and_zero_with_a_row_of_zeros():
    X = np.random.default_rng(0).normal(size=(6, 4))
    X[2] = 0
    rows, others = np.array([0, 2, 5]), np.array([2, 3, 1, 0])
    expected = cosine_similarity(X)[np.ix_(rows, others)]
    for features in (X.copy(), sp.csr_matrix(X)):
        assert_allclose(Cosines(features)(rows, others), expected, atol=1e-15)
    assert_array_equal(Cosines(X)(rows, others)[:, 0], [0, 0, 0])
    assert_array_equal(Cosines(X)(rows, others)[1], [0, 0, 0, 0])


@pytest.mark.parametrize("convert", [np.array, sp.csr_matrix])
def test_cosines_of_very_large_and_very_small_numbers_are_right(convert):
    X = np.array([[1e200, 0.0], [1e200, 1e200], [0.0, 1e-200], [0.0, 0.0], [3.0, 4.0]])
    found = Cosines(convert(X))(np.arange(5), np.arange(5))
    half = np.sqrt(0.5)
    expected = [
        [1, half, 0, 0, 0.6],
        [half, 1, half, 0, 1.4 * half],
        [0, half, 1, 0, 0.8],
        [0, 0, 0, 0, 0],
        [0.6, 1.4 * half, 0.8, 0, 1],
    ]
    assert_allclose(found, expected, rtol=1e-14)


def test_rounding_of_features_in_single_precision_does_not_decide():
    # Rows 1 and 2 point the same way up to the last bit of float32.
    X = np.array([[1.0, 0.0], [0.6, 0.8], [0.6, 0.8], [1.0, 0.1]], dtype=np.float32)
    X[2, 1] = np.nextafter(X[2, 1], np.float32(1))
    scores = np.array([1.0, 0.9, 0.9, 0.5])
    few, many = Cosines(X.copy()), Cosines(X.copy())
    many.directions = None
    for cosines in (few, many):
        for first, order in ((1, [0, 1, 2, 3]), (2, [0, 2, 1, 3])):
            found = penalised_greedy(
                scores, cosines, 2, penalty=1.0, priority=np.argsort(order)
            )
            assert_array_equal(found, [0, first])
