"""The public questions: what does a prediction, or its uncertainty, depend on?"""

from dataclasses import dataclass, replace

import numpy as np

from skbal._utils.chunks import chunks
from skbal._utils.lazy import lazy_module
from skbal._utils.random import check_seed
from skbal._utils.unwrap import unwrap
from skbal._utils.validation import (
    check_count,
    check_fits,
    check_n_draws,
    check_option,
    check_real,
)
from skbal.audit._saliency._maps import SaliencyMaps
from skbal.audit._saliency._networks import differentiable_draws
from skbal.audit._saliency._objectives import UNCERTAINTIES, MeanOutput
from skbal.audit._saliency._occlusion import Occlusion
from skbal.audit._saliency._paths import path_of
from skbal.audit._saliency._rows import check_baseline, check_rows, spatial_axes
from skbal.audit._saliency._tables import columns_without_numbers, table_of
from skbal.audit._saliency._targets import (
    check_outputs,
    check_target,
    classes_of,
    predicted_outputs,
)
from skbal.sampling import predict_samples

_gradients = lazy_module("skbal.audit._saliency._gradients")

METHODS = ("gradient", "smooth", "integrated", "occlusion")


def saliency(
    estimator,
    X,
    *,
    method="gradient",
    target=None,
    image_shape=None,
    baseline=None,
    n_points=50,
    noise=0.15,
    patch=None,
    stride=None,
    n_draws=None,
    batch_size=None,
    random_state=None,
):
    """Return maps of what the predictions of rows depend on.

    A map has a value for each pixel of an image, or each column of a row. It explains
    the mean over posterior draws of the probability of a class, or of a regression.

    Parameters
    ----------
    estimator : estimator or learner
        A fitted classifier or regressor. Gradients need a network of skbal or skorch.
        "occlusion" takes any estimator.
    X : array-like of shape (n_samples, ...)
        Rows of the form passed to ``fit``: flat rows, or images of shape (height,
        width), (channels, height, width) or (height, width, channels). A data frame may
        hold text, dates and missing values with "occlusion".
    method : {"gradient", "smooth", "integrated", "occlusion"}, default="gradient"
        How the map is made. "gradient": the derivative [1]_. "smooth": the mean of the
        derivatives at ``n_points`` noisy copies of the row [2]_. "integrated": the mean
        of the derivatives along the line from the baseline to the row, times the
        difference between the two, so that a map sums to the change of the prediction
        [3]_. "occlusion": how much the prediction falls if a patch around the pixel is
        replaced by the baseline [4]_.
    target : label or array-like of shape (n_samples,), optional
        The class to explain, for all rows or for each row. For a regressor it is the
        number of the output. ``None`` explains the predicted class, or output 0.
    image_shape : tuple of int, optional
        Shape (channels, height, width) or (height, width) of an image, if the rows of X
        are flattened images. ``None`` uses that of the estimator, if it has one.
    baseline : float or array-like, optional
        What stands for an absent pixel: a number, or a row of X. Only for "integrated"
        and "occlusion". ``None`` is 0, and for a data frame with text or missing values
        a typical row: the median of numbers, the most frequent one of other values.
    n_points : int, default=50
        Number of noisy copies of "smooth", or of points along the line of "integrated".
    noise : float, default=0.15
        Standard deviation of the noise of "smooth", as a share of the range of the
        values of the row.
    patch : int, optional
        Side of the patch of "occlusion" in pixels. ``None`` takes a seventh of the
        shorter side of an image, and single columns of rows that are no images.
    stride : int, optional
        Distance between patches in pixels. ``None`` takes half of ``patch``, at least
        1.
    n_draws : int, optional
        Number of posterior draws. ``None`` uses the estimator's own number.
    batch_size : int, optional
        Number of rows, or of changed copies of rows, predicted at once. ``None``
        chooses it so that temporaries stay near 64 MB.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Seeds the posterior draws and the noise. An integer gives the same maps at every
        call, and the draws that `skbal.predict_samples` makes with it.

    Returns
    -------
    maps : SaliencyMaps
        The maps and the predictions that they explain.

    Raises
    ------
    TypeError
        If gradients do not pass through the estimator. The message says what to use.
    ValueError, NotFittedError
        If an argument is invalid, or the estimator is not fitted.

    See Also
    --------
    uncertainty_saliency : What the uncertainty depends on.
    saliency_sanity_check : Do the maps depend on what was learned?
    SaliencyDisplay : Draw the maps beside the images.

    Notes
    -----
    Only dropout is random, with the masks of ``predict_samples``, and weights and modes
    of the network stay as they are. The line of "integrated" is cut by Gauss-Legendre
    quadrature; ``completeness_gap`` of the result shows what that misses.

    References
    ----------
    .. [1] K. Simonyan, A. Vedaldi and A. Zisserman (2014), Deep inside convolutional
       networks: visualising image classification models and saliency maps, ICLR
       workshop.
    .. [2] D. Smilkov, N. Thorat, B. Kim, F. Viegas and M. Wattenberg (2017),
       SmoothGrad: removing noise by adding noise, arXiv:1706.03825.
    .. [3] M. Sundararajan, A. Taly and Q. Yan (2017), Axiomatic attribution for deep
       networks, ICML, eq. 1 and 3.
    .. [4] M. D. Zeiler and R. Fergus (2014), Visualizing and understanding
       convolutional networks, ECCV, section 4.2.

    Examples
    --------
    To tell irises from average ones, the forest looks at petals, not at sepals:

    >>> from sklearn.datasets import load_iris
    >>> from sklearn.ensemble import RandomForestClassifier
    >>> from skbal.audit import saliency
    >>> X, y = load_iris(return_X_y=True)
    >>> forest = RandomForestClassifier(random_state=0).fit(X, y)
    >>> average = X.mean(axis=0)
    >>> found = saliency(forest, X[::10], method="occlusion", baseline=average)
    >>> abs(found.maps).mean(axis=0) > 0.1
    array([False, False,  True,  True])
    """
    owner = "saliency"
    options = _Options(
        method, baseline, n_points, noise, patch, stride, n_draws, batch_size,
        random_state,
    ).checked(owner)  # fmt: skip
    check_fits(estimator, owner)
    rows = options.rows(X, image_shape, estimator, owner)
    classes = classes_of(estimator, owner)
    outputs = check_target(target, classes, len(rows.values), owner)
    engine = options.engine(estimator, X, rows, owner, _mean_draws)
    explained, chosen = [], []
    for block in chunks(len(rows.values), engine.rows_at_once):
        mean = engine.draws(rows.values[block]).mean(axis=1, keepdims=True)
        check_outputs(outputs, mean.shape[2], classes, owner)
        if outputs is None:
            own = predicted_outputs(mean[:, 0], classes)
        else:
            own = outputs[block]
        chosen.append(own)
        values = rows.values[block]
        explained.append(options.explained(engine, values, mean, MeanOutput(own)))
    chosen = np.concatenate(chosen)
    targets = chosen if classes is None else classes[chosen]
    return _result(rows, explained, targets, "prediction", method)


