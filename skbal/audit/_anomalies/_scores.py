"""Scores of rows that are unlike anything labelled."""

from dataclasses import dataclass
from math import ceil

import numpy as np
import scipy.sparse as sp
from scipy.stats import rankdata
from sklearn.base import is_regressor

from skbal._utils.features import as_features, makes_features
from skbal._utils.multilabel import is_multilabel
from skbal._utils.optional import require
from skbal._utils.pools import n_rows, whole
from skbal._utils.random import check_seed
from skbal._utils.unwrap import transform, unwrap
from skbal._utils.validation import check_count, check_n_draws, check_option
from skbal.audit._anomalies._distance import local_distances
from skbal.audit._leakage._check import check_level
from skbal.audit._result import AuditResult
from skbal.audit._row_names import names_in_index
from skbal.information import mutual_information, predictive_variance
from skbal.sampling import predict_samples

_OWNER = "anomaly_scores"
_METHODS = ("combined", "epistemic", "disagreement", "distance")
_OF_DRAWS = ("combined", "epistemic", "disagreement")
_OF_DISTANCES = ("combined", "distance")
_WORDS = {
    "combined": "distance from the labelled rows and doubt of the model",
    "epistemic": "doubt of the model",
    "disagreement": "disagreement of the draws of the model",
    "distance": "distance from the labelled rows",
}


@dataclass(frozen=True, eq=False, repr=False)
class AnomalyScores(AuditResult):
    """How odd rows are, the result of `anomaly_scores`.

    Parameters
    ----------
    scores : ndarray of shape (n_samples,)
        Scores of the method. Higher is odder.
    order : ndarray of shape (n_samples,), dtype=intp
        The rows, the oddest first.
    method : str
        The method.
    parts : dict of str to ndarray of shape (n_samples,)
        All scores that were computed: "epistemic" in nats, or for a regressor the
        variance of the mean; "disagreement" as a share; "distance" on the scale of the
        labelled rows.
    p_values : ndarray of shape (n_samples,) or None
        Share of the labelled rows that are as far from the other labelled rows as the
        row is from them. None without labelled rows.
    n_unlike : int or None
        Number of rows that are significantly farther from the labelled rows than these
        are from each other.
    level : float
        Largest expected share of wrong ones among them.
    n_labelled : int
        Number of labelled rows, 0 if none were given.
    names : ndarray of shape (n_samples,) or None
        Labels in the index of a data frame, if they are all different.
    """

    scores: np.ndarray
    order: np.ndarray
    method: str
    parts: dict
    p_values: np.ndarray | None
    n_unlike: int | None
    level: float
    n_labelled: int
    names: np.ndarray | None

    @property
    def n_unseen(self):
        """Largest number of very odd rows that would not be counted, or None.

        The smallest p value of n labelled rows is 1 / (n + 1). Among many rows, this
        is not significant unless several of them have it. 0 if a single odd row is
        counted. None without labelled rows.
        """
        if self.n_unlike is None:
            return None
        # k rows of p value 1 / (n + 1) are counted if that is at most level k / N.
        least = len(self.scores) / (self.level * (self.n_labelled + 1))
        return ceil(least - 1e-9) - 1  # without the rounding of level

    @property
    def concern(self):
        """True if rows are farther away than labelled rows are from each other.

        None if it cannot be told: no distances were computed, or no row was found and
        there are so few labelled rows that a single odd one would not be
        (``n_unseen``).
        """
        if self.n_unlike is None or (not self.n_unlike and self.n_unseen):
            return None
        return self.n_unlike > 0

    @property
    def verdict(self):
        """The result as plain sentences."""
        n = len(self.scores)
        few = [str(self._name(row)) for row in self.order[:3]]
        text = (
            f"By {_WORDS[self.method]}, the oddest of {n:,} rows "
            f"{'is' if len(few) == 1 else 'are'} {', '.join(few)}."
        )
        if self.n_unlike is None:
            return f"{text} Without labelled rows, it cannot be told how odd that is."
        if not self.n_unlike:
            return (
                f"{text} No row is farther from the {self.n_labelled:,} labelled rows "
                "than these are from each other, beyond what is expected by chance."
                f"{self._what_is_unseen()}"
            )
        one = self.n_unlike == 1
        return (
            f"{text} {self.n_unlike:,} {'row is' if one else 'rows are'} farther from "
            f"the {self.n_labelled:,} labelled rows than these are from each other (of "
            f"such rows, {self.level:.0%} are expected to be ordinary): the model was "
            f"taught nothing like {'it' if one else 'them'}."
        )

    def _what_is_unseen(self):
        unseen = min(self.n_unseen, len(self.scores))
        if not unseen:
            return ""
        rows = "a single odd row" if unseen == 1 else f"up to {unseen:,} odd rows"
        return (
            f" But beside so few labelled rows, {rows} would not stand out: look at "
            "the first ones."
        )

    def _name(self, row):
        return row if self.names is None else self.names[row]

    def to_frame(self):
        """Return all scores as a table, the oddest row first.

        Returns
        -------
        frame : pandas.DataFrame
            With the columns ``row`` (label of the index of a frame, or position if
            there is none or labels repeat), ``score``, one for each of ``parts``, and
            ``p_value`` if there are labelled rows.

        Raises
        ------
        ImportError
            If pandas is missing; ``pip install 'skbal[examples]'`` installs it.
        """
        pandas = require("pandas", "examples", "AnomalyScores.to_frame")
        names = self.order if self.names is None else self.names[self.order]
        columns = {"row": names, "score": self.scores[self.order]}
        columns.update({name: part[self.order] for name, part in self.parts.items()})
        if self.p_values is not None:
            columns["p_value"] = self.p_values[self.order]
        return pandas.DataFrame(columns)


