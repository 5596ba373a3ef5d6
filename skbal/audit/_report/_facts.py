"""The numbers that a report begins with, counted once for all of its parts."""

import numpy as np

from skbal._utils._sklearn import num_samples
from skbal._utils.fingerprints import fingerprint
from skbal._utils.provenance import described, versions


def facts_of(source):
    """Return what was done, as plain numbers and strings.

    Parameters
    ----------
    source : Source
        What the report is of.

    Returns
    -------
    facts : dict
        Every number of the summary is from here or from the result of a check.
    """
    facts = {
        "source": source.kind,
        "model": _name(source.estimator),
        "strategy": _name(source.strategy),
        "oracle": _name(source.oracle),
        "task": source.task,
        "n_pool": source.n_pool,
        "n_learned": _number(source.X_labelled),
        "n_test": _number(source.X_test),
    }
    return facts | _of_history(source) | _of_campaign(source)


def _of_history(source):
    history = source.history
    if history is None:
        aside = getattr(getattr(source.learner, "rejected_", None), "X", None)
        n_aside = _number(aside) or 0
        return {
            "n_labels": _number(source.X_labelled) + n_aside,
            "n_set_aside": n_aside,
            "n_unanswered": 0,
            "n_steps": None,
        }
    if source.campaign is not None or not len(history):
        return {"n_steps": len(history)}
    return {
        "n_labels": int(history.n_labels[-1]),
        "n_first": int(history.n_labels[0]),
        "n_steps": len(history),
        "n_queries": len(history) - 1,
        "n_set_aside": sum(len(record.rejected) for record in history),
        "n_unanswered": sum(len(record.skipped) for record in history),
        "cost": float(history[-1].cost),
        "first_score": _finite(history.scores[0]),
        "last_score": _finite(history.scores[-1]),
        "seconds_training": _total(history, "seconds_training"),
        "seconds_querying": _total(history, "seconds_querying"),
        "seconds_testing": _total(history, "seconds_testing"),
        "stop_reason": getattr(source.loop or source.simulation, "stop_reason_", None),
    }


def _of_campaign(source):
    if source.campaign is None:
        return {}
    status = source.campaign.status()
    days = source.campaign.answers()["at"].to_numpy(dtype=np.float64)
    return {
        "n_labels": len(source.asked),
        "n_answers": status.n_answers,
        "n_known_answers": sum(person.n_gold for person in status.people),
        "n_cannot_tell": status.n_cannot_tell,
        "n_skipped": status.n_skipped,
        "n_people": len(status.people),
        "n_open": status.n_open,
        "n_since_model": status.n_since,
        "first_day": _day(days.min()) if len(days) else None,
        "last_day": _day(days.max()) if len(days) else None,
    }


def origin_of(source):
    """Return the parts with all of their parameters, versions and fingerprints.

    Parameters
    ----------
    source : Source
        What the report is of.

    Returns
    -------
    origin : dict
        ``made_of`` are the parts when the run began, ``changes`` what became another
        on the way, ``versions`` those of the run and ``versions_now`` those of the
        report, ``data`` what the rows are known by.
    """
    noted = dict(getattr(source.history, "provenance", None) or {})
    if not noted:
        parts = {"estimator": source.estimator, "query_strategy": source.strategy}
        noted = {name: described(part) for name, part in parts.items()}
    of_run = noted.pop("versions", None)
    return {
        "made_of": {k: v for k, v in noted.items() if k != "changes"},
        "changes": noted.get("changes", []),
        "versions": of_run,
        "versions_now": versions(),
        "data": {
            name: fingerprint(rows)
            for name, rows in {
                "pool": source.X_pool,
                "labelled rows": source.X_labelled,
                "test rows": source.X_test,
            }.items()
            if rows is not None
        },
    }


def _name(part):
    if part is None:
        return None
    steps = getattr(part, "steps", None)
    if steps:
        return f"{type(part).__name__} of {_name(steps[-1][1])}"
    return getattr(part, "__name__", type(part).__name__)


def _number(rows):
    return None if rows is None else int(num_samples(rows))


def _finite(value):
    return float(value) if np.isfinite(value) else None


def _total(history, name):
    return round(sum(getattr(record, name) for record in history), 3)


def _day(seconds):
    return str(np.datetime64(int(seconds), "s").astype("datetime64[D]"))
