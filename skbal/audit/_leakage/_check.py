"""Copies of training rows among the test rows."""

from dataclasses import dataclass, replace

import numpy as np

from skbal._utils.arrays import as_array
from skbal._utils.optional import require
from skbal._utils.parameters import positive
from skbal._utils.random import check_seed, stream
from skbal._utils.validation import check_count, check_real, check_same_number
from skbal.audit._leakage._division import compare_divisions
from skbal.audit._leakage._listing import copies_across, listed_pairs
from skbal.audit._leakage._neighbours import (
    FEWEST_ROWS,
    neighbours_of_images,
    neighbours_of_points,
)
from skbal.audit._leakage._pair_sets import PairSet, pair_sets
from skbal.audit._leakage._pairs import NO_PAIRS, close_pairs, joined, nearest_pairs
from skbal.audit._leakage._rows import pool_rows
from skbal.audit._result import AuditResult

_OWNER = "leakage_check"


@dataclass(frozen=True, eq=False, repr=False)
class LeakageCheck(AuditResult):
    """Copies of training rows among the test rows, the result of `leakage_check`.

    Parameters
    ----------
    n_train, n_test : int
        Numbers of rows.
    n_exact, n_near : int
        Numbers of test rows with an exact copy, and with a near copy only, among the
        training rows.
    expected : float
        Mean number of such test rows if the same rows are divided at random.
    p_value : float
        Probability that a random division has copies across it as exceptional as here.
    level : float
        Largest p value that is a concern.
    train_rows, test_rows : ndarray of shape (n_pairs,), dtype=intp
        Positions of the rows of each pair.
    kind : ndarray of str of shape (n_pairs,)
        "exact", or what makes the pair near copies: "as it is", "moved by a pixel",
        "mirrored", "upside down" or "turned by 180 degrees".
    closeness : ndarray of shape (n_pairs,)
        Distance of the pair, as a share of that of the 40th neighbour.
    labels_differ : ndarray of bool of shape (n_pairs,) or None
        Whether the two rows have different labels, if labels were given.
    train_names, test_names : ndarray of shape (n_pairs,) or None
        Labels in the index of data frames, if they are all different.
    looked_for_near : bool
        False if there were too few different rows, or no numbers, to look for near
        copies.
    """

    n_train: int
    n_test: int
    n_exact: int
    n_near: int
    expected: float
    p_value: float
    level: float
    train_rows: np.ndarray
    test_rows: np.ndarray
    kind: np.ndarray
    closeness: np.ndarray
    labels_differ: np.ndarray | None
    train_names: np.ndarray | None
    test_names: np.ndarray | None
    looked_for_near: bool

    @property
    def concern(self):
        """True if there are more copies than a random division of the rows gives.

        None if there are copies, but not more than that: the data repeat themselves, or
        there are too few copies to tell.
        """
        if self.p_value <= self.level and self.n_exact + self.n_near:
            return True
        return None if self.n_exact + self.n_near else False

    @property
    def verdict(self):
        """The result as plain sentences."""
        found = self.n_exact + self.n_near
        if not found:
            near = (
                " or nearly" if self.looked_for_near else " (only this was looked for)"
            )
            return (
                f"None of the {self.n_test:,} test rows is a copy of one of the "
                f"{self.n_train:,} training rows, exactly{near}."
            )
        text = (
            f"{found:,} of the {self.n_test:,} test rows look like copies of training "
            f"rows ({self.n_exact:,} exact, {self.n_near:,} nearly). If the same rows "
            f"are divided at random, {self.expected:,.1f} are expected "
            f"(p = {self.p_value:.2g}). {self._meaning()}"
        )
        if self.labels_differ is not None and self.labels_differ.any():
            n = int(self.labels_differ.sum())
            text += f" {n:,} of the {len(self.kind):,} pairs have different labels."
        return text

    def _meaning(self):
        if self.concern:
            return "Training rows leaked into the test: its error is too low."
        return (
            "So the data may repeat themselves, and a leak cannot be told from that. "
            "Compute the test error without these rows, too."
        )

    def to_frame(self):
        """Return the pairs as a table, one row for each pair.

        Returns
        -------
        frame : pandas.DataFrame
            With the columns ``train`` and ``test`` (labels of the index of a frame, or
            positions), ``kind``, ``closeness`` and, if labels were given,
            ``labels_differ``.

        Raises
        ------
        ImportError
            If pandas is missing; ``pip install 'skbal[examples]'`` installs it.
        """
        pandas = require("pandas", "examples", "LeakageCheck.to_frame")
        names = self.train_names, self.test_names
        rows = self.train_rows, self.test_rows
        train, test = (r if n is None else n for n, r in zip(names, rows))
        columns = {"train": train, "test": test, "kind": self.kind}
        columns["closeness"] = self.closeness
        if self.labels_differ is not None:
            columns["labels_differ"] = self.labels_differ
        return pandas.DataFrame(columns)


