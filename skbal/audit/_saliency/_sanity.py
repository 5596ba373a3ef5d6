"""Do maps depend on what was learned? The sanity checks of Adebayo et al. (2018)."""

from dataclasses import dataclass

import numpy as np
from scipy import stats
from sklearn.utils.validation import check_is_fitted

from skbal._utils.optional import require
from skbal._utils.pools import n_rows, take
from skbal._utils.random import check_seed, next_seed, stream
from skbal._utils.unwrap import unwrap
from skbal._utils.validation import (
    check_count,
    check_fits,
    check_option,
    check_real,
    check_same_number,
)
from skbal._utils.warn import warn
from skbal.audit._result import AuditResult
from skbal.audit._saliency._networks import has_network
from skbal.audit._saliency._objectives import UNCERTAINTIES
from skbal.audit._saliency._saliency import saliency, uncertainty_saliency
from skbal.audit._saliency._shuffling import (
    layers_of,
    with_permuted_labels,
    with_shuffled_weights,
)
from skbal.audit._saliency._similarity import (
    mean_over_repeats,
    rank_correlation,
    structural_similarity,
)

_MOST_STAGES = 8
_LEAST_REFERENCE = 0.5  # with less, maps differ by chance alone


@dataclass(frozen=True, eq=False, repr=False)
class SaliencySanity(AuditResult):
    """Whether maps depend on what was learned, the result of `saliency_sanity_check`.

    Parameters
    ----------
    stages : tuple of str
        What was randomised: for weights the layer down to which all layers were, from
        the last layer to all; for labels "labels".
    rank_correlation : ndarray of shape (n_stages, n_images), dtype=float64
        Spearman's rank correlation between the absolute values of the maps before and
        after, mean over repeats. NaN where a map before is zero everywhere.
    structural_similarity : ndarray of shape (n_stages, n_images) or None
        Their mean structural similarity. None for rows that are no images.
    reference : ndarray of shape (n_images,), dtype=float64
        Rank correlation with maps of the same network by other draws and noise; for
        labels with those of a model fitted again to the true labels.
    interval : tuple of float
        Interval of the mean rank correlation at the last stage, over images, at the
        level 95%.
    threshold : float
        Share of the mean of ``reference`` from which maps count as unchanged.
    randomised : str
        "weights" or "labels".
    method : str
        The method of the maps.

    Examples
    --------
    >>> import numpy as np
    >>> from skbal.audit import SaliencySanity
    >>> found = SaliencySanity(
    ...     stages=("labels",), rank_correlation=np.array([[0.9, 0.8]]),
    ...     structural_similarity=None, reference=np.ones(2), interval=(0.82, 0.88),
    ...     threshold=0.8, randomised="labels", method="occlusion",
    ... )
    >>> found.concern
    True
    """

    stages: tuple
    rank_correlation: np.ndarray
    structural_similarity: np.ndarray | None
    reference: np.ndarray
    interval: tuple
    threshold: float
    randomised: str
    method: str

    @property
    def concern(self):
        """True if the maps hardly change, False if they do, None if one cannot tell."""
        low, high = self.interval
        if not np.isfinite(low) or self._differ_by_chance:
            return None
        limit = self.threshold * self._mean(self.reference)
        if low >= limit:
            return True
        return False if high < limit else None

    @property
    def _differ_by_chance(self):
        return not self._mean(self.reference) >= _LEAST_REFERENCE  # also if NaN

    @property
    def verdict(self):
        """What happens to the maps without what was learned, in one sentence."""
        n = int(np.count_nonzero(~np.isnan(self.rank_correlation[-1])))
        low, high = self.interval
        lost = "weights" if self.randomised == "weights" else "training labels"
        beginning = (
            f"After all {lost} were put in random order, the maps of {n:,} rows "
            f"({self.method})"
        )
        if not n:
            return f"The maps ({self.method}) are zero everywhere, so none can change."
        return (
            f"{beginning} have a mean rank correlation of "
            f"{self._mean(self.rank_correlation[-1]):.2f} with those before (95% "
            f"interval {low:.2f} to {high:.2f}; {self._unchanged()} it is "
            f"{self._mean(self.reference):.2f}): {self._conclusion()}."
        )

    def _unchanged(self):
        if self.randomised == "weights":
            return "with the same weights and other draws"
        return "after a fit to the true labels"

    def _conclusion(self):
        if self.concern:
            return "they hardly show what was learned and should not be believed"
        if self.concern is False:
            return "they depend on what was learned"
        if self._differ_by_chance:
            return "it cannot be told, because they differ by chance alone"
        return "it cannot be told from so few rows whether they show what was learned"

    @staticmethod
    def _mean(values):
        return float(mean_over_repeats(np.asarray(values)))

    def to_frame(self):
        """Return a table with a row per stage.

        Returns
        -------
        frame : pandas.DataFrame
            With the columns ``stage``, ``rank_correlation`` and, for images,
            ``structural_similarity``, means over images.

        Raises
        ------
        ImportError
            If pandas is missing; ``pip install 'skbal[examples]'`` installs it.
        """
        pandas = require("pandas", "examples", "SaliencySanity.to_frame")
        columns = {"stage": list(self.stages)}
        columns["rank_correlation"] = mean_over_repeats(self.rank_correlation.T)
        if self.structural_similarity is not None:
            similarity = mean_over_repeats(self.structural_similarity.T)
            columns["structural_similarity"] = similarity
        return pandas.DataFrame(columns)


