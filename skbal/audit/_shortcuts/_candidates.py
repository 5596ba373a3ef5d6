"""The search for the part and class that look most like a shortcut, and the test."""

from dataclasses import dataclass, replace

import numpy as np
from scipy import stats
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from skbal.audit._shortcuts._parts import (
    Background,
    Blur,
    Brightness,
    Columns,
    Part,
    repeated_value,
)
from skbal.audit._shortcuts._regions import repeated_regions
from skbal.audit._shortcuts._rows import ImageRows

MOST_ELSEWHERE = 0.1  # share of rows of other classes that may be hits
_AIMED_ELSEWHERE = 0.03  # thresholds are searched up to this share
_LEAST_EFFECT = np.log(1.1)
_CLOSENESS = 0.35
_CLOSENESS_OF_SMALL = 0.25  # where natural strokes nearly repeat, too
_NEARLY = 2 / 3
_TOGETHER = 0.9  # rank correlation of columns that form a group
_MOST_DONORS = 400  # of a part that every row holds, while searching


@dataclass(frozen=True)
class Candidate:
    """A part, a class, and how many rows are hits.

    A row is a hit if it carries the part's content and its effect on the log odds of
    the class is above the threshold; of columns, also only if most recipients turn.
    """

    part: Part
    label: int
    threshold: float
    n_hits: int = 0
    n_donors: int = 0
    n_other_hits: int = 0
    n_others: int = 0
    effect: float = 0.0

    @property
    def strength(self):
        """The mean change of the log odds, where rows that are no hits count zero."""
        return self.effect * self.n_hits / max(self.n_donors, 1)

    def same_columns(self, other):
        """Return whether this is about the same columns and class as another."""
        return (self.part.columns, self.label) == (other.part.columns, other.label)

    def p_value(self, tolerance):
        """Return the p value of the candidate, see `larger_p_value`."""
        return float(
            larger_p_value(
                self.n_hits,
                self.n_donors,
                self.n_other_hits,
                self.n_others,
                max(tolerance, self.part.natural_share),
            )
        )


def larger_p_value(n_hits, n_donors, n_other_hits, n_others, tolerance):
    """Return the larger p value of the two claims that make a shortcut.

    The null hypothesis is that at most the share ``tolerance`` of the rows of the class
    are hits, or at least `MOST_ELSEWHERE` of the others. Each part has an exact
    binomial test, and the larger p value is valid for both together (an
    intersection-union test; Berger 1982).

    Examples
    --------
    >>> p_value = larger_p_value(10, 10, 0, 30, tolerance=0.3)
    >>> f"{p_value:.4f} = {0.9**30:.4f}"
    '0.0424 = 0.0424'
    """
    inside = stats.binom.sf(np.asarray(n_hits) - 1, n_donors, tolerance)
    return np.maximum(inside, stats.binom.cdf(n_other_hits, n_others, MOST_ELSEWHERE))


def reachable(n_donors, n_others, tolerance, level):
    """Return whether a class can reach the level, if all of its rows are hits."""
    perfect = Candidate(Part(), 0, 0.0, n_donors, n_donors, 0, n_others)
    return n_donors > 0 and n_others > 0 and perfect.p_value(tolerance) <= level


def searched(exchange, rows, codes, explore, possible, tolerance):
    """Return all candidates of the rows that are searched.

    Parameters
    ----------
    exchange : Exchange
        What is predicted.
    rows : ImageRows or TableRows
        All rows.
    codes : ndarray of shape (n_samples,)
        Their classes.
    explore : ndarray of int
        Rows to search, in random order, without the recipients.
    possible : list of int
        Classes that have enough rows.
    tolerance : float
        Share of the rows of a class that may be hits.

    Returns
    -------
    candidates : list of Candidate
        Of small images repeated regions alone, so there may be none.
    """
    if not isinstance(rows, ImageRows):
        groups = column_groups(rows, explore)
        parts = [Columns(rows, group) for group in groups]
        found = everywhere(exchange, parts, codes, explore, possible, tolerance)
        return found + repeated(
            exchange,
            codes,
            explore,
            possible,
            lambda *halves: [repeated_value(rows, group, *halves) for group in groups],
        )
    if rows.small_shape:
        parts, closeness = [], _CLOSENESS_OF_SMALL
    else:
        parts, closeness = [Background(rows), Brightness(rows), Blur(rows)], _CLOSENESS
    found = everywhere(exchange, parts, codes, explore, possible, tolerance)
    return found + repeated(
        exchange,
        codes,
        explore,
        possible,
        lambda *halves: repeated_regions(rows, *halves, closeness),
    )


def repeated(exchange, codes, explore, possible, parts_of):
    """Return candidates of content that is the same in many rows of a class.

    Parameters
    ----------
    exchange : Exchange
        What is predicted.
    codes : ndarray of shape (n_samples,)
        Classes of all rows.
    explore : ndarray of int
        Rows to search.
    possible : list of int
        Classes that have enough rows.
    parts_of : callable
        From the rows of a class and all others to parts.

    Returns
    -------
    candidates : list of Candidate
    """
    found = []
    for label in possible:
        inside = codes[explore] == label
        for part in parts_of(explore[inside], explore[~inside]):
            candidate = Candidate(part, label, _LEAST_EFFECT)
            found.append(counted(candidate, exchange, codes, explore)[0])
    return found


