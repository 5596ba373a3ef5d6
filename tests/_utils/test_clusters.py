"""Clusters of rows: the nearest row of each, and none twice."""

import numpy as np
from scipy.spatial.distance import cdist

from skbal._utils.clusters import nearest_rows


def test_nearest_rows_are_the_nearest_and_none_twice():
    rng = np.random.default_rng(0)
    features, centres = rng.normal(size=(50, 2)), rng.normal(size=(10, 2)) * 0.1
    found = nearest_rows(centres, features)
    distances = cdist(centres, features)
    assert len(set(found.tolist())) == 10
    for centre in range(10):
        nearer = set(
            np.flatnonzero(distances[centre] < distances[centre, found[centre]])
        )
        # What is nearer went to another centre.
        assert nearer <= set(found.tolist())
    assert found[0] == distances[0].argmin()


def test_of_rows_that_are_equally_near_the_first_is_taken():
    rng = np.random.default_rng(0)
    first, second, far = rng.normal(size=(3, 30, 2)) + [[[0, 0]], [[0, 0]], [[9, 9]]]
    centres = (first + second) / 2
    for k, centre in enumerate(centres):
        rows = np.stack([far[k], first[k], second[k]])
        assert nearest_rows(centre[None], rows, 1e-4) == [1]
        assert nearest_rows(centre[None], rows[[2, 1, 0]], 1e-4) == [0]
    found = nearest_rows(centres, far, 1e-9)  # without ties it changes nothing
    np.testing.assert_array_equal(found, nearest_rows(centres, far))
