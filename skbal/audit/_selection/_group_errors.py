"""In which groups does a model err more often?"""

from dataclasses import dataclass

import numpy as np

from skbal._utils.labels import are_not_whole, label_column
from skbal._utils.optional import require
from skbal.audit._result import AuditResult
from skbal.audit._selection._group_counts import (
    adjusted_by_holm,
    exact_p_values,
    group_columns,
    refuse_many_groups,
    share_interval,
)
from skbal.audit._selection._lure import check_level

_FEWEST = 5  # rows of a group below which no difference is no evidence


@dataclass(frozen=True, eq=False, repr=False)
class GroupErrors(AuditResult):
    """Share of wrong predictions in each group, the result of `group_errors`.

    Parameters
    ----------
    groups : tuple of str
        Names of the groups.
    n_errors, n_rows : ndarray of int of shape (n_groups,)
        Number of wrong predictions, and of rows.
    errors : ndarray of shape (n_groups,)
        Share of wrong predictions.
    intervals : ndarray of shape (n_groups, 2)
        Their intervals, by Clopper and Pearson.
    p_values : ndarray of shape (n_groups,)
        Fisher's exact p value of the group against all other rows, adjusted by Holm.
    p_value : float
        The smallest of them.
    overall_error : float
        Share of wrong predictions among all rows.
    level : float
        Level of the tests, and one minus the level of the intervals.

    See Also
    --------
    group_errors : Counts the errors.
    """

    groups: tuple
    n_errors: np.ndarray
    n_rows: np.ndarray
    errors: np.ndarray
    intervals: np.ndarray
    p_values: np.ndarray
    p_value: float
    overall_error: float
    level: float

    @property
    def concern(self):
        """Whether a group differs; None if fewer than two groups have 5 rows."""
        if self.p_value <= self.level:
            return True
        return None if np.count_nonzero(self.n_rows >= _FEWEST) < 2 else False

    @property
    def verdict(self):
        """The group whose errors differ most from those of the others."""
        place = int(np.argmin(self.p_values))
        group = (
            f"{self.groups[place]!r} ({self.n_errors[place]:,} of "
            f"{self.n_rows[place]:,} wrong, {self.errors[place]:.1%}, "
            f"{1 - self.level:.0%} interval "
            f"{self.intervals[place, 0]:.1%} to {self.intervals[place, 1]:.1%}, "
            f"p = {self.p_values[place]:.2g})"
        )
        overall = f"{self.overall_error:.1%} of all predictions are wrong"
        if self.concern:
            more = self.errors[place] > self.overall_error
            word = "more" if more else "less"
            return f"{overall}; the model errs {word} often in group {group}."
        if self.concern is None:
            return f"{overall}; the groups are too small to be compared."
        return (
            f"{overall}; no group differs by more than chance explains, the most "
            f"different one is {group}."
        )

    def to_frame(self):
        """Return a table with one row per group.

        Returns
        -------
        frame : pandas.DataFrame
            With the columns ``group``, ``n_errors``, ``n_rows``, ``error``, ``lower``,
            ``upper`` and ``p_value``.

        Raises
        ------
        ImportError
            If pandas is missing; ``pip install 'skbal[examples]'`` installs it.
        """
        pandas = require("pandas", "examples", "GroupErrors.to_frame")
        return pandas.DataFrame(
            {
                "group": self.groups,
                "n_errors": self.n_errors,
                "n_rows": self.n_rows,
                "error": self.errors,
                "lower": self.intervals[:, 0],
                "upper": self.intervals[:, 1],
                "p_value": self.p_values,
            }
        )


def group_errors(y_true, y_pred, groups, *, level=0.05):
    """Return the share of wrong predictions in each group, with intervals.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n_samples,)
        True and predicted labels of rows that the model was not fitted on. They must be
        random rows: among rows that a strategy chose, too many are difficult.
    groups : frame, or array-like of shape (n_samples,) or (n_samples, n_attributes)
        Group of each row. None and NaN are the group "missing".
    level : float, default=0.05
        Level of the tests for all groups together.

    Returns
    -------
    result : GroupErrors
        With an error, an interval and a p value for each group.

    Raises
    ------
    TypeError, ValueError
        If the arrays differ in length, nearly each row is a group of its own, or an
        argument has a wrong value.

    See Also
    --------
    group_selection : How often each group was asked about.

    Examples
    --------
    >>> from skbal.audit import group_errors
    >>> groups = ["disc"] * 40 + ["halo"] * 10
    >>> y_pred = ["star"] * 38 + ["galaxy"] * 2 + ["galaxy"] * 6 + ["star"] * 4
    >>> result = group_errors(["star"] * 50, y_pred, groups)
    >>> result.errors.tolist(), result.concern
    ([0.05, 0.6], True)
    """
    owner = "group_errors"
    level = check_level(level, owner)
    y_true = _check_labels(y_true, f"y_true of {owner}")
    y_pred = _check_labels(y_pred, f"y_pred of {owner}")
    columns = group_columns(groups, "groups", owner)
    lengths = len(y_true), len(y_pred), len(next(iter(columns.values())))
    if len(set(lengths)) > 1:
        raise ValueError(
            f"y_true, y_pred and groups of {owner} must have the same length, got "
            f"{lengths[0]}, {lengths[1]} and {lengths[2]}."
        )
    if (y_true.dtype.kind in "USO") != (y_pred.dtype.kind in "USO"):
        raise TypeError(
            f"y_true and y_pred of {owner} must be labels of the same kind, got "
            f"{y_true.dtype} and {y_pred.dtype}."
        )
    is_wrong = y_true != y_pred
    names, n_errors, n_rows = [], [], []
    for attribute, column in columns.items():
        refuse_many_groups(column, attribute, owner)
        for group in np.unique(column):
            inside = column == group
            names.append(f"{attribute} = {group}" if len(columns) > 1 else str(group))
            n_errors.append(np.count_nonzero(is_wrong & inside))
            n_rows.append(np.count_nonzero(inside))
    n_errors, n_rows = np.array(n_errors), np.array(n_rows)
    n_wrong, n = int(np.count_nonzero(is_wrong)), len(is_wrong)
    p_values = adjusted_by_holm(exact_p_values(n_errors, n_rows, n_wrong, n))
    return GroupErrors(
        groups=tuple(names),
        n_errors=n_errors,
        n_rows=n_rows,
        errors=n_errors / n_rows,
        intervals=share_interval(n_errors, n_rows, 1 - level),
        p_values=p_values,
        p_value=float(p_values.min()),
        overall_error=n_wrong / n,
        level=level,
    )


def _check_labels(y, what):
    """Return labels, no numbers that are not whole, which no prediction hits."""
    y = label_column(y, what)
    if are_not_whole(y):
        raise ValueError(
            f"{what} must be labels of classes, got numbers that are not "
            f"whole, such as {y[y != np.round(y)][0]:.4g}. Of numbers, say which "
            "predictions are wrong: give True for these as y_pred, and False as y_true."
        )
    return y
