"""Rows of features, rather than a column of numbers."""

from numbers import Real

from skbal._utils.tags import tags_of


def check_has_features(X, estimator, what):
    """Raise a ValueError if an estimator needs rows of features and X is a column.

    Parameters
    ----------
    X : array-like of shape (n_samples, ...)
        The rows.
    estimator : object
        It will be fitted to them. Nothing is refused for a pipeline or a search, whose
        parts may make features of numbers.
    what : str
        X and its owner for the message, such as "X of compare". The first word is the
        name of the argument.

    Raises
    ------
    ValueError
        If each row is one number, and the estimator takes rows of features only.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> check_has_features([1.0, 2.0], LogisticRegression(), "X of compare")
    Traceback (most recent call last):
        ...
    ValueError: X of compare must have rows of features, got one number per row. ...
    """
    if _is_column(X) and _needs_features(estimator):
        name = what.split()[0]
        raise ValueError(
            f"{what} must have rows of features, got one number per row. "
            f"np.reshape({name}, (-1, 1)) makes rows of one feature."
        )


def _is_column(X):
    if isinstance(X, (list, tuple)):
        return len(X) > 0 and isinstance(X[0], Real)
    kind = getattr(getattr(X, "dtype", None), "kind", "O")
    return len(getattr(X, "shape", None) or ()) == 1 and kind in "biuf"


def _needs_features(estimator):
    parts = estimator.get_params() if hasattr(estimator, "get_params") else {}
    has_parts = any(hasattr(part, "fit") for part in parts.values())
    tags = None if has_parts else tags_of(estimator)
    if tags is None:
        return False
    return tags.input_tags.two_d_array and not tags.input_tags.one_d_array
