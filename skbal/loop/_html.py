"""A loop and its history as HTML, for notebooks."""

import math

from skbal._utils.html import html_table

_HEADER = [
    "step",
    "n_labels",
    "score",
    "rejected",
    "seconds_training",
    "seconds_querying",
    "seconds_testing",
]


def history_html(history, title):
    """Return a history as a table with one row per step.

    Parameters
    ----------
    history : History
        The history.
    title : str
        What stands above the table.

    Returns
    -------
    html : str
    """
    return html_table(title, _HEADER, [_cells(record) for record in history])


def loop_html(loop):
    """Return what a loop has done so far as a table.

    Parameters
    ----------
    loop : ActiveLearningLoop
        The loop.

    Returns
    -------
    html : str
    """
    title = f"{type(loop).__name__} of {loop.learner!r}: "
    if not hasattr(loop, "history_"):
        return history_html([], title + "not started")
    return history_html(loop.history_, title + (loop.stop_reason_ or "not finished"))


def _cells(record):
    seconds = (
        record.seconds_training,
        record.seconds_querying,
        record.seconds_testing,
    )
    return [
        str(record.step),
        str(record.n_labels),
        "" if math.isnan(record.score) else f"{record.score:.4f}",
        str(len(record.rejected)),
        *(f"{number:.2f}" for number in seconds),
    ]
