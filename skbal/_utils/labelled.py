"""Rows and labels that belong together."""

import numpy as np
import scipy.sparse as sp
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import Pipeline
from sklearn.utils import check_array

from skbal._utils._sklearn import num_samples
from skbal._utils.arrays import check_length_known, refuse_masked, without_new_text
from skbal._utils.multilabel import check_no_gaps, takes_missing_labels
from skbal._utils.tags import tags_of
from skbal._utils.unanswered import unanswered
from skbal._utils.validation import check_same_number
from skbal._utils.votes import learns_votes

_WITH_STEPS = (Pipeline, ColumnTransformer)


def check_labelled(X, y, estimator, owner, force_all_finite=None, missing=False):
    """Raise an error unless X and y are rows and labels that belong together.

    Parameters
    ----------
    X : array-like or sparse matrix of shape (n_samples, ...)
        The rows: features, images, strings or a table.
    y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        The labels.
    estimator : estimator
        It will be fitted to them.
    owner : str
        Name of the caller, for messages.
    force_all_finite : bool, "allow-nan" or None, default=None
        Whether NaN and infinity are refused in X. In y they always are, but for labels
        missing beside others of a row, if the estimator takes those. None leaves it to
        the estimator if that is a pipeline or a search, or if X is a table. Otherwise
        NaN is refused unless the estimator's tags allow it.
    missing : bool, default=False
        Whether rows may have no label.

    Raises
    ------
    ValueError, TypeError
        If one is missing, empty, masked or not finite, or the numbers of rows differ.
    """
    if X is None:
        raise ValueError(f"{owner} requires X to be passed, but X is None.")
    if y is None:  # scikit-learn's words, which its checks look for
        raise ValueError(f"{owner} requires y to be passed, but the target y is None.")
    _check_not_single(y, owner)
    for values, name in ((X, "X"), (y, "y")):
        check_length_known(values, f"{name} given to {owner}")
        refuse_masked(values, f"{name} given to {owner}")
    _check_not_one_row(X, y, owner)
    check_same_number(num_samples(X), num_samples(y), owner)
    if force_all_finite is None:
        force_all_finite = _finite_rule(X, estimator)
    if force_all_finite is not None:
        _check_values(X, "X", owner, force_all_finite)
    elif num_samples(X) == 0:
        raise ValueError(f"X given to {owner} is refused: Found array with 0 sample(s)")
    if missing and not sp.issparse(y):
        y = known_labels(y)
    _check_answered(y, owner)
    if not sp.issparse(y) and not learns_votes(estimator):
        check_no_gaps(y, estimator, f"y given to {owner}")
    _check_values(y, "y", owner, _finite_labels(y, estimator))


def known_labels(y):
    """Return the labels that are not missing, as an array of their own kind.

    Parameters
    ----------
    y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Labels, some of them None or NaN.

    Returns
    -------
    known : ndarray of shape (n_known,) or (n_known, n_outputs)

    Examples
    --------
    >>> known_labels([3, None, 4])
    array([3, 4])
    """
    y = without_new_text(y)
    missing = unanswered(y)
    if not missing.any():
        return y
    known = y[~missing]
    return without_new_text(known.tolist()) if y.dtype == object else known


def _check_not_single(y, owner):
    if np.isscalar(y) or getattr(y, "shape", None) == ():
        raise ValueError(
            f"y given to {owner} must hold one label per row, got {y!r} alone. For a "
            "single row, give arrays of one row: X[[3]] and y[[3]], not X[3] and y[3]."
        )


def _check_not_one_row(X, y, owner):
    shape = getattr(X, "shape", ())
    if len(shape) == 1 and shape[0] > num_samples(y) == 1:
        raise ValueError(
            f"X given to {owner} must hold one row for the label, got an array of "
            f"shape {shape}. For a single row, give arrays of one row: X[[3]] and "
            "y[[3]], not X[3] and y[3]."
        )


def _finite_rule(X, estimator):
    """Return what check_array is told, or None if the estimator checks X itself."""
    searches = ("param_grid", "param_distributions")
    is_search = any(hasattr(estimator, name) for name in searches)
    is_table, has_steps = hasattr(X, "columns"), isinstance(estimator, _WITH_STEPS)
    if is_table or has_steps or is_search:
        return None
    tags = tags_of(estimator)
    return "allow-nan" if tags is not None and tags.input_tags.allow_nan else True


def _check_answered(y, owner):
    if sp.issparse(y) or not (missing := unanswered(y)).any():
        return
    raise ValueError(
        f"y given to {owner} is refused: row {int(missing.argmax())} has no label, but "
        "None or NaN."
    )


def _finite_labels(y, estimator):
    """Return what check_array is told about labels."""
    several = takes_missing_labels(estimator) and np.ndim(y) == 2
    return "allow-nan" if several else True


def _check_values(values, name, owner, force_all_finite):
    if sp.issparse(values) and values.format in ("dok", "lil"):
        values = values.tocsr()  # their values cannot be checked otherwise
    try:
        check_array(
            values,
            accept_sparse=True,
            accept_large_sparse=True,
            ensure_2d=False,
            allow_nd=True,
            dtype=None,
            ensure_all_finite=force_all_finite,
        )
    except ValueError as error:
        # The first line of scikit-learn's message says what is wrong.
        reason = str(error).partition("\n")[0]
        raise ValueError(f"{name} given to {owner} is refused: {reason}") from error