def uncertainty_saliency(
    estimator,
    X,
    *,
    of="mutual_information",
    method="gradient",
    image_shape=None,
    baseline=None,
    n_points=50,
    noise=0.15,
    patch=None,
    stride=None,
    n_draws=None,
    batch_size=None,
    random_state=None,
):
    """Return maps of what the uncertainty of predictions depends on.

    The mutual information between label and posterior draw is what the draws disagree
    about, and what a label would teach the model (BALD [1]_). Its map shows where in
    the image the disagreement comes from.

    Parameters
    ----------
    estimator : estimator or learner
        A fitted estimator with posterior draws (see `skbal.predict_samples`). Gradients
        need a network of skbal. "occlusion" takes any estimator with draws.
    X : array-like of shape (n_samples, ...)
        Rows of the form passed to ``fit``: flat rows, or images of shape (height,
        width), (channels, height, width) or (height, width, channels). A data frame may
        hold text, dates and missing values with "occlusion".
    of : {"mutual_information", "entropy", "variance"}, default="mutual_information"
        The uncertainty: the mutual information, or the entropy of the mean
        probabilities, both in nats. "variance" is the variance over draws, summed over
        outputs, also of regressors and models of votes.
    method : {"gradient", "smooth", "integrated", "occlusion"}, default="gradient"
        How the map is made; see `saliency`.
    image_shape : tuple of int, optional
        Shape (channels, height, width) or (height, width) of an image, if the rows of X
        are flattened images. ``None`` uses that of the estimator, if it has one.
    baseline : float or array-like, optional
        What stands for an absent pixel: a number, or a row of X. Only for "integrated"
        and "occlusion". ``None`` is 0, and for a data frame with text or missing values
        a typical row: the median of numbers, the most frequent one of other values.
    n_points : int, default=50
        Number of noisy copies of "smooth", or of points along the line of "integrated".
    noise : float, default=0.15
        Standard deviation of the noise of "smooth", as a share of the range of the
        values of the row.
    patch : int, optional
        Side of the patch of "occlusion" in pixels. ``None`` takes a seventh of the
        shorter side of an image, and single columns of rows that are no images.
    stride : int, optional
        Distance between patches in pixels. ``None`` takes half of ``patch``, at least
        1.
    n_draws : int, optional
        Number of posterior draws. ``None`` uses the estimator's own number.
    batch_size : int, optional
        Number of rows, or of changed copies of rows, predicted at once. ``None``
        chooses it so that temporaries stay near 64 MB.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Seeds the posterior draws and the noise. An integer gives the same maps at every
        call, and the draws that `skbal.predict_samples` makes with it.

    Returns
    -------
    maps : SaliencyMaps
        The maps and the uncertainties that they explain.

    Raises
    ------
    NoDrawsError
        If the estimator makes no posterior draws. It is a `TypeError`.
    TypeError
        If gradients do not pass through the estimator. The message says what to use.
    ValueError, NotFittedError
        If an argument is invalid, or the estimator is not fitted.

    See Also
    --------
    saliency : What the prediction depends on.
    skbal.information.mutual_information : The number that is explained.

    Notes
    -----
    With draws p_k and their mean p, the derivative of the mutual information is the
    mean over k of ``(log p_k - log p)`` times the derivative of p_k, summed over
    classes. All draws are needed for p, but only a few at a time for the rest, so that
    memory does not grow with their number.

    References
    ----------
    .. [1] N. Houlsby, F. Huszar, Z. Ghahramani and M. Lengyel (2011), Bayesian active
       learning for classification and preference learning, arXiv:1112.5745, eq. 2.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skbal.audit import uncertainty_saliency
    >>> from skbal.models import MCDropoutClassifier
    >>> X, y = load_digits(return_X_y=True)
    >>> model = MCDropoutClassifier(image_shape=(8, 8), max_steps=50, random_state=0)
    >>> maps = uncertainty_saliency(model.fit(X, y), X[:5], random_state=0)
    >>> maps.maps.shape, maps.values.shape
    ((5, 8, 8), (5,))
    """
    owner = "uncertainty_saliency"
    check_option(of, "of", tuple(UNCERTAINTIES), owner)
    options = _Options(
        method, baseline, n_points, noise, patch, stride, n_draws, batch_size,
        random_state,
    ).checked(owner)  # fmt: skip
    check_fits(estimator, owner)
    rows = options.rows(X, image_shape, estimator, owner)
    if of != "variance" and classes_of(estimator, owner) is None:
        raise TypeError(
            f"of={of!r} of {owner} needs a classifier, got "
            f"{type(unwrap(estimator)[1]).__name__}, which has no classes. Use "
            "of='variance'."
        )
    engine = options.engine(estimator, X, rows, owner, predict_samples)
    objective = UNCERTAINTIES[of]()
    explained = []
    for block in chunks(len(rows.values), engine.rows_at_once):
        values = rows.values[block]
        draws = engine.draws(values)
        explained.append(options.explained(engine, values, draws, objective))
    return _result(rows, explained, None, of, method)


