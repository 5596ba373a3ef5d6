"""A model that was fitted to permuted labels must be at chance."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import t as student
from sklearn.base import clone, is_classifier
from sklearn.metrics import check_scoring
from sklearn.model_selection import check_cv
from sklearn.utils.parallel import Parallel, delayed

from skbal._utils.arrays import as_array
from skbal._utils.optional import require
from skbal._utils.parameters import check_n_jobs
from skbal._utils.pools import n_rows, take
from skbal._utils.random import check_seed, stream
from skbal._utils.validation import check_count, check_fits, check_same_number
from skbal.audit._leakage._check import check_level
from skbal.audit._result import AuditResult

_OWNER = "permuted_labels_check"
_PAIRINGS = 3  # permutations of the labels of a fold that chance is the mean of


@dataclass(frozen=True, eq=False, repr=False)
class PermutedLabelsCheck(AuditResult):
    """Scores with true and permuted labels, the result of `permuted_labels_check`.

    Parameters
    ----------
    score : float
        Score with the true labels, the mean over folds.
    permuted_scores : ndarray of shape (n_permutations,)
        Scores with permuted labels, each a mean over folds.
    chance : float
        Score of a model that learns nothing about single rows, the mean over the same
        permutations.
    excess : float
        Mean of permuted score minus chance.
    interval : tuple (low, high)
        Confidence interval of the excess at ``1 - 2 * level``.
    p_value : float
        Probability of so large an excess if the permuted scores are at chance.
    learned_p_value : float
        Probability of a score as good as with the true labels, if rows and labels have
        nothing to do with each other.
    level : float
        Largest p value that is a concern.
    n_samples : int
        Number of rows.
    scorer : str
        What is computed, in words.
    """

    score: float
    permuted_scores: np.ndarray
    chance: float
    excess: float
    interval: tuple
    p_value: float
    learned_p_value: float
    level: float
    n_samples: int
    scorer: str

    @property
    def concern(self):
        """True if a model predicts permuted labels better than chance."""
        return bool(self.p_value <= self.level)

    @property
    def verdict(self):
        """The result as plain sentences."""
        n, mean = len(self.permuted_scores), self.permuted_scores.mean()
        low, high = self.interval
        text = (
            f"Fitted to labels in random order ({n:,} times, {self.n_samples:,} rows), "
            f"the model has a mean {self.scorer} of {mean:.3f} on rows that it was not "
            f"fitted to, and chance is {self.chance:.3f} (difference "
            f"{self.excess:+.3f}, interval {low:+.3f} to {high:+.3f}, "
            f"p = {self.p_value:.2g})."
        )
        if self.concern:
            return (
                f"{text} Nothing can be learned from such labels, so they leak into "
                "the test: look for rows with copies, and for steps that see the test "
                "labels."
            )
        learned = self.learned_p_value <= self.level
        return (
            f"{text} This is as it should be. With the true labels it has "
            f"{self.score:.3f}, which is {'' if learned else 'not '}more than with "
            f"random ones (p = {self.learned_p_value:.2g})."
        )

    def to_frame(self):
        """Return the scores as a table, one row per fit.

        Returns
        -------
        frame : pandas.DataFrame
            With the columns ``labels`` ("true" or "permuted") and ``score``.

        Raises
        ------
        ImportError
            If pandas is missing; ``pip install 'skbal[examples]'`` installs it.
        """
        pandas = require("pandas", "examples", "PermutedLabelsCheck.to_frame")
        n = len(self.permuted_scores)
        return pandas.DataFrame(
            {
                "labels": ["true"] + ["permuted"] * n,
                "score": np.concatenate([[self.score], self.permuted_scores]),
            }
        )


def permuted_labels_check(
    estimator,
    X,
    y,
    *,
    prepare=None,
    cv=None,
    groups=None,
    scoring=None,
    n_permutations=30,
    level=0.05,
    n_jobs=None,
    random_state=None,
):
    """Fit a model to permuted labels, and compare its score with chance.

    Nothing can be learned from labels in random order [1]_. A model that nevertheless
    predicts them on held-out rows knows them from somewhere: columns were chosen with
    the labels of all rows, rows are in training and test at once, or have copies there.

    Parameters
    ----------
    estimator : estimator
        Classifier or regressor, fitted or not. Clones of it are fitted.
    X : array-like of shape (n_samples, ...)
        The rows.
    y : array-like of shape (n_samples,)
        Labels or targets.
    prepare : callable, optional
        What was done to the rows beforehand with the help of labels, such as a choice
        of columns. It is called as ``prepare(X, y)`` with all rows, once for each
        permutation, and returns the rows in the same order. ``None`` leaves them as
        they are.
    cv : int, cross-validation splitter or iterable, optional
        How rows are held out. ``None`` is 5 folds, as in scikit-learn.
    groups : array-like of shape (n_samples,), optional
        Rows of one group have one label: known copies of an image, say. Labels are
        permuted between groups, and ``cv`` gets the groups. A leak between rows of a
        group is found in this way only.
    scoring : str or callable, optional
        As in `sklearn.model_selection.cross_val_score`. ``None`` is the ``score`` of
        the estimator.
    n_permutations : int, default=30
        Number of permutations, each fitted on all folds. At least 20.
    level : float, default=0.05
        Largest p value that is a concern.
    n_jobs : int, optional
        Number of parallel joblib workers, one per fold.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        An integer gives the same permutations at every call. The estimator needs one of
        its own.

    Returns
    -------
    result : PermutedLabelsCheck
        The scores, and the verdict.

    Raises
    ------
    TypeError, ValueError
        If an argument has a wrong type, shape or value.

    See Also
    --------
    sklearn.model_selection.permutation_test_score : Is the true score better than with
        permuted labels? This is ``learned_p_value`` here.

    Notes
    -----
    Chance is the score of the same predictions if the held-out labels are permuted once
    more, within each fold. Folds are those of the true labels. Without a leak, the
    labels of a fold are in random order whatever the model was fitted to. So permuted
    score and chance have exactly the same expectation, for every kind of score. The p
    value is that of a one-sided paired t test over permutations, which are independent
    of each other.

    Copies of rows get different labels, unless ``groups`` keeps them together.
    `leakage_check` finds copies without labels.

    References
    ----------
    .. [1] M. Ojala and G. C. Garriga (2010), Permutation Tests for Studying Classifier
       Performance, Journal of Machine Learning Research 11.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skbal.audit import permuted_labels_check
    >>> X, y = load_iris(return_X_y=True)
    >>> model = LogisticRegression(max_iter=1000)
    >>> result = permuted_labels_check(model, X, y, n_permutations=20, random_state=2)
    >>> result.concern, result.learned_p_value < 0.05
    (False, True)
    """
    check_fits(estimator, _OWNER)
    level = check_level(level, _OWNER)
    n_permutations = check_count(
        n_permutations, "n_permutations", _OWNER, smallest=20, most=10**6
    )
    check_n_jobs(n_jobs, "n_jobs", _OWNER)
    seed = check_seed(random_state, _OWNER)
    y, groups = _check_rows(X, y, groups)
    if prepare is not None and not callable(prepare):
        raise TypeError(
            f"prepare of {_OWNER} must be None or a function of X and y, got "
            f"{prepare!r}."
        )
    folds = check_cv(cv, y, classifier=is_classifier(estimator))
    trial = _Trial(
        estimator=estimator,
        X=X,
        prepare=prepare,
        folds=list(folds.split(X, y, groups)),
        scorer=check_scoring(estimator, scoring),
    )
    orders = [np.arange(len(y))]  # the true labels come first
    rngs = [stream(seed, _OWNER, number) for number in range(n_permutations + 1)]
    orders += [_permutation(len(y), groups, rng) for rng in rngs[1:]]
    scores = Parallel(n_jobs=n_jobs)(
        delayed(trial.scores)(y[order], rng) for order, rng in zip(orders, rngs)
    )
    return _result(np.array(scores), level, len(y), _name_of(scoring, estimator))


@dataclass(frozen=True)
class _Trial:
    """All that is the same in each fit but the labels."""

    estimator: object
    X: object
    prepare: object
    folds: list
    scorer: object

    def scores(self, y, rng):
        """Return the score with labels y and its chance, both means over folds."""
        X = self.X if self.prepare is None else self.prepare(self.X, y)
        if n_rows(X, "What prepare returned") != len(y):
            raise ValueError(
                f"prepare of {_OWNER} must return as many rows as it gets, {len(y)}, "
                f"got {n_rows(X)}."
            )
        found = []
        for train, test in self.folds:
            model = clone(self.estimator).fit(take(X, train), y[train])
            rows, labels = take(X, test), y[test]
            chance = [
                self.scorer(model, rows, rng.permutation(labels))
                for _ in range(_PAIRINGS)
            ]
            found.append((self.scorer(model, rows, labels), np.mean(chance)))
        return np.mean(found, axis=0)


def _check_rows(X, y, groups):
    """Return y and the groups as arrays."""
    y = as_array(y, f"y of {_OWNER}")
    if y.ndim != 1:
        raise ValueError(
            f"y of {_OWNER} must have one label per row, got shape {y.shape}."
        )
    check_same_number(n_rows(X, f"X given to {_OWNER}"), len(y), _OWNER)
    if groups is None:
        return y, None
    groups = as_array(groups, f"groups of {_OWNER}")
    if groups.ndim != 1:
        raise ValueError(
            f"groups of {_OWNER} must have one value per row, got shape {groups.shape}."
        )
    check_same_number(len(y), len(groups), _OWNER, "groups")
    first, code = np.unique(groups, return_index=True, return_inverse=True)[1:]
    mixed = np.flatnonzero(y != y[first][code])
    if len(mixed):
        raise ValueError(
            f"groups of {_OWNER} must hold rows of one label each, but the group "
            f"{groups[mixed[0]]} has {y[first][code][mixed[0]]} and {y[mixed[0]]}."
        )
    return y, groups


def _permutation(n_samples, groups, rng):
    """Return the row that each row has the label of."""
    if groups is None:
        return rng.permutation(n_samples)
    _, first, code = np.unique(groups, return_index=True, return_inverse=True)
    return rng.permutation(first)[code]


def _name_of(scoring, estimator):
    if isinstance(scoring, str):
        return scoring.replace("_", " ")
    if scoring is not None:
        return "score"
    return "accuracy" if is_classifier(estimator) else "score"


def _result(scores, level, n_samples, scorer):
    """Return the result from rows (score, chance), the first with the true labels."""
    permuted, chance = scores[1:].T
    excess = permuted - chance
    n = len(excess)
    error = excess.std(ddof=1) / np.sqrt(n)
    mean = excess.mean()
    rounding = 1e-12 * np.abs(scores).max()
    if error > rounding:
        p_value = student.sf(mean / error, n - 1)
    else:
        p_value = 0.0 if mean > rounding else 1.0
    margin = student.ppf(1 - level, n - 1) * error
    return PermutedLabelsCheck(
        score=float(scores[0, 0]),
        permuted_scores=permuted,
        chance=float(chance.mean()),
        excess=float(mean),
        interval=(float(mean - margin), float(mean + margin)),
        p_value=float(p_value),
        learned_p_value=float((1 + np.sum(permuted >= scores[0, 0])) / (n + 1)),
        level=level,
        n_samples=n_samples,
        scorer=scorer,
    )
