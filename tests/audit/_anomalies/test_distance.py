import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from skbal.audit._anomalies._distance import local_distances


def by_loops(labelled, rows, k):
    """Return the definition, row by row, from all distances."""
    own = cdist(labelled, labelled)
    np.fill_diagonal(own, np.inf)
    scale = np.sort(own, axis=1)[:, :k].mean(axis=1)

    def score(distances):
        nearest = np.argsort(distances, kind="stable")[:k]
        return distances[nearest].mean() / scale[nearest].mean()

    return [score(row) for row in cdist(rows, labelled)], [score(row) for row in own]


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), k=st.integers(1, 6), n_features=st.integers(1, 4))
def test_scores_are_those_of_the_definition(seed, k, n_features):
    rng = np.random.default_rng(seed)
    labelled = rng.normal(size=(12, n_features))
    rows = 2 * rng.normal(size=(5, n_features))
    scores, own = local_distances(labelled, rows, k)
    expected, expected_own = by_loops(labelled, rows, k)
    np.testing.assert_allclose(scores, expected)
    np.testing.assert_allclose(own, expected_own)


@settings(max_examples=15, deadline=None)
@given(scale=st.floats(1e-3, 1e3), shift=st.floats(-10, 10))
def test_units_do_not_matter(scale, shift):
    rng = np.random.default_rng(0)
    labelled, rows = rng.normal(size=(20, 3)), rng.normal(size=(4, 3))
    scores, _ = local_distances(labelled, rows, 3)
    again, _ = local_distances(scale * labelled + shift, scale * rows + shift, 3)
    np.testing.assert_allclose(again, scores, rtol=1e-6)


def test_among_equal_labelled_rows_another_row_is_infinitely_odd():
    scores, own = local_distances(np.zeros((5, 2)), np.array([[0.0, 0], [0, 1]]), 2)
    np.testing.assert_array_equal(scores, [1, np.inf])
    np.testing.assert_array_equal(own, 1)
