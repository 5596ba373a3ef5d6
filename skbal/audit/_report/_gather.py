"""From a learner, a loop, a simulation or a campaign to a `Source`."""

import numpy as np

from skbal._utils.lazy import lazy_module
from skbal._utils.pools import n_rows, sliceable, take
from skbal.audit._report._source import Source
from skbal.loop import ActiveLearningLoop

# It loads modAL, which the checks do not need.
_simulation = lazy_module("skbal.simulation")

OWNER = "audit_report"
_CAMPAIGN = ("ask", "tell", "answers", "history", "learner", "status")


def gather(source, given, options):
    """Return all that can be known of a source.

    Parameters
    ----------
    source : learner, ActiveLearningLoop, ActiveLearningClassifier, \
ActiveLearningRegressor or Campaign
        What the report is of.
    given : dict
        ``X_test``, ``y_test`` and ``X_pool`` of the user, or None each.
    options : dict
        What else the user gave.

    Returns
    -------
    source : Source

    Raises
    ------
    TypeError
        If it is something else.
    ValueError
        If nothing was learned yet.
    """
    parts = _parts(source)
    # What the user gives counts more than what the source holds.
    if given["X_test"] is not None:
        parts |= {"X_test": given["X_test"], "y_test": given["y_test"]}
    if given["X_pool"] is not None:
        _set_pool(parts, given["X_pool"])
    return Source(**parts, options=options)


def _parts(source):
    if isinstance(source, ActiveLearningLoop):
        return _of_loop(source)
    kinds = (
        _simulation.ActiveLearningClassifier,
        _simulation.ActiveLearningRegressor,
    )
    if isinstance(source, kinds):
        return _of_simulation(source)
    is_instance = not isinstance(source, type)
    # A campaign is known by its methods, since this room does not import that one.
    if is_instance and all(hasattr(source, name) for name in _CAMPAIGN):
        return _of_campaign(source)
    if is_instance and hasattr(source, "query") and hasattr(source, "teach"):
        return {"kind": "learner", **_of_learner(source)}
    name = f"the class {source.__name__}" if not is_instance else type(source).__name__
    remedy = ""
    if is_instance and hasattr(source, "fit") and hasattr(source, "predict"):
        remedy = (
            " A report of an estimator is that of a learner with the labelled rows: "
            "ActiveLearner(model, X_training=..., y_training=...)."
        )
    raise TypeError(
        f"source of {OWNER} must be a learner, an ActiveLearningLoop, a fitted "
        f"ActiveLearningClassifier or ActiveLearningRegressor, or a Campaign, got "
        f"{name}.{remedy}"
    )


def _of_learner(learner):
    first = (getattr(learner, "learner_list", None) or [learner])[0]
    X, y = getattr(first, "X_training", None), getattr(first, "y_training", None)
    if X is None:
        raise ValueError(
            f"source of {OWNER} must have learned something, got a "
            f"{type(learner).__name__} that was taught no label: give it the labelled "
            "rows, as in ActiveLearner(model, X_training=..., y_training=...)."
        )
    indices = getattr(first, "indices_training", None)
    asked = None
    if indices is not None and (np.asarray(indices) >= 0).any():
        asked = np.asarray(indices)[np.asarray(indices) >= 0]
    return {
        "estimator": getattr(learner, "estimator", learner),
        "strategy": getattr(learner, "query_strategy", None),
        "learner": learner,
        "X_labelled": X,
        "y_labelled": y,
        "asked": asked,
    }


def _of_loop(loop):
    if not len(getattr(loop, "history_", ())):
        raise ValueError(
            f"source of {OWNER} must have made a step, got an ActiveLearningLoop that "
            "has not started: call run()."
        )
    candidates = None if loop.candidates is None else np.sort(loop.candidates)
    return {
        **_of_learner(loop.learner),
        "kind": "loop",
        "history": loop.history_,
        "X_pool": loop.X_pool,
        "candidates": candidates,
        "n_pool": n_rows(loop.X_pool) if candidates is None else len(candidates),
        "asked": _asked(loop.history_),
        "y_pool": getattr(loop.oracle, "y", None),
        "X_test": loop.X_test,
        "y_test": loop.y_test,
        "oracle": loop.oracle,
        "loop": loop,
    }


def _of_simulation(simulation):
    if not hasattr(simulation, "learner_"):
        raise ValueError(
            f"source of {OWNER} must be fitted, got a {type(simulation).__name__} that "
            "is not: call fit(X, y)."
        )
    held_out = simulation.held_out_
    return {
        **_of_learner(simulation.learner_),
        "kind": "simulation",
        "history": simulation.history_,
        "candidates": np.setdiff1d(np.arange(simulation.n_samples_), held_out),
        "n_pool": simulation.n_samples_ - len(held_out),
        "asked": _asked(simulation.history_),
        "y_pool": getattr(simulation.oracle_, "y", None),
        "oracle": simulation.oracle_,
        "simulation": simulation,
    }


def _of_campaign(campaign):
    parts = {
        "kind": "campaign",
        "campaign": campaign,
        "history": campaign.history(),
        "n_pool": campaign.settings.n_items,
        # Not those whose answer was known, from which nothing is learned.
        "asked": np.flatnonzero(campaign.counts().sum(axis=1)),
        "missing": {},
    }
    try:
        return parts | _of_learner(campaign.learner()) | {"asked": parts["asked"]}
    # A report of who answered what is wanted also if no model can be trained.
    except Exception as error:
        return parts | {"missing": {"estimator": f"There is no model: {error}"}}


def _asked(history):
    # Not those that were left unanswered: they have no label.
    rows = []
    for record in history:
        skipped = set(record.skipped)
        rows += [row for row in record.indices if row not in skipped]
    return np.array(rows, np.intp)


def _set_pool(parts, X_pool):
    number = n_rows(X_pool, f"X_pool of {OWNER}")
    simulation = parts.get("simulation")
    expected = parts.get("n_pool") if simulation is None else simulation.n_samples_
    if expected is not None and parts.get("candidates") is not None:
        expected = n_rows(parts["X_pool"]) if simulation is None else expected
    if expected not in (None, number):
        raise ValueError(
            f"X_pool of {OWNER} must be the {expected:,} rows that the "
            f"{parts['kind']} began with, got {number:,} rows."
        )
    parts["X_pool"] = X_pool
    if parts.get("n_pool") is None:
        parts["n_pool"] = number
    _hold_out(parts, X_pool)


def _hold_out(parts, X_pool):
    """Take as test rows what a simulation held out, if there are no others."""
    simulation, y = parts.get("simulation"), parts.get("y_pool")
    if simulation is None or parts.get("X_test") is not None or y is None:
        return
    if len(simulation.held_out_):
        parts["X_test"] = take(sliceable(X_pool), simulation.held_out_)
        parts["y_test"] = np.asarray(y)[simulation.held_out_]