def saliency_sanity_check(
    estimator,
    X,
    y=None,
    *,
    of="prediction",
    randomise=None,
    n_images=50,
    n_repeats=3,
    threshold=0.8,
    random_state=None,
    **saliency_kw,
):
    """Check that maps change if what was learned is taken away.

    Some methods draw the edges of the image whatever the network has learned. So the
    weights are put in random order, layer by layer from the last one, and the maps are
    compared with those before [1]_. An estimator that is no network is fitted again to
    labels in random order instead.

    Parameters
    ----------
    estimator : estimator or learner
        A fitted estimator. It is not changed.
    X : array-like of shape (n_samples, ...)
        Rows of the form passed to ``fit``. For ``randomise="labels"`` the rows to fit
        on.
    y : array-like of shape (n_samples,), optional
        Labels of the rows, for ``randomise="labels"``.
    of : {"prediction", "mutual_information", "entropy", "variance"}, \
default="prediction"
        What the maps explain: the prediction (`saliency`) or an uncertainty
        (`uncertainty_saliency`).
    randomise : {"weights", "labels"}, optional
        What is put in random order. ``None`` means the weights of a network, and the
        labels for any other estimator.
    n_images : int, default=50
        Largest number of rows of X that are explained. They are chosen at random.
    n_repeats : int, default=3
        Number of random orders.
    threshold : float, default=0.8
        Maps count as unchanged if their mean rank correlation is at least this share of
        that of an unchanged model, which has other draws, or was fitted again.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Seeds the choice of rows, the orders and the draws. An integer gives the same
        result at every call.
    **saliency_kw
        Keyword arguments of `saliency` or `uncertainty_saliency`, such as ``method``.

    Returns
    -------
    sanity : SaliencySanity
        The similarities, with a verdict.

    Raises
    ------
    TypeError, ValueError
        If an argument is invalid, labels are needed and missing, or the estimator has
        no weights to put in random order.
    NotFittedError
        If the estimator is not fitted.

    Warns
    -----
    UserWarning
        If the maps hardly change.

    Notes
    -----
    A tensor of weights keeps its values, in random order, so that outputs stay on their
    scale. The head of a last-layer model is kept. In each image, pixels that are zero
    in both maps are left out: integrated gradients and occlusion are zero wherever the
    image equals the baseline. Even the maps of unrelated networks are somewhat alike,
    since all look at the middle of an image. The interval is a t interval over images.
    If the maps of an unchanged model have a mean rank correlation below 0.5, it cannot
    be told.

    References
    ----------
    .. [1] J. Adebayo, J. Gilmer, M. Muelly, I. Goodfellow, M. Hardt and B. Kim (2018),
       Sanity checks for saliency maps, NeurIPS, sections 3 and 4.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skbal.audit import saliency_sanity_check
    >>> from skbal.models import MCDropoutClassifier
    >>> X, y = load_digits(return_X_y=True)
    >>> model = MCDropoutClassifier(image_shape=(8, 8), max_steps=200, random_state=0)
    >>> sanity = saliency_sanity_check(model.fit(X, y), X, n_images=20, random_state=0)
    >>> sanity.concern
    False
    """
    owner = "saliency_sanity_check"
    check_option(of, "of", ("prediction", *UNCERTAINTIES), owner)
    n_images = check_count(n_images, "n_images", owner)
    n_repeats = check_count(n_repeats, "n_repeats", owner)
    check_real(threshold, "threshold", owner, low=0, high=1)
    randomise = _check_randomise(estimator, X, y, randomise, owner)
    rng = stream(check_seed(random_state, owner), "sanity")
    n = n_rows(X)
    shown = take(X, np.sort(rng.choice(n, min(n, n_images), replace=False)))
    seeds = [next_seed(rng) for _ in range(n_repeats + 1)]
    explain = _Explain(shown, of, saliency_kw)
    before = explain(estimator, seeds[0])
    if randomise == "weights":
        stages, forgetful = _without_weights(estimator)
        same = explain(estimator, seeds[1], before.targets)
    else:
        stages, forgetful = _without_labels(estimator, X, y)
        again = with_permuted_labels(estimator, X, y, None)
        same = explain(again, seeds[0], before.targets)
    pairs = []
    for stage in stages:
        models = (forgetful(stage, seed) for seed in seeds[1:])
        others = [explain(model, seeds[0], before.targets) for model in models]
        pairs.append(_similarities(before, others))
    sanity = _result(stages, pairs, before, same, threshold, randomise)
    if sanity.concern:
        warn(sanity.verdict, UserWarning)
    return sanity


