"""Configurations of labels: all of them, then samples of the same distribution."""

from itertools import product

import numpy as np
import pytest
from numpy.testing import assert_allclose

from skbal.query._batch_bald._configurations import Configurations
from tests.query._batch_bald.arrays import random_draws


def configurations(draws, n_joint_samples, seed=0):
    of_batch = Configurations(
        draws.shape[1], n_joint_samples, np.random.default_rng(seed)
    )
    for row in draws:
        of_batch.add(row.T)
    return of_batch


def by_enumeration(draws):
    """Return the probability and the posterior of each configuration of labels."""
    n_rows, _, n_classes = draws.shape
    weights, rows = [], []
    for labels in product(range(n_classes), repeat=n_rows):
        likelihood = np.prod([draws[i, :, label] for i, label in enumerate(labels)], 0)
        weights.append(likelihood.mean())
        rows.append(likelihood / likelihood.sum())
    return np.array(weights), np.array(rows)


def test_all_configurations_are_gone_through_while_they_fit():
    draws = random_draws(4, 6, 3, concentration=3)
    found = configurations(draws, 81)
    weights, rows = by_enumeration(draws)
    assert found.exact
    assert_allclose(found.posteriors.weights, weights)
    assert_allclose(found.posteriors.rows, rows)
    assert found.error(0.5) == 0


def test_one_more_than_fits_is_sampled():
    draws = random_draws(4, 6, 3, concentration=3)
    assert not configurations(draws, 80).exact


def test_configurations_that_hardly_occur_do_not_count():
    sure = np.full((8, 5, 2), [1 - 1e-12, 1e-12])
    unsure = random_draws(2, 5, 2)
    found = configurations(np.concatenate([sure, unsure]), 4)
    assert found.exact
    assert len(found.posteriors) == 4


def test_what_is_left_out_has_a_ten_millionth_of_the_probability():
    draws = random_draws(5, 6, 4, concentration=0.02)
    found = configurations(draws, 4**5)
    weights, _ = by_enumeration(draws)
    assert len(found.posteriors) < 4**5
    largest = np.sort(weights)[-len(found.posteriors) :]
    assert 0 < 1 - largest.sum() < 5e-7
    assert_allclose(np.sort(found.posteriors.weights), largest, rtol=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("n_joint_samples", [5, 24, 60])
def test_samples_have_the_joint_distribution_of_the_labels(n_joint_samples):
    # 24 draws: fewer samples than draws, as many, and more.
    draws = random_draws(4, 24, 3, concentration=0.5)
    weights, rows = by_enumeration(draws)
    codes = {row.tobytes(): i for i, row in enumerate(rows.round(9))}
    n_seeds, counts = 400, []
    for seed in range(n_seeds):
        found = configurations(draws, n_joint_samples, seed).posteriors
        shares = np.zeros(len(weights))
        for row, weight in zip(found.rows.round(9), found.weights):
            shares[codes[row.tobytes()]] += weight
        counts.append(shares)
    counts = np.array(counts)
    error = counts.std(axis=0) / np.sqrt(n_seeds)
    z = (counts.mean(axis=0) - weights)[error > 0] / error[error > 0]
    often = weights[error > 0] > 0.005  # the others are not normal
    assert often.sum() > 10
    assert np.abs(z[often]).max() < 4.5
    assert np.mean(z[often] ** 2) < 2


def test_every_draw_makes_as_many_samples():
    draws = random_draws(6, 10, 3)
    found = configurations(draws, 50)
    assert (np.bincount(found._draw) == 5).all()
    assert_allclose(found.posteriors.weights.sum(), 1)


def test_a_further_row_adds_a_label_to_each_sample():
    draws = random_draws(9, 10, 3)
    start = configurations(draws[:8], 200)
    before = start._configuration.copy()
    start.add(draws[8].T)
    after = start._configuration
    parents = {(new, old) for new, old in zip(after, before)}
    assert len(parents) == len(start.posteriors)


def test_hundreds_of_rows_leave_the_posteriors_finite():
    draws = random_draws(300, 10, 4, concentration=0.1)
    found = configurations(draws, 100)
    assert np.isfinite(found.posteriors.rows).all()
    assert_allclose(found.posteriors.rows.sum(axis=1), 1)
