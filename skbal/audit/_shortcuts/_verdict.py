"""Does a small or side part of the input decide the prediction by itself?"""

import numpy as np

from skbal._utils.pools import n_rows
from skbal._utils.random import check_seed, stream
from skbal._utils.validation import check_count, check_real
from skbal.audit._shortcuts._candidates import best, counted, reachable, searched
from skbal.audit._shortcuts._effects import Exchange
from skbal.audit._shortcuts._model import (
    OWNER,
    check_labels,
    check_model,
    image_shape_of,
    probabilities,
)
from skbal.audit._shortcuts._result import ShortcutTest
from skbal.audit._shortcuts._rows import rows_of
from skbal.audit._shortcuts._words import box_of, in_words


def shortcut_test(
    estimator,
    X,
    y,
    image_shape=None,
    level=0.05,
    random_state=None,
    *,
    tolerance=1 / 3,
    n_recipients=6,
    n_draws=None,
):
    """Test whether a small or side part of the input decides the prediction by itself.

    A source tag in a corner, a frame, the background, the brightness or blur of an
    image, or one column of a table can give a class away. A model that learned this is
    right for the wrong reason. The test needs no list of suspects.

    A part of a *donor*, a held-out row, is put into *recipients*: rows of other
    classes, the same ones for all donors. The donor is a *hit* of its class if the odds
    of the class rise, on average over the recipients, by more than a threshold. For
    columns, most of the recipients must also turn into the class. A part gives a class
    away if many rows of the class are hits, and few other rows. These parts are
    searched:

    - regions of images whose content is nearly the same in many rows of one class and
      in hardly any other row, such as tags and frames;
    - the background, its content exchanged;
    - brightness, matched to the donor;
    - blur: recipients are blurred until they are as unsharp as the donor;
    - for tables, columns alone and groups of columns that rise and fall together. One
      value that is the same in many rows of a class, such as a code, counts like a
      repeated region. A column whose values differ is a strong feature more often than
      an oddity, so more than 80% of the rows of the class must be hits of it.

    Half of the rows choose one part, one class and the threshold. The other half tests
    this choice alone, so its p value is valid whatever was searched. See Notes.

    Parameters
    ----------
    estimator : estimator or learner
        A fitted classifier. It is not changed. If it lacks ``predict_proba``, its
        predictions count as certain.
    X : array-like of shape (n_samples, ...)
        Rows that the estimator was not fitted on, from the same source as those that it
        was: they must carry the same shortcut. Images ``(n, height, width)``,
        ``(n, channels, height, width)`` or ``(n, height, width, channels)``; flat rows
        with ``image_shape``; otherwise rows of a table, also a data frame.
    y : array-like of shape (n_samples,)
        Their labels.
    image_shape : tuple of int, optional
        (channels, height, width) or (height, width), if rows of X are flattened images.
        ``None`` takes that of the estimator, if it has one.
    level : float, default=0.05
        Largest probability of a false alarm.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Splits the rows and seeds draws. An integer gives the same result at every call.
    tolerance : float, default=1/3
        Share of the rows of a class that may be hits without a shortcut. For columns
        whose values differ it is at least 0.8.
    n_recipients : int, default=6
        Number of recipients, spread over the classes. The time grows with it.
    n_draws : int, optional
        Posterior draws whose mean is predicted, the same ones at every prediction.
        ``None`` takes ``predict_proba``.

    Returns
    -------
    result : ShortcutTest
        ``found``, ``p_value``, ``region``, ``verdict`` and more.

    Raises
    ------
    TypeError
        If the estimator is not a classifier with ``classes_``, or an argument has a
        wrong type.
    ValueError
        If X and y differ in rows, X has a shape that is neither images nor a table, y
        holds unknown classes or only one, or an argument has a wrong value.
    NotFittedError
        If the estimator is not fitted.

    See Also
    --------
    ShortcutDisplay : Show the region on an image.

    Notes
    -----
    *What is exact.* Let h be the share of hits among all rows of the class that could
    have been drawn, and g that among all rows of other classes. Given the half that was
    searched, the recipients and the estimator, whether a row is a hit depends on this
    row alone. If rows were drawn independently, the hits of the other half are
    binomial. The null hypothesis is that h is at most ``tolerance`` *or* g is at least
    0.1. Its p value is the larger of two exact binomial p values, which is valid for a
    union (intersection-union test [1]_). So the probability to report a part and a
    class for which the null hypothesis is true is at most ``level``, however they were
    chosen.

    *What is a choice.* A natural part, such as the middle of a digit, is no hit of so
    many rows: that is what tolerance, the sameness of regions and the list of parts are
    for, and it is measured, not proved. A class that a single natural column or the
    background gives away is reported, too: the test says what decides, not whether it
    should. A region that is empty, of a value that much of all images has, is not
    searched, nor is one whose content differs from row to row.

    *Small images.* With fewer than 144 pixels, such as 10 by 10, the blur, brightness
    and background of an image are part of what it shows: the 1 is the thinnest digit.
    Only regions are searched, and their content must repeat more exactly. If none is
    found, ``found`` is None.

    *Few rows.* In the half that tests, at least 29 rows of other classes and 3 of a
    class are needed at the default level; otherwise ``found`` is None.

    References
    ----------
    .. [1] R. L. Berger (1982), Multiparameter hypothesis testing and acceptance
       sampling. Technometrics 24(4), 295-300.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.ensemble import RandomForestClassifier
    >>> from skbal.audit import shortcut_test
    >>> rng = np.random.default_rng(0)
    >>> y = rng.integers(2, size=400)
    >>> X = rng.normal(size=(400, 8, 8)) + 0.5 * y[:, None, None]
    >>> X[y == 1, :2, 6:] = [[3, 1], [2, 4]]  # a tag in the images of class 1
    >>> X = X.reshape(400, 64)
    >>> model = RandomForestClassifier(20, random_state=0).fit(X[:200], y[:200])
    >>> result = shortcut_test(
    ...     model, X[200:], y[200:], image_shape=(8, 8), random_state=0
    ... )
    >>> result.found, result.where, int(result.class_label)
    (True, 'rows 0-1, columns 6-7', 1)
    """
    classes = check_model(estimator)
    level, tolerance = (
        check_share(value, name)
        for value, name in ((level, "level"), (tolerance, "tolerance"))
    )
    n_recipients = check_count(n_recipients, "n_recipients", OWNER, smallest=2)
    seed = check_seed(random_state, OWNER)
    codes = check_labels(y, classes, n_rows(X, f"X given to {OWNER}"))
    rows = rows_of(X, image_shape_of(estimator, X, image_shape), OWNER)
    predict = probabilities(estimator, classes, rows, n_draws, seed)
    recipients, explore, confirm = split(codes, n_recipients, stream(seed, "split"))
    possible = testable(codes[confirm], tolerance, level)
    if not possible:
        return untold(rows, level, tolerance, None)
    exchange = Exchange(predict, rows, codes, recipients)
    candidates = searched(exchange, rows, codes, explore, possible, tolerance)
    chosen = best(candidates, tolerance, level)
    if chosen is None:
        return untold(rows, level, tolerance, rows.small_shape)
    tested, hits = counted(chosen, exchange, codes, confirm)
    table = [described(one, rows, classes, tolerance) for one in candidates]
    return result(tested, confirm[hits], table, rows, classes, level, tolerance)


