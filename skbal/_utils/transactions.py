"""Changes of an object that happen as a whole or not at all."""

from contextlib import contextmanager

from sklearn import get_config, set_config


@contextmanager
def all_or_nothing(estimator):
    """Give an object back the attributes it had if the block raises an error.

    Attributes that the block replaces come back, and so do scikit-learn's settings,
    which a Ctrl-C may leave changed. Objects that the block changes in place do not.

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
    before, settings = dict(vars(estimator)), get_config()
    try:
        yield
    except BaseException:
        vars(estimator).clear()
        vars(estimator).update(before)
        set_config(**settings)
        raise