@dataclass(frozen=True)
class _Options:
    """The arguments that both functions share; see `saliency`."""

    method: str
    baseline: object
    n_points: int
    noise: float
    patch: int | None
    stride: int | None
    n_draws: int | None
    batch_size: int | None
    random_state: object

    def checked(self, owner):
        """Return the options with counts as Python's integers, which do not wrap."""
        check_option(self.method, "method", METHODS, owner)
        check_real(self.noise, "noise", owner, low=0)
        counts = {"n_points": check_count(self.n_points, "n_points", owner)}
        for name in ("patch", "stride", "batch_size"):
            if getattr(self, name) is not None:
                counts[name] = check_count(getattr(self, name), name, owner)
        if self.n_draws is not None:
            counts["n_draws"] = check_n_draws(self.n_draws, owner)
        return replace(self, **counts)

    def rows(self, X, image_shape, estimator, owner):
        """Return the rows of X, checked."""
        others = columns_without_numbers(X) if image_shape is None else []
        if not others:
            return check_rows(X, image_shape, estimator, owner)
        if self.method != "occlusion":
            raise TypeError(
                f"X given to {owner} must be finite numbers with method="
                f"{self.method!r}, but column {others[0]!r} is not. Use "
                "method='occlusion', which takes text and missing values."
            )
        return table_of(X, self.baseline, owner)

    def engine(self, estimator, X, rows, owner, draw):
        """Return what makes draws and maps of rows."""
        baseline = getattr(rows, "baseline", None)
        if baseline is None:
            number = 0.0 if self.baseline is None else self.baseline
            baseline = check_baseline(number, rows, owner)
        seed = check_seed(self.random_state, owner)
        if self.method == "occlusion":
            patch = self.patch or _usual_patch(rows.map_shape)
            stride = self.stride or max(patch // 2, 1)

            def draw_rows(X):
                return draw(estimator, X, self.n_draws, random_state=seed)

            return Occlusion(draw_rows, rows, baseline, patch, stride, self.batch_size)
        function = differentiable_draws(estimator, X, self.n_draws, seed, owner)
        path = path_of(self.method, self.n_points, self.noise)
        return _gradients.Gradients(function, path, baseline, seed, self.batch_size)

    def explained(self, engine, values, draws, objective):
        """Return maps of rows, their values, and those of the baseline."""
        numbers = np.arange(len(values))
        own = objective.value(draws, numbers)
        maps = engine.maps(values, objective)
        if self.method != "integrated":
            return maps, own, None
        at_baseline = np.repeat(engine.draws(engine.baseline), len(values), axis=0)
        return maps, own, objective.value(at_baseline, numbers)


def _usual_patch(map_shape):
    axes = spatial_axes(map_shape)
    return 1 if axes is None else max(min(map_shape[axis] for axis in axes) // 7, 1)


def _mean_draws(estimator, X, n_draws, random_state):
    """Return draws of an estimator that has them of its own, or else its prediction.

    The mean of the draws of a forest is its prediction, which is faster.
    """
    model = unwrap(estimator)[1]
    if hasattr(model, "predict_samples"):
        return predict_samples(estimator, X, n_draws, random_state=random_state)
    if hasattr(estimator, "predict_proba"):
        return np.asarray(estimator.predict_proba(X))[:, np.newaxis]
    if hasattr(estimator, "classes_"):
        raise TypeError(
            f"estimator of saliency must have predict_proba, but "
            f"{type(estimator).__name__} predicts labels only. Wrap it in a "
            "CalibratedClassifierCV."
        )
    return np.asarray(estimator.predict(X), dtype=np.float64).reshape(len(X), 1, -1)


def _result(rows, explained, targets, of, method):
    maps, values, at_baseline = zip(*explained)
    return SaliencyMaps(
        maps=rows.as_maps(np.concatenate(maps)),
        images=rows.as_maps(rows.numbers),
        values=np.concatenate(values),
        baseline_values=None if at_baseline[0] is None else np.concatenate(at_baseline),
        targets=targets,
        of=of,
        method=method,
        feature_names=rows.names,
    )