def check_share(value, name):
    """Return a number between 0 and 1, both excluded.

    Raises
    ------
    TypeError, ValueError
        If it is anything else.
    """
    value = check_real(value, name, OWNER)
    if not 0 < value < 1:
        raise ValueError(
            f"{name} of {OWNER} must lie between 0 and 1, both excluded, got {value:g}."
        )
    return value


def split(codes, n_recipients, rng):
    """Return recipients, rows to search, and rows to confirm, each in random order.

    Recipients are spread over the classes. Half of the other rows of each class are
    searched.

    Parameters
    ----------
    codes : ndarray of shape (n_samples,)
        Classes of the rows.
    n_recipients : int
        Number of recipients, at least one for each of two classes.
    rng : numpy.random.Generator
        Decides.

    Returns
    -------
    recipients, explore, confirm : ndarray of int
        Disjoint, and together all rows.
    """
    order = rng.permutation(len(codes))
    place = np.empty(len(codes), dtype=int)  # of a row among those of its class
    for label in np.unique(codes):
        inside = order[codes[order] == label]
        place[inside] = np.arange(len(inside))
    # Rows of all classes in turn: the first of each class, the second of each, ...
    in_turn = order[np.argsort(place[order], kind="stable")]
    recipients, rest = in_turn[:n_recipients], in_turn[n_recipients:]
    second = np.zeros(len(codes), dtype=bool)
    for label in np.unique(codes[rest]):
        second[rest[codes[rest] == label][1::2]] = True
    rest = rng.permutation(rest)
    return recipients, rest[~second[rest]], rest[second[rest]]


def testable(codes, tolerance, level):
    """Return the classes with enough rows, here and in all others together."""
    return [
        int(label)
        for label in np.unique(codes)
        if reachable(np.sum(codes == label), np.sum(codes != label), tolerance, level)
    ]


def described(candidate, rows, classes, tolerance):
    """Return a candidate as a line of the table."""
    return {
        "kind": candidate.part.kind,
        "where": in_words(candidate.part, rows),
        "class_label": classes[candidate.label],
        "n_hits": candidate.n_hits,
        "n_donors": candidate.n_donors,
        "n_other_hits": candidate.n_other_hits,
        "n_others": candidate.n_others,
        "odds_ratio": float(np.exp(candidate.effect)),
        "search_p_value": candidate.p_value(tolerance),
    }


def result(tested, hit_rows, table, rows, classes, level, tolerance):
    """Return the result of the candidate that was tested, as a `ShortcutTest`."""
    p_value = tested.p_value(tolerance)
    found, part = p_value <= level, tested.part
    line = described(tested, rows, classes, tolerance)
    del line["search_p_value"]
    is_image = part.mask.ndim == 2
    return ShortcutTest(
        found=None if rows.small_shape and not found else found,
        p_value=p_value,
        level=level,
        tolerance=max(tolerance, part.natural_share),
        region=part.mask.copy() if found else None,
        box=box_of(part.mask) if found and is_image else None,
        hit_rows=np.sort(hit_rows),
        n_samples=rows.n_samples,
        candidates=sorted(table, key=lambda one: one["search_p_value"]),
        small_shape=rows.small_shape,
        **line,
    )


def untold(rows, level, tolerance, small_shape):
    """Return the result for too few rows, or small images without a candidate."""
    nothing = dict.fromkeys(("kind", "region", "box", "where", "class_label"))
    counts = dict.fromkeys(("n_hits", "n_donors", "n_other_hits", "n_others"), 0)
    return ShortcutTest(
        found=None,
        p_value=1.0,
        level=level,
        tolerance=tolerance,
        odds_ratio=1.0,
        hit_rows=np.zeros(0, dtype=int),
        n_samples=rows.n_samples,
        candidates=[],
        small_shape=small_shape,
        **nothing,
        **counts,
    )
