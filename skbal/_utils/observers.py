"""Estimators that look at the pool before the first label."""

from sklearn.pipeline import Pipeline

from skbal._utils.warn import warn


def wants_pool(estimator):
    """Return whether an estimator, or one inside it, wants to see the pool.

    Parameters
    ----------
    estimator : object
        Any estimator.

    Returns
    -------
    wants : bool
    """
    return any(True for _ in _observers(estimator))


def show_pool(estimator, X_pool):
    """Show the pool to an estimator, or to those inside it that see its rows.

    An estimator that wants to see the pool has the method ``observe_pool(X_pool)``. If
    its attribute ``observes_pool`` is false it is left alone, for instance because the
    user gave it a graph.

    Parameters
    ----------
    estimator : object
        Any estimator, changed in place. The first step of a pipeline and the estimators
        inside a search or an ensemble see the same rows, so the pool is shown to them.
    X_pool : array-like of shape (n_pool, ...)
        The unlabelled rows.

    Returns
    -------
    shown : bool
        Whether anything wanted to see it.

    Warns
    -----
    UserWarning
        If a later step of a pipeline wants to see the pool: the steps before it are not
        fitted yet, so there are no rows to show.
    """
    shown = False
    for observer, step_before in _observers(estimator):
        if step_before is None:
            observer.observe_pool(X_pool)
            shown = True
        else:
            name = type(observer).__name__
            warn(
                f"{name} cannot be shown the pool, because a step of its pipeline "
                f"({step_before}) comes before it and is not fitted yet: it will learn "
                "from the labelled rows alone. Do what that step does in the features "
                "of its graph: PoolGraph(features=...).",
                UserWarning,
            )
    return shown


def _observers(estimator, step_before=None):
    """Yield what wants to see the pool, and the step that changes its rows, if any."""
    if hasattr(estimator, "observe_pool"):
        if getattr(estimator, "observes_pool", True):
            yield estimator, step_before
        return
    for part, before in _parts(estimator):
        yield from _observers(part, step_before or before)


def _parts(estimator):
    """Yield the estimators inside another, and the step before each, if any."""
    if isinstance(estimator, type) or not hasattr(estimator, "get_params"):
        return
    if isinstance(estimator, Pipeline):
        before = None
        for name, step in estimator.steps:
            if step is not None and not isinstance(step, str):  # as "passthrough" is
                yield step, before
                before = before or name
        return
    given = estimator.get_params(deep=False)
    yield given.get("estimator"), None
    for _, part in given.get("estimators") or ():
        yield part, None