def leakage_check(
    X_train,
    X_test,
    *,
    y_train=None,
    y_test=None,
    image_shape=None,
    level=0.05,
    n_permutations=999,
    random_state=None,
):
    """Look for copies of training rows among the test rows.

    Exact copies are equal rows. Near copies are rows that differ by noise; images also
    by brightness and contrast, by a move of one pixel, or by a flip. A row has near
    copies if there is a gap between their distances and those of its other neighbours
    that is improbable in data of whatever dimension [1]_.

    Real data may repeat themselves, and two rows may be alike by chance. Therefore the
    number of test rows with a copy is compared with random divisions of the same rows
    into training and test.

    Parameters
    ----------
    X_train, X_test : array-like of shape (n_rows, ...) or data frame
        The rows: tables of shape (n_rows, n_features), or images of shape (n_rows,
        height, width), (n_rows, channels, height, width) or (n_rows, height, width,
        channels). NaN in a table counts as a value that is missing. In a data frame,
        columns may hold strings or categories.
    y_train, y_test : array-like of shape (n_rows,), optional
        Labels. If given, the result says which pairs have different labels.
    image_shape : tuple of int, optional
        (channels, height, width) or (height, width), if flat rows are images.
    level : float, default=0.05
        Largest p value that is a concern.
    n_permutations : int, default=999
        Number of random divisions.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        An integer gives the same result at every call.

    Returns
    -------
    result : LeakageCheck
        The pairs, and the verdict.

    Raises
    ------
    TypeError, ValueError
        If an argument has a wrong type, shape or value, or the rows of the two are not
        alike.

    Notes
    -----
    The p value is exact: if training and test were divided at random, whatever the
    rows, a false alarm has at most the probability ``level``. A test set that was
    chosen in another way, such as galaxies of another part of the sky, has fewer
    copies.

    Counted are the exact copies, and of the other pairs the most exceptional 8, 16, 32,
    ... in each way of comparing rows. The p value accounts for all of these counts.

    The list of pairs is not exact. Pairs with a p value of their own below ``level``,
    divided by the number of comparisons, are always listed. If there is a concern, so
    are further pairs, as many as are copies in about nine of ten cases. Where this
    cannot be reached, the most exceptional set of pairs is listed, and many of them are
    alike by chance.

    A copy with so much noise that other rows are as near cannot be found. In data of
    few dimensions, such as tables with two or three columns that matter, a little noise
    is enough for that.

    There may be a leak although ``concern`` is None. If rows were copied *before* a
    random division, copies are as common within the training set as across. And one or
    two leaked rows are too few for a p value below 0.05. So look at the pairs.

    Time grows with the square of the number of rows: 10,000 images of 28 x 28 pixels
    take about half a minute on one core. Beyond the rows in float64 and 60 coordinates
    of each, temporaries stay near 64 MB.

    References
    ----------
    .. [1] E. Facco, M. d'Errico, A. Rodriguez and A. Laio (2017), Estimating the
       intrinsic dimension of datasets by a minimal neighborhood information,
       Scientific Reports 7, equation 4.

    Examples
    --------
    Ten of the test images are training images, moved by a pixel:

    >>> import numpy as np
    >>> from sklearn.datasets import load_digits
    >>> from skbal.audit import leakage_check
    >>> images = load_digits().images
    >>> train, test = images[:1000], images[1000:1300].copy()
    >>> leakage_check(train, test, random_state=0).concern
    False
    >>> test[:10] = np.roll(train[:10], 1, axis=1)
    >>> result = leakage_check(train, test, random_state=0)
    >>> result.concern, result.n_near
    (True, 10)
    """
    level = check_level(level, _OWNER)
    n_permutations = check_count(
        n_permutations, "n_permutations", _OWNER, smallest=99, most=10**6
    )
    seed = check_seed(random_state, _OWNER)
    rows = pool_rows(X_train, X_test, image_shape, _OWNER)
    labels = _check_labels(y_train, y_test, rows)
    rows = _in_random_order(rows, seed)
    families, n_gaps = _families(rows, seed)
    together = joined(families)
    sets = pair_sets(together, families, level / max(n_gaps, 1))
    sizes = rows.n_train, rows.n_test, n_permutations
    rng = stream(seed, _OWNER, "divisions")
    p_values = compare_divisions(rows.group, sets, *sizes, rng).p_values
    listed = listed_pairs(p_values, sets, together, rows, level)
    both = [PairSet(listed, with_exact=True)]
    return _result(
        rows,
        copies_across(rows, listed),
        labels,
        expected=float(compare_divisions(rows.group, both, *sizes, rng).expected[0]),
        p_value=float(p_values.min()),
        level=level,
        looked_for_near=n_gaps > 0,
    )


