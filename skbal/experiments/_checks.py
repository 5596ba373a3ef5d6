"""Checks of a comparison. Each message names the argument."""

from collections.abc import Mapping

import numpy as np

from skbal._utils.result_files import check_provenance
from skbal._utils.validation import check_count, check_real
from skbal.loop import History

OWNER = "Comparison"


def check_confidence(confidence, owner):
    """Return a confidence level inside (0, 1), or raise an error."""
    confidence = check_real(confidence, "confidence", owner, low=0, high=1)
    if confidence in (0.0, 1.0):
        raise ValueError(
            f"confidence of {owner} must lie inside (0, 1), got {confidence}."
        )
    return confidence


def check_range(label_range, owner):
    """Return the range as two numbers of labels, or None."""
    if label_range is None:
        return None
    is_pair = isinstance(label_range, (tuple, list, np.ndarray))
    if not is_pair or len(label_range) != 2:
        raise ValueError(
            f"label_range of {owner} must be two numbers of labels, got "
            f"{label_range!r}."
        )
    low, high = (check_count(n, "label_range", owner) for n in label_range)
    if low > high:
        raise ValueError(
            f"label_range of {owner} must begin before it ends, got {low} to {high}."
        )
    return low, high


def check_targets(target_score, owner):
    """Return the target scores as a tuple, which is empty for None."""
    several = isinstance(target_score, (list, tuple, np.ndarray))
    targets = target_score if several else [target_score]
    return tuple(
        check_real(target, "target_score", owner)
        for target in targets
        if target is not None
    )


def check_histories(histories):
    """Return the histories as lists, of equal length for each strategy."""
    if not isinstance(histories, dict):
        raise TypeError(
            f"histories of {OWNER} must be a dict of the name of a strategy to the "
            f"histories of its repeats, got {type(histories).__name__}."
        )
    if not histories:
        raise ValueError(f"histories of {OWNER} must hold two strategies, got none.")
    for name, repeats in histories.items():
        if not isinstance(name, str):
            raise TypeError(
                f"histories of {OWNER} must have strings as names, got {name!r}."
            )
        if isinstance(repeats, History) or not np.iterable(repeats):
            raise TypeError(
                f"histories of {OWNER} for {name!r} must be a list of histories, one a "
                f"repeat, got {repeats!r}."
            )
    histories = {name: list(repeats) for name, repeats in histories.items()}
    for name, repeats in histories.items():
        for history in repeats:
            if not isinstance(history, History) or not len(history):
                raise TypeError(
                    f"histories of {OWNER} for {name!r} must be of the class History, "
                    f"with at least one step, got {history!r}."
                )
    counts = {name: len(repeats) for name, repeats in histories.items()}
    if len(set(counts.values())) > 1 or 0 in counts.values():
        raise ValueError(
            f"histories of {OWNER} must have the same repeats for each strategy, one "
            f"or more, got {counts}."
        )
    return histories


def check_reference(reference, histories):
    """Return the reference if another strategy can be compared with it."""
    if not isinstance(reference, str) or reference not in histories:
        raise ValueError(
            f"reference of {OWNER} must be one of the strategies "
            f"{', '.join(map(repr, histories))}, got {reference!r}."
        )
    if len(histories) == 1:
        raise ValueError(
            f"histories of {OWNER} hold {reference!r} only: nothing to compare it with."
        )
    return reference


def check_plain(records):
    """Return the histories of records that ``Comparison.to_records`` wrote."""
    histories = records.get("histories") if isinstance(records, Mapping) else None
    if not isinstance(histories, Mapping):
        raise TypeError(
            f"records of {OWNER}.from_records must be a dict with histories, as "
            f"{OWNER}.to_records returns it, got {records!r:.60}."
        )
    return histories


def set_runs(histories, runs):
    """Give histories their provenances, which ``Comparison.save`` wrote."""
    numbers = {name: len(repeats) for name, repeats in histories.items()}
    is_dict = isinstance(runs, Mapping)
    if not is_dict or {name: len(runs[name]) for name in runs} != numbers:
        raise ValueError(f"its runs must be those of its histories, {numbers}")
    for name, repeats in histories.items():
        for history, provenance in zip(repeats, runs[name]):
            history.provenance = check_provenance(provenance)
