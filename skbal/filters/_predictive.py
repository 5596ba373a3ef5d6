"""The posterior predictive of any classifier, in bounded memory."""

import numpy as np
from sklearn.utils import check_array

from skbal._utils.fitted import refuse_unfitted
from skbal._utils.labels import label_column
from skbal._utils.multilabel import is_multilabel
from skbal._utils.pools import n_rows
from skbal._utils.tags import regresses
from skbal._utils.unwrap import unwrap
from skbal._utils.validation import check_same_number
from skbal._utils.walk import walk
from skbal.exceptions import NoDrawsError
from skbal.sampling import predict_samples

_TOLERANCE = 1e-3  # for the sum of a row, enough for probabilities in float16


def predictive_probabilities(
    estimator, X, owner, *, n_draws=None, seed=0, batch_size=None
):
    """Return the posterior predictive of each class.

    Parameters
    ----------
    estimator : estimator or learner
        A fitted classifier, also at the end of a pipeline. If it makes posterior draws,
        their mean is returned, otherwise its ``predict_proba``.
    X : array-like of shape (n_samples, ...)
        Rows of any kind that `skbal._utils.pools.take` takes, which are read chunk by
        chunk.
    owner : str
        Name of the caller, for messages.
    n_draws : int, optional
        Number of posterior draws. ``None`` uses the estimator's own number.
    seed : int, default=0
        Seeds the draws.
    batch_size : int, optional
        Number of rows predicted at once. ``None`` chooses it so that temporaries stay
        near 64 MB.

    Returns
    -------
    probabilities : ndarray of shape (n_samples, n_classes), dtype=float64
        Columns in the order of the model's ``classes_``.

    Raises
    ------
    TypeError
        If the estimator is a regressor, or gives no probabilities of classes.
    NotFittedError
        If it is not fitted.
    ValueError
        If a probability is NaN or negative, or those of a row do not sum to one.
    """
    n_classes = len(model_classes(estimator, owner))

    def draws_or_mean(rows):
        try:
            return predict_samples(estimator, rows, n_draws, random_state=seed)
        except NoDrawsError:
            return _predict_proba(estimator, rows, owner)

    probabilities = np.empty((n_rows(X), n_classes))
    # predict_samples has workers of its own.
    chunks = walk(draws_or_mean, X, then=_mean, batch_size=batch_size, n_jobs=1)
    for rows, chunk in chunks:
        probabilities[rows] = chunk
    _check_numbers(probabilities, estimator, owner)
    return probabilities


def model_classes(estimator, owner):
    """Return the classes that a model knows.

    Parameters
    ----------
    estimator : estimator or learner
        As for `predictive_probabilities`.
    owner : str
        Name of the caller, for messages.

    Returns
    -------
    classes : ndarray of shape (n_classes,)

    Raises
    ------
    TypeError
        If the estimator is a regressor, has no ``classes_``, or has several yes/no
        labels per row.
    NotFittedError
        If it is not fitted.
    """
    model = unwrap(estimator)[1]
    name = type(model).__name__
    if is_multilabel(model):
        raise TypeError(
            f"{owner} needs one label per row, but {name} was fitted on several "
            "columns of labels. Call it for the labels of one column."
        )
    if regresses(model):
        raise TypeError(
            f"{owner} needs probabilities of classes, but {name} is a regressor."
        )
    if not hasattr(model, "classes_"):
        refuse_unfitted(model)
        raise TypeError(
            f"{owner} needs the classes of the probabilities, but {name} "
            "has no classes_."
        )
    return np.asarray(model.classes_)


