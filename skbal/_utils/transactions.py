"""Changes of an object that happen as a whole or not at all."""

from contextlib import contextmanager


@contextmanager
def all_or_nothing(estimator):
    """Give an object back the attributes it had if the block raises an error.

    Attributes that the block replaces come back. Objects that it changes in place do
    not.

    Parameters
    ----------
    estimator : object
        The object whose attributes the block sets.

    Examples
    --------
    >>> class Model:
    ...     n_rows_ = 3
    >>> model = Model()
    >>> with all_or_nothing(model):
    ...     model.n_rows_ = 4
    ...     raise ValueError("Too many rows.")
    Traceback (most recent call last):
        ...
    ValueError: Too many rows.
    >>> model.n_rows_
    3
    """
    before = dict(vars(estimator))
    try:
        yield
    except BaseException:
        vars(estimator).clear()
        vars(estimator).update(before)
        raise
