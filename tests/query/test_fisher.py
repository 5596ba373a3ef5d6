import tracemalloc

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.linalg import helmert

from skbal.query._fisher import FisherRows, class_roots
from tests.query.fakes import random_pool


def probabilities(seed, n_rows, n_classes, sharpness=1.0):
    logits = np.random.default_rng(seed).normal(0, sharpness, (n_rows, n_classes))
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    return p / p.sum(axis=1, keepdims=True)


@given(st.integers(0, 10**6), st.integers(2, 7), st.sampled_from([0.5, 5, 200]))
@settings(max_examples=40, deadline=None)
def test_a_root_is_that_of_the_covariance_of_a_one_hot_label(seed, n_classes, sharp):
    p = probabilities(seed, 4, n_classes, sharp)
    roots, H = class_roots(p), helmert(n_classes)
    for row, root in zip(p, roots):
        covariance = np.diag(row) - np.outer(row, row)
        assert_allclose(root @ root.T, H @ covariance @ H.T, atol=1e-15)
        assert_allclose(H.T @ root @ root.T @ H, covariance, atol=1e-15)


def test_a_certain_row_has_no_information():
    assert not class_roots(np.eye(4)).any()
    assert not class_roots([[0.0, 1.0]]).any()


def test_the_information_is_the_mean_square_of_the_gradients_of_the_log_loss():
    # For each label by differences of the loss, in all C directions; then without the
    # direction in which all logits grow.
    h, p = random_pool(1, 3)[0], probabilities(0, 1, 4)
    W, eps = np.linalg.lstsq(h[None], np.log(p), rcond=None)[0].T, 1e-6

    def losses(W):
        z = W @ h
        return np.log(np.exp(z).sum()) - z

    steps = [eps * row.reshape(W.shape) for row in np.eye(W.size)]
    slopes = [(losses(W + s) - losses(W - s)) / (2 * eps) for s in steps]
    slopes = np.array(slopes).T  # (n_labels, n_weights)
    expected = sum(q * np.outer(g, g) for q, g in zip(p[0], slopes))
    basis = np.kron(helmert(4), np.eye(3))
    found = FisherRows(h[None], class_roots(p)).information()
    assert_allclose(found, basis @ expected @ basis.T, atol=1e-9)
    assert_allclose(np.trace(found), np.trace(expected), rtol=1e-8)


CASES = [(1, np.asarray), (2, np.asarray), (4, np.asarray), (4, sp.csr_matrix)]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("n_classes", "convert"), CASES)
def test_products_are_those_of_the_blocks(n_classes, convert, dtype, monkeypatch):
    # A few rows at a time: each chunk fills its own part.
    monkeypatch.setattr("skbal.query._fisher.rows_within", lambda *_: 3)
    X = np.maximum(random_pool(8, 3), 0).astype(dtype)
    roots = None
    if n_classes > 1:
        roots = class_roots(probabilities(1, 8, n_classes))
    rows = FisherRows(convert(X), roots)
    if roots is None:
        blocks = X[:, None].astype(float)
    else:
        blocks = np.array([np.kron(R.T, h[None]) for R, h in zip(roots, X)])
    rng = np.random.default_rng(0)
    A, P = rng.normal(size=(2, rows.n_weights, rows.n_weights))
    A, P = A @ A.T, P[:, :2]
    tight = {"rtol": 1e-12, "atol": 1e-12}
    assert_allclose([rows.block(i) for i in range(8)], blocks, **tight)
    assert_allclose(rows.information(), sum(V.T @ V for V in blocks), **tight)
    assert_allclose(rows.forms(A), [V @ A @ V.T for V in blocks], **tight)
    assert_allclose(rows.products(P), [V @ P for V in blocks], **tight)
    part = rows.take([5, 2])
    assert len(part) == 2
    assert_allclose(part.information(), sum(blocks[i].T @ blocks[i] for i in (2, 5)))


def test_memory_does_not_grow_with_the_pool():
    rows = FisherRows(np.zeros((100_000, 64), dtype=np.float32))
    in_float64 = 8 * rows.features.size
    M = np.eye(64)
    for function in (rows.information, lambda: rows.forms(M)):
        tracemalloc.start()
        try:
            function()
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert peak < 0.3 * in_float64
