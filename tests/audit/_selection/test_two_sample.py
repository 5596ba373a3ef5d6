"""Two-sample statistics against refits, SciPy and scikit-learn."""

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import roc_auc_score

from skbal.audit._selection._two_sample import (
    _RIDGE,
    areas_under_curve,
    importance_weights,
    kernel_of,
    left_out_operator,
    p_values,
    permuted_labels,
    rank_statistics,
)


def two_samples(n_first=8, n=25, shift=1.0, n_permutations=4):
    rng = np.random.default_rng(0)
    values = rng.normal(size=(n, 3))
    values[:n_first] += shift
    return values, permuted_labels(n_first, n, n_permutations, rng)


def test_each_permutation_labels_as_many_rows():
    labels = permuted_labels(5, 20, 50, np.random.default_rng(0))
    assert (labels.sum(axis=0) == 5).all()
    assert labels[:5, 0].all()
    assert len(np.unique(labels, axis=1).T) > 45


def test_left_out_scores_are_those_of_refits_without_the_row():
    values, labels = two_samples()
    kernel, y = kernel_of(values, False), labels[:, 0] - labels[:, 0].mean()
    scores = left_out_operator(kernel) @ y
    means = kernel.mean(axis=0)
    centred = kernel - means - means[:, None] + means.mean()
    ridge = _RIDGE * np.trace(centred) / len(y)
    for row in range(len(y)):
        others = np.delete(np.arange(len(y)), row)
        inner = centred[np.ix_(others, others)] + ridge * np.eye(len(others))
        refit = centred[row, others] @ np.linalg.solve(inner, y[others])
        assert scores[row] == pytest.approx(refit)


def test_areas_are_those_of_scikit_learn_with_ties():
    _, labels = two_samples()
    scores = np.random.default_rng(1).integers(0, 5, size=labels.shape).astype(float)
    by_sklearn = [roc_auc_score(y, s) for y, s in zip(labels.T, scores.T)]
    assert areas_under_curve(scores, labels) == pytest.approx(by_sklearn)


def test_rank_statistics_are_those_of_wilcoxon_and_of_ansari_and_bradley():
    values, labels = two_samples(shift=0.5)
    location, spread = rank_statistics(values, labels)
    for column in range(3):
        for number, y in enumerate(labels.T.astype(bool)):
            first, others = values[y, column], values[~y, column]
            wilcoxon = stats.mannwhitneyu(
                first, others, method="asymptotic", use_continuity=False
            )
            z = location[column, number]
            # SciPy's variance is the exact one, as ours: no ties.
            assert 2 * stats.norm.sf(abs(z)) == pytest.approx(wilcoxon.pvalue)
            ranks = stats.rankdata(values[:, column])
            scores = np.abs(ranks - ranks.mean())
            variance = scores.var(ddof=1) * y.sum() * (~y).sum() / len(y)
            expected = (scores[y].sum() - y.sum() * scores.mean()) / np.sqrt(variance)
            assert spread[column, number] == pytest.approx(expected)


def test_a_constant_column_says_nothing():
    _, labels = two_samples()
    location, spread = rank_statistics(np.ones((25, 1)), labels)
    assert not location.any()
    assert not spread.any()


def test_the_kernel_knows_equal_rows_and_ignores_units_of_columns():
    values, _ = two_samples()
    kernel = kernel_of(values, False)
    assert np.diag(kernel) == pytest.approx(1)
    assert kernel_of(values * [1, 100, 1e-3] + 7, False) == pytest.approx(kernel)
    assert (kernel_of(np.ones((5, 2)), False) == 1).all()


def test_p_values_count_the_permutations_that_are_as_extreme():
    rng = np.random.default_rng(0)
    statistics = rng.integers(0, 9, 40).astype(float)
    counted = [np.mean(statistics >= value) for value in statistics]
    assert p_values(statistics) == pytest.approx(counted)


def test_weights_bring_the_mean_of_chosen_rows_to_that_of_all():
    rng = np.random.default_rng(0)
    score = rng.normal(size=4000)
    is_labelled = rng.random(4000) < 1 / (1 + np.exp(2 - score))
    weights = importance_weights(score, is_labelled)
    others = score[~is_labelled].mean()
    assert weights.mean() == pytest.approx(1)
    assert score[is_labelled].mean() > others + 0.5
    assert np.average(score[is_labelled], weights=weights) == pytest.approx(
        others, abs=0.1
    )
