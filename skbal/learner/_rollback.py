"""Either all of a step happens or none of it: putting objects back after an error."""

import copy
from contextlib import contextmanager


@contextmanager
def record_kept_on_error(holder):
    """Give an object its attributes back if the block raises.

    Parameters
    ----------
    holder : object
        Its attributes may be set in the block; what they refer to is not copied.
    """
    before = dict(vars(holder))
    try:
        yield
    except BaseException:
        _set_attributes(holder, before)
        raise


@contextmanager
def estimator_kept_on_error(holder):
    """Give ``holder.estimator`` its state back if the block raises.

    The estimator stays the same object. After an error, what it holds (the steps of a
    pipeline, say) are copies made before the block: whoever keeps a reference to such
    an inner part keeps the half-fitted one.

    Parameters
    ----------
    holder : object
        Has an attribute ``estimator``, which may be fitted in the block. It costs one
        copy of the estimator, made before the block.
    """
    # Restoring a backup, and not fitting a copy, keeps every reference into a pipeline
    # or network valid as long as all goes well, which is nearly always.
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
    # What cannot be copied (a lock, an open file, too little memory) raises anything;
    # the attributes themselves are then all that can be kept.
    except Exception:
        return dict(vars(estimator))


def _set_attributes(holder, attributes):
    vars(holder).clear()
    vars(holder).update(attributes)
