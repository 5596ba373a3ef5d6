"""Sums over rows of a graph: against the functions of all rows at once."""

import numpy as np
import pytest

from skbal.features._places import Places
from skbal.features._row_sums import RowSums

RNG = np.random.default_rng(0)
FUNCTIONS = RNG.normal(size=(40, 5))
NODE_OF_ROW = np.concatenate([np.arange(40), RNG.integers(0, 40, 20)])
DISTANCES = np.sort(RNG.random((6, 3)), axis=1)
NEAREST = RNG.integers(0, 40, (6, 3))


def between(nodes):
    """Return places of rows, of which those of node -1 are between others."""
    new = np.flatnonzero(nodes < 0)
    return Places(nodes, new, DISTANCES[: len(new)], NEAREST[: len(new)])


CASES = {
    "the pool": NODE_OF_ROW,
    "most rows": np.delete(NODE_OF_ROW, [3, 7, 50]),
    "few rows": NODE_OF_ROW[:6],
    "a row many times": np.repeat(NODE_OF_ROW[:2], 90),
    "new rows among others": np.insert(NODE_OF_ROW, [0, 5, 60], -1),
    "only new rows": np.full(6, -1),
}


@pytest.mark.parametrize("nodes", CASES.values(), ids=CASES.keys())
def test_the_gram_is_that_of_the_functions_at_the_rows(nodes):
    places = between(nodes)
    values = places.means(FUNCTIONS)
    found = RowSums(FUNCTIONS, NODE_OF_ROW).gram(places)
    np.testing.assert_allclose(found, values.T @ values, atol=1e-12)


def test_functions_in_float32_are_summed_in_float64():
    functions = FUNCTIONS.astype(np.float32)
    found = RowSums(functions, NODE_OF_ROW).gram(Places(NODE_OF_ROW))
    values = functions[NODE_OF_ROW].astype(np.float64)
    np.testing.assert_allclose(found, values.T @ values, atol=1e-12)


@pytest.mark.parametrize(
    "rows", [slice(2, 9), slice(None), slice(30, 40), np.array([5, 0, 33, 6])], ids=str
)
def test_places_of_some_rows_are_those_rows_of_all(rows):
    places = between(np.insert(NODE_OF_ROW, [0, 5, 6, 30], -1))
    np.testing.assert_array_equal(
        places[rows].means(FUNCTIONS), places.means(FUNCTIONS)[rows]
    )
    assert len(places[rows]) == len(places.nodes[rows])