def everywhere(exchange, parts, codes, explore, possible, tolerance):
    """Return candidates of parts that every row holds, for each class."""
    donors = explore[:_MOST_DONORS]
    found = []
    for part in parts:
        effects, turned = exchange.effects(part, donors)
        for label in possible:
            inside = codes[donors] == label
            threshold = best_threshold(
                effects[inside, label],
                effects[~inside, label],
                max(tolerance, part.natural_share),
            )
            candidate = Candidate(part, label, threshold)
            found.append(_count(candidate, codes[donors], effects, turned)[0])
    return found


def best_threshold(effects, others, tolerance):
    """Return the threshold of the effect with the lowest p value.

    Above it lie at most 3% of the effects of other rows. Of thresholds that are equally
    good it is the middle between the lowest and the highest.

    Parameters
    ----------
    effects, others : ndarray of shape (n_rows,)
        Effects of rows of the class, and of other rows.
    tolerance : float
        Share of the rows of the class that may be hits.

    Returns
    -------
    threshold : float
        At least the effect that raises the odds by a tenth.
    """
    others = np.sort(others)
    lowest = others[-1 - int(_AIMED_ELSEWHERE * len(others))]
    lowest = max(float(lowest), _LEAST_EFFECT)
    values = np.unique(np.concatenate([[lowest], effects, others]))
    values = values[values >= lowest]
    n_hits = (effects > values[:, None]).sum(axis=1)
    n_other_hits = (others > values[:, None]).sum(axis=1)
    p_values = larger_p_value(
        n_hits, len(effects), n_other_hits, len(others), tolerance
    )
    good = values[p_values <= p_values.min() * (1 + 1e-9)]
    return float((good[0] + good[-1]) / 2)


def counted(candidate, exchange, codes, donors):
    """Return the candidate with its counts among these donors, and which are its hits.

    Donors that do not carry the content are no hits, so nothing is predicted for them.

    Parameters
    ----------
    candidate : Candidate
        A part, a class and a threshold.
    exchange : Exchange
        What is predicted.
    codes : ndarray of shape (n_samples,)
        Classes of all rows.
    donors : ndarray of int of shape (n_donors,)
        Rows that give.

    Returns
    -------
    candidate : Candidate
    hits : ndarray of shape (n_donors,), dtype=bool
        Hits among the donors of the class.
    """
    effects = np.zeros((len(donors), exchange.n_classes))
    turned = np.zeros_like(effects)
    carries = candidate.part.carriers(donors)
    if carries.any():
        effects[carries], turned[carries] = exchange.effects(
            candidate.part, donors[carries]
        )
    return _count(candidate, codes[donors], effects, turned)


def _count(candidate, codes, effects, turned):
    effects = effects[:, candidate.label]
    hits = effects > candidate.threshold
    if isinstance(candidate.part, Columns):
        hits &= turned[:, candidate.label] > 0.5
    inside = codes == candidate.label
    own = hits & inside
    counts = replace(
        candidate,
        n_hits=int(np.sum(own)),
        n_donors=int(np.sum(inside)),
        n_other_hits=int(np.sum(hits & ~inside)),
        n_others=int(np.sum(~inside)),
        effect=float(effects[own].mean()) if own.any() else 0.0,
    )
    return counts, own


def best(candidates, tolerance, level):
    """Return the candidate to test.

    Of those that reach the level among the rows searched, the one that moves the log
    odds most, or a repeated region that does nearly as much and is smaller. If none
    reaches the level, the one with the lowest p value. None if there are none.
    """
    if not candidates:
        return None
    passing = [one for one in candidates if one.p_value(tolerance) <= level]
    if not passing:
        return min(candidates, key=lambda one: (one.p_value(tolerance), -one.strength))
    first = max(passing, key=lambda one: one.strength)
    if isinstance(first.part, Columns):
        # The same columns are searched with all their values and with one value.
        alike = [one for one in passing if one.same_columns(first)]
        return min(alike, key=lambda one: one.p_value(tolerance))
    small = [
        one
        for one in passing
        if one.part.kind == "region"
        and one.strength >= _NEARLY * first.strength
        and one.part.mask.sum() <= 0.75 * first.part.mask.sum()
    ]
    return max(small, key=lambda one: one.strength, default=first)


def column_groups(rows, explore):
    """Return each column alone, and groups that rise and fall together.

    Groups are joined by single linkage of rank correlations of at least 0.9, and hold
    at most half of the columns.
    """
    single = [(column,) for column in range(rows.n_columns)]
    ranks = stats.rankdata(rows.codes[explore], axis=0)
    varied = np.flatnonzero(np.ptp(ranks, axis=0) > 0)
    if len(varied) < 3:
        return single
    distance = 1 - np.abs(np.corrcoef(ranks[:, varied], rowvar=False))
    tree = linkage(squareform(np.clip(distance, 0, None), checks=False), "single")
    groups = fcluster(tree, 1 - _TOGETHER, "distance")
    several = [tuple(varied[groups == group]) for group in np.unique(groups)]
    return single + [
        group for group in several if 2 <= len(group) <= rows.n_columns / 2
    ]
