"""Which groups, or classes, were asked about more or less often than others?"""

from dataclasses import dataclass

import numpy as np

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


@dataclass(frozen=True, eq=False, repr=False)
class GroupSelection(AuditResult):
    """How often rows of each group were labelled, the result of `group_selection`.

    Parameters
    ----------
    attributes, groups : tuple of str
        Attribute and name of each group.
    n_labelled, n_rows : ndarray of int of shape (n_groups,)
        Number of labelled rows of the group, and of all its rows.
    rates : ndarray of shape (n_groups,)
        Share of the rows of the group that are labelled.
    rate_intervals : ndarray of shape (n_groups, 2)
        Their intervals, by Clopper and Pearson.
    p_values : ndarray of shape (n_groups,)
        Fisher's exact p value of the group against all other rows, adjusted by Holm for
        the number of groups.
    p_value : float
        The smallest of them.
    never_asked : tuple of str
        Groups of which no row is labelled.
    overall_rate : float
        Share of all rows that are labelled.
    level : float
        Level of the tests, and one minus the level of the intervals.

    See Also
    --------
    group_selection : Counts the rows.
    """

    attributes: tuple
    groups: tuple
    n_labelled: np.ndarray
    n_rows: np.ndarray
    rates: np.ndarray
    rate_intervals: np.ndarray
    p_values: np.ndarray
    p_value: float
    never_asked: tuple
    overall_rate: float
    level: float

    @property
    def concern(self):
        """Whether a group was asked about more or less often than chance explains."""
        return bool(self.p_value <= self.level)

    @property
    def verdict(self):
        """The group whose rate differs most, and the groups never asked about."""
        n_labelled, n_rows = self._totals()
        rate = f"{self.overall_rate:.1%}"
        text = f"{n_labelled:,} of {n_rows:,} rows are labelled ({rate}). "
        if self.concern:
            text += self._most_different()
        else:
            text += (
                "No group was asked about more or less often than chance explains "
                f"(smallest p = {self.p_value:.2g}, {len(self.groups):,} groups)."
            )
        if self.never_asked:
            shown = ", ".join(map(repr, self.never_asked[:5]))
            more = len(self.never_asked) - 5
            text += f" Never asked about: {shown}{f' and {more:,} more' * (more > 0)}."
        return text

    def _totals(self):
        of_first = np.array(self.attributes) == self.attributes[0]
        return self.n_labelled[of_first].sum(), self.n_rows[of_first].sum()

    def _most_different(self):
        place = int(np.argmin(self.p_values))
        few = self.rates[place] < self.overall_rate
        return (
            f"Group {self.groups[place]!r} was asked about more "
            f"{'rarely' if few else 'often'} than others: "
            f"{self.n_labelled[place]:,} of {self.n_rows[place]:,} rows "
            f"({self.rates[place]:.1%}, p = {self.p_values[place]:.2g}); "
            f"{np.count_nonzero(self.p_values <= self.level):,} of "
            f"{len(self.groups):,} groups differ."
        )

    def to_frame(self):
        """Return a table with one row per group.

        Returns
        -------
        frame : pandas.DataFrame
            With the columns ``attribute``, ``group``, ``n_labelled``, ``n_rows``,
            ``rate``, ``lower``, ``upper`` and ``p_value``.

        Raises
        ------
        ImportError
            If pandas is missing; ``pip install 'skbal[examples]'`` installs it.
        """
        pandas = require("pandas", "examples", "GroupSelection.to_frame")
        return pandas.DataFrame(
            {
                "attribute": self.attributes,
                "group": self.groups,
                "n_labelled": self.n_labelled,
                "n_rows": self.n_rows,
                "rate": self.rates,
                "lower": self.rate_intervals[:, 0],
                "upper": self.rate_intervals[:, 1],
                "p_value": self.p_values,
            }
        )


def group_selection(groups_labelled, groups_pool, *, level=0.05):
    """Return how often rows of each group were labelled, and which were never.

    Groups may be classes, where those of the pool are known or predicted, or anything
    else that has a name: the telescope, the observer, a region of the sky.

    Parameters
    ----------
    groups_labelled : frame, or array-like of shape (n_labelled,) or (n_labelled, \
n_attributes)
        Group of each labelled row. None and NaN are the group "missing".
    groups_pool : frame, or array-like of shape (n_pool,) or (n_pool, n_attributes)
        Group of each row that is not labelled, of the same form. Do not give those of
        the whole pool: names of groups do not tell which of them are labelled. With
        indices of the labelled rows, ``np.delete(groups, labelled, axis=0)`` takes them
        out.
    level : float, default=0.05
        Level of the tests for all groups together.

    Returns
    -------
    result : GroupSelection
        With a rate, an interval and a p value for each group.

    Raises
    ------
    TypeError, ValueError
        If the attributes differ, nearly each row is a group of its own, or an argument
        has a wrong value.

    See Also
    --------
    selection_test : Compares all features.
    group_errors : The errors of a model by group.

    Examples
    --------
    >>> from skbal.audit import group_selection
    >>> labelled = ["north"] * 18 + ["south"] * 2
    >>> pool = ["north"] * 40 + ["south"] * 35 + ["pole"] * 5
    >>> result = group_selection(labelled, pool)
    >>> result.never_asked, result.p_values.round(3).tolist()
    (('pole',), [0.003, 0.58, 0.009])
    """
    owner = "group_selection"
    level = check_level(level, owner)
    labelled = group_columns(groups_labelled, "groups_labelled", owner)
    pool = group_columns(groups_pool, "groups_pool", owner)
    if list(labelled) != list(pool):
        raise ValueError(
            f"groups_labelled and groups_pool of {owner} must have the same "
            f"attributes, got {list(labelled)} and {list(pool)}."
        )
    rows = []
    for attribute in labelled:
        refuse_many_groups(
            np.concatenate([labelled[attribute], pool[attribute]]), attribute, owner
        )
        rows += _counted(attribute, labelled[attribute], pool[attribute])
    attributes, groups, n_labelled, n_rows, p_values = zip(*rows)
    n_labelled, n_rows = np.array(n_labelled), np.array(n_rows)
    p_values = adjusted_by_holm(np.array(p_values))
    first = next(iter(labelled))
    several = len(labelled) > 1
    return GroupSelection(
        attributes=attributes,
        groups=tuple(
            f"{attribute} = {group}" if several else group
            for attribute, group in zip(attributes, groups)
        ),
        n_labelled=n_labelled,
        n_rows=n_rows,
        rates=n_labelled / n_rows,
        rate_intervals=share_interval(n_labelled, n_rows, 1 - level),
        p_values=p_values,
        p_value=float(p_values.min()),
        never_asked=tuple(
            f"{attribute} = {group}" if several else group
            for attribute, group, n in zip(attributes, groups, n_labelled)
            if n == 0
        ),
        overall_rate=len(labelled[first]) / (len(labelled[first]) + len(pool[first])),
        level=level,
    )


def _counted(attribute, labelled, pool):
    """Return attribute, group, its labelled rows, all its rows, and p of each group."""
    names = np.unique(np.concatenate([labelled, pool]))
    counts = np.array([np.count_nonzero(labelled == name) for name in names])
    totals = counts + np.array([np.count_nonzero(pool == name) for name in names])
    p = exact_p_values(counts, totals, len(labelled), len(labelled) + len(pool))
    return [
        (attribute, str(name), int(count), int(total), float(value))
        for name, count, total, value in zip(names, counts, totals, p)
    ]