def check_level(level, owner):
    """Return a level of a test as a float between 0 and 1, both excluded."""
    level = check_real(level, "level", owner, high=1)
    positive()(level, "level", owner)
    if level == 1:
        raise ValueError(f"level of {owner} must be below 1, got 1.")
    return level


def _check_labels(y_train, y_test, rows):
    """Return the labels of all rows, or None."""
    if y_train is None and y_test is None:
        return None
    for name, y in (("y_train", y_train), ("y_test", y_test)):
        if y is None:
            other = "y_test" if name == "y_train" else "y_train"
            raise ValueError(
                f"{name} of {_OWNER} must be given, since {other} is, got None."
            )
    y_train = as_array(y_train, f"y_train of {_OWNER}")
    y_test = as_array(y_test, f"y_test of {_OWNER}")
    if y_train.ndim != 1 or y_test.ndim != 1:
        raise ValueError(
            f"y_train and y_test of {_OWNER} must have one label per row, got the "
            f"shapes {y_train.shape} and {y_test.shape}."
        )
    check_same_number(rows.n_train, len(y_train), _OWNER, "y_train")
    check_same_number(rows.n_test, len(y_test), _OWNER, "y_test")
    return y_train, y_test


def _in_random_order(rows, seed):
    """Return rows with random numbers of groups, which decide between equal distances.

    Otherwise, training rows would be preferred.
    """
    order = stream(seed, _OWNER, "order").permutation(rows.group.max() + 1)
    return replace(rows, group=order[rows.group])


def _families(rows, seed):
    """Return lists of pairs, the most exceptional first, and the number of gaps."""
    distinct = np.unique(rows.group, return_index=True)[1]
    if len(distinct) < FEWEST_ROWS or not rows.has_numbers:
        return [NO_PAIRS], 0
    if rows.images is None:
        (neighbours,) = neighbours_of_points(rows.points[distinct], seed)
        families = [close_pairs(neighbours), nearest_pairs(neighbours)]
        return families, len(distinct)
    neighbours = neighbours_of_images(rows.images[distinct], seed)
    families = [close_pairs(one) for one in neighbours]
    return [joined(families), *families], len(distinct) * len(neighbours)


def _result(rows, crossing, labels, **numbers):
    train, test, kind, closeness = zip(*crossing) if crossing else ((),) * 4
    train, test = np.array(train, dtype=np.intp), np.array(test, dtype=np.intp)
    kind = np.array(kind, dtype=str)
    names = rows.train_index, rows.test_index
    n_exact = int(np.count_nonzero(kind == "exact"))
    return LeakageCheck(
        n_train=rows.n_train,
        n_test=rows.n_test,
        n_exact=n_exact,
        n_near=len(kind) - n_exact,
        train_rows=train,
        test_rows=test,
        kind=kind,
        closeness=np.array(closeness, dtype=np.float64),
        labels_differ=None if labels is None else labels[0][train] != labels[1][test],
        train_names=None if names[0] is None else names[0][train],
        test_names=None if names[1] is None else names[1][test],
        **numbers,
    )
