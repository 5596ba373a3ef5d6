"""Errors by group: counts by hand, and what is refused."""

import json

import numpy as np
import pytest
from scipy import stats

from skbal.audit import group_errors

GROUPS = np.repeat(["disc", "halo"], [40, 12])
Y_TRUE = np.repeat(["star"], 52)
Y_PRED = np.where(np.isin(np.arange(52), [1, 2, *range(40, 48)]), "galaxy", "star")


def test_errors_are_counted_by_group():
    result = group_errors(Y_TRUE, Y_PRED, GROUPS)
    assert result.n_errors.tolist() == [2, 8]
    assert result.errors == pytest.approx([2 / 40, 8 / 12])
    assert result.overall_error == pytest.approx(10 / 52)
    p = stats.fisher_exact([[2, 38], [8, 4]])[1]
    assert result.p_values == pytest.approx([2 * p, 2 * p])
    assert result.intervals[1] == pytest.approx(
        list(stats.binomtest(8, 12).proportion_ci())
    )
    assert result.concern is True
    assert "8 of 12 wrong" in result.verdict or "2 of 40 wrong" in result.verdict
    assert result.to_frame()["group"].tolist() == ["disc", "halo"]
    json.dumps(result.to_dict())


def test_equal_errors_are_no_concern_and_small_groups_tell_nothing():
    y_pred = np.where(np.arange(52) % 4 == 0, 1, 0)
    assert group_errors(np.zeros(52, int), y_pred, GROUPS).concern is False
    few = group_errors([0] * 6, [0, 1, 0, 0, 0, 1], ["a", "a", "b", "b", "b", "c"])
    assert few.concern is None
    assert "too small" in few.verdict


def test_several_attributes_are_counted_each():
    both = np.stack([GROUPS, np.tile(["even", "odd"], 26)], axis=1)
    result = group_errors(Y_TRUE, Y_PRED, both)
    assert result.n_rows.tolist() == [40, 12, 26, 26]
    assert result.groups[2] == "attribute 1 = even"


@pytest.mark.parametrize(
    ("y_true", "y_pred", "groups", "error", "message"),
    [
        ([1, 2], [1], ["a", "b"], ValueError, "same length, got 2, 1 and 2"),
        ([1, 2], [1, 2], ["a"], ValueError, "same length, got 2, 2 and 1"),
        ([1], ["b"], ["a"], TypeError, "must be labels of the same kind"),
        ([None], [1], ["a"], ValueError, "y_true of group_errors must hold"),
        ([np.nan], [1], ["a"], ValueError, "y_true of group_errors .* NaN"),
        ([1], [np.inf], ["a"], ValueError, "y_pred of group_errors .* infinity"),
        ([1], [1j], ["a"], ValueError, "y_pred of group_errors .* complex"),
        ([1], [1], [1j], ValueError, "groups of group_errors must hold names"),
        ([[1, 2]], [1], ["a"], ValueError, "y_true of group_errors must be one label"),
        ([0.5], [0.4], ["a"], ValueError, "y_true of .* labels of classes, .* as 0.5"),
        ([1], [1.2], ["a"], ValueError, "y_pred of .* labels of classes, .* as 1.2"),
        ([1], [1], [], ValueError, "groups of group_errors must hold at least one"),
    ],
)
def test_what_cannot_be_right_is_refused(y_true, y_pred, groups, error, message):
    with pytest.raises(error, match=message):
        group_errors(y_true, y_pred, groups)
