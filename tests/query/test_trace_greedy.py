from fractions import Fraction

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skbal.query._fisher import FisherRows, class_roots
from skbal.query._trace_greedy import Design, added, dropped
from tests.query.fakes import random_pool
from tests.query.test_fisher import probabilities


def make_rows(n_rows, n_classes, n_features=3):
    roots = None
    if n_classes > 1:
        roots = class_roots(probabilities(2, n_rows, n_classes))
    return FisherRows(random_pool(n_rows, n_features), roots)


def trace(rows, chosen, prior, target):
    """Return the trace of the definition, by an explicit inverse."""
    blocks = [rows.block(i) for i in chosen]
    information = prior + sum((V.T @ V for V in blocks), np.zeros_like(prior))
    return np.trace(np.linalg.inv(information) @ target)


def plain(rows, prior, target, n_added, n_left):
    """Choose by the definition: the trace of every candidate anew for each step."""
    chosen = []
    for _ in range(n_added):
        left = [i for i in range(len(rows)) if i not in chosen]
        chosen.append(min(left, key=lambda i: trace(rows, [*chosen, i], prior, target)))
    forward = list(chosen)
    while len(chosen) > n_left:

        def without(i):
            return trace(rows, [j for j in chosen if j != i], prior, target)

        chosen.remove(min(chosen, key=without))
    return forward, chosen


@pytest.mark.parametrize("n_classes", [1, 2, 4])
def test_rows_are_those_of_the_definition(n_classes):
    rows = make_rows(30, n_classes)
    target = rows.information() / 30
    prior = 0.3 * np.eye(len(target)) + rows.take([3, 4, 5]).information()
    forward, kept = plain(rows, prior, target, 12, 5)
    design = Design(rows, prior.copy(), target, "M")
    chosen = added(design, 12, np.zeros(30))
    assert_array_equal(chosen, forward)
    assert_allclose(design.trace, trace(rows, forward, prior, target))
    back = Design(rows.take(chosen), design.information, target, "M", drop=True)
    assert_allclose(back.trace, design.trace)
    drops = dropped(back, 7, np.zeros(12))
    assert_array_equal(np.delete(chosen, drops), kept)
    assert_allclose(back.trace, trace(rows, kept, prior, target))


@pytest.mark.parametrize("n_classes", [1, 3])
def test_changes_are_differences_of_the_trace(n_classes):
    rows = make_rows(10, n_classes)
    target = np.cov(np.random.default_rng(1).normal(size=(rows.n_weights, 40)))
    prior = np.diag(np.arange(1.0, rows.n_weights + 1))
    design, batch = Design(rows, prior.copy(), target, "M"), []
    for row in (4, 7, 7, 1):  # a row may count twice
        now = trace(rows, batch, prior, target)
        after = [trace(rows, [*batch, i], prior, target) for i in range(10)]
        assert_allclose(design.changes(), now - np.array(after), rtol=1e-9)
        design.apply(row)
        batch.append(row)
    assert_allclose(design.trace, trace(rows, batch, prior, target))
    part, batch = rows.take(batch), list(range(4))
    design = Design(part, design.information, target, "M", drop=True)
    for row in (2, 0):
        now = trace(part, batch, prior, target)
        rises = [
            trace(part, [j for j in batch if j != i], prior, target) for i in batch
        ]
        assert_allclose(design.changes()[batch], np.array(rises) - now, rtol=1e-9)
        design.apply(row)
        batch.remove(row)


def exact_trace(X, chosen, precision, target):
    """Return the trace for one output, in fractions."""
    n = len(target)
    M = [[Fraction(precision) * (i == j) for j in range(n)] for i in range(n)]
    for row in chosen:
        for i in range(n):
            for j in range(n):
                M[i][j] += X[row][i] * X[row][j]
    both = [M[i] + target[i] for i in range(n)]  # to solve M Z = F by elimination
    for k in range(n):
        both[k] = [value / both[k][k] for value in both[k]]
        for i in range(n):
            if i != k:
                factor = both[i][k]
                both[i] = [a - factor * b for a, b in zip(both[i], both[k])]
    return sum(both[i][n + i] for i in range(n))


def test_a_prior_of_hardly_any_information_costs_no_digits():
    # The first falls are a billion times as large as the last. In fractions there is
    # no rounding.
    rng, precision = np.random.default_rng(3), 2.0**-30
    X = rng.integers(-8, 9, size=(15, 3)).astype(float)
    exact = [[Fraction(int(value)) for value in row] for row in X]
    target = [[sum(r[i] * r[j] for r in exact) for j in range(3)] for i in range(3)]
    chosen = []
    for _ in range(8):
        left = [i for i in range(15) if i not in chosen]
        chosen.append(
            min(left, key=lambda i: exact_trace(exact, [*chosen, i], precision, target))
        )
    kept = list(chosen)
    for _ in range(4):

        def without(i):
            rest = [j for j in kept if j != i]
            return exact_trace(exact, rest, precision, target)

        kept.remove(min(kept, key=without))
    design = Design(FisherRows(X), precision * np.eye(3), X.T @ X, "M")
    found = added(design, 8, np.zeros(15))
    assert_array_equal(found, chosen)
    part = FisherRows(X[found])
    design = Design(part, design.information, X.T @ X, "M", drop=True)
    drops = dropped(design, 4, np.zeros(8))
    assert_array_equal(np.delete(found, drops), kept)
    assert_allclose(
        design.trace, float(exact_trace(exact, kept, precision, target)), rtol=1e-6
    )


def test_equal_rows_come_in_the_order_of_their_priority():
    rows = FisherRows(np.repeat([[2.0, 0.0], [0.0, 2.0]], 3, axis=0))
    priority = np.array([3.0, 1.0, 2.0, 6.0, 5.0, 4.0])
    design = Design(rows, np.eye(2), np.eye(2), "M")
    chosen = added(design, 6, priority)
    assert_array_equal(chosen, [1, 5, 2, 4, 0, 3])
    back = Design(rows.take(chosen), design.information, np.eye(2), "M", drop=True)
    drops = dropped(back, 4, priority[chosen])
    assert_array_equal(np.delete(chosen, drops), [1, 5])


def test_rows_without_information_come_last_and_are_dropped_first():
    X = np.zeros((6, 2))
    X[[1, 4]] = [[1.0, 0.0], [0.0, 3.0]]
    design = Design(FisherRows(X), np.eye(2), np.eye(2), "M")
    chosen = added(design, 6, np.zeros(6))
    assert_array_equal(chosen[:2], [4, 1])
    part = FisherRows(X[chosen])
    back = Design(part, design.information, np.eye(2), "M", drop=True)
    drops = dropped(back, 4, np.zeros(6))
    assert_array_equal(np.delete(chosen, drops), [4, 1])
