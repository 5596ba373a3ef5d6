"""Are the labelled rows a random sample of the pool?"""

from dataclasses import dataclass

import numpy as np

from skbal._utils.optional import require
from skbal._utils.random import check_seed, stream
from skbal._utils.validation import MOST_IN_MEMORY, check_count
from skbal.audit._result import AuditResult
from skbal.audit._selection._both_samples import (
    both_samples,
    check_two_rows,
    check_unlabelled_left,
    chosen_rows,
    refuse_labelled_in_pool,
)
from skbal.audit._selection._lure import check_level
from skbal.audit._selection._same_rows import labelled_in_pool
from skbal.audit._selection._two_sample import (
    areas_under_curve,
    importance_weights,
    kernel_of,
    left_out_operator,
    p_values,
    permuted_labels,
    rank_statistics,
)

_FEWEST = 10  # labelled rows below which no difference is no evidence
_TYPICAL = "how typical the row is"


@dataclass(frozen=True, eq=False, repr=False)
class SelectionTest(AuditResult):
    """Comparison of labelled rows with the pool, the result of `selection_test`.

    Parameters
    ----------
    p_value : float
        Probability that a random selection looks as unlike the pool as this one, or
        more. It is exact.
    features : tuple of str
        Names of the features in which the labelled rows differ, those with an adjusted
        p value of at most ``level``. The most different one comes first.
    feature_names : tuple of str
        Names of all features, the most different one first.
    feature_p_values : ndarray of shape (n_features,)
        Their p values, adjusted for the number of features and for the classifier.
    directions : tuple of str
        How the labelled rows differ in each: "higher", "lower", "more extreme" or
        "more central", and "more often" or "less often" in columns of a table that
        hold 0 for no and 1 for yes, such as "field = north" or "flux is missing".
    labelled_means, pool_means : ndarray of shape (n_features,)
        Means over the labelled rows and over the unlabelled rows that were used.
    statistics : ndarray of shape (n_features,)
        z value of the rank test in that direction, zero or positive.
    auc : float
        Probability that a classifier gives the higher score to the labelled one of a
        labelled and an unlabelled row, neither of which it was fitted on.
    auc_random : tuple of float, (lower, upper)
        Range that contains 95% of the areas of random selections.
    classifier_p_value : float
        p value of the classifier alone.
    n_effective : float
        Number of random rows that the labelled ones are worth where they stand for the
        pool, roughly: Kish's effective sample size of the importance weights.
    n_labelled, n_pool : int
        Number of rows that were given, without those that were left out.
    n_left_out : int
        Number of rows of X_pool that were left out, because they are the labelled ones.
    n_labelled_used, n_pool_used : int
        Number of random rows among them that were used.
    n_permutations : int
        Number of permutations.
    level : float
        Level of the test.

    See Also
    --------
    selection_test : Makes the comparison.
    """

    p_value: float
    features: tuple
    feature_names: tuple
    feature_p_values: np.ndarray
    directions: tuple
    labelled_means: np.ndarray
    pool_means: np.ndarray
    statistics: np.ndarray
    auc: float
    auc_random: tuple
    classifier_p_value: float
    n_effective: float
    n_labelled: int
    n_pool: int
    n_left_out: int
    n_labelled_used: int
    n_pool_used: int
    n_permutations: int
    level: float

    @property
    def concern(self):
        """Whether p is at most the level; None if there are too few rows to tell."""
        if self.p_value <= self.level:
            return True
        return None if self.n_labelled_used < _FEWEST else False

    @property
    def verdict(self):
        """Whether the labelled rows are like a random sample, and if not, in what."""
        text = self._conclusion()
        if self.n_left_out:
            text += (
                f" X_pool held the {self.n_left_out:,} labelled rows, too: they were "
                "left out of it."
            )
        return text

    def _conclusion(self):
        low, high = self.auc_random
        pairs = (
            "Of a labelled and an unlabelled row, a classifier finds the labelled one "
            f"in {self.auc:.0%} of all pairs; for random selections this is between "
            f"{low:.0%} and {high:.0%}."
        )
        rows = f"{self.n_labelled_used:,} labelled rows"
        used = f"{self.n_pool_used:,}"
        if self.n_pool_used < self.n_pool:
            used += f" of {self.n_pool:,}"
        p = f"(p = {self.p_value:.2g}, {used} unlabelled rows)"
        if self.concern is None:
            return f"The {rows} are too few to be compared with the pool {p}."
        if not self.concern:
            return f"The {rows} look like a random sample of the pool {p}. {pairs}"
        return (
            f"The {rows} are not like a random sample of the pool {p}. {pairs} "
            f"{self._named()} For means over the pool they count like about "
            f"{self.n_effective:.0f} random rows."
        )

    def _named(self):
        if not self.features:
            return "No single feature differs; the difference is in their combination."
        shown = ", ".join(
            f"{name!r} ({direction}, p = {p:.2g})"
            for name, direction, p in list(
                zip(self.features, self.directions, self.feature_p_values)
            )[:3]
        )
        more = len(self.features) - 3
        return (
            f"They differ most in {shown}{f' and {more:,} more' if more > 0 else ''}."
        )

    def to_frame(self):
        """Return a table with one row per feature, the most different one first.

        Returns
        -------
        frame : pandas.DataFrame
            With the columns ``feature``, ``direction``, ``p_value``, ``statistic``,
            ``labelled_mean`` and ``pool_mean``.

        Raises
        ------
        ImportError
            If pandas is missing; ``pip install 'skbal[examples]'`` installs it.
        """
        pandas = require("pandas", "examples", "SelectionTest.to_frame")
        return pandas.DataFrame(
            {
                "feature": self.feature_names,
                "direction": self.directions,
                "p_value": self.feature_p_values,
                "statistic": self.statistics,
                "labelled_mean": self.labelled_means,
                "pool_mean": self.pool_means,
            }
        )


