"""Numbers from 1,000 upwards stand in verdicts of all parts of the audit alike."""

import re

import numpy as np
import pytest

from skbal.audit import (
    calibration_error,
    calibration_over_steps,
    group_errors,
    group_selection,
    probability_scores,
    saliency,
    selection_test,
    unbiased_risk,
)

RNG = np.random.default_rng(0)
N = 1200
Y = RNG.integers(0, 2, N)
P = np.where(Y == 1, RNG.uniform(0.3, 1, N), RNG.uniform(0, 0.7, N))
GROUPS = np.repeat(["north", "south"], N // 2)


class Line:
    """A fitted classifier of rows of one number."""

    classes_ = np.array([0, 1])

    def fit(self, X, y):
        return self

    def predict(self, X):
        return (np.asarray(X)[:, 0] > 0).astype(int)

    def predict_proba(self, X):
        p = 1 / (1 + np.exp(-np.asarray(X)[:, 0]))
        return np.column_stack([1 - p, p])


RESULTS = {
    "calibration_error": lambda: calibration_error(Y, P, n_simulations=19),
    "calibration_over_steps": lambda: calibration_over_steps(Y, [P], n_labels=[1500]),
    "probability_scores": lambda: probability_scores(Y, P),
    "group_errors": lambda: group_errors(
        np.tile(Y, 2), np.zeros(2 * N), np.tile(GROUPS, 2)
    ),
    "group_selection": lambda: group_selection(np.repeat("pole", 2000), GROUPS),
    "saliency": lambda: saliency(Line(), RNG.normal(size=(N, 1)), method="occlusion"),
    "selection_test": lambda: selection_test(
        P[:20, np.newaxis], RNG.normal(size=(N, 1)), n_permutations=19, random_state=0
    ),
    "unbiased_risk": lambda: unbiased_risk(Y, np.full(N, 1 / 3000), 3000),
}  # fmt: skip


@pytest.mark.parametrize("name", RESULTS)
def test_from_a_thousand_upwards_numbers_have_a_comma(name):
    verdict = RESULTS[name]().verdict
    assert re.search(r"\b\d,\d{3}\b", verdict), verdict
    assert not re.search(r"(?<![.\d])\d{4}", verdict), verdict
