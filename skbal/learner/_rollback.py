"""Restoring objects after an error, so that a step happens completely or not at all."""

import copy
from contextlib import contextmanager


@contextmanager
def record_kept_on_error(holder):
    """Restore the attributes of an object if the block raises an error.

    Parameters
    ----------
    holder : object
        Its attributes may be set in the block. Their values are not copied.
    """
    before = dict(vars(holder))
    try:
        yield
    except BaseException:
        _set_attributes(holder, before)
        raise


@contextmanager
def estimator_kept_on_error(holder):
    """Restore ``holder.estimator`` if the block raises an error.

    The estimator stays the same object. After an error, its parts (for instance the
    steps of a pipeline) are copies made before the block. An earlier reference to such
    a part then refers to the half-fitted one.

    Parameters
    ----------
    holder : object
        Has an attribute ``estimator``, which may be fitted in the block. This makes one
        copy of the estimator.
    """
    # Fitting the estimator itself, and not a copy, keeps references to its parts valid
    # if there is no error.
    estimator = holder.estimator
    backup = _backup(estimator)
    try:
        yield
    except BaseException:
        holder.estimator = estimator
        if backup is not None and hasattr(estimator, "__dict__"):
            _set_attributes(estimator, backup)
        raise


def _backup(estimator):
    if not hasattr(estimator, "__dict__"):
        return None
    try:
        return dict(vars(copy.deepcopy(estimator)))
    # What cannot be copied (a lock, an open file) may raise any error. Then only the
    # attributes themselves can be restored.
    except Exception:
        return dict(vars(estimator))


def _set_attributes(holder, attributes):
    vars(holder).clear()
    vars(holder).update(attributes)