def selection_test(
    X_labelled,
    X_pool,
    *,
    image_shape=None,
    feature_names=None,
    level=0.05,
    n_permutations=999,
    max_rows=2000,
    random_state=None,
):
    """Test whether the labelled rows are a random sample of the pool.

    A classifier learns to distinguish labelled from unlabelled rows, and predicts rows
    that it has not seen [1]_. In addition, each feature is compared by its ranks: are
    the labelled rows higher or lower, more extreme or more central? If the selection
    was random, any other choice of rows was just as probable. So the p value is the
    share of random choices that look at least as unlike the pool, and is exact for any
    number of rows and features.

    Parameters
    ----------
    X_labelled : array-like of shape (n_labelled, ...)
        The labelled rows: a table, a frame that may also hold strings and missing
        values, or images of shape (n, height, width), (n, channels, height, width) or
        (n, height, width, 3).
    X_pool : array-like of shape (n_pool, ...)
        The rows that are not labelled, of the same form. It may also be the whole pool:
        if each labelled row is found in it, these rows are left out.
    image_shape : tuple of int, optional
        Shape (channels, height, width) or (height, width) of an image, if the rows are
        flattened images.
    feature_names : sequence of str, optional
        Names of the columns of a table. ``None`` takes those of a frame, or numbers
        them.
    level : float, default=0.05
        Level at which features are named, and of the verdict.
    n_permutations : int, default=999
        Number of random exchanges. The smallest p value is 1 / (1 + n_permutations).
    max_rows : int, default=2000
        Largest number of rows that are used. Of more, random ones are, of which at
        most half are labelled.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Seeds the choice of rows and the exchanges. An integer gives the same result at
        every call.

    Returns
    -------
    result : SelectionTest
        With ``p_value`` and ``features``.

    Raises
    ------
    TypeError, ValueError
        If the samples differ in their form, hold free text or infinite numbers, many
        but not all labelled rows are also in X_pool, or an argument has a wrong value.

    See Also
    --------
    group_selection : Compares classes, or groups that have a name.
    unbiased_risk : An error of the model that allows for the selection.

    Notes
    -----
    The classifier is a kernel ridge regression of the labels. Its left-out scores are
    linear in the labels, which makes thousands of refits one product of matrices.

    The p value is the rank, among all exchanges, of the smaller one of two p values:
    that of the area under the curve of the classifier, and that of the largest of all
    features' z values [2]_. The p values of the features are adjusted in the same
    family, so none is below ``p_value``.

    Labelled rows are found in X_pool by their values, and each takes one row out of it,
    as ``np.delete(X, labelled, axis=0)`` does. Nothing is left out if values do not
    tell rows apart, that is if 5% of X_pool or more are equal to another row of it, or
    if X_pool is not in memory or over 1 GB, or if there are fewer than 4 labelled rows:
    then give the rows that are not labelled.

    Images are compared by means over blocks of pixels, at most 14 along a side, their
    brightness and their contrast. "how typical the row is" is its mean similarity to
    all rows, of both samples; it is lower for unusual rows.

    References
    ----------
    .. [1] D. Lopez-Paz and M. Oquab (2017), Revisiting classifier two-sample tests,
       ICLR.
    .. [2] P. H. Westfall and S. S. Young (1993), Resampling-based multiple testing,
       Wiley, section 2.3.

    Examples
    --------
    Only stars brighter than most of the pool were labelled:

    >>> import numpy as np
    >>> from skbal.audit import selection_test
    >>> X = np.random.default_rng(0).normal(size=(300, 2))
    >>> is_labelled = X[:, 1] > 1
    >>> result = selection_test(
    ...     X[is_labelled], X[~is_labelled], feature_names=["colour", "brightness"],
    ...     random_state=0,
    ... )
    >>> result.p_value, result.features[0], result.directions[0]
    (0.001, 'brightness', 'higher')
    """
    owner = "selection_test"
    n_given = [
        check_two_rows(X, name, owner)
        for X, name in ((X_labelled, "X_labelled"), (X_pool, "X_pool"))
    ]
    level = check_level(level, owner)
    n_permutations = check_count(
        n_permutations, "n_permutations", owner, smallest=19, most=MOST_IN_MEMORY
    )
    max_rows = check_count(max_rows, "max_rows", owner, smallest=4)
    seed = check_seed(random_state, owner)
    left_out = labelled_in_pool(X_labelled, X_pool)
    kept = np.delete(np.arange(n_given[1]), left_out)
    n_given[1] = check_unlabelled_left(len(kept), n_given[1], owner)
    labelled, others = chosen_rows(*n_given, max_rows, stream(seed, "rows"))
    rows = labelled, kept[others]
    columns = both_samples(X_labelled, X_pool, rows, image_shape, feature_names, owner)
    n_used = [len(chosen) for chosen in rows]
    share = n_used[1] / n_given[1]
    refuse_labelled_in_pool(columns.values, n_used[0], share, owner)
    rng = stream(seed, "permutations")
    labels = permuted_labels(n_used[0], sum(n_used), n_permutations, rng)
    return SelectionTest(
        **_compared(columns, labels, level),
        n_labelled=n_given[0],
        n_pool=n_given[1],
        n_left_out=len(left_out),
        n_labelled_used=n_used[0],
        n_pool_used=n_used[1],
        n_permutations=n_permutations,
        level=level,
    )