def _without_weights(estimator):
    """Return the stages, and what makes a copy without the weights of a stage."""
    layers = layers_of(estimator)
    if not layers:
        raise ValueError(
            "estimator of saliency_sanity_check has a network without weights."
        )
    chosen = np.linspace(0, len(layers) - 1, min(len(layers), _MOST_STAGES))

    def forgetful(stage, seed):
        lost = layers[: layers.index(stage) + 1]
        return with_shuffled_weights(estimator, lost, seed)

    return [layers[round(k)] for k in chosen], forgetful


def _without_labels(estimator, X, y):
    """Return the only stage, and what fits a clone without true labels."""

    def forgetful(stage, seed):
        return with_permuted_labels(estimator, X, y, stream(seed, "labels"))

    return ["labels"], forgetful


class _Explain:
    """Makes maps of the same rows for several estimators."""

    def __init__(self, X, of, saliency_kw):
        self._X, self._of, self._saliency_kw = X, of, saliency_kw

    def __call__(self, estimator, seed, targets=None):
        kw = {"random_state": seed, **self._saliency_kw}
        if self._of != "prediction":
            return uncertainty_saliency(estimator, self._X, of=self._of, **kw)
        if targets is not None:
            kw["target"] = targets
        return saliency(estimator, self._X, **kw)


def _check_randomise(estimator, X, y, randomise, owner):
    """Return what is put in random order, with estimator and labels checked."""
    check_option(randomise, "randomise", ("weights", "labels", None), owner)
    check_fits(estimator, owner)
    model = unwrap(estimator)[1]
    if randomise is None:
        randomise = "weights" if has_network(model) else "labels"
    if randomise == "weights":
        if not has_network(model):
            raise TypeError(
                f"randomise='weights' of {owner} needs a network of skbal or skorch, "
                f"got {type(model).__name__}. Use randomise='labels', and give y."
            )
        check_is_fitted(model)
    elif y is None:
        raise ValueError(
            f"y of {owner} must be the labels of X for {type(model).__name__}, which "
            "is fitted again to labels in random order, got None."
        )
    else:
        check_same_number(n_rows(X, f"X given to {owner}"), len(y), owner)
    return randomise


def _similarities(before, others):
    """Return rank correlations and structural similarities, (n_images,) each."""
    ranks = [rank_correlation(before.maps, other.maps) for other in others]
    ranks = mean_over_repeats(np.array(ranks))
    if before.maps.ndim == 2:
        return ranks, None
    flat = [maps.over_channels for maps in (before, *others)]
    shapes = [structural_similarity(flat[0], other) for other in flat[1:]]
    return ranks, np.mean(shapes, axis=0)


def _result(stages, pairs, before, same, threshold, randomise):
    ranks, shapes = zip(*pairs)
    return SaliencySanity(
        stages=tuple(stages),
        rank_correlation=np.array(ranks),
        structural_similarity=None if shapes[0] is None else np.array(shapes),
        reference=rank_correlation(before.maps, same.maps),
        interval=_interval(ranks[-1]),
        threshold=float(threshold),
        randomised=randomise,
        method=before.method,
    )


def _interval(values):
    """Return the t interval of a mean at the level 95%, NaN for fewer than two."""
    values = values[~np.isnan(values)]
    if len(values) < 2:
        return np.nan, np.nan
    half = stats.t.ppf(0.975, len(values) - 1) * stats.sem(values)
    return float(values.mean() - half), float(values.mean() + half)
