"""Do predictions stay the same under changes that leave the label as it is?"""

import numpy as np
from scipy.stats import binom

from skbal._utils.chunks import chunks
from skbal._utils.labels import label_column
from skbal._utils.random import check_seed
from skbal._utils.validation import check_n_draws, check_real, check_same_number
from skbal.audit._calibration._error import check_level
from skbal.audit._calibration._intervals import mean_interval, wilson_interval
from skbal.audit._invariance._predictions import joined, predicted
from skbal.audit._invariance._result import MEASURES, InvarianceReport
from skbal.audit._invariance._transforms import lines_of, seed_of
from skbal.audit._shortcuts._model import check_model, image_shape_of
from skbal.audit._shortcuts._rows import ImageRows, rows_of

_OWNER = "invariance_report"
_STEP = 512  # rows that are changed and predicted at once


def invariance_report(
    estimator,
    X,
    transforms,
    y=None,
    *,
    image_shape=None,
    min_same=0.9,
    n_draws=None,
    level=0.05,
    random_state=None,
):
    """Report how predictions change if images change in ways that keep their labels.

    A digit that is moved by two pixels is the same digit, and a galaxy that is turned
    is the same galaxy. A model has to learn that: a convolution moves its output with
    its input, but the dense layers behind it do not. The report compares the
    predictions of each image with those of the same image, changed.

    Parameters
    ----------
    estimator : estimator or learner
        A fitted classifier. It is not changed.
    X : array-like of shape (n_samples, ...)
        Images that it was not fitted on: ``(n, channels, h, w)``, ``(n, h, w)``,
        ``(n, h, w, channels)`` or flat rows.
    transforms : dict or list
        Changes under which labels stay true. A dict from names to

        - a list of strengths, for a change that is known by name: "shift" (whole
          pixels, to one of the four sides), "rotation" (degrees, to either side),
          "scale" (factor), "blur" (standard deviation of a Gaussian, in pixels) and
          "elastic" (standard deviation of displacements, in pixels, as in
          `skbal.models.ElasticDeformation` with its smoothness of 4);
        - a callable that gets an array of shape ``(n, channels, h, w)``, dtype float32,
          and returns one of the same shape, or a transform of `skbal.models` such as
          `skbal.models.RandomShift`;
        - a dict from strengths to such callables.

        A list holds names, whose usual strengths are taken, and callables.
    y : array-like of shape (n_samples,), optional
        Labels, for the accuracy.
    image_shape : tuple of int, optional
        Shape (channels, height, width) or (height, width) of an image, if the rows of X
        are flat. ``None`` takes that of the estimator, if it has one.
    min_same : float, default=0.9
        Share of rows, between 0 and 1, that must keep their predicted class under each
        transform.
    n_draws : int, optional
        Number of posterior draws. ``None`` uses the estimator's own number. An
        estimator that makes none gives its probabilities.
    level : float, default=0.05
        The verdict is wrong with at most this probability. Intervals have the
        confidence 1 - ``level``.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Seeds the directions of changes and the draws. All lines have the same draws of
        the model, and the same directions.

    Returns
    -------
    report : InvarianceReport
        The numbers with intervals, and the verdict.

    Raises
    ------
    TypeError, ValueError
        If an argument has a wrong type, shape or value. The message says which.
    NotFittedError
        If the estimator is not fitted.
    NoDrawsError
        If ``n_draws`` is given and the estimator makes no draws.
    ImportError
        If a change needs torch and it is missing.

    See Also
    --------
    InvarianceDisplay : The numbers as curves, beside the images.
    shortcut_test : Does a part of the image decide by itself?

    Notes
    -----
    The predicted class is the most probable one by the mean of the draws. Shares have
    Wilson's intervals, means those of `probability_scores`, each for itself.
    ``concern`` is about all lines at once: it is True if for one of them the exact
    binomial test rejects that a share ``min_same`` of all rows keep their class, at
    ``level`` divided by the number of lines (Bonferroni). So it is wrongly True with a
    probability of at most ``level``. It is False if the test rejects the opposite for
    every line. Rows must be independent.

    What enters at the sides of a changed image is the nearest pixel of its edge. A
    model may react to this, or to the blur of interpolation, instead of the change
    itself: look at the examples.

    Examples
    --------
    A forest knows each pixel by its place, so it does not know a shifted digit:

    >>> from sklearn.datasets import load_digits
    >>> from sklearn.ensemble import RandomForestClassifier
    >>> from skbal.audit import invariance_report
    >>> X, y = load_digits(return_X_y=True)
    >>> forest = RandomForestClassifier(30, random_state=0).fit(X[:900], y[:900])
    >>> report = invariance_report(
    ...     forest, X[900:], {"shift": [0, 1]}, y[900:], image_shape=(8, 8),
    ...     random_state=0)
    >>> report.concern, report.words
    (True, ('none', 'shift 0 pixels', 'shift 1 pixel'))
    >>> bool(report.accuracy[1] > 0.85), bool(report.accuracy[2] < 0.6)
    (True, True)
    """
    classes = check_model(estimator, _OWNER)
    lines = lines_of(transforms, _OWNER)
    level, min_same = check_level(level, _OWNER), _check_share(min_same)
    n_draws = n_draws if n_draws is None else check_n_draws(n_draws, _OWNER)
    seed = check_seed(random_state, _OWNER)
    rows = _images(X, image_shape_of(estimator, X, image_shape))
    truth = None if y is None else _check_labels(y, rows.n_samples, classes)
    found, examples = [], []
    for line in [None, *lines]:  # the first is of the images as they are
        parts = []
        for part in chunks(rows.n_samples, _STEP):
            pixels = rows.pixels[part]
            if line is not None:
                pixels = line.changed(pixels, seed_of(line, seed, part.start), _OWNER)
            if part.start == 0:
                examples.append(_shown(pixels[0]))
            given = _like(X, rows.as_input(pixels))
            parts.append(predicted(estimator, given, classes, n_draws, seed))
        found.append(joined(parts))
    values = _values(found, classes, truth)
    return _result(values, lines, np.array(examples), min_same, level)