def anomaly_scores(
    estimator,
    X,
    X_labelled=None,
    *,
    method="combined",
    features=None,
    n_neighbors=10,
    n_draws=None,
    level=0.05,
    random_state=None,
):
    """Score rows by how unlike they are to anything that was labelled.

    A model makes a prediction for every row, even for one that is unlike everything
    that it was taught: a new kind of object, or an artefact. Such rows are far from the
    labelled ones, or the posterior draws of the model disagree about them.

    Parameters
    ----------
    estimator : estimator, learner or None
        A fitted model. ``None`` is allowed with ``method="distance"``.
    X : array-like of shape (n_samples, ...)
        Rows to score.
    X_labelled : array-like of shape (n_labelled, ...), optional
        The rows that the model was fitted to. Distances need them.
    method : {"combined", "epistemic", "disagreement", "distance"}, default="combined"
        "epistemic" is the mutual information of label and parameters, in nats [1]_, or
        for a regressor the variance of the mean prediction over the draws.
        "disagreement" is the share of draws that do not vote for the most frequent
        class, or for a regressor the standard deviation. "distance" is the mean
        distance to the nearest labelled rows, divided by the same mean of these rows
        [2]_. "combined" is the mean of the ranks of "epistemic" and "distance", divided
        by the number of rows.
    features : "rows" or callable, optional
        The features between which distances are measured: the rows themselves, or what
        a function of rows returns. ``None`` takes the transformers of a pipeline and
        then the features of the model, if it has a method ``transform`` as skbal's
        networks do.
    n_neighbors : int, default=10
        Number of nearest labelled rows, below the number of labelled rows.
    n_draws : int, optional
        Number of posterior draws. ``None`` uses the estimator's own number.
    level : float, default=0.05
        Largest expected share of wrong rows among those counted in ``n_unlike``.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        An integer gives the same draws at every call.

    Returns
    -------
    result : AnomalyScores
        The scores, and the verdict.

    Raises
    ------
    NoDrawsError
        If the method needs posterior draws and the estimator makes none. It is a
        `TypeError`.
    TypeError, ValueError
        If an argument has a wrong type, shape or value.

    See Also
    --------
    AnomalyDisplay : Show the oddest images.
    sklearn.neighbors.LocalOutlierFactor, sklearn.ensemble.IsolationForest : Scores
        without a model. On some data they are better, see the user guide.

    Notes
    -----
    ``n_unlike`` compares the distance of each row with those of the labelled rows to
    each other, and chooses by the rule of Benjamini and Hochberg [3]_. If the labelled
    rows are a random sample, these p values are about right or a little too large. If
    labelled rows were chosen to be different from each other, as by active learning,
    they are far apart, and the number is too low. If there are few
    labelled rows, a few odd rows among many are not significant: ``n_unseen`` of the
    result says how many.

    The row about which the draws disagree most is not always odd. It may be an ordinary
    row between two classes. And draws may agree about a row that belongs to no class.

    References
    ----------
    .. [1] N. Houlsby, F. Huszar, Z. Ghahramani and M. Lengyel (2011), Bayesian Active
       Learning for Classification and Preference Learning, equation 2.
    .. [2] M. M. Breunig, H.-P. Kriegel, R. T. Ng and J. Sander (2000), LOF: Identifying
       Density-Based Local Outliers, SIGMOD.
    .. [3] S. Bates, E. Candes, L. Lei, Y. Romano and M. Sesia (2023), Testing for
       Outliers with Conformal p-Values, Annals of Statistics 51.

    Examples
    --------
    Row 1 is far from all labelled rows:

    >>> import numpy as np
    >>> from skbal.audit import anomaly_scores
    >>> labelled = np.linspace(0, 1, 50).reshape(-1, 1)
    >>> result = anomaly_scores(None, [[0.5], [3.0]], labelled, method="distance")
    >>> result.order, result.n_unlike
    (array([1, 0]), 1)
    """
    check_option(method, "method", _METHODS, _OWNER)
    n_neighbors = check_count(n_neighbors, "n_neighbors", _OWNER)
    level = check_level(level, _OWNER)
    if n_draws is not None:
        n_draws = check_n_draws(n_draws, _OWNER)
    seed = check_seed(random_state, _OWNER)
    n_samples = n_rows(X, f"X given to {_OWNER}")
    if not n_samples:
        raise ValueError(f"X given to {_OWNER} must have at least one row, got none.")
    function = _feature_function(estimator, method, features)
    n_labelled = _check_labelled(X_labelled, method, n_neighbors)
    parts, p_values = {}, None
    if method in _OF_DRAWS:
        model = _check_one_label(unwrap(estimator)[1], method)
        draws = predict_samples(estimator, X, n_draws, random_state=seed)
        parts.update(_of_draws(draws, method, is_regressor(model)))
    if method in _OF_DISTANCES:
        labelled, rows = (_features(function, part) for part in (X_labelled, X))
        _check_same_features(labelled, rows)
        parts["distance"], own = local_distances(labelled, rows, n_neighbors)
        p_values = _p_values(parts["distance"], own)
    scores = _combined(parts) if method == "combined" else parts[method]
    return AnomalyScores(
        scores=scores,
        order=np.argsort(-scores, kind="stable"),
        method=method,
        parts=parts,
        p_values=p_values,
        n_unlike=None if p_values is None else _n_discoveries(p_values, level),
        level=level,
        n_labelled=n_labelled,
        names=names_in_index(X),
    )


