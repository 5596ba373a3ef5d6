"""Rows and labels that belong together."""

import scipy.sparse as sp
from sklearn.utils import check_array

from skbal._utils._sklearn import num_samples
from skbal._utils.arrays import check_length_known, refuse_masked
from skbal._utils.validation import check_same_number


def check_labelled(X, y, owner, *, force_all_finite=True):
    """Raise an error unless X and y are rows and labels that belong together.

    Parameters
    ----------
    X : array-like or sparse matrix of shape (n_samples, ...)
        The rows: features, images or strings.
    y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        The labels.
    owner : str
        Name of the caller, for messages.
    force_all_finite : bool or "allow-nan", default=True
        Whether NaN and infinity are refused in X. In y they always are.

    Raises
    ------
    ValueError, TypeError
        If one is missing, empty, masked or not finite, or the numbers of rows differ.
    """
    if X is None:
        raise ValueError(f"{owner} requires X to be passed, but X is None.")
    if y is None:  # scikit-learn's words, which its checks look for
        raise ValueError(f"{owner} requires y to be passed, but the target y is None.")
    for values, name in ((X, "X"), (y, "y")):
        check_length_known(values, f"{name} given to {owner}")
        refuse_masked(values, f"{name} given to {owner}")
    check_same_number(num_samples(X), num_samples(y), owner)
    _check_values(X, "X", owner, force_all_finite)
    _check_values(y, "y", owner, True)


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