def _images(X, image_shape):
    """Return X as images."""
    rows = rows_of(X, image_shape, _OWNER)
    if not isinstance(rows, ImageRows):
        raise ValueError(
            f"X given to {_OWNER} must hold images, got rows of shape "
            f"{np.shape(X)[1:]}. For flat rows give image_shape."
        )
    return rows


def _like(X, rows):
    """Return rows as a data frame if X is one."""
    return type(X)(rows, columns=X.columns) if hasattr(X, "iloc") else rows


def _check_labels(y, n_samples, classes):
    y = np.asarray(label_column(y, f"y given to {_OWNER}"))
    check_same_number(n_samples, len(y), _OWNER)
    labels, known = y.tolist(), np.asarray(classes).tolist()
    if set(labels).isdisjoint(known):
        raise ValueError(
            f"y given to {_OWNER} must hold classes of the estimator, such as "
            f"{known[0]!r}, got none of them: the first label is {labels[0]!r}."
        )
    return y


def _check_share(value):
    value = check_real(value, "min_same", _OWNER, low=0, high=1)
    if value in (0, 1):
        raise ValueError(
            f"min_same of {_OWNER} must lie between 0 and 1, both excluded, got "
            f"{value:g}."
        )
    return value


def _shown(image):
    """Return an image of shape (channels, height, width) as it is drawn."""
    return image.transpose(1, 2, 0) if len(image) == 3 else image.mean(axis=0)


def _values(found, classes, truth):
    """Return the number of each row in each line, by the name of the measure.

    Parameters
    ----------
    found : list of Predicted
        One for each line.
    classes : ndarray of shape (n_classes,)
        Classes of the estimator.
    truth : ndarray of shape (n_samples,) or None
        Labels.

    Returns
    -------
    values : dict of str to ndarray of shape (n_lines, n_samples)
        Without "accuracy" if there are no labels.
    """
    before = found[0]
    gaps = [np.abs(each.probabilities - before.probabilities) for each in found]
    values = {
        "same": np.array([each.codes == before.codes for each in found]),
        "entropy": np.array([each.entropy for each in found]),
        "mutual_information": np.array([each.mutual_information for each in found]),
        "distance": np.array([gap.sum(axis=1) / 2 for gap in gaps]),
    }
    if truth is not None:
        right = [classes[each.codes] == truth for each in found]
        values["accuracy"] = np.array(right)
    return values


def _result(values, lines, examples, min_same, level):
    """Return the report on the number of each row in each line."""
    means = {name: each.mean(axis=1) for name, each in values.items()}
    kept, n_rows = values["same"].sum(axis=1), values["same"].shape[1]
    bounds = {"entropy": (0.0, np.inf), "mutual_information": (0.0, np.inf)}
    return InvarianceReport(
        transforms=("none", *(line.transform for line in lines)),
        strengths=(None, *(line.strength for line in lines)),
        words=("none", *(line.words for line in lines)),
        **{name: means.get(name) for name in MEASURES},
        intervals={
            name: _intervals(each, 1 - level, bounds.get(name, (0.0, 1.0)))
            for name, each in values.items()
        },
        p_doubt=binom.cdf(kept, n_rows, min_same),
        p_fine=binom.sf(kept - 1, n_rows, min_same),
        min_same=min_same,
        level=level,
        n_rows=n_rows,
        examples=examples,
    )


def _intervals(values, confidence, bounds):
    """Return intervals of the means over rows, shape (n_lines, 2)."""
    if values.dtype == bool:
        hits, n_rows = values.sum(axis=1), values.shape[1]
        return np.stack(wilson_interval(hits, n_rows, confidence), axis=1)
    ends = [
        (np.nan, np.nan) if np.isnan(line).any() else mean_interval(line, confidence)
        for line in values
    ]
    return np.clip(ends, *bounds)