def _check_labelled(X_labelled, method, n_neighbors):
    """Return the number of labelled rows."""
    if X_labelled is None:
        if method in _OF_DISTANCES:
            raise ValueError(
                f"X_labelled of {_OWNER} must be given with method={method!r}, got "
                'None. method="epistemic" needs no labelled rows.'
            )
        return 0
    n_labelled = n_rows(X_labelled, f"X_labelled given to {_OWNER}")
    if method in _OF_DISTANCES and n_labelled <= n_neighbors:
        raise ValueError(
            f"n_neighbors of {_OWNER} must be below the number of labelled rows, "
            f"{n_labelled}, got {n_neighbors}."
        )
    return n_labelled


def _check_one_label(model, method):
    """Return the model, or raise if it predicts several labels per row."""
    if is_multilabel(model):
        raise TypeError(
            f"method={method!r} of {_OWNER} needs a model of one label per row, but "
            f"{type(model).__name__} predicts several. method='distance' takes it."
        )
    return model


def _feature_function(estimator, method, features):
    """Return the function of rows that distances are measured on."""
    if estimator is None and method != "distance":
        raise TypeError(
            f"estimator of {_OWNER} must be a fitted estimator with method="
            f"{method!r}, got None."
        )
    if callable(features):
        return features
    if features is not None and not (isinstance(features, str) and features == "rows"):
        raise ValueError(
            f'features of {_OWNER} must be None, "rows" or a function of rows, got '
            f"{features!r}."
        )
    if features == "rows" or estimator is None:
        return lambda X: X
    transformers, model = unwrap(estimator)

    def of_model(X):
        X = transform(transformers, X)
        return model.transform(X) if makes_features(model) else X

    return of_model


def _features(function, X):
    values = function(whole(X))
    try:
        values = as_features(values, n_rows(X), _OWNER)
    except (TypeError, ValueError) as error:
        if not hasattr(values, "iloc"):
            raise
        raise type(error)(
            f"{error} Give as estimator a pipeline that makes numbers of the columns, "
            "or as features a function that does."
        ) from error
    return values.toarray() if sp.issparse(values) else values


def _check_same_features(labelled, rows):
    if labelled.shape[1] != rows.shape[1]:
        raise ValueError(
            f"X and X_labelled given to {_OWNER} must have the same number of "
            f"features, got {rows.shape[1]} and {labelled.shape[1]}."
        )


def _of_draws(draws, method, of_regressor):
    """Return the scores by draws of shape (n_samples, n_draws, n_outputs)."""
    name = "disagreement" if method == "disagreement" else "epistemic"
    if of_regressor:
        variance = predictive_variance(draws)
        variance = variance if variance.ndim == 1 else variance.sum(axis=1)
        return {name: np.sqrt(variance) if name == "disagreement" else variance}
    if name == "epistemic":
        return {name: mutual_information(draws)}
    votes = draws.argmax(axis=2)  # (n_samples, n_draws)
    counts = [(votes == code).mean(axis=1) for code in range(draws.shape[2])]
    return {name: 1 - np.max(counts, axis=0)}


def _combined(parts):
    ranks = [rankdata(parts[name]) for name in ("epistemic", "distance")]
    return np.mean(ranks, axis=0) / len(ranks[0])


def _p_values(distances, own):
    """Return the share of labelled rows as far from the others, (n_samples,)."""
    as_far = len(own) - np.searchsorted(np.sort(own), distances)
    return (1 + as_far) / (1 + len(own))


def _n_discoveries(p_values, level):
    """Return how many p values are discoveries, by Benjamini and Hochberg."""
    line = level * np.arange(1, len(p_values) + 1) / len(p_values)
    passed = np.flatnonzero(np.sort(p_values) <= line)
    return int(passed[-1] + 1) if len(passed) else 0
