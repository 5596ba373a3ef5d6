"""Class probabilities of an estimator as a function of rows, and the classes."""

import numpy as np

from skbal._utils.chunks import chunks, rows_within
from skbal._utils.fitted import refuse_unfitted
from skbal._utils.labels import class_codes, label_column
from skbal._utils.pools import n_rows, take
from skbal._utils.unwrap import known_image_shape
from skbal._utils.validation import check_n_draws, check_same_number
from skbal.sampling import predict_samples

OWNER = "shortcut_test"


def check_model(estimator, owner=OWNER):
    """Return the classes that a fitted classifier knows.

    Parameters
    ----------
    estimator : estimator or learner
        A fitted classifier.
    owner : str, default="shortcut_test"
        Name of the caller, for messages.

    Returns
    -------
    classes : ndarray of shape (n_classes,)

    Raises
    ------
    TypeError
        If it does not predict, or is a class instead of an estimator.
    NotFittedError
        If it is not fitted.
    ValueError
        If it knows fewer than two classes.
    """
    if isinstance(estimator, type) or not hasattr(estimator, "predict"):
        is_model = hasattr(estimator, "predict_proba") and not isinstance(
            estimator, type
        )
        hint = ". It has no predict" if is_model else ""
        raise TypeError(
            f"estimator of {owner} must be a fitted classifier, got {estimator!r}"
            f"{hint}."
        )
    refuse_unfitted(estimator)
    classes = getattr(estimator, "classes_", None)
    if classes is None or isinstance(classes, list):
        raise TypeError(
            f"estimator of {owner} must be a classifier of one column of labels, with "
            f"classes_, got {type(estimator).__name__}."
        )
    if len(classes) < 2:
        raise ValueError(
            f"estimator of {owner} must know at least two classes, got {len(classes)}."
        )
    return np.asarray(classes)


def image_shape_of(estimator, X, image_shape):
    """Return the shape of images in flat rows, which networks may know themselves.

    Parameters
    ----------
    estimator : estimator or learner
        A fitted classifier.
    X : array-like of shape (n_samples, ...)
        Rows.
    image_shape : tuple of int or None
        What the caller gave, which goes first.

    Returns
    -------
    image_shape : tuple of int or None
        That of the estimator only if rows of X are flat and have as many values.
    """
    if image_shape is not None or np.ndim(X) != 2:
        return image_shape
    return known_image_shape(estimator, np.shape(X)[1])


def check_labels(y, classes, n_samples):
    """Return for each row the position of its label in ``classes``.

    Parameters
    ----------
    y : array-like of shape (n_samples,)
        Labels.
    classes : ndarray of shape (n_classes,)
        Those that the estimator knows.
    n_samples : int
        Number of rows of X.

    Returns
    -------
    codes : ndarray of shape (n_samples,)

    Raises
    ------
    TypeError, ValueError
        If the labels are not one column, are unknown to the estimator, are all the
        same, or are not as many as the rows.
    """
    y = label_column(y, f"y given to {OWNER}")
    check_same_number(n_samples, len(y), OWNER)
    known, codes = class_codes(y, "y", OWNER)
    positions = {label: place for place, label in enumerate(classes.tolist())}
    unknown = [label for label in known.tolist() if label not in positions]
    if unknown:
        raise ValueError(
            f"y given to {OWNER} must hold classes that the estimator was fitted on, "
            f"got {unknown[0]!r}, which is not among {classes.tolist()}."
        )
    if len(known) < 2:
        raise ValueError(f"y given to {OWNER} must hold at least two classes, got one.")
    return np.array([positions[label] for label in known.tolist()])[codes]


def probabilities(estimator, classes, rows, n_draws, seed):
    """Return the function ``predict(part)`` of rows in their inner form.

    Parameters
    ----------
    estimator : estimator or learner
        A fitted classifier.
    classes : ndarray of shape (n_classes,)
        Its classes.
    rows : ImageRows or TableRows
        What the rows are.
    n_draws : int or None
        Posterior draws to average. ``None`` takes ``predict_proba``.
    seed : int
        Seed of the draws, which are the same at every call.

    Returns
    -------
    predict : callable
        From rows to an ndarray of shape (n_rows, n_classes).
    """
    if n_draws is not None:
        n_draws = check_n_draws(n_draws, OWNER)

    def of_inputs(X):
        if n_draws is not None:
            draws = predict_samples(estimator, X, n_draws, random_state=seed)
            return np.asarray(draws, dtype=np.float64).mean(axis=1)
        if hasattr(estimator, "predict_proba"):
            return np.asarray(estimator.predict_proba(X), dtype=np.float64)
        labels = np.asarray(estimator.predict(X))
        return (labels[:, None] == classes).astype(np.float64)

    step = rows_within(rows.bytes_per_row)

    def predict(part):
        X = rows.as_input(part)
        return np.concatenate(
            [of_inputs(take(X, here)) for here in _cut(n_rows(X), step)]
        )

    return predict


def _cut(n_samples, step):
    for here in chunks(n_samples, step):
        yield np.arange(n_samples)[here]