def columns_of(y, classes):
    """Return the column of the probabilities for each label.

    Parameters
    ----------
    y : array-like of shape (n_samples,)
        Labels. None may be missing.
    classes : ndarray of shape (n_classes,)
        The classes of the columns.

    Returns
    -------
    columns : ndarray of shape (n_samples,), dtype=intp
        -1 for a class that is not among them.

    Raises
    ------
    ValueError
        If y has several columns, or a label is missing or no label.

    Examples
    --------
    >>> columns_of(["eel", "cat"], np.array(["cat", "dog"])).tolist()
    [-1, 0]
    """
    y = label_column(y, "y")
    if y.size:
        check_array(y, ensure_2d=False, dtype=None, input_name="y")
    places = {label: column for column, label in enumerate(classes.tolist())}
    columns = [places.get(label, -1) for label in y.tolist()]
    return np.array(columns, dtype=np.intp)


def likelihood_of(probabilities, columns):
    """Return the probability of each label.

    Parameters
    ----------
    probabilities : ndarray of shape (n_samples, n_classes)
        Probabilities of all classes.
    columns : ndarray of int of shape (n_samples,)
        As `columns_of` returns them.

    Returns
    -------
    likelihood : ndarray of shape (n_samples,)
        NaN if the column is -1.
    """
    likelihood = probabilities[np.arange(len(columns)), columns]
    return np.where(columns >= 0, likelihood, np.nan)


def check_labels(X, y, owner):
    """Raise an error if labels are missing, or not one per row.

    Parameters
    ----------
    X : array-like of shape (n_samples, ...)
        Rows.
    y : array-like of shape (n_samples,)
        Labels.
    owner : str
        Name of the caller, for messages.

    Raises
    ------
    ValueError
        If the lengths differ, or y is None.
    """
    if y is None:
        raise ValueError(f"y given to {owner} must be labels, got None.")
    n_labels = n_rows(y, f"y given to {owner}")
    check_same_number(n_rows(X, f"X given to {owner}"), n_labels, owner)


def check_same_kind(y, classes, owner):
    """Raise an error if labels are strings and classes numbers, or the reverse.

    Such labels would be taken for new classes, because none is a class of the model.

    Parameters
    ----------
    y : array-like of shape (n_samples,)
        Labels.
    classes : ndarray of shape (n_classes,)
        The classes that the model knows.
    owner : str
        Name of the caller, for the message.

    Raises
    ------
    ValueError
        If a label is of another kind than the classes.
    """
    known = classes.tolist()
    are_strings = isinstance(known[0], str)
    for label in label_column(y, f"y given to {owner}").tolist():
        if isinstance(label, str) != are_strings:
            raise ValueError(
                f"y given to {owner} must be "
                f"{'strings' if are_strings else 'numbers'}, like the class "
                f"{known[0]!r} of the model, got {label!r}."
            )


def _check_numbers(probabilities, estimator, owner):
    needs = f"{owner} needs probabilities of classes, but those of "
    needs += type(unwrap(estimator)[1]).__name__
    # Comparisons with NaN are false, so a model that diverged would decide on labels.
    if np.isnan(probabilities).any():
        raise ValueError(f"{needs} are NaN. Its fit may have diverged.")
    is_off = np.abs(probabilities.sum(axis=1) - 1) > _TOLERANCE
    is_off |= (probabilities < 0).any(axis=1)
    if is_off.any():
        row = int(is_off.argmax())
        raise ValueError(
            f"{needs} are {probabilities[row].tolist()} in row {row}: they must not be "
            "negative, and must sum to one."
        )


def _mean(draws):
    return draws.mean(axis=1, dtype=np.float64) if draws.ndim == 3 else draws


def _predict_proba(estimator, X, owner):
    if not hasattr(estimator, "predict_proba"):
        raise NoDrawsError(
            f"{owner} needs probabilities of classes, but "
            f"{type(unwrap(estimator)[1]).__name__} makes no posterior draws and has "
            "no predict_proba."
        )
    name = type(unwrap(estimator)[1]).__name__
    mean = estimator.predict_proba(X)
    shape = np.shape(mean)
    if len(shape) != 2 or shape[0] != n_rows(X):
        raise ValueError(
            f"predict_proba of {name} must return an array of shape (n_samples, "
            f"n_classes) with n_samples={n_rows(X)}, got shape {shape}."
        )
    return np.asarray(mean, dtype=np.float64)