def _compared(columns, labels, level):
    """Return the fields of the result that depend on the rows."""
    kernel = kernel_of(columns.values, columns.same_units)
    names = np.array([*columns.names, _TYPICAL], dtype=object)
    values = np.column_stack([columns.values, kernel.mean(axis=0).round(12)])
    scores = left_out_operator(kernel) @ (labels - labels.mean(axis=0))
    areas = areas_under_curve(scores, labels)
    features = _of_features(values, labels)
    of_classifier, of_features = p_values(areas), p_values(features["largest"])
    smallest = np.minimum(of_classifier, of_features)
    alone = [np.mean(features["largest"] >= s - 1e-10) for s in features["statistics"]]
    adjusted = np.array([np.mean(smallest <= p) for p in alone])
    order = np.lexsort((-features["statistics"], adjusted))
    is_labelled = labels[:, 0] == 1
    directions = features["directions"]
    if not columns.same_units:  # pixels of 0 and 1 are dark and bright
        directions = _of_yes_and_no(values, is_labelled, directions)
    weights = importance_weights(scores[:, 0], is_labelled)
    low, high = np.quantile(areas[1:], [0.025, 0.975])
    return {
        "p_value": float(np.mean(smallest <= smallest[0])),
        "features": tuple(map(str, names[order][adjusted[order] <= level])),
        "feature_names": tuple(map(str, names[order])),
        "feature_p_values": adjusted[order],
        "directions": tuple(map(str, directions[order])),
        "labelled_means": values[is_labelled].mean(axis=0)[order],
        "pool_means": values[~is_labelled].mean(axis=0)[order],
        "statistics": features["statistics"][order],
        "auc": float(areas[0]),
        "auc_random": (float(low), float(high)),
        "classifier_p_value": float(of_classifier[0]),
        "n_effective": float(weights.sum() ** 2 / np.sum(weights**2)),
    }


def _of_features(values, labels, at_once=256):
    """Return statistic and direction of features, and the largest of each exchange."""
    largest = np.full(labels.shape[1], -np.inf)
    statistics, directions = [], []
    for start in range(0, values.shape[1], at_once):
        location, spread = rank_statistics(values[:, start : start + at_once], labels)
        both = np.maximum(np.abs(location), np.abs(spread))
        largest = np.maximum(largest, both.max(axis=0))
        statistics.append(both[:, 0])
        is_shifted = np.abs(location[:, 0]) >= np.abs(spread[:, 0])
        shifted = np.where(location[:, 0] >= 0, "higher", "lower")
        spread_out = np.where(spread[:, 0] >= 0, "more extreme", "more central")
        directions.append(np.where(is_shifted, shifted, spread_out))
    return {
        "statistics": np.concatenate(statistics),
        "directions": np.concatenate(directions),
        "largest": largest,
    }


def _of_yes_and_no(values, is_labelled, directions):
    """Return the directions, in other words for columns of zeros and ones.

    Of two values none is more central than the other.
    """
    is_binary = ((values == 0) | (values == 1)).all(axis=0)
    is_more = values[is_labelled].mean(axis=0) >= values[~is_labelled].mean(axis=0)
    often = np.where(is_more, "more often", "less often")
    return np.where(is_binary, often, directions)
