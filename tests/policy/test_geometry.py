import numpy as np
import pytest

from skbal.policy._geometry import N_ANCHORS, Geometry


def test_similarity_is_a_gaussian_of_the_distance():
    X = np.random.default_rng(0).normal(size=(9, 3)) * [1.0, 10.0, 0.1]
    geometry = Geometry(X)
    rows = (X - X.mean(axis=0)) / X.std(axis=0)
    gaps = [np.linalg.norm(a - b) for i, a in enumerate(rows) for b in rows[:i]]
    width = np.median(gaps) / 2
    found = geometry.similarity(np.array([4, 0]), slice(2, 7))
    for i, row in enumerate([4, 0]):
        for j, other in enumerate(range(2, 7)):
            gap = np.linalg.norm(rows[row] - rows[other])
            expected = np.exp(-(gap**2) / (2 * width**2))
            assert found[i, j] == pytest.approx(expected, rel=1e-4)


def test_constant_columns_are_left_out():
    X = np.random.default_rng(0).normal(size=(20, 2))
    padded = np.column_stack([np.full(20, 1e6), X, np.zeros(20)])
    np.testing.assert_allclose(Geometry(padded).rows, Geometry(X).rows, atol=1e-6)


def test_rows_that_are_all_the_same_are_alike():
    geometry = Geometry(np.ones((4, 2)))
    everyone = slice(0, 4)
    assert (geometry.similarity(everyone, everyone) == 1).all()


def test_anchors_are_the_same_rows_in_any_order():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(437, 4))
    order = rng.permutation(437)
    first, other = Geometry(X).anchors, order[Geometry(X[order]).anchors]
    assert len(set(first)) == N_ANCHORS
    assert set(first) == set(other)


def test_all_rows_of_a_few_are_anchors():
    assert set(Geometry(np.arange(7.0)[:, np.newaxis]).anchors) == set(range(7))


def test_anchors_are_spread_as_the_rows_are():
    rng = np.random.default_rng(0)
    X = np.concatenate([rng.normal(size=(900, 2)), 20 + rng.normal(size=(100, 2))])
    share = np.mean(Geometry(X).anchors >= 900)
    assert share == pytest.approx(0.1, abs=0.05)
